"""Whose a hazard is: who may do what with it, who is shown it, who looks at it again once it is fixed."""

from collections.abc import Iterable

from domain.hazards import (
    FIX,
    RIGHT_FOR,
    THE_FIXERS,
    Category,
    HazardState,
    Move,
    departments_of,
    is_grave,
    objection,
    right_for,
)
from domain.obligations import ObligationState
from domain.people import RIGHTS, Action, Person, Reach, Role, may
from domain.places import PlaceCode
from services.ports import HazardRow
from services.ports.hazards import hands_of
from services.work import Work


def owners(work: Work, row: HazardRow) -> tuple[str, ...]:
    """The department it was passed to, else those that own its category; () is the township."""
    return (row.department,) if row.department else work.policy.hazards.owners_of(row.category)


async def has_right(work: Work, person: Person, action: Action, row: HazardRow) -> bool:
    """By the table of rights: over the place, or over the category by department; a stand-in's rights included."""
    grave = is_grave(row.grade, suspected=row.suspected)
    for who in (person, *await work.stood_in_for(person)):
        for department in ("", *owners(work, row)):
            if may(who, action, row.place, grave=grave, department=department):
                return True
    return False


async def stands_in(work: Work, person: Person, owner_id: int) -> bool:
    """Whether the person carries the owner's duties now: as stand-in of his leave, or as deputy."""
    owner = await work.rows.people.get(owner_id)
    if owner is not None and owner.deputy_id == person.id:
        return True
    return any(one.id == owner_id for one in await work.stood_in_for(person))


async def hand_of(work: Work, person: Person, row: HazardRow, move: Move) -> int:
    """In whose name he makes the move: what was given to one is also his stand-in's to do, and theirs to whom it was
    handed over."""
    if move not in THE_FIXERS or row.assignee is None or person.id == row.assignee:
        return person.id
    handed = any(
        owed.person_id == person.id and owed.what.partition(".")[0] == FIX and owed.state is ObligationState.OPEN
        for owed in await work.rows.obligations.of_subject(row.subject)
    )
    return row.assignee if handed or await stands_in(work, person, row.assignee) else person.id


async def moves_of(work: Work, person: Person, row: HazardRow) -> set[Move]:
    """What this person could do with it now."""
    hands = hands_of(row, await work.rows.hazards.reports_of(row.id))
    found = set()
    for move in RIGHT_FOR:
        allowed = await has_right(work, person, right_for(move, row.grade, at_once=row.at_once), row)
        if objection(hands, move, await hand_of(work, person, row, move), has_right=allowed) is None:
            found.add(move)
    return found


async def concerns(work: Work, person: Person, row: HazardRow) -> bool:
    """Whoever can decide about it, took it, or has to fix it."""
    if person.id in {row.assignee, row.taken_by, row.recheck_by}:
        return True
    closing = Action.CONFIRM_AT_ONCE if row.at_once else Action.CLOSE_HAZARD
    for action in (Action.ASSIGN_HAZARD, closing, Action.ROUTE_HAZARD):
        if await has_right(work, person, action, row):
            return True
    return False


async def reported_by(work: Work, user_id: int, row: HazardRow) -> bool:
    return any(report.user_id == user_id for report in await work.rows.hazards.reports_of(row.id))


# -- desks ------------------------------------------------------------------------------------------------------


async def _reachable(work: Work, roles: Iterable[Role], place: PlaceCode) -> list[Person]:
    return [one for one in await work.rows.people.holding(list(roles), [place]) if one.reachable]


async def officers_of(work: Work, departments: Iterable[str]) -> list[Person]:
    """The reachable officers of these departments at the county."""
    wanted = set(departments)
    found = await _reachable(work, [Role.DEPARTMENT], work.county)
    return [one for one in found if wanted & set(departments_of([one]))]


async def departments(work: Work, category: Category) -> tuple[str, ...]:
    """All departments that somebody can be found at, the owners of the category first."""
    known = departments_of(await _reachable(work, [Role.DEPARTMENT], work.county))
    own = [one for one in work.policy.hazards.owners_of(category) if one in known]
    return tuple(dict.fromkeys((*own, *known)))


