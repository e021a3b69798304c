"""The spot check on the whole bot: drawn or named, asked, answered, judged by a human, explained, revised."""

from domain.checks import Result, Topic
from tests.support.checks import VILLAGE_PEOPLE, named, overview, verdicts
from tests.support.county import (
    GRID,
    HEAD,
    NEIGHBOUR_HEAD,
    OFFICER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
)


async def test_a_draw_by_dialogue_shows_the_question_asks_and_reports_in_one_message(county: County) -> None:
    await county.say(STATION, "/check")
    assert "没有事先通知" in county.last(STATION)
    await county.press(STATION, "随机抽")
    await county.press(STATION, "上坞村")
    await county.press(STATION, "不限")
    assert "可抽 4 位。" in county.last(STATION)
    await county.say(STATION, "2")
    await county.press(STATION, "装备到位完好")  # 轮换 is the first button, and would be 人员到岗履职
    review = county.last(STATION)
    assert "会这样问：“村里这五样哪样不能用？" in review
    assert "10 分钟内答复" in review
    for who in VILLAGE_PEOPLE:
        assert county.new(who) == []  # nobody hears of it beforehand
    await county.press(STATION, "确认提交")
    seen = county.new(STATION)
    assert "抽查 2026-001　装备到位完好" in seen[-1]
    assert "应答 0/2" in seen[-1]
    asked = [who for who in VILLAGE_PEOPLE if county.new(who)]
    assert len(asked) == 2
    assert NEIGHBOUR_HEAD not in asked
    assert "【抽查】吴站长请您回答" in county.last(asked[0])
    assert len(county.last(asked[0])) < 120
    await county.say(asked[0], "都好")
    assert "已记下 08:00，谢谢" in county.last(asked[0])
    assert "✅ 抽查答复已记下 08:00" in county.texts(asked[0])[-2]
    await county.press(asked[1], "0 都好")
    assert "✅ 抽查答复已记下" in county.last(asked[1])
    await county.pass_time(seconds=5)
    assert county.new(STATION) == []  # the overview is edited, nobody gets a message for each answer
    assert "应答 2/2" in overview(county, STATION)


async def test_from_the_question_to_a_result_revised_after_an_explanation(county: County) -> None:
    check = await named(county, STATION, HEAD, Topic.HAZARDS)
    await county.say(HEAD, "还有2处，最急的是后山")
    county.seen_all()
    await county.press(STATION, "看答复并判定：李书记")
    card = county.last(STATION)
    assert "08:00 答：还有2处，最急的是后山" in card
    assert "台账：没有未销号的隐患。" in card  # the bot's own record, beside the answer
    assert "请判定：" in card
    await county.press(STATION, "在岗但不熟悉职责")
    await county.press(STATION, "填好了")  # 职责表述不清晰 is ticked already
    assert "职责表述不清晰" in county.last(STATION)
    await county.press(STATION, "确认提交")
    assert "已判定李书记：在岗但不熟悉职责。只发给了他本人。" in county.last(STATION)
    told = county.new(HEAD)
    assert len(told) == 1
    assert "您在岗，自己的职责请再熟悉一下。" in told[0]
    assert "只告诉您本人" in told[0]
    await county.press(HEAD, "我要说明")
    await county.say(HEAD, "当时在后山，信号不好，没写全")
    await county.press(HEAD, "确认提交")
    assert "吴站长会看到" in county.last(HEAD)
    card = county.last(STATION)
    assert "本人说明：当时在后山，信号不好，没写全" in card
    await county.press(STATION, "改判")
    pressed = await county.press(STATION, "在岗")
    assert pressed.text == "已判定李书记：在岗。只发给了他本人。"
    assert "第 2 次判定" in county.last(STATION)
    assert "重新看过，结果有更正" in county.last(HEAD)
    versions = await verdicts(county, check)
    assert [(v.version, v.result, v.by) for v in versions] == [
        (1, Result.UNFAMILIAR, county.ids[STATION.user_id]),
        (2, Result.ON_POST, county.ids[STATION.user_id]),
    ]
    for group in (county.county_group, county.township_group, county.village_group):
        assert county.new(group) == []  # nothing of it ever reaches a group by itself


async def test_an_explanation_that_changes_nothing_is_answered_too(county: County) -> None:
    check = await named(county, STATION, HEAD, Topic.RISKS)
    await county.pass_time(minutes=21)
    await county.press(STATION, "无人接听")
    await county.press(STATION, "未应答")
    await county.press(STATION, "填好了")
    await county.press(STATION, "确认提交")
    county.seen_all()
    await county.press(HEAD, "我要说明")
    await county.say(HEAD, "手机没电")
    await county.press(HEAD, "确认提交")
    await county.press(STATION, "维持原判")
    assert "您的说明吴站长看过了，结果不变" in county.last(HEAD)
    assert [(v.version, v.result, v.upheld) for v in await verdicts(county, check)] == [
        (1, Result.SILENT, False),
        (2, Result.SILENT, True),
    ]
    county.seen_all()


