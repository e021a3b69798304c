"""A source that is asked: from an index of CAP documents to the groups, on the whole bot; and every way in which asking
can go wrong without losing, repeating or holding up anything."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from demo.notices import cap
from feeds.polling import Poller
from storage.errors import SchemaError
from tests.sources.site import Site
from tests.support.county import DUTY, TOWNSHIP, County, small_county
from tests.support.databases import Databases

COUNTY_FILE = """
[[sources]]
name = "met"
kind = "{kind}"
url = "{url}"
ca_file = "{ca}"
every_seconds = 60
silent_minutes = 30
issuers = ["qxt@songyang.example"]
"""


@pytest.fixture
async def fed(site: Site, tmp_path: Path, databases: Databases) -> AsyncIterator[County]:
    """The county with one source: an index."""
    file = tmp_path / "county.toml"
    file.write_text(COUNTY_FILE.format(kind="cap_index", url=site.url("/index"), ca=site.certificate))
    with databases.fresh("sqlite", tmp_path) as url:
        async with small_county(tmp_path, database_url=url, county_file=file, web=site.client()) as made:
            yield made


def poller(county: County) -> Poller:
    return county.bot.pollers[0]


async def poll(county: County) -> bool:
    good = await poller(county).poll_once()
    await county.settle()
    return good


def warning(county: County, **more: object) -> tuple[str, str]:
    facts = {"kind": "暴雨", "colour": "橙色", "areas": [("", TOWNSHIP.ljust(12, "0"))]} | more
    facts |= {"text": "预计未来3小时降水量将达50毫米以上。", "instruction": "责任人立即到岗。"}
    return cap(county.clock.now(), **facts)  # type: ignore[arg-type]


def index(*links: tuple[str, str]) -> str:
    entries = "".join(
        f'<entry><id>{href}</id><title>t</title><updated>{updated}</updated><link href="{href}"/></entry>'
        for href, updated in links
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><id>i</id><title>t</title>{entries}</feed>'


async def states(county: County) -> list[str]:
    rows = await county.bot.store.read(lambda rows: rows.warnings.active(county.clock.now()))
    return [row.identifier for row in rows]


V1, V2 = "2026-06-20T08:00:00+08:00", "2026-06-20T09:00:00+08:00"


async def test_a_warning_reaches_its_groups_by_itself_and_once(fed: County, site: Site) -> None:
    _, xml = warning(fed)
    site.serve("/index", index(("/one.xml", V1)))
    site.serve("/one.xml", xml)
    for _ in range(3):
        assert await poll(fed)
    assert "暴雨" in fed.last(fed.township_group)
    assert len(fed.new(fed.village_group)) == 1
    assert fed.new(fed.far_group) == []
    assert [request.path for request in site.asked] == ["/index", "/one.xml", "/index", "/index"]
    fed.seen_all()


async def test_after_a_restart_nothing_is_fetched_or_posted_again(fed: County, site: Site) -> None:
    _, xml = warning(fed)
    site.serve("/index", index(("/one.xml", V1)))
    site.serve("/one.xml", xml)
    await poll(fed)
    fed.seen_all()
    site.asked.clear()
    await fed.restart()
    await poll(fed)
    assert [request.path for request in site.asked] == ["/index"]
    assert fed.unseen() == {}


async def test_another_version_behind_the_same_address_is_fetched(fed: County, site: Site) -> None:
    _, xml = warning(fed)
    site.serve("/index", index(("/one.xml", V1)))
    site.serve("/one.xml", xml)
    await poll(fed)
    fed.seen_all()
    fed.clock.advance(timedelta(minutes=1))
    _, xml = warning(fed, colour="红色")
    site.serve("/index", index(("/one.xml", V2)))
    site.serve("/one.xml", xml)
    await poll(fed)
    assert "红色" in fed.last(fed.township_group)
    fed.seen_all()


async def test_an_unchanged_list_is_a_good_answer(fed: County, site: Site) -> None:
    async def answer(request: web.Request) -> web.Response:
        same = request.headers.get("If-None-Match") == '"1"'
        return web.Response(status=304) if same else web.Response(text=index(), headers={"ETag": '"1"'})

    site.pages["/index"] = answer
    assert [await poll(fed), await poll(fed)] == [True, True]
    state = await fed.bot.store.read(lambda rows: rows.sources.state("met"))
    assert state is not None
    assert (state.last_good, state.last_notice, state.last_error) == (fed.clock.now(), None, "")


async def test_an_empty_list_is_no_failure_and_a_broken_one_is(fed: County, site: Site) -> None:
    site.serve("/index", index())
    assert await poll(fed)
    for body, status in (("", 200), ("<html>维护中</html>", 200), (index()[:-9], 200), (index(), 500), (index(), 404)):
        site.serve("/index", body, status=status)
        assert not await poll(fed)
    assert await fed.bot.store.read(lambda rows: rows.sources.state("met")) is not None
    fed.seen_all()


async def test_one_bad_document_does_not_hold_up_the_others_and_is_told(fed: County, site: Site) -> None:
    _, xml = warning(fed)
    site.serve("/index", index(("/gone.xml", V1), ("/bad.xml", V1), ("http://10.0.0.1/x.xml", V1), ("/one.xml", V1)))
    site.serve("/bad.xml", "<alert")
    site.serve("/one.xml", xml)
    assert await poll(fed)
    assert "暴雨" in fed.last(fed.township_group)
    fed.seen_all()
    for _ in range(8):
        assert await poll(fed)
    told = fed.new(DUTY)
    assert len(told) == 3
    assert any("对方没有这个网址" in text for text in told)
    assert any("不是完整的 XML" in text for text in told)
    assert any("没有允许的地方" in text for text in told)
    tries = [request.path for request in site.asked].count("/gone.xml")
    assert tries == 4, "in the rounds 1, 2, 4 and 8: it rests ever longer"


async def test_a_document_that_comes_late_is_taken_in_when_it_comes(fed: County, site: Site) -> None:
    _, xml = warning(fed)
    site.serve("/index", index(("/one.xml", V1)), ETag='"1"')
    await poll(fed)
    site.serve("/one.xml", xml)
    await poll(fed)
    await poll(fed)
    assert "暴雨" in fed.last(fed.township_group)
    assert all("If-None-Match" not in request.headers for request in site.asked[:3]), "not all of it was taken in yet"
    fed.seen_all()


@pytest.mark.logs_errors
async def test_what_cannot_be_kept_now_is_tried_again(fed: County, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is away: nothing is marked as read, and the source is not blamed."""
    _, xml = warning(fed)
    site.serve("/index", index(("/one.xml", V1)), ETag='"1"')
    site.serve("/one.xml", xml)

    async def away(*_: object) -> None:
        raise SchemaError("schema.no_backup_dir")

    with monkeypatch.context() as broken:
        broken.setattr(type(fed.bot.store), "write", away)
        assert not await poller(fed).poll_once()
    state = await fed.bot.store.read(lambda rows: rows.sources.state("met"))
    assert state is None
    for _ in range(2):
        await poll(fed)
    assert "暴雨" in fed.last(fed.township_group)
    fed.seen_all()


