"""The archive of one event: by response and by warning, whole, with its checksums, and for those entitled only."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.action_cards import Family
from domain.channels import plain_text
from domain.hazards import Category
from domain.response import ResponseLevel
from domain.text import Html
from services.hazard_report import Reporter, Told, report_hazard
from services.response_moves import Wish, start
from services.work import Work
from tests.response.test_moves import started
from tests.support.county import (
    DUTY,
    FAR_STATION,
    FAR_VILLAGE,
    GRID,
    LEADER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
    Someone,
    small_county,
)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with small_county(tmp_path) as made:
        yield made


async def happened(county: County) -> None:
    """A warning and a response in one township; a hazard in it, and one in another."""
    await county.warn()
    leader, walker = await county.person(LEADER), await county.person(GRID)

    async def act(work: Work) -> None:
        await start(work, leader, Wish(Family.RAIN, ResponseLevel.III, (TOWNSHIP,), "雨大"))
        by = Reporter(GRID.user_id, walker, GRID.name, "zh", private=True)
        for place, what in ((VILLAGE, "后山裂缝"), (FAR_VILLAGE, "别处的路")):
            await report_hazard(work, by, Told(Category.GEOHAZARD, place=place, what=what))

    await county.pass_time(minutes=1)
    await county.run(act)
    await county.settle()
    county.seen_all()


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines(content: bytes, sheet: str) -> list[dict[str, Any]]:
    head, *rows = load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


async def asked(county: County, label: str, by: Someone = STATION) -> dict[str, bytes]:
    await county.say(by, "/ledger")
    await county.press(by, "按响应、预警存档")
    await county.press(by, label)
    await county.make_papers()
    await county.pass_time(seconds=5)  # one message a second in a chat
    found = opened(county.files(by)[-1][1])
    county.seen_all()
    return found


async def test_a_response_comes_as_one_file_with_all_that_happened_in_it(county: County) -> None:
    await happened(county)
    files = await asked(county, "防暴雨Ⅲ")
    sums = dict(line.split("  ")[::-1] for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: sha256(files[name]).hexdigest() for name in files if name not in {"SHA256SUMS", "manifest.json"}
    }
    record = files["事件记录.xlsx"]
    names = ["目录", "响应", "预警", "预警应答", "抽查", "值班日志", "日报", "函单", "照片目录"]
    assert load_workbook(io.BytesIO(record)).sheetnames == names
    (move,) = lines(record, "响应")
    assert [move[one] for one in ("动作", "级别", "依据", "经办人")] == ["启动", "Ⅲ", "雨大", LEADER.name]
    assert {line["内容"]: line["情况或条数"] for line in lines(record, "目录")}["响应"] == 1
    (ledger,) = (content for name, content in files.items() if name.startswith("隐患台账"))
    assert load_workbook(io.BytesIO(ledger)).sheetnames == ["汇总", "上坞村"]


async def test_a_warning_comes_with_who_answered_it_and_when(county: County) -> None:
    await happened(county)
    files = await asked(county, "暴雨橙色")
    (warning,) = lines(files["事件记录.xlsx"], "预警")
    answers = lines(files["事件记录.xlsx"], "预警应答")
    assert {line["编号"] for line in answers} == {warning["编号"]}
    assert GRID.name in {line["姓名"] for line in answers}
    assert {line["状态"] for line in answers} == {"没答"}
    assert "响应" not in load_workbook(io.BytesIO(files["事件记录.xlsx"])).sheetnames


async def test_every_digest_of_the_time_is_in_it_word_for_word_and_who_had_it(tmp_path: Path) -> None:
    async with small_county(tmp_path, start=datetime(2026, 6, 20, 9, tzinfo=UTC)) as county:  # half an hour before one
        await started(county, LEADER, ResponseLevel.III, TOWNSHIP)
        await county.warn(places=[TOWNSHIP])
        county.world.block_bot(STATION.user_id)
        await county.pass_time(minutes=40, step=timedelta(minutes=5))
        (told,) = (text for text in county.texts(LEADER) if "石梁镇日报" in text)
        county.world.unblock_bot(STATION.user_id)
        await county.say(STATION, "/me")
        county.seen_all()
        without, digest = lines((await asked(county, "防台风Ⅲ"))["事件记录.xlsx"], "日报")
        assert [without[one] for one in ("没送到的人", "内容")] == [STATION.name, "这些人收不到私聊，没有发。"]
        assert [digest[one] for one in ("范围", "日期", "没送到的人")] == ["石梁镇", "2026-06-20", None]
        assert LEADER.name in digest["收到的人"]
        assert STATION.name not in digest["收到的人"]
        assert digest["内容"] == plain_text(Html(told))
        both = lines((await asked(county, "防台风Ⅲ", DUTY))["事件记录.xlsx"], "日报")
        assert {line["范围"] for line in both} == {"松阳县", "石梁镇"}  # the county's own is for the county alone
        later = county.clock.now() + timedelta(days=1)
        await county.run(lambda work: work.rows.retention.forget_words(work.now - timedelta(days=1), later))
        _, gone = lines((await asked(county, "防台风Ⅲ"))["事件记录.xlsx"], "日报")
        assert gone["内容"] == "内容已过保存期，已清除。"
        assert LEADER.name in gone["收到的人"]
        county.seen_all()


async def test_a_day_without_anything_to_tell_is_in_it_as_such(county: County) -> None:
    leader = await county.person(LEADER)

    async def act(work: Work) -> None:
        await start(work, leader, Wish(Family.RAIN, ResponseLevel.IV, (TOWNSHIP,), "雨大"))
        day = work.local(work.now).date().isoformat()
        for place, what in ((TOWNSHIP, "nothing"), (FAR_VILLAGE, "skipped")):
            assert await work.rows.responses.day_done("digest", place, day, work.now)
            await work.note(f"digest.{what}", f"place:{place}", None, day=day)
        assert await work.rows.responses.day_done("digest", VILLAGE, day, work.now)  # of before its words were kept

    await county.run(act)
    await county.settle()
    found = lines((await asked(county, "防暴雨Ⅳ"))["事件记录.xlsx"], "日报")
    assert [line["范围"] for line in found] == ["石梁镇", "石梁镇·上坞村"]
    assert [line["内容"] for line in found] == ["这一天没有要说的事，没有发。", "发过，原文没有留存。"]
    county.seen_all()


async def test_nobody_gets_the_archive_of_another_area(county: County) -> None:
    await happened(county)
    await county.say(FAR_STATION, "/ledger")
    await county.press(FAR_STATION, "按响应、预警存档")
    assert "没有您范围内的响应和预警" in county.last(FAR_STATION)
    pressed = await county.forge(FAR_STATION, "lg:ap:1")
    assert "不在您名册登记的职责之内" in str(pressed)
    await county.forge(GRID, "lg:ap:1")
    await county.forge(DUTY, "lg:ap:99")
    await county.make_papers()
    assert [county.files(one) for one in (FAR_STATION, GRID, DUTY)] == [[], [], []]
    county.seen_all()
