"""复盘 after a response: its figures counted again by plain SQL, the same in message, document and sheets."""

import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from domain.checks import Reason, Result, Topic
from domain.response import Move, Period, ResponseLevel
from services.check_verdicts import judge
from services.checks import Order, issue
from services.work import Work
from tests.bot.test_patrol_rounds import point
from tests.response.test_moves import moved, started
from tests.support.county import (
    DUTY,
    ELSEWHERE,
    FAR_HEAD,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR_HEAD,
    OFFICER,
    STATION,
    TOWNSHIP,
    County,
    Someone,
    small_county,
)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with small_county(tmp_path) as made:
        yield made
        made.seen_all()


def reviews(county: County, who: Someone) -> list[str]:
    return [text for text in county.new(who) if "复盘：" in text]


async def a_played_response(county: County) -> Period:
    """A day of it: a warning some answer, rounds some walk, a check that is judged; then its end."""
    await point(county, 1, "岭头山塘", GRID)
    period = await started(county, LEADER, ResponseLevel.III, TOWNSHIP)
    await county.pass_time(minutes=1)
    await county.press(GRID, "1 正常")
    await county.warn(places=[TOWNSHIP])
    await county.press(HEAD, "收到")
    await county.say(OFFICER, "收到")
    by = await county.person(LEADER)
    order = Order(Topic.PRESENCE, person_id=county.ids[NEIGHBOUR_HEAD.user_id])
    check = await county.run(lambda work: issue(work, by, order))
    await county.say(NEIGHBOUR_HEAD, "在县城")
    whom = county.ids[NEIGHBOUR_HEAD.user_id]
    await county.run(lambda work: judge(work, by, check.id, whom, Result.OFF_POST, version=0, reasons=[Reason.LATE]))
    await county.pass_time(hours=9, step=timedelta(minutes=30))
    await moved(county, LEADER, period, Move.END)
    county.seen_all()
    return period


@pytest.mark.parametrize(("days", "sent"), [(2, True), (8, False)])
async def test_after_a_long_while_no_old_review_is_posted_but_it_can_be_asked_for(
    county: County, days: int, sent: bool
) -> None:
    """The bot was down, or it is an older one's database and did not know reviews."""
    period = await started(county, LEADER, ResponseLevel.IV, TOWNSHIP)
    await moved(county, LEADER, period, Move.END)
    county.seen_all()
    county.clock.advance(timedelta(days=days, hours=2))
    await county.restart()
    await county.pass_time(minutes=3)
    assert len(reviews(county, LEADER)) == (1 if sent else 0)
    await county.say(LEADER, "/review")
    assert "2026-01" in "".join(county.texts(LEADER)[-2:])


def counted(file: Path, period: Period) -> dict[str, int]:
    """By statements of its own: no row class, no sum of the review."""
    asked = "FROM obligation WHERE what = 'acknowledge' AND subject LIKE 'warning:%' AND place LIKE :place"
    walked = "FROM patrol_task WHERE period_id = :period"
    questions = {
        "called": f"SELECT count(*) {asked} AND (answered_at IS NOT NULL OR state IN ('open', 'lapsed') OR "
        "(state = 'closed' AND step > 0))",
        "answered": f"SELECT count(*) {asked} AND answered_at IS NOT NULL",
        "in_time": f"SELECT count(*) {asked} AND answered_at IS NOT NULL AND NOT late",
        "walked": f"SELECT count(*) {walked} AND state IN ('normal', 'abnormal', 'unable')",
        "missed": f"SELECT count(*) {walked} AND state = 'missed'",
        "asked": "SELECT count(*) FROM spot_check_asked WHERE place LIKE :place",
    }
    given = {"place": f"{TOWNSHIP}%", "period": period.id}
    with closing(sqlite3.connect(file)) as database:
        return {name: int(database.execute(one, given).fetchone()[0]) for name, one in questions.items()}


