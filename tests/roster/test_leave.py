"""Away, with somebody standing in: asked by buttons or in one's own words, confirmed with one tap."""

from datetime import timedelta

import pytest

from domain.errors import DomainError, NotAllowed, Stale
from domain.obligations import ObligationState
from services.leave import ask_leave, begin_leaves, grant_leave
from services.ports import LeaveRequest, Obligation
from services.work import Work
from tests.support.county import (
    CADRE,
    DUTY,
    FAR_HEAD,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    OFFICER,
    STATION,
    VILLAGE,
    County,
    Someone,
)


async def asked(
    county: County, person: Someone, stand_in: Someone, *, starts: float = 0, hours: float = 24
) -> LeaveRequest:
    """The person asks by the service: from now plus `starts` hours, for `hours`."""

    async def service(work: Work) -> LeaveRequest:
        asker = await work.rows.people.by_user(person.user_id)
        assert asker is not None
        begins = work.now + timedelta(hours=starts)
        return await ask_leave(
            work, asker, asker.id, county.ids[stand_in.user_id], begins, begins + timedelta(hours=hours)
        )

    request: LeaveRequest = await county.run(service)
    return request


async def granted(county: County, leader: Someone, request: LeaveRequest) -> None:
    async def service(work: Work) -> None:
        await grant_leave(work, await work.rows.people.by_user(leader.user_id), request.id)

    await county.run(service)


async def owed(county: County, who: Someone) -> list[Obligation]:
    found: list[Obligation] = await county.run(
        lambda work: work.rows.obligations.open_of_person(county.ids[who.user_id])
    )
    return found


async def state(county: County, request_id: int) -> str:
    row: LeaveRequest | None = await county.run(lambda work: work.rows.leave.get(request_id))
    assert row is not None
    return row.state


# -- asking -----------------------------------------------------------------------------------------------------------


async def test_leave_takes_three_answers_a_review_and_one_tap_of_a_leader(county: County) -> None:
    await county.say(HEAD, "/leave")
    assert "您请假时谁顶岗？" in county.last(HEAD)
    await county.press(HEAD, "陈应急")
    assert "李书记从什么时候起请假？" in county.last(HEAD)
    await county.press(HEAD, "现在")
    await county.press(HEAD, "共3天")
    review = county.last(HEAD)
    assert "顶岗人：陈应急（石梁镇·上坞村）" in review
    await county.press(HEAD, "确认提交")
    assert county.last(HEAD) == (
        "已报请领导确认：李书记 6月20日 08:00 至 6月23日 00:00 请假，陈应急顶岗。确认前还是李书记负责。"
    )
    assert county.last(OFFICER) == "李书记要请假，请您顶岗，正等领导确认。确认后会告诉您。"
    assert county.last(STATION) == (
        "请假，请您确认\n李书记（石梁镇·上坞村的村书记）\n6月20日 08:00 至 6月23日 00:00\n"
        "由陈应急（石梁镇·上坞村的村应急管理员、预警员、信息报告员）顶岗\n同意后，这段时间的预警和任务由陈应急应答。"
    )
    await county.press(STATION, "同意")
    assert county.last(STATION) == "已同意：李书记请假，陈应急顶岗。已告诉两位。"
    assert county.last(HEAD) == ("请假已确认：6月20日 08:00 至 6月23日 00:00，由陈应急顶岗。提前回来请发 /back。")
    assert county.last(OFFICER) == (
        "6月20日 08:00 至 6月23日 00:00，您替李书记顶岗：石梁镇·上坞村的村书记。这段时间的预警和任务，请您应答。"
    )
    pressed = await county.press(LEADER, "同意")
    assert pressed.text == "这次请假已经有人处理过了，没有再改动。"
    county.seen_all()


async def test_a_name_may_be_typed_and_times_as_people_say_them(county: County) -> None:
    await county.say(HEAD, "/leave")
    await county.say(HEAD, "岭下书记")
    await county.say(HEAD, "明天早上8点")
    await county.say(HEAD, "6月22日18点")
    await county.press(HEAD, "确认提交")
    assert "李书记 6月21日 08:00 至 6月22日 18:00 请假，岭下书记顶岗" in county.last(HEAD)
    county.seen_all()


async def test_an_end_before_the_beginning_is_refused_at_once(county: County) -> None:
    await county.say(HEAD, "/leave")
    await county.press(HEAD, "陈应急")
    await county.say(HEAD, "明天下午3点")
    await county.say(HEAD, "明天上午9点")
    await county.press(HEAD, "确认提交")
    assert "结束时间要在开始时间之后" in county.last(HEAD)
    county.seen_all()


