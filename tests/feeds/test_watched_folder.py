"""The watched folder: what is taken, when, in which order, and where it goes afterwards. Real files, no waiting."""

import asyncio
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from feeds import folder
from feeds.errors import UnreadableNotice
from feeds.folder import FolderFeed

GOOD, BAD, BROKEN = b"good", b"bad", b"broken"


class Intake:
    """Stands where the service stands: remembers what it was given, refuses BAD, fails on BROKEN."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.asked = 0
        self.before_answer: Callable[[], None] = lambda: None

    async def __call__(self, body: bytes, name: str) -> str:
        self.asked += 1
        if body.startswith(BAD) or not body:
            raise UnreadableNotice("not_xml", "line 1\n\x1b[31mcolumn 2")
        if body == BROKEN:
            raise RuntimeError("the database is locked")
        self.taken.append((name, body))
        self.before_answer()
        return "accepted"

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.taken]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    path = tmp_path / "inbox"
    path.mkdir()
    return path


@pytest.fixture
def intake() -> Intake:
    return Intake()


@pytest.fixture
def feed(inbox: Path, intake: Intake) -> FolderFeed:
    return FolderFeed(inbox, intake, reason_text=lambda key: f"不能读取（{key}）", max_bytes=1000)


def put(path: Path, body: bytes = GOOD, age: int = 0) -> Path:
    path.write_bytes(body)
    os.utime(path, (1_800_000_000 - age, 1_800_000_000 - age))
    return path


async def scans(feed: FolderFeed, times: int) -> list[int]:
    return [await feed.scan_once() for _ in range(times)]


def remove(path: Path) -> None:
    path.rmdir()


def make(path: Path) -> Path:
    path.mkdir()
    return path


def left(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir()) if path.exists() else []


async def test_a_file_is_taken_when_two_looks_at_it_are_equal(feed: FolderFeed, intake: Intake, inbox: Path) -> None:
    put(inbox / "a.xml")
    assert await scans(feed, 3) == [0, 1, 0]
    assert intake.taken == [("a.xml", GOOD)]
    assert (left(inbox), left(inbox / "done")) == (["done"], ["a.xml"])


async def test_a_file_that_still_grows_is_left_alone(feed: FolderFeed, intake: Intake, inbox: Path) -> None:
    for length in range(1, 5):
        put(inbox / "a.xml", GOOD * length)
        assert await feed.scan_once() == 0
    assert await feed.scan_once() == 1
    assert intake.taken == [("a.xml", GOOD * 4)]


async def test_a_file_rewritten_with_the_same_length_is_looked_at_again(
    feed: FolderFeed, intake: Intake, inbox: Path
) -> None:
    put(inbox / "a.xml", b"good1", age=9)
    await feed.scan_once()
    put(inbox / "a.xml", b"good2", age=5)
    assert await scans(feed, 2) == [0, 1]
    assert intake.taken == [("a.xml", b"good2")]


@pytest.mark.parametrize("unfinished", ["a.xml.tmp", "a.xml.part", "A.TMP", ".a.xml.Xy7", "a.xml~"])
async def test_a_file_renamed_from_an_unfinished_name_is_complete_at_once(
    feed: FolderFeed, intake: Intake, inbox: Path, unfinished: str
) -> None:
    put(inbox / unfinished)
    assert await scans(feed, 3) == [0, 0, 0]
    (inbox / unfinished).rename(inbox / "a.xml")
    assert await feed.scan_once() == 1
    assert intake.names == ["a.xml"]


async def test_the_oldest_file_goes_first(feed: FolderFeed, intake: Intake, inbox: Path) -> None:
    put(inbox / "a_update.xml", age=1)
    put(inbox / "z_alert.xml", age=9)
    put(inbox / "b_same.xml", age=1)
    assert await scans(feed, 2) == [0, 3]
    assert intake.names == ["z_alert.xml", "a_update.xml", "b_same.xml"]


async def test_links_folders_and_pipes_are_not_followed(
    feed: FolderFeed, intake: Intake, inbox: Path, tmp_path: Path
) -> None:
    secret = put(tmp_path / "secret.xml")
    (inbox / "link.xml").symlink_to(secret)
    (inbox / "folder.xml").mkdir()
    put(inbox / "folder.xml" / "inside.xml")
    os.mkfifo(inbox / "pipe.xml")
    assert await scans(feed, 3) == [0, 0, 0]
    assert intake.asked == 0


async def test_a_link_that_takes_a_files_place_is_not_followed(
    feed: FolderFeed, intake: Intake, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, listed = put(tmp_path / "secret.xml"), put(inbox / "a.xml")
    await feed.scan_once()
    real_open = os.open

    def swap_and_open(path: Path, *arguments: int) -> int:
        listed.unlink()
        listed.symlink_to(secret)
        return real_open(path, *arguments)

    monkeypatch.setattr(folder.os, "open", swap_and_open)
    assert await feed.scan_once() == 0
    assert intake.asked == 0


async def test_a_file_is_moved_only_after_the_intake_has_committed(
    feed: FolderFeed, intake: Intake, inbox: Path
) -> None:
    put(inbox / "a.xml")
    seen: list[list[str]] = []
    intake.before_answer = lambda: seen.append(left(inbox))
    await scans(feed, 2)
    assert seen == [["a.xml"]]


async def test_after_a_crash_before_the_move_the_file_is_delivered_again(
    inbox: Path, intake: Intake, feed: FolderFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox / "a.xml")
    with monkeypatch.context() as crash:
        crash.setattr(FolderFeed, "_put_away", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        await feed.scan_once()
        with pytest.raises(KeyboardInterrupt):
            await feed.scan_once()
    restarted = FolderFeed(inbox, intake, reason_text=str)
    assert await scans(restarted, 2) == [0, 1]
    assert intake.names == ["a.xml", "a.xml"]
    assert left(inbox / "done") == ["a.xml"]


async def test_an_unreadable_file_is_refused_after_patience_with_its_reason_beside_it(
    feed: FolderFeed, intake: Intake, inbox: Path
) -> None:
    put(inbox / "a.xml", BAD)
    assert await scans(feed, 5) == [0] * 5
    assert await feed.scan_once() == 1
    assert intake.asked == 2
    assert left(inbox / "refused") == ["a.xml", "a.xml.reason.txt"]
    assert (inbox / "refused" / "a.xml").read_bytes() == BAD
    reason = (inbox / "refused" / "a.xml.reason.txt").read_text(encoding="utf-8")
    assert reason == "不能读取（not_xml）\nnot_xml\nline 1 [31mcolumn 2\n"


async def test_a_writer_who_paused_too_long_is_forgiven(feed: FolderFeed, intake: Intake, inbox: Path) -> None:
    put(inbox / "a.xml", BAD[:1], age=9)
    (inbox / "a.xml").write_bytes(BAD)
    await scans(feed, 4)
    put(inbox / "a.xml", GOOD)
    assert await scans(feed, 2) == [0, 1]
    assert (intake.names, left(inbox / "refused")) == (["a.xml"], [])


async def test_an_empty_file_waits_for_its_words(feed: FolderFeed, intake: Intake, inbox: Path) -> None:
    put(inbox / "a.xml", b"", age=9)
    await scans(feed, 3)
    put(inbox / "a.xml", GOOD)
    assert await scans(feed, 2) == [0, 1]
    assert intake.taken == [("a.xml", GOOD)]


async def test_a_file_that_is_too_large_is_refused_without_being_read(
    feed: FolderFeed, intake: Intake, inbox: Path
) -> None:
    put(inbox / "a.xml", b"x" * 1001)
    await scans(feed, 6)
    assert intake.asked == 0
    assert "too_large" in (inbox / "refused" / "a.xml.reason.txt").read_text(encoding="utf-8")


async def test_the_limit_itself_is_allowed(feed: FolderFeed, intake: Intake, inbox: Path) -> None:
    put(inbox / "a.xml", GOOD.ljust(1000))
    assert await scans(feed, 2) == [0, 1]


async def test_nothing_that_is_there_is_overwritten(feed: FolderFeed, intake: Intake, inbox: Path) -> None:
    for number in range(3):
        put(inbox / "a.xml", GOOD + bytes([48 + number]), age=number)
        await scans(feed, 2)
        put(inbox / "b.xml", BAD + bytes([48 + number]), age=number)
        await scans(feed, 6)
    assert left(inbox / "done") == ["a-2.xml", "a-3.xml", "a.xml"]
    assert [(inbox / "done" / name).read_bytes() for name in ("a.xml", "a-2.xml", "a-3.xml")] == [
        b"good0",
        b"good1",
        b"good2",
    ]
    refused = ["b-2.xml", "b-2.xml.reason.txt", "b-3.xml", "b-3.xml.reason.txt", "b.xml", "b.xml.reason.txt"]
    assert left(inbox / "refused") == refused


async def test_a_new_file_under_the_same_name_is_not_swept_away_with_the_old_one(
    feed: FolderFeed, intake: Intake, inbox: Path
) -> None:
    put(inbox / "a.xml", b"good, first", age=9)
    intake.before_answer = lambda: put(inbox / "a.xml", b"good, second", age=1) and None
    assert await scans(feed, 2) == [0, 0]
    intake.before_answer = lambda: None
    assert await scans(feed, 2) == [0, 1]
    assert [body for _, body in intake.taken] == [b"good, first", b"good, second"]
    assert (inbox / "done" / "a.xml").read_bytes() == b"good, second"


async def test_a_new_file_in_the_very_moment_of_the_move_comes_back_unread(
    feed: FolderFeed, intake: Intake, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(inbox / "a.xml", b"good, first", age=9)
    await feed.scan_once()
    reserve = folder._reserve

    def slip_in(target: Path, name: str) -> Path:
        if target.name == "done":
            put(inbox / "a.xml", b"good, second", age=1)
        return reserve(target, name)

    with monkeypatch.context() as race:
        race.setattr(folder, "_reserve", slip_in)
        assert await feed.scan_once() == 0
    assert left(inbox) == ["a.xml", "done"]
    assert await scans(feed, 2) == [0, 1]
    assert [body for _, body in intake.taken] == [b"good, first", b"good, second"]


@pytest.mark.logs_errors
async def test_a_poison_file_stops_nobody_and_is_tried_ever_more_seldom(
    feed: FolderFeed, intake: Intake, inbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(inbox / "a_poison.xml", BROKEN, age=9)
    put(inbox / "b.xml")
    assert await scans(feed, 2) == [0, 1]
    assert (intake.names, feed.stuck) == (["b.xml"], ("a_poison.xml",))
    await scans(feed, 100)
    attempts = [record for record in caplog.records if record.message.startswith("notice_not_taken_in")]
    assert len(attempts) == 6
    assert left(inbox) == ["a_poison.xml", "done"]


@pytest.mark.logs_errors
async def test_a_poison_file_that_is_replaced_is_taken(feed: FolderFeed, intake: Intake, inbox: Path) -> None:
    put(inbox / "a.xml", BROKEN, age=9)
    await scans(feed, 2)
    put(inbox / "a.xml", GOOD)
    assert await scans(feed, 2) == [0, 1]
    assert feed.stuck == ()


@pytest.mark.logs_errors
async def test_a_file_that_cannot_be_moved_is_kept_and_reported(
    feed: FolderFeed, intake: Intake, inbox: Path, tmp_path: Path
) -> None:
    for name in ("done", "refused"):
        (tmp_path / name).mkdir()
        (inbox / name).symlink_to(tmp_path / name)
    put(inbox / "a.xml")
    put(inbox / "b.xml", BAD)
    assert await scans(feed, 8) == [0] * 8
    assert feed.stuck == ("a.xml", "b.xml")
    assert (left(tmp_path / "done"), left(tmp_path / "refused")) == ([], [])


async def test_a_file_that_vanishes_between_two_looks_is_no_trouble(
    feed: FolderFeed, intake: Intake, inbox: Path
) -> None:
    put(inbox / "a.xml")
    await feed.scan_once()
    (inbox / "a.xml").unlink()
    assert await scans(feed, 2) == [0, 0]
    assert feed.stuck == ()


async def test_a_name_from_another_world_is_shown_readable(feed: FolderFeed, intake: Intake, inbox: Path) -> None:
    put(inbox / os.fsdecode("暴雨.xml".encode("gbk")))
    assert await scans(feed, 2) == [0, 1]
    assert intake.names[0].encode().endswith(b".xml")
    assert len(left(inbox / "done")) == 1


async def test_a_very_long_name_finds_room_for_its_reason(feed: FolderFeed, intake: Intake, inbox: Path) -> None:
    put(inbox / ("长" * 80 + ".xml"), BAD)
    await scans(feed, 6)
    assert len(left(inbox / "refused")) == 2


async def test_a_folder_that_is_gone_raises(feed: FolderFeed, inbox: Path) -> None:
    remove(inbox)
    with pytest.raises(FileNotFoundError):
        await feed.scan_once()


async def test_the_loop_scans_until_it_is_stopped(feed: FolderFeed, intake: Intake, inbox: Path) -> None:
    put(inbox / "a.xml")
    stop, pauses = asyncio.Event(), []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            stop.set()

    await feed.run(stop, 2.5, sleep)
    assert pauses == [2.5, 2.5, 2.5]
    assert intake.names == ["a.xml"]


async def test_a_stop_ends_the_longest_pause(feed: FolderFeed) -> None:
    stop, forever = asyncio.Event(), asyncio.Event()

    async def sleep(_: float) -> None:
        stop.set()
        await forever.wait()

    await asyncio.wait_for(feed.run(stop, 3600, sleep), timeout=5)


@pytest.mark.logs_errors
async def test_a_lost_folder_is_reported_once_and_found_again(
    feed: FolderFeed, intake: Intake, inbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    remove(inbox)
    stop, lost = asyncio.Event(), []

    async def sleep(_: float) -> None:
        lost.append(feed.lost)
        if len(lost) == 3:
            put(make(inbox) / "a.xml")
        if len(lost) == 5:
            stop.set()

    with caplog.at_level(logging.ERROR):
        await feed.run(stop, 1, sleep)
    assert lost == [True, True, True, False, False]
    assert [record.message.split()[0] for record in caplog.records] == ["folder_lost"]
    assert intake.names == ["a.xml"]
