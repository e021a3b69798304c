"""Pictures people send: fetched, made small, asked where they were taken, then stripped; broken ones are left alone."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image, TiffImagePlugin

from domain.hazards import Category
from domain.outgoing import Kind, Outgoing
from domain.papers import PhotoRole, PhotoState, stored_name
from domain.text import Html
from services.hazard_report import Reporter, Told, report_hazard
from services.papers import ask_for_paper
from services.photo_papers import BEFORE_AND_AFTER
from services.photo_worker import NotFetchedError, PhotoWorker
from services.photos import want
from services.ports import HazardRow, Photo
from services.work import Work
from tests.support.county import GRID, STATION, VILLAGE, County, small_county


def picture(width: int = 2400, height: int = 1800, *, colour: str = "brown", located: bool = False) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    if located:
        exif[0x010F] = "a camera that tells too much"
        exif.get_ifd(0x8769)[0x9003] = "2026:06:20 07:58:01"
        degrees = [(28.0, 27.0, 18.0), (119.0, 28.0, 48.0)]
        gps = exif.get_ifd(0x8825)
        gps[1], gps[3] = "N", "E"
        gps[2], gps[4] = (tuple(TiffImagePlugin.IFDRational(int(x)) for x in one) for one in degrees)
    Image.new("RGB", (width, height), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with small_county(tmp_path) as made:
        yield made
        made.seen_all()


async def send(county: County, data: bytes, mime: str = "image/jpeg") -> str:
    """As a file, so that Telegram leaves in it what the camera wrote; its file_id."""
    message = await county.world.send_document(GRID.user_id, GRID.user_id, data, name="p.jpg", mime=mime)
    return str(message.payload["document"]["file_id"])


async def kept(county: County, data: bytes, *, subject: str = "hazard:1", role: PhotoRole = PhotoRole.BEFORE) -> Photo:
    file_id = await send(county, data)
    await county.run(lambda work: want(work, subject, [file_id], role))
    await county.fetch_photos()
    found = await county.run(lambda work: work.rows.photos.of([subject]))
    photo = found[-1]
    assert isinstance(photo, Photo)
    return photo


async def test_a_picture_is_kept_small_with_its_position_apart(county: County) -> None:
    photo = await kept(county, picture(located=True))
    assert (photo.state, photo.lat, photo.lon) == (PhotoState.STORED, 28.455, 119.48)
    assert photo.taken == "2026-06-20T07:58:01"
    with Image.open(county.bot.shelf.path(photo.sha256)) as stored:
        assert (stored.format, stored.size) == ("JPEG", (1600, 1200))
        assert dict(stored.getexif()) == {}
    assert b"tells too much" not in county.bot.shelf.path(photo.sha256).read_bytes()


async def test_the_same_picture_twice_is_one_file(county: County) -> None:
    data = picture()
    first = await kept(county, data)
    second = await kept(county, data, subject="hazard:2")
    assert first.file_id != second.file_id
    assert first.sha256 == second.sha256


@pytest.mark.parametrize("data", [b"no picture at all", picture()[:9000], b""], ids=["words", "cut", "nothing"])
async def test_what_is_no_picture_is_noted_and_left(county: County, data: bytes) -> None:
    photo = await kept(county, data)
    assert (photo.state, photo.reason, photo.sha256) == (PhotoState.REFUSED, "broken", "")
    assert not await county.bot.photos.run_once()


async def test_a_picture_made_to_blow_up_ends_nothing(county: County) -> None:
    out = io.BytesIO()
    Image.new("1", (12_000, 12_000)).save(out, "PNG")
    photo = await kept(county, out.getvalue())
    assert (photo.state, photo.reason) == (PhotoState.REFUSED, "broken")


async def test_a_larger_one_than_the_county_wants_is_not_fetched(county: County) -> None:
    county.bot.doors = replace(
        county.bot.doors,
        policy=county.bot.doors.policy.model_copy(
            update={"papers": county.bot.doors.policy.papers.model_copy(update={"photo_megabytes": 0})}
        ),
    )
    county.bot.photos = PhotoWorker(county.bot.doors, county.bot.shelf, county.bot.photos.fetch)
    photo = await kept(county, picture())
    assert (photo.state, photo.reason) == (PhotoState.REFUSED, "too_large")


async def test_a_line_that_is_down_is_tried_again_later(county: County) -> None:
    tries = []

    async def fetch(_file_id: str, _most: int) -> bytes:
        tries.append(county.clock.now())
        if len(tries) < 3:
            raise NotFetchedError("the line is down", final=False)
        return picture()

    county.bot.photos = PhotoWorker(county.bot.doors, county.bot.shelf, fetch)
    await county.run(lambda work: want(work, "hazard:1", ["some-file-id"], PhotoRole.BEFORE))
    for _ in range(4):
        await county.fetch_photos()
        county.clock.advance(timedelta(minutes=2))
    (photo,) = await county.run(lambda work: work.rows.photos.of(["hazard:1"]))
    assert (photo.state, len(tries)) == (PhotoState.STORED, 3)


async def test_a_position_is_forgotten_after_its_days(county: County) -> None:
    photo = await kept(county, picture(located=True))
    await county.run(lambda work: work.rows.retention.forget_positions(photo.asked_at + timedelta(seconds=1)))
    (left,) = await county.run(lambda work: work.rows.photos.of(["hazard:1"]))
    assert (left.lat, left.lon, left.sha256) == (None, None, photo.sha256)


async def test_before_and_after_stand_beside_each_other(county: County) -> None:
    before, after = await send(county, picture(colour="brown")), await send(county, picture(900, 1200, colour="green"))
    person, reporter = await county.person(STATION), await county.person(GRID)

    async def report(work: Work) -> HazardRow:
        by = Reporter(GRID.user_id, reporter, GRID.name, "zh", private=True)
        told = Told(Category.GEOHAZARD, place=VILLAGE, what="裂缝", photos=(before,))
        row = (await report_hazard(work, by, told)).row
        await want(work, row.subject, [after], PhotoRole.AFTER)
        return row

    row = await county.run(report)
    await county.fetch_photos()
    await county.run(lambda work: ask_for_paper(work, BEFORE_AND_AFTER, {"hazard": row.id}, person))
    await county.make_papers()
    sent = county.messages(STATION.user_id)[-1]
    assert sent.file is not None
    pair = Image.open(io.BytesIO(sent.file.data))
    assert (pair.width, pair.height >= 900) == (1200 + 12 + 675, True)
    left, right = pair.getpixel((600, pair.height // 2)), pair.getpixel((1500, pair.height // 2))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert (left[0] > left[1], right[1] > right[0]) == (True, True)
    assert "整改前后对照" in sent.text


async def test_a_picture_sent_as_a_file_begins_a_report_and_is_shown_as_it_came(county: County) -> None:
    file_id = await send(county, picture())
    await county.settle()
    assert county.last(GRID).startswith("是哪一类？")

    shown = Outgoing(key="x", chat_id=STATION.user_id, kind=Kind.PHOTO, file=file_id)
    await county.run(lambda work: work.rows.outbox.put(shown))
    assert county.messages(STATION.user_id)[-1].payload["document"]["file_id"] == file_id


async def test_stored_files_go_out_as_an_album(county: County) -> None:
    photos = [await kept(county, picture(colour=colour)) for colour in ("red", "blue")]
    names = [stored_name(photo.sha256) for photo in photos]

    album = Outgoing(
        key="a", chat_id=STATION.user_id, kind=Kind.PHOTO, file=names[0], more=(names[1],), text=Html("两张")
    )
    await county.run(lambda work: work.rows.outbox.put(album))
    first, second = county.messages(STATION.user_id)[-2:]
    assert first.payload["media_group_id"] == second.payload["media_group_id"]
    assert (first.text, second.text) == ("两张", "")
