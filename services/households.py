"""Household relay: the village's warning officer reports how many households were reached, by which means, and which
are left. The newest numbers count and the earlier ones stay; which households are left never gets into a group."""

from dataclasses import dataclass

from domain.colours import Colour
from domain.errors import NotAllowed, Stale
from domain.households import Relay
from domain.obligations import Channel, is_late
from domain.people import Action, Person, Role
from domain.places import Level, PlaceCode, PlaceTree, ancestors, is_within
from domain.warning_reach import is_outranked
from services import answered_card
from services.answer_subjects import HOUSEHOLDS, relay
from services.ports import HouseholdReport, WarningRow
from services.warning_asking import carriers
from services.warning_posts import villages_of as warned_villages
from services.work import Work

_OFFICERS = (Role.WARNER, Role.EMERGENCY_OFFICER, Role.VILLAGE_HEAD)
"""who reports for a village: the first of these posts that somebody holds"""


def villages_of(tree: PlaceTree, row: WarningRow) -> list[PlaceCode]:
    """The villages that the warning covers and that no graver one of its kind has taken over, by code."""
    covered = warned_villages(tree, row.places)
    return [code for code in sorted(covered) if not is_outranked(tree, code, covered, row.outranked)]


async def open_for(work: Work, row: WarningRow) -> None:
    """At the colours the county names one person of each village owes the numbers, and is reminded."""
    plan = work.policy.answers.relay.get(row.colour)
    if plan is None or row.colour < Colour.ORANGE:
        return
    villages = villages_of(await work.tree(), row)
    holders = await work.rows.people.holding(_OFFICERS, villages)
    by_village: dict[PlaceCode, list[Person]] = {}
    for person in holders:
        for place in {post.place for post in person.posts if post.role in _OFFICERS}:
            by_village.setdefault(place, []).append(person)
    owing, given = [], set[int]()
    for village in villages:
        officer = await _officer(work, by_village.get(village, []), village)
        if officer is not None and officer.id not in given:
            given.add(officer.id)
            owing.append((officer.id, village, officer.reachable))
    await work.rows.obligations.open(subject=relay(row.id), what=HOUSEHOLDS, plan=plan, opened_at=work.now, owing=owing)


async def _officer(work: Work, people: list[Person], village: PlaceCode) -> Person | None:
    for role in _OFFICERS:
        holders = [one for one in people if any(p.role is role and p.place == village for p in one.posts)]
        if holders:
            carrying = await carriers(work, holders)
            return next((one for one in carrying if one.reachable), carrying[0])
    return None


async def to_report(work: Work, person: Person | None, warning_id: int, village: PlaceCode) -> WarningRow:
    """The warning, if the person may report for the village: its officers, or whoever records for others there."""
    row = await work.rows.warnings.get(warning_id)
    if row is None or row.state != "active":
        raise Stale("answers.over")
    if person is None:
        raise NotAllowed("refused.not_enrolled")
    tree = await work.tree()
    place = tree.get(village)
    if place is None or place.level is not Level.VILLAGE or village not in villages_of(tree, row):
        raise Stale("refused.stale")
    own = any(post.role in _OFFICERS and post.place == village for post in person.posts)
    if not own and not await _owes(work, row, person, village):
        await work.require(person, Action.RECORD_FOR_OTHERS, village)
    return row


async def _owes(work: Work, row: WarningRow, person: Person, village: PlaceCode) -> bool:
    owed = await work.rows.obligations.find(relay(row.id), person.id, HOUSEHOLDS)
    return owed is not None and owed.place == village


async def report(
    work: Work, person: Person | None, warning_id: int, village: PlaceCode, said: Relay
) -> HouseholdReport:
    """Keep the numbers. Raises NotAllowed, or Stale for a warning that is over."""
    row = await to_report(work, person, warning_id, village)
    assert person is not None
    kept = await work.rows.answers.add_households(
        HouseholdReport(0, row.id, village, said.reached, said.total, said.means, said.left, person.id, work.now)
    )
    for owed in await work.rows.obligations.of_subject(relay(row.id)):
        if owed.place == village and owed.answered_at is None:
            late, channel = is_late(owed.due_at, work.now), Channel.TEXT
            await work.rows.obligations.answer(owed.id, at=work.now, channel=channel, by=person.id, late=late)
            await work.rows.outbox.supersede(subject=relay(row.id), person_id=owed.person_id)
    await work.note("warning.households", row.subject, person, village=village, reached=said.reached, total=said.total)
    await work.rows.boards.mark(row.subject, [village, *ancestors(village)])
    await answered_card.redraw(work, row, person)
    return kept


async def own_village(work: Work, person: Person) -> tuple[WarningRow, PlaceCode] | None:
    """The newest warning in force for which the person reports households, and his village; None for nobody's."""
    held = [post.place for post in person.posts if post.role in _OFFICERS]
    tree = await work.tree()
    for row in reversed(await work.rows.warnings.active(work.now)):
        owed = await work.rows.obligations.find(relay(row.id), person.id, HOUSEHOLDS)
        if owed is not None:
            return row, owed.place
        for place in held:
            if place in villages_of(tree, row):
                return row, place
    return None


@dataclass(frozen=True, slots=True)
class VillageLine:
    """One village on the township's list. `left` is empty for whoever may not see it."""

    village: PlaceCode
    report: HouseholdReport | None
    left: str


_MAY_READ = frozenset({Role.STATION, Role.DUTY, Role.LEADER_IN_CHARGE, Role.PRINCIPAL, Role.CONTACT_CADRE, *_OFFICERS})


async def lines_for(work: Work, reader: Person | None, row: WarningRow) -> list[VillageLine]:
    """Every covered village in the reader's area. Which households are left is for the village and its township only:
    the county sees numbers. Raises NotAllowed."""
    if reader is None:
        raise NotAllowed("refused.not_enrolled")
    tree, reports, lines = await work.tree(), await work.rows.answers.households_of(row.id), []
    for village in villages_of(tree, row):
        try:
            await work.require(reader, Action.SEE_MISSING, village)
        except NotAllowed:
            continue
        known = reports.get(village)
        reads = any(post.role in _MAY_READ and is_within(village, post.place) for post in reader.posts)
        lines.append(VillageLine(village, known, known.left if known is not None and reads else ""))
    if not lines:
        raise NotAllowed("refused.no_right")
    return lines
