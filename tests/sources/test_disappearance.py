"""A warning that its source lists no more is never lifted silently: after two good lists without it the desk is asked,
once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.notices import Notice
from domain.sources import SourceKind
from feeds.cap import read_cap
from feeds.reading import Asked, Reading
from services.sources import no_longer_listed
from tests.sources.site import Site
from tests.sources.test_polling import COUNTY_FILE, poll, poller, warning
from tests.support.county import DUTY, County, small_county
from tests.support.databases import Databases


@pytest.fixture
async def listing(site: Site, tmp_path: Path, databases: Databases) -> AsyncIterator[County]:
    """The county with one source that lists what is in force. Its answer here: CAP documents, one below the other, with
    a line "cut" where the list is known to be cut short."""
    file = tmp_path / "county.toml"
    file.write_text(COUNTY_FILE.format(kind="nmc", url=site.url("/list"), ca=site.certificate))

    def read(body: bytes, asked: Asked) -> Reading:
        notices: list[Notice] = []
        for one in body.split(b"\0"):
            if one not in {b"", b"cut"}:
                notices += read_cap(one, source=asked.source.name, zone=asked.zone)
        listed = frozenset(notice.identifier for notice in notices)
        return Reading(tuple(notices), listed=None if b"cut" in body else listed)

    with databases.fresh("sqlite", tmp_path) as url:
        async with small_county(tmp_path, database_url=url, county_file=file, web=site.client()) as made:
            poller(made).readers = {SourceKind.NMC: read}
            yield made


async def in_force(county: County) -> int:
    return len(await county.bot.store.read(lambda rows: rows.warnings.active(county.clock.now())))


async def begin(county: County, site: Site) -> str:
    _, xml = warning(county)
    site.serve("/list", xml)
    await poll(county)
    county.seen_all()
    return xml


async def test_after_two_lists_without_it_the_desk_is_asked_once_and_lifts(listing: County, site: Site) -> None:
    await begin(listing, site)
    site.serve("/list", "")
    assert await poll(listing)
    assert listing.new(DUTY) == []
    for _ in range(4):
        assert await poll(listing)
    (asked,) = listing.new(DUTY)
    assert asked.startswith("来源不再列出这条预警，还没有解除\n原因：来源的现行预警里已没有这一条")
    assert await in_force(listing) == 1
    await listing.press(DUTY, "确认解除")
    assert await in_force(listing) == 0
    listing.seen_all()


async def test_it_is_asked_once_also_over_a_restart(listing: County, site: Site) -> None:
    await begin(listing, site)
    site.serve("/list", "")
    await poll(listing)
    readers = poller(listing).readers
    await listing.restart()
    poller(listing).readers = readers
    await poll(listing)
    assert len(listing.new(DUTY)) == 1
    await listing.restart()
    poller(listing).readers = readers
    for _ in range(3):
        await poll(listing)
    assert listing.new(DUTY) == []


async def test_kept_by_the_desk_it_stays_in_force(listing: County, site: Site) -> None:
    await begin(listing, site)
    site.serve("/list", "")
    for _ in range(2):
        await poll(listing)
    listing.seen_all()
    await listing.press(DUTY, "不解除")
    for _ in range(3):
        await poll(listing)
    assert await in_force(listing) == 1
    listing.seen_all()


async def test_back_in_the_list_it_is_counted_anew(listing: County, site: Site) -> None:
    xml = await begin(listing, site)
    for body in ("", xml, "", xml, ""):
        site.serve("/list", body)
        await poll(listing)
    assert listing.unseen() == {}


async def test_a_failure_or_a_list_cut_short_says_nothing(listing: County, site: Site) -> None:
    await begin(listing, site)
    for body, status in (("", 500), ("cut", 200), ("", 404), ("cut", 200)):
        site.serve("/list", body, status=status)
        await poll(listing)
    assert listing.unseen() == {}


async def test_an_unchanged_list_is_the_same_list_again(listing: County, site: Site) -> None:
    await begin(listing, site)
    site.serve("/list", "", ETag='"2"')
    await poll(listing)
    site.serve("/list", status=304)
    await poll(listing)
    assert len(listing.new(DUTY)) == 1


async def test_what_never_stood_in_the_list_is_not_missed(listing: County) -> None:
    """Neither another source's warning, nor one whose name in the list is another than its own."""
    await listing.warn()
    listing.seen_all()
    for name in ("folder", "met", "folder", "met"):
        await listing.run(lambda work, name=name: no_longer_listed(work, name, frozenset()))
    assert listing.unseen() == {}


async def test_the_national_number_inside_another_name_counts(listing: County, site: Site) -> None:
    await begin(listing, site)
    (row,) = await listing.bot.store.read(lambda rows: rows.warnings.active(listing.clock.now()))
    for listed in ({f"nmc_{row.identifier}_0"}, {row.identifier}, {f"{row.identifier}_1"}):
        await listing.run(lambda work, listed=listed: no_longer_listed(work, "met", listed))
    known = await listing.bot.store.read(lambda rows: rows.sources.listed("met"))
    assert known[row.id].misses == 0
