"""What ends with a response, feature by feature, and what is still open in its places when it ends.

A feature brings an `Ending` and its line in `ENDINGS`. What a response switched on is closed as "响应结束" and never
counts as missed; hazards stay alive and are worked on in the daily ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from domain.patrols import TaskState
from domain.places import PlaceCode, PlaceTree
from domain.response import Period, strictest, without
from services.work import Work


@dataclass(frozen=True, slots=True)
class Ended:
    """A period that ends, or leaves some of its places, and the others that still run."""

    period: Period
    """as it was"""
    places: tuple[PlaceCode, ...]
    """that it leaves"""
    others: tuple[Period, ...]
    tree: PlaceTree

    def is_over_at(self, place: PlaceCode) -> bool:
        """It held at the place and leaves it, and no other response holds there."""
        left = replace(self.period, places=self.places)
        return left.holds_at(place) and strictest(self.others, place) is None

    @property
    def within(self) -> tuple[PlaceCode, ...]:
        """The places it leaves, for queries that look below them."""
        return self.places


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of one family of things: `name` is the address `response.open.<name>`."""

    name: str
    count: int
    stays: bool
    """worked on in the daily ledger; False: it ended with the response"""


class Ending(Protocol):
    async def still_open(self, work: Work, ended: Ended) -> Sequence[Closed]:
        """What there is, before anything is done: shown to whoever is about to end it."""
        ...

    async def close(self, work: Work, ended: Ended) -> None:
        """End what the response had switched on. Called once, in the transaction that ends it."""
        ...


class HazardsStay:
    """Hazards live on: they are moved to nobody and lose nothing."""

    async def still_open(self, work: Work, ended: Ended) -> Sequence[Closed]:
        alive = await work.rows.hazards.alive_in(ended.within, limit=_MOST)
        return [Closed("hazards", len(alive), stays=True)]

    async def close(self, work: Work, ended: Ended) -> None:
        """Nothing."""


class WarningsStay:
    """A warning in force is not lifted by the end of a response."""

    async def still_open(self, work: Work, ended: Ended) -> Sequence[Closed]:
        left = replace(ended.period, places=ended.places)
        active = await work.rows.warnings.active(work.now)
        here = [one for one in active if not one.exercise and any(left.touches(code) for code in one.places)]
        return [Closed("warnings", len(here), stays=True)]

    async def close(self, work: Work, ended: Ended) -> None:
        """Nothing."""


class ChecksAreJudged:
    """Nobody is asked on after the end (`services.check_days.end_over`); what was answered still has its judge."""

    async def still_open(self, work: Work, ended: Ended) -> Sequence[Closed]:
        return [Closed("checks", len(await work.rows.checks.open_of_period(ended.period.id)), stays=True)]

    async def close(self, work: Work, ended: Ended) -> None:
        """Nothing here: the clock sees it."""


class RoundsEnd:
    """Rounds that are open end with the response (`services.patrol_rounds`) and count as nobody's miss."""

    async def still_open(self, work: Work, ended: Ended) -> Sequence[Closed]:
        open_ones = [
            one
            for one in await work.rows.patrols.unfinished(ended.within, work.now - _LOOK_BACK)
            if one.state is TaskState.OPEN and one.period_id == ended.period.id
        ]
        return [Closed("rounds", len(open_ones), stays=False)]

    async def close(self, work: Work, ended: Ended) -> None:
        """Nothing here: the clock sees it."""


_MOST = 10_000
_LOOK_BACK = timedelta(days=2)

ENDINGS: tuple[Ending, ...] = (HazardsStay(), WarningsStay(), ChecksAreJudged(), RoundsEnd())
"""To add one: a class with these two, and a line here."""


async def ended_by(work: Work, before: Period, after: Period) -> Ended | None:
    """What the change gives up; None where it gives up nothing."""
    tree = await work.tree()
    left = tuple(before.places) if not after.active else without(tree, before.places, after.places)
    if not left:
        return None
    others = tuple(one for one in await work.rows.responses.active() if one.id != before.id)
    return Ended(before, left, (*others, after) if after.active else others, tree)


async def what_is_open(work: Work, ended: Ended) -> tuple[Closed, ...]:
    found = [one for ending in ENDINGS for one in await ending.still_open(work, ended)]
    return tuple(one for one in found if one.count)


async def close_what_ends(work: Work, before: Period, after: Period) -> tuple[Closed, ...]:
    """Whatever the change gives up ends now. Returns what was open, by family."""
    ended = await ended_by(work, before, after)
    if ended is None:
        return ()
    found = await what_is_open(work, ended)
    for ending in ENDINGS:
        await ending.close(work, ended)
    return found
