"""Two persons: what the county writes at orange and red waits for another hand; a wrong one is taken back by two."""

from domain.people import Post, Role
from tests.support.county import (
    COUNTY,
    DUTY,
    GRID,
    HEAD,
    LEADER,
    OFFICER,
    PATROLLER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    WATER,
    County,
    Someone,
    someone,
)

SECOND_DUTY = someone(101, "钱值班", (Role.COUNTY_DUTY, COUNTY))
CHIEF = someone(102, "孙县长", (Role.COUNTY_LEADER, COUNTY))
WATER_TWO = someone(103, "水利二号", Post(Role.DEPARTMENT, COUNTY, "水利"))
FOREST = someone(104, "林业员", Post(Role.DEPARTMENT, COUNTY, "林业"))


async def compose(county: County, who: Someone, colour: str = "橙色", place: str = "石梁镇") -> None:
    await county.say(who, "/warn")
    await county.press(who, "山洪")
    await county.press(who, colour)
    await county.press(who, place)
    await county.press(who, "填好了")
    await county.say(who, "小流域水位快速上涨，请立即转移。")
    await county.say(who, "危险区人员马上转移到村礼堂。")
    await county.say(who, "今天18:00")


async def issue(county: County, who: Someone, colour: str = "橙色", place: str = "石梁镇") -> None:
    await compose(county, who, colour, place)
    await county.press(who, "确认提交")


async def test_the_preview_says_how_far_it_reaches_and_that_a_second_person_is_needed(county: County) -> None:
    await county.join(CHIEF)
    await compose(county, DUTY)
    preview = county.last(DUTY)
    assert "将发到 4 个群，9 人要应答。" in preview
    assert "要第二个人同意后才发出" in preview
    county.seen_all()


async def test_the_countys_own_orange_waits_until_another_one_agrees(county: County) -> None:
    await county.join(CHIEF)
    await county.join(SECOND_DUTY)
    await issue(county, DUTY)
    assert "还没有发出，在等第二个人同意：孙县长、钱值班。" in county.last(DUTY)
    assert county.new(county.village_group) == []
    for officer in (CHIEF, SECOND_DUTY):
        asked = county.last(officer)
        assert "周值班写了2026-001号预警，等您同意才发出" in asked
        assert "将发到 4 个群，10 人要应答" in asked
        assert "小流域水位快速上涨，请立即转移。" in asked
    county.seen_all()
    await county.press(CHIEF, "同意发布")
    assert "山洪灾害橙色预警" in county.last(county.village_group)
    assert "孙县长已同意，2026-001号预警已发出：4 个群，10 人要应答。" in "".join(county.texts(DUTY))
    assert county.texts(SECOND_DUTY)[0] == "2026-001号预警：孙县长已同意，已经发出。"
    county.seen_all()


async def test_nobody_agrees_with_himself(county: County) -> None:
    await county.join(CHIEF)
    await issue(county, DUTY)
    for data in ("w:agree:1", "w:return:1", "w:release:1", "w:refuse:1"):
        pressed = await county.forge(DUTY, data)
        assert pressed.alert
    assert county.new(county.village_group) == []
    county.seen_all()


async def test_who_has_no_right_cannot_agree(county: County) -> None:
    await county.join(CHIEF)
    await county.join(FOREST)
    await issue(county, DUTY)
    for who in (STATION, HEAD, WATER, FOREST):
        pressed = await county.forge(who, "w:agree:1") if county.messages(who.user_id) else None
        assert pressed is None or pressed.alert
    assert county.new(county.village_group) == []
    county.seen_all()


async def test_of_two_decisions_the_first_one_stands(county: County) -> None:
    await county.join(CHIEF)
    await county.join(SECOND_DUTY)
    await issue(county, DUTY)
    await county.press(CHIEF, "同意发布")
    pressed = await county.forge(SECOND_DUTY, "w:return:1")
    assert pressed.text == "这条已经有人处理过了，没有再改动。"
    assert len([t for t in county.texts(county.village_group) if "橙色预警" in t]) == 1
    county.seen_all()


