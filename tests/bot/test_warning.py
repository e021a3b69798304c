"""A warning from the folder to the last silent person, on the whole bot."""

from datetime import timedelta

import pytest

from sandbox.errors import WorldError
from services.ports import Group
from tests.support.county import (
    CADRE,
    COUNTY,
    DUTY,
    ELSEWHERE,
    FAR_HEAD,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR,
    NEIGHBOUR_HEAD,
    OFFICER,
    PATROLLER,
    STATION,
    STRANGER,
    TOWNSHIP,
    VILLAGE,
    WATER,
    County,
    Someone,
)

IN_THE_VILLAGE = (CADRE, HEAD, OFFICER, GRID, PATROLLER)
ASKED_AT_ORANGE = (DUTY, LEADER, STATION, *IN_THE_VILLAGE)


async def everybody_answers(county: County, *people: Someone) -> None:
    for person in people:
        await county.press(person, "收到")


# -- where it goes ----------------------------------------------------------------------------------------------


async def test_a_warning_reaches_exactly_the_groups_of_its_places(county: County) -> None:
    await county.warn(colour="橙色", places=[VILLAGE])
    for group in (county.county_group, county.township_group, county.village_group):
        assert len(county.new(group)) == 1
    for group in (county.neighbour_group, county.far_group, county.far_village_group):
        assert county.new(group) == []
    county.seen_all()


async def test_a_warning_for_the_whole_county_reaches_every_group(county: County) -> None:
    await county.warn(places=[COUNTY])
    posts = [county.new(group) for group in (county.county_group, county.far_village_group, county.neighbour_group)]
    assert [len(post) for post in posts] == [1, 1, 1]
    assert "范围：松阳县，共2个乡镇" in posts[0][0]
    county.seen_all()


async def test_the_post_has_the_eight_elements_and_the_words_as_issued(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE], text="3小时100毫米以上。<b>快转移</b>", instruction="一、转移。")
    post = county.last(county.village_group)
    for part in ("🔴", "暴雨红色预警", "2026-001", "松阳县气象台", "6月20日 08:00", "6月20日 20:00", "上坞村"):
        assert part in post
    assert "3小时100毫米以上。<b>快转移</b>" in post
    assert "一、转移。" in post
    county.seen_all()


async def test_who_has_no_duty_there_is_not_asked(county: County) -> None:
    await county.warn(places=[VILLAGE])
    assert [county.new(one) for one in (WATER, NEIGHBOUR_HEAD, FAR_HEAD)] == [[], [], []]
    assert [len(county.new(one)) for one in ASKED_AT_ORANGE] == [1] * 8
    county.seen_all()


async def test_orange_is_pinned_and_blue_comes_without_a_sound(county: County) -> None:
    await county.warn(colour="橙色", places=[VILLAGE])
    assert len([c for c in county.world.ledger if c.method == "pinChatMessage"]) == 3
    await county.warn(colour="蓝色", kind="大风", places=[ELSEWHERE])
    assert county.messages(county.far_group)[-1].silent
    county.seen_all()


# -- answers ----------------------------------------------------------------------------------------------------


async def test_one_person_with_three_posts_is_asked_once_and_counts_once(county: County) -> None:
    await county.warn(places=[VILLAGE])
    assert len(county.new(OFFICER)) == 1
    pressed = await county.press(OFFICER, "收到")
    assert pressed.text == "已记录 08:00，陈应急。"
    assert "已应答 08:00" in county.last(OFFICER)
    await county.pass_time(seconds=30)
    assert "应答 1/5" in county.last(county.village_group)
    assert "应答 1/7　未齐：上坞村 1/5" in county.last(county.township_group)
    county.seen_all()


@pytest.mark.parametrize("words", ["收到", "1", "收到，马上去", "好的", "１"])
async def test_a_word_in_the_private_chat_counts_as_an_answer(county: County, words: str) -> None:
    await county.warn(places=[VILLAGE])
    await county.say(GRID, words)
    assert county.last(GRID) == "已记录 08:00：2026-001号预警。"
    await county.pass_time(seconds=30)
    assert "应答 1/5" in county.last(county.village_group)
    county.seen_all()


@pytest.mark.parametrize("words", ["没收到", "收到了吗", "今天吃什么"])
async def test_talk_is_no_answer(county: County, words: str) -> None:
    await county.warn(places=[VILLAGE])
    before = county.texts(county.village_group)
    await county.say(GRID, words, county.village_group)
    await county.pass_time(seconds=30)
    assert county.texts(county.village_group) == before
    county.seen_all()


