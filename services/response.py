"""Which response holds where, for every feature that asks. How periods change is in response_moves.py."""

from collections.abc import Iterable

from domain.places import PlaceCode
from domain.response import Period, ResponseLevel, level_of, strictest, touching
from services.work import Work


async def level_at(work: Work, place: PlaceCode) -> ResponseLevel | None:
    """The strictest level that holds at the place now; None where no response is on."""
    return level_of(await work.rows.responses.active(), place)


async def period_at(work: Work, place: PlaceCode) -> Period | None:
    """The period whose level that is."""
    return strictest(await work.rows.responses.active(), place)


def officers_of(work: Work, level: ResponseLevel | None) -> int:
    """So many officers a shift needs beside its leader where this level holds."""
    usual = work.policy.duty.officers
    return usual if level is None else max(usual, work.policy.response.levels[level].shift_officers)


async def officers_at(work: Work, place: PlaceCode) -> int:
    """So many officers a shift of this body needs now, by the level that holds for the whole of it."""
    return officers_of(work, await level_at(work, place))


async def periods_at(work: Work, place: PlaceCode) -> list[Period]:
    """The periods that run at the place or anywhere below it, the gravest first."""
    return touching(await work.rows.responses.active(), place)


async def quiet_is_lifted(work: Work, places: Iterable[PlaceCode]) -> frozenset[PlaceCode]:
    """Those of the places where the level lets blue and yellow notices through at night."""
    active = await work.rows.responses.active()
    levels = work.policy.response.levels
    held = {place: level_of(active, place) for place in places}
    return frozenset(place for place, level in held.items() if level is not None and levels[level].lifts_quiet)