async def test_sent_back_with_a_reason_it_does_not_go_out_and_its_author_reads_why(county: County) -> None:
    await county.join(CHIEF)
    await issue(county, DUTY)
    await county.press(CHIEF, "退回")
    assert "2026-001 号为什么不发" in county.last(CHIEF)
    await county.say(CHIEF, "水位已经回落")
    await county.press(CHIEF, "确认提交")
    assert "孙县长退回了2026-001号预警，没有发出。原因：水位已经回落。" in county.last(DUTY)
    assert county.new(county.village_group) == []
    pressed = await county.forge(CHIEF, "w:agree:1")
    assert pressed.text == "这条已经有人处理过了，没有再改动。"
    county.seen_all()


async def test_a_department_agrees_only_with_its_own_colleague(county: County) -> None:
    await county.join(WATER_TWO)
    await county.join(FOREST)
    await issue(county, WATER)
    assert "水利员写了" in county.last(WATER_TWO)
    assert "水利员写了" in county.last(DUTY)
    assert county.new(FOREST) == []
    await county.press(WATER_TWO, "同意发布")
    assert "橙色预警" in county.last(county.village_group)
    county.seen_all()


async def test_an_unanswered_request_reminds_then_goes_to_the_leaders_and_tells_the_author_whom_to_phone(
    county: County,
) -> None:
    await county.join(CHIEF)
    await county.join(SECOND_DUTY)
    await issue(county, DUTY)
    county.seen_all()
    await county.pass_time(minutes=2)
    assert county.new(SECOND_DUTY)[0].startswith("还没有人定，请马上看。")
    assert county.new(CHIEF)[0].startswith("还没有人定，请马上看。")
    await county.pass_time(minutes=2)
    assert "周值班在等第二个人定2026-001号预警，已等4分钟" in county.last(CHIEF)
    await county.pass_time(minutes=1)
    assert "请打电话：孙县长 13800000102、钱值班 13800000101" in county.last(DUTY)
    county.seen_all()
    await county.pass_time(hours=3)
    assert county.new(county.village_group) == []  # nothing ever goes out because nobody answered
    county.seen_all()


async def test_without_anybody_to_ask_the_author_is_told_whom_to_phone_and_it_waits(county: County) -> None:
    await county.join(CHIEF, enrolled=False)
    await issue(county, DUTY)
    said = county.last(DUTY)
    assert "没有第二个人能在机器人里同意" in said
    assert "孙县长 13800000102" in said
    await county.pass_time(hours=1)
    assert county.new(county.village_group) == []
    county.seen_all()


async def test_alone_on_the_roster_the_author_is_told_so(county: County) -> None:
    await issue(county, DUTY)
    assert "名册里没有第二个有权的人" in county.last(DUTY)
    county.seen_all()


async def test_who_opens_the_bot_later_finds_the_request_under_warnings(county: County) -> None:
    await issue(county, DUTY)
    await county.join(CHIEF)
    await county.say(CHIEF, "/warnings")
    await county.press(CHIEF, "同意发布")
    assert "橙色预警" in county.last(county.village_group)
    county.seen_all()


async def test_yellow_needs_no_second_person(county: County) -> None:
    await county.join(CHIEF)
    await issue(county, DUTY, "黄色")
    assert "山洪灾害黄色预警" in county.last(county.township_group)
    county.seen_all()


async def test_a_township_speaks_for_itself(county: County) -> None:
    await county.join(CHIEF)
    await issue(county, STATION, "橙色", "上坞村")
    assert "橙色预警" in county.last(county.village_group)
    county.seen_all()


# -- a wrong one ------------------------------------------------------------------------------------------------


