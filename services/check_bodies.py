"""Whom a body can draw, and who of it judges: the strata of the daily check from the roster of the moment."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from domain.check_charges import Charge, in_warned
from domain.check_plans import (
    Body,
    BodyKind,
    Cell,
    Member,
    Stratum,
    StratumName,
    leaders_stratum,
    patrollers_stratum,
    villages_stratum,
)
from domain.check_policy import CheckWindow, DailyChecks
from domain.checks import Exclusion
from domain.people import VILLAGE_ROLES, Action, Person, PersonStatus, Post, Role, may
from domain.places import PlaceCode, is_within
from services.chain import leaders_over
from services.check_pool import Candidate, without_the_spared
from services.work import Work

_JUDGES: Mapping[BodyKind, tuple[Role, ...]] = {
    BodyKind.COUNTY: (Role.COUNTY_DUTY, Role.COUNTY_LEADER),
    BodyKind.TOWNSHIP: (Role.LEADER_IN_CHARGE, Role.PRINCIPAL, Role.STATION),
    BodyKind.DEPARTMENT: (Role.DEPARTMENT,),
}
_STATION = frozenset({Role.STATION, Role.DUTY})
_FIELD = frozenset({Role.PATROLLER, Role.MONITOR})


@dataclass(frozen=True, slots=True)
class Drawable:
    """What the draw is made from. `candidates`: whom each person drawn would be asked as."""

    strata: tuple[Stratum, ...]
    excluded: Mapping[int, Exclusion]
    candidates: Mapping[tuple[StratumName, int], Candidate]


async def departments(work: Work) -> list[str]:
    """Those that have an officer in the roster."""
    found = await work.rows.people.holding([Role.DEPARTMENT], [work.county])
    return sorted({post.department for one in found for post in one.posts if post.department and _is_officer(post)})


def _is_officer(post: Post) -> bool:
    return post.role is Role.DEPARTMENT


# -- who judges ---------------------------------------------------------------------------------------------------


async def checker_of(work: Work, body: Body, *, but: Collection[int] = ()) -> Person | None:
    """The body's leader who is on duty, in whose name it asks and who judges; else whoever of it may. Without the
    persons in `but`; where the body has nobody else, the county."""
    roles = _JUDGES[body.kind]
    away = {leave.person_id: leave.stand_in_id for leave in await work.rows.people.leaves(work.now)}
    found: list[tuple[int, Person]] = []
    for person in await work.rows.people.holding(roles, [body.place]):
        held = [post for post in person.posts if post.role in roles and post.place == body.place]
        rank = min((roles.index(post.role) for post in held if post.department == body.department), default=None)
        if rank is not None:
            found.append((rank, person))
    stand_ins = await work.rows.people.many([away[person.id] for _, person in found if person.id in away])
    able = [
        (rank, one)
        for rank, person in found
        for one in ([person] if person.id not in away else [stand_ins.get(away[person.id])])
        if one is not None and one.status is PersonStatus.ACTIVE and one.id not in but and one.id not in away
    ]
    if not able:
        return None if body.kind is BodyKind.COUNTY else await checker_of(work, upper(work), but=but)
    on_duty = set(await work.rows.duty.on_duty(body.place, work.now))
    return min(able, key=lambda pair: (not pair[1].reachable, pair[1].id not in on_duty, pair[0], pair[1].id))[1]


async def checker_above(work: Work, body: Body, *, but: Collection[int] = ()) -> Person | None:
    """Who asks the one who asks for this body: the county leader who answers for the township (包保), where one may
    judge and can be written to; else whoever judges for the county."""
    away = {leave.person_id for leave in await work.rows.people.leaves(work.now)}
    named = await leaders_over(work, body.place) if body.kind is BodyKind.TOWNSHIP else []
    able = [
        one
        for one in named
        if one.reachable and one.id not in away and one.id not in but and may(one, Action.JUDGE_CHECK, body.place)
    ]
    return min(able, key=lambda one: one.id) if able else await checker_of(work, upper(work), but=but)


def upper(work: Work) -> Body:
    """The next level: the county checks whoever checks for a township or a department."""
    return Body(BodyKind.COUNTY, work.county)


# -- whom ---------------------------------------------------------------------------------------------------------


async def drawable(work: Work, charge: Charge, plan: DailyChecks, window: CheckWindow) -> Drawable:
    """The strata of the body in this window. Places that are cut off are out as a whole; they count for no share."""
    if charge.body.kind is BodyKind.COUNTY:
        return await _county(work, charge, plan, duty_only=window.duty_only)
    if charge.body.kind is BodyKind.TOWNSHIP:
        return await _township(work, charge, plan, duty_only=window.duty_only)
    return await _department(work, charge, plan)


async def _county(work: Work, charge: Charge, plan: DailyChecks, *, duty_only: bool) -> Drawable:
    policy = work.policy.checks.daily
    tree = await work.tree()
    if duty_only:
        on_duty = await _on_duty(work, charge.townships, policy.night_posts)
        leaders = await _cells(work, on_duty, _at(tree.township_of))
        stratum = leaders_stratum(leaders.cells, plan.leaders_per_township)
        return Drawable((stratum,), leaders.excluded, _as(StratumName.LEADERS, leaders))
    chiefs = await _holders(work, policy.leaders, charge.townships)
    led = {place for one in chiefs.values() if (place := _at(tree.township_of)(one.post.place)) is not None}
    unled = [code for code in charge.townships if code not in led]
    chiefs |= {n: one for n, one in (await _holders(work, _STATION, unled)).items() if n not in chiefs}
    leaders = await _cells(work, chiefs, _at(tree.township_of))
    villages = await _village_cells(work, charge.villages)
    strata = (
        leaders_stratum(leaders.cells, plan.leaders_per_township),
        villages_stratum(villages.cells, plan.county_villages),
    )
    people = _as(StratumName.LEADERS, leaders) | _as(StratumName.VILLAGES, villages)
    return Drawable(strata, {**villages.excluded, **leaders.excluded}, people)


async def _township(work: Work, charge: Charge, plan: DailyChecks, *, duty_only: bool) -> Drawable:
    if duty_only:
        tree = await work.tree()
        villages = await _cells(work, await _on_duty(work, charge.villages, ()), _at(tree.village_of))
    else:
        villages = await _village_cells(work, charge.villages)
    stratum = villages_stratum(
        villages.cells, plan.township_villages, least=plan.township_least, posts=plan.township_posts
    )
    return Drawable((stratum,), villages.excluded, _as(StratumName.VILLAGES, villages))


async def _department(work: Work, charge: Charge, plan: DailyChecks) -> Drawable:
    warned = [code for row in await work.rows.warnings.active(work.now) for code in row.places]
    area = in_warned(charge.villages, warned)
    own = await _holders(work, _FIELD, await _below(work, area), department=charge.body.department)
    cells = await _cells(work, own, lambda _: charge.body.place)
    cell = cells.cells[0] if cells.cells else Cell(charge.body.place, ())
    stratum = patrollers_stratum(cell, plan.department_patrollers)
    return Drawable((stratum,), cells.excluded, _as(StratumName.PATROLLERS, cells))


@dataclass(frozen=True, slots=True)
class _Cells:
    cells: list[Cell]
    excluded: Mapping[int, Exclusion]
    people: Mapping[int, Candidate]


def _as(name: StratumName, cells: _Cells) -> dict[tuple[StratumName, int], Candidate]:
    return {(name, number): one for number, one in cells.people.items()}


async def _village_cells(work: Work, villages: Collection[PlaceCode]) -> _Cells:
    tree = await work.tree()
    people = await _holders(work, VILLAGE_ROLES, await _below(work, villages))
    return await _cells(work, people, _at(tree.village_of))


async def _below(work: Work, villages: Iterable[PlaceCode]) -> list[PlaceCode]:
    """The villages with their grids."""
    tree = await work.tree()
    return [code for village in villages for code in (village, *(one.code for one in tree.descendants(village)))]


def _at(find: Callable[[PlaceCode], object]) -> Callable[[PlaceCode], PlaceCode | None]:
    """The code of the village, or the township, a post belongs to."""

    def code(place: PlaceCode) -> PlaceCode | None:
        return getattr(find(place), "code", None)

    return code


async def _holders(
    work: Work, roles: Collection[Role], places: Collection[PlaceCode], *, department: str = ""
) -> dict[int, Candidate]:
    """Everybody with such a post there: about the highest of them, one post for one person."""
    inside, wanted = frozenset(places), frozenset(roles)
    found: dict[int, Candidate] = {}
    for person in await work.rows.people.holding(wanted, list(inside)) if inside else ():
        held = [
            post
            for post in person.posts
            if post.role in wanted and post.place in inside and (not department or post.department == department)
        ]
        if held:
            found[person.id] = Candidate(person, min(held, key=lambda one: (len(one.place), one.place, one.role.value)))
    return found


async def _on_duty(work: Work, places: Iterable[PlaceCode], otherwise: Collection[Role]) -> dict[int, Candidate]:
    """Whoever the duty roster names for this hour; where it names nobody, the holders of the posts of duty."""
    found: dict[int, Candidate] = {}
    for place in places:
        named = await work.rows.people.many(await work.rows.duty.on_duty(place, work.now))
        for person in named.values():
            post = next((one for one in person.posts if is_within(one.place, place)), Post(Role.DUTY, place))
            found.setdefault(person.id, Candidate(person, Post(post.role, place, post.department)))
        if not named and otherwise:
            found |= {n: one for n, one in (await _holders(work, otherwise, [place])).items() if n not in found}
    return found


async def _cells(work: Work, people: dict[int, Candidate], place_of: Callable[[PlaceCode], PlaceCode | None]) -> _Cells:
    """By place, cut-off ones left out whole; whoever is on leave stands in the record beside his stand-in."""
    cut_off = [one.place for one in await work.rows.cutoffs.now()]
    pool = await without_the_spared(work, dict(people), by_plan=True)
    everybody = {**people, **pool.candidates}
    members: dict[PlaceCode, list[Member]] = {}
    for number, one in sorted(everybody.items()):
        place = place_of(one.post.place)
        if place is not None and not any(is_within(place, away) for away in cut_off):
            members.setdefault(place, []).append(Member(number, one.post.role))
    cells = [Cell(place, tuple(inside)) for place, inside in sorted(members.items())]
    return _Cells(cells, pool.excluded, pool.candidates)
