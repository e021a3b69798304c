"""From "received" to "acting": the measures somebody reports, by button, in words, or through the desk's telephone.

Opened by the acknowledgement (services/acknowledge.py); due and reminded by the county's figures; who said 收到 and
nothing more is told to the township's desk.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import Stale
from domain.obligations import Channel, is_late
from domain.outgoing import Lane
from domain.people import Person, Role
from domain.places import PlaceCode, ancestors
from domain.stage_two import Measure
from services import answered_card, phone_lists
from services.acknowledge import acknowledge, record
from services.answer_subjects import ACT, OF_WARNINGS, acting
from services.ports import Measured, Obligation, WarningRow
from services.warning_asking import ACKNOWLEDGE
from services.warning_helpers import to_record
from services.work import Work

_TO_BE_SURE = timedelta(minutes=2)
"""within so long a second 1 repeats the first"""


@dataclass(frozen=True, slots=True)
class Acted:
    """How a measure was taken. kind: recorded · late · not_owing · over"""

    warning: WarningRow
    kind: str


async def act(
    work: Work, person: Person, warning_id: int, measure: Measure, channel: Channel, words: str = ""
) -> Acted:
    """The person says what he has done. Whoever acts has received: stage one is answered with it."""
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    if row.state != "active":
        return Acted(row, "over")
    owed = await work.rows.obligations.find(row.subject, person.id, ACKNOWLEDGE)
    if owed is None:
        if measure is Measure.SUPPORT:  # whoever calls for help is heard, asked or not
            await _call_desk(work, row, person, _first_place(work, person), words)
        return Acted(row, "not_owing")
    if owed.answered_at is None:
        await acknowledge(work, person, warning_id, channel)
    return await _keep(work, row, owed, person, person, measure, channel, words)


async def act_for(work: Work, helper: Person | None, warning_id: int, person_id: int, measure: Measure) -> Acted:
    """The desk telephoned and was told. Raises NotAllowed."""
    row, person, owed = await to_record(work, helper, warning_id, person_id)
    assert helper is not None
    if row.state != "active":
        return Acted(row, "over")
    if owed.answered_at is None:
        await record(work, row, owed, person, helper, Channel.PHONE)
    return await _keep(work, row, owed, person, helper, measure, Channel.PHONE, "")


async def _keep(
    work: Work,
    row: WarningRow,
    owed: Obligation,
    person: Person,
    by: Person,
    measure: Measure,
    channel: Channel,
    words: str,
) -> Acted:
    await work.rows.answers.add_measure(
        Measured(0, row.id, person.id, owed.place, measure, words, channel, by.id, work.now)
    )
    late = False
    open_act = await work.rows.obligations.find(acting(row.id), person.id, ACT)
    if open_act is not None and open_act.answered_at is None:
        late = is_late(open_act.due_at, work.now)
        note = measure.value
        await work.rows.obligations.answer(open_act.id, at=work.now, channel=channel, by=by.id, note=note, late=late)
        await work.rows.outbox.supersede(subject=acting(row.id), person_id=person.id)
    await work.note(
        "warning.acted", row.subject, by, person=person.id, measure=measure.value, channel=channel.value, late=late
    )
    await work.rows.boards.mark(row.subject, [owed.place, *ancestors(owed.place)])
    if measure is Measure.SUPPORT:
        await _call_desk(work, row, person, owed.place, words)
    await answered_card.redraw(work, row, person)
    await phone_lists.redraw(work, row, person.id, ACT)
    return Acted(row, "late" if late else "recorded")


def _first_place(work: Work, person: Person) -> PlaceCode:
    return person.posts[0].place if person.posts else work.county


async def _call_desk(work: Work, row: WarningRow, person: Person, place: PlaceCode, words: str) -> None:
    """需支援 goes to the township's desk at once, to the county's where the township has nobody."""
    tree = await work.tree()
    township = tree.township_of(place)
    where = work.county if township is None else township.code
    found = [p for p in await work.rows.people.holding([Role.STATION, Role.DUTY], [where]) if p.reachable]
    if not found:
        found = [p for p in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]) if p.reachable]
    for helper in found:
        text = work.words.text(
            "warning.help.desk",
            helper.language,
            name=person.name,
            phone=person.phone,
            place=tree.path(place),
            words=words,
        )
        await work.tell(helper, f"{row.subject}:help:{person.id}:{helper.id}", text, lane=Lane.URGENT)
    await work.note("warning.help", row.subject, person, place=place)


async def act_on_open(work: Work, person: Person, measure: Measure, words: str) -> list[Acted]:
    """A typed measure counts for every warning of which the person owes one still, or has not said 收到."""
    subjects = [o.subject for o in await work.rows.obligations.open_of_person(person.id, ACT)]
    subjects += [o.subject for o in await work.rows.obligations.open_of_person(person.id, ACKNOWLEDGE)]
    numbers = dict.fromkeys(subject.partition(":")[2] for subject in subjects)
    return [
        await act(work, person, int(number), measure, Channel.TEXT, words) for number in numbers if number.isdigit()
    ]


async def said_received_just_now(work: Work, person: Person) -> datetime | None:
    """When he said 收到 to a warning whose stage two is open, if that was a moment ago: another bare 1 is the same 1,
    typed to be sure, and nobody is put on post by it."""
    for owed in await work.rows.obligations.open_of_person(person.id, ACT):
        first = await work.rows.obligations.find(f"warning:{owed.subject.partition(':')[2]}", person.id, ACKNOWLEDGE)
        if first is not None and first.answered_at is not None and work.now - first.answered_at < _TO_BE_SURE:
            return first.answered_at
    return None


async def figures_are_measures(work: Work, person: Person) -> bool:
    """Whether a bare 1, 2 or 3 can only mean a measure: stage two is open, and no patrol or spot check that takes
    figures as well."""
    owed = await work.rows.obligations.open_of_person(person.id)
    return any(one.what == ACT for one in owed) and all(one.subject.partition(":")[0] in OF_WARNINGS for one in owed)
