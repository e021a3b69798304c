"""One digest a day while a response lasts, its figures counted again by hand; none on ordinary days."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.digest_figures import Matter, Owing, share
from domain.people import PersonId
from domain.response import Move, ResponseLevel
from services.work import Work
from tests.duty.support import planned
from tests.response.test_moves import moved, started
from tests.support.county import (
    CADRE,
    COUNTY,
    DUTY,
    FAR_VILLAGE,
    GRID,
    HEAD,
    LEADER,
    OFFICER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
    Someone,
    small_county,
)
from tests.support.hazards import report

START = datetime(2026, 6, 20, 9, tzinfo=UTC)
"""17:00 in the county: half an hour before the digest"""


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with small_county(tmp_path, start=START) as made:
        yield made
        made.seen_all()


def digests(county: County, who: Someone) -> list[str]:
    return [text for text in county.new(who) if "日报" in text]


async def test_leaders_get_one_digest_and_the_names_behind_a_figure(county: County) -> None:
    await started(county, LEADER, ResponseLevel.III, TOWNSHIP)
    await county.warn(places=[TOWNSHIP])
    await county.press(HEAD, "收到")
    county.seen_all()
    await county.pass_time(minutes=40, step=timedelta(minutes=5))
    (text,) = digests(county, LEADER)
    (desk,) = digests(county, DUTY)
    assert "石梁镇日报" in text
    assert "松阳县日报" in desk

    async def by_hand(work: Work) -> tuple[int, int]:
        """Counted from the warning's own obligations, without the digest's query or sums."""
        rows = await work.rows.obligations.of_subject("warning:1")
        here = [row for row in rows if row.place.startswith(TOWNSHIP)]
        return sum(row.answered_at is not None for row in here), len(here)

    done, owed = await county.run(by_hand)
    assert f"预警应答 {done}/{owed}" in text
    await county.press(STATION, "预警没应答的")
    named = county.last(STATION)
    assert OFFICER.name in named
    assert HEAD.name not in named
    await county.restart()
    await county.pass_time(minutes=10, step=timedelta(minutes=5))
    assert digests(county, LEADER) == []


async def test_nothing_is_a_zero_report_and_ordinary_days_have_none(county: County) -> None:
    await county.pass_time(minutes=25, step=timedelta(minutes=5))
    period = await started(county)  # nobody is checked in the first quarter of an hour
    await county.pass_time(minutes=8, step=timedelta(minutes=2))
    county_wide = digests(county, DUTY)
    assert len(county_wide) == 1
    assert "零报告" in county_wide[0]
    await moved(county, DUTY, period, Move.END)
    county.seen_all()
    await county.pass_time(hours=24, step=timedelta(hours=1))
    assert digests(county, DUTY) == []


async def test_the_names_are_for_those_of_the_place_alone(county: County) -> None:
    await county.say(GRID, "/me")
    data = f"dgs:acknowledge:{TOWNSHIP}:0:{int(START.timestamp()) + 9999}"
    pressed = await county.forge(GRID, data)
    assert "不在您名册登记的职责之内" in (pressed.text or "")
    for wrong in ("dgs:x", f"dgs:acknowledge:{TOWNSHIP}:0:999999999999999", "dgs:acknowledge"):
        await county.forge(GRID, wrong)


MORNING = datetime(2026, 6, 20, 23, 30, tzinfo=UTC)
"""07:30 in the county, the next day"""


async def test_one_that_was_not_sent_by_midnight_follows_in_the_morning_and_says_its_day(county: County) -> None:
    await started(county, LEADER, ResponseLevel.III, TOWNSHIP)
    await county.warn(places=[TOWNSHIP])
    await county.press(HEAD, "收到")
    county.seen_all()
    county.clock.advance(timedelta(hours=10))  # 03:00: the bot was down
    await county.restart()
    await county.pass_time(minutes=5)
    assert digests(county, LEADER) == []  # nobody is woken for it
    county.clock.advance(MORNING - county.clock.now())
    await county.pass_time(minutes=2)
    (text,) = digests(county, LEADER)
    assert "石梁镇日报　6月20日（补发，6月21日 07:3" in text
    assert "6月20日 00:00 至 6月20日 17:30" in text
    assert "预警应答 1/8" in text
    await county.restart()
    await county.pass_time(minutes=2)
    assert digests(county, LEADER) == []
    await county.pass_time(step=timedelta(minutes=30), hours=11)
    (text,) = digests(county, LEADER)
    assert "石梁镇日报　6月21日" in text
    assert "补发" not in text
    assert "6月20日 17:30 至 6月21日 17:30" in text  # no hour is in two of them, and none in neither
    assert "没有发出" not in text


async def test_days_that_are_too_old_are_recorded_as_skipped_by_the_bot_and_told_once(county: County) -> None:
    await started(county, LEADER, ResponseLevel.III, TOWNSHIP)
    county.seen_all()
    county.clock.advance(MORNING - county.clock.now() + timedelta(days=2))
    await county.restart()
    await county.pass_time(minutes=2)
    (text,) = digests(county, LEADER)
    assert "石梁镇日报　6月22日（补发" in text
    assert "6月20日、6月21日 的日报没有发出，是机器人的原因。" in text

    async def recorded(work: Work) -> list[str]:
        return [what for _, _, what, _ in await work.rows.timeline.of(f"place:{TOWNSHIP}")]

    assert (await county.run(recorded)).count("digest.skipped") == 2
    await county.pass_time(step=timedelta(minutes=30), hours=11)
    (text,) = digests(county, LEADER)
    assert "没有发出" not in text


async def test_what_never_left_the_queue_is_told_in_the_next(county: County) -> None:
    await started(county, LEADER, ResponseLevel.III, TOWNSHIP)
    county.seen_all()
    await county.pass_time(minutes=35, step=timedelta(minutes=5))
    (_,) = digests(county, LEADER)
    key = f"daily:2026-06-20:{TOWNSHIP}:{county.ids[LEADER.user_id]}"
    await county.run(lambda work: lose(work, key))
    await county.pass_time(step=timedelta(hours=1), hours=24)
    (text,) = digests(county, LEADER)
    assert "6月20日 的日报没有发出" in text
    assert not any("没有发出" in one for one in digests(county, STATION))


async def lose(work: Work, key: str) -> None:
    """Telegram was away for a day: the message expired in the queue."""
    await work.rows.outbox._db.execute(  # type: ignore[attr-defined]
        sa.text("UPDATE outbox SET state = 'expired' WHERE key = :key"), {"key": key}
    )


async def test_duty_is_counted_by_persons_on_shift_and_hazards_are_listed_on_request(county: County) -> None:
    await started(county, LEADER, ResponseLevel.III, TOWNSHIP)
    await planned(county, timedelta(minutes=10), 8, LEADER, STATION, CADRE)
    await report(county)
    county.seen_all()
    await county.pass_time(minutes=5, step=timedelta(minutes=1))
    await county.press(STATION, "我已到岗")
    await county.pass_time(minutes=35, step=timedelta(minutes=5))
    (text,) = digests(county, LEADER)
    rows = await county.run(lambda work: work.rows.reviews.manned_between(START - timedelta(hours=1), work.now))
    assert f"值班到岗确认 {sum(one.confirmed_at is not None for one in rows)}/{len(rows)}" in text
    assert len(rows) == 3
    assert "没办完的隐患 1 处" in text
    await county.press(LEADER, "值班没确认的 2")
    assert CADRE.name in county.last(LEADER)
    assert STATION.name not in county.last(LEADER)
    await county.press(LEADER, "没办完的隐患 1")
    assert "2026-0001" in county.last(LEADER)
    await county.say(GRID, "/me")
    assert "不在您名册登记的职责之内" in ((await county.forge(GRID, f"dgs:hazards:{TOWNSHIP}")).text or "")


def owing(
    person: int, minutes: int | None, *, excused: bool = False, late: bool = False, place: str = VILLAGE
) -> Owing:
    at = None if minutes is None else START + timedelta(minutes=minutes)
    return Owing("acknowledge", PersonId(person), place, START, at, late, excused, open=False)  # type: ignore[arg-type]


def test_whoever_is_excused_is_in_neither_number() -> None:
    rows = [owing(1, 2), owing(2, 6, late=True), owing(3, None), owing(4, None, excused=True), owing(3, None)]
    found = share(rows, Matter.WARNINGS, TOWNSHIP)
    assert (found.done, found.owed, found.late, found.excused) == (2, 4, 1, 1)
    assert (found.missing, found.mean_minutes) == ((3,), 4.0)
    assert share(rows, Matter.CHECKS, TOWNSHIP).owed == share(rows, Matter.WARNINGS, FAR_VILLAGE).owed == 0
    assert share(rows, Matter.WARNINGS, COUNTY) == found
