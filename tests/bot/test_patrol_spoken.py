"""A check-in by voice on the whole bot: kept, heard by somebody of the village, answered with one digit."""

from datetime import timedelta

from domain.obligations import Channel, ObligationState
from domain.patrols import TaskState
from tests.bot.test_patrol_rounds import begin, point, states, tasks
from tests.support.county import CADRE, DUTY, GRID, HEAD, OFFICER, STATION, County, Someone

SOUND = b"OggS" + b"\0" * 64


async def speak(county: County, who: Someone, seconds: int = 8) -> None:
    await county.world.send_voice(who.user_id, who.user_id, SOUND, duration=seconds)
    await county.settle()


async def test_the_officer_listens_and_one_digit_settles_it(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county)
    county.seen_all()
    await speak(county, GRID)
    assert f"语音收到（8秒）。{OFFICER.name}听过就告诉您" in county.last(GRID)
    (task,) = await tasks(county)
    owed = await county.run(lambda work: work.rows.obligations.find(task.subject, county.ids[GRID.user_id], "check_in"))
    assert (owed.state, owed.channel) == (ObligationState.ANSWERED, Channel.VOICE)  # he has reported
    assert await states(county) == [TaskState.OPEN]  # what he found is not known before somebody has heard it
    asked = county.messages(OFFICER.user_id)[-2:]
    assert [one.payload.get("voice") is not None for one in asked] == [True, False]
    assert "岭头山塘 事中巡查" in asked[1].text
    await county.say(OFFICER, "1")
    assert "正常，已告诉他" in county.last(OFFICER)
    assert f"您的语音，{OFFICER.name}听过了：岭头山塘 正常" in county.last(GRID)
    assert await states(county) == [TaskState.NORMAL]
    (said,) = await county.run(lambda work: work.rows.patrols.check_ins_of(task.id))
    assert (said.recorded_by, said.person_id, said.filled_in) == (
        county.ids[OFFICER.user_id],
        county.ids[GRID.user_id],
        False,
    )
    county.seen_all()


async def test_one_voice_stands_for_all_points_of_the_message(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await point(county, 2, "上坞后山", GRID)
    await begin(county)
    await speak(county, GRID)
    assert "等 2 处" in county.last(OFFICER)
    await county.press(OFFICER, "1 一切正常")
    assert await states(county) == [TaskState.NORMAL] * 2
    assert "2 处都正常" in county.last(OFFICER)
    county.seen_all()


async def test_zero_leads_the_officer_on_to_the_hazard(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county)
    await speak(county, GRID)
    await county.press(OFFICER, "0 有问题")
    assert await states(county) == [TaskState.ABNORMAL]
    assert "有异常" in county.last(GRID)
    assert "什么情况" in county.last(OFFICER) or "是哪一" in county.last(OFFICER)
    await county.say(HEAD, "/me")
    assert (await county.forge(HEAD, "p:heard:1:1")).alert  # settled already
    county.seen_all()


async def test_a_voice_nobody_hears_climbs_to_the_township(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county)
    await speak(county, GRID)
    county.seen_all()
    await county.restart()
    await county.pass_time(step=timedelta(minutes=5), minutes=25)
    assert any("还没有听" in text for text in county.new(OFFICER))
    assert any("没有人听" in text for who in (STATION, DUTY, CADRE) for text in county.new(who))
    assert not [text for text in county.new(GRID) if "还没有收到" in text]
    assert (await county.forge(GRID, "p:heard:1:1")).alert  # nobody confirms himself
    assert await states(county) == [TaskState.OPEN]
    county.seen_all()
