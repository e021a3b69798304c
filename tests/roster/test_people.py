"""What a person sees of himself, what the keeper of the roster sees of others, and how somebody leaves office."""

from typing import Any

import pytest

from domain.errors import DomainError, NotAllowed
from domain.obligations import ObligationState
from domain.people import Person, PersonStatus, Post, Role
from domain.places import PlaceCode
from services.office import Departure, correct_phone, leave_office, report_wrong_number
from services.work import Work
from tests.roster.test_leave import asked, granted
from tests.support.county import (
    DUTY,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    OFFICER,
    STATION,
    STRANGER,
    VILLAGE,
    WATER,
    County,
    Someone,
)


async def leaves_office(county: County, officer: Someone, who: Someone) -> Departure:
    async def service(work: Work) -> Departure:
        return await leave_office(work, await work.rows.people.by_user(officer.user_id), county.ids[who.user_id])

    departure: Departure = await county.run(service)
    return departure


async def has_deputy(county: County, who: Someone, deputy: Someone) -> None:
    await county.run(
        lambda work: work.rows.people.update(county.ids[who.user_id], deputy_id=county.ids[deputy.user_id])
    )


# -- oneself ----------------------------------------------------------------------------------------------------------


async def test_me_shows_three_posts_in_one_line_and_only_the_end_of_the_number(county: County) -> None:
    await has_deputy(county, OFFICER, HEAD)
    await county.say(OFFICER, "/me")
    assert county.last(OFFICER) == (
        "陈应急\n· 石梁镇·上坞村的村应急管理员、预警员、信息报告员\n手机：尾号0007\n代理人：李书记\n消息能发到您这里。"
    )


async def test_me_shows_a_leave_and_for_whom_one_stands_in(county: County) -> None:
    await granted(county, STATION, await asked(county, HEAD, OFFICER))
    county.seen_all()
    await county.say(HEAD, "/me")
    assert "请假：6月20日 08:00 至 6月21日 08:00，陈应急顶岗。回来了请发 /back。" in county.last(HEAD)
    await county.say(OFFICER, "/me")
    assert "您正替李书记顶岗。" in county.last(OFFICER)


async def test_me_in_a_group_leads_to_the_private_chat(county: County) -> None:
    await county.say(GRID, "/me", county.village_group)
    assert county.last(county.village_group) == "这项内容涉及个人信息，请在私聊里办理。"
    (button,) = county.messages(county.village_group)[-1].buttons[0]
    assert button["url"].endswith("?start=me")
    await county.open_link(GRID, "me")
    assert county.last(GRID).startswith("王大爷")


@pytest.mark.parametrize(
    ("who", "address"),
    [
        (DUTY, "help.county"),
        (WATER, "help.department"),
        (LEADER, "help.township"),
        (HEAD, "help.village"),
        (OFFICER, "help.village"),
        (GRID, "help.field"),
        (STRANGER, "help.public"),
    ],
)
async def test_help_is_that_of_the_person(county: County, who: Someone, address: str) -> None:
    await county.say(who, "/help")
    assert county.bot.words.text(address) in county.last(who)


async def test_the_language_can_be_changed_by_a_button(county: County) -> None:
    await county.say(GRID, "/language")
    await county.press(GRID, "English")
    assert county.last(GRID) == "Very well, English from now on."
    await county.say(GRID, "/me")
    assert "Messages reach you here." in county.last(GRID)
    pressed = await county.forge(GRID, "r:lang:fr")
    assert pressed.text == "This button is out of date because things have moved on. Nothing was changed."


# -- the keeper's look ------------------------------------------------------------------------------------------------


