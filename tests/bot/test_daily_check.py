"""The daily check of a response period on the whole bot: planned, drawn at its hidden minute, asked, judged."""

from datetime import timedelta

import pytest

from domain.check_charges import charges
from domain.check_plans import DailyState, plan_drawn_again
from domain.checks import Topic, Why
from domain.people import Leave, PersonId, Post, Role
from domain.response import Period, ResponseLevel
from services.check_bodies import departments
from services.check_daily import draw
from services.checks import Order, issue
from services.ports import CheckRow, DailyRow
from services.work import Work
from tests.support.county import (
    DUTY,
    ELSEWHERE,
    FAR_HEAD,
    FAR_STATION,
    FAR_VILLAGE,
    GRID,
    HEAD,
    OFFICER,
    PATROLLER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
    Someone,
    someone,
)
from tests.support.periods import a_period, end

pytestmark = pytest.mark.draws
STEP = timedelta(minutes=5)
GROUPS = ("county_group", "township_group", "village_group", "neighbour_group", "far_group", "far_village_group")


async def rows(county: County, period: Period) -> dict[str, DailyRow]:
    found = await county.run(lambda work: work.rows.daily_checks.of_period(period.id))
    return {row.body.key: row for row in found}


async def whole(county: County, row: DailyRow) -> DailyRow:
    found = await county.run(lambda work: work.rows.daily_checks.get(row.id))
    assert isinstance(found, DailyRow)
    return found


async def checks_of(county: County, row: DailyRow) -> list[CheckRow]:
    return list(await county.run(lambda work: work.rows.checks.of_daily(row.id)))


async def until_drawn(county: County, period: Period, body: str) -> DailyRow:
    """Let the day go on until this body has drawn."""
    for _ in range(200):
        row = (await rows(county, period)).get(body)
        if row is not None and row.state is not DailyState.WAITING:
            return await whole(county, row)
        await county.pass_time(step=STEP, minutes=5)
    raise AssertionError(f"{body} does not draw")


async def draw_at_once(county: County, period: Period, body: str) -> DailyRow:
    """This body's draw of the day, now."""

    async def now(work: Work) -> DailyRow:
        found = charges([period], await work.tree(), work.county, await departments(work))
        charge = next(one for one in found if one.body.key == body)
        plan, ends = work.policy.checks.daily.of(period.level), work.now + timedelta(hours=1)
        row = DailyRow(0, period.id, charge.body, work.now.date(), "day", work.now, ends, work.now, seed=2026)
        (row,) = await work.rows.daily_checks.add([row])
        drawn = await draw(work, row, charge, plan, plan.windows[0])
        assert drawn is not None
        return drawn

    made = await county.run(now)
    assert isinstance(made, DailyRow)
    return made


async def add_post(county: County, who: Someone, *posts: Post) -> None:
    number = county.ids[who.user_id]
    await county.run(lambda work: work.rows.people.set_posts(number, (*who.posts, *posts)))


async def test_every_body_draws_once_a_day_at_a_minute_within_its_window(county: County) -> None:
    period = await a_period(county, ResponseLevel.III)
    await county.pass_time(step=STEP, minutes=35)
    planned = await rows(county, period)
    assert {key: row.state for key, row in planned.items()} == dict.fromkeys(
        ("331124", "331124001", "331124002", "331124/水利"), DailyState.WAITING
    )
    assert county.unseen() == {}  # nobody hears of it beforehand
    for row in sorted(planned.values(), key=lambda one: one.due_at):
        county.clock.advance(max(timedelta(), row.due_at - county.clock.now()))
        await county.pass_time(minutes=1)
    done = await rows(county, period)
    assert {row.state for row in done.values()} == {DailyState.DRAWN, DailyState.EMPTY}
    assert done["331124001"].state is DailyState.DRAWN
    assert done["331124/水利"].state is DailyState.EMPTY  # nobody of its own in this roster
    for row in done.values():
        assert row.drawn_at is not None
        assert timedelta() <= row.drawn_at - row.due_at <= STEP
    for name in GROUPS:
        assert county.new(getattr(county, name)) == []
    county.seen_all()


async def test_the_county_asks_a_leader_of_every_township_and_a_village_and_shows_them_in_one_message(
    county: County,
) -> None:
    period = await a_period(county, ResponseLevel.III)
    row = await until_drawn(county, period, "331124")
    (check,) = await checks_of(county, row)
    asked = await county.run(lambda work: work.rows.checks.asked(check.id))
    assert {one.place for one in asked if one.role in {Role.LEADER_IN_CHARGE, Role.STATION}} == {TOWNSHIP, ELSEWHERE}
    assert len(asked) == 3
    assert all(one.topic is not None for one in asked)
    seen = [text for text in county.texts(DUTY) if text.startswith("抽查 2026")]
    assert len(seen) == 1
    assert "每日抽查" in seen[0]
    assert f"种子 {row.seed:016x}，可以重算" in seen[0]
    county.seen_all()


async def test_the_record_gives_the_same_draw_again(county: County) -> None:
    period = await a_period(county, ResponseLevel.III)
    row = await until_drawn(county, period, "331124001")
    assert row.record is not None
    assert plan_drawn_again(row.record) == row.record.chosen
    assert len(row.record.chosen) == 2
    assert len({one.role for one in row.record.chosen}) == 2
    county.seen_all()