async def test_the_stand_in_may_speak_for_the_absent_one_in_his_own_words(county: County) -> None:
    await county.say(OFFICER, "书记去县里住院，我顶")
    assert "李书记从什么时候起请假？" in county.last(OFFICER)
    await county.press(OFFICER, "现在")
    await county.press(OFFICER, "明天晚上12点")
    await county.press(OFFICER, "确认提交")
    assert "这是陈应急代为申请的。" in county.last(STATION)
    await county.press(STATION, "同意")
    assert (await owed(county, HEAD), await owed(county, OFFICER)) == ([], [])
    county.seen_all()


@pytest.mark.parametrize(
    "text",
    [
        "书记住院，我来顶岗",
        "书记这几天我顶",
        "书记出差，我先替他几天",
        "书记有事，由我顶上",
        "书记请假 代答",
        "我替书记代班",
    ],
)
async def test_people_say_it_in_many_ways(county: County, text: str) -> None:
    await county.say(OFFICER, text)
    assert "李书记从什么时候起请假？" in county.last(OFFICER)


async def test_who_is_meant_is_asked_when_it_is_not_clear(county: County) -> None:
    await county.say(CADRE, "他有事，我顶几天")
    assert county.last(CADRE) == "您替谁顶岗？请选："
    await county.press(CADRE, "王大爷")
    assert "王大爷从什么时候起请假？" in county.last(CADRE)
    county.seen_all()


@pytest.mark.parametrize(
    "text",
    [
        "书记住院了谁来顶岗？",
        "没人顶岗怎么办",
        "今天雨很大，水库快满了",
        "我家屋顶漏了",
        "我到坝顶看过，没事",
        "我去山顶看了",
        "我代书记汇报一下",
        "我替他签了字",
        "我顶不住了",
    ],
)
async def test_talk_about_standing_in_is_not_taken_for_it(county: County, text: str) -> None:
    await county.say(OFFICER, text)
    assert "请假" not in county.last(OFFICER)


async def test_leave_is_asked_for_in_private_only(county: County) -> None:
    await county.say(HEAD, "/leave", county.village_group)
    county.seen_all()
    assert await county.run(lambda work: work.rows.dialogues.get(HEAD.user_id, county.village_group)) is None


# -- what cannot be ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stand_in", "how", "key"),
    [
        (HEAD, {}, "leave.stand_in_error.self"),
        (FAR_HEAD, {}, "leave.stand_in_error.unfit"),
        (OFFICER, {"hours": -1}, "leave.ends_too_early"),
        (OFFICER, {"hours": 24 * 91}, "leave.too_long"),
    ],
)
async def test_what_cannot_be_asked_is_refused_with_its_reason(
    county: County, stand_in: Someone, how: dict[str, float], key: str
) -> None:
    with pytest.raises(DomainError) as refused:
        await asked(county, HEAD, stand_in, **how)
    assert refused.value.key == key


async def test_somebody_who_is_away_himself_cannot_stand_in(county: County) -> None:
    await granted(county, STATION, await asked(county, OFFICER, GRID))
    with pytest.raises(DomainError) as refused:
        await asked(county, HEAD, OFFICER)
    assert refused.value.key == "leave.stand_in_error.away"
    with pytest.raises(DomainError) as again:
        await asked(county, OFFICER, CADRE, starts=1)
    assert again.value.key == "leave.overlaps"
    county.seen_all()


async def test_nobody_decides_about_his_own_leave_or_standing_in(county: County) -> None:
    request = await asked(county, STATION, LEADER)
    assert county.new(STATION) == []
    assert "请假，请您确认" in county.last(DUTY)
    for leader in (STATION, LEADER):
        with pytest.raises(NotAllowed):
            await granted(county, leader, request)
    await granted(county, DUTY, request)
    county.seen_all()


@pytest.mark.parametrize("who", [GRID, CADRE, FAR_STATION])
async def test_only_leaders_of_the_place_decide(county: County, who: Someone) -> None:
    request = await asked(county, HEAD, OFFICER)
    with pytest.raises(NotAllowed):
        await granted(county, who, request)
    assert await state(county, request.id) == "asked"
    county.seen_all()


async def test_a_new_request_takes_the_place_of_one_that_nobody_answered(county: County) -> None:
    first = await asked(county, HEAD, OFFICER)
    second = await asked(county, HEAD, GRID)
    assert (await state(county, first.id), await state(county, second.id)) == ("withdrawn", "asked")
    with pytest.raises(Stale):
        await granted(county, STATION, first)
    county.seen_all()


