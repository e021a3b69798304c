"""Patrols on the whole bot: planned by a human, answered by one tap or one digit, climbing when nobody answers."""

from datetime import datetime, timedelta

import pytest

from domain.hazards import Category
from domain.patrols import Finding, Hindrance, Phase, TaskState
from domain.people import Leave, Post, Role
from domain.places import PlaceCode
from services.handover import hand_over
from services.patrol_plan import PlanMade, Planned, plan_patrol
from services.ports import CheckIn, PatrolTask, Proof
from services.work import Work
from tests.bot.test_patrol_rounds import point
from tests.support.county import (
    CADRE,
    DUTY,
    FAR_STATION,
    FAR_VILLAGE,
    GRID,
    HEAD,
    NEIGHBOUR,
    OFFICER,
    PATROLLER,
    START,
    STATION,
    STRANGER,
    TOWNSHIP,
    VILLAGE,
    WATER,
    County,
    Someone,
)

SIX_IN_THE_EVENING = START + timedelta(hours=10)
WALKERS = frozenset({Role.GRID_MEMBER, Role.PATROLLER})


async def plan(
    county: County,
    *places: PlaceCode,
    due: datetime = SIX_IN_THE_EVENING,
    roles: frozenset[Role] = WALKERS,
    officer: Someone = STATION,
) -> PlanMade:
    """A patrol as the dialogue would plan it, the tasks delivered and not looked at."""
    who = await county.person(officer)
    wanted = Planned(frozenset(places or (VILLAGE,)), roles, Phase.BEFORE, due)
    made = await county.run(lambda work: plan_patrol(work, who, wanted))
    assert isinstance(made, PlanMade)
    return made


async def task_of(county: County, who: Someone) -> PatrolTask:
    async def find(work: Work) -> PatrolTask:
        found = [t for n in range(1, 30) if (t := await work.rows.patrols.task(n)) is not None]
        return [t for t in found if t.person_id == county.ids[who.user_id]][-1]

    return await county.bot.doors.run(find)


async def check_ins(county: County, who: Someone) -> list[CheckIn]:
    task = await task_of(county, who)
    return await county.bot.doors.run(lambda work: work.rows.patrols.check_ins_of(task.id))


async def proofs(county: County, who: Someone) -> list[Proof]:
    task = await task_of(county, who)
    return await county.bot.doors.run(lambda work: work.rows.patrols.proofs_of(task.id))


# -- planning -----------------------------------------------------------------------------------------------------


async def test_an_officer_sends_people_out_with_four_answers(county: County) -> None:
    await county.say(STATION, "/patrols")
    await county.press(STATION, "派巡查")
    await county.press(STATION, "上坞村")
    await county.press(STATION, "填好了")  # where
    await county.press(STATION, "填好了")  # who: the usual posts are ticked
    await county.press(STATION, "事前检查")
    await county.press(STATION, "6月20日 18:00前")
    await county.press(STATION, "确认提交")
    assert "已派出：2 人，1 处" in county.last(STATION)
    assert "已发到：王大爷、山塘老徐。" in county.last(STATION)
    task = county.new(GRID)
    assert len(task) == 1
    assert "今天任务" in task[0]
    assert "上坞村 事前检查" in task[0]
    county.seen_all()


