"""The county's one switch: every line of the level's table changes what it governs, up and down, and goes back at the
end; several responses at once leave each place what the stricter asks."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.action_cards import Family
from domain.checklists import PointKind
from domain.checks import Topic
from domain.hazards import Category
from domain.patrol_plans import asking, rounds_of
from domain.patrols import TaskState
from domain.places import PlaceCode
from domain.response import Move, Period, ResponseLevel
from services import check_days, warning_posts
from services.checks import minutes_at
from services.response import quiet_is_lifted
from services.work import Work
from tests.bot.test_patrol_rounds import point, tasks
from tests.response.test_moves import moved, started
from tests.support.checks import named
from tests.support.county import (
    COUNTY,
    DUTY,
    GRID,
    HEAD,
    LEADER,
    PATROLLER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
    small_county,
)

IV, III, II, I = ResponseLevel.IV, ResponseLevel.III, ResponseLevel.II, ResponseLevel.I  # noqa: E741
TABLE = "".join(
    f"""
[response.levels.{level}]
posts_per_day = {posts}
lifts_quiet = {quiet}
answer_minutes = {minutes}
round_the_clock = {clock}
zero_report = {zero}

[checks.daily.levels.{level}]
windows = [{windows}]

[patrols.rounds.{level}]
pond = {{ every_minutes = {rounds} }}
"""
    for level, posts, quiet, minutes, clock, zero, windows, rounds in (
        ("IV", 2, "false", 20, "false", "false", '{ name = "day", opens = "09:00", closes = "11:00" }', 720),
        ("III", 3, "false", 15, "false", "true", '{ name = "noon", opens = "09:00", closes = "12:00" }', 360),
        ("II", 5, "true", 10, "false", "true", '{ name = "late", opens = "09:00", closes = "13:00" }, '
         '{ name = "night", opens = "22:00", closes = "05:00", duty_only = true }', 240),
        ("I", 9, "true", 5, "true", "true", '{ name = "all", opens = "09:00", closes = "14:00" }, '
         '{ name = "night", opens = "22:00", closes = "05:00", duty_only = true }', 60),
    )
)  # fmt: skip


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    file = tmp_path / "table.toml"
    file.write_text(TABLE, "utf-8")
    async with small_county(tmp_path, county_file=file, draws=True) as made:
        yield made
        made.seen_all()


async def effects(county: County, place: PlaceCode = VILLAGE) -> dict[str, Any]:
    """Everything that the level switches in a place, asked of the services that do it."""

    async def look(work: Work) -> dict[str, Any]:
        active = await work.rows.responses.active()
        levels = work.policy.response.levels
        capped = [n for n in range(20) if warning_posts._Digest(99, {1: n}, work.now, active, levels).full(1, place)]
        charges = await check_days._charges(work, active)
        minutes, patrols = await minutes_at(work, place), work.policy.patrols
        owner = asking(patrols, active, place, PointKind.POND)
        return {
            "posts": min(capped, default=None),
            "quiet": place in await quiet_is_lifted(work, [place]),
            "answer": (minutes.answer, minutes.phone),
            "draws": sorted(
                {(one.body.kind.value, w.name) for one in charges for w in check_days._plan(work, one).windows}
            ),
            "rounds": None if owner is None else rounds_of(patrols, owner.level, owner.hazard_kind, PointKind.POND),
        }

    await county.pass_time(seconds=30)
    found: dict[str, Any] = await county.run(look)
    return found


async def test_up_and_down_every_line_of_the_table_takes_effect_and_the_end_gives_everything_back(
    county: County,
) -> None:
    await point(county, 1, "岭头山塘", GRID)
    ordinary = await effects(county)
    assert ordinary == {"posts": None, "quiet": False, "answer": (10, 20), "draws": [], "rounds": None}
    period = await started(county, DUTY, IV)
    seen: dict[ResponseLevel, dict[str, Any]] = {IV: await effects(county)}
    for move, level in ((Move.RAISE, III), (Move.RAISE, II), (Move.RAISE, I)):
        period = await moved(county, DUTY, period, move, level=level)
        seen[level] = await effects(county)
    assert [seen[level]["posts"] for level in (IV, III, II, I)] == [2, 3, 5, 9]
    assert [seen[level]["quiet"] for level in (IV, III, II, I)] == [False, False, True, True]
    assert [seen[level]["answer"][0] for level in (IV, III, II, I)] == [20, 15, 10, 5]
    assert [{name for _, name in seen[level]["draws"]} for level in (IV, III, II, I)] == [
        {"day"},
        {"noon"},
        {"late"},  # nobody is on duty round the clock: nobody is drawn at night
        {"all", "night"},
    ]
    assert [seen[level]["rounds"].every_minutes for level in (IV, III, II, I)] == [720, 360, 240, 60]
    for level in (II, III, IV):
        period = await moved(county, DUTY, period, Move.LOWER, level=level)
        assert await effects(county) == seen[level]
    await moved(county, DUTY, period, Move.END)
    await county.pass_time(minutes=1)
    assert await effects(county) == ordinary


async def test_a_leaders_own_check_waits_as_long_as_the_level_says(county: County) -> None:
    ordinary = await named(county, STATION, HEAD, Topic.HAZARDS)
    assert ordinary.due_at - ordinary.issued_at == timedelta(minutes=10)
    period = await started(county, DUTY, I)
    check = await named(county, STATION, GRID, Topic.HAZARDS)
    assert check.due_at - check.issued_at == timedelta(minutes=5)
    await county.say(STATION, "/check")
    await county.press(STATION, "点名问一位")
    await county.press(STATION, "山塘老徐")
    await county.press(STATION, "隐患排查治理")
    assert "5 分钟内答复" in county.last(STATION)
    await county.say(STATION, "/cancel")
    await moved(county, DUTY, period, Move.END)
    after = await named(county, STATION, PATROLLER, Topic.HAZARDS)
    assert after.due_at - after.issued_at == timedelta(minutes=10)


@pytest.mark.parametrize(("level", "said"), [(IV, False), (III, True)])
async def test_a_zero_report_is_made_where_the_level_asks_for_it(
    tmp_path: Path, level: ResponseLevel, said: bool
) -> None:
    file = tmp_path / "table.toml"
    file.write_text(TABLE, "utf-8")
    start = datetime(2026, 6, 20, 9, 20, tzinfo=UTC)
    async with small_county(tmp_path, county_file=file, start=start, draws=True) as county:
        await started(county, DUTY, level)
        county.seen_all()
        await county.pass_time(minutes=15, step=timedelta(minutes=5))
        assert ["零报告" in text for text in county.new(DUTY) if "日报" in text] == ([True] if said else [])
        county.seen_all()


# -- several at once ----------------------------------------------------------------------------------------------


async def open_rounds(county: County) -> dict[int | None, tuple[int | None, int | None]]:
    """point → period and minutes of the round that is open"""
    return {one.point_id: (one.period_id, one.minutes) for one in await tasks(county) if one.state is TaskState.OPEN}


async def test_a_fire_in_one_township_takes_no_pond_from_the_typhoons_rounds(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await point(county, 2, "后山林场", PATROLLER, category=Category.WILDFIRE)
    typhoon = await started(county, DUTY, III)
    fire = await started(county, LEADER, I, TOWNSHIP, Family.FIRE)
    await county.pass_time(minutes=1)
    rounds = await open_rounds(county)
    assert rounds[1] == (typhoon.id, 360)
    assert rounds[2][0] == fire.id
    found = await effects(county)
    assert (found["posts"], found["answer"][0], found["quiet"]) == (9, 5, True)  # the stricter, whatever its kind
    await moved(county, LEADER, fire, Move.END)
    await county.pass_time(minutes=1)
    assert (await open_rounds(county))[1] == (typhoon.id, 360)
    assert (await effects(county))["posts"] == 3


async def test_what_a_response_leaves_is_walked_no_more_and_a_recheck_disturbs_no_other(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    typhoon = await started(county, DUTY, II)
    await county.pass_time(minutes=1)
    assert (await open_rounds(county))[1] == (typhoon.id, 240)
    rain = await started(county, LEADER, I, TOWNSHIP, Family.RAIN)
    await county.pass_time(minutes=1)
    assert (await open_rounds(county))[1] == (rain.id, 60)
    typhoon = await moved(county, DUTY, typhoon, Move.END)
    await county.pass_time(minutes=1)
    assert (await open_rounds(county))[1] == (rain.id, 60)
    await only_the_neighbour(county, rain)
    assert await open_rounds(county) == {}


async def only_the_neighbour(county: County, period: Period) -> None:
    await moved(county, LEADER, period, Move.NARROW, places=(VILLAGE,))
    await county.pass_time(minutes=1)
    assert COUNTY not in period.places