async def test_a_refusal_is_told_to_the_one_who_asked(county: County) -> None:
    request = await asked(county, HEAD, OFFICER)
    await county.press(LEADER, "不同意")
    assert county.last(LEADER) == "没有同意李书记请假，已告诉他。"
    assert county.last(HEAD) == "李书记的请假，郑分管没有同意，还是本人负责。请打电话商量。"
    assert await state(county, request.id) == "refused"
    county.seen_all()


# -- what follows -----------------------------------------------------------------------------------------------------


async def test_nothing_is_inherited_before_the_leaders_tap(county: County) -> None:
    await county.warn(places=[VILLAGE])
    await asked(county, HEAD, GRID)
    assert [one.subject for one in await owed(county, HEAD)] == ["warning:1"]
    county.seen_all()


async def test_what_is_open_goes_to_the_stand_in_who_answers_for_himself(county: County) -> None:
    await county.run(lambda work: work.rows.people.set_posts(county.ids[GRID.user_id], ()))
    await county.run(lambda work: work.rows.people.update(county.ids[HEAD.user_id], deputy_id=county.ids[GRID.user_id]))
    await county.warn(places=[VILLAGE])
    assert county.new(GRID) == []
    await granted(county, STATION, await asked(county, HEAD, GRID))
    (his,) = await owed(county, GRID)
    assert (his.subject, his.place) == ("warning:1", VILLAGE)
    assert await owed(county, HEAD) == []
    before = await county.run(
        lambda work: work.rows.obligations.find("warning:1", county.ids[HEAD.user_id], "acknowledge")
    )
    assert (before.state, before.note) == (ObligationState.EXCUSED, f"on_leave:{county.ids[GRID.user_id]}")
    assert any("暴雨橙色预警" in text for text in county.new(GRID))
    await county.press(GRID, "收到")
    assert [one.what for one in await owed(county, GRID)] == ["act"]
    county.seen_all()


async def test_a_leave_that_begins_later_hands_over_when_it_begins(county: County) -> None:
    await granted(county, STATION, await asked(county, HEAD, GRID, starts=1))
    await county.warn(places=[VILLAGE])
    assert len(await owed(county, HEAD)) == 1
    county.seen_all()
    county.clock.advance(timedelta(minutes=61))
    assert await county.run(begin_leaves) == 1
    assert await owed(county, HEAD) == []
    assert await county.run(begin_leaves) == 0
    county.seen_all()


async def test_coming_back_early_ends_it_and_tells_the_stand_in(county: County) -> None:
    await granted(county, STATION, await asked(county, HEAD, OFFICER))
    county.clock.advance(timedelta(hours=2))
    county.seen_all()
    await county.say(HEAD, "/back")
    assert county.last(HEAD) == "李书记，销假好了，从现在起有事直接找您。已告诉陈应急。"
    assert county.new(OFFICER) == ["李书记回来了，您不用再顶岗。手上已经接到的，请办完。辛苦了。"]
    assert await county.run(lambda work: work.rows.people.leaves(work.now)) == []
    await county.say(HEAD, "/back")
    assert county.last(HEAD) == "您现在没有请假。要请假，发 /leave。"


async def test_a_leave_that_has_not_begun_can_be_taken_back(county: County) -> None:
    request = await asked(county, HEAD, OFFICER, starts=5)
    await granted(county, STATION, request)
    county.seen_all()
    await county.say(HEAD, "/back")
    assert county.last(HEAD) == "李书记，这次请假已撤回。已告诉陈应急。"
    assert await state(county, request.id) == "withdrawn"
    county.clock.advance(timedelta(hours=6))
    assert await county.run(lambda work: work.rows.people.leaves(work.now)) == []
    county.seen_all()


async def test_the_stand_in_has_the_posts_rights_while_it_lasts_and_not_after(county: County) -> None:
    await granted(county, LEADER, await asked(county, STATION, CADRE, hours=2))
    county.seen_all()
    await county.forge(CADRE, f"r:card:{county.ids[GRID.user_id]}")
    assert county.last(CADRE).startswith("王大爷")
    county.clock.advance(timedelta(hours=3))
    pressed = await county.forge(CADRE, f"r:card:{county.ids[GRID.user_id]}")
    assert "不在您名册登记的职责之内" in (pressed.text or "")
    county.seen_all()
