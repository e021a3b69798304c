"""A response period for tests that are about something else."""

from dataclasses import replace

from domain.action_cards import Family
from domain.places import PlaceCode
from domain.response import Move, Period, PeriodChange, PeriodState, ResponseLevel
from services.work import Work
from tests.support.county import COUNTY, DUTY, County


async def a_period(county: County, level: ResponseLevel, *places: PlaceCode) -> Period:
    """Started now, without a word to anybody."""
    by = (await county.person(DUTY)).id

    async def start(work: Work) -> Period:
        number = f"2026-{await work.rows.counters.next('response:2026'):02d}"
        return await work.rows.responses.add(
            Period(
                id=0,
                number=number,
                hazard_kind=Family.TYPHOON,
                places=places or (COUNTY,),
                level=level,
                state=PeriodState.ACTIVE,
                started_at=work.now,
                started_by=by,
                basis="台风",
            ),
            "台风",
        )

    started = await county.run(start)
    assert isinstance(started, Period)
    return started


async def end(county: County, period: Period) -> None:
    """Over now, without a word to anybody."""
    by = (await county.person(DUTY)).id

    async def over(work: Work) -> bool:
        after = replace(period, state=PeriodState.ENDED, ended_at=work.now, version=period.version + 1)
        level, places = period.level, period.places
        return await work.rows.responses.move(
            after, PeriodChange(period.id, after.version, Move.END, level, places, work.now, by, "台风过境")
        )

    assert await county.run(over)
