"""What a group stands for, and how it comes to be told."""

from typing import Any

import pytest

from domain.errors import NotAllowed
from domain.outgoing import Outgoing
from domain.places import Level, Place, PlaceCode
from domain.text import Html
from services.membership import Seen, bind_group, offers
from services.ports import Group
from services.work import Work
from tests.support.county import (
    CADRE,
    COUNTY,
    DUTY,
    FAR_HEAD,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR,
    NEIGHBOUR_HEAD,
    STATION,
    STRANGER,
    TOWNSHIP,
    VILLAGE,
    WATER,
    County,
    Someone,
)

HELLO = "大家好，我是“守望”，负责在本群发预警、收回复。只看按钮和对我消息的回复，不看大家的聊天。"
NOT_ADMIN = (
    "我还不是管理员：不能置顶预警，大家说的“收到”我也听不到，只听得到按钮和对我消息的回复。\n"
    "请群主：点群名 → 管理员 → 添加“守望” → 打开“置顶消息”。"
)


async def new_group(county: County, *members: Someone, kind: Any = "supergroup", admin: bool = False) -> int:
    """A group that is there before the bot, then the bot is added by the first member."""
    people = [one.user_id for one in members]
    group = county.world.add_group("新工作群", members=people, admins=people[:1], kind=kind)
    county.world.add_member(group.id, county.bot.bot.id, by=people[0])
    if admin:
        county.world.promote(group.id, county.bot.bot.id)
    await county.settle()
    await county.pass_time(seconds=4)
    return group.id


async def group_row(county: County, chat_id: int) -> Group | None:
    row: Group | None = await county.run(lambda work: work.rows.groups.get(chat_id))
    return row


def said(county: County, chat_id: int) -> list[str]:
    return [message.text for message in county.messages(chat_id)]


def labels(county: County, chat_id: int) -> list[str]:
    return [one["text"] for row in county.messages(chat_id)[-1].buttons for one in row]


# -- coming into a group ----------------------------------------------------------------------------------------------


async def test_the_bot_says_one_short_thing_and_then_keeps_silent(county: County) -> None:
    group = await new_group(county, HEAD, GRID, STRANGER)
    await county.say(STRANGER, "这个机器人是干什么的", group)
    await county.say(HEAD, "大家好", group)
    await county.say(GRID, "/start@shouwang_test_bot", group)
    assert said(county, group) == [HELLO]
    assert labels(county, group) == ["绑定本群"]
    row = await group_row(county, group)
    assert row is not None
    assert (row.status, row.place) == ("unbound", None)


async def test_a_villages_head_binds_his_village_and_hears_what_is_missing(county: County) -> None:
    group = await new_group(county, HEAD, GRID)
    await county.press(HEAD, "绑定本群", group)
    assert labels(county, group) == ["上坞村", "关闭"]
    await county.press(HEAD, "上坞村", group)
    assert said(county, group) == ["石梁镇·上坞村已经有群了：上坞村群。预警要发到哪里？"]
    await county.press(HEAD, "两边都发", group)
    assert said(county, group) == ["本群已对应石梁镇·上坞村。\n" + NOT_ADMIN]
    row = await group_row(county, group)
    assert row is not None
    assert (row.place, row.status) == (VILLAGE, "active")


async def test_a_group_where_nothing_is_missing_hears_only_what_it_stands_for(county: County) -> None:
    group = await new_group(county, NEIGHBOUR_HEAD, admin=True)
    await county.press(NEIGHBOUR_HEAD, "绑定本群", group)
    await county.press(NEIGHBOUR_HEAD, "岭下村", group)
    await county.press(NEIGHBOUR_HEAD, "改发本群", group)
    assert said(county, group) == ["本群已对应石梁镇·岭下村。"]
    assert county.new(county.neighbour_group) == ["石梁镇·岭下村的预警改发到“新工作群”群，本群不再对应。"]
    freed = await group_row(county, county.neighbour_group)
    assert freed is not None
    assert (freed.place, freed.status) == (None, "unbound")
    await county.warn(places=[NEIGHBOUR])
    assert county.new(county.neighbour_group) == []
    assert any("暴雨橙色预警" in text for text in said(county, group))
    county.seen_all()


async def test_township_people_choose_the_township_or_one_of_its_villages(county: County) -> None:
    group = await new_group(county, LEADER)
    await county.press(LEADER, "绑定本群", group)
    assert labels(county, group) == ["石梁镇", "上坞村", "岭下村", "关闭"]


