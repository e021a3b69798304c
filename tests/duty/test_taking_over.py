"""A shift begins: one message, one tap; who does not answer is asked after; the clock jumps, midnight, a restart."""

from datetime import timedelta
from pathlib import Path

from services.duty import on_shift
from tests.duty.support import DAY_OFFICER, NIGHT_OFFICER, officers, planned
from tests.support.county import (
    DUTY,
    GRID,
    LEADER,
    START,
    STATION,
    TOWNSHIP,
    small_county,
)

HOUR = timedelta(hours=1)


async def test_a_shift_is_taken_over_with_one_tap_and_those_who_go_are_told(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, -6 * HOUR, 7, None, DAY_OFFICER)
        await planned(county, HOUR, 12, LEADER, NIGHT_OFFICER)
        await county.pass_time(minutes=1)
        county.seen_all()
        await county.pass_time(minutes=45)
        assert "值班接班" in county.last(NIGHT_OFFICER)
        assert "没有未完事项" in county.last(NIGHT_OFFICER)
        assert "值班接班" in county.last(LEADER)
        assert "交班" in county.last(DAY_OFFICER)
        await county.press(NIGHT_OFFICER, "接班")
        assert "已接班" in county.last(NIGHT_OFFICER)
        assert "（提前）" in county.last(NIGHT_OFFICER)
        assert county.last(DAY_OFFICER) == "值班老王已接班，您可以休息了。辛苦了。"
        await county.press(LEADER, "接班")
        county.seen_all()
        await county.pass_time(timedelta(minutes=10), hours=3)
        assert county.unseen() == {}


async def test_what_is_open_is_handed_over_and_the_outgoing_officer_adds_a_word(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, -6 * HOUR, 7, None, DAY_OFFICER)
        await planned(county, HOUR, 12, None, NIGHT_OFFICER)
        await county.pass_time(minutes=1)
        await county.warn(colour="黄色")
        await county.pass_time(minutes=45)
        assert "预警" in county.last(NIGHT_OFFICER)
        assert "没应答" in county.last(NIGHT_OFFICER)
        county.seen_all()
        await county.press(DAY_OFFICER, "补充几句")
        await county.say(DAY_OFFICER, "岭下村书记住院，找副书记")
        await county.press(DAY_OFFICER, "提交")
        assert "岭下村书记住院" in county.last(NIGHT_OFFICER)
        await county.press(NIGHT_OFFICER, "接班")
        county.seen_all()


async def test_whoever_does_not_take_over_is_reminded_then_the_others_then_the_county(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, 15 * timedelta(minutes=1), 12, LEADER, DAY_OFFICER, NIGHT_OFFICER)
        await county.pass_time(minutes=1)
        await county.press(LEADER, "接班")
        await county.press(DAY_OFFICER, "接班")
        county.seen_all()
        await county.pass_time(timedelta(minutes=1), minutes=26)
        assert "值班接班" in county.last(NIGHT_OFFICER)
        assert county.new(LEADER) == []
        await county.pass_time(timedelta(minutes=1), minutes=5)
        assert "还没有确认到岗：值班老王" in county.last(LEADER)
        assert "还没有确认到岗：值班老王" in county.last(DAY_OFFICER)
        await county.pass_time(timedelta(minutes=1), minutes=15)
        assert "还没有确认到岗：值班老王" in county.last(DUTY)
        await county.press(NIGHT_OFFICER, "接班")
        assert "晚了些，照样算数" in county.last(NIGHT_OFFICER)
        county.seen_all()


async def test_a_question_first_tells_those_who_go_and_can_be_taken_over_afterwards(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, -6 * HOUR, 6.2, None, DAY_OFFICER)
        await planned(county, 0.2 * HOUR, 12, None, NIGHT_OFFICER)
        await county.pass_time(minutes=1)
        county.seen_all()
        await county.press(NIGHT_OFFICER, "有疑问")
        assert "先不接班" in county.last(NIGHT_OFFICER)
        assert "值班老王对交接有疑问" in county.last(DAY_OFFICER)
        await county.press(NIGHT_OFFICER, "接班")
        assert "已接班" in county.last(NIGHT_OFFICER)
        county.seen_all()


async def test_a_stranger_to_the_shift_changes_nothing(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        shift = await planned(county, 0 * HOUR, 12, None, NIGHT_OFFICER)
        await county.pass_time(minutes=1)
        county.seen_all()
        await county.say(GRID, "/me")
        pressed = await county.forge(GRID, f"du:here:{shift.id}")
        assert pressed.text == "这不是您的班次。"
        county.seen_all()


async def test_a_shift_over_midnight_survives_a_restart_and_a_jump_and_is_called_once(tmp_path: Path) -> None:
    late = START.replace(hour=13)  # 21:00 in the county
    async with small_county(tmp_path, start=late) as county:
        await officers(county)
        await planned(county, 2 * HOUR, 9, None, NIGHT_OFFICER)
        county.clock.advance(2 * HOUR)
        await county.restart()
        await county.pass_time(minutes=1)
        assert sum("值班接班" in text for text in county.new(NIGHT_OFFICER)) == 1
        await county.press(NIGHT_OFFICER, "接班")
        await county.restart()
        county.clock.advance(3 * HOUR)
        await county.pass_time(minutes=1)
        assert not any("值班接班" in text for text in county.new(NIGHT_OFFICER)[1:])
        found = await county.run(lambda work: on_shift(work, TOWNSHIP))
        assert [one.name for one in found] == ["值班老王"]
        county.seen_all()


async def test_a_shift_that_ended_while_the_bot_slept_is_not_called(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, HOUR, 2, None, NIGHT_OFFICER)
        county.clock.advance(timedelta(days=1))
        await county.pass_time(minutes=1)
        assert not any("值班接班" in text for text in county.texts(NIGHT_OFFICER))
        county.seen_all()


async def test_the_stand_in_of_somebody_on_leave_is_called_in_his_place(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, HOUR, 12, None, NIGHT_OFFICER)
        await county.say(NIGHT_OFFICER, "/leave")
        await county.press(NIGHT_OFFICER, "值班小张")
        await county.press(NIGHT_OFFICER, "现在")
        await county.press(NIGHT_OFFICER, "明天")
        await county.press(NIGHT_OFFICER, "提交")
        await county.press(STATION, "同意")
        county.seen_all()
        await county.pass_time(minutes=50)
        assert "值班接班" in county.last(DAY_OFFICER)
        assert county.new(NIGHT_OFFICER) == []
        await county.press(DAY_OFFICER, "接班")
        county.seen_all()
