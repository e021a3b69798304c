"""The rounds of a response: made by the clock from the county's table, handed out in one message for each person, and
closed with the response. Nobody is asked outside of one but by a human's plan (N1).

Nothing here remembers by itself: a round belongs to a time of the clock, and a line in `patrol_layout` says for what
the rounds were laid out last. A beat too many, a restart or a level raised and lowered again doubles nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from domain.checklists import PointKind
from domain.colours import Colour
from domain.obligations import ObligationState
from domain.patrol_plans import (
    Round,
    asking,
    gravest,
    kind_of_point,
    most_dangerous_first,
    phase_at,
    recheck_due,
    round_at,
    rounds_of,
    to_recheck,
)
from domain.patrol_policy import round_ladder
from domain.patrols import CHECK_IN, OrderKind, Phase, TaskState, can_wait_till_morning
from domain.people import Person, PersonId
from domain.places import PlaceCode, is_within
from domain.points import RiskPoint
from domain.response import Period, strictest
from services.patrol_texts import ask_key, round_ends_at, tell_tasks
from services.ports import Layout, PatrolOrder, PatrolTask, WarningRow
from services.work import Work

_RECENT = timedelta(days=2)
_POINTS_AT_ONCE = 150
_PEOPLE_AT_ONCE = 40
_OPEN_AT_ONCE = 500
_OVER = "ended"


async def lay_out_rounds(work: Work) -> int:
    """A duty of the clock: what the responses ask for at this moment becomes tasks, and tasks become messages."""
    running = await work.rows.responses.between(work.now - _RECENT, work.now)
    active = [one for one in running if one.active]
    done, whole = 0, True
    for period in running:
        if period.active:
            made, complete = await _lay_out(work, period, active)
            done, whole = done + made, whole and complete
        else:
            done += await _close(work, period, active)
    return done + (await _hand_out(work) if whole else 0)


class _Table:
    """Which round holds for which point at this moment."""

    def __init__(
        self,
        work: Work,
        period: Period,
        layout: Layout,
        red: Sequence[WarningRow],
        orders: Sequence[PatrolOrder],
        cut_off: Sequence[PlaceCode],
    ) -> None:
        self._policy, self._now = work.policy.patrols, work.local(work.now)
        self._period, self._red, self._orders, self._cut_off = period, red, orders, cut_off
        self._since = work.local(layout.level_since)
        self._red_since = max(self._since, work.local(min((one.sent for one in red), default=layout.level_since)))
        dense = [one.started_at for one in orders if one.kind is OrderKind.DENSE]
        self._dense_since = work.local(max(dense, default=layout.level_since))
        self._found: dict[tuple[PointKind, bool, bool], Round | None] = {}

    def of(self, kind: PointKind, *, red: bool = False, dense: bool = False) -> Round | None:
        key = (kind, red, dense)
        if key not in self._found:
            rounds = rounds_of(self._policy, self._period.level, self._period.hazard_kind, kind, red=red, dense=dense)
            since = self._dense_since if dense else self._red_since if red else self._since
            self._found[key] = None if rounds is None else round_at(self._policy, rounds, kind, self._now, since)
        return self._found[key]

    def line(self) -> str:
        """All that decides, in one line: the same line again means that nothing new is to be done."""
        times = [
            f"{kind.value}{'!' if red else ''} {found.due_at:%d %H:%M}"
            for red in ((False, True) if self._red else (False,))
            for kind in PointKind
            if (found := self.of(kind, red=red)) is not None
        ]
        dense = self.of(PointKind.DIKE, dense=True) if any(o.kind is OrderKind.DENSE for o in self._orders) else None
        times += [] if dense is None else [f"dense {dense.due_at:%d %H:%M}"]
        ids = [f"w{one.id}" for one in self._red] + [f"o{one.id}" for one in self._orders]
        ids += [f"c{code}" for code in self._cut_off]
        return " ".join((f"v{self._period.version}", *times, *ids))

    def for_point(self, point: RiskPoint) -> Round | None:
        orders = {one.kind for one in self._orders if holds_for(one, point)}
        if OrderKind.PAUSE in orders or any(is_within(point.place, code) for code in self._cut_off):
            return None
        red = any(is_within(point.place, code) for one in self._red for code in one.places)
        kind = kind_of_point(point)
        return self.of(kind, red=red, dense=kind is PointKind.DIKE and OrderKind.DENSE in orders)


def holds_for(order: PatrolOrder, point: RiskPoint) -> bool:
    return order.point_id == point.id if order.point_id is not None else is_within(point.place, order.place)


async def orders_in_force(work: Work) -> list[PatrolOrder]:
    """What was ordered and not taken back; half-hour rounds of dikes run out by themselves."""
    longest = timedelta(hours=work.policy.patrols.dense_hours)
    every = await work.rows.rounds.orders()
    return [one for one in every if one.kind is not OrderKind.DENSE or work.now - one.started_at < longest]


async def _lay_out(work: Work, period: Period, active: Sequence[Period]) -> tuple[int, bool]:
    """How many tasks were made, and whether all points have been looked at."""
    before = await work.rows.rounds.layout(period.id)
    level = str(period.level)
    layout = before or Layout(period.id, "", level, period.started_at, level)
    if layout.level != level:
        layout = replace(layout, level=level, level_since=work.now, highest=gravest(layout.highest, level))
    red = [
        one
        for one in await work.rows.warnings.active(work.now)
        if one.colour is Colour.RED and not one.exercise and any(period.touches(code) for code in one.places)
    ]
    cut_off = sorted({one.place for one in await work.rows.cutoffs.now()})
    table = _Table(work, period, layout, red, await orders_in_force(work), cut_off)
    line = table.line() + "".join(f" p{one.id}.{one.version}" for one in active if one.id != period.id)
    if line == layout.plan and layout.after_point is None:
        return 0, True
    looked = layout.after_point or 0 if line == layout.plan else 0
    if not looked:
        await _leave(work, period)
    points = most_dangerous_first(await work.rows.points.in_places(period.places), None)
    batch = points[looked : looked + _POINTS_AT_ONCE]
    phase, made = phase_at(level, layout.highest), 0
    wanted = [(point, found) for point in batch if (found := table.for_point(point)) is not None]
    for point, found in wanted:
        if _is_walked_for(work, period, active, point):
            made += await _make(work, period, point, found, phase)
    complete = looked + _POINTS_AT_ONCE >= len(points)
    rest = None if complete else looked + _POINTS_AT_ONCE
    await work.rows.rounds.save_layout(replace(layout, plan=line, after_point=rest))
    return made, complete


def _is_walked_for(work: Work, period: Period, active: Sequence[Period], point: RiskPoint) -> bool:
    """Of several responses one sends somebody to a point. What none of them asks for but a human has ordered, half-hour
    rounds of dikes, goes by the gravest."""
    owner = asking(work.policy.patrols, active, point.place, kind_of_point(point)) or strictest(active, point.place)
    return owner is not None and owner.id == period.id


async def _leave(work: Work, period: Period) -> None:
    """Places that the response has given up: what is open there ends, and counts as nobody's miss."""
    for task in await work.rows.rounds.open_of_period(period.id, _OPEN_AT_ONCE):
        if not period.holds_at(task.place):
            await _give_way(work, task, TaskState.MISSED if task.due_at <= work.now else TaskState.ENDED)
            await work.rows.outbox.supersede(subject=task.subject, person_id=task.person_id)


