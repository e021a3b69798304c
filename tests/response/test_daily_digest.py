"""One digest a day while a response lasts, its figures counted again by hand; none on ordinary days."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.digest_figures import Matter, Owing, share
from domain.people import PersonId
from domain.response import Move, ResponseLevel
from services.work import Work
from tests.response.test_moves import moved, started
from tests.support.county import (
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
