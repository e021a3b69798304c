"""The phone list: exactly the silent, the most urgent first, each with buttons for what became of the call.

Several desks may work on it at once: every result is a row with who, when and how, and all lists that name the person
are drawn anew.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.calling import CallResult, ToCall, calling_order
from domain.obligations import CUT_OFF, ObligationState
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Person, PersonId
from domain.places import PlaceTree
from domain.stage_two import Measure
from domain.text import Button, ButtonStyle, Html
from domain.text import Rows as ButtonRows
from services.answer_subjects import ACT, acting
from services.channels import channel_notes, why_with_notes
from services.ports import Attempt, Obligation, PhoneList, SideResult, WarningRow
from services.warning_asking import ACKNOWLEDGE
from services.warning_missing import answered_in, areas_of, why_silent
from services.warning_texts import post_facts
from services.work import Work

PAGE = 10
"""so many persons are on one message: with five buttons each it stays below Telegram's hundred"""

ASKED = "asked"
"""the heading of a list on request"""

_RESULTS = (
    ("p", "through", ButtonStyle.SUCCESS),
    ("n", "no_answer", None),
    ("x", "no_such_number", None),
    ("o", "switched_off", None),
    ("d", "at_the_door", ButtonStyle.SUCCESS),
)
_CUT_OFF = (("s", "satellite", ButtonStyle.SUCCESS), ("d", "at_the_door", ButtonStyle.SUCCESS))
CODES: Mapping[str, CallResult] = {
    "p": CallResult.THROUGH,
    "d": CallResult.AT_THE_DOOR,
    "s": CallResult.SATELLITE,
    "n": CallResult.NO_ANSWER,
    "x": CallResult.NO_SUCH_NUMBER,
    "o": CallResult.SWITCHED_OFF,
}
"""result by the letter in the button"""


async def in_order(work: Work, owed: Sequence[Obligation]) -> list[Obligation]:
    """The most urgent first, as domain/calling.py has it."""
    people = await work.rows.people.many({o.person_id for o in owed})
    places = {o.place for o in owed}
    hazards: dict[Any, int] = {}
    for hazard in await work.rows.hazards.alive_in(places):
        hazards[hazard.place] = hazards.get(hazard.place, 0) + 1
    by_person = {o.person_id: o for o in owed if o.person_id in people}
    calls = [
        ToCall(number, one.place, frozenset(post.role for post in people[number].posts))
        for number, one in by_person.items()
    ]
    return [by_person[PersonId(one.person_id)] for one in calling_order(calls, hazards)]


async def send(work: Work, row: WarningRow, to: Person, owed: Sequence[Obligation], *, heading: str, key: str) -> int:
    """The list to one person, in pages; returns how many messages."""
    ordered = await in_order(work, owed)
    pages = [ordered[start : start + PAGE] for start in range(0, len(ordered), PAGE)]
    for page in pages:
        what = page[0].what
        members = tuple(one.person_id for one in page)
        made = PhoneList(f"{key}:{to.id}:{page[0].id}", row.id, what, to.id, heading, members)
        text, buttons = await _drawn(work, row, made, to)
        if await work.tell(
            to,
            made.key,
            text,
            subject=f"{row.subject}:up",  # not the question he owes an answer to himself: his own does not end it
            buttons=buttons,
            lane=Lane.URGENT,
            expires_at=row.expires,
        ):
            await work.rows.answers.add_list(made)
    return len(pages)


async def redraw(work: Work, row: WarningRow, person_id: int, what: str = ACKNOWLEDGE) -> None:
    """Something has become of this person: every list with his name shows it."""
    await _draw(work, row, await work.rows.answers.lists_with(row.id, [person_id], what))


async def redraw_all(work: Work, row: WarningRow, persons: Collection[int]) -> None:
    """The same for several at once, each list drawn once."""
    for what in (ACKNOWLEDGE, ACT):
        await _draw(work, row, await work.rows.answers.lists_with(row.id, persons, what))


async def _draw(work: Work, row: WarningRow, lists: Sequence[PhoneList]) -> None:
    readers = await work.rows.people.many({one.to_person for one in lists})
    for one in lists:
        to = readers.get(one.to_person)
        if to is None or to.user_id is None:
            continue
        text, buttons = await _drawn(work, row, one, to)
        await work.rows.answers.list_drawn(one.key)
        await work.rows.outbox.put(
            Outgoing(
                key=f"{one.key}:drawn:{one.times_drawn + 1}",
                chat_id=to.user_id,
                kind=Kind.EDIT,
                policy=Policy.IDEMPOTENT,
                lane=Lane.REPLY,
                subject=f"{row.subject}:list",
                target=one.key,
                text=text,
                buttons=buttons,
            )
        )