async def _make(work: Work, period: Period, point: RiskPoint, found: Round, phase: Phase) -> int:
    """A task for everybody in charge of the point. What is open of an older round gives way without a word. A round
    that gave way itself, to one of a graver time, is none: its own time may come again."""
    due = found.due_at.astimezone(work.now.tzinfo)
    if any(one.state is not TaskState.ENDED for one in await work.rows.rounds.of_round(point.id, due)):
        return 0
    walkers = await _walkers(work, point)
    if not walkers:
        await work.note("patrol.hole", point.subject, None, period=period.id)
        return 0
    for old in await work.rows.rounds.of_points([point.id], [TaskState.OPEN]):
        await _give_way(work, old, TaskState.MISSED if old.due_at <= work.now else TaskState.ENDED)
    blank = PatrolTask(0, walkers[0], point.place, phase, due, period.started_by, work.now)
    blank = replace(blank, point_id=point.id, period_id=period.id, level=str(period.level))
    blank = replace(blank, minutes=found.minutes, told=False)
    await work.rows.patrols.add_tasks([replace(blank, person_id=one) for one in walkers])
    return len(walkers)


async def _walkers(work: Work, point: RiskPoint) -> list[PersonId]:
    """Who is in charge, and for somebody on leave whoever stands in."""
    away = {leave.person_id: leave.stand_in_id for leave in await work.rows.people.leaves(work.now)}
    return list(dict.fromkeys(away.get(one, one) for one in point.patrollers))


