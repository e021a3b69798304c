"""Climbing: whoever has not answered is reminded, then the next one up is asked, to the top of the frozen ladder.

The tick calls `climb_due`. What a rung says is the feature's affair (`Voice`); when it is due is decided by
domain/obligations.py; who it resolves to is decided here, from the roster and the place, at the moment of the climb.
A rung that resolves to nobody who can be reached is skipped at once and noted as a hole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from domain.chain import Tier
from domain.obligations import TO_NOBODY_ELSE, Climb, ObligationState, Rung, Standing, decide
from domain.people import Person, PersonStatus, Role
from domain.places import PlaceCode
from services.chain import leaders_over
from services.duty import first_on_duty
from services.ports.core import Obligation
from services.work import Work

BATCH = 500


class Voice(Protocol):
    """How one feature speaks on the ladder. Registered by the part of the subject before the colon."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        """Ask the person himself once more."""
        ...

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        """Tell the one further up who is silent: one message however many they are."""
        ...

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        """After a time in which presses may have been lost: one message, all that is still open."""
        ...


@runtime_checkable
class Resolver(Protocol):
    """A voice that knows better than the roster whom a rung means for its subjects."""

    async def resolve(self, work: Work, rung: Rung, owed: Obligation) -> list[Person] | None:
        """The persons meant; None leaves it to the roster."""
        ...


@runtime_checkable
class Elsewhere(Protocol):
    """A voice that can also speak by the county's other channels."""

    async def has_address(self, work: Work, owed: Obligation, person: Person) -> bool: ...
    async def write_elsewhere(self, work: Work, owed: Obligation, person: Person) -> None: ...


@runtime_checkable
class Resting(Protocol):
    """A voice that leaves people their sleep where nothing is lost by it."""

    async def rests_until(self, work: Work, owed: Obligation) -> datetime | None:
        """Until when nobody is reminded or asked about this, were it due now; None while it may ring."""
        ...


@dataclass(slots=True)
class Climbing:
    """What one round did: how many obligations moved, and which rungs found nobody."""

    looked: int = 0
    """how many were due; `BATCH` of them: there may be more"""
    moved: int = 0
    holes: int = 0


def standing_of(owed: Obligation) -> Standing:
    return Standing(owed.opened_at, owed.stopped, owed.step, owed.state, owed.reachable)


async def defer(work: Work, owed: Obligation) -> bool:
    """Look at it again in an hour."""
    return await work.rows.obligations.climbed(owed.id, owed.step, owed.step, work.now + timedelta(hours=1))


async def climb_due(work: Work, voices: Mapping[str, Voice], only: int | None = None) -> Climbing:
    """One round: every due obligation climbs one rung.

    1. Take what is due. 2. Decide each one purely, skipping rungs without anybody. 3. Move it by compare-and-set.
    4. Speak: reminders one by one, escalations gathered so that one person gets one message.
    """
    due = [one for one in await work.rows.obligations.due(work.now, BATCH) if only in {None, one.id}]
    drills = await work.rows.drills.of_subjects({one.subject for one in due})
    done = Climbing()
    for drill in {None, *drills.values()}:
        with work.rows.drills.inside(drill):
            await _climb(work, voices, [one for one in due if drills.get(one.subject) == drill], done)
    return done


