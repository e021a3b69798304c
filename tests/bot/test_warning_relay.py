"""Blue and yellow go to the townships, which pass them on: one tap, the words as issued, a remark with its author."""

from datetime import timedelta

from domain.places import PlaceCode
from services.ports import Group
from tests.support.county import (
    FAR_STATION,
    GRID,
    HEAD,
    NEIGHBOUR_HEAD,
    OFFICER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
)


async def test_yellow_goes_to_the_county_and_the_townships_only(county: County) -> None:
    await county.warn(colour="黄色", places=[TOWNSHIP])
    for group in (county.county_group, county.township_group):
        assert len(county.new(group)) == 1
    for group in (county.village_group, county.neighbour_group, county.far_group):
        assert county.new(group) == []
    assert "请按“收到”" in county.last(HEAD)  # the private questions go to everybody as before
    county.seen_all()


async def test_a_station_passes_it_on_with_one_tap_in_its_group(county: County) -> None:
    await county.warn(colour="黄色", places=[TOWNSHIP], text="预计未来6小时有50毫米以上降水。")
    pressed = await county.press(STATION, "转发到村", county.township_group)
    assert pressed.text == "已转发到 2 个村群。"
    for group in (county.village_group, county.neighbour_group):
        post = county.last(group)
        assert "暴雨黄色预警" in post
        assert "预计未来6小时有50毫米以上降水。" in post
        assert "附言" not in post
    assert county.new(county.far_village_group) == []
    await county.pass_time(seconds=30)
    assert "↪️ 已转发到村：石梁镇 吴站长 08:00" in county.last(county.township_group)
    county.seen_all()


async def test_passed_on_once_is_enough(county: County) -> None:
    await county.warn(colour="黄色", places=[TOWNSHIP])
    await county.press(STATION, "转发到村")
    county.seen_all()
    await county.press(STATION, "转发到村")
    assert county.last(STATION) == "石梁镇 吴站长 08:00 已经转发过，不用再转。"
    assert county.new(county.village_group) == []
    county.seen_all()


async def test_a_remark_stands_apart_and_says_whose_it_is(county: County) -> None:
    await county.warn(colour="蓝色", places=[TOWNSHIP], text="预计有雨。")
    await county.press(STATION, "加附言转发")
    assert "要附一句什么话" in county.last(STATION)
    await county.say(STATION, "今天重点看山塘和工棚")
    await county.press(STATION, "确认提交")
    post = county.last(county.village_group)
    assert "预计有雨。" in post
    assert "📝 石梁镇 吴站长附言：今天重点看山塘和工棚" in post
    await county.press(OFFICER, "收到", county.village_group)
    await county.pass_time(seconds=30)
    assert "📝 石梁镇 吴站长附言：今天重点看山塘和工棚" in county.last(county.village_group)  # the tally keeps it
    county.seen_all()


async def test_a_remark_afterwards_goes_below_the_post(county: County) -> None:
    await county.warn(colour="蓝色", places=[TOWNSHIP])
    await county.press(STATION, "转发到村")
    county.seen_all()
    await county.open_link(STATION, "r_1")
    await county.say(STATION, "晚上再看一遍")
    await county.press(STATION, "确认提交")
    assert county.new(county.village_group) == ["📝 石梁镇 吴站长附言：晚上再看一遍"]
    county.seen_all()


async def test_a_village_head_passes_it_on_to_his_own_village_only(county: County) -> None:
    await county.warn(colour="黄色", places=[TOWNSHIP])
    await county.press(HEAD, "转发到村")
    assert "暴雨黄色预警" in county.last(county.village_group)
    assert county.new(county.neighbour_group) == []
    county.seen_all()
    await county.press(STATION, "转发到村")
    assert county.new(county.village_group) == []
    assert "暴雨黄色预警" in county.last(county.neighbour_group)
    county.seen_all()


async def test_who_may_not_pass_on_is_refused_and_so_is_another_township(county: County) -> None:
    await county.warn(colour="黄色", places=[VILLAGE])
    for who in (GRID, FAR_STATION, NEIGHBOUR_HEAD):
        await county.say(who, "/me")
        pressed = await county.forge(who, "w:relay:1")
        assert pressed.alert
    assert county.new(county.village_group) == []
    county.seen_all()