async def test_chosen_points_are_walked_by_those_in_charge_of_them(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await point(county, 2, "高山塘", PATROLLER)
    await point(county, 3, "溪口堤防", category=Category.DIKE)
    await county.say(STATION, "/patrols")
    await county.press(STATION, "派几个点")
    await county.say(STATION, "1,3")
    await county.press(STATION, "事前检查")
    await county.press(STATION, "6月20日 18:00前")
    await county.press(STATION, "确认提交")
    assert "已派出：1 人，1 处" in county.last(STATION)
    assert "没有巡查责任人，没有派：溪口堤防" in county.last(STATION)
    assert county.new(PATROLLER) == []  # his point was not chosen
    assert "岭头山塘 事前检查，18:00前" in county.new(GRID)[0]
    await county.say(GRID, "1")
    task = await task_of(county, GRID)
    assert (task.state, task.point_id) == (TaskState.NORMAL, 1)
    county.seen_all()


async def test_nobody_is_asked_without_a_human_plan(county: County) -> None:
    await county.pass_time(step=timedelta(minutes=30), hours=26)
    assert county.unseen() == {}


async def test_only_the_township_plans_and_only_in_its_own_area(county: County) -> None:
    for who in (GRID, HEAD, CADRE, WATER, DUTY):
        await county.say(who, "/patrols")
        with pytest.raises(AssertionError):
            county.button(who.user_id, "派巡查")
        await county.forge(who, "p:plan:new")
    assert "不在您名册登记的职责之内" in (await county.forge(GRID, "p:plan:new")).text
    with pytest.raises(Exception, match="no_right"):
        await plan(county, FAR_VILLAGE)
    county.seen_all()


async def test_one_person_gets_one_message_for_all_his_places(county: County) -> None:
    ids = county.ids

    async def two_villages(work: Work) -> None:
        person = await work.rows.people.get(ids[PATROLLER.user_id])
        assert person is not None
        posts = [Post(Role.PATROLLER, VILLAGE), Post(Role.PATROLLER, NEIGHBOUR)]
        await work.rows.people.set_posts(person.id, posts)

    await county.run(two_villages)
    made = await plan(county, TOWNSHIP, roles=frozenset({Role.PATROLLER}))
    assert len(made.tasks) == 2
    told = county.new(PATROLLER)
    assert len(told) == 1
    assert "上坞村" in told[0]
    assert "岭下村" in told[0]
    await county.say(PATROLLER, "1")
    assert "已记录 08:00，上坞村 正常。" in county.last(PATROLLER)
    assert "岭下村 事前检查" in county.last(PATROLLER)
    await county.press(PATROLLER, "1 正常")
    assert "岭下村 事前检查 08:00 正常" in county.last(PATROLLER)
    county.seen_all()


async def test_the_same_plan_twice_asks_nobody_twice(county: County) -> None:
    await plan(county)
    county.seen_all()
    with pytest.raises(Exception, match="already"):
        await plan(county)
    assert county.unseen() == {}


async def test_whoever_stands_in_gets_the_task_of_the_absent(county: County) -> None:
    absent, stand_in = county.ids[GRID.user_id], county.ids[OFFICER.user_id]

    async def leave(work: Work) -> None:
        away = Leave(absent, stand_in, work.now, work.now + timedelta(days=2))  # type: ignore[arg-type]
        await work.rows.people.add_leave(away, stand_in)

    await county.run(leave)
    await plan(county, roles=frozenset({Role.GRID_MEMBER}))
    assert county.new(GRID) == []
    assert len(county.new(OFFICER)) == 1
    await county.press(OFFICER, "1 正常")
    county.seen_all()


async def test_who_cannot_be_written_to_is_named_to_the_planner(county: County) -> None:
    county.world.block_bot(GRID.user_id)
    await county.settle()
    made = await plan(county)
    assert [one.name for one in made.unreached] == ["王大爷"]
    county.seen_all()


async def test_what_was_planned_by_mistake_is_taken_back(county: County) -> None:
    await plan(county)
    await county.press(PATROLLER, "1 正常")
    await county.say(STATION, "/patrols")
    await county.press(STATION, "撤回：6月20日 18:00前，1 处")
    assert (await task_of(county, GRID)).state is TaskState.OPEN  # asked first
    county.seen_all()
    await county.press(STATION, "确认撤回")
    assert "已撤回 1 处" in county.last(STATION)
    assert county.new(PATROLLER) == []
    await county.pass_time(seconds=3)
    assert "不用去了" in county.last(GRID)
    await county.pass_time(step=timedelta(hours=1), hours=14)
    assert county.unseen() == {}
    stale = await county.forge(GRID, f"p:ok:{(await task_of(county, GRID)).id}")
    assert stale.alert
    await county.say(HEAD, "/patrols")
    assert (await county.forge(HEAD, "p:drop:1:yes")).alert
    county.seen_all()


async def test_what_is_open_when_somebody_leaves_is_the_others_to_walk(county: County) -> None:
    await plan(county)
    person, other = await county.person(GRID), await county.person(OFFICER)
    county.seen_all()
    await county.run(lambda work: hand_over(work, person, other, "left"))
    assert "上坞村 事前检查" in county.last(OFFICER)
    await county.press(OFFICER, "1 正常")
    row = (await check_ins(county, GRID))[0]
    assert row.person_id == other.id
    await county.pass_time(step=timedelta(hours=1), hours=14)
    assert not any("王大爷" in text for text in county.texts(HEAD))
    county.seen_all()


# -- answering ----------------------------------------------------------------------------------------------------


async def test_a_normal_check_in_is_one_tap(county: County) -> None:
    await plan(county)
    county.seen_all()
    pressed = await county.press(GRID, "1 正常")
    assert pressed.text == "已记录 08:00，上坞村 正常。"
    assert county.new(GRID) == []  # the task itself says so, nothing more is sent
    assert "✅ 上坞村 事前检查 08:00 正常" in county.last(GRID)
    assert [one.finding for one in await check_ins(county, GRID)] == [Finding.NORMAL]
    county.seen_all()


@pytest.mark.parametrize("typed", ["1", "一", "1。", "正常", "上坞村正常"])
async def test_a_normal_check_in_is_one_digit_or_word(county: County, typed: str) -> None:
    await plan(county)
    county.seen_all()
    await county.say(GRID, typed)
    assert county.new(GRID) == ["已记录 08:00，上坞村 正常。"]
    assert len(await check_ins(county, GRID)) == 1
    county.seen_all()


async def test_a_second_tap_and_a_second_digit_are_the_same_check_in(county: County) -> None:
    await plan(county)
    await county.say(GRID, "1")
    await county.say(GRID, "1")
    assert "已经记过 上坞村 正常" in county.last(GRID)
    assert len(await check_ins(county, GRID)) == 1
    county.seen_all()


async def test_a_warning_is_answered_first_and_the_task_shown_again(county: County) -> None:
    await plan(county)
    await county.warn(places=[VILLAGE])
    county.seen_all()
    await county.say(GRID, "1")
    said = county.new(GRID)
    assert "号预警" in said[0]
    assert "上坞村 事前检查" in said[1]
    assert (await task_of(county, GRID)).state is TaskState.OPEN
    await county.say(GRID, "1")
    assert county.new(GRID) == ["已记录 08:00，上坞村 正常。"]
    county.seen_all()


async def test_received_is_no_check_in(county: County) -> None:
    await plan(county)
    county.seen_all()
    await county.say(GRID, "收到")
    assert "请回 1 正常" in county.last(GRID)
    assert (await task_of(county, GRID)).state is TaskState.OPEN
    county.seen_all()


async def test_an_abnormal_finding_goes_on_as_a_hazard_with_the_place_known(county: County) -> None:
    await plan(county)
    county.seen_all()
    await county.press(PATROLLER, "2 有异常")
    assert "有异常，已记下。是哪一类？" in county.last(PATROLLER)
    assert "共 4 步" in county.last(PATROLLER)  # the place is not asked
    await county.press(PATROLLER, "山塘水库")
    await county.say(PATROLLER, "溢洪道堵了")
    await county.say(PATROLLER, "下面3户")
    await county.press(PATROLLER, "跳过")
    await county.press(PATROLLER, "确认提交")
    assert "编号 2026-0001" in county.last(PATROLLER)
    assert "石梁镇·上坞村" in county.last(STATION)
    row = (await check_ins(county, PATROLLER))[0]
    assert (row.finding, row.hazard_id) == (Finding.ABNORMAL, 1)
    county.seen_all()


async def test_what_is_abnormal_may_be_typed_in_one_line(county: County) -> None:
    await plan(county)
    await county.say(PATROLLER, "2 坝脚渗水")
    assert "共 3 步" in county.last(PATROLLER)  # neither where nor what
    county.seen_all()


async def test_something_abnormal_that_is_not_described_is_asked_after(county: County) -> None:
    await plan(county)
    await county.press(PATROLLER, "2 有异常")
    await county.press(PATROLLER, "取消")
    county.seen_all()
    await county.pass_time(minutes=31)
    assert "还没说是什么情况" in county.last(PATROLLER)
    await county.pass_time(minutes=30)
    assert "请马上打电话：山塘老徐" in county.last(STATION)
    await county.press(PATROLLER, "说说是什么情况")
    assert "是哪一类" in county.last(PATROLLER)
    county.seen_all()


async def test_not_being_able_to_go_is_taken_at_once_and_the_desk_knows(county: County) -> None:
    await plan(county)
    county.seen_all()
    await county.press(GRID, "3 去不了")
    assert "王大爷去不了。电话" in county.last(STATION)
    assert "为什么去不了" in county.last(GRID)
    await county.press(GRID, "路断")
    assert "王大爷去不了，路断。" in county.last(STATION)
    assert len(county.new(STATION)) == 0  # the reason came into the same message
    row = (await check_ins(county, GRID))[0]
    assert (row.finding, row.hindrance, row.late) == (Finding.UNABLE, Hindrance.ROAD, False)
    await county.pass_time(step=timedelta(minutes=10), hours=12)
    assert "去不了" in county.last(GRID)  # never reminded, never counted as missing
    assert not any("没有回音" in text and "王大爷" in text for text in county.texts(HEAD))
    county.seen_all()


@pytest.mark.parametrize(
    ("typed", "why"), [("1", Hindrance.ROAD), ("太危险", Hindrance.DANGER), ("家里老人住院", Hindrance.OTHER)]
)
async def test_the_reason_may_be_typed(county: County, typed: str, why: Hindrance) -> None:
    await plan(county)
    await county.say(GRID, "3")
    await county.say(GRID, typed)
    assert "记下了" in county.last(GRID)
    assert (await check_ins(county, GRID))[0].hindrance is why
    county.seen_all()


async def test_number_and_reason_in_one_line_leave_nothing_to_ask(county: County) -> None:
    await plan(county)
    county.seen_all()
    await county.say(GRID, "3 路断了")
    assert county.new(GRID) == ["已记录 08:00，上坞村 去不了。"]
    assert "路断" in county.last(STATION)
    county.seen_all()


async def test_who_went_after_all_is_recorded_beside_his_first_word(county: County) -> None:
    await plan(county)
    await county.say(GRID, "3 路断")
    await county.pass_time(minutes=45)
    await county.say(GRID, "正常")
    assert [one.finding for one in await check_ins(county, GRID)] == [Finding.UNABLE, Finding.NORMAL]
    task = await task_of(county, GRID)
    assert task.state is TaskState.NORMAL
    county.seen_all()


# -- late, and filled in later ---------------------------------------------------------------------------------------


async def test_a_late_answer_counts_and_is_marked(county: County) -> None:
    await plan(county, due=START + timedelta(hours=1))
    await county.pass_time(step=timedelta(minutes=10), minutes=80)
    county.seen_all()
    await county.say(GRID, "1")
    assert "照样算数" in county.last(GRID)
    assert (await check_ins(county, GRID))[0].late
    county.seen_all()


async def test_what_is_filled_in_keeps_its_own_time_and_is_not_late(county: County) -> None:
    await plan(county, due=START + timedelta(minutes=30))
    await county.pass_time(step=timedelta(minutes=10), minutes=41)
    county.seen_all()
    await county.say(GRID, "去抢险了，补08:10 正常")
    assert "已补报：08:10 上坞村 正常。" in county.last(GRID)
    row = (await check_ins(county, GRID))[0]
    assert (row.filled_in, row.late, row.words) == (True, False, "去抢险了")
    assert row.seen_at == START + timedelta(minutes=10)
    assert row.at > row.seen_at
    county.seen_all()


# -- silence ------------------------------------------------------------------------------------------------------


async def test_silence_climbs_from_the_walker_to_the_village_head_to_the_desk(county: County) -> None:
    await plan(county, due=START + timedelta(hours=1))
    county.seen_all()
    await county.pass_time(step=timedelta(minutes=10), minutes=60)
    assert len(county.new(GRID)) == 1
    assert "还没有收到您的巡查情况" in county.last(GRID)
    assert county.new(HEAD) == []
    await county.pass_time(step=timedelta(minutes=10), minutes=60)
    told = county.new(HEAD)
    assert len(told) == 1  # two silent people are one message
    assert "王大爷 13800000008" in told[0]
    assert "山塘老徐 13800000009" in told[0]
    assert county.new(STATION) == []
    await county.pass_time(step=timedelta(minutes=10), minutes=60)
    assert len(county.new(STATION)) == 1
    county.seen_all()


async def test_a_helper_records_what_he_was_told_by_telephone(county: County) -> None:
    await plan(county, due=START + timedelta(hours=1))
    await county.pass_time(step=timedelta(minutes=10), minutes=120)
    await county.press(HEAD, "王大爷：登记")
    await county.press(HEAD, "正常")
    assert "上坞村 正常" in county.last(HEAD)
    row = (await check_ins(county, GRID))[0]
    assert row.person_id == county.ids[GRID.user_id]
    assert row.recorded_by == county.ids[HEAD.user_id]
    assert row.channel == "phone"
    county.seen_all()


async def test_somebody_elses_task_is_refused(county: County) -> None:
    await plan(county)
    task = await task_of(county, GRID)
    for who in (PATROLLER, FAR_STATION, WATER):
        await county.say(who, "/help")
        refused = await county.forge(who, f"p:ok:{task.id}")
        assert refused.alert
    assert (await task_of(county, GRID)).state is TaskState.OPEN
    county.seen_all()


@pytest.mark.parametrize(
    "data",
    [
        *("p", "p:", "p:ok", "p:ok:", "p:ok:99999", "p:ok:x", "p:why:1:zz", "p:zz:1", "p:by:1:q"),
        *("p:at:331124002001:n", "p:at:zz:n", "p:ok:" + "9" * 40),
    ],
)
async def test_forged_data_changes_nothing_and_is_answered(county: County, data: str) -> None:
    await plan(county)
    answered = await county.forge(GRID, data)
    assert answered.answered
    assert answered.alert
    assert (await task_of(county, GRID)).state is TaskState.OPEN
    county.seen_all()


# -- what is sent along ----------------------------------------------------------------------------------------------


async def test_a_photo_and_a_position_are_kept_and_judged_by_nobody(county: County) -> None:
    await plan(county)
    await county.press(GRID, "1 正常")
    county.seen_all()
    await county.photo(GRID, data=b"pond")
    assert county.new(GRID) == ["照片收到，附在上坞村的巡查里。"]
    await county.location(GRID, 28.60, 119.30)
    assert "离村中心约" in county.last(GRID)
    kept = await proofs(county, GRID)
    assert [bool(one.file_id) for one in kept] == [True, False]
    assert (kept[1].distance_m or 0) > 20_000
    assert (await task_of(county, GRID)).state is TaskState.NORMAL
    county.seen_all()


async def test_a_photo_before_the_answer_asks_for_it(county: County) -> None:
    await plan(county)
    county.seen_all()
    await county.photo(GRID, data=b"pond")
    said = county.new(GRID)
    assert len(said) == 1
    assert "照片收到" in said[0]
    assert "回 1 正常" in said[0]
    await county.press(GRID, "1 正常")
    county.seen_all()


async def test_a_photo_with_a_word_under_it_is_both(county: County) -> None:
    await plan(county)
    await county.photo(GRID, data=b"pond", caption="正常")
    assert len(await check_ins(county, GRID)) == 1
    assert len(await proofs(county, GRID)) == 1
    county.seen_all()


async def test_a_reply_with_a_photo_in_the_group_belongs_to_the_task(county: County) -> None:
    await plan(county)
    await county.warn(places=[VILLAGE])
    post = county.messages(county.village_group)[-1]
    county.seen_all()
    await county.photo(GRID, county.village_group, data=b"pond", reply_to=post.id)
    assert county.new(county.village_group) == []  # nothing is said in the group
    assert "附在上坞村的巡查里" in county.new(GRID)[0]
    assert len(await proofs(county, GRID)) == 1
    county.seen_all()


async def test_a_word_in_reply_in_the_group_is_a_check_in(county: County) -> None:
    await plan(county)
    await county.warn(places=[VILLAGE])
    post = county.messages(county.village_group)[-1]
    county.seen_all()
    await county.say(GRID, "上坞正常", county.village_group, reply_to=post.id)
    assert county.new(county.village_group) == []
    assert len(await check_ins(county, GRID)) == 1
    county.seen_all()


# -- of one's own accord ---------------------------------------------------------------------------------------------


async def test_a_check_in_without_a_task_is_possible_at_ones_own_place(county: County) -> None:
    await county.say(GRID, "/patrol")
    assert "没有派给您的巡查任务" in county.last(GRID)
    await county.press(GRID, "✅ 上坞村 正常")
    assert "上坞村 事中巡查 08:00 正常" in county.last(GRID)
    await county.say(STRANGER, "/patrol")
    assert "没有和责任人名册对上" in county.last(STRANGER)
    county.seen_all()


async def test_a_bare_digit_without_anything_asked_is_no_check_in(county: County) -> None:
    await county.say(GRID, "1")
    assert "没看明白" in county.last(GRID)
    county.seen_all()


async def test_the_link_to_a_task_shows_it_and_answers_nothing(county: County) -> None:
    await plan(county)
    task = await task_of(county, GRID)
    county.seen_all()
    await county.open_link(GRID, f"p_{task.id}")
    assert "上坞村 事前检查" in county.last(GRID)
    assert (await task_of(county, GRID)).state is TaskState.OPEN
    await county.open_link(PATROLLER, f"p_{task.id}")
    assert "给另一位同志" in county.last(PATROLLER)
    county.seen_all()


async def test_the_desk_sees_what_is_unfinished_and_no_ranking(county: County) -> None:
    await plan(county)
    await county.press(GRID, "1 正常")
    await county.press(PATROLLER, "3 去不了")
    await county.press(PATROLLER, "身体原因")
    await county.say(STATION, "/patrols")
    assert "山塘老徐" in county.last(STATION)
    assert "去不了，身体原因" in county.last(STATION)
    assert "王大爷" not in county.last(STATION)
    county.seen_all()


async def test_a_restart_loses_neither_task_nor_question(county: County) -> None:
    await plan(county)
    await county.press(PATROLLER, "2 有异常")
    await county.restart()
    await county.press(PATROLLER, "山塘水库")
    await county.say(PATROLLER, "溢洪道堵了")
    assert "有没有人受威胁" in county.last(PATROLLER)
    await county.say(GRID, "1")
    assert "已记录" in county.last(GRID)
    county.seen_all()


async def test_nothing_of_a_patrol_is_ever_said_in_a_group(county: County) -> None:
    await plan(county, due=START + timedelta(hours=1))
    await county.press(GRID, "3 去不了")
    await county.press(GRID, "路断")
    await county.pass_time(step=timedelta(minutes=10), hours=5)
    for group in (county.village_group, county.township_group, county.county_group):
        assert county.new(group) == []
    county.seen_all()
