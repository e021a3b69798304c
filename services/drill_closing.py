"""What was made in a drill ends with it, silently: no lifting is posted, nobody is told of an end of a response."""

from collections.abc import Awaitable, Callable, Mapping

from domain.checks import CheckState
from domain.drills import Drill
from domain.hazards import ALIVE, HazardState
from domain.patrols import TaskState
from domain.response import Move, PeriodChange
from domain.response_moves import changed
from services.ports import HazardEvent
from services.work import Work

_Closing = Callable[[Work, Drill, int], Awaitable[None]]


async def close_things(work: Work, drill: Drill) -> None:
    for thing in await work.rows.drills.things_of(drill.id):
        if (close := _CLOSINGS.get(thing.kind)) is not None:
            await close(work, drill, thing.number)


async def _warning(work: Work, _drill: Drill, number: int) -> None:
    await work.rows.warnings.set_state(number, ["active"], "lifted")
    await work.rows.warnings.set_state(number, ["held"], "refused")


async def _response(work: Work, drill: Drill, number: int) -> None:
    period = await work.rows.responses.get(number)
    if period is None or not period.active:
        return
    after = changed(await work.tree(), period, Move.END, work.now)
    by, reason = drill.ended_by or drill.opened_by, work.words.label("drill.ended_with")
    line = PeriodChange(period.id, after.version, Move.END, after.level, after.places, work.now, by, reason)
    await work.rows.responses.move(after, line)


async def _check(work: Work, _drill: Drill, number: int) -> None:
    await work.rows.checks.set_state(number, CheckState.OPEN, CheckState.DONE)


async def _patrol(work: Work, _drill: Drill, number: int) -> None:
    await work.rows.rounds.finish(number, TaskState.ENDED)


async def _hazard(work: Work, drill: Drill, number: int) -> None:
    """Nobody but the drill's record sees it; closed, no button that was left somewhere moves it any more."""
    row = await work.rows.hazards.get(number)
    if row is None or row.state not in ALIVE:
        return
    by, closed = drill.ended_by or drill.opened_by, HazardState.CLOSED.value
    event = HazardEvent(row.id, row.version + 1, work.now, "close", row.state.value, closed, by, {"drill": drill.id})
    await work.rows.hazards.move(row, event)


_CLOSINGS: Mapping[str, _Closing] = {
    "warning": _warning,
    "response": _response,
    "check": _check,
    "patrol": _patrol,
    "hazard": _hazard,
}
