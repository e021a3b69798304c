"""The overview of a check for whoever judges: one message, edited as things happen. Nobody gets a message for each
answer.
"""

from collections.abc import Mapping
from datetime import datetime

from domain.check_compare import agrees
from domain.checks import UNQUALIFIED, CheckState, Manner, Why
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Person
from domain.text import Button, ButtonStyle, Html, Rows
from services.check_facts import comparison
from services.check_view import One, check_of, counts_of, everyone
from services.ports import CheckRow
from services.work import Work

_NAMED = 6
"""so many of the people left alone are named"""
_LINES = 60
"""so many people have a line; of more, those who are judged are only counted"""
_BUTTONS = 8
"""so many can be opened at a time; as they are judged the next follow"""


def topic_name(work: Work, check: CheckRow, lang: str) -> str:
    """The subject; of a daily check everybody has his own."""
    if check.daily_id is not None:
        return work.words.label("daily_check.topic", lang)
    return work.words.label(f"check.topic.{check.topic.value}", lang)


def _since(one: One) -> datetime | None:
    last = one.answer or (one.calls[-1] if one.calls else None)
    return None if last is None else last.at


async def overview(work: Work, check: CheckRow, lang: str) -> tuple[Html, Rows]:
    """The card and its buttons as they are now."""
    people, tree = await everyone(work, check), await work.tree()
    lines: list[Mapping[str, object]] = []
    for one in _shown(people):
        since = _since(one)
        result = "" if one.verdict is None else work.words.label(f"check.result.{one.verdict.result.value}", lang)
        lines.append(
            {
                "place": tree.path(one.asked.place),
                "role": work.words.label(f"role.name.{one.asked.role.value}", lang),
                "name": one.person.name,
                "mark": _mark(one),
                "state": result or work.words.label(f"check.state.{one.standing}", lang),
                "at": None if since is None else work.local(since),
            }
        )
    counts = counts_of(people)
    card = work.words.card(
        "check_overview",
        lang,
        number=check.number,
        topic=topic_name(work, check, lang),
        place=tree.path(check.place),
        at_random=check.manner is Manner.RANDOM,
        state=check.state.value,
        issued_at=work.local(check.issued_at),
        due_at=work.local(check.due_at),
        people=lines,
        more=len(people) - len(lines),
        answered=counts.answered,
        asked=counts.asked,
        excused=len(people) - counts.asked,
        spared=await _spared(work, check),
        pool=0 if check.draw is None else len(check.draw.pool),
        seed="" if check.draw is None else f"{check.draw.seed:016x}",
    )
    return card, _buttons(work, check, people, lang)


def _shown(people: list[One]) -> list[One]:
    """Those to be looked at before those who are done, each in the order of places."""
    if len(people) <= _LINES:
        return people
    return sorted(people, key=lambda one: one.verdict is not None)[:_LINES]


def _mark(one: One) -> str:
    if one.verdict is not None:
        return "judged" if one.verdict.result not in UNQUALIFIED else "unqualified"
    return "answered" if one.heard else "open"


async def _spared(work: Work, check: CheckRow) -> list[Mapping[str, object]]:
    """Those of the pool who were left alone: how many for each reason, and some of their names."""
    if check.draw is None:
        return []
    names = await work.rows.people.many(check.draw.excluded)
    found: list[Mapping[str, object]] = []
    for why in Why:
        who = [number for number, one in check.draw.excluded.items() if one.why is why]
        if who:
            some = [names[number].name for number in who[:_NAMED] if number in names]
            found.append({"why": why.value, "count": len(who), "names": some})
    return found


def _buttons(work: Work, check: CheckRow, people: list[One], lang: str) -> Rows:
    label = work.words.label
    together = [
        one
        for one in people
        if one.verdict is None and one.answer is not None and not one.answer.late and agrees(comparison(check, one))
    ]
    rows: list[tuple[Button, ...]] = [
        (
            Button(
                label("check.button.see", lang, name=one.person.name),
                f"c:see:{check.id}:{one.person.id}",
                style=ButtonStyle.PRIMARY,
            ),
        )
        for one in [one for one in people if one.judgeable][:_BUTTONS]
    ]
    if len(together) > 1 and check.state is CheckState.OPEN:
        text = label("check.button.all", lang, count=len(together))
        rows.insert(0, (Button(text, f"c:all:{check.id}", style=ButtonStyle.SUCCESS),))
    last: list[Button] = []
    if check.manner is Manner.RANDOM and check.state is not CheckState.CANCELLED:
        last.append(Button(label("check.button.counts", lang), f"c:counts:{check.id}"))
    if check.state is CheckState.OPEN:
        last.append(Button(label("check.button.cancel", lang), f"c:cancel:{check.id}"))
    return (*rows, tuple(last)) if last else tuple(rows)


async def redraw(work: Work, check_id: int) -> None:
    """Edit the overview where it stands."""
    check = await check_of(work, check_id)
    checker = await work.rows.people.get(check.issued_by)
    if checker is None or checker.user_id is None or not check.overview_key:
        return
    text, buttons = await overview(work, check, checker.language)
    await work.rows.outbox.put(
        Outgoing(
            key=f"{check.subject}:overview:{await work.rows.checks.next_revision(check.id)}",
            chat_id=checker.user_id,
            kind=Kind.EDIT,
            policy=Policy.IDEMPOTENT,
            lane=Lane.REPLY,
            subject=f"{check.subject}:overview",
            target=check.overview_key,
            text=text,
            buttons=buttons,
        )
    )


async def show(work: Work, check_id: int, checker: Person) -> bool:
    """Put the overview below everything else; from now on this message is edited."""
    check = await check_of(work, check_id)
    text, buttons = await overview(work, check, checker.language)
    key = f"{check.subject}:overview:{await work.rows.checks.next_revision(check.id)}"
    await work.rows.checks.set_overview(check.id, key)
    return await work.tell(checker, key, text, subject=f"{check.subject}:overview", buttons=buttons)
