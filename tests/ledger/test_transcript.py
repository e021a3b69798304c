"""The dialogues of ledger and map word for word, as the station reads them. `--update-golden` writes them anew: read
what changed."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.action_cards import Family
from domain.hazards import Category
from domain.points import RiskLevel, RiskPoint
from domain.response import ResponseLevel
from services.hazard_report import Reporter, Told, report_hazard
from services.response_moves import Wish, start
from services.work import Work
from tests.support.county import GRID, LEADER, NEIGHBOUR, STATION, TOWNSHIP, VILLAGE, County, small_county

GOLDEN = Path(__file__).parent / "transcripts" / "ledger_and_map.txt"


async def happened(county: County) -> None:
    walker, leader = await county.person(GRID), await county.person(LEADER)

    async def act(work: Work) -> None:
        pond = RiskPoint(
            *(0, "ST-1", 1, "里塘", Category.POND, RiskLevel.LARGER, VILLAGE, work.now, work.now),
            *(28.45, 119.48, 3, 11, (walker.id,)),
        )
        await work.rows.points.add(pond)
        slope = replace(pond, number="DZ-1", name="后山", category=Category.GEOHAZARD, place=NEIGHBOUR, people=None)
        await work.rows.points.add(slope)
        by = Reporter(GRID.user_id, walker, GRID.name, "zh", private=True)
        for category, what in ((Category.POND, "涵管渗水"), (Category.GEOHAZARD, "后山裂缝变宽")):
            await report_hazard(work, by, Told(category, place=VILLAGE, what=what))
        await start(work, leader, Wish(Family.RAIN, ResponseLevel.IV, (TOWNSHIP,), "雨大"))

    await county.run(act)
    await county.settle()


async def test_ledger_and_map_are_read_as_they_were(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with small_county(tmp_path) as county:
        await happened(county)
        county.seen_all()
        before = len(county.messages(STATION.user_id, STATION))
        await county.say(STATION, "台账")
        await county.say(STATION, "台账 上坞村 裂缝")
        await county.say(STATION, "台账 鲨鱼")
        await county.say(STATION, "/ledger")
        await county.press(STATION, "风险点表格")
        await county.make_papers()
        await county.pass_time(seconds=30)
        await county.press(STATION, "按响应、预警存档")
        await county.press(STATION, "防暴雨")
        await county.make_papers()
        await county.pass_time(seconds=30)
        await county.say(STATION, "/points")
        await county.say(STATION, "石梁镇地图")
        await county.make_papers()
        await county.pass_time(seconds=30)
        said = []
        for message in county.messages(STATION.user_id, STATION)[before:]:
            rows = [" ".join(f"[{one['text']}]" for one in row) for row in message.buttons]
            said.append("\n".join((message.text, *rows)))
        county.seen_all()
    read = "\n---\n".join(said) + "\n"
    if request.config.getoption("--update-golden"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(read, "utf-8")
    assert read == GOLDEN.read_text("utf-8")
