"""What the duty desk decides: where a held notice goes, whether one without an end is still in force; the evidence."""

from datetime import timedelta

from tests.support.county import (
    COUNTY,
    DUTY,
    FAR_HEAD,
    GRID,
    HEAD,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
)

NOTICE = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>33112441600000_20260620080000</identifier>
<sender>a@b</sender><sent>2026-06-20T08:00:00+08:00</sent><status>Actual</status><msgType>{kind}</msgType>
<scope>Public</scope>{refs}<info><language>zh-CN</language><category>Met</category><event>暴雨</event>
<urgency>Immediate</urgency><severity>{severity}</severity><certainty>Likely</certainty>{expires}
<senderName>县气象台</senderName><headline>县气象台发布暴雨{colour}预警</headline><description>{text}</description>
{area}</info></alert>"""


def notice(
    *, area: str = "", expires: str = "2026-06-20T12:00:00+08:00", colour: str = "橙色", text: str = "有雨"
) -> str:
    return NOTICE.format(
        kind="Alert",
        refs="",
        severity="Severe" if colour else "Unknown",
        expires=f"<expires>{expires}</expires>" if expires else "",
        colour=colour,
        text=text,
        area=area,
    )


def code(*codes: str) -> str:
    inside = "".join(f"<geocode><valueName>c</valueName><value>{one}</value></geocode>" for one in codes)
    return f"<area><areaDesc>某地</areaDesc>{inside}</area>"


async def test_without_an_area_two_taps_send_it_to_a_township(county: County) -> None:
    await county.drop("none.xml", notice())
    asked = county.last(DUTY)
    assert "来文没有写明影响范围" in asked
    labels = [b["text"] for row in county.messages(DUTY.user_id)[-1].buttons for b in row]
    assert labels[:3] == ["发全县", "石梁镇", "云坑乡"]
    await county.press(DUTY, "石梁镇")
    assert "已选：石梁镇" in county.last(DUTY)
    await county.press(DUTY, "确认发布")
    assert "暴雨橙色预警" in county.last(county.village_group)
    assert county.new(county.far_group) == []
    assert "已发布" in county.last(DUTY) or "已发布" in "".join(county.texts(DUTY))
    county.seen_all()


async def test_two_taps_send_it_to_the_whole_county(county: County) -> None:
    await county.drop("none.xml", notice())
    await county.press(DUTY, "石梁镇")
    await county.press(DUTY, "发全县")
    assert "已选：松阳县" in county.last(DUTY)
    await county.press(DUTY, "确认发布")
    assert "暴雨橙色预警" in county.last(county.far_village_group)
    county.seen_all()


async def test_nothing_chosen_sends_nothing(county: County) -> None:
    await county.drop("none.xml", notice())
    await county.press(DUTY, "石梁镇")
    await county.press(DUTY, "石梁镇")
    pressed = await county.press(DUTY, "确认发布")
    assert pressed.text == "来文没有能用的范围，请先选地方再发布。"
    assert county.new(county.township_group) == []
    county.seen_all()


async def test_villages_are_found_by_name(county: County) -> None:
    await county.drop("none.xml", notice())
    await county.press(DUTY, "按村名找")
    await county.say(DUTY, "坑头村")
    await county.press(DUTY, "坑头村")
    await county.press(DUTY, "填好了")
    await county.press(DUTY, "确认提交")
    assert "暴雨橙色预警" in county.last(county.far_village_group)
    assert county.new(county.village_group) == []
    assert "暴雨橙色预警" in county.last(FAR_HEAD)
    county.seen_all()


async def test_without_colour_and_without_area_the_desk_is_asked_for_one_after_the_other(county: County) -> None:
    await county.drop("none.xml", notice(colour=""))
    await county.press(DUTY, "红色")
    assert "来文没有写明影响范围" in county.last(DUTY)
    await county.press(DUTY, "石梁镇")
    await county.press(DUTY, "确认发布")
    assert "暴雨红色预警" in county.last(county.village_group)
    county.seen_all()


async def test_only_the_desk_places_a_notice(county: County) -> None:
    await county.drop("none.xml", notice())
    await county.say(GRID, "/me")
    for data in ("w:area:1:331124001", "w:areas:1:0", "w:villages:1", "w:extend:1", "w:evidence:1"):
        pressed = await county.forge(GRID, data)
        assert pressed.alert, data
    pressed = await county.forge(DUTY, "w:area:1:999999")
    assert pressed.alert or pressed.text
    county.seen_all()


async def test_the_desk_sees_what_is_doubtful(county: County) -> None:
    await county.drop("odd.xml", notice(area=code("331124999"), colour="橙色"))
    said = county.last(DUTY)
    assert "来文的影响范围在本县查不到" in said
    assert "⚠️ 有本县名册里没有的地区代码" in said
    county.seen_all()


async def test_full_width_digits_lists_and_padding_are_codes(county: County) -> None:
    await county.drop("wide.xml", notice(area=code("３３１１２４００１００１００，331124002000")))
    for group in (county.village_group, county.far_group, county.far_village_group):
        assert "暴雨橙色预警" in county.last(group)
    assert county.new(county.neighbour_group) == []
    county.seen_all()


async def test_a_city_that_is_not_ours_is_left_alone(county: County) -> None:
    await county.drop("far.xml", notice(area=code("330100")))
    assert county.unseen() == {}


# -- still in force? --------------------------------------------------------------------------------------------


async def without_an_end(county: County) -> None:
    await county.drop("open.xml", notice(area=code("331124001"), expires=""))
    assert "来文未写失效时间，暂按此执行" in county.last(county.village_group)
    county.seen_all()


async def test_an_hour_before_an_assumed_end_the_desk_is_asked_once(county: County) -> None:
    await without_an_end(county)
    await county.pass_time(timedelta(hours=1), hours=22)
    county.seen_all()
    await county.pass_time(timedelta(minutes=15), hours=1)
    asked = [text for text in county.new(DUTY) if "还有效吗" in text]
    assert len(asked) == 1
    county.seen_all()
    await county.press(DUTY, "还有效，再延6小时")
    assert county.last(DUTY) == "2026-001号预警延到6月21日 14:00。"
    await county.pass_time(timedelta(minutes=30), hours=2)
    row = await county.run(lambda work: work.rows.warnings.get(1))
    assert row.state == "active"
    assert "至 6月21日 14:00" in county.last(county.village_group)
    county.seen_all()


async def test_over_says_the_desk_and_everybody_is_told(county: County) -> None:
    await without_an_end(county)
    await county.pass_time(timedelta(hours=1), hours=23, minutes=10)
    county.seen_all()
    await county.press(DUTY, "已结束")
    assert "预警已解除" in county.last(county.village_group)
    assert "预警已解除" in county.last(HEAD)
    county.seen_all()


async def test_an_assumed_end_that_nobody_confirmed_is_told_to_the_desk_and_can_be_undone(county: County) -> None:
    await without_an_end(county)
    await county.pass_time(timedelta(hours=1), hours=25)
    assert "群里没有另发通知" in "".join(county.texts(DUTY))
    assert "本预警已到期" in "".join(county.texts(county.village_group))
    await county.press(DUTY, "还有效，再延6小时")
    await county.pass_time(seconds=30)
    assert "本预警已到期" not in "".join(county.texts(county.village_group))
    county.seen_all()


async def test_a_stated_end_is_not_asked_about(county: County) -> None:
    await county.warn(places=[VILLAGE], hours=3)
    county.seen_all()
    await county.pass_time(timedelta(minutes=30), hours=4)
    assert not [text for text in county.new(DUTY) if "还有效吗" in text]
    county.seen_all()


# -- told how it ends -------------------------------------------------------------------------------------------


async def test_blue_and_yellow_end_in_the_old_question_without_another_message(county: County) -> None:
    first = county.clock.now()
    identifier = await county.warn(colour="黄色", places=[TOWNSHIP])
    county.seen_all()
    said = len(county.texts(HEAD))
    county.clock.advance(timedelta(minutes=5))
    await county.warn(places=[TOWNSHIP], follows=(identifier, first), cancel=True)
    assert len(county.texts(HEAD)) == said
    assert "暴雨黄色预警已解除" in county.last(HEAD)
    county.seen_all()


async def test_whoever_answered_an_earlier_version_hears_of_the_lifting_too(county: County) -> None:
    first = county.clock.now()
    identifier = await county.warn(colour="红色", places=[TOWNSHIP])
    await county.press(GRID, "收到")
    county.clock.advance(timedelta(minutes=5))
    second = county.clock.now()
    identifier = await county.warn(colour="橙色", places=[TOWNSHIP], follows=(identifier, first))
    county.seen_all()
    county.clock.advance(timedelta(minutes=5))
    await county.warn(places=[TOWNSHIP], follows=(identifier, second), cancel=True)
    assert ["预警已解除" in text for text in county.new(GRID)] == [True]
    assert ["预警已解除" in text for text in county.new(HEAD)] == [True]
    county.seen_all()


async def test_other_words_under_the_same_number_are_one_correction_below_the_post(county: County) -> None:
    await county.drop("first.xml", notice(area=code("331124001"), text="今天有雨"))
    await county.drop("second.xml", notice(area=code("331124001"), text="今天有大雨"))
    await county.drop("again.xml", notice(area=code("331124001"), text="今天有大雨"))
    posts = county.messages(county.village_group)
    assert ["【更正】" in post.text for post in posts] == [False, True]
    assert posts[1].payload["reply_to_message"]["message_id"] == posts[0].id
    county.seen_all()


# -- evidence ---------------------------------------------------------------------------------------------------


async def test_the_record_of_a_warning_and_the_file_as_it_came(county: County) -> None:
    body = notice(area=code("331124001"))
    await county.drop("first.xml", body)
    await county.say(DUTY, "/evidence 2026-001")
    record, file = county.messages(DUTY.user_id)[-2:]
    for part in ("来源：folder，发送方：a@b", "33112441600000_20260620080000", "标题里的颜色", "范围依据：地区代码"):
        assert part in record.text
    document = file.payload["document"]
    assert document["file_name"] == "2026-001.xml"
    assert document["file_size"] == len(body.encode())
    county.seen_all()


async def test_the_record_is_for_the_duty_desk(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await county.say(STATION, "/evidence 1")
    assert "不在您名册登记的职责之内" in county.last(STATION)
    await county.say(DUTY, "/evidence 99")
    assert "没有找到这个编号的预警" in county.last(DUTY)
    await county.say(DUTY, "/warnings")
    await county.press(DUTY, "来文依据")
    assert "来文依据　2026-001" in "".join(county.texts(DUTY))
    county.seen_all()


async def test_what_people_did_is_in_the_record(county: County) -> None:
    await county.warn(colour="黄色", places=[COUNTY])
    await county.press(STATION, "转发到村")
    await county.say(DUTY, "/evidence 1")
    assert "吴站长转发" in "".join(county.texts(DUTY))
    county.seen_all()
