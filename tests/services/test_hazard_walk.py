"""Random people make random moves through the real services, on a real database: whatever they do, no hazard is closed
without another hand, no reporter, row or event is lost, every reporter hears of every step, and somebody is always
asked about what is open.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from datetime import timedelta
from random import Random

import pytest

from domain.answers import Headcount
from domain.errors import DomainError
from domain.hazards import ALIVE, OVER, THE_FIXERS, TRANSITIONS, Category, Grade, HazardState, Move, Verification
from domain.obligations import ObligationState
from domain.people import Person
from services import hazard_same, hazard_time, hazards
from services.hazard_once import fixed_at_once
from services.hazard_report import Reporter, Told, report_hazard
from services.ports import HazardEvent, HazardReport, HazardRow
from services.work import Work
from tests.support.county import (
    CADRE,
    COUNTY,
    DUTY,
    FAR_STATION,
    FAR_VILLAGE,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR,
    OFFICER,
    PATROLLER,
    STATION,
    STRANGER,
    VILLAGE,
    WATER,
    County,
    Someone,
)

MOVES, KINDS = 40, 12
"""a walk goes on until so many are made, of so many kinds, however often somebody is refused"""
STEPS = 400
"""three times what walks need: one that has not got so far by then is stuck"""
TRIES = 3
"""of as many people, until one may"""
ONWARD = (Move.TAKE, Move.ASSIGN, Move.FIX, Move.CLOSE, Move.REOPEN, Move.AT_ONCE)
"""made more often than the others, so that lives come to an end and begin again"""
PEOPLE = (STATION, LEADER, CADRE, HEAD, OFFICER, GRID, PATROLLER, WATER, DUTY, FAR_STATION)
REPORTERS = (GRID, OFFICER, PATROLLER, HEAD, STRANGER)
PLACES = (VILLAGE, VILLAGE, NEIGHBOUR, FAR_VILLAGE)
TOLD = {
    Move.TAKE, Move.REFER, Move.TO_COUNTY, Move.DECIDE, Move.REJECT, Move.ASSIGN, Move.AT_ONCE, Move.FIX, Move.CLOSE,
    Move.SEND_BACK, Move.REOPEN, Move.MERGE, Move.UNMERGE, Move.EXTEND,
}  # fmt: skip
"""the steps of which every reporter hears"""


@dataclass(slots=True)
class Seen:
    """What stood in the database after a step."""

    rows: dict[int, HazardRow] = field(default_factory=dict)
    events: dict[int, list[HazardEvent]] = field(default_factory=dict)
    reports: dict[int, list[HazardReport]] = field(default_factory=dict)
    """of each hazard with those merged into it"""
    asked: dict[int, int] = field(default_factory=dict)
    """how many are asked about it"""


async def look(work: Work, only: int | None = None, known: Seen | None = None) -> Seen:
    """Everything, or what was known with one hazard looked at anew."""
    seen = Seen() if known is None else Seen(*(dict(getattr(known, one.name)) for one in fields(Seen)))
    number = only or 1
    while (row := await work.rows.hazards.get(number)) is not None:
        seen.rows[number] = row
        seen.events[number] = await work.rows.hazards.events_of(number)
        seen.reports[number] = await work.rows.hazards.reports_of(number)
        owed = await work.rows.obligations.of_subject(row.subject)
        seen.asked[number] = sum(one.state is ObligationState.OPEN for one in owed)
        if only is not None:
            break
        number += 1
    return seen


class Walk:
    def __init__(self, county: County, seed: int) -> None:
        self.county = county
        self.chance = Random(seed)
        self.people: dict[int, Person] = {}
        self.done: Counter[str] = Counter()
        self.ended: set[int] = set()
        """hazards that were over once; some of them are reopened later"""

    async def begin(self) -> None:
        self.people = {one.user_id: await self.county.person(one) for one in PEOPLE}

    # -- one step -------------------------------------------------------------------------------------------------

    async def step(self, before: Seen) -> Seen:
        """Somebody tries something; where he may not, the next one does. What is refused leaves all as it was."""
        self.county.clock.advance(timedelta(minutes=self.chance.choice((1, 7, 90, 900))))
        if not before.rows or self.chance.random() < 0.06:
            await self.county.bot.doors.run(self._report(before))
            return await self._checked(before, None, None)
        row = self.chance.choice(list(before.rows.values()))
        move = self._some_move(row)
        for _ in range(TRIES):
            who = self._somebody(move, row, before)
            service = _MOVES[move](self, who, row, before)
            try:
                moved = await self.county.bot.doors.run(service)
            except DomainError:
                assert await self._again(row.id, before) == before, (move, row.state)
                continue
            made = await self._move_of(moved)
            self.done[made.value] += 1
            if moved.state in OVER:
                self.ended.add(moved.id)
            return await self._checked(before, made, moved, actor=who.user_id or 0)
        return before

    @property
    def far_enough(self) -> bool:
        return sum(self.done.values()) >= MOVES and len(self.done) >= KINDS and bool(self.ended)

    def _some_move(self, row: HazardRow) -> Move:
        """Mostly one that the state allows, rather one that was seldom made; now and then any at all."""
        legal = [move for move, (states, _) in TRANSITIONS.items() if row.state in states and move in _MOVES]
        onward = [move for move in legal if move in ONWARD] or legal
        among = self.chance.choice((legal, legal, onward, onward, list(_MOVES)))
        return self.chance.choices(among, [1 / (1 + self.done[move.value]) ** 2 for move in among])[0]

    def _somebody(self, move: Move, row: HazardRow, seen: Seen) -> Person:
        """Mostly one of those whose affair it may be, else anybody."""
        everybody = list(self.people.values())
        if move in {Move.AT_ONCE, Move.REOPEN}:
            likely = [one for one in everybody if one.id in {r.person_id for r in seen.reports[row.id]}]
        elif move in THE_FIXERS:
            likely = [one for one in everybody if one.id == row.assignee]
        else:
            desk = (CADRE, HEAD, OFFICER, DUTY) if row.state is HazardState.FIXED else (STATION, LEADER, WATER, DUTY)
            likely = [self.people[one.user_id] for one in desk]
        return self.chance.choice(likely if likely and self.chance.random() < 0.7 else everybody)

    async def _move_of(self, moved: HazardRow) -> Move:
        events = await self.county.bot.doors.run(lambda work: work.rows.hazards.events_of(moved.id))
        return Move(events[moved.version].move)

    async def _again(self, number: int, known: Seen | None) -> Seen:
        found: Seen = await self.county.bot.doors.run(lambda work: look(work, number, known))
        return found

    def _report(self, before: Seen) -> Callable[[Work], Awaitable[object]]:
        by: Someone = self.chance.choice(REPORTERS)
        person = self.people.get(by.user_id)
        same = self.chance.choice(list(before.rows)) if before.rows and self.chance.random() < 0.4 else None
        told = Told(
            self.chance.choice((Category.POND, Category.ROAD, Category.GAS)),
            place=self.chance.choice(PLACES),
            what="溢洪道堵了" if len(before.rows) % 2 else "",
            threatened=self.chance.choice((Headcount(0, 0), Headcount(3, 11), Headcount())),
            same_as=same,
        )
        reporter = Reporter(by.user_id, person, by.name, "zh", private=True)
        return lambda work: report_hazard(work, reporter, told)

    async def whole(self) -> Seen:
        found: Seen = await self.county.bot.doors.run(look)
        return found

    # -- what must hold -------------------------------------------------------------------------------------------

    async def _checked(self, before: Seen, move: Move | None, moved: HazardRow | None, actor: int = 0) -> Seen:
        alone = moved is not None and move not in {Move.MERGE, Move.UNMERGE, Move.REOPEN}
        after = await self._again(moved.id, before) if alone and moved is not None else await self.whole()
        assert set(before.rows) <= set(after.rows)
        for number, events in after.events.items():
            assert events[: len(before.events.get(number, ()))] == before.events.get(number, []), number
            assert [one.version for one in events] == list(range(after.rows[number].version + 1)), number
        for number, row in after.rows.items():
            self._another_hand(row)
            own = {one.id for one in before.reports.get(number, ()) if one.hazard_id == number}
            assert own <= {one.id for one in after.reports[number]}, number
            if row.merged_into is not None:
                assert {one.id for one in after.reports[number]} <= {one.id for one in after.reports[row.merged_into]}
            assert (after.asked[number] > 0) is (row.state in ALIVE), (number, row.state, move)
        if move in TOLD and moved is not None:
            await self._everybody_heard(after, moved, actor)
        return after

    @staticmethod
    def _another_hand(row: HazardRow) -> None:
        if row.state is HazardState.CLOSED:
            assert row.closed_by is not None
            assert row.closed_by not in {row.fixed_by, row.assignee}
        if row.state is HazardState.FIXED:
            assert row.fixed_by is not None

    async def _everybody_heard(self, after: Seen, moved: HazardRow, actor: int) -> None:
        for user_id in {one.user_id for one in after.reports[moved.id]} - {actor}:
            key = f"{moved.subject}:told{moved.version}:{user_id}"
            heard = await self.county.bot.doors.run(lambda work, key=key: work.rows.outbox.state_of(key))  # type: ignore[misc]
            assert heard is not None, key

    # -- moves ----------------------------------------------------------------------------------------------------

    def take(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        return lambda work: hazards.take(work, by, row.id, row.version)

    def refer(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        return lambda work: hazards.refer(work, by, row.id, row.version, "水利")

    def decide(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        department = self.chance.choice(("", "水利"))
        return lambda work: hazards.decide_owner(work, by, row.id, row.version, department)

    def reject(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        return lambda work: hazards.reject(work, by, row.id, row.version, "fine")

    def grade(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        to, interim = self.chance.choice((Grade.MINOR, Grade.MAJOR)), self.chance.choice(("", "专人看守"))
        return lambda work: hazards.grade(work, by, row.id, row.version, to, interim)

    def locate(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        place = self.chance.choice((*PLACES, *PLACES, COUNTY))
        return lambda work: hazards.put_right(work, by, row.id, row.version, place)

    def describe(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        return lambda work: hazards.describe(work, by, row.id, "裂缝变宽")

    def assign(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        fixer = self.chance.choice(list(self.people.values()))
        looker = self.chance.choice((None, *self.people.values()))
        interim, days = self.chance.choice(("", "下游不住人")), self.chance.choice((1, 30))

        async def give(work: Work) -> HazardRow:
            due, recheck = work.now + timedelta(days=days), None if looker is None else looker.id
            said = hazards.Assignment("上坞村", fixer.id, "人工清理", due, interim, recheck_by=recheck)
            return (await hazards.assign(work, by, row.id, said))[0]

        return give

    def at_once(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        photos = self.chance.choice(((), ("photo",)))

        async def once(work: Work) -> HazardRow:
            return (await fixed_at_once(work, by, row.id, "清理好了", photos))[0]

        return once

    def fix(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        return lambda work: hazards.fixed(work, by, row.id, ("photo",), "通了")

    def close(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        how = self.chance.choice(tuple(Verification))
        return lambda work: hazards.close(work, by, row.id, row.version, how)

    def send_back(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        return lambda work: hazards.send_back(work, by, row.id, "没做完")

    def reopen(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        user_id = by.user_id or 0
        return lambda work: hazards.reopen(work, user_id, by, row.id, row.version)

    def merge(self, by: Person, row: HazardRow, seen: Seen) -> "Service":
        into = self.chance.choice(list(seen.rows))
        return lambda work: hazard_same.merge(work, by, row.id, row.version, into)

    def unmerge(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        return lambda work: hazard_same.unmerge(work, by, row.id, row.version)

    def ask_extension(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        return lambda work: hazard_time.ask_extension(work, by, row.id, work.now + timedelta(days=60), "雨太多")

    def answer_extension(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        yes = self.chance.random() < 0.5
        return lambda work: hazard_time.answer_extension(work, by, row.id, row.version, yes=yes)

    def progress(self, by: Person, row: HazardRow, _seen: Seen) -> "Service":
        return lambda work: hazard_time.progress(work, by, row.id, "清了一半")


Service = Callable[[Work], Awaitable[HazardRow]]
_MOVES: dict[Move, Callable[[Walk, Person, HazardRow, Seen], Service]] = {
    Move.TAKE: Walk.take,
    Move.REFER: Walk.refer,
    Move.TO_COUNTY: Walk.refer,
    Move.DECIDE: Walk.decide,
    Move.REJECT: Walk.reject,
    Move.GRADE: Walk.grade,
    Move.LOCATE: Walk.locate,
    Move.DESCRIBE: Walk.describe,
    Move.ASSIGN: Walk.assign,
    Move.AT_ONCE: Walk.at_once,
    Move.FIX: Walk.fix,
    Move.CLOSE: Walk.close,
    Move.SEND_BACK: Walk.send_back,
    Move.REOPEN: Walk.reopen,
    Move.MERGE: Walk.merge,
    Move.UNMERGE: Walk.unmerge,
    Move.ASK_EXTENSION: Walk.ask_extension,
    Move.EXTEND: Walk.answer_extension,
    Move.PROGRESS: Walk.progress,
}


@pytest.mark.parametrize("seed", [1, 4, 8])
async def test_whatever_people_do_nothing_is_lost_and_nobody_closes_his_own(county: County, seed: int) -> None:
    walk, seen = Walk(county, seed), Seen()
    await walk.begin()
    for _ in range(STEPS):
        seen = await walk.step(seen)
        if walk.far_enough:
            break
    assert await walk.whole() == seen  # nothing moved that nobody moved
    assert walk.far_enough, (walk.done, walk.ended)