async def test_the_roster_at_a_glance_names_who_is_missing_and_which_holes_there_are(county: County) -> None:
    await county.run(lambda work: work.rows.people.release_account(county.ids[GRID.user_id]))
    await county.say(STATION, "/roster")
    assert county.last(STATION) == (
        "石梁镇 责任人名册\n共 8 人，已登记账号 7 人。\n还没有登记：\n· 石梁镇·上坞村 王大爷\n"
        "没有应急管理员的村（每村至少一名）：石梁镇·岭下村。\n没有包村干部的村：石梁镇·岭下村。\n"
        "找人请发 /roster 加姓名或手机号，例如：/roster 张三"
    )


async def test_a_search_shows_the_one_person_or_offers_several(county: County) -> None:
    await county.say(STATION, "/roster 书记")
    assert county.last(STATION) == "找到几位，请选："
    await county.press(STATION, "李书记")
    assert county.last(STATION) == ("李书记\n· 石梁镇·上坞村的村书记\n手机：13800000006\n账号：已登记，消息能送到")
    await county.say(STATION, "/roster 坑头")
    assert "您的范围内没有找到“坑头”" in county.last(STATION)


@pytest.mark.parametrize("who", [GRID, HEAD, LEADER])
async def test_the_roster_is_for_its_keepers(county: County, who: Someone) -> None:
    await county.say(who, "/roster")
    assert "不在您名册登记的职责之内" in county.last(who)


async def test_no_number_of_anybody_reaches_a_group(county: County) -> None:
    await county.say(STATION, "/roster 李书记", county.township_group)
    assert all(HEAD.phone not in text for text in county.new(county.township_group))
    await county.forge(STATION, f"r:card:{county.ids[HEAD.user_id]}") if county.messages(STATION.user_id) else None
    county.seen_all()


# -- numbers ----------------------------------------------------------------------------------------------------------


async def test_a_wrong_number_is_a_task_for_the_keeper_and_is_put_right_by_one_answer(county: County) -> None:
    async def service(work: Work) -> int:
        return await report_wrong_number(work, await work.rows.people.by_user(HEAD.user_id), county.ids[GRID.user_id])

    assert await county.run(service) == 1
    assert county.last(STATION) == (
        "号码待更正：王大爷（石梁镇·上坞村的网格员），现登记 13800000008，打过去不是本人。"
        "请问到新号码后按下面的按钮更正。"
    )
    await county.press(STATION, "改手机号")
    assert "请写王大爷的新手机号，11 位数字。" in county.last(STATION)
    await county.say(STATION, "12345")
    assert "手机号是 11 位数字" in county.last(STATION)
    await county.say(STATION, "+86 139 0000 0088")
    await county.press(STATION, "确认提交")
    assert county.last(STATION) == "王大爷的手机号已改为尾号 0088。"
    assert (await county.person(GRID)).phone == "13900000088"
    assert (await county.person(GRID)).user_id == GRID.user_id


async def test_a_number_of_somebody_else_is_not_taken(county: County) -> None:
    async def service(work: Work) -> Person:
        officer = await work.rows.people.by_user(STATION.user_id)
        return await correct_phone(work, officer, county.ids[GRID.user_id], HEAD.phone)

    with pytest.raises(DomainError) as refused:
        await county.run(service)
    assert refused.value.facts == {"name": "李书记", "tail": "0006"}


# -- leaving ----------------------------------------------------------------------------------------------------------


async def test_leaving_office_by_two_presses_names_the_groups_and_says_good_bye(county: County) -> None:
    await county.say(STATION, "/roster 王大爷")
    await county.press(STATION, "办离任")
    assert "确认王大爷离任？" in county.last(STATION)
    await county.press(STATION, "确认离任")
    assert county.last(STATION) == (
        "王大爷已办离任，账号已解除。\n他可能还在这些群里，请群主移出：石梁镇群、上坞村群。"
    )
    assert county.last(GRID) == "王大爷，您已不在责任人名册里，这里不再给您发预警和任务。感谢您这些年的付出。"
    left = await county.person(GRID)
    assert (left.status, left.user_id, left.posts) == (PersonStatus.LEFT, None, ())