async def test_the_county_goes_down_to_a_township_and_back_and_has_its_departments(county: County) -> None:
    group = await new_group(county, DUTY)
    await county.press(DUTY, "绑定本群", group)
    assert labels(county, group) == ["松阳县", "水利部门", "石梁镇 ›", "云坑乡 ›", "关闭"]
    await county.press(DUTY, "云坑乡", group)
    assert labels(county, group) == ["云坑乡", "坑头村", "上一步", "关闭"]
    await county.press(DUTY, "上一步", group)
    await county.press(DUTY, "水利部门", group)
    assert said(county, group)[0].startswith("本群已对应松阳县水利部门。")
    row = await group_row(county, group)
    assert row is not None
    assert (row.place, row.department) == (COUNTY, "水利")


async def test_a_department_binds_its_own_group_and_no_other(county: County) -> None:
    group = await new_group(county, WATER)
    await county.press(WATER, "绑定本群", group)
    assert labels(county, group) == ["水利部门", "关闭"]
    await county.press(WATER, "水利部门", group)
    pressed = await county.forge(WATER, f"g:to:{COUNTY}", group)
    assert "不在您名册登记的职责之内" in (pressed.text or "")


async def test_long_lists_have_pages(county: County) -> None:
    more = [Place(PlaceCode(f"3311240010{n}"), f"第{n}村", Level.VILLAGE, TOWNSHIP) for n in range(10, 30)]
    await county.run(lambda work: work.rows.places.save(more))
    group = await new_group(county, LEADER)
    await county.press(LEADER, "绑定本群", group)
    assert (labels(county, group)[0], labels(county, group)[-2]) == ("石梁镇", "下一页")
    await county.press(LEADER, "下一页", group)
    await county.press(LEADER, "下一页", group)
    assert labels(county, group)[-3:] == ["第29村", "上一页", "关闭"]


# -- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "answer"),
    [(GRID, "不在您名册登记的职责之内"), (STRANGER, "还没有和责任人名册对上"), (CADRE, "不在您名册登记的职责之内")],
)
async def test_others_see_the_button_and_cannot_use_it(county: County, who: Someone, answer: str) -> None:
    group = await new_group(county, HEAD, GRID, STRANGER, CADRE)
    pressed = await county.press(who, "绑定本群", group)
    assert answer in (pressed.text or "")
    pressed = await county.forge(who, f"g:to:{VILLAGE}", group)
    assert answer in (pressed.text or "")
    assert said(county, group) == [HELLO]


async def test_a_press_of_an_anonymous_administrator_counts_as_his_own(county: County) -> None:
    group = await new_group(county, HEAD, NEIGHBOUR_HEAD)
    county.world.promote(group, NEIGHBOUR_HEAD.user_id, anonymous=True)
    await county.press(NEIGHBOUR_HEAD, "绑定本群", group)
    assert labels(county, group) == ["岭下村", "关闭"]


async def test_a_village_cannot_take_the_townships_group(county: County) -> None:
    with pytest.raises(NotAllowed) as refused:
        await county.run(lambda work: _bind(work, HEAD, county.township_group, VILLAGE))
    assert (refused.value.key, refused.value.facts) == ("group.not_yours", {"place": "石梁镇"})
    row = await group_row(county, county.township_group)
    assert row is not None
    assert row.place == TOWNSHIP


async def _bind(work: Work, who: Someone, chat_id: int, place: PlaceCode) -> object:
    return await bind_group(
        work, await work.rows.people.by_user(who.user_id), Seen(chat_id, "", "member"), place, "", "add"
    )


async def test_a_leader_moves_his_group_to_another_of_his_places(county: County) -> None:
    await county.say(STATION, "/bind", county.township_group)
    assert county.last(county.township_group) == "本群已对应石梁镇。"
    await county.press(STATION, "换一个地方", county.township_group)
    await county.press(STATION, "上坞村", county.township_group)
    await county.press(STATION, "改发本群", county.township_group)
    row = await group_row(county, county.township_group)
    assert row is not None
    assert row.place == VILLAGE
    county.seen_all()


async def test_undoing_the_binding_stops_the_warnings(county: County) -> None:
    await county.say(HEAD, "/bind", county.village_group)
    await county.press(HEAD, "解除绑定", county.village_group)
    assert county.last(county.village_group) == "本群不再对应石梁镇·上坞村，预警不会发到这里。"
    await county.warn(places=[VILLAGE])
    assert county.new(county.village_group) == []
    county.seen_all()


async def test_bind_is_for_leaders_and_silent_for_others(county: County) -> None:
    await county.say(GRID, "/bind", county.village_group)
    assert county.new(county.village_group) == []
    await county.say(HEAD, "/bind")
    assert county.last(HEAD) == "这项操作请在工作群里办理。"


