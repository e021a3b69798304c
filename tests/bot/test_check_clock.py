"""A daily check at whose every step the bot is restarted, sleeps for an hour or for a day: no draw is lost or made
twice, nobody is asked twice, whoever stays silent comes onto one telephone list. Table-driven."""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, time, timedelta

import pytest

from domain.check_plans import Body, BodyKind, DailyState
from domain.people import Post, Role
from domain.response import Move, Period, ResponseLevel
from services.ports import DailyRow
from services.work import Work
from tests.response.test_moves import moved, started
from tests.support.county import COUNTY, DUTY, ELSEWHERE, FAR_HEAD, FAR_STATION, FAR_VILLAGE, County
from tests.support.periods import a_period, end

pytestmark = pytest.mark.draws
Step = Callable[[County, Period], Awaitable[None]]
Shock = Callable[[County], Awaitable[None]]
BODIES = ("331124", "331124002")


async def all_rows(county: County, period: Period) -> list[DailyRow]:
    async def look(work: Work) -> list[DailyRow]:
        found = await work.rows.daily_checks.of_period(period.id)
        whole = [await work.rows.daily_checks.get(row.id) for row in found]
        return [row for row in whole if row is not None]

    found: list[DailyRow] = await county.run(look)
    return found


# -- the steps of a day -------------------------------------------------------------------------------------------


async def planned(county: County, _: Period) -> None:
    await county.pass_time(step=timedelta(minutes=5), minutes=35)


async def drawn(county: County, period: Period) -> None:
    """The minute of every draw that waits comes."""
    for row in sorted(await all_rows(county, period), key=lambda one: one.due_at):
        if row.state is DailyState.WAITING:
            county.clock.advance(max(timedelta(), row.due_at - county.clock.now()))
            await county.pass_time(minutes=1)


async def second_question(county: County, _: Period) -> None:
    await county.pass_time(minutes=11)


async def telephone(county: County, _: Period) -> None:
    await county.pass_time(minutes=11)


async def answered(county: County, _: Period) -> None:
    """Whoever runs the township answers, the village head does not."""
    await county.say(FAR_STATION, "在岗，都好")


STEPS: tuple[Step, ...] = (planned, drawn, second_question, answered, telephone)


async def restarted(county: County) -> None:
    await county.restart()
    await county.restart()


async def an_hour_later(county: County) -> None:
    county.clock.advance(timedelta(hours=1))
    await county.restart()


async def a_day_later(county: County) -> None:
    county.clock.advance(timedelta(days=1))
    await county.restart()


async def an_hour_at_once(county: County) -> None:
    """The machine slept: the process is the same."""
    county.clock.advance(timedelta(hours=1))


CASES = [(step, shock) for step in range(len(STEPS)) for shock in (an_hour_later, a_day_later)]
EVERY_STEP = frozenset(range(len(STEPS)))


async def nothing_lost_or_doubled(county: County, period: Period) -> list[DailyRow]:
    """Whatever happened: what must hold of every day of the period."""
    found = await all_rows(county, period)
    keys = Counter((row.body.key, row.day, row.window) for row in found)
    assert max(keys.values()) == 1
    zone = county.bot.doors.zone
    days = {row.day for row in found}
    for day in days:
        assert {row.body.key for row in found if row.day == day and row.window == "day"} >= set(BODIES), day
    for row in found:
        now = county.clock.now()
        assert row.state is not DailyState.WAITING or row.closes_at > now, row
        checks = await county.run(lambda work, row=row: work.rows.checks.of_daily(row.id))
        asked = [
            one.person_id for each in checks for one in await county.run(lambda w, e=each: w.rows.checks.asked(e.id))
        ]
        chosen = [] if row.record is None else [one.person for one in row.record.chosen]
        assert sorted(asked) == sorted(chosen), row
        if row.drawn_at is not None:
            assert row.opens_at <= row.drawn_at < row.closes_at
        for check in checks:
            owed = await county.run(lambda work, one=check: work.rows.obligations.of_subject(one.subject))
            assert len(owed) == len({one.person_id for one in owed})
    per_day = Counter(
        (row.drawn_at.astimezone(zone).date(), one.person)
        for row in found
        if row.record is not None and row.drawn_at is not None
        for one in row.record.chosen
    )
    assert not per_day or max(per_day.values()) == 1, "somebody was asked twice on a day"
    return found


