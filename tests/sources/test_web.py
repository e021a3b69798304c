"""Fetching from a source, carefully: every way around the rules that we know of, and every way in which a server can
be slow, huge, broken or gone. Against a real HTTPS server on loopback, which only the tests' judge of addresses allows.
"""

import asyncio
import gzip
import logging
import zlib
from pathlib import Path

import pytest
from aiohttp import web

from domain.source_health import Trouble
from domain.sources import Source, SourceKind
from feeds.addresses import is_public
from feeds.web import FetchError, Validators, Web, unpack
from tests.sources.site import HOST, OTHER, Names, Site

KEY = "K3y-that-nobody-may-see/+="


async def refused(fetching: object) -> Trouble:
    with pytest.raises(FetchError) as caught:
        await fetching  # type: ignore[misc]
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value.trouble


# -- what is fetched ----------------------------------------------------------------------------------------------


async def test_a_document_comes_with_what_recognises_it_unchanged(site: Site) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == '"1"' and "If-Modified-Since" in request.headers:
            return web.Response(status=304)
        return web.Response(body=b"<a/>", headers={"ETag": '"1"', "Last-Modified": "Sat, 20 Jun 2026 00:00:00 GMT"})

    site.pages["/index"] = answer
    source, client = site.source("/index"), site.client()
    page = await client.get(source)
    assert page is not None
    assert (page.body, page.url) == (b"<a/>", site.url("/index"))
    assert await client.get(source, known=page.validators) is None


async def test_a_304_that_nobody_asked_for_is_no_answer(site: Site) -> None:
    site.serve("/index", status=304)
    assert await refused(site.client().get(site.source("/index"))) is Trouble.STATUS


async def test_no_cookie_is_kept_and_no_proxy_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    site.serve("/index", b"<a/>", Set_Cookie="a=b")
    client = site.client()
    for _ in range(2):
        assert await client.get(site.source("/index")) is not None
    assert [request.headers.get("Cookie") for request in site.asked] == [None, None]


