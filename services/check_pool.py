"""Whom a leader may check now: everybody in the area with such a post, and who of them is left alone, with the reason.

That somebody cannot be written to leaves him in: he is telephoned.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.checks import Exclusion, Scope, Why, post_for, scopes_of
from domain.colours import Colour
from domain.errors import NotAllowed
from domain.people import Action, Person, PersonId, PersonStatus, Post, Role
from domain.places import PlaceCode, is_within
from services.work import Work


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who would be asked, and about which post. A stand-in is asked about the post of the one on leave."""

    person: Person
    post: Post
    standing_in_for: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """`excluded` are in `candidates` too, but for those on leave, whose stand-ins are there in their place."""

    candidates: Mapping[int, Candidate]
    excluded: Mapping[int, Exclusion]

    @property
    def everybody(self) -> list[int]:
        return sorted({*self.candidates, *self.excluded})

    @property
    def eligible(self) -> list[int]:
        return sorted(set(self.candidates) - set(self.excluded))


async def scopes(work: Work, checker: Person | None) -> list[Scope]:
    """What the person may check, by his own posts and those of whom he stands in for. Raises NotAllowed for nothing."""
    if checker is None:
        raise NotAllowed("refused.not_enrolled")
    found = [scope for who in (checker, *await work.stood_in_for(checker)) for scope in scopes_of(who)]
    if not found:
        raise NotAllowed("refused.no_right")
    return list(dict.fromkeys(found))


async def require_area(work: Work, checker: Person | None, place: PlaceCode) -> list[Scope]:
    """The scopes that hold in this place. Raises NotAllowed for a place outside them."""
    held = [scope for scope in await scopes(work, checker) if is_within(place, scope.place)]
    if not held:
        raise NotAllowed("refused.no_right")
    await work.require(checker, Action.ISSUE_CHECK, place, department=held[0].department)
    return held


async def pool_of(work: Work, checker: Person, place: PlaceCode, roles: Collection[Role] = ()) -> Pool:
    """Everybody the checker may check in the place and below it. Raises NotAllowed for a place outside his area."""
    held = await require_area(work, checker, place)
    wanted = frozenset(role for scope in held for role in scope.roles if not roles or role in roles)
    codes = [place, *(below.code for below in (await work.tree()).descendants(place))]
    candidates: dict[int, Candidate] = {}
    for person in await work.rows.people.holding(wanted, codes):
        found = post_for(person, held, place, roles)
        if found is not None:
            candidates[person.id] = Candidate(person, found[0])
    return await without_the_spared(work, candidates, checker)


async def candidate_of(work: Work, checker: Person, person: Person) -> Pool:
    """The same for one person who is named; NotAllowed when he is not the checker's to check."""
    held = await scopes(work, checker)
    for scope in held:
        found = post_for(person, [scope], scope.place)
        if found is not None and person.status is PersonStatus.ACTIVE:
            await work.require(checker, Action.ISSUE_CHECK, found[0].place, department=scope.department)
            return await without_the_spared(work, {person.id: Candidate(person, found[0])}, checker)
    raise NotAllowed("check.refused.outside")


async def without_the_spared(
    work: Work, candidates: dict[int, Candidate], checker: Person | None = None, *, by_plan: bool = False
) -> Pool:
    """`checker`: he cannot be asked by himself. `by_plan`: nobody is asked twice on a day or after a night shift; what
    a leader asks for himself does not wait for that. And whoever kept silent yesterday is not spared today for it: he
    counts as being asked only until it is the telephone's turn."""
    excluded: dict[int, Exclusion] = {}
    leaves = await work.rows.people.leaves(work.now)
    away: dict[int, PersonId] = {leave.person_id: leave.stand_in_id for leave in leaves}
    stand_ins = await work.rows.people.many({away[one] for one in candidates if one in away})
    for absent in [one for number, one in candidates.items() if number in away]:
        excluded[absent.person.id] = Exclusion(Why.LEAVE)
        stand_in = stand_ins.get(away[absent.person.id])
        if stand_in is not None and stand_in.status is PersonStatus.ACTIVE and stand_in.id not in away:
            candidates.setdefault(stand_in.id, Candidate(stand_in, absent.post, absent.person.id))
    cut_off = [one.place for one in await work.rows.cutoffs.now()]
    for number, one in candidates.items():
        if any(is_within(one.post.place, place) for place in cut_off):
            excluded.setdefault(number, Exclusion(Why.CUT_OFF))
    active, owing = await _active(work, candidates), await _being_asked(work, by_plan=by_plan)
    for number in candidates:
        if checker is not None and number == checker.id:
            excluded[number] = Exclusion(Why.CHECKER)
        elif number not in excluded and number in owing:
            excluded[number] = Exclusion(Why.ASKED)
        elif number not in excluded and number in active:
            excluded[number] = Exclusion(Why.ACTIVE, active[number])
    if by_plan:
        resting, today = await _resting(work), await _asked_today(work)
        for number in (one for one in candidates if one not in excluded):
            if number in today or number in resting:
                excluded[number] = Exclusion(Why.TODAY if number in today else Why.RESTING)
    return Pool({number: one for number, one in candidates.items() if number not in away}, excluded)


async def _being_asked(work: Work, *, by_plan: bool) -> frozenset[int]:
    owing = await work.rows.checks.owing()
    if not by_plan:
        return owing
    return owing & await work.rows.checks.asked_since(work.now - timedelta(minutes=work.policy.checks.phone_minutes))


async def _asked_today(work: Work) -> frozenset[int]:
    midnight = work.local(work.now).replace(hour=0, minute=0, second=0, microsecond=0)
    return await work.rows.checks.asked_since(midnight)


async def _resting(work: Work) -> Collection[int]:
    """Who came off a night shift a few hours ago."""
    since = work.now - timedelta(hours=work.policy.checks.daily.rest_hours)
    return await work.rows.duty.finished_night_shift_since(since)


async def _active(work: Work, among: Collection[int]) -> dict[int, datetime]:
    """Who answered a red warning, reported what he does, checked in or reported a hazard a moment ago, himself."""
    since = work.now - timedelta(minutes=work.policy.checks.recently_active_minutes)
    red: dict[str, bool] = {}
    found: dict[int, datetime] = {}
    for one in await work.rows.checks.active_since(since):
        if one.person_id not in among:
            continue
        kind, _, number = one.subject.partition(":")
        if kind == "warning" and one.subject not in red:
            warning = await work.rows.warnings.get(int(number))
            red[one.subject] = warning is not None and warning.colour is Colour.RED
        if red.get(one.subject, True):
            found[one.person_id] = one.at
    return found
