"""The network is back: one summary for each person and group of what is over and what is in force, and what is in
force is asked again with a fresh ladder. Nothing of what was missed is played back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import Stale
from domain.outgoing import Lane, Outgoing
from domain.people import Action, Person
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle, Html, Rows
from services import cutoff
from services.answer_subjects import warning_of
from services.hazard_pause import not_counted
from services.ports import Cutoff, Obligation, WarningRow
from services.warning_asking import ACKNOWLEDGE
from services.work import Work


@dataclass(slots=True)
class _Missed:
    """What one person, or one village, missed."""

    asked: dict[int, WarningRow]
    over: dict[int, WarningRow]


async def restore(work: Work, officer: Person | None, township: PlaceCode) -> int:
    """通信恢复, by the desk. Raises NotAllowed, or Stale when nothing is cut off there. Returns how many persons are
    asked again."""
    officer = await work.require(officer, Action.RECORD_FOR_OTHERS, township)
    were = await work.rows.cutoffs.end(township, work.now, officer.id)
    if not were:
        raise Stale("cutoff.decided")
    since = min(one.since or one.asked_at for one in were)
    tree = await work.tree()
    villages = {one.place for one in were}
    codes = {*villages, *(place.code for village in villages for place in tree.descendants(village))}
    missed: dict[int, _Missed] = {}
    for owed in await work.rows.obligations.cut_off_in(codes):
        await _again(work, owed, since, missed)
    people = await work.rows.people.many(missed)
    for person_id, what in missed.items():
        if (person := people.get(person_id)) is not None:
            await _tell(work, person, what, since, were)
    await _tell_groups(work, villages, missed, since, were)
    for warning_id in {one.warning_id for one in were}:
        row = await work.rows.warnings.get(warning_id)
        if row is not None:
            await cutoff.show(work, row, township)
    for row in await work.rows.warnings.active(work.now):
        await work.rows.boards.mark_all(row.subject)
    await not_counted(work, officer, villages, since)
    await work.note("cutoff.over", f"place:{township}", officer, villages=len(villages), persons=len(missed))
    return len(missed)


async def _again(work: Work, owed: Obligation, since: datetime, missed: dict[int, _Missed]) -> None:
    row = await warning_of(work, owed.subject)
    if row is None or row.expires <= since:
        return  # of an earlier time
    there = missed.setdefault(owed.person_id, _Missed({}, {}))
    if row.state != "active":
        there.over[row.id] = row
        return
    person = await work.rows.people.get(owed.person_id)
    reachable = person is not None and person.reachable
    if await work.rows.obligations.open_again(owed.id, work.now, reachable) and owed.what == ACKNOWLEDGE:
        there.asked[row.id] = row


async def _tell(work: Work, person: Person, what: _Missed, since: datetime, were: Sequence[Cutoff]) -> None:
    asked = list(what.asked.values())
    label = work.words.label("warning.button.received", person.language)
    buttons: Rows = tuple(
        (Button(label if len(asked) == 1 else f"{label} {row.number}", f"w:ack:{row.id}", style=ButtonStyle.SUCCESS),)
        for row in asked
    )
    await work.tell(
        person,
        f"cutoff:{were[0].id}:over:{person.id}",
        _summary(work, what, since, person.language),
        subject=asked[0].subject if len(asked) == 1 else "",  # then it is this message that goes on after 收到
        buttons=buttons,
        lane=Lane.URGENT,
    )


def _summary(work: Work, what: _Missed, since: datetime, lang: str) -> Html:
    def named(rows: dict[int, WarningRow]) -> list[dict[str, object]]:
        return [
            {
                "kind": row.kind,
                "colour": row.colour.value,
                "number": row.number,
                "state": row.state,
                "expires": work.local(row.expires),
                "exercise": row.exercise,
            }
            for _, row in sorted(rows.items())
        ]

    return work.words.card(
        "cutoff_over",
        lang,
        since=work.local(since),
        until=work.local(work.now),
        asked=named(what.asked),
        over=named(what.over),
    )


async def _tell_groups(
    work: Work, villages: set[PlaceCode], missed: dict[int, _Missed], since: datetime, were: Sequence[Cutoff]
) -> None:
    """Each village's group once, with what its people are told; no names."""
    everything = _Missed({}, {})
    for what in missed.values():
        everything.asked.update(what.asked)
        everything.over.update(what.over)
    if not missed:
        return
    text = _summary(work, everything, since, "zh")
    for group in await work.rows.groups.bound_to(villages):
        if group.can_send and not group.department:
            await work.rows.outbox.put(
                Outgoing(
                    key=f"cutoff:{were[0].id}:over:{group.chat_id}",
                    chat_id=group.chat_id,
                    text=text,
                    lane=Lane.URGENT,
                )
            )
