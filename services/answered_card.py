"""The private question once it is answered: one message that goes on from 收到 to what is owed after it, edited in
place. Nobody gets a second message for the second stage, unless the first never reached him."""

from domain.obligations import ObligationState
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Person
from domain.stage_two import Measure
from domain.text import Button, ButtonStyle, Html, Rows
from services.answer_subjects import ACT, FIRST_REPLY, HOUSEHOLDS, acting, relay, reply
from services.ports import Obligation, WarningRow
from services.warning_asking import ACKNOWLEDGE, lasting_buttons
from services.warning_texts import actions_for, post_facts
from services.work import Work

_TO_DO = frozenset({ObligationState.OPEN, ObligationState.LAPSED})


async def redraw(work: Work, row: WarningRow, person: Person) -> None:
    """Show the person where he stands, in the newest message he has about this warning."""
    if person.user_id is None or not person.reachable:
        return
    text, buttons = await _card(work, row, person)
    first, newest = f"{row.subject}:ask:{person.id}", await work.rows.outbox.newest_to(row.subject, person.id)
    if newest is None:
        if await _owes_more(work, row, person):
            await _say_silently(work, row, person, text, buttons)
        return
    if newest != first:
        await _edit(work, row, person, first, text, ())
    await _edit(work, row, person, newest, text, buttons)


async def _owes_more(work: Work, row: WarningRow, person: Person) -> bool:
    beside = {acting(row.id), reply(row.id), relay(row.id)}
    return any(one.subject in beside for one in await work.rows.obligations.open_of_person(person.id))


async def _say_silently(work: Work, row: WarningRow, person: Person, text: Html, buttons: Rows) -> None:
    """His question never left (he was quicker in the group): what follows comes without a sound."""
    await work.tell(
        person,
        f"{row.subject}:ask:{person.id}:next",
        text,
        subject=row.subject,
        buttons=buttons,
        lane=Lane.DIGEST,
        expires_at=row.expires,
        silent=True,
    )


async def _edit(work: Work, row: WarningRow, person: Person, target: str, text: Html, buttons: Rows) -> None:
    assert person.user_id is not None
    await work.rows.outbox.put(
        Outgoing(
            key=f"{target}:answered:{work.new_id()}",
            chat_id=person.user_id,
            kind=Kind.EDIT,
            policy=Policy.IDEMPOTENT,
            lane=Lane.DIGEST,  # he has seen the toast; nobody's first question waits behind this
            subject=f"{row.subject}:answered",
            target=target,
            text=text,
            buttons=buttons,
        )
    )


async def _card(work: Work, row: WarningRow, person: Person) -> tuple[Html, Rows]:
    find, lang = work.rows.obligations.find, person.language
    owed = await find(row.subject, person.id, ACKNOWLEDGE)
    act = await find(acting(row.id), person.id, ACT)
    first = await find(reply(row.id), person.id, FIRST_REPLY)
    homes = await find(relay(row.id), person.id, HOUSEHOLDS)
    measures = await work.rows.answers.measures_of(row.id, person.id)
    report = None if homes is None else (await work.rows.answers.households_of(row.id)).get(homes.place)
    over = row.state != "active"
    text = work.words.card(
        "warning_answered",
        lang,
        answered_at=None if owed is None or owed.answered_at is None else work.local(owed.answered_at),
        measures=[
            {
                "name": work.words.label(f"answers.measure.{one.measure.value}", lang),
                "at": work.local(one.at),
                "words": one.words,
            }
            for one in measures
        ],
        act_due=_due(work, act) if not over and not measures else None,
        first_due=None if over else _due(work, first),
        replied_at=None if first is None or first.answered_at is None else work.local(first.answered_at),
        relay=homes is not None and not over,
        reached=None if report is None else report.reached,
        total=None if report is None else report.total,
        actions=() if over else actions_for(work, row, person),
        **await post_facts(work, row),
    )
    if over:
        return text, ()
    own = _buttons(work, row, lang, act, first, homes, {one.measure for one in measures})
    return text, (*own, *lasting_buttons(work, row, person))


def _due(work: Work, owed: Obligation | None) -> object:
    return None if owed is None or owed.state not in _TO_DO else work.local(owed.due_at)


def _buttons(
    work: Work,
    row: WarningRow,
    lang: str,
    act: Obligation | None,
    first: Obligation | None,
    homes: Obligation | None,
    taken: set[Measure],
) -> Rows:
    label, rows = work.words.label, []
    if act is not None and act.state is not ObligationState.EXCUSED:
        rows.append(measure_buttons(work, row.id, lang, taken))
    more = []
    if first is not None:
        more.append(Button(label("answers.button.first_reply", lang), f"w:first:{row.id}:{first.place}"))
    if homes is not None:
        more.append(Button(label("answers.button.households", lang), f"w:homes:{row.id}:{homes.place}"))
    if more:
        rows.append(tuple(more))
    danger = Button(label("warning.button.report", lang), url=work.link("h"))
    if act is None:
        help_ = Button(label("warning.button.need_help", lang), f"w:help:{row.id}", style=ButtonStyle.DANGER)
        rows.append((help_, danger))
    else:
        rows.append((danger,))
    return tuple(one for one in rows if one)


def measure_buttons(work: Work, warning_id: int, lang: str, taken: set[Measure]) -> tuple[Button, ...]:
    """已到岗 · 已清点 · 需支援, without those he has reported."""
    styles = {Measure.ARRIVED: ButtonStyle.SUCCESS, Measure.SUPPORT: ButtonStyle.DANGER}
    return tuple(
        Button(
            work.words.label(f"answers.measure.{one.value}", lang),
            f"w:act:{warning_id}:{one.value}",
            style=styles.get(one),
        )
        for one in Measure
        if one not in taken
    )
