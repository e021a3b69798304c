"""Who may check and judge whom."""

import pytest

from domain.checks import Reason, Result, Topic
from domain.errors import NotAllowed
from domain.people import Post, Role
from services.checks import Order, issue
from tests.support.checks import named, verdicts
from tests.support.county import (
    CADRE,
    FAR_HEAD,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    PATROLLER,
    STATION,
    VILLAGE,
    WATER,
    County,
)


async def test_a_village_head_cannot_check_anybody(county: County) -> None:
    await county.say(HEAD, "/check")
    assert "不在您名册登记的职责之内" in county.last(HEAD)
    await county.forge(HEAD, "c:new")
    assert await county.run(lambda work: work.rows.checks.open_of(county.ids[HEAD.user_id])) == []


async def test_nobody_checks_outside_his_area_or_above_himself(county: County) -> None:
    for checker, name in ((STATION, "坑头书记"), (STATION, "郑分管"), (CADRE, "岭下书记"), (WATER, "山塘老徐")):
        await county.say(checker, "/check")
        await county.press(checker, "点名问一位")
        await county.say(checker, name)
        offered = checker is not WATER
        assert ("请从下面的选项里选一个" if offered else "没有找到，请再打一次") in county.last(checker)
        assert ("回复前面的数字" if offered else "请直接打字回复") in county.last(checker)
        await county.say(checker, "/cancel")
    far = await county.person(FAR_HEAD)
    station = await county.person(STATION)
    for order in (Order(None, person_id=far.id), Order(None, far.posts[0].place)):
        with pytest.raises(NotAllowed):
            await county.bot.doors.run(lambda work, order=order: issue(work, station, order))
    county.seen_all()


async def test_a_department_checks_the_patrollers_of_its_own_trade(county: County) -> None:
    patroller = await county.person(PATROLLER)
    await county.run(lambda work: work.rows.people.set_posts(patroller.id, [Post(Role.PATROLLER, VILLAGE, "水利")]))
    await county.say(WATER, "/check")
    await county.press(WATER, "随机抽")
    await county.press(WATER, "松阳县")
    await county.press(WATER, "不限")
    assert "可抽 1 位" in county.last(WATER)
    await county.press(WATER, "不改，下一步")
    await county.press(WATER, "网格员到岗巡查")
    await county.press(WATER, "确认提交")
    assert "水利员请您回答" in county.last(PATROLLER)
    county.seen_all()


async def test_the_person_himself_cannot_judge_whatever_his_rights(county: County) -> None:
    station = await county.person(STATION)
    await county.run(
        lambda work: work.rows.people.set_posts(station.id, [*station.posts, Post(Role.VILLAGE_HEAD, VILLAGE)])
    )
    check = await named(county, LEADER, STATION, Topic.PRESENCE)
    await county.press(STATION, "1 在岗")
    for data in (
        f"c:see:{check.id}:{station.id}",
        f"c:set:{check.id}:{station.id}:on_post:0",
        f"c:call:{check.id}:{station.id}:on_post",
        f"c:keep:{check.id}:{station.id}:0",
    ):
        pressed = await county.forge(STATION, data)
        assert "不能由自己判定" in pressed.text
    assert await verdicts(county, check) == []
    county.seen_all()


async def test_forged_presses_change_nothing_and_are_answered(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PRESENCE)
    grid = county.ids[GRID.user_id]
    forgeries = (
        (HEAD, f"c:a:{check.id}:here", "另一位同志"),
        (HEAD, f"c:see:{check.id}:{grid}", "职责之内"),
        (HEAD, f"c:set:{check.id}:{grid}:on_post:0", "职责之内"),
        (FAR_STATION, f"c:set:{check.id}:{grid}:on_post:0", "职责之内"),
        (HEAD, f"c:end:{check.id}", "别的同志发起"),
        (LEADER, f"c:end:{check.id}", "别的同志发起"),
        (LEADER, f"c:post:{check.id}", "别的同志发起"),
        (HEAD, f"c:explain:{check.id}", "另一位同志"),
        (GRID, f"c:explain:{check.id}", "已过期"),
        (GRID, f"c:a:{check.id}:nonsense", "已过期"),
        (STATION, f"c:set:{check.id}:{grid}:splendid:0", "已过期"),
        (STATION, f"c:set:{check.id}:{grid}:on_post:7", "已经有人判定过了"),
        (STATION, f"c:set:{check.id}:{grid}:on_post:0", "对不上"),
        (STATION, "c:see:99:1", "已过期"),
        (STATION, "c:see:x", "已过期"),
        (STATION, "c:what", "已过期"),
        (STATION, "c:", "已过期"),
    )
    for who in (HEAD, LEADER, FAR_STATION):
        await county.say(who, "/help")  # a press needs a message to come from
    county.seen_all()
    for who, data, expected in forgeries:
        assert expected in (await county.forge(who, data)).text, data
    assert await verdicts(county, check) == []
    assert await county.run(lambda work: work.rows.checks.entries(check.id)) == []
    county.seen_all()


async def test_two_leaders_who_judge_at_once_leave_one_verdict(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PRESENCE)
    await county.press(GRID, "1 在岗")
    grid = county.ids[GRID.user_id]
    await county.say(LEADER, "/help")  # a press needs a message to come from
    county.seen_all()
    assert "已判定" in (await county.forge(LEADER, f"c:set:{check.id}:{grid}:on_post:0")).text
    assert "已经有人判定过了" in (await county.forge(STATION, f"c:set:{check.id}:{grid}:covered:0")).text
    assert [(v.result, v.by) for v in await verdicts(county, check)] == [(Result.ON_POST, county.ids[LEADER.user_id])]
    county.seen_all()


async def test_other_as_a_reason_wants_its_words(county: County) -> None:
    check = await named(county, STATION, GRID, Topic.PATROL)
    await county.say(GRID, "不知道")
    county.seen_all()
    await county.press(STATION, "看答复并判定")
    await county.press(STATION, "未及时到岗")
    assert "现在是：未及时到岗" in county.last(STATION)
    await county.press(STATION, "其他，要写明")
    await county.press(STATION, "填好了")
    assert "“其他”是什么" in county.last(STATION)
    await county.say(STATION, "在县城办事")
    await county.press(STATION, "确认提交")
    assert [(v.reasons, v.other) for v in await verdicts(county, check)] == [
        ((Reason.LATE, Reason.OTHER), "在县城办事")
    ]
    assert "记为没有及时到岗（在县城办事）。" in county.last(GRID)
    county.seen_all()