async def _climb(work: Work, voices: Mapping[str, Voice], due: Sequence[Obligation], done: Climbing) -> None:
    """Those of one drill, or of none."""
    upward: dict[tuple[str, Rung, int], list[Obligation]] = {}
    targets: dict[int, Person] = {}
    for owed in due:
        done.looked += 1
        person = await work.rows.people.get(owed.person_id)
        if person is None:
            await work.rows.obligations.finish(owed.id, ObligationState.CLOSED, "person_gone")
            continue
        if await _rests(work, owed, voices[_kind(owed)]):
            continue
        climb, found, holes = await _next_with_somebody(work, owed, person, voices[_kind(owed)])
        done.holes += holes
        if climb is None:
            continue
        if not await work.rows.obligations.climbed(owed.id, owed.step, climb.next_step, climb.next_at):
            continue
        done.moved += 1
        if climb.rung is Rung.LAPSE:
            await work.rows.obligations.finish(owed.id, ObligationState.LAPSED)
        elif climb.rung is Rung.REMIND:
            await voices[_kind(owed)].remind(work, owed, person)
        elif climb.rung is Rung.CHANNEL:
            await _write_elsewhere(work, owed, person, voices[_kind(owed)])
        else:
            for target in found:
                targets[target.id] = target
                upward.setdefault((owed.subject, climb.rung, target.id), []).append(owed)
    for (subject, rung, target_id), silent in upward.items():
        await voices[subject.partition(":")[0]].hand_up(work, rung, targets[target_id], silent)
        await work.note("ladder.handed_up", subject, None, rung=rung.value, to=target_id, silent=len(silent))


def _kind(owed: Obligation) -> str:
    return owed.subject.partition(":")[0]


async def _rests(work: Work, owed: Obligation, voice: object) -> bool:
    """Put off to the end of the quiet, on the rung where it stands: in the morning one rung is climbed, not all."""
    until = await voice.rests_until(work, owed) if isinstance(voice, Resting) else None
    if until is None or until <= work.now:
        return False
    return await work.rows.obligations.climbed(owed.id, owed.step, owed.step, until)


async def _next_with_somebody(
    work: Work, owed: Obligation, person: Person, voice: Voice
) -> tuple[Climb | None, list[Person], int]:
    """The next rung that reaches somebody. Rungs that reach nobody are passed in the same breath."""
    standing, holes = standing_of(owed), 0
    if any(step.rung is Rung.CHANNEL for step in owed.plan.steps[owed.step :]) and isinstance(voice, Elsewhere):
        standing = replace(standing, elsewhere=await voice.has_address(work, owed, person))
    while True:
        decision = decide(owed.plan, standing, work.now if holes == 0 else _at_least(work.now, owed, standing))
        if not isinstance(decision, Climb):
            await work.rows.obligations.climbed(owed.id, owed.step, standing.step, decision.until)
            return None, [], holes
        if decision.rung in TO_NOBODY_ELSE:
            return decision, [], holes
        found = await resolve(work, decision.rung, person, owed, voice)
        if found:
            return decision, found, holes
        holes += 1
        await work.note("ladder.hole", owed.subject, None, rung=decision.rung.value, person=person.id)
        standing = replace(standing, step=decision.next_step)


async def _write_elsewhere(work: Work, owed: Obligation, person: Person, voice: object) -> None:
    """The person by the county's other channels. A voice without any never gets to this rung."""
    if isinstance(voice, Elsewhere):
        await voice.write_elsewhere(work, owed, person)


def _at_least(now: datetime, owed: Obligation, standing: Standing) -> datetime:
    """After a hole the next rung is due at once, unless it is the end of the ladder."""
    if standing.step < len(owed.plan.steps) and owed.plan.steps[standing.step].rung is Rung.LAPSE:
        return now
    after = owed.plan.next_after(standing.step)
    if after is None:
        return now
    return max(now, standing.opened_at + standing.stopped + timedelta(seconds=after))


_BY_CHAIN = frozenset({"warning", "acting", "reply"})
"""what people's lives hang on: at the county's rung the county leader who answers for the township is told as well"""
_HOLDERS: Mapping[Rung, frozenset[Role]] = {
    Rung.VILLAGE_HEAD: frozenset({Role.VILLAGE_HEAD}),
    Rung.LIAISON: frozenset({Role.CONTACT_CADRE}),
    Rung.DESK: frozenset({Role.STATION, Role.DUTY}),
    Rung.COUNTY: frozenset({Role.COUNTY_DUTY}),
}