async def test_an_issuer_that_is_not_registered_is_held(fed: County, site: Site) -> None:
    _, xml = warning(fed)
    site.serve("/index", index(("/one.xml", V1)))
    site.serve("/one.xml", xml.replace("qxt@songyang.example", "somebody@else.example"))
    await poll(fed)
    assert "发布单位没有登记" in fed.last(DUTY)
    assert fed.new(fed.township_group) == []


async def test_a_redirect_inside_or_a_bomb_is_a_failing_source(fed: County, site: Site) -> None:
    site.serve("/index", status=302, Location="https://169.254.169.254/latest/meta-data")
    assert not await poll(fed)
    state = await fed.bot.store.read(lambda rows: rows.sources.state("met"))
    assert state is not None
    assert state.last_error == "not_allowed"


async def test_failures_are_answered_with_patience_and_a_limit(fed: County, site: Site) -> None:
    asked = poller(fed)
    asked.chance = lambda: 0.5
    waits = [asked.wait]
    for _ in range(4):
        await poll(fed)
        waits.append(asked.wait)
    assert waits == [60, 120, 240, 300, 300]
    site.serve("/index", status=503, Retry_After="900")
    await poll(fed)
    assert asked.wait == 900
    site.serve("/index", index())
    await poll(fed)
    assert asked.wait == 60
    asked.chance = lambda: 0.0
    assert asked.wait == pytest.approx(54)


