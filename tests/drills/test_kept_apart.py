"""What is played in a drill is in no list, count, number or draw of reality, and the other way round."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from domain.digest_figures import Owing
from domain.hazard_lists import HazardScope, HazardWish
from domain.ledger import LedgerFilter
from domain.points import RiskLevel
from services.ports import SideMessage
from services.response import level_at
from services.work import Work
from tests.bot.test_patrol_rounds import point
from tests.drills.support import drill_warning, heard_so_far, is_framed, open_drill, unmarked
from tests.support.county import (
    GRID,
    HEAD,
    LEADER,
    OFFICER,
    PATROLLER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
    small_county,
)


async def drill_response(county: County) -> None:
    for label in ("启动演练响应", "暴雨", "Ⅱ级", "石梁镇"):
        await county.press(LEADER, label)
    await county.press(LEADER, "填好了")
    await county.say(LEADER, "练一练")
    await county.press(LEADER, "提交")
    await county.pass_time(minutes=1)


async def drill_check(county: County) -> None:
    for label in ("演练抽查", "随机", "石梁镇", "不限"):
        await county.press(LEADER, label)
    await county.say(LEADER, "3")
    for label in ("人员到岗", "提交"):
        await county.press(LEADER, label)


async def drill_hazard(county: County) -> None:
    await county.press(LEADER, "演练报隐患")
    await county.open_link(GRID, "dr_h_1")
    await county.press(GRID, "山塘")
    await county.press(GRID, "上坞村")
    await county.say(GRID, "坝脚有一处渗水，演练用")
    await county.press(GRID, "没有")
    for label in ("跳过", "提交"):
        await county.press(GRID, label)


@dataclass(frozen=True, slots=True)
class Lists:
    """What reality shows: everything that counts, digests, exports or draws by lists."""

    warnings: int
    levels: object
    periods: int
    checks: int
    drawn: list[int]
    owing: frozenset[int]
    owed: list[Owing]
    hazards: int
    alike: int
    walks: int
    open_walks: int
    rounds_due: int
    listed: int
    posts: dict[int, int]
    number: int


async def lists(work: Work) -> Lists:
    rows, since = work.rows, work.now - timedelta(days=2)
    until = work.now + timedelta(days=2)
    everything = LedgerFilter(places=(TOWNSHIP,))
    people = [one.id for one in await rows.people.all()]
    posted = dict(await rows.warnings.posted_since(since)) | dict(await rows.responses.posts_since(since))
    return Lists(
        warnings=len(await rows.warnings.active(work.now)) + len(await rows.warnings.held()),
        levels=await level_at(work, VILLAGE),
        periods=len(await rows.responses.between(since, until)) + len(await rows.responses.to_review(since, until)),
        checks=len(await rows.checks.asked_since(since)) + len(await rows.checks.active_since(since)),
        drawn=await rows.checks.drawn_since(since),
        owing=await rows.checks.owing(),
        owed=await rows.reviews.owed_between(since, until),
        hazards=await rows.ledger.count(everything) + len(await rows.hazards.alive_in([TOWNSHIP])),
        alike=sum((await rows.ledger.counts(everything)).values()) + len(await rows.ledger.hazards(everything)),
        walks=await rows.ledger.count_patrols(everything) + len(await rows.ledger.patrols(everything)),
        open_walks=len(await rows.patrols.open_of(people)) + len(await rows.patrols.unfinished([TOWNSHIP], since)),
        rounds_due=len(await rows.rounds.rounds_due(TOWNSHIP, since, until)) + len(await rows.rounds.untold(50)),
        listed=sum((await rows.hazard_lists.sums(HazardScope(areas=(TOWNSHIP,)), HazardWish(), work.now)).values()),
        posts=posted,
        number=await rows.counters.next("shown here only"),
    )


async def test_a_whole_drill_leaves_no_trace_in_any_list_of_reality(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        pond = await point(county, 1, "岭头山塘", PATROLLER, level=RiskLevel.MAJOR)
        before = await county.bot.doors.run(lists)
        await open_drill(county)
        since = heard_so_far(county)
        await drill_warning(county)
        await drill_response(county)
        await drill_check(county)
        await drill_hazard(county)
        await county.press(HEAD, "收到")
        await county.say(OFFICER, "收到")
        await county.press(PATROLLER, "正常")
        await county.pass_time(timedelta(minutes=2), minutes=50)
        things = await county.bot.doors.read(lambda work: work.rows.drills.things_of(1))
        assert {one.kind for one in things} == {"drill", "warning", "response", "check", "hazard", "patrol"}
        assert unmarked(county, since) == []
        during = await county.bot.doors.run(lists)
        await county.press(LEADER, "结束演练")
        await county.pass_time(timedelta(minutes=10), hours=3)
        after = await county.bot.doors.run(lists)
        county.seen_all()
        for seen, number in ((during, 2), (after, 3)):
            assert seen == Lists(**{name: getattr(before, name) for name in Lists.__slots__} | {"number": number})
        assert await county.bot.doors.read(lambda work: work.rows.patrols.last_at_point(pond.id)) is None
        await county.warn(colour="橙色", places=[VILLAGE])
        assert "2026-001" in county.last(county.village_group)
        county.seen_all()


async def test_a_real_hazard_in_the_middle_is_real(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)
        await drill_hazard(county)
        county.seen_all()
        await county.say(GRID, "/report")
        await county.press(GRID, "山塘")
        await county.press(GRID, "上坞村")
        await county.say(GRID, "坝脚真的在渗水")
        await county.press(GRID, "没有")
        for label in ("跳过", "提交"):
            await county.press(GRID, label)
        said = county.new(STATION)
        assert [is_framed(text) for text in said] == [False]
        assert "真的在渗水" in said[0]
        seen = await county.bot.doors.run(lists)
        assert seen.hazards == 2  # once in the ledger, once alive: the drilled one is nowhere, nor taken for the same
        county.seen_all()


async def test_a_check_of_a_drill_is_answered_and_judged_within_it(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        since = heard_so_far(county)
        await drill_check(county)
        asked = [who for who in (HEAD, OFFICER, GRID, PATROLLER) if county.new(who)]
        assert asked
        await county.say(asked[0], "1")
        assert is_framed(county.last(asked[0]))
        await county.pass_time(timedelta(minutes=1), minutes=30)
        assert unmarked(county, since) == []
        history = await county.bot.doors.read(lambda work: work.rows.checks.drawn_since(work.now - timedelta(days=1)))
        assert history == []
        county.seen_all()


async def test_a_response_of_a_drill_holds_nowhere_else_and_ends_with_it(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await point(county, 1, "岭头山塘", PATROLLER, level=RiskLevel.MAJOR)
        await open_drill(county)
        await drill_response(county)
        assert "Ⅱ级应急响应" in county.last(county.village_group)
        assert is_framed(county.last(county.village_group))
        assert "岭头山塘" in county.last(PATROLLER)
        assert is_framed(county.last(PATROLLER))
        assert county.new(county.county_group) == []
        assert await county.bot.doors.read(lambda work: level_at(work, VILLAGE)) is None
        await county.say(LEADER, "/response")
        assert "现在没有应急响应" in county.last(LEADER)
        await county.press(LEADER, "结束演练")
        county.seen_all()
        await county.pass_time(timedelta(minutes=30), hours=26)
        assert county.unseen() == {}


async def test_other_channels_are_left_alone_unless_they_were_wanted(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)

        async def written(work: Work) -> int:
            return await work.rows.channels.put([SideMessage("k", "warning:1", "sms", "词", person_id=None)])

        assert await county.run(written) == 0
        county.seen_all()
