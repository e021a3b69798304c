"""A folder that is gone, closed or jammed is a failing source like any other."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from domain.source_health import Trouble
from feeds.folder import FolderFeed
from tests.support.county import DUTY, County


async def look(county: County, minutes: int = 1) -> None:
    """The folder's own loop, one look a minute."""
    for _ in range(minutes):
        stop = asyncio.Event()

        async def once(_seconds: float, stop: asyncio.Event = stop) -> None:
            stop.set()

        await county.bot.folder.run(stop, 1, once)
        await county.pass_time(minutes=1)


@pytest.mark.logs_errors
async def test_a_folder_that_is_gone_is_told_once_and_when_it_is_back(county: County) -> None:
    await look(county, 2)
    away = county.folder.rename(county.folder.with_name("away"))
    await look(county, 25)
    (said,) = county.new(DUTY)
    assert "“预警文件夹”从6月20日 08:01起收不到：文件夹打不开，或不能写入" in said
    away.rename(county.folder)
    await look(county)
    assert "“预警文件夹”6月20日 08:27恢复正常" in county.last(DUTY)
    await county.warn()
    assert "暴雨" in county.last(county.township_group)
    county.seen_all()


async def test_a_quiet_folder_is_no_silent_one(county: County) -> None:
    await look(county, 3)
    await county.pass_time(hours=5, step=timedelta(minutes=30))
    assert county.unseen() == {}


@pytest.mark.logs_errors
async def test_files_that_cannot_be_moved_away_are_told(county: County) -> None:
    (county.folder / "done").symlink_to(county.folder.parent)
    await county.warn(colour="蓝色")
    county.seen_all()
    await look(county, 25)
    (said,) = county.new(DUTY)
    assert "读过的文件移不走" in said
    (county.folder / "done").unlink()
    await look(county, 70)
    assert "恢复正常" in county.last(DUTY)
    assert [file.name for file in (county.folder / "done").iterdir()] == ["warning-1.xml"]
    assert county.unseen() == {}


@pytest.mark.logs_errors
async def test_a_folder_that_cannot_be_written_to_counts_as_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs this as root may write anywhere: the system's answer is made up."""
    told: list[Trouble | None] = []

    async def report(trouble: Trouble | None) -> None:
        told.append(trouble)

    async def never(_body: bytes, _name: str) -> str:
        raise AssertionError

    feed = FolderFeed(tmp_path, never, reason_text=str, report=report)
    stop = asyncio.Event()

    async def once(_seconds: float) -> None:
        stop.set()

    monkeypatch.setattr(os, "access", lambda *_: False)
    await feed.run(stop, 1, once)
    assert told == [Trouble.FOLDER_LOST]
