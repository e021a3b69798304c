"""The duty log holds what a desk did and what concerned it, of every kind, page by page and day by day."""

from datetime import timedelta
from pathlib import Path

from domain.checks import Topic
from domain.response import ResponseLevel
from services.duty_log import After, day_of
from services.duty_log_kinds import AREA, BOT, KEYS, OWN
from services.work import Work
from tests.duty.support import DAY_OFFICER, officers, planned
from tests.response.test_moves import started
from tests.support.checks import named
from tests.support.county import (
    DUTY,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    STATION,
    TOWNSHIP,
    County,
    Someone,
    small_county,
)


async def shown(county: County, who: Someone, **how: int) -> str:
    """The log as he sees it today, from its first page to the last."""
    await county.say(who, "/log")
    pages = [county.last(who)]
    while any("往下看" in one["text"] for row in county.messages(who.user_id)[-1].buttons for one in row):
        await county.press(who, "往下看")
        pages.append(county.last(who))
    assert all(len(page) < 4000 for page in pages)
    return "\n".join(pages)


async def test_a_desks_log_holds_what_it_did_and_what_concerned_it(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, timedelta(), 8, None, DAY_OFFICER)
        await county.pass_time(minutes=1)
        await county.press(DAY_OFFICER, "接班")
        await started(county, LEADER, ResponseLevel.III, TOWNSHIP)
        await county.warn(colour="橙色", places=[TOWNSHIP])
        await named(county, STATION, HEAD, Topic.PRESENCE)
        text = await shown(county, STATION)
        assert "值班小张 到岗接班" in text
        assert "郑分管 启动响应 2026-01" in text
        assert "预警发出 2026-001" in text
        assert "吴站长 发出抽查 2026-001" in text
        order = [text.index(one) for one in ("到岗接班", "启动响应", "预警发出", "发出抽查")]
        assert order == sorted(order)
        far = await shown(county, FAR_STATION)
        assert "这一天没有记录。" in far
        await county.press(FAR_STATION, "前一天")
        await county.press(FAR_STATION, "后一天")
        assert "这一天没有记录。" in county.last(FAR_STATION)
        county.seen_all()


async def test_what_a_village_reports_is_in_its_townships_log_and_not_in_the_countys(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.run(lambda work: work.note("hazard.reported", "hazard:1", _person(county, GRID), place="x"))
        assert "王大爷 上报隐患" in await shown(county, STATION)
        assert "上报隐患" not in await shown(county, DUTY)
        county.seen_all()


class _Id:
    def __init__(self, number: int) -> None:
        self.id = number


def _person(county: County, who: Someone) -> _Id:
    return _Id(county.ids[who.user_id])


async def test_pages_follow_each_other_without_a_gap_and_without_a_line_twice(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        station = await county.person(STATION)

        async def doings(work: Work) -> None:
            for _ in range(40):
                await work.note("check.issued", "check:1", station)
                await work.note("paper.asked", "paper:1", station)

        await county.run(doings)
        for number in range(3):
            county.clock.advance(timedelta(seconds=1))
            await county.say(STATION, "/log")
            await county.press(STATION, "记一条")
            await county.say(STATION, f"来电者{number}")
            await county.say(STATION, f"内容第{number}条")
            await county.press(STATION, "跳过")
            await county.press(STATION, "跳过")
            await county.press(STATION, "提交")
        text = await shown(county, STATION)
        assert text.count("发出抽查") == 40
        assert [text.count(f"内容第{number}条") for number in range(3)] == [1, 1, 1]

        async def first_two(work: Work) -> tuple[After | None, int]:
            page = await day_of(work, station, TOWNSHIP, most=40)
            rest = await day_of(work, station, TOWNSHIP, after=page.after)
            return page.after, len(rest.shown)

        after, rest = await county.run(first_two)
        assert (after is not None, rest) == (True, 3)
        county.seen_all()


def test_every_kind_has_a_word_and_every_word_a_kind() -> None:
    assert len(KEYS) == len(set(KEYS))
    kinds = {one.split(".")[0] for one in OWN | AREA | BOT}
    assert kinds >= {"warning", "response", "check", "hazard", "letter", "listing", "whistle", "duty", "drill"}