async def _drawn(work: Work, row: WarningRow, page: PhoneList, to: Person) -> tuple[Html, ButtonRows]:
    lang, opened = to.language, work.now
    answered, owing = await answered_in(work, row, areas_of(to)) if page.heading == ASKED else (0, 0)
    facts = await _known(work, row, page)
    lines: list[dict[str, object]] = []
    buttons: list[tuple[Button, ...]] = []
    for number, person_id in enumerate(page.members, 1):
        owed, person = facts.owed.get(person_id), facts.people.get(person_id)
        if owed is None or person is None:
            continue
        opened = min(opened, owed.opened_at + owed.stopped)
        lines.append(_line(work, facts, number, owed, person, lang))
        cut_off = owed.state is ObligationState.EXCUSED and owed.note == CUT_OFF
        excused = owed.state is ObligationState.EXCUSED and not cut_off
        if owed.answered_at is None and not excused and row.state == "active":
            buttons.append(_row_of_buttons(work, row.id, page.what, number, person_id, lang, cut_off=cut_off))
    text = work.words.card(
        "warning_silent",
        lang,
        heading_text=work.words.label(f"warning.rung.{page.heading}", lang),
        heading=page.heading,
        answered=answered,
        owed=owing,
        acting=page.what == ACT,
        minutes=int((work.now - opened) / timedelta(minutes=1)),
        left=sum(1 for one in lines if one["done_at"] is None),
        silent=lines,
        **await post_facts(work, row),
    )
    if page.heading == ASKED:
        buttons.append((Button(work.words.label("answers.button.home_list", lang), f"w:homelist:{row.id}"),))
    return text, tuple(buttons)


@dataclass(frozen=True, slots=True)
class _Known:
    """What one page shows, as the rows have it now."""

    tree: PlaceTree
    owed: Mapping[int, Obligation]
    people: Mapping[int, Person]
    undelivered: Mapping[int, str]
    elsewhere: Mapping[int, Sequence[SideResult]]
    """how it stands with what was sent by other channels"""
    attempts: Mapping[int, list[Attempt]]
    helpers: Mapping[int, Person]


async def _known(work: Work, row: WarningRow, page: PhoneList) -> _Known:
    subject = acting(row.id) if page.what == ACT else row.subject
    owed = [await work.rows.obligations.find(subject, one, page.what) for one in page.members]
    attempts: dict[int, list[Attempt]] = {}
    for tried in await work.rows.answers.attempts_of(row.id, page.members):
        attempts.setdefault(tried.person_id, []).append(tried)
    return _Known(
        tree=await work.tree(),
        owed={one.person_id: one for one in owed if one is not None},
        people=await work.rows.people.many(page.members),
        undelivered=await work.rows.outbox.undelivered(row.subject),
        elsewhere=await channel_notes(work, row.subject),
        attempts=attempts,
        helpers=await work.rows.people.many({one.by for tries in attempts.values() for one in tries}),
    )


def _line(work: Work, facts: _Known, number: int, owed: Obligation, person: Person, lang: str) -> dict[str, object]:
    done, tries = owed.answered_at is not None, facts.attempts.get(person.id, [])
    return {
        "n": number,
        "name": person.name,
        "phone": person.phone,
        "place": facts.tree.path(owed.place),
        "why_text": ""
        if done
        else _why(work, owed, person, facts.undelivered.get(person.id), facts.elsewhere.get(person.id, ()), lang),
        "done_at": None if owed.answered_at is None else work.local(owed.answered_at),
        "how": "" if owed.channel is None else work.words.label(f"channel.name.{owed.channel.value}", lang),
        "tried": [] if done else [_tried(work, one, facts.helpers, lang) for one in tries[-2:]],
        "tries": len(tries),
    }


def _why(
    work: Work,
    owed: Obligation,
    person: Person,
    undelivered: str | None,
    elsewhere: Sequence[SideResult],
    lang: str,
) -> str:
    if owed.state is ObligationState.EXCUSED and owed.note == CUT_OFF:
        return work.words.label("warning.why.cut_off", lang)
    if owed.state is ObligationState.EXCUSED:
        return work.words.label("warning.why.excused", lang)
    return why_with_notes(work, why_silent(person, undelivered), elsewhere, lang)


def _tried(work: Work, one: Attempt, helpers: Mapping[int, Person], lang: str) -> dict[str, object]:
    by = helpers.get(one.by)
    return {
        "result": work.words.label(f"answers.call.{one.result.value}", lang),
        "at": work.local(one.at),
        "by": "" if by is None else by.name,
    }


def _row_of_buttons(
    work: Work, warning_id: int, what: str, number: int, person_id: int, lang: str, *, cut_off: bool
) -> tuple[Button, ...]:
    label = work.words.label
    if what == ACT:
        measures = tuple(
            Button(
                label(f"answers.measure.{one.value}", lang),
                f"w:did:{warning_id}:{person_id}:{one.value}",
                style=ButtonStyle.SUCCESS if one is Measure.ARRIVED else None,
            )
            for one in Measure
        )
        named = Button(f"{number} {measures[0].label}", measures[0].data, style=measures[0].style)
        failed = Button(label("answers.press.no_answer", lang), f"w:tried:{warning_id}:{person_id}:n")
        return (named, *measures[1:], failed)
    return tuple(
        Button(
            f"{number} {label(f'answers.press.{key}', lang)}" if code in "ps" else label(f"answers.press.{key}", lang),
            f"w:rec:{warning_id}:{person_id}:{code}",
            style=style,
        )
        for code, key, style in (_CUT_OFF if cut_off else _RESULTS)
    )
