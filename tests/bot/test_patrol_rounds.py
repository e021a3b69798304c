"""Rounds of a response on the whole bot: made by the clock, answered by one tap, closed with the response."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from domain.action_cards import Family
from domain.hazards import Category
from domain.obligations import Rung
from domain.patrols import TaskState
from domain.people import Role
from domain.places import PlaceCode
from domain.points import RiskLevel, RiskPoint
from domain.response import Move, Period, PeriodChange, PeriodState, ResponseLevel
from services.audit import audit
from services.patrol_voice import PatrolVoice
from services.ports import PatrolTask
from services.work import Work
from tests.support.county import (
    COUNTY,
    DUTY,
    FAR_VILLAGE,
    GRID,
    HEAD,
    LEADER,
    PATROLLER,
    START,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
    Someone,
    someone,
)


async def point(
    county: County,
    number: int,
    name: str,
    *who: Someone,
    category: Category = Category.POND,
    level: RiskLevel = RiskLevel.GENERAL,
    warning_level: str | None = None,
) -> RiskPoint:
    people = tuple(county.ids[one.user_id] for one in who)
    row = RiskPoint(
        0, f"SL-{number}", 1, name, category, level, VILLAGE, START, START, 28.45, 119.48, people=12,
        patrollers=people, warning_level=None if warning_level is None else Decimal(warning_level),  # type: ignore[arg-type]
    )  # fmt: skip
    return await county.run(lambda work: work.rows.points.add(row))


async def begin(
    county: County, level: ResponseLevel = ResponseLevel.III, *places: PlaceCode, kind: Family = Family.TYPHOON
) -> Period:
    by = (await county.person(LEADER)).id

    async def add(work: Work) -> Period:
        row = Period(0, "2026-01", kind, places or (TOWNSHIP,), level, PeriodState.ACTIVE, work.now, by, "台风")
        return await work.rows.responses.add(row, "台风")

    period = await county.run(add)
    await county.pass_time(seconds=30)
    return period


async def move(county: County, period: Period, how: Move, level: ResponseLevel) -> Period:
    by = (await county.person(LEADER)).id

    async def change(work: Work) -> Period:
        over = how is Move.END
        state = PeriodState.ENDED if over else PeriodState.ACTIVE
        after = replace(
            period, level=level, state=state, ended_at=work.now if over else None, version=period.version + 1
        )
        line = PeriodChange(period.id, after.version, how, level, after.places, work.now, by, "")
        assert await work.rows.responses.move(after, line)
        return after

    after = await county.run(change)
    await county.pass_time(seconds=30)
    return after


async def tasks(county: County) -> list[PatrolTask]:
    async def find(work: Work) -> list[PatrolTask]:
        return [t for n in range(1, 60) if (t := await work.rows.patrols.task(n)) is not None]

    return await county.bot.doors.run(find)


async def states(county: County) -> list[TaskState]:
    return [one.state for one in await tasks(county)]


async def test_a_response_asks_for_the_points_of_its_places_in_one_message(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await point(county, 2, "上坞后山", GRID, category=Category.GEOHAZARD, level=RiskLevel.MAJOR)
    await point(county, 3, "后山林场", GRID, category=Category.WILDFIRE)
    await county.pass_time(minutes=2)
    assert county.new(GRID) == []  # nothing without a response
    await begin(county)
    told = county.new(GRID)
    assert len(told) == 1
    assert "1 上坞后山 事中巡查，12:00前" in told[0]  # the most dangerous first
    assert "2 岭头山塘" in told[0]
    assert "林场" not in told[0]  # a typhoon sends nobody to the woods
    await county.pass_time(minutes=5)
    assert county.new(GRID) == []
    county.seen_all()


async def test_a_grid_members_day_under_level_three_is_at_most_six_messages(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await point(county, 2, "上坞后山", GRID, category=Category.GEOHAZARD)
    await begin(county)
    await county.say(GRID, "1 正常，2正常")
    await county.pass_time(step=timedelta(minutes=15), hours=8)
    assert "18:00前" in county.last(GRID)
    await county.say(GRID, "都正常")
    await county.pass_time(step=timedelta(minutes=30), hours=15)
    county.texts(STATION)
    said = county.messages(GRID.user_id)
    assert len(said) <= 6
    assert (await states(county))[:4] == [TaskState.NORMAL] * 4
    county.seen_all()


async def test_several_points_are_answered_in_one_go_and_the_abnormal_one_leads_on(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID, level=RiskLevel.MAJOR)
    await point(county, 2, "溪口堤防", GRID, category=Category.DIKE)
    await begin(county)
    await county.say(GRID, "1 有异常，2 正常")
    assert "岭头山塘 有异常，是哪一样" in county.last(GRID)
    assert "6 溢洪道堵塞" in county.last(GRID)
    await county.say(GRID, "6，水位 31.2")
    assert "有没有人受威胁" in county.last(GRID)
    said = []
    for task in await tasks(county):
        said += await county.bot.doors.run(lambda work, of=task.id: work.rows.patrols.check_ins_of(of))
    assert [(row.items, row.reading) for row in said] == [(("spillway",), Decimal("31.2")), ((), None)]
    county.seen_all()


async def test_a_level_over_the_threshold_is_told_to_the_walker_and_to_the_station(county: County) -> None:
    await point(county, 1, "岭头山塘", PATROLLER, warning_level="31")
    await begin(county)
    county.seen_all()
    await county.say(PATROLLER, "正常 水位31.2")
    assert "超过警戒值31" in county.last(PATROLLER)
    assert "水位31.2，超过警戒值31" in county.last(STATION)
    county.seen_all()


async def test_nonsense_after_the_list_is_asked_again_once_and_then_taken_as_it_is(county: County) -> None:
    await point(county, 1, "岭头山塘", PATROLLER)
    await begin(county)
    await county.press(PATROLLER, "2 有异常")
    await county.say(PATROLLER, "哈哈")
    assert "没看明白" in county.last(PATROLLER)
    await county.say(PATROLLER, "不晓得")
    assert "有没有人受威胁" in county.last(PATROLLER)
    county.seen_all()


async def test_two_persons_on_one_point_and_one_walks_it(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID, PATROLLER)
    await begin(county)
    await county.press(GRID, "1 正常")
    assert "✅ 岭头山塘" in county.last(PATROLLER)
    await county.pass_time(step=timedelta(minutes=30), hours=6)
    assert not any("还没有收到" in text for text in county.texts(PATROLLER))
    county.seen_all()


async def test_raising_and_lowering_never_doubles_and_the_end_closes(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    period = await begin(county)
    period = await move(county, period, Move.RAISE, ResponseLevel.II)
    due = {one.due_at for one in await tasks(county) if one.state is TaskState.OPEN}
    assert len(due) == 1
    period = await move(county, period, Move.LOWER, ResponseLevel.III)
    assert (await states(county)).count(TaskState.OPEN) == 1
    await county.press(GRID, "1 正常")
    await county.restart()
    period = await move(county, period, Move.END, ResponseLevel.III)
    (again,) = [one for one in await tasks(county) if one.state is TaskState.OPEN]
    assert again.phase.value == "after"
    assert "岭头山塘 事后复查" in county.last(GRID)
    await county.press(GRID, "1 正常")
    county.seen_all()
    await county.pass_time(step=timedelta(hours=1), hours=30)
    assert county.new(GRID) == []
    county.seen_all()


async def test_a_round_nobody_answered_is_reminded_climbs_and_then_gives_way(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county, ResponseLevel.II)
    county.seen_all()
    await county.pass_time(step=timedelta(minutes=10), hours=4, minutes=15)
    assert "还没有收到" in county.last(GRID)
    await county.pass_time(step=timedelta(minutes=10), hours=2)
    assert any("没有回音" in text for text in county.texts(STATION))
    assert TaskState.MISSED in await states(county)
    await county.say(STATION, "/patrols")
    assert "岭头山塘" in county.last(STATION)
    county.seen_all()


async def test_tasks_that_fall_silent_in_different_beats_are_one_list(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await point(county, 2, "外坞山塘", PATROLLER)
    await begin(county)
    first, second = await tasks(county)
    county.clock.advance(timedelta(hours=6))  # without a beat: both are overdue, and nobody has been told
    station = await county.person(STATION)
    county.seen_all()
    for task in (first, second):

        async def climb(work: Work, subject: str = task.subject) -> None:
            await PatrolVoice().hand_up(work, Rung.DESK, station, await work.rows.obligations.of_subject(subject))

        county.clock.advance(timedelta(seconds=5))
        await county.run(climb)
    told = county.new(STATION)
    assert len(told) == 1
    assert "岭头山塘" in told[0]
    assert "外坞山塘" in told[0]
    county.seen_all()


async def test_one_word_late_for_the_last_round_is_not_late_for_the_next(county: County) -> None:
    await point(county, 1, "溪口堤防", GRID, category=Category.DIKE)
    await begin(county)
    await county.say(GRID, "正常")
    await county.say(STATION, "/patrols")
    await county.press(STATION, "堤防半小时一巡")
    await county.press(STATION, "确认，半小时一巡")
    await county.pass_time(step=timedelta(minutes=1), minutes=39)  # 08:39, nine minutes after the first of them
    await county.say(GRID, "正常")
    await county.pass_time(step=timedelta(minutes=1), minutes=7)  # the next one begins at 08:45
    await county.say(GRID, "正常")
    county.seen_all()
    said: list[tuple[TaskState, bool]] = []
    for task in [one for one in await tasks(county) if one.minutes == 30][:2]:
        (owed,) = await county.run(lambda work, subject=task.subject: work.rows.obligations.of_subject(subject))
        said.append((task.state, owed.late))
    assert said == [(TaskState.NORMAL, True), (TaskState.NORMAL, False)]
    assert await county.run(audit) == []


async def test_dikes_are_walked_every_half_hour_while_the_township_orders_it(county: County) -> None:
    await point(county, 1, "溪口堤防", GRID, category=Category.DIKE)
    await point(county, 2, "岭头山塘", PATROLLER)
    await begin(county)
    await county.say(GRID, "正常")
    await county.say(PATROLLER, "正常")
    county.seen_all()
    await county.say(STATION, "/patrols")
    await county.press(STATION, "堤防半小时一巡")
    await county.press(STATION, "确认，半小时一巡")
    assert "24 小时后自动停" in county.last(STATION)
    await county.pass_time(step=timedelta(minutes=5), minutes=65)
    dikes = [one for one in await tasks(county) if one.point_id == 1]
    gaps = [(b.due_at - a.due_at) / timedelta(minutes=1) for a, b in pairwise(dikes[1:])]
    assert len(dikes) >= 3
    assert set(gaps) == {30.0}
    assert len([one for one in await tasks(county) if one.point_id == 2]) == 1  # a pond keeps its rounds
    county.seen_all()
    assert (await county.forge(GRID, f"p:dense:{TOWNSHIP}:yes")).alert
    await county.pass_time(step=timedelta(hours=1), hours=24)
    county.seen_all()
    before = len(await tasks(county))
    await county.pass_time(step=timedelta(minutes=10), minutes=40)
    dense = [one for one in (await tasks(county))[before:] if one.point_id == 1 and one.minutes == 30]
    assert dense == []
    county.seen_all()


async def test_a_round_that_was_missed_is_filled_in_at_its_real_time(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county, ResponseLevel.II)
    await county.pass_time(step=timedelta(minutes=10), hours=6, minutes=15)
    first, second = (await tasks(county))[:2]
    assert (first.state, second.state) == (TaskState.MISSED, TaskState.OPEN)
    due = first.due_at.astimezone(ZoneInfo("Asia/Shanghai"))
    await county.say(GRID, f"去抢险了，补{due:%H:%M} 正常")
    assert f"已补报：{due:%H:%M} 岭头山塘 正常" in county.last(GRID)
    assert await states(county) == [TaskState.NORMAL, TaskState.OPEN]
    (said,) = await county.run(lambda work: work.rows.patrols.check_ins_of(first.id))
    assert (said.filled_in, said.late, said.seen_at) == (True, False, first.due_at)
    county.seen_all()


async def test_the_station_pauses_patrols_for_safety_and_nobody_counts_as_missing(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county)
    await county.say(STATION, "/patrols")
    await county.press(STATION, "暂停巡查")
    assert (await states(county)) == [TaskState.OPEN]  # asked first
    await county.press(STATION, "确认暂停")
    assert "1 项任务不用去" in county.last(STATION)
    assert "暂停巡查：先保证安全" in county.last(GRID)
    county.seen_all()
    await county.pass_time(step=timedelta(minutes=30), hours=9)
    assert [text for who in (GRID, HEAD) for text in county.new(who) if "岭头山塘" in text] == []
    assert (await states(county)) == [TaskState.EXCUSED]
    assert (await county.forge(GRID, f"p:pause:{TOWNSHIP}:yes")).alert
    await county.say(STATION, "/patrols")
    await county.press(STATION, "恢复巡查")
    await county.pass_time(seconds=30)
    assert "18:00前" in county.last(GRID)
    await county.press(GRID, "1 正常")
    county.seen_all()


async def test_the_desk_sees_walked_and_owed_by_village(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await point(county, 2, "上坞后山", GRID)
    await begin(county)
    await county.say(GRID, "1 正常")
    county.seen_all()
    await county.say(STATION, "/patrols")
    assert "石梁镇·上坞村 1/2" in county.last(STATION)
    assert "上坞后山" in county.last(STATION)
    await county.say(DUTY, "/patrols")
    assert "石梁镇 1/2" in county.last(DUTY)
    await county.say(GRID, "正常")
    await county.say(STATION, "/patrols")
    assert "石梁镇·上坞村 2/2" in county.last(STATION)
    assert "都走完了" in county.last(STATION)
    county.seen_all()


async def test_from_the_sums_to_the_names_of_one_place(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    far = RiskPoint(
        0, "FK-1", 1, "樟溪堤防", Category.DIKE, RiskLevel.GENERAL, FAR_VILLAGE, START, START,
        patrollers=(county.ids[PATROLLER.user_id],),
    )  # fmt: skip
    await county.run(lambda work: work.rows.points.add(far))
    await begin(county, ResponseLevel.III, COUNTY)
    county.seen_all()
    await county.say(DUTY, "/patrols")
    here = await county.run(lambda work: work.tree())
    await county.press(DUTY, f"{here.get(TOWNSHIP).name}谁没走")
    assert "岭头山塘" in county.last(DUTY)
    assert GRID.phone in county.last(DUTY)
    assert "樟溪堤防" not in county.last(DUTY)
    await county.press(GRID, "1 正常")
    await county.forge(DUTY, f"p:who:{TOWNSHIP}")
    assert "都走完了" in county.last(DUTY)
    await county.say(GRID, "/me")
    await county.forge(GRID, f"p:who:{TOWNSHIP}")
    assert PATROLLER.phone not in county.last(GRID)
    county.seen_all()


async def test_a_position_is_marked_and_never_refused(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county)
    await county.press(GRID, "1 正常")
    await county.location(GRID, 28.60, 119.30)
    (task,) = await tasks(county)
    (proof,) = await county.bot.doors.run(lambda work: work.rows.patrols.proofs_of(task.id))
    assert [one.value for one in proof.marks] == ["far", "picked"]
    county.seen_all()


async def test_who_cannot_be_written_to_is_listed_once_a_day_and_not_at_every_round_of_the_night(
    county: County,
) -> None:
    stranger = someone(101, "老黄", (Role.PATROLLER, VILLAGE))
    await county.join(stranger, enrolled=False)
    await point(county, 1, "岭头山塘", stranger)
    await begin(county, ResponseLevel.I)
    listed = []
    for _ in range(3):  # from the morning over the night
        await county.pass_time(step=timedelta(minutes=5), hours=8)
        listed.append(sum("老黄" in text for text in county.new(HEAD)))
    assert listed == [1, 0, 0]
    await county.pass_time(step=timedelta(minutes=5), hours=4)
    assert sum("老黄" in text for text in county.new(HEAD)) == 1  # the next day again
    county.seen_all()