async def through_the_day(county: County, at: Collection[int], shock: Shock) -> None:
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    for number, step in enumerate(STEPS):
        await step(county, period)
        if number in at:
            await shock(county)
            await county.pass_time(minutes=1)
    await county.pass_time(step=timedelta(minutes=10), minutes=50)
    county.seen_all()
    found = await nothing_lost_or_doubled(county, period)
    assert {row.state for row in found if row.body.key in BODIES} & {DailyState.DRAWN, DailyState.EMPTY}
    for who in (DUTY, FAR_STATION):
        numbers = [text.split("：")[0] for text in county.texts(who) if "请打电话核实" in text]
        assert len(numbers) == len(set(numbers))  # one list for each check
    missed = [row for row in found if row.state is DailyState.MISSED and row.body.key == "331124002"]
    told = [text for text in county.texts(FAR_STATION) if "机器人漏抽" in text]
    assert len(told) == (1 if missed else 0)


@pytest.mark.parametrize(("at", "shock"), CASES, ids=[f"{STEPS[n].__name__}-{how.__name__}" for n, how in CASES])
async def test_the_bot_is_down_after_a_step(county: County, at: int, shock: Shock) -> None:
    await through_the_day(county, {at}, shock)


@pytest.mark.parametrize("shock", [restarted, an_hour_at_once], ids=lambda one: one.__name__)
async def test_after_every_step_it_is_started_anew_or_sleeps(county: County, shock: Shock) -> None:
    await through_the_day(county, EVERY_STEP, shock)


# -- midnight, levels, ends ---------------------------------------------------------------------------------------


async def a_row(county: County, period: Period, body: Body, window: str, opens: datetime, hours: float) -> DailyRow:
    """A draw that is due a minute before midnight."""
    zone = county.bot.doors.zone
    due = datetime.combine(opens.astimezone(zone).date(), time(23, 59), zone)
    row = DailyRow(0, period.id, body, due.date(), window, opens, opens + timedelta(hours=hours), due, seed=2026)
    (added,) = await county.run(lambda work: work.rows.daily_checks.add([row]))
    assert isinstance(added, DailyRow)
    return added


@pytest.mark.parametrize("down", [timedelta(), timedelta(minutes=4), timedelta(hours=7)], ids=str)
async def test_a_draw_a_minute_before_midnight_belongs_to_the_day_its_window_opened(
    county: County, down: timedelta
) -> None:
    """`down`: not at all, over midnight, until after the window."""
    period = await a_period(county, ResponseLevel.II, ELSEWHERE)
    zone = county.bot.doors.zone
    opens = datetime(2026, 6, 20, 22, 0, tzinfo=zone)
    county.clock.advance(opens - county.clock.now() - timedelta(hours=1))
    await county.pass_time(minutes=1)
    row = await a_row(county, period, Body(BodyKind.COUNTY, COUNTY), "night", opens, 7.5)
    county.clock.advance(row.due_at - county.clock.now() - timedelta(minutes=1))
    await county.pass_time(seconds=30)
    if down:
        county.clock.advance(down)
        await county.restart()
    await county.pass_time(minutes=3)
    (night,) = [one for one in await all_rows(county, period) if one.window == "night" and one.day == row.day]
    if down > timedelta(hours=6):
        assert night.state is DailyState.MISSED
    else:
        assert night.state is DailyState.DRAWN
        assert night.drawn_at is not None
        assert timedelta() <= night.drawn_at - row.due_at < timedelta(minutes=8)
    await nothing_lost_or_doubled(county, period)
    county.seen_all()