async def test_a_second_message_asks_again_and_a_late_answer_counts_and_is_marked(county: County) -> None:
    await named(county, STATION, GRID, Topic.PATROL)
    assert len(county.new(GRID)) == 1
    await county.pass_time(minutes=10)
    assert ["第二次问" in text for text in county.new(GRID)] == [True]
    await county.pass_time(minutes=1)
    await county.say(GRID, "后山，裂缝没变")
    assert "超过了时间，照样算数" in county.last(GRID)
    assert "已答，迟到 08:11" in overview(county, STATION)
    await county.pass_time(minutes=15)
    assert not [text for text in county.new(STATION) if "请打电话" in text]
    await county.press(STATION, "看答复并判定")
    assert "08:11 答（超时）：后山，裂缝没变" in county.last(STATION)
    assert "没有他的巡查打卡" in county.last(STATION)


async def test_the_first_answer_stays_and_what_follows_is_kept_beside_it(county: County) -> None:
    check = await named(county, STATION, OFFICER, Topic.EQUIPMENT)
    await county.say(OFFICER, "2")
    await county.say(OFFICER, "其实发电机只是没油")
    assert "补充已记下" in county.last(OFFICER)
    await county.photo(OFFICER, data=b"\xff\xd8\xff a picture")
    await county.forge(OFFICER, f"c:a:{check.id}:fine")
    entries = await county.run(lambda work: work.rows.checks.entries(check.id))
    assert [(e.kind, e.text, e.codes) for e in entries] == [
        ("answer", "2", ("power",)),
        ("supplement", "其实发电机只是没油", ()),
        ("supplement", "", ()),
        ("supplement", "", ("fine",)),
    ]
    county.seen_all()
    await county.press(STATION, "看答复并判定")
    card = county.last(STATION)
    assert "答：选了发电机。" in card
    assert "补充：[照片]" in card
    assert "陈应急 08:00 发来的。" in county.texts(STATION)[-2]
    county.seen_all()


async def test_a_button_pressed_twice_is_one_answer(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PRESENCE)
    await county.press(GRID, "1 在岗")
    pressed = await county.forge(GRID, f"c:a:{check.id}:here")
    assert "已经回过了" in pressed.text
    assert len(await county.run(lambda work: work.rows.checks.entries(check.id))) == 1
    county.seen_all()


async def test_a_choice_that_wants_a_word_more_is_asked_for_it(county: County) -> None:
    await named(county, STATION, GRID, Topic.PRESENCE)
    await county.press(GRID, "3 请假，有人顶岗")
    assert "由谁顶岗" in county.last(GRID)
    await county.say(GRID, "由村里老徐顶岗")
    assert "补充已记下" in county.last(GRID)
    county.seen_all()


async def test_a_bare_acknowledgement_is_no_answer_to_a_question_of_substance(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PATROL)
    await county.say(GRID, "收到")
    assert "还请回答这个问题" in county.last(GRID)
    assert "今天巡查到了哪个点" in county.last(GRID)
    assert await county.run(lambda work: work.rows.checks.entries(check.id)) == []
    county.seen_all()


async def test_a_warning_is_acknowledged_first_and_the_question_stays_open(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PATROL)
    await county.warn(places=[VILLAGE])
    await county.say(GRID, "收到")
    assert "号预警" in county.last(GRID)
    await county.say(GRID, "后山，没有变化")
    assert "已记下" in county.last(GRID)
    entries = await county.run(lambda work: work.rows.checks.entries(check.id))
    assert [(e.kind, e.text) for e in entries] == [("answer", "后山，没有变化")]
    county.seen_all()


async def test_an_open_dialogue_goes_first_unless_the_question_itself_is_replied_to(county: County) -> None:
    check = await named(county, STATION, HEAD, Topic.HAZARDS)
    question = county.messages(HEAD.user_id)[-1].id
    await county.say(HEAD, "/leave")
    before = len(county.texts(HEAD))
    await county.say(HEAD, "两处，最急的是后山")
    assert await county.run(lambda work: work.rows.checks.entries(check.id)) == []
    assert len(county.texts(HEAD)) > before
    await county.say(HEAD, "两处，最急的是后山", reply_to=question)
    entries = await county.run(lambda work: work.rows.checks.entries(check.id))
    assert [(e.kind, e.text) for e in entries] == [("answer", "两处，最急的是后山")]
    county.seen_all()


async def test_a_position_is_compared_with_the_post_and_only_marked(county: County) -> None:
    check = await named(county, STATION, HEAD, Topic.PRESENCE)
    await county.location(HEAD, 28.60, 119.30)
    entry = (await county.run(lambda work: work.rows.checks.entries(check.id)))[0]
    assert (entry.kind, entry.late, entry.vouched) == ("answer", False, False)
    assert 20_000 < entry.metres < 30_000
    county.seen_all()
    await county.press(STATION, "看答复并判定")
    assert "公里，不是实时位置，不能当在场依据" in county.last(STATION)


async def test_the_last_warning_stands_beside_the_answer_as_it_was_then(county: County) -> None:
    await county.warn(colour="黄色", places=[TOWNSHIP])
    await county.press(HEAD, "收到")
    await county.pass_time(minutes=5)
    county.seen_all()
    await named(county, STATION, HEAD, Topic.WARNINGS)
    await county.say(HEAD, "黄色，8点10分，都传到了")
    await county.warn(colour="橙色", kind="台风", places=[TOWNSHIP])
    county.seen_all()
    await county.press(STATION, "看答复并判定")
    card = county.last(STATION)
    assert "暴雨黄色" in card
    assert "他应答这条预警：6月20日 08:00。" in card
    assert "台风" not in card
