"""Somebody is taken off a shift or a place by a button, confirmed, with a line of audit; nobody else can."""

from datetime import timedelta
from pathlib import Path

from tests.duty.support import DAY_OFFICER, NIGHT_OFFICER, officers, planned
from tests.support.county import GRID, HEAD, LEADER, STATION, VILLAGE, County, small_county

HOUR = timedelta(hours=1)


async def acts(county: County, subject: str) -> list[str]:
    found = await county.run(lambda work: work.rows.timeline.of(subject))
    return [what for _, _, what, _ in found]


async def test_a_leader_takes_somebody_off_a_shift_and_he_is_told(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        shift = await planned(county, 5 * HOUR, 8, LEADER, DAY_OFFICER, NIGHT_OFFICER)
        await county.say(LEADER, "/duty")
        await county.press(LEADER, "撤下一人")
        await county.press(LEADER, "值班小张")
        assert "值班：" in county.last(LEADER)
        await county.press(LEADER, "撤下：")
        assert "确认吗？" in county.last(LEADER)
        await county.press(LEADER, "不撤")
        assert (await county.run(lambda work: work.rows.duty.get(shift.id))).members == shift.members
        await county.press(LEADER, "值班小张")
        await county.press(LEADER, "撤下：")
        await county.press(LEADER, "确认撤下")
        assert "值班小张已撤下，已告诉他。这一班还有 2 人。" in county.last(LEADER)
        assert "的班不用您值了（郑分管安排）" in county.last(DAY_OFFICER)
        left = await county.run(lambda work: work.rows.duty.get(shift.id))
        assert left.members == (county.ids[NIGHT_OFFICER.user_id], county.ids[LEADER.user_id])
        assert await acts(county, f"duty:{shift.id}") == ["duty.planned", "duty.taken_off"]
        again = await county.forge(LEADER, f"as:sy:{county.ids[DAY_OFFICER.user_id]}:{shift.id}")
        assert again.alert
        county.seen_all()


async def test_the_last_one_of_a_running_shift_owes_nothing_more_and_the_shift_is_cancelled(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, timedelta(minutes=5), 8, None, DAY_OFFICER)
        await county.pass_time(minutes=1)
        await county.say(STATION, "/roster 值班小张")
        await county.press(STATION, "包保和值班")
        await county.press(STATION, "撤下：")
        assert "整班取消" in county.last(STATION)
        await county.press(STATION, "确认撤下")
        assert "这一班已取消" in county.last(STATION)
        assert (
            await county.run(lambda work: work.rows.obligations.open_of_person(county.ids[DAY_OFFICER.user_id])) == []
        )
        assert await county.run(lambda work: work.rows.duty.of_person(county.ids[DAY_OFFICER.user_id], work.now)) == []
        county.seen_all()
        await county.pass_time(timedelta(minutes=10), hours=2)
        assert county.unseen() == {}


async def test_an_assignment_ends_with_a_confirmed_tap_and_stays_in_the_record(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.say(STATION, "/chain 上坞")
        await county.press(STATION, "加一位")
        await county.press(STATION, "郑分管")
        await county.press(STATION, "跳过")
        await county.press(STATION, "提交")
        await county.say(STATION, "/chain 上坞")
        await county.press(STATION, "撤下 郑分管")
        await county.press(STATION, "确认撤下")
        assert "郑分管不再包石梁镇·上坞村" in county.last(STATION)
        assert await county.run(lambda work: work.rows.chain.of_places([VILLAGE])) == []
        assert await acts(county, "assignment:1") == ["chain.ended"]
        county.seen_all()


async def test_nobody_without_the_right_takes_anybody_off(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        shift = await planned(county, 5 * HOUR, 8, LEADER, DAY_OFFICER)
        number = county.ids[DAY_OFFICER.user_id]
        await county.say(HEAD, "/me")
        await county.say(GRID, "/me")
        for who in (HEAD, GRID):
            assert (await county.forge(who, f"as:sy:{number}:{shift.id}")).alert
            await county.forge(who, f"as:of:{number}")
            assert "没有包保，往后也没有排班。" in county.last(who)
        assert (await county.run(lambda work: work.rows.duty.get(shift.id))).members == shift.members
        county.seen_all()