async def resolve(work: Work, rung: Rung, person: Person, owed: Obligation, voice: object = None) -> list[Person]:
    """Who the rung means for this obligation, reachable ones only, never the person himself."""
    named: list[Person] | None = None
    if isinstance(voice, Resolver):
        named = await voice.resolve(work, rung, owed)
    if named is not None:
        found = named
    elif rung is Rung.STAND_IN:
        found = await _stand_ins(work, person)
    else:
        tree = await work.tree()
        village, township = tree.village_of(owed.place), tree.township_of(owed.place)
        where = {
            Rung.VILLAGE_HEAD: village,
            Rung.LIAISON: village,
            Rung.DESK: township,
            Rung.COUNTY: tree.get(work.county),
        }.get(rung)
        if where is None:
            return []
        found = await work.rows.people.holding(_HOLDERS[rung], [where.code])
        if rung is Rung.LIAISON:
            found = await _assigned(work, where.code, found)
        elif rung in {Rung.DESK, Rung.COUNTY}:
            found = await first_on_duty(work, where.code, found, person.id)
            if rung is Rung.COUNTY and _kind(owed) in _BY_CHAIN:
                found = list({one.id: one for one in (*found, *await leaders_over(work, owed.place))}.values())
    return [one for one in found if one.id != person.id and one.reachable]


async def _assigned(work: Work, village: PlaceCode, cadres: list[Person]) -> list[Person]:
    """Whom the township has made answer for the village (包村), as well as the cadres whose post is there."""
    chain = [one.person_id for one in await work.rows.chain.of_places([village]) if one.tier is Tier.TOWNSHIP]
    named = await work.rows.people.many(chain) if chain else {}
    active = [one for one in named.values() if one.status is PersonStatus.ACTIVE]
    return list({one.id: one for one in (*active, *cadres)}.values())


async def _stand_ins(work: Work, person: Person) -> list[Person]:
    ids = [leave.stand_in_id for leave in await work.rows.people.leaves(work.now) if leave.person_id == person.id]
    if person.deputy_id is not None:
        ids.append(person.deputy_id)
    return list((await work.rows.people.many(ids)).values())


_CLOCKS = "clocks"
"""until when deaf time has been taken off"""


async def put_clocks_back(work: Work, since: datetime, until: datetime) -> list[Obligation]:
    """Nothing could be heard between the two instants: that time counts against nobody. Returns what is open. Time
    that has been taken off already is not taken off again."""
    done = await work.rows.heartbeats.last(_CLOCKS)
    since = min(until, since if done is None else max(since, done))
    touched = await work.rows.obligations.stop_clocks(since, until)
    if since < until:
        await work.rows.heartbeats.heard(_CLOCKS, until)
        await work.rows.heartbeats.deaf(since, until)
        await work.note("bot.deaf", "bot", None, seconds=int((until - since).total_seconds()), moved=len(touched))
    return touched


async def after_deafness(work: Work, voices: Mapping[str, Voice], since: datetime, until: datetime) -> int:
    """Clocks are put back, and after a silence longer than a press lives, open questions are asked again, one message
    for each person and kind of question."""
    touched = await put_clocks_back(work, since, until)
    if (until - since).total_seconds() < work.policy.lost_press_seconds:
        return 0
    drills = await work.rows.drills.of_subjects({one.subject for one in touched})
    grouped: dict[tuple[int, str, int | None], list[Obligation]] = {}
    for owed in touched:
        grouped.setdefault((owed.person_id, _kind(owed), drills.get(owed.subject)), []).append(owed)
    people = await work.rows.people.many({person_id for person_id, _, _ in grouped})
    for (person_id, kind, drill), owed_list in grouped.items():
        if (person := people.get(person_id)) is not None:
            with work.rows.drills.inside(drill):
                await voices[kind].ask_again(work, person, owed_list)
    return len(grouped)
