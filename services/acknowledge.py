"""叫应: what people answer to a warning.

One person's answer is his own. It counts from a button, a word, a link, or by the mouth of a helper who phoned or
knocked (services/warning_helpers.py); the first one stands, a late one is marked. What the group sees of it is in
services/warning_boards.py, how silence climbs in services/warning_voice.py.
"""

from dataclasses import dataclass
from datetime import datetime

from domain.errors import Stale
from domain.obligations import Channel, is_late
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Person, Role
from domain.places import PlaceCode, PlaceTree, ancestors, is_within
from services.ports import Obligation, WarningRow
from services.warning_asking import ACKNOWLEDGE
from services.warning_texts import post_facts
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
    await _settle_question(work, row, person)
    return Acknowledged(row, "late" if late else "recorded", work.now)


async def _settle_question(work: Work, row: WarningRow, person: Person) -> None:
    """The private question, where it was sent, says that it is answered and loses its buttons."""
    key = f"{row.subject}:ask:{person.id}"
    sent = await work.rows.outbox.message_of(key)
    if sent is None or person.user_id is None:
        return
    facts = await post_facts(work, row)
    await work.rows.outbox.put(
        Outgoing(
            key=f"{key}:answered",
            chat_id=person.user_id,
            kind=Kind.EDIT,
            policy=Policy.IDEMPOTENT,
            lane=Lane.DIGEST,  # he has seen the toast; nobody's first question waits behind this
            subject=f"{row.subject}:answered",
            target=key,
            text=work.words.card("warning_answered", person.language, answered_at=work.local(work.now), **facts),
        )
    )


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


async def call_for_help(work: Work, person: Person, warning_id: int) -> WarningRow:
    """需要支援: counts as the answer and goes to the township's desk at once."""
    taken = await acknowledge(work, person, warning_id, Channel.BUTTON)
    owed = await work.rows.obligations.find(taken.warning.subject, person.id, ACKNOWLEDGE)
    place = owed.place if owed is not None else (person.posts[0].place if person.posts else work.county)
    tree = await work.tree()
    for helper in await _desk(work, tree, place):
        text = work.words.text(
            "warning.help.desk", helper.language, name=person.name, phone=person.phone, place=tree.path(place)
        )
        await work.tell(helper, f"{taken.warning.subject}:help:{person.id}:{helper.id}", text, lane=Lane.URGENT)
    await work.note("warning.help", taken.warning.subject, person, place=place)
    return taken.warning


async def _desk(work: Work, tree: PlaceTree, place: PlaceCode) -> list[Person]:
    township = tree.township_of(place)
    where = work.county if township is None else township.code
    found = await work.rows.people.holding([Role.STATION, Role.DUTY], [where])
    found = [p for p in found if p.reachable]
    return found or [p for p in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]) if p.reachable]


async def warning_of(work: Work, subject: str) -> WarningRow | None:
    kind, _, number = subject.partition(":")
    return await work.rows.warnings.get(int(number)) if kind == "warning" and number.isdigit() else None


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
