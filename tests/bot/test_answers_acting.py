"""From "received" to "acting": one message that goes on, in buttons and in words, and the desk's list of those who
said 收到 and nothing more."""

import pytest

from domain.obligations import ObligationState
from domain.stage_two import Measure
from tests.support.county import CADRE, DUTY, GRID, HEAD, LEADER, OFFICER, PATROLLER, STATION, VILLAGE, County, Someone

EVERYBODY = (DUTY, LEADER, STATION, CADRE, HEAD, OFFICER, GRID, PATROLLER)


async def act_of(county: County, who: Someone, warning: int = 1) -> object:
    return await county.run(lambda w: w.rows.obligations.find(f"acting:{warning}", county.ids[who.user_id], "act"))


async def measures(county: County, who: Someone) -> list[tuple[Measure, str]]:
    found = await county.run(lambda w: w.rows.answers.measures_of(1, county.ids[who.user_id]))
    return [(one.measure, one.words) for one in found]


async def test_the_question_itself_goes_on_to_what_is_done(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.press(GRID, "收到")
    assert len(county.new(GRID)) == 1
    assert "请在 08:30 前报行动" in county.last(GRID)
    pressed = await county.press(GRID, "已到岗")
    assert pressed.text == "已记录 08:00，已到岗。"
    assert county.new(GRID) == []
    assert "✅ 已到岗 08:00" in county.last(GRID)
    await county.press(GRID, "已清点")
    assert await measures(county, GRID) == [(Measure.ARRIVED, ""), (Measure.COUNTED, "")]
    county.seen_all()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("已到岗", (Measure.ARRIVED, "")),
        ("到岗了，带了两个人", (Measure.ARRIVED, "带了两个人")),
        ("2", (Measure.COUNTED, "")),
        ("2 礼堂42人都在,广播放了方言", (Measure.COUNTED, "礼堂42人都在,广播放了方言")),
    ],
)
async def test_a_measure_may_be_typed(county: County, said: str, expected: tuple[Measure, str]) -> None:
    await county.warn(places=[VILLAGE])
    await county.press(OFFICER, "收到")
    await county.say(OFFICER, said)
    assert await measures(county, OFFICER) == [expected]
    assert county.last(OFFICER).startswith("已记录 08:00，")
    county.seen_all()


async def test_who_says_what_he_does_has_received(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.say(GRID, "已到岗")
    owed = await county.run(lambda w: w.rows.obligations.find("warning:1", county.ids[GRID.user_id], "acknowledge"))
    assert owed.state is ObligationState.ANSWERED
    assert await measures(county, GRID) == [(Measure.ARRIVED, "")]
    county.seen_all()


@pytest.mark.parametrize("said", ["还没到岗", "到岗了吗", "2,3", "2栋"])
async def test_other_talk_is_no_measure(county: County, said: str) -> None:
    await county.warn(places=[VILLAGE])
    await county.press(GRID, "收到")
    await county.say(GRID, said)
    assert await measures(county, GRID) == []
    county.seen_all()


async def test_who_answered_in_the_group_is_asked_privately_and_silently(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.say(GRID, "收到", county.village_group)
    assert len(county.new(GRID)) == 1  # the question that was there before
    assert "请在 08:30 前报行动" in county.last(GRID)
    assert "报行动" not in county.last(county.village_group)
    county.seen_all()


async def test_need_of_support_reaches_the_desk_at_once_with_the_words(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.press(OFFICER, "收到")
    county.seen_all()
    await county.say(OFFICER, "3 缺两台抽水泵")
    assert county.new(STATION) == [
        "🆘 石梁镇·上坞村 陈应急请求支援，电话 13800000007。他说：缺两台抽水泵。请马上联系。"
    ]
    county.seen_all()


async def test_who_does_nothing_is_reminded_once_and_then_told_to_the_desk(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    for one in EVERYBODY:
        await county.press(one, "收到")
    for one in EVERYBODY:
        if one is not GRID:
            await county.press(one, "已到岗")
    county.seen_all()
    await county.pass_time(minutes=15)
    assert county.new(GRID) == [
        "暴雨红色预警 2026-001：您已收到，还没有报行动。请按按钮，或回复：1 已到岗　2 已清点　3 需支援。"
    ]
    county.seen_all()
    await county.pass_time(minutes=10)
    assert "1 人没有报行动" in county.last(STATION)
    await county.press(STATION, "1 已到岗")
    assert "✅ 08:25 电话" in county.last(STATION)
    assert await measures(county, GRID) == [(Measure.ARRIVED, "")]
    county.seen_all()


async def test_it_is_counted_from_the_warning_but_nobody_is_late_at_once(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await county.pass_time(minutes=14)
    await county.press(GRID, "收到", county.village_group)
    assert "请在 08:19 前报行动" in [text for text in county.texts(GRID) if "已应答" in text][-1]
    county.seen_all()


async def test_yellow_asks_for_receipt_only(county: County) -> None:
    await county.warn(colour="黄色", places=[VILLAGE])
    await county.press(HEAD, "收到")
    assert "报行动" not in county.last(HEAD)
    assert await act_of(county, HEAD) is None
    county.seen_all()


async def test_a_lifted_warning_asks_for_no_measure_any_more(county: County) -> None:
    first = county.clock.now()
    identifier = await county.warn(colour="红色", places=[VILLAGE])
    await county.press(GRID, "收到")
    await county.warn(places=[VILLAGE], follows=(identifier, first), cancel=True)
    county.seen_all()
    await county.pass_time(minutes=30)
    assert county.new(GRID) == []
    await county.say(GRID, "已到岗")
    assert await measures(county, GRID) == []
    county.seen_all()


async def test_a_second_1_to_be_sure_puts_nobody_on_post(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.say(GRID, "1")
    await county.say(GRID, "1")
    assert await measures(county, GRID) == []
    assert county.last(GRID) == "“收到”08:00 已经记下了。人到岗了请回“已到岗”，或按上面的按钮。"
    await county.pass_time(minutes=3)
    await county.say(GRID, "1")
    assert await measures(county, GRID) == [(Measure.ARRIVED, "")]
    county.seen_all()
