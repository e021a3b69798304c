"""叫应: what people answer to a warning.

One person's answer is his own. It counts from a button, a word, a link, or by the mouth of a helper who phoned or
knocked (services/warning_helpers.py); the first one stands, a late one is marked. What follows it is in
services/stage_two.py, what the group sees in services/warning_boards.py, how silence climbs in
services/warning_voice.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.errors import Stale
from domain.obligations import Channel, is_late
from domain.people import Person
from domain.places import ancestors, is_within
from domain.stage_two import counted_from
from services import answered_card, phone_lists
from services.answer_subjects import ACT, acting, warning_of
from services.ports import Obligation, WarningRow
from services.warning_asking import ACKNOWLEDGE
from services.work import Work


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """How an acknowledgement was taken. `at` is the instant that counts."""

    warning: WarningRow
    kind: str
    """recorded · late · before (it had been recorded) · not_owing · over (superseded or ended)"""
    at: datetime


async def acknowledge(work: Work, person: Person, warning_id: int, channel: Channel) -> Acknowledged:
    """The person says that he has it. Raises Stale for a warning that does not exist."""
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    owed = await work.rows.obligations.find(row.subject, person.id, ACKNOWLEDGE)
    if owed is None:
        await work.note("warning.seen", row.subject, person, channel=channel.value)
        return Acknowledged(row, "not_owing", work.now)
    return await record(work, row, owed, person, person, channel)


async def record(
    work: Work,
    row: WarningRow,
    owed: Obligation,
    person: Person,
    by: Person,
    channel: Channel,
    note: str = "",
) -> Acknowledged:
    if owed.answered_at is not None:
        return Acknowledged(row, "before", owed.answered_at)
    late = is_late(owed.due_at, work.now)
    if not await work.rows.obligations.answer(owed.id, at=work.now, channel=channel, by=by.id, note=note, late=late):
        return Acknowledged(row, "over", work.now)
    await work.note("warning.acknowledged", row.subject, by, person=person.id, channel=channel.value, late=late)
    await work.rows.outbox.supersede(subject=row.subject, person_id=person.id)
    await work.rows.channels.supersede(row.subject, person.id)
    await work.rows.boards.mark(row.subject, [owed.place, *ancestors(owed.place)])
    await _go_on(work, row, replace(owed, answered_at=work.now), person)
    return Acknowledged(row, "late" if late else "recorded", work.now)


async def _go_on(work: Work, row: WarningRow, owed: Obligation, person: Person) -> None:
    """Stage two begins: the private question goes on in its own message, the lists with this name are drawn anew."""
    plan = work.policy.answers.acting.get(row.colour)
    if plan is not None and person.reachable and row.state == "active" and await _owes_acting(work, row, person):
        opened_at = counted_from(owed.opened_at + owed.stopped, work.now, plan)
        await work.rows.obligations.open(
            subject=acting(row.id), what=ACT, plan=plan, opened_at=opened_at, owing=[(person.id, owed.place, True)]
        )
    await answered_card.redraw(work, row, person)
    await phone_lists.redraw(work, row, person.id)


async def _owes_acting(work: Work, row: WarningRow, person: Person) -> bool:
    held = {post.role for post in person.posts}
    if row.colour in work.policy.answers.acting_roles:
        held |= {post.role for absent in await work.stood_in_for(person) for post in absent.posts}
    return work.policy.answers.owes_acting(row.colour, frozenset(held))


async def acknowledge_all(work: Work, person: Person, channel: Channel) -> list[Acknowledged]:
    """A word like 收到 in the private chat answers everything the person was asked about and still owes."""
    taken = []
    for owed in await work.rows.obligations.open_of_person(person.id, ACKNOWLEDGE):
        row = await warning_of(work, owed.subject)
        if row is not None:
            taken.append(await record(work, row, owed, person, person, channel))
    return taken


async def acknowledge_in_group(work: Work, person: Person, chat_id: int) -> list[Acknowledged]:
    """The same word in a group answers what was posted in that group. Counted silently."""
    group = await work.rows.groups.get(chat_id)
    if group is None or group.place is None:
        return []
    taken = []
    for owed in await work.rows.obligations.open_of_person(person.id, ACKNOWLEDGE):
        row = await warning_of(work, owed.subject)
        if row is not None and await work.rows.boards.get(row.subject, chat_id) is not None:
            taken.append(await record(work, row, owed, person, person, Channel.TEXT))
    return taken


async def active_for(work: Work, person: Person) -> list[WarningRow]:
    """Warnings in force that touch one of the person's places, oldest first."""
    tree = await work.tree()
    held = [p.place for p in person.posts]
    found = []
    for row in await work.rows.warnings.active(work.now):
        touched = {c for code in row.places for c in (code, *(p.code for p in tree.descendants(code)))}
        if any(place in touched or any(is_within(code, place) for code in row.places) for place in held):
            found.append(row)
    return found


async def answered_and_owed(work: Work, row: WarningRow) -> tuple[int, int]:
    counts = (await work.rows.obligations.tally(row.subject)).values()
    return sum(done for done, _ in counts), sum(owed for _, owed in counts)