async def test_the_key_goes_to_the_sources_own_host_alone(site: Site, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")
    site.serve("/index", status=302, Location=site.url("/there", OTHER))
    site.serve("/there", b"<a/>")
    source = site.source("/index", hosts=(OTHER,), secret_file=tmp_path / "key", headers={"X-Key": "{key}", "X-Y": "z"})
    source = source.model_copy(update={"url": source.url + "?k={key}"})
    page = await site.client().get(source)
    assert page is not None
    assert KEY not in page.url
    own, other = site.asked
    assert (own.query["k"], own.headers["X-Key"]) == (KEY, KEY)
    assert (other.query_string, other.headers.get("X-Key"), other.headers["X-Y"]) == ("", None, "z")


async def test_a_link_cannot_carry_the_key_to_another_host(site: Site, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY)
    source = site.source("/", hosts=(OTHER,), secret_file=tmp_path / "key")
    assert await refused(site.client().get(source, site.url("/{key}", OTHER))) is Trouble.NOT_ALLOWED
    assert await refused(site.client().get(source, site.url("/%7Bkey%7D", OTHER))) is Trouble.NOT_ALLOWED
    assert site.asked == []


async def test_no_log_line_holds_the_key(site: Site, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "key").write_text("Plain0Key0That0Nobody0May0See")
    source = site.source("/{key}", secret_file=tmp_path / "key")
    assert await refused(site.client().get(source)) is Trouble.NOT_FOUND
    assert site.asked[0].path == "/Plain0Key0That0Nobody0May0See"
    ours = [record for record in caplog.records if not record.name.startswith("aiohttp.access")]
    assert "Plain0Key" not in "".join(record.getMessage() for record in ours)


@pytest.mark.parametrize("content", [None, b"", b"\n", b"a\nb", b"\xff\xfe"])
async def test_a_key_that_cannot_be_one_is_our_own_fault(site: Site, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    assert await refused(site.client().get(site.source("/", secret_file=tmp_path / "key"))) is Trouble.SECRET


# -- ways around the rules ----------------------------------------------------------------------------------------

INSIDE = [
    *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "0.0.0.0", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a00:1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::"),
    *("2001:db8::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "localhost", ""),
]
OUTSIDE = ["1.1.1.1", "223.5.5.5", "2400:3200::1", "64:ff9b::101:101", "::ffff:1.1.1.1", "2002:101:101::1"]


@pytest.mark.parametrize("address", INSIDE)
async def test_a_name_that_leads_inside_is_not_followed(address: str) -> None:
    assert not is_public(address)
    client = Web(resolver=Names(met=[[address]]))
    assert await refused(client.get(_source("https://met.test/"))) is Trouble.INNER_ADDRESS


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_public_may_be_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"])
async def test_a_numeric_host_is_judged_too(host: str) -> None:
    """aiohttp asks no resolver about it: the socket itself looks."""
    source = _source(f"https://{host}/")
    assert await refused(Web().get(source)) is Trouble.INNER_ADDRESS


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost."])
async def test_a_number_in_disguise_is_judged_as_what_it_leads_to(host: str) -> None:
    """As the system's own resolver reads it, or by aiohttp, which takes no such number."""
    source = _source(f"https://{host}/")
    assert await refused(Web().get(source)) in {Trouble.INNER_ADDRESS, Trouble.NO_SUCH_HOST, Trouble.NOT_ALLOWED}


ELSEWHERE = [
    "http://met.test/",
    "HTTP://met.test/",
    "ftp://met.test/",
    "file:///etc/passwd",
    "gopher://met.test/",
    "//met.test/",
    "/etc/passwd",
    "met.test",
    "https://evil.test/",
    "https://met.test.evil.test/",
    "https://evilmet.test/",
    "https://met.test@evil.test/",
    "https://met.test:443@evil.test/",
    "https://evil.test#@met.test/",
    "https://evil.test\\@met.test/",
    "https://met.test%2eevil.test/",
    "https://met.test%00.evil.test/",
    "https://user@met.test/",
    "https://user:pass@met.test/",
    "https://met.test:22/",
    "https://met.test:8080/",
    "https://met.test:99999/",
    "https://met.test:/\t",
    "https:///met.test/",
    "https://[::1]/",
    "https://127.0.0.1/",
    "https://met.test /",
    "https://met.test/\r\nHost: evil.test",
    "https://mеt.test/",  # a Cyrillic letter
    "https://met.test./",
    "",
]


@pytest.mark.parametrize("address", ELSEWHERE)
async def test_a_link_or_redirect_elsewhere_is_not_followed(site: Site, address: str) -> None:
    names = Names()
    if address:
        assert await refused(site.client(names=names).get(_source("https://met.test/"), address)) is Trouble.NOT_ALLOWED
        assert names.asked == []
    if "\r" not in address and "\t" not in address:  # aiohttp's server refuses to send such a header
        site.serve("/index", status=302, Location=address.encode("ascii", "ignore").decode() or "http://met.test/")
        source = site.source("/index")
        trouble = await refused(site.client(names=names).get(source))
        there = {Trouble.NOT_FOUND, Trouble.UNREACHABLE}  # what stays on the host, at the own port or at 443
        assert trouble in {Trouble.NOT_ALLOWED, *(there if address.startswith(("/", "https:///", "met")) else ())}
        assert set(names.asked) == {HOST}


async def test_a_name_that_changes_its_mind_meets_the_judge_each_time(site: Site) -> None:
    """DNS rebinding: public at first, inside a moment later. What is connected to is what was judged."""
    names = Names(met=[["127.0.0.1"], ["10.0.0.1"]])
    site.serve("/index", b"<a/>")
    client = site.client(names=names)
    assert await client.get(site.source("/index")) is not None
    assert await refused(client.get(site.source("/index"))) is Trouble.INNER_ADDRESS
    assert len(site.asked) == 1


async def test_of_several_addresses_only_the_public_ones_are_tried(site: Site) -> None:
    site.serve("/index", b"<a/>")
    client = site.client(names=Names(met=[["10.0.0.1", "::1", "127.0.0.1"]]))
    assert await client.get(site.source("/index")) is not None


async def test_a_redirect_inside_is_not_followed(site: Site) -> None:
    site.serve("/index", status=302, Location=site.url("/", OTHER))
    client = site.client(names=Names(other=[["192.168.0.1"]]))
    assert await refused(client.get(site.source("/index", hosts=(OTHER,)))) is Trouble.INNER_ADDRESS
    assert len(site.asked) == 1


async def test_three_redirects_are_followed_and_no_more(site: Site) -> None:
    for number in range(5):
        site.serve(f"/{number}", status=301, Location=f"/{number + 1}")
    site.serve("/5", b"<a/>")
    page = await site.client().get(site.source("/2"))
    assert page is not None
    assert page.url == site.url("/5")
    assert await refused(site.client().get(site.source("/1"))) is Trouble.REDIRECTS


async def test_a_redirect_without_a_place_to_go_ends(site: Site) -> None:
    site.serve("/index", status=302)
    assert await refused(site.client().get(site.source("/index"))) is Trouble.REDIRECTS


async def test_a_certificate_that_nobody_vouches_for_is_refused(site: Site) -> None:
    source = site.source("/").model_copy(update={"ca_file": None})
    assert await refused(site.client().get(source)) is Trouble.CERTIFICATE
    wrong_name = site.source("/").model_copy(update={"url": site.url("/").replace(HOST, "third.test")})
    assert await refused(site.client().get(wrong_name)) is Trouble.CERTIFICATE
    missing = site.source("/").model_copy(update={"ca_file": Path("/nowhere.pem")})
    assert await refused(site.client().get(missing)) is Trouble.CERTIFICATE
    assert site.asked == []


# -- slow, huge, broken, gone -------------------------------------------------------------------------------------


async def test_a_server_that_drips_is_not_waited_for(site: Site) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" ")
            await asyncio.sleep(0.01)
        return response

    site.pages["/index"] = drip
    assert await refused(site.client(seconds=0.1).get(site.source("/index"))) is Trouble.TIMEOUT


async def test_too_much_is_not_read_to_its_end(site: Site) -> None:
    sent = 0

    async def pour(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(1000):
            await response.write(b"x" * 10_000)
            sent += 10_000
        return response

    site.pages["/index"] = pour
    assert await refused(site.client(max_bytes=50_000).get(site.source("/index"))) is Trouble.TOO_LARGE
    assert sent < 5_000_000


async def test_a_size_that_is_announced_is_believed(site: Site) -> None:
    site.serve("/index", b"x" * 1001)
    assert await refused(site.client(max_bytes=1000).get(site.source("/index"))) is Trouble.TOO_LARGE


async def test_a_bomb_is_not_unpacked(site: Site) -> None:
    site.serve("/index", gzip.compress(b"0" * 50_000_000, mtime=0), Content_Encoding="gzip")
    assert await refused(site.client().get(site.source("/index"))) is Trouble.TOO_LARGE


async def test_packed_answers_are_unpacked(site: Site) -> None:
    bare = zlib.compressobj(wbits=-15)
    for encoding, packed in (
        ("gzip", gzip.compress(b"<a/>", mtime=0)),
        ("gzip", gzip.compress(b"<a", mtime=0) + gzip.compress(b"/>", mtime=0)),
        ("deflate", zlib.compress(b"<a/>")),
        ("deflate", bare.compress(b"<a/>") + bare.flush()),
        ("identity", b"<a/>"),
    ):
        site.serve("/index", packed, Content_Encoding=encoding)
        page = await site.client().get(site.source("/index"))
        assert page is not None
        assert page.body == b"<a/>"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (gzip.compress(b"<a/>" * 100, mtime=0)[:-9], "gzip"),
        (b"<a/>", "gzip"),
        (b"", "gzip"),
        (gzip.compress(b"", mtime=0) * 200, "gzip"),
        (b"<a/>", "deflate"),
        (b"<a/>", "br"),
        (gzip.compress(b"<a/>", mtime=0), "gzip, gzip"),
    ],
)
def test_what_cannot_be_unpacked_is_not_taken_for_a_document(raw: bytes, encoding: str) -> None:
    with pytest.raises(FetchError) as caught:
        unpack(raw, encoding, 1000)
    assert caught.value.trouble is Trouble.CUT_OFF


async def test_an_answer_that_ends_too_early_is_no_answer(site: Site) -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"<feed/>")
        assert request.transport is not None
        request.transport.abort()
        return response

    site.pages["/index"] = cut
    assert await refused(site.client().get(site.source("/index"))) is Trouble.CUT_OFF


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        *((401, Trouble.DENIED), (403, Trouble.DENIED), (404, Trouble.NOT_FOUND), (410, Trouble.NOT_FOUND)),
        *(
            (429, Trouble.BUSY),
            (500, Trouble.SERVER),
            (503, Trouble.SERVER),
            (204, Trouble.STATUS),
            (400, Trouble.STATUS),
        ),
    ],
)
async def test_only_200_is_an_answer(site: Site, status: int, trouble: Trouble) -> None:
    site.serve("/index", status=status, Retry_After="120")
    with pytest.raises(FetchError) as caught:
        await site.client().get(site.source("/index"))
    assert (caught.value.trouble, caught.value.wait) == (trouble, 120)


async def test_nobody_there(site: Site) -> None:
    source = site.source("/").model_copy(update={"url": f"https://{HOST}:1/"})
    assert await refused(site.client().get(source)) is Trouble.UNREACHABLE

    class Nowhere(Names):
        async def resolve(self, *_: object, **__: object) -> list[object]:  # type: ignore[override]
            raise OSError("no such host")

    assert await refused(site.client(names=Nowhere()).get(source)) is Trouble.NO_SUCH_HOST


async def test_validators_may_be_missing(site: Site) -> None:
    site.serve("/index", b"<a/>")
    page = await site.client().get(site.source("/index"))
    assert page is not None
    assert page.validators == Validators()


def _source(url: str) -> Source:
    return Source(name="met", kind=SourceKind.CAP, url=url)
