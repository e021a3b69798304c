"""A platform that calls: only what is signed, fresh and new is taken in, 200 means that it is kept, and a replay
changes nothing."""

import asyncio
import io
import logging
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from feeds.hook import signature
from settings import SettingsError, load
from tests.sources.test_polling import warning
from tests.support.county import DUTY, County, small_county
from tests.support.databases import Databases

SECRET = "a-secret-of-the-countys-own-platform-0001"
COUNTY_FILE = """
[[sources]]
name = "push"
kind = "hook"
secret_file = "{secret}"
silent_minutes = 60
"""
DOCS = Path(__file__).parents[2] / "docs"


class Sender:
    """The county's platform."""

    def __init__(self, county: County, server: TestServer, session: ClientSession) -> None:
        self.county = county
        self.server = server
        self._session = session
        self._calls = 0

    async def call(
        self, body: bytes | str, *, name: str = "push", secret: str = SECRET, **more: Any
    ) -> tuple[int, Any]:
        """`more`: time, nonce, sign, length, drop (a header)."""
        raw = body.encode() if isinstance(body, str) else body
        self._calls += 1
        now = str(more.get("time", int(self.county.clock.now().timestamp())))
        nonce = more.get("nonce", f"nonce-{self._calls:04d}")
        headers = {
            "X-Shouwang-Timestamp": now,
            "X-Shouwang-Nonce": nonce,
            "X-Shouwang-Signature": more.get("sign", signature(secret, now, nonce, raw)),
        }
        headers.pop(more.get("drop", ""), None)
        url = self.server.make_url(f"/feeds/{name}")
        async with self._session.post(url, data=more.get("sent", raw), headers=headers) as response:
            text = await response.text()
            answer = await response.json() if response.content_type == "application/json" else text
            if more.get("settle", True):
                await self.county.settle()
            return response.status, answer


@asynccontextmanager
async def pushed(tmp_path: Path, databases: Databases, **more: Any) -> AsyncIterator[Sender]:
    secret, file = tmp_path / "secret", tmp_path / "county.toml"
    secret.write_text(f"{SECRET}\n")
    file.write_text(COUNTY_FILE.format(secret=secret))
    with databases.fresh("sqlite", tmp_path) as url:
        async with small_county(
            tmp_path, database_url=url, county_file=file, feed_listen="127.0.0.1:8444", **more
        ) as county:
            assert county.bot.hook is not None
            server = TestServer(county.bot.hook.app())
            await server.start_server()
            async with ClientSession() as session:
                yield Sender(county, server, session)
            await server.close()


@pytest.fixture
async def sender(tmp_path: Path, databases: Databases) -> AsyncIterator[Sender]:
    async with pushed(tmp_path, databases) as made:
        yield made


async def kept(county: County) -> list[str]:
    return [row.number for row in await county.bot.store.read(lambda rows: rows.warnings.active(county.clock.now()))]


async def test_a_signed_warning_goes_out_and_the_sender_is_told_its_number(sender: Sender) -> None:
    _, xml = warning(sender.county)
    assert await sender.call(xml) == (200, {"outcome": "accepted", "number": "2026-001", "reason": ""})
    assert "暴雨" in sender.county.last(sender.county.township_group)
    assert (await sender.call(xml))[1]["outcome"] == "duplicate"
    sender.county.seen_all()


async def test_a_replay_changes_nothing(sender: Sender) -> None:
    _, xml = warning(sender.county)
    await sender.call(xml, nonce="the-same-nonce")
    sender.county.seen_all()
    assert await sender.call(xml, nonce="the-same-nonce") == (409, {"outcome": "replayed"})
    assert sender.county.unseen() == {}
    assert await kept(sender.county) == ["2026-001"]


async def test_of_many_equal_calls_at_once_one_is_taken(sender: Sender) -> None:
    _, xml = warning(sender.county)
    found = await asyncio.gather(*(sender.call(xml, nonce="the-same-nonce") for _ in range(8)))
    assert sorted(status for status, _ in found) == [200, *[409] * 7]
    sender.county.seen_all()


async def test_an_unregistered_or_unclear_notice_is_held_and_the_sender_is_told(sender: Sender) -> None:
    _, xml = warning(sender.county)
    status, answer = await sender.call(xml.replace("<status>Actual", "<status>Perhaps"))
    assert (status, answer["outcome"], answer["reason"]) == (200, "held", "status_unknown")
    assert "没有写明" in sender.county.last(DUTY)


FORGED: list[dict[str, Any]] = [
    {"secret": "another-secret-of-somebody-else-00000001"},
    {"secret": ""},
    {"sign": "0" * 64},
    {"sign": ""},
    {"sign": "ü" * 32},
    {"sign": "A" * 64},
    {"time": "1781913600x"},
    {"time": "-1"},
    {"time": ""},
    {"time": "9" * 40},
    {"nonce": "short"},
    {"nonce": "n" * 65},
    {"nonce": "no.dots-in.here"},
    {"nonce": "' OR 1=1 --"},
    {"name": "nobody"},
    {"name": "folder"},
    {"name": "push%2f..%2fpush"},
    {"sent": b"<alert/>"},
    *({"drop": f"X-Shouwang-{end}"} for end in ("Timestamp", "Nonce", "Signature")),
]