async def test_a_response_that_ends_while_questions_are_open_and_the_bot_is_down_right_after(county: County) -> None:
    period = await started(county, DUTY, ResponseLevel.III, ELSEWHERE)
    await planned(county, period)
    await drawn(county, period)
    await moved(county, DUTY, period, Move.END)
    county.clock.advance(timedelta(hours=1))
    await county.restart()
    await county.pass_time(minutes=2)
    found = await all_rows(county, period)
    assert DailyState.WAITING not in {row.state for row in found}
    for row in found:
        for check in await county.run(lambda work, row=row: work.rows.checks.of_daily(row.id)):
            owed = await county.run(lambda work, one=check: work.rows.obligations.of_subject(one.subject))
            assert "open" not in {one.state.value for one in owed}
    county.seen_all()
    await county.pass_time(step=timedelta(minutes=15), hours=25)
    for who in (FAR_STATION, FAR_HEAD):
        assert not [text for text in county.new(who) if "抽查】" in text]
    assert not [text for text in county.new(DUTY) if "请打电话核实" in text]
    county.seen_all()


async def test_a_second_response_on_the_same_day_asks_nobody_a_second_time(county: County) -> None:
    first = await a_period(county, ResponseLevel.III, ELSEWHERE)
    await planned(county, first)
    await drawn(county, first)
    for who in (FAR_STATION, FAR_HEAD):
        await county.say(who, "在岗，都好")
    await end(county, first)
    await county.pass_time(minutes=1)
    second = await a_period(county, ResponseLevel.II, ELSEWHERE)
    await planned(county, second)
    await drawn(county, second)
    asked: Counter[int] = Counter()
    for period in (first, second):
        for row in await all_rows(county, period):
            if row.record is not None and row.day.day == 20 and row.window == "day":
                asked.update(one.person for one in row.record.chosen)
    assert max(asked.values()) == 1
    county.seen_all()


async def test_raised_and_lowered_again_a_window_is_drawn_once(county: County) -> None:
    period = await started(county, DUTY, ResponseLevel.III, ELSEWHERE)
    await planned(county, period)
    period = await moved(county, DUTY, period, Move.RAISE, level=ResponseLevel.II)
    await county.pass_time(minutes=2)
    await county.restart()
    period = await moved(county, DUTY, period, Move.LOWER, level=ResponseLevel.III)
    await county.pass_time(minutes=2)
    await drawn(county, period)
    await nothing_lost_or_doubled(county, period)
    assert {row.window for row in await all_rows(county, period)} == {"day"}
    county.seen_all()


async def test_a_checker_who_is_drawn_is_asked_by_the_next_level_once_whatever_restarts(county: County) -> None:
    number = county.ids[FAR_STATION.user_id]
    posts = (*FAR_STATION.posts, Post(Role.EMERGENCY_OFFICER, FAR_VILLAGE))
    await county.run(lambda work: work.rows.people.set_posts(number, posts))
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    await planned(county, period)
    await drawn(county, period)
    await county.restart()
    await county.pass_time(minutes=30)
    await county.restart()
    await county.pass_time(minutes=5)
    found = await nothing_lost_or_doubled(county, period)
    judges = Counter[int]()
    for row in found:
        for check in await county.run(lambda work, row=row: work.rows.checks.of_daily(row.id)):
            asked = await county.run(lambda work, one=check: work.rows.checks.asked(one.id))
            judges.update(check.issued_by for one in asked if one.person_id == number)
    assert dict(judges) == {county.ids[DUTY.user_id]: 1}
    county.seen_all()


async def test_whoever_kept_silent_yesterday_is_drawn_again_today(county: County) -> None:
    period = await a_period(county, ResponseLevel.III, ELSEWHERE)
    await planned(county, period)
    await drawn(county, period)
    asked = {one.person for row in await all_rows(county, period) if row.record for one in row.record.chosen}
    county.clock.advance(timedelta(days=1) - (county.clock.now() - period.started_at))
    await county.restart()
    await planned(county, period)
    await drawn(county, period)
    today = [row for row in await all_rows(county, period) if row.day.day == 21 and row.record]
    assert asked == {one.person for row in today if row.record for one in row.record.chosen}
    county.seen_all()
