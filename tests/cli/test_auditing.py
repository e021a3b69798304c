"""`audit-draw` as whoever audits runs it, beside a running bot: what agrees, and what somebody changed afterwards."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

import bot as command_line
from domain.checks import Topic
from tests.cli.conftest import Said, Terminal
from tests.support.checks import drawn, named
from tests.support.county import GRID, STATION, TOKEN, County, small_county


@pytest.fixture
async def county(tmp_path: Path, terminal: Terminal) -> AsyncIterator[County]:
    (tmp_path / "data").mkdir()
    terminal.set(BOT_TOKEN=TOKEN, DATA_DIR=tmp_path / "data", DATABASE_URL=f"sqlite:///{tmp_path}/data/county.db")
    async with small_county(tmp_path / "data") as made:
        await made.bot.beat()
        yield made
        made.seen_all()


async def audit(terminal: Terminal, number: str) -> Said:
    terminal.capture.readouterr()
    code = await asyncio.to_thread(command_line.main, ["audit-draw", number])
    said = terminal.capture.readouterr()
    return Said(code, said.out, said.err)


def forge(county_file: Path, **changes: object) -> None:
    """What somebody with the database in his hands would do."""
    with closing(sqlite3.connect(county_file)) as database, database:
        ((record,),) = database.execute("select draw from spot_check").fetchall()
        database.execute("update spot_check set draw = ?", [json.dumps({**json.loads(record), **changes})])


async def test_an_untouched_draw_agrees_and_names_its_seed(county: County, terminal: Terminal) -> None:
    check = await drawn(county, STATION, 2)
    assert check.draw is not None
    said = await audit(terminal, check.number)
    assert (said.code, "复算一致。" in said.out) == (0, True)
    assert f"种子 {check.draw.seed:016x}" in said.out
    assert "抽到的人都问了，没有多问别人。" in said.out


async def test_a_person_exchanged_in_the_record_shows(county: County, terminal: Terminal, tmp_path: Path) -> None:
    check = await drawn(county, STATION, 2)
    assert check.draw is not None
    left_out = next(person for person in check.draw.pool if person not in check.draw.chosen)
    forge(tmp_path / "data" / "county.db", chosen=[check.draw.chosen[0], left_out])
    said = await audit(terminal, check.number)
    assert said.code == 1
    assert "重抽，抽到的人不一样" in said.out
    assert "问到的人和抽到的人不一样" in said.out


async def test_a_check_by_name_had_no_draw_and_an_unknown_number_is_said(county: County, terminal: Terminal) -> None:
    check = await named(county, STATION, GRID, Topic.PATROL)
    said = await audit(terminal, check.number)
    assert (said.code, "是点名问的，没有抽取" in said.out) == (0, True)
    said = await audit(terminal, "2026-999")
    assert (said.code, "没有单号是 2026-999 的抽查" in said.out) == (1, True)