@pytest.mark.parametrize("forged", FORGED, ids=str)
async def test_what_is_not_signed_is_refused_with_the_same_answer(sender: Sender, forged: dict[str, Any]) -> None:
    _, xml = warning(sender.county)
    assert await sender.call(xml, **forged) == (403, "")
    assert await kept(sender.county) == []
    assert await sender.county.bot.store.read(lambda rows: rows.sources.state("push")) is None


@pytest.mark.parametrize(("off", "status"), [(-301, 403), (-299, 200), (0, 200), (299, 200), (301, 403)])
async def test_a_clock_may_be_five_minutes_off(sender: Sender, off: int, status: int) -> None:
    now = int(sender.county.clock.now().timestamp())
    assert (await sender.call("", time=now + off))[0] == status


async def test_an_empty_call_says_that_the_sender_lives(sender: Sender) -> None:
    assert await sender.call(b" \n") == (200, {"outcome": "alive"})
    state = await sender.county.bot.store.read(lambda rows: rows.sources.state("push"))
    assert state is not None
    assert (state.last_good, state.last_notice) == (sender.county.clock.now(), None)


async def test_what_cannot_be_read_is_told_to_both_sides(sender: Sender) -> None:
    assert await sender.call("<alert") == (422, {"outcome": "unreadable", "reason": "not_xml"})
    assert "“push”有 1 条来文读不了" in sender.county.last(DUTY)


async def test_too_much_is_refused_before_it_is_read(sender: Sender) -> None:
    assert (await sender.call(b"x", sent=io.BytesIO(b"x" * 2_000_001)))[0] == 413

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 100_000

    assert (await sender.call(b"x", sent=pieces()))[0] == 413


@pytest.mark.logs_errors
async def test_what_cannot_be_kept_is_not_acknowledged_and_may_come_again(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, xml = warning(sender.county)

    async def away(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(type(sender.county.bot.store), "write", away)
        assert await sender.call(xml, nonce="once-and-again", settle=False) == (503, "")
    assert (await sender.call(xml, nonce="once-and-again"))[0] == 200
    sender.county.seen_all()


@pytest.mark.logs_errors
@pytest.mark.parametrize("secret", [None, "too short"])
async def test_a_secret_that_is_gone_is_our_fault_and_shown(sender: Sender, tmp_path: Path, secret: str | None) -> None:
    (tmp_path / "secret").unlink()
    if secret is not None:
        (tmp_path / "secret").write_text(secret)
    assert (await sender.call("", secret="too short"))[0] == 503
    state = await sender.county.bot.store.read(lambda rows: rows.sources.state("push"))
    assert state is not None
    assert state.last_error == "secret"


async def test_no_log_line_holds_the_secret_the_signature_or_the_body(
    sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _, xml = warning(sender.county)
    sign = signature(SECRET, "1", "nonce-0001", xml.encode())
    await sender.call(xml)
    await sender.call(xml, sign=sign)
    await sender.call("<alert><secret-words/>")
    lines = "".join(record.getMessage() for record in caplog.records if record.name.startswith("feeds"))
    assert "hook_refused source=push why=signature" in lines
    for hidden in (SECRET, sign, "secret-words", "预计未来"):
        assert hidden not in lines
    sender.county.seen_all()


async def test_other_methods_and_paths_are_not_there(sender: Sender) -> None:
    async with ClientSession() as session:
        for method, path, status in (("GET", "/feeds/push", 405), ("POST", "/feeds/", 404), ("POST", "/telegram", 404)):
            async with session.request(method, sender.server.make_url(path)) as response:
                assert response.status == status


@pytest.mark.parametrize("language", ["sh", "python"])
@pytest.mark.parametrize("page", ["operations.md", "operations.en.md"])
async def test_the_examples_in_the_documents_work(
    sender: Sender, tmp_path: Path, page: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = re.findall(rf"<!-- {language} -->\n```\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)
    if language == "python" and page == "operations.en.md":
        assert examples == []
        return
    (example,) = examples
    _, xml = warning(sender.county)
    (tmp_path / "warning.xml").write_text(xml)
    seconds = sender.county.clock.now().timestamp()
    example = example.replace("$(date +%s)", str(int(seconds))).replace("int(time.time())", str(int(seconds)))
    program = ("sh", "-euc") if language == "sh" else (sys.executable, "-c")
    url = str(sender.server.make_url("/feeds/push"))
    running = await asyncio.create_subprocess_exec(
        *program, example, cwd=tmp_path, stdout=-1, stderr=-1, env={"URL": url, "PATH": "/usr/bin:/bin:/usr/local/bin"}
    )
    said, wrong = await running.communicate()
    assert said.decode().startswith('{"outcome": "accepted", "number": "2026-001"'), wrong.decode()
    await sender.county.settle()
    sender.county.seen_all()


def test_a_hook_without_a_place_to_listen_is_told_at_start(tmp_path: Path) -> None:
    file = tmp_path / "county.toml"
    file.write_text(COUNTY_FILE.format(secret="secret"))
    with pytest.raises(SettingsError) as caught:
        load(_env_file=None, county_file=file).policy()
    assert (caught.value.key, caught.value.facts) == ("setting.hook_nowhere", {"source": "push"})
    assert load(_env_file=None, county_file=file, feed_listen="127.0.0.1:8444").policy().sources[0].name == "push"