async def test_changing_ones_mind_changes_nothing(county: County) -> None:
    before = await county.person(GRID)
    await county.say(STATION, "/roster 王大爷")
    await county.press(STATION, "办离任")
    await county.press(STATION, "不办了")
    assert await county.person(GRID) == before
    county.seen_all()


async def test_what_a_leaver_owed_is_with_his_deputy_and_asked_at_once(county: County) -> None:
    await county.run(lambda work: work.rows.people.set_posts(county.ids[WATER.user_id], ()))
    await has_deputy(county, HEAD, WATER)
    await county.warn(places=[VILLAGE])
    county.seen_all()
    departure = await leaves_office(county, STATION, HEAD)
    assert (departure.excused, departure.given) == (1, 1)
    assert departure.successor is not None
    assert departure.successor.name == "水利员"
    assert any("暴雨橙色预警" in text for text in county.new(WATER))
    closed = await county.run(
        lambda work: work.rows.obligations.find("warning:1", county.ids[HEAD.user_id], "acknowledge")
    )
    assert (closed.state, closed.note) == (ObligationState.EXCUSED, f"left_office:{county.ids[WATER.user_id]}")
    county.seen_all()


async def test_a_leaver_in_the_middle_of_a_dialogue_can_finish_nothing(county: County) -> None:
    await county.say(OFFICER, "/leave")
    _, data = county.button(OFFICER.user_id, "李书记", OFFICER)
    await leaves_office(county, STATION, OFFICER)
    pressed = await county.forge(OFFICER, data)
    assert pressed.text == county.bot.words.label("dialogue.closed")
    assert await county.run(lambda work: work.rows.dialogues.get(OFFICER.user_id, OFFICER.user_id)) is None
    county.seen_all()


async def test_who_stood_in_and_leaves_leaves_a_gap_that_is_told(county: County) -> None:
    await granted(county, STATION, await asked(county, HEAD, OFFICER))
    county.seen_all()
    await leaves_office(county, STATION, OFFICER)
    assert county.last(LEADER) == (
        "陈应急已离任。他替李书记顶岗（石梁镇·上坞村的村书记），现在没有人顶了，请另外安排。"
    )
    assert await county.run(lambda work: work.rows.people.leaves(work.now)) == []
    county.seen_all()


async def test_nobody_has_a_leaver_for_a_deputy(county: County) -> None:
    await has_deputy(county, HEAD, OFFICER)
    await leaves_office(county, STATION, OFFICER)
    assert (await county.person(HEAD)).deputy_id is None
    county.seen_all()


async def test_a_keeper_ends_only_the_posts_of_his_own_area(county: County) -> None:
    elsewhere = Post(Role.PATROLLER, PlaceCode("331124002001"))
    await county.run(
        lambda work: work.rows.people.set_posts(county.ids[GRID.user_id], (Post(Role.GRID_MEMBER, VILLAGE), elsewhere))
    )
    departure = await leaves_office(county, STATION, GRID)
    assert departure.kept == (elsewhere,)
    assert (await county.person(GRID)).posts == (elsewhere,)
    assert (await county.person(GRID)).user_id == GRID.user_id


@pytest.mark.parametrize("who", [HEAD, LEADER, FAR_STATION, GRID])
async def test_only_the_keeper_of_the_place_lets_somebody_go(county: County, who: Someone) -> None:
    with pytest.raises(NotAllowed):
        await leaves_office(county, who, OFFICER)
    assert (await county.person(OFFICER)).status is PersonStatus.ACTIVE


@pytest.mark.parametrize(
    "data", ["r", "r:", "r:x", "r:card", "r:card:x", "r:card:999999", "r:gone:-1", "r:free:1", "r:num:"]
)
async def test_made_up_buttons_change_nothing(county: County, data: str) -> None:
    await county.say(STATION, "/help")
    before = await county.run(lambda work: work.rows.people.all())
    pressed: Any = await county.forge(STATION, data)
    assert pressed.answered
    assert await county.run(lambda work: work.rows.people.all()) == before
    county.seen_all()