async def test_a_word_in_the_group_counts_silently(county: County) -> None:
    await county.warn(places=[VILLAGE])
    said = len(county.texts(county.village_group))
    await county.say(GRID, "收到", county.village_group)
    await county.pass_time(seconds=30)
    assert len(county.texts(county.village_group)) == said
    assert "应答 1/5" in county.last(county.village_group)
    assert [c.method for c in county.world.ledger].count("setMessageReaction") == 1
    county.seen_all()


async def test_the_link_answers_when_the_button_does_not(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.open_link(GRID, "a_1")
    assert county.last(GRID) == "已记录 08:00，王大爷。"
    county.seen_all()


async def test_the_first_answer_stands(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.press(GRID, "收到")
    await county.pass_time(minutes=2)
    pressed = await county.press(GRID, "收到", county.village_group)
    assert pressed.text == "您 08:00 已经应答过了，不用再按。"
    county.seen_all()


async def test_a_late_answer_counts_and_is_marked(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.pass_time(minutes=11)
    pressed = await county.press(GRID, "收到", county.village_group)
    assert pressed.text == "已记录 08:11。超过了要求的时间，照样算数。"
    county.seen_all()


async def test_one_answer_never_closes_another_persons(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await everybody_answers(county, HEAD, OFFICER, CADRE, PATROLLER)
    await county.pass_time(minutes=11)
    assert "还没有收到您的应答" in county.last(GRID)
    assert "还没有收到您的应答" not in county.last(HEAD)
    county.seen_all()


# -- the ladder -------------------------------------------------------------------------------------------------


async def test_who_is_silent_climbs_his_own_ladder_to_the_top(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await everybody_answers(county, *[one for one in ASKED_AT_ORANGE if one is not GRID])
    county.seen_all()
    await county.pass_time(minutes=3)
    assert county.new(GRID)[0].startswith("还没有收到您的应答")
    await county.pass_time(minutes=3)
    assert "1. 石梁镇·上坞村 王大爷 13800000008（已送到，没有回音）" in county.last(HEAD)
    await county.pass_time(minutes=1)
    assert "您包的村" in county.last(CADRE)
    await county.pass_time(minutes=1)
    assert "请逐个打电话" in county.last(STATION)
    await county.pass_time(minutes=7)
    assert "请县里协调" in county.last(DUTY)
    county.seen_all()


async def test_several_silent_persons_are_one_message_to_the_one_above(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await everybody_answers(county, DUTY, LEADER, STATION, CADRE, HEAD)
    county.seen_all()
    await county.pass_time(minutes=6)
    assert len(county.new(HEAD)) == 1
    assert "3 人未应答" in county.last(HEAD)
    county.seen_all()


async def test_a_helper_records_that_he_phoned(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await everybody_answers(county, *[one for one in ASKED_AT_ORANGE if one is not GRID])
    await county.pass_time(minutes=6)
    pressed = await county.press(HEAD, "上门")
    assert pressed.text == "已登记：王大爷，上门叫到，08:06。"
    assert "1. 石梁镇·上坞村 王大爷 13800000008 ✅ 08:06 敲门" in county.last(HEAD)
    await county.pass_time(seconds=30)
    assert "应答 5/5" in county.last(county.village_group)
    county.seen_all()


async def test_who_does_not_get_through_leaves_the_ladder_running(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await everybody_answers(county, *[one for one in ASKED_AT_ORANGE if one is not GRID])
    await county.pass_time(minutes=6)
    pressed = await county.press(HEAD, "空号")
    assert pressed.text == "已登记：王大爷，空号。后面会继续叫应。"
    await county.pass_time(minutes=2)
    assert "王大爷" in county.last(STATION)
    county.seen_all()


async def test_who_cannot_be_written_to_is_handed_up_at_once(county: County) -> None:
    county.world.block_bot(GRID.user_id)
    await county.warn(colour="红色", places=[VILLAGE])
    await everybody_answers(county, DUTY, LEADER, STATION, CADRE, HEAD, OFFICER, PATROLLER)
    county.seen_all()
    await county.pass_time(minutes=6)
    assert "王大爷 13800000008（私聊已关闭，请打电话）" in county.last(HEAD)
    county.seen_all()


async def test_the_bots_own_deafness_is_nobodys_fault(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    county.bot.hearing.failed()
    county.clock.advance(timedelta(minutes=20))
    county.bot.hearing.heard()
    await county.bot.beat()
    await county.settle()
    assert county.new(GRID)[0].startswith("刚才线路中断过")
    await county.pass_time(minutes=9)
    assert not [text for text in county.new(HEAD) if "未应答" in text]
    pressed = await county.press(GRID, "收到")
    assert pressed.text == "已记录 08:29，王大爷。"
    county.seen_all()


async def test_a_short_silence_of_telegram_asks_nobody_again(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    county.bot.hearing.failed()
    county.clock.advance(timedelta(seconds=100))
    county.bot.hearing.heard()
    await county.bot.beat()
    await county.settle()
    assert county.new(GRID) == []


# -- who sees what ----------------------------------------------------------------------------------------------


async def test_a_leader_sees_privately_who_is_missing_and_why(county: County) -> None:
    county.world.block_bot(PATROLLER.user_id)
    await county.warn(places=[VILLAGE])
    await everybody_answers(county, HEAD, OFFICER)
    pressed = await county.press(STATION, "谁还没应答", county.township_group)
    assert pressed.text == "名单已发到您的私聊。"
    said = county.last(STATION)
    assert "应答 2/7，未应答" in said
    assert "王大爷 13800000008（已送到，没有回音）" in said
    assert "山塘老徐 13800000009（私聊已关闭，请打电话）" in said
    assert "周值班" not in said
    county.seen_all()


async def test_a_grid_member_does_not_get_the_list(county: County) -> None:
    await county.warn(places=[VILLAGE])
    pressed = await county.press(GRID, "谁还没应答", county.village_group)
    assert pressed.alert
    assert "不在您名册登记的职责之内" in (pressed.text or "")
    county.seen_all()


async def test_no_phone_number_ever_reaches_a_group(county: County) -> None:
    await county.warn(colour="红色", places=[COUNTY])
    await county.pass_time(minutes=16)
    groups = (county.county_group, county.township_group, county.village_group, county.far_group)
    assert not [text for group in groups for text in county.texts(group) if "1380" in text]
    county.seen_all()


# -- its life ---------------------------------------------------------------------------------------------------


async def test_the_same_file_twice_is_one_warning(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    body = (county.folder / "done" / "warning-1.xml").read_bytes()
    await county.drop("again.xml", body)
    assert county.unseen() == {}


async def test_raised_is_a_new_post_and_everybody_is_asked_anew(county: County) -> None:
    first = county.clock.now()
    identifier = await county.warn(colour="橙色", places=[TOWNSHIP])
    await everybody_answers(county, GRID)
    county.seen_all()
    county.clock.advance(timedelta(minutes=5))
    await county.warn(colour="红色", places=[TOWNSHIP], follows=(identifier, first))
    assert "【升级】" in county.new(county.village_group)[-1]
    assert "暴雨红色预警" in county.new(GRID)[-1]
    pressed = await county.press(HEAD, "收到")
    assert pressed.text == "已记录 08:05，李书记。"
    county.seen_all()


async def test_lowered_answers_the_first_post_and_spares_who_has_answered(county: County) -> None:
    first = county.clock.now()
    identifier = await county.warn(colour="红色", places=[TOWNSHIP])
    await everybody_answers(county, GRID)
    county.seen_all()
    county.clock.advance(timedelta(minutes=5))
    await county.warn(colour="橙色", places=[TOWNSHIP], follows=(identifier, first))
    posts = county.messages(county.village_group)
    assert "【降级】" in posts[-1].text
    assert posts[-1].payload["reply_to_message"]["message_id"] == posts[-2].id
    assert ["红色预警降为橙色" in text for text in county.new(GRID)] == [True]
    pressed = await county.forge(GRID, "w:ack:2")
    assert pressed.text == "这条预警不需要您应答，谢谢。"
    assert len(county.new(HEAD)) == 1
    county.seen_all()


async def test_a_place_that_is_dropped_is_told_and_asked_no_more(county: County) -> None:
    first = county.clock.now()
    identifier = await county.warn(colour="橙色", places=[TOWNSHIP, ELSEWHERE])
    county.seen_all()
    county.clock.advance(timedelta(minutes=5))
    await county.warn(colour="红色", places=[TOWNSHIP], follows=(identifier, first))
    assert "本地已不在影响范围内" in county.last(county.far_group)
    county.seen_all()
    await county.pass_time(minutes=20)
    assert county.new(FAR_HEAD) == []
    county.seen_all()


async def test_lifted_is_told_to_everybody_who_was_told(county: County) -> None:
    first = county.clock.now()
    identifier = await county.warn(places=[VILLAGE])
    county.seen_all()
    county.clock.advance(timedelta(minutes=5))
    await county.warn(places=[VILLAGE], follows=(identifier, first), cancel=True)
    for group in (county.county_group, county.township_group, county.village_group):
        assert "预警已解除" in county.new(group)[-1]
    pressed = await county.press(GRID, "收到")
    assert pressed.text == "这条预警已经更新或解除，不用再应答。请看最新的一条。"
    assert "预警已解除" in county.last(HEAD)
    await county.pass_time(minutes=30)
    assert county.new(HEAD) == []
    county.seen_all()


async def test_an_expired_warning_stops_asking(county: County) -> None:
    await county.warn(places=[VILLAGE], hours=0.1)
    county.seen_all()
    await county.pass_time(minutes=8)
    assert county.new(GRID) == []
    assert "本预警已到期" in county.last(county.village_group)
    county.seen_all()


async def test_a_notice_without_a_colour_waits_for_the_duty_officer(county: County) -> None:
    xml = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>x1</identifier><sender>a@b</sender>
    <sent>2026-06-20T08:00:00+08:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
    <info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Immediate</urgency>
    <severity>Unknown</severity><certainty>Likely</certainty><expires>2026-06-20T12:00:00+08:00</expires>
    <senderName>县气象台</senderName><headline>县气象台发布暴雨预警</headline><description>有雨</description>
    <area><areaDesc>石梁镇</areaDesc><geocode><valueName>c</valueName><value>331124001</value></geocode></area>
    </info></alert>"""
    await county.drop("nocolour.xml", xml)
    assert "来文没有写明颜色" in county.new(DUTY)[-1]
    assert county.unseen() == {}
    await county.press(DUTY, "黄色")
    assert county.last(DUTY) != ""
    assert "暴雨黄色预警" in county.last(county.township_group)
    pressed = await county.forge(DUTY, "w:release:1:red")
    assert pressed.text == "这条已经有人处理过了，没有再改动。"
    county.seen_all()


async def test_only_the_duty_desk_releases_a_held_notice(county: County) -> None:
    await county.warn(places=[VILLAGE])
    pressed = await county.forge(GRID, "w:release:1")
    assert pressed.alert
    county.seen_all()


async def test_an_exercise_does_not_go_out_by_itself(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    body = (county.folder / "done" / "warning-1.xml").read_text("utf-8")
    body = body.replace("<status>Actual", "<status>Exercise").replace("_20260620080000", "_20260620090000")
    await county.drop("exercise.xml", body)
    assert county.unseen() == {}


async def test_a_broken_file_is_refused_with_its_reason_beside_it(county: County) -> None:
    await county.drop("broken.xml", "<alert><info></alert>")
    assert (county.folder / "refused" / "broken.xml").exists()
    reasons = list((county.folder / "refused").glob("*.reason.txt"))
    assert "不是完整的 XML" in reasons[0].read_text("utf-8")
    assert county.unseen() == {}


# -- bad input --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    ["w:ack:999", "w:ack:x", "w:ack", "w:", "w:nonsense:1", "w:rec:1:8:p", "w:rec:1:999:p", "w:lift:1", "w:refuse:1",
     "f:1:c:yes", "zz:1", "w:for:1:8", "w:release:1:purple", "d:resume", "w:missing:-1"],
)  # fmt: skip
async def test_a_forged_press_changes_nothing_and_is_answered(county: County, data: str) -> None:
    await county.warn(places=[VILLAGE])
    before = await county.run(lambda work: work.rows.obligations.of_subject("warning:1"))
    pressed = await county.forge(PATROLLER, data)
    assert pressed.answered
    assert await county.run(lambda work: work.rows.obligations.of_subject("warning:1")) == before
    county.seen_all()


async def test_a_stranger_presses_and_is_told_why_nothing_happens(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.world.add_member(county.village_group, STRANGER.user_id)
    pressed = await county.press(STRANGER, "收到", county.village_group)
    assert pressed.alert
    assert "还没有和责任人名册对上" in (pressed.text or "")
    county.seen_all()


async def test_an_anonymous_administrator_is_asked_to_show_who_he_is(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.world.promote(county.village_group, HEAD.user_id)
    post = county.messages(county.village_group)[-1].id
    await county.say(HEAD, "收到", county.village_group, as_anonymous_admin=True, reply_to=post)
    assert "匿名" in county.last(county.village_group)
    county.seen_all()


async def test_a_forwarded_word_is_nobodys_answer(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    await county.say(GRID, "收到", county.village_group, forward_from=HEAD.user_id)
    await county.pass_time(seconds=30)
    assert county.new(county.village_group) == []
    county.seen_all()


# -- composed by an officer -------------------------------------------------------------------------------------


async def compose(county: County, who: Someone, place: str) -> None:
    await county.say(who, "/warn")
    await county.press(who, "山洪")
    await county.press(who, "橙色")
    await county.press(who, place)
    await county.press(who, "填好了")
    await county.say(who, "上坞后山小流域水位快速上涨，请立即转移。")
    await county.say(who, "危险区人员马上转移到村礼堂。")
    await county.say(who, "今天18:00")


async def test_a_township_officer_composes_a_warning_with_a_preview(county: County) -> None:
    await compose(county, STATION, "上坞村")
    preview = county.last(STATION)
    for part in ("灾种：山洪", "颜色：🟠 橙色", "范围：上坞村", "立即转移", "村礼堂", "6月20日 18:00"):
        assert part in preview
    assert county.new(county.village_group) == []
    await county.press(STATION, "确认提交")
    assert "石梁镇应急管理指挥室" in county.last(county.village_group)
    assert county.new(county.neighbour_group) == []
    assert "已发布，编号 2026-001。发到 3 个群" in county.last(STATION) + "".join(county.texts(STATION))
    county.seen_all()


async def test_a_township_officer_cannot_warn_another_township(county: County) -> None:
    await county.say(FAR_STATION, "/warn")
    await county.press(FAR_STATION, "山洪")
    await county.press(FAR_STATION, "橙色")
    shown = [b["text"] for row in county.messages(FAR_STATION.user_id)[-1].buttons for b in row]
    assert not [text for text in shown if "上坞" in text or "石梁" in text]
    county.seen_all()


async def test_a_village_head_cannot_issue_a_warning(county: County) -> None:
    await county.say(HEAD, "/warn")
    assert "不在您名册登记的职责之内" in county.last(HEAD)


async def test_who_composed_it_may_lift_it(county: County) -> None:
    await compose(county, STATION, "上坞村")
    await county.press(STATION, "确认提交")
    await county.say(STATION, "/warnings")
    await county.press(STATION, "解除预警")
    assert "预警已解除" in county.last(county.village_group)
    county.seen_all()


async def test_a_warning_in_the_middle_of_a_dialogue_comes_first_and_the_question_again(county: County) -> None:
    await county.say(STATION, "/warn")
    await county.press(STATION, "山洪")
    await county.warn(colour="红色", places=[VILLAGE])
    await county.press(STATION, "收到")
    assert "什么颜色" in county.last(STATION)
    assert "没有丢" in county.last(STATION)
    await county.press(STATION, "橙色")
    assert "影响哪些地方" in county.last(STATION)
    county.seen_all()


async def test_received_spelt_out_answers_the_warning_even_in_a_dialogue(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.say(STATION, "/warn")
    await county.say(STATION, "收到")
    assert "已记录" in "".join(county.texts(STATION))
    with pytest.raises(AssertionError):
        county.button(STATION.user_id, "nonexistent")
    county.seen_all()


async def test_a_group_that_moved_keeps_its_warnings(county: County) -> None:
    chat = county.world.add_group("老群", members=[HEAD.user_id, county.bot.bot.id], admins=[county.bot.bot.id],
                                  kind="group").id  # fmt: skip
    await county.settle()
    await county.run(lambda work: work.rows.groups.save(Group(chat, "老群", NEIGHBOUR, can_pin=True, is_admin=True)))
    moved = county.world.migrate(chat)
    await county.warn(places=[NEIGHBOUR])
    assert "暴雨橙色预警" in "".join(m.text for m in county.world.group(moved).messages.values())
    with pytest.raises(WorldError):
        await county.say(HEAD, "x", chat)
    county.seen_all()


async def test_a_group_that_threw_the_bot_out_is_told_to_the_desk(county: County) -> None:
    county.world.kick(county.village_group, county.bot.bot.id)
    county.bot.inbox  # noqa: B018 - the service message is on its way
    await county.warn(places=[VILLAGE])
    assert [text for text in county.texts(STATION) if "上坞村群" in text]
    county.seen_all()


async def test_a_bare_1_answers_the_warning_that_came_after_the_question(county: County) -> None:
    await county.say(STATION, "/warn")
    await county.pass_time(seconds=5)
    await county.warn(colour="红色", places=[VILLAGE])
    await county.say(STATION, "1")
    said = "".join(county.texts(STATION))
    assert "2026-001号预警" in said
    assert "哪一种灾害" in county.last(STATION)
    await county.say(STATION, "1")
    assert "什么颜色" in county.last(STATION)
    county.seen_all()