async def test_who_was_just_heard_of_or_is_on_leave_is_spared_and_shown_as_such(county: County) -> None:
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    stand_in = someone(100, "坑头副书记")
    await county.join(stand_in)
    await county.warn(colour="红色", places=[ELSEWHERE])
    await county.press(FAR_HEAD, "收到")
    absent, instead, active = (county.ids[who.user_id] for who in (FAR_STATION, stand_in, FAR_HEAD))
    leave = Leave(PersonId(absent), PersonId(instead), county.clock.now(), county.clock.now() + timedelta(days=1))
    await county.run(lambda work: work.rows.people.add_leave(leave, absent))
    row = await draw_at_once(county, period, "331124")
    assert row.record is not None
    excluded = {number: one.why for number, one in row.record.excluded.items()}
    assert (excluded[absent], excluded[active]) == (Why.LEAVE, Why.ACTIVE)
    assert [one.person for one in row.record.chosen] == [instead]
    assert "您替云坑站长顶岗" in county.last(stand_in)
    assert "视为在岗：1 人（坑头书记）" in next(t for t in county.texts(DUTY) if "每日抽查" in t)
    county.seen_all()


async def test_where_everybody_was_just_heard_of_nobody_is_asked_and_the_leader_hears_why(county: County) -> None:
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    await county.warn(colour="红色", places=[ELSEWHERE])
    await county.press(FAR_HEAD, "收到")
    county.seen_all()
    row = await draw_at_once(county, period, "331124002")
    assert row.state is DailyState.EMPTY
    assert county.new(FAR_STATION) == ["今天云坑乡抽查没有问人：1 人刚有应答或上报，视为在岗；没有别人可抽。"]
    assert county.new(FAR_HEAD) == []


async def test_nobody_is_asked_a_second_time_on_a_day(county: County) -> None:
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    await draw_at_once(county, period, "331124")
    for who in (FAR_STATION, FAR_HEAD):
        await county.say(who, "在岗")
    row = await draw_at_once(county, period, "331124002")
    assert row.record is not None
    assert [one.why for one in row.record.excluded.values()] == [Why.TODAY]
    county.seen_all()


async def test_a_drawn_checker_is_asked_and_judged_by_the_next_level(county: County) -> None:
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    await add_post(county, FAR_STATION, Post(Role.EMERGENCY_OFFICER, FAR_VILLAGE))
    row = await draw_at_once(county, period, "331124002")  # two people at least: the station chief is one of them
    assert {one.issued_by: one.number for one in await checks_of(county, row)}.keys() == {
        county.ids[FAR_STATION.user_id],
        county.ids[DUTY.user_id],
    }
    assert "【抽查】周值班请您回答" in next(t for t in county.texts(FAR_STATION) if "请您回答" in t)
    assert "云坑站长" in next(t for t in county.texts(DUTY) if "每日抽查" in t)
    assert "云坑站长请您回答" in county.last(FAR_HEAD)
    county.seen_all()


async def test_when_the_response_ends_whoever_still_owes_an_answer_is_released(county: County) -> None:
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    await draw_at_once(county, period, "331124")
    await county.say(FAR_HEAD, "在岗")
    county.seen_all()
    await end(county, period)
    await county.pass_time(minutes=1)
    assert county.new(FAR_STATION) == []  # the question itself says it, nothing new comes
    assert "响应已结束 08:00，不用再答复" in county.last(FAR_STATION)
    seen = next(t for t in county.texts(DUTY) if "每日抽查" in t)
    assert "响应结束，不再追问" in seen
    assert "应答 1/1" in seen
    await county.pass_time(minutes=30)
    assert county.new(FAR_STATION) == []
    await county.press(DUTY, "看答复并判定：坑头书记")
    await county.press(DUTY, "在岗")
    assert "已全部判定" in next(t for t in county.texts(DUTY) if "每日抽查" in t)
    county.seen_all()


async def test_answers_that_agree_are_judged_together_and_the_others_singly(county: County) -> None:
    by = await county.person(STATION)
    await county.run(lambda work: issue(work, by, Order(Topic.PRESENCE, VILLAGE, size=4)))
    for who, answer in ((HEAD, "在岗"), (OFFICER, "在岗"), (GRID, "在途")):
        await county.press(who, answer)
    county.seen_all()
    await county.press(STATION, "记录一致的 2 人，一起判")
    listed = county.last(STATION)
    assert "陈应急" in listed
    assert "李书记" in listed
    assert "王大爷" not in listed
    await county.say(PATROLLER, "在岗")
    assert "名单已经变了" in str((await county.press(STATION, "都判为在岗")).text)
    await county.press(STATION, "记录一致的 3 人，一起判")
    await county.press(STATION, "都判为在岗")
    assert "3 人已判为在岗" in county.last(STATION)
    for who in (HEAD, OFFICER, PATROLLER):
        assert "在岗，情况清楚" in county.last(who)
    await county.press(STATION, "看答复并判定：王大爷")
    assert "≠ 在岗：他说 在途，应为 在岗" in county.last(STATION)
    county.seen_all()


async def test_a_day_is_drawn_and_recorded_the_same_on_postgresql(county_on_postgresql: County) -> None:
    await test_the_record_gives_the_same_draw_again(county_on_postgresql)


async def test_a_day_is_asked_and_judged_the_same_on_postgresql(county_on_postgresql: County) -> None:
    await test_a_drawn_checker_is_asked_and_judged_by_the_next_level(county_on_postgresql)