async def test_the_loop_asks_sleeps_and_stops(fed: County, site: Site) -> None:
    stop, slept = asyncio.Event(), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            stop.set()

    site.serve("/index", index())
    asked = poller(fed)
    asked.sleep, asked.chance = sleep, lambda: 0.5
    await asked.run(stop)
    assert slept == [5.0, 60.0, 60.0]
    assert len(site.asked) == 2


async def test_a_stop_does_not_wait_for_a_slow_source(fed: County, site: Site) -> None:
    stop, there = asyncio.Event(), asyncio.Event()

    async def never(_request: web.Request) -> web.Response:
        there.set()
        await asyncio.Event().wait()
        raise AssertionError

    site.pages["/index"] = never
    asked = poller(fed)
    asked.chance = lambda: 0.0
    running = asyncio.create_task(asked.run(stop))
    await asyncio.wait_for(there.wait(), 5)
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_silence_of_the_whole_bot_is_not_needed_to_be_told(fed: County, site: Site) -> None:
    """The clock's duty tells it, whatever the loop does."""
    site.serve("/index", index())
    await poll(fed)
    site.serve("/index", status=500)
    for _ in range(11):
        await poll(fed)
        await fed.pass_time(minutes=3, step=timedelta(minutes=1))
    (said,) = fed.new(DUTY)
    assert "“met”从6月20日 08:00起收不到：对方的服务器出错" in said
    site.serve("/index", index())
    await poll(fed)
    assert "恢复正常" in fed.last(DUTY)


async def test_an_alert_and_its_cancellation_in_one_answer_bother_nobody(fed: County, site: Site) -> None:
    """Lists put the newest first: read in that order, the cancellation would mean nothing and the alert go out."""
    first, alert = warning(fed)
    sent = fed.clock.now()
    fed.clock.advance(timedelta(minutes=20))
    _, cancel = warning(fed, follows=(first, sent), cancel=True)
    site.serve("/index", index(("/cancel.xml", V2), ("/alert.xml", V1)))
    site.serve("/alert.xml", alert)
    site.serve("/cancel.xml", cancel)
    for _ in range(2):
        assert await poll(fed)
    assert await states(fed) == []
    assert fed.unseen() == {}
    assert [request.path for request in site.asked].count("/alert.xml") == 1


async def test_of_an_alert_and_its_update_the_update_goes_out(fed: County, site: Site) -> None:
    first, alert = warning(fed)
    sent = fed.clock.now()
    fed.clock.advance(timedelta(minutes=20))
    second, update = warning(fed, colour="红色", follows=(first, sent))
    site.serve("/index", index(("/update.xml", V2), ("/alert.xml", V1)))
    site.serve("/alert.xml", alert)
    site.serve("/update.xml", update)
    await poll(fed)
    assert await states(fed) == [second]
    assert len(fed.new(fed.township_group)) == 1
    fed.seen_all()


async def test_a_cancellation_that_comes_later_lifts(fed: County, site: Site) -> None:
    first, alert = warning(fed)
    sent = fed.clock.now()
    site.serve("/index", index(("/alert.xml", V1)))
    site.serve("/alert.xml", alert)
    await poll(fed)
    assert await states(fed) == [first]
    fed.clock.advance(timedelta(minutes=20))
    _, cancel = warning(fed, follows=(first, sent), cancel=True)
    site.serve("/index", index(("/cancel.xml", V2), ("/alert.xml", V1)))
    site.serve("/cancel.xml", cancel)
    await poll(fed)
    assert await states(fed) == []
    assert "解除" in fed.last(fed.township_group)
    fed.seen_all()


async def test_when_the_server_of_the_documents_is_away_the_source_is_failing(fed: County, site: Site) -> None:
    _, xml = warning(fed)
    site.serve("/one.xml", xml)
    names = ("/one.xml", *(f"/{number}.xml" for number in range(9)))
    for name in names[1:]:
        site.serve(name, status=503)
    site.serve("/index", index(*((name, V1) for name in names)))
    assert not await poll(fed)
    assert len(await states(fed)) == 1, "what came before is taken in"
    state = await fed.bot.store.read(lambda rows: rows.sources.state("met"))
    assert state is not None
    assert (state.last_error, len(site.asked)) == ("server", 5)
    fed.seen_all()