async def desk_of(work: Work, row: HazardRow) -> list[Person]:
    """Who has to look at it: the department it was passed to; else the township's station and, where others own its
    category, their officers. The county's duty officer where nobody of these can be written to."""
    if row.with_county:
        return await _reachable(work, [Role.COUNTY_DUTY], work.county)
    if row.department:
        found = await officers_of(work, [row.department])
    else:
        found = [*await _township_desk(work, row.place), *await officers_of(work, owners(work, row))]
    if (
        not any(one.holds([Role.STATION, Role.LEADER_IN_CHARGE, Role.PRINCIPAL]) for one in found)
        and not row.department
    ):
        found += await _reachable(work, [Role.COUNTY_DUTY], work.county)
    if not found:
        found = await _township_desk(work, row.place) or await _reachable(work, [Role.COUNTY_DUTY], work.county)
    return list({one.id: one for one in found}.values())


async def _township_desk(work: Work, place: PlaceCode) -> list[Person]:
    township = (await work.tree()).township_of(place)
    if township is None:
        return []
    for role in (Role.STATION, Role.LEADER_IN_CHARGE, Role.PRINCIPAL):
        if found := await _reachable(work, [role], township.code):
            return found
    return []


async def informed_of(work: Work, row: HazardRow) -> list[Person]:
    """Who is shown it without owing anything: the leader in charge; for a suspected major one also the township's
    first responsible person and the county's duty officer."""
    township = (await work.tree()).township_of(row.place)
    found: list[Person] = []
    if township is not None:
        roles = [Role.LEADER_IN_CHARGE, Role.PRINCIPAL] if row.suspected else [Role.LEADER_IN_CHARGE]
        found += await _reachable(work, roles, township.code)
    if row.suspected:
        found += await _reachable(work, [Role.COUNTY_DUTY], work.county)
    return list({one.id: one for one in found}.values())


async def leaders_of(work: Work, row: HazardRow) -> list[Person]:
    """Those of the township who may grade it."""
    township = (await work.tree()).township_of(row.place)
    if township is None:
        return []
    return await _reachable(work, [Role.LEADER_IN_CHARGE, Role.PRINCIPAL], township.code)


async def sees_reporter(work: Work, person: Person | None, row: HazardRow) -> bool:
    """Who reported without his name being told is known to the desk alone."""
    return person is not None and await has_right(work, person, Action.SEE_REPORTER, row)


async def rechecks(work: Work, row: HazardRow) -> list[Person]:
    """Who looks whether it is really fixed: the cadre of the village, whoever took it, the department; what was fixed
    on the spot also those of the village; else the township's desk, and the county's where there is nobody else. Never
    the hands that fixed it."""
    named = None if row.recheck_by is None else await work.rows.people.get(row.recheck_by)
    if named is not None and named.reachable and (fit := await _fit_to_close(work, row, [named])):
        return fit
    tree = await work.tree()
    village = tree.village_of(row.place)
    looking = [Role.CONTACT_CADRE, *([Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER] if row.at_once else [])]
    found = [] if village is None else await _reachable(work, looking, village.code)
    if row.taken_by is not None and (taker := await work.rows.people.get(row.taken_by)) is not None and taker.reachable:
        found.append(taker)
    if fit := await _fit_to_close(work, row, found):
        return fit
    above = tree.township_of(row.place)
    roles = [role for role, reach in RIGHTS[Action.CLOSE_HAZARD].items() if reach is Reach.AREA]
    desk = [] if above is None else await _reachable(work, roles, above.code)
    fit = await _fit_to_close(work, row, [*desk, *await officers_of(work, owners(work, row))])
    return fit or await _fit_to_close(work, row, await _reachable(work, [Role.COUNTY_DUTY], work.county))


async def _fit_to_close(work: Work, row: HazardRow, people: Iterable[Person]) -> list[Person]:
    hands = hands_of(row, ())
    fit = {}
    action = right_for(Move.CLOSE, row.grade, at_once=row.at_once)
    for one in people:
        allowed = await has_right(work, one, action, row)
        if objection(hands, Move.CLOSE, one.id, has_right=allowed) is None:
            fit[one.id] = one
    return list(fit.values())


def is_overdue(work: Work, row: HazardRow) -> bool:
    return row.state is HazardState.ASSIGNED and row.due_at is not None and row.due_at < work.now