async def test_message_document_and_sheets_say_what_the_rows_say(county: County, tmp_path: Path) -> None:
    period = await a_played_response(county)
    await county.pass_time(hours=16, step=timedelta(hours=1))
    (text,) = reviews(county, LEADER)
    by_hand = counted(tmp_path / "county.db", period)
    assert by_hand["answered"] == 2
    assert by_hand["called"] > 2
    assert by_hand["walked"] >= 1
    assert by_hand["asked"] == 1
    assert f"叫应 {by_hand['answered']}/{by_hand['called']}，限时内 {by_hand['in_time']}" in text
    assert f"巡查 {by_hand['walked']}/{by_hand['walked'] + by_hand['missed']}" in text
    assert "抽查 1 人次：未及时到岗 1" in text

    await county.press(LEADER, "复盘报告")
    await county.press(LEADER, "明细表")
    await county.make_papers()
    (docx, xlsx) = [content for _, content in county.files(LEADER)]
    document = Document(BytesIO(docx))
    said = {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows}
    assert f"应答 {by_hand['answered']}/{by_hand['called']}，限时内 {by_hand['in_time']}" in said["叫应"]
    assert said["抽查"].startswith("1 人次，合格 0，不合格 1")
    assert said["不合格原因"] == "未及时到岗 1"
    assert len(document.inline_shapes) == 2  # answers over time, coverage by village
    book = load_workbook(BytesIO(xlsx), read_only=True)
    outcomes = Counter(row[5] for row in book["叫应"].iter_rows(min_row=2, values_only=True))
    assert outcomes["限时内应答"] == by_hand["in_time"]
    assert outcomes["限时内应答"] + outcomes["迟"] == by_hand["answered"]
    assert outcomes["没应答"] == by_hand["called"] - by_hand["answered"]
    rounds = Counter(row[4] for row in book["巡查"].iter_rows(min_row=2, values_only=True))
    assert rounds["正常"] + rounds["异常"] + rounds["去不了"] == by_hand["walked"]
    assert len(list(book["抽查"].iter_rows(min_row=2))) == by_hand["asked"]


async def test_whoever_ends_it_sees_what_is_open_and_where_it_goes(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await started(county, LEADER, ResponseLevel.III, TOWNSHIP)
    await county.warn(places=[TOWNSHIP], hours=12)
    await county.pass_time(minutes=1)
    await county.say(LEADER, "/response")
    await county.press(LEADER, "调整或结束 2026-01")
    await county.press(LEADER, "结束响应")
    await county.say(LEADER, "台风已走")
    review = county.last(LEADER)
    assert "还在生效的预警 1 条" in review
    assert "没走完的巡查 1 处" in review
    await county.press(LEADER, "确认提交")
    county.seen_all()


async def test_it_comes_once_in_the_morning_to_each_body_and_only_there(county: County) -> None:
    await a_played_response(county)
    await county.pass_time(hours=13, step=timedelta(hours=1))
    assert [reviews(county, one) for one in (LEADER, STATION, DUTY)] == [[], [], []]  # before eight
    await county.restart()
    await county.pass_time(hours=3, step=timedelta(hours=1))
    assert [len(reviews(county, one)) for one in (LEADER, STATION, DUTY)] == [1, 1, 1]
    assert reviews(county, HEAD) == reviews(county, FAR_HEAD) == []
    county.seen_all()
    await county.restart()
    await county.pass_time(hours=30, step=timedelta(hours=3))
    assert [reviews(county, one) for one in (LEADER, STATION, DUTY)] == [[], [], []]
    assert county.new(county.township_group) == []


async def test_names_are_private_and_conclusions_stay(county: County) -> None:
    period = await a_played_response(county)
    await county.pass_time(hours=16, step=timedelta(hours=1))
    await county.press(LEADER, "抽查不合格的")
    assert NEIGHBOUR_HEAD.name in county.last(LEADER)
    await county.press(LEADER, "没应答的")
    assert HEAD.name not in county.last(LEADER)
    await county.say(FAR_HEAD, "/me")
    assert (await county.forge(FAR_HEAD, f"rvw:who:called:{period.id}:{TOWNSHIP}")).alert
    assert (await county.forge(LEADER, f"rvw:who:called:{period.id}:{ELSEWHERE}")).alert
    await county.press(LEADER, "写整改意见")
    await county.say(LEADER, "岭下补一名网格员，郑分管负责，7月底前")
    await county.press(LEADER, "确认提交")
    assert "整改意见已记下" in county.last(LEADER)
    await county.say(STATION, "复盘")
    assert "岭下补一名网格员" in county.last(STATION)
    assert "（郑分管" in county.last(STATION)
    await county.say(FAR_HEAD, "/review")
    assert "没有复盘" in county.last(FAR_HEAD)
    county.seen_all()


async def test_the_evening_it_ends_and_the_day_after_nothing_of_it_fires(county: County) -> None:
    await a_played_response(county)
    await county.restart()
    for _ in range(12):
        await county.pass_time(hours=3, step=timedelta(minutes=30))
        await county.restart()
    said = [text for who in (GRID, HEAD, OFFICER, NEIGHBOUR_HEAD) for text in county.new(who)]
    of_it = [text for text in said if "抽查" in text or "日报" in text or "事中巡查" in text or "事前检查" in text]
    assert of_it == []  # one look after the storm (事后复查) is asked for, and nothing else

    async def open_ones(work: Work) -> int:
        owed = await work.rows.obligations.due(work.now + timedelta(days=30))
        return sum(one.subject.startswith(("check:", "daily:")) for one in owed)

    assert await county.run(open_ones) == 0
