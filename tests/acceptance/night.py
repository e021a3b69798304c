"""The script of the night: a red warning for two townships, answers, a kill, an outage of twenty minutes, the
ladders to their end."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from demo.notices import cap
from domain.places import PlaceCode
from services.ports import WarningRow
from tests.acceptance.crowd import Crowd
from tests.acceptance.reckoning import Case, Ledger, reckon
from tests.acceptance.roster import LargeCounty, Size, make
from tests.acceptance.stage import Stage, stage_of

TEXT = "预计未来3小时两地降水量将达100毫米以上，山洪和地质灾害风险很高。"
MEASURES = "责任人立即到岗，危险区人员按预案转移。"


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens. Minutes are counted from the warning; None: it does not happen."""

    size: Size
    townships: int = 2
    killed_at: float | None = None
    dark_from: float | None = None
    dark_minutes: float = 20
    rungs_minutes: float = 75
    """until every rung but the last has been climbed, and who is slow has answered"""
    beat: float = 10
    """seconds between two beats of the heart"""
    to_the_end: bool = True
    """eleven hours, until no ladder has a rung left"""


async def warn(stage: Stage, townships: list[PlaceCode], colour: str = "红色", **more: Any) -> WarningRow:
    """One CAP file in the folder; the warning that it became."""
    names = {place.code: place.name for place in stage.county.places}
    areas = [(names[code], code.ljust(12, "0")) for code in townships]
    identifier, xml = cap(
        stage.clock.now(), kind="暴雨", colour=colour, areas=areas, text=TEXT, instruction=MEASURES, **more
    )
    await stage.deliver(f"{identifier}.xml", xml)
    rows = await stage.read(lambda work: work.rows.warnings.by_identifier(identifier))
    assert len(rows) == 1, "the warning was not taken in"
    row: WarningRow = rows[0]
    return row


async def night(plan: Plan, folder: Path, title: str = "") -> Ledger:
    county = make(plan.size)
    async with stage_of(county, folder) as stage:
        return await play(stage, county, plan, title)


async def play(stage: Stage, county: LargeCounty, plan: Plan, title: str) -> Ledger:
    crowd = Crowd(stage)
    stage.beat_every = timedelta(seconds=plan.beat)
    await stage.pass_time(seconds=20)
    townships = county.townships[: plan.townships]
    started = stage.clock.now()
    case = Case(stage, crowd, townships, started, await warn(stage, townships))
    if plan.killed_at is not None:
        await stage.until(started + timedelta(minutes=plan.killed_at))
        case.killed = await stage.die(in_flight=8)
        case.away = timedelta(seconds=4)
        stage.clock.advance(case.away)
        await stage.start()
    if plan.dark_from is not None:
        await stage.until(started + timedelta(minutes=plan.dark_from))
        stage.go_dark()
        await stage.until(stage.clock.now() + timedelta(minutes=plan.dark_minutes))
        case.dark.append((started + timedelta(minutes=plan.dark_from), stage.clock.now()))
        stage.come_back()
    await stage.pass_time(minutes=plan.rungs_minutes)
    if plan.to_the_end:
        stage.beat_every = timedelta(minutes=10)
        await stage.until(started + timedelta(hours=11))
    return await reckon(case, title)