async def test_orange_needs_nobody_to_pass_it_on(county: County) -> None:
    await county.warn(colour="橙色", places=[VILLAGE])
    labels = [b["text"] for m in county.messages(county.township_group) for row in m.buttons for b in row]
    assert not [label for label in labels if "转发" in label]
    assert len(county.new(county.village_group)) == 1
    county.seen_all()


async def test_villages_without_a_group_are_named(county: County) -> None:
    async def unbind(work):  # type: ignore[no-untyped-def]
        await work.rows.groups.save(Group(county.village_group, "上坞村群", None, status="unbound"))

    await county.run(unbind)
    await county.warn(colour="黄色", places=[TOWNSHIP])
    await county.press(STATION, "转发到村")
    assert county.last(STATION) == "已转发到 1 个村群。这些村没有群，请打电话：石梁镇·上坞村。"
    county.seen_all()


async def test_who_got_it_by_relay_is_told_how_it_goes_on(county: County) -> None:
    first = county.clock.now()
    identifier = await county.warn(colour="黄色", places=[TOWNSHIP])
    await county.press(STATION, "转发到村")
    county.seen_all()
    await county.pass_time(minutes=5)
    await county.warn(colour="蓝色", places=[TOWNSHIP], follows=(identifier, first))
    assert "【降级】" in county.last(county.village_group)
    second = county.clock.now()
    await county.pass_time(minutes=5)
    await county.warn(places=[TOWNSHIP], follows=(identifier, second), cancel=True)
    assert "预警已解除" in county.last(county.village_group)
    county.seen_all()


async def test_after_the_end_nothing_is_passed_on(county: County) -> None:
    first = county.clock.now()
    identifier = await county.warn(colour="黄色", places=[TOWNSHIP])
    await county.pass_time(minutes=1)
    await county.warn(places=[TOWNSHIP], follows=(identifier, first), cancel=True)
    pressed = await county.forge(STATION, "w:relay:1")
    assert "已经更新或解除" in (pressed.text or "")
    assert county.new(county.village_group) == []
    county.seen_all()


# -- the graver one counts --------------------------------------------------------------------------------------


async def test_a_village_under_a_graver_one_is_neither_posted_to_nor_asked_for_the_lesser(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    county.seen_all()
    county.clock.advance(timedelta(minutes=1))
    await county.warn(colour="橙色", places=[TOWNSHIP])
    assert county.new(county.village_group) == []
    assert [county.new(one) for one in (HEAD, GRID, OFFICER)] == [[], [], []]
    assert "暴雨橙色预警" in county.last(county.neighbour_group)
    assert "暴雨橙色预警" in county.last(NEIGHBOUR_HEAD)
    row = await county.run(lambda work: work.rows.warnings.get(2))
    assert dict(row.outranked) == {VILLAGE: 1}
    county.seen_all()


async def test_a_graver_one_that_comes_later_ends_the_questions_for_the_lesser_there(county: County) -> None:
    await county.warn(colour="橙色", places=[TOWNSHIP])
    county.clock.advance(timedelta(minutes=1))
    await county.warn(colour="红色", places=[VILLAGE])
    owed = await county.run(lambda work: work.rows.obligations.of_subject("warning:1"))
    by_place = {(o.place, o.state.value) for o in owed}
    assert (VILLAGE, "excused") in by_place
    assert (PlaceCode("331124001002"), "open") in by_place
    await county.pass_time(seconds=30)
    assert "应答 0/0" not in county.last(county.neighbour_group)
    county.seen_all()


async def test_when_the_graver_one_ends_the_lesser_comes_into_its_own(county: County) -> None:
    first = county.clock.now()
    red = await county.warn(colour="红色", places=[VILLAGE])
    county.clock.advance(timedelta(minutes=1))
    await county.warn(colour="橙色", places=[TOWNSHIP])
    county.seen_all()
    county.clock.advance(timedelta(minutes=5))
    await county.warn(places=[VILLAGE], follows=(red, first), cancel=True)
    said = county.new(county.village_group)
    assert "预警已解除" in said[0]
    assert "暴雨橙色预警" in said[1]
    assert "暴雨橙色预警" in county.last(GRID)
    county.seen_all()


async def test_another_kind_outranks_nothing(county: County) -> None:
    await county.warn(colour="红色", kind="大风", places=[VILLAGE])
    county.seen_all()
    county.clock.advance(timedelta(minutes=1))
    await county.warn(colour="橙色", kind="暴雨", places=[VILLAGE])
    assert "暴雨橙色预警" in county.last(county.village_group)
    county.seen_all()