async def test_a_wrong_red_is_taken_back_by_two_taps_of_two_persons(county: County) -> None:
    await county.join(CHIEF)
    await county.warn(colour="红色", places=[COUNTY])
    await county.press(GRID, "收到")
    county.seen_all()
    began = county.clock.now()
    await county.press(DUTY, "发错了，更正")
    assert "已请孙县长确认" in county.last(DUTY)
    asked = county.last(CHIEF)
    assert "周值班说2026-001号预警发错了，等您确认就更正" in asked
    assert "将告诉收到过的 6 个群、11 人" in asked
    assert county.new(county.village_group) == []
    await county.press(CHIEF, "确认更正")
    assert (county.clock.now() - began).total_seconds() < 120
    groups = (county.county_group, county.township_group, county.village_group, county.far_village_group)
    for group in groups:
        answer = county.messages(group)[-1]
        assert "【更正】暴雨红色预警 2026-001 发错了，请不要按它行动" in answer.text
        assert answer.payload["reply_to_message"]["message_id"] == county.messages(group)[-2].id
        assert not answer.silent
    for person in (GRID, HEAD, PATROLLER, OFFICER, LEADER, DUTY):
        assert "【更正】" in "".join(county.new(person))
    county.seen_all()
    await county.pass_time(minutes=30)
    assert [county.new(one) for one in (HEAD, GRID)] == [[], []]  # nobody is asked any more
    for desk in (STATION, DUTY):
        assert "已更正撤回" in "".join(county.new(desk))
        assert "没有应答" not in county.last(desk)  # they still had time
    posts = county.texts(county.village_group)
    assert "—— 本条发错，已更正，请不要按它行动 ——" in posts[-2]
    county.seen_all()


async def test_nobody_confirms_his_own_word(county: County) -> None:
    await county.join(CHIEF)
    await county.warn(colour="红色", places=[VILLAGE])
    await county.press(DUTY, "发错了，更正")
    for data in ("w:confirm:1", "w:wrong:1"):
        pressed = await county.forge(DUTY, data)
        assert pressed.alert or pressed.text
    assert not [t for t in county.texts(county.village_group) if "【更正】" in t]
    county.seen_all()


async def test_two_who_say_the_same_by_themselves_are_two_persons(county: County) -> None:
    await county.join(SECOND_DUTY)
    await county.warn(colour="红色", places=[VILLAGE])
    await county.press(DUTY, "发错了，更正")
    await county.say(SECOND_DUTY, "/warnings")
    await county.press(SECOND_DUTY, "发错了，更正")
    assert "【更正】" in county.last(county.village_group)
    county.seen_all()


async def test_who_says_that_nothing_is_wrong_ends_the_request_and_it_can_be_made_again(county: County) -> None:
    await county.join(CHIEF)
    await county.warn(colour="红色", places=[VILLAGE])
    await county.press(DUTY, "发错了，更正")
    await county.press(CHIEF, "没发错")
    assert "孙县长说没有发错，预警继续有效" in county.last(DUTY)
    county.seen_all()
    await county.press(DUTY, "发错了，更正")
    assert "等您确认就更正" in county.new(CHIEF)[-1]
    await county.press(CHIEF, "确认更正")
    assert "【更正】" in county.last(county.village_group)
    county.seen_all()


async def test_what_the_wrong_one_had_replaced_stands_again(county: County) -> None:
    await county.join(CHIEF)
    first = county.clock.now()
    identifier = await county.warn(colour="橙色", places=[TOWNSHIP])
    await county.pass_time(minutes=1)
    await county.warn(colour="红色", places=[TOWNSHIP], follows=(identifier, first))
    await county.press(DUTY, "发错了，更正")
    await county.press(CHIEF, "确认更正")
    assert "此前的🟠橙色预警（2026-001）仍然有效" in county.last(county.village_group)
    await county.say(HEAD, "/warnings")
    assert "暴雨橙色预警" in county.last(HEAD)
    county.seen_all()


async def test_a_grid_member_cannot_call_a_warning_wrong(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    pressed = await county.forge(GRID, "w:wrong:1")
    assert pressed.alert
    pressed = await county.forge(STATION, "w:wrong:1")
    assert pressed.alert  # the county's own warning is not the township's to take back
    county.seen_all()


async def test_a_correction_after_the_end_of_it_is_refused(county: County) -> None:
    await county.join(CHIEF)
    first = county.clock.now()
    identifier = await county.warn(colour="红色", places=[VILLAGE])
    await county.pass_time(minutes=1)
    await county.warn(places=[VILLAGE], follows=(identifier, first), cancel=True)
    pressed = await county.forge(DUTY, "w:wrong:1")
    assert pressed.alert or "已经更新或解除" in (pressed.text or "")
    county.seen_all()