async def test_who_may_bind_nothing_is_offered_nothing(county: County) -> None:
    async def ask(work: Work) -> object:
        person = await work.rows.people.by_user(GRID.user_id)
        assert person is not None
        return await offers(work, person)

    with pytest.raises(NotAllowed):
        await county.run(ask)


# -- what happens to groups -------------------------------------------------------------------------------------------


async def test_being_thrown_out_is_told_to_the_desk_once_and_coming_back_is_remembered(county: County) -> None:
    bot = county.bot.bot.id
    waiting = Outgoing(key="waiting", chat_id=county.village_group, text=Html("晚到"), not_before=county.clock.now())
    county.world.kick(county.village_group, bot, by=HEAD.user_id)
    await county.run(lambda work: work.rows.outbox.put(waiting))
    assert county.new(STATION) == ["“上坞村群”群发不出消息：机器人不在群里。请检查，并改用电话通知。"]
    row = await group_row(county, county.village_group)
    assert row is not None
    assert (row.status, row.place, row.can_send) == ("left", VILLAGE, False)
    county.world.unban(county.village_group, bot)
    county.world.add_member(county.village_group, bot, by=HEAD.user_id)
    await county.settle()
    assert county.last(county.village_group) == "本群已对应石梁镇·上坞村。"
    row = await group_row(county, county.village_group)
    assert row is not None
    assert (row.status, row.can_send) == ("active", True)
    county.seen_all()


async def test_rights_follow_what_telegram_says(county: County) -> None:
    bot = county.bot.bot.id
    county.world.demote(county.village_group, bot)
    await county.settle()
    row = await group_row(county, county.village_group)
    assert row is not None
    assert (row.is_admin, row.can_pin, row.can_send) == (False, False, True)
    county.world.promote(county.village_group, bot)
    await county.settle()
    assert county.new(county.village_group) == ["权限齐了，紧急预警可以置顶。"]
    county.world.demote(county.village_group, bot)
    county.world.promote(county.village_group, bot, can_pin_messages=False)
    await county.settle()
    row = await group_row(county, county.village_group)
    assert row is not None
    assert (row.is_admin, row.can_pin) == (True, False)
    assert county.new(county.village_group) == []


async def test_a_bot_that_may_not_write_is_told_to_the_desk(county: County) -> None:
    county.world.restrict(county.village_group, county.bot.bot.id, can_send_messages=False)
    await county.settle()
    assert county.new(STATION) == ["“上坞村群”群发不出消息：机器人在群里没有发言权限。请检查，并改用电话通知。"]
    county.seen_all()


async def test_a_group_that_grows_into_a_supergroup_stays_what_it_is(county: County) -> None:
    group = await new_group(county, NEIGHBOUR_HEAD, kind="group")
    await county.press(NEIGHBOUR_HEAD, "绑定本群", group)
    await county.press(NEIGHBOUR_HEAD, "岭下村", group)
    await county.press(NEIGHBOUR_HEAD, "两边都发", group)
    grown = county.world.migrate(group)
    await county.settle()
    await county.pass_time(seconds=10)
    row = await group_row(county, grown)
    assert row is not None
    assert (row.place, row.status) == (NEIGHBOUR, "active")
    assert await group_row(county, group) is None
    assert said(county, grown) == []


async def test_a_new_title_is_remembered(county: County) -> None:
    county.world.set_title(county.village_group, "上坞村防汛群", by=HEAD.user_id)
    await county.settle()
    row = await group_row(county, county.village_group)
    assert row is not None
    assert row.title == "上坞村防汛群"


async def test_a_member_who_leaves_the_group_keeps_his_posts(county: County) -> None:
    before = await county.person(GRID)
    county.world.leave(county.village_group, GRID.user_id)
    await county.settle()
    assert await county.person(GRID) == before


async def test_buttons_of_groups_do_nothing_elsewhere(county: County) -> None:
    await county.say(FAR_HEAD, "/help")
    county.seen_all()
    pressed = await county.forge(FAR_HEAD, "g:bind")
    assert pressed.text == "这个按钮已过期，情况有变化，没有改动任何内容。"
    await county.say(HEAD, "/bind", county.village_group)
    county.seen_all()
    for data in ("g", "g:", "g:nope", "g:to", "g:to:1", "g:to:d00000000", "g:pg:x:y", "g:swap:", "g:pg:331124002:0"):
        pressed = await county.forge(HEAD, data, county.village_group)
        assert pressed.answered, data
    assert county.new(county.village_group) == []
    assert await group_row(county, county.village_group) == Group(
        county.village_group, "上坞村群", VILLAGE, can_pin=True, is_admin=True
    )
