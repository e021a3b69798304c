"""After the end: one report to the county's desk, its own part to each township's; every figure is counted again."""

from datetime import timedelta

from tests.support.county import (
    CADRE,
    COUNTY,
    DUTY,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    OFFICER,
    PATROLLER,
    STATION,
    VILLAGE,
    County,
    Someone,
)


def reports(county: County, who: Someone) -> list[str]:
    return [text for text in county.texts(who) if "叫应小结" in text]


async def lift(county: County, identifier: str, first: object) -> None:
    await county.warn(colour="红色", places=[VILLAGE], follows=(identifier, first), cancel=True)


async def test_the_desks_get_one_report_within_half_an_hour(county: County) -> None:
    first = county.clock.now()
    identifier = await county.warn(colour="红色", places=[VILLAGE])
    for one in (DUTY, LEADER, STATION, CADRE, HEAD):
        await county.press(one, "收到")
    await county.press(HEAD, "已到岗")
    await county.say(OFFICER, "32/35 大喇叭 敲门")
    await county.pass_time(minutes=6)
    await county.press(OFFICER, "收到", county.village_group)
    await county.press(HEAD, "2 接通")
    await lift(county, identifier, first)
    assert reports(county, DUTY) == []
    await county.pass_time(minutes=11)
    (whole,) = reports(county, DUTY)
    assert "叫应小结：松阳县" in whole
    assert "发到群 3/3" in whole
    assert "要求应答 8 人：按时 5，迟答 2，未应答 1，消息没送到 0，免责 0；代录 1" in whole
    assert "应答率 7/8 = 88%" in whole
    assert "报行动 1/7" in whole
    assert "乡镇首次回复 0/1" in whole
    assert "到户 32/35（报了 1/1 村，没报的不算 0）" in whole
    (part,) = reports(county, STATION)
    assert "叫应小结：石梁镇" in part
    assert "要求应答 7 人" in part
    assert "（已送到，没有回音）" in part
    await county.pass_time(minutes=20)
    assert (len(reports(county, DUTY)), len(reports(county, STATION))) == (1, 1)
    county.seen_all()


async def test_a_township_gets_its_own_part_only(county: County) -> None:
    await county.warn(colour="橙色", places=[COUNTY], hours=0.2)
    await county.press(GRID, "收到")
    await county.pass_time(minutes=25)
    (part,) = reports(county, FAR_STATION)
    assert "叫应小结：云坑乡" in part
    assert "已到期" in part
    assert "上坞村" not in part
    county.seen_all()


async def test_whom_nothing_reached_is_not_called_silent(county: County) -> None:
    county.world.block_bot(PATROLLER.user_id)
    await county.warn(colour="橙色", places=[VILLAGE], hours=0.1)
    await county.pass_time(minutes=20)
    (part,) = reports(county, STATION)
    assert "消息没送到 1" in part
    assert "山塘老徐（私聊已关闭，请打电话）" in part
    county.seen_all()


async def test_the_bots_own_deafness_stands_in_the_report(county: County) -> None:
    await county.warn(colour="橙色", places=[VILLAGE], hours=1)
    county.bot.hearing.failed()
    county.clock.advance(timedelta(minutes=20))
    county.bot.hearing.heard()
    await county.bot.beat()
    await county.settle()
    await county.pass_time(minutes=55)
    (whole,) = reports(county, DUTY)
    assert "机器人自己失聪 20分钟，这段时间不计" in whole
    county.seen_all()


async def test_a_replaced_version_is_a_line_in_the_report_of_the_last_one(county: County) -> None:
    first = county.clock.now()
    identifier = await county.warn(colour="橙色", places=[VILLAGE])
    await county.press(GRID, "收到")
    county.clock.advance(timedelta(minutes=5))
    await county.warn(colour="红色", places=[VILLAGE], hours=0.1, follows=(identifier, first))
    await county.pass_time(minutes=20)
    (whole,) = reports(county, DUTY)
    assert "🔴" in whole
    assert "此前 6月20日 08:00 橙色：应答 1/8" in whole
    county.seen_all()


async def test_a_report_is_made_after_a_restart_too_and_never_twice(county: County) -> None:
    await county.warn(colour="橙色", places=[VILLAGE], hours=0.1)
    await county.pass_time(minutes=8)
    await county.restart()
    await county.pass_time(minutes=12)
    await county.restart()
    await county.pass_time(minutes=12)
    assert len(reports(county, DUTY)) == 1
    county.seen_all()