async def _give_way(work: Work, task: PatrolTask, state: TaskState) -> None:
    if await work.rows.rounds.finish(task.id, state):
        closed = ObligationState.LAPSED if state is TaskState.MISSED else ObligationState.CLOSED
        await work.rows.obligations.close_subject(task.subject, closed)


# -- handing out ------------------------------------------------------------------------------------------------------


async def _hand_out(work: Work) -> int:
    """One message for each person, whatever he has to walk."""
    waiting = await work.rows.rounds.untold(_PEOPLE_AT_ONCE)
    people = await work.rows.people.many({one.person_id for one in waiting})
    for person in people.values():
        own = [one for one in waiting if one.person_id == person.id]
        number = await work.rows.counters.next("patrol_plan")
        await work.rows.rounds.hand_out([one.id for one in own], number)
        for task in own:
            await owe_round(work, task, person)
        await _tell(work, person, [replace(one, plan=number, told=True) for one in own])
    return len(people)


async def owe_round(work: Work, task: PatrolTask, person: Person) -> None:
    ahead = max(1, round((task.due_at - work.now).total_seconds() / 60))
    await work.rows.obligations.open(
        subject=task.subject,
        what=CHECK_IN,
        plan=round_ladder(task.minutes or ahead, ahead),
        opened_at=task.due_at - timedelta(minutes=ahead),
        owing=[(person.id, task.place, person.reachable)],
    )


async def _tell(work: Work, person: Person, own: Sequence[PatrolTask]) -> None:
    due = max(one.due_at for one in own)
    dense = all((one.minutes or 0) < work.policy.patrols.announce_minutes for one in own)
    await tell_tasks(
        work,
        person,
        own,
        ask_key(own, person),
        silent=dense or can_wait_till_morning(work.local(work.now), work.local(due)),
        expires_at=max(round_ends_at(one) for one in own),
    )


# -- the end ----------------------------------------------------------------------------------------------------


async def _close(work: Work, period: Period, active: Sequence[Period]) -> int:
    """响应结束: what is open ends with it, and what was under a warning is looked at once more."""
    layout = await work.rows.rounds.layout(period.id)
    if layout is None or layout.plan == _OVER:
        return 0
    open_ones = await work.rows.rounds.open_of_period(period.id, _OPEN_AT_ONCE)
    for task in open_ones:
        await _give_way(work, task, TaskState.MISSED if task.due_at <= work.now else TaskState.ENDED)
        await work.rows.outbox.supersede(subject=task.subject, person_id=task.person_id)
    if len(open_ones) == _OPEN_AT_ONCE:
        return len(open_ones)
    await work.rows.rounds.save_layout(replace(layout, plan=_OVER, after_point=None))
    again = await _recheck(work, period, active)
    await work.note("patrol.rounds_ended", period.subject, None, open=len(open_ones), recheck=again)
    return len(open_ones) + again


async def _recheck(work: Work, period: Period, active: Sequence[Period]) -> int:
    """Not of points that another response still sends somebody to."""
    walked = await work.rows.rounds.points_walked(period.id)
    points = await work.rows.points.many(walked)
    warned = await _warned(work, period)
    policy = work.policy.patrols
    here = [
        one for one in points.values() if one.active and asking(policy, active, one.place, kind_of_point(one)) is None
    ]
    hit = [one for one in here if any(is_within(one.place, code) for code in warned)]
    due = recheck_due(policy, work.local(work.now))
    minutes = max(1, round((due - work.local(work.now)).total_seconds() / 60))
    found = Round(work.local(work.now), due, minutes)
    made = 0
    for point in most_dangerous_first(to_recheck(here, walked, hit), None):
        made += await _make(work, period, point, found, Phase.AFTER)
    return made


async def _warned(work: Work, period: Period) -> set[PlaceCode]:
    """The places of the warnings on which the response stands."""
    rows: list[WarningRow] = []
    for event in period.events:
        rows += await work.rows.warnings.of_event(event)
    return {code for one in rows for code in _inside(one, period)}


def _inside(warning: WarningRow, period: Period) -> Iterable[PlaceCode]:
    return [code for code in warning.places if period.touches(code)]
