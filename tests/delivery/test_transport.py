"""The HTTP layer against a real server on the loopback, in all the ways a line can fail."""

import asyncio
import json
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from delivery.faults import NotSent, Unknown
from delivery.transport import AiohttpRequest
from tests.delivery.delivery_fakes import TOKEN

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
MESSAGE = {"message_id": 7, "date": 1, "chat": {"id": -100, "type": "supergroup"}, "text": "x"}


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """A server on the loopback with one handler for everything; gives its base URL."""
    app = web.Application(client_max_size=1 << 26)
    app.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_server(
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[str]:
    """A bare TCP server, for what no HTTP server does on purpose."""
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def bot_at(base: str, **options: Any) -> AsyncIterator[Bot]:
    request = AiohttpRequest(**options)
    polling = AiohttpRequest(connections=1)
    bot = Bot(
        TOKEN, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", request=request, get_updates_request=polling
    )
    await request.initialize()
    await polling.initialize()
    try:
        yield bot
    finally:
        await request.shutdown()
        await polling.shutdown()


def answers(body: object, status: int = 200) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        await request.read()
        if isinstance(body, str):
            return web.Response(text=body, status=status, content_type="text/html")
        return web.json_response(body, status=status)

    return handle


async def failure(base: str, **options: Any) -> TelegramError:
    async with bot_at(base, **options) as bot:
        with pytest.raises(TelegramError) as caught:
            await bot.send_message(-100, "请转移")
    assert TOKEN not in repr(caught.value)
    assert TOKEN not in str(caught.value.__cause__)
    return caught.value


async def hold(seconds: float) -> None:
    """The server takes its time."""
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


# -- success --------------------------------------------------------------------------------------------------


async def test_a_message_arrives_as_a_form_and_its_id_comes_back() -> None:
    seen: dict[str, list[str]] = {}

    async def handle(request: web.Request) -> web.Response:
        seen.update(parse_qs(await request.text()))
        assert request.path == f"/bot{TOKEN}/sendMessage"
        return web.json_response({"ok": True, "result": MESSAGE})

    async with serving(handle) as base, bot_at(base) as bot:
        message = await bot.send_message(-100, "大坝 & <水> 🌊")
    assert message.message_id == 7
    assert seen["text"] == ["大坝 & <水> 🌊"]
    assert seen["chat_id"] == ["-100"]


async def test_a_file_is_uploaded_with_its_chinese_name() -> None:
    seen: dict[str, object] = {}

    async def handle(request: web.Request) -> web.Response:
        form = await request.post()
        part = form["document"]
        assert isinstance(part, web.FileField)
        seen.update(name=part.filename, size=len(part.file.read()), caption=form["caption"])
        return web.json_response({"ok": True, "result": MESSAGE})

    async with serving(handle) as base, bot_at(base) as bot:
        file = InputFile(b"x" * 3_000_000, filename="值班表 7月.xlsx")
        await bot.send_document(-100, file, caption="请查收")
    assert seen == {"name": "值班表 7月.xlsx", "size": 3_000_000, "caption": "请查收"}


async def test_connections_are_kept_and_never_more_than_allowed() -> None:
    peers: set[object] = set()

    async def handle(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.json_response({"ok": True, "result": MESSAGE})

    async with serving(handle) as base, bot_at(base, connections=3) as bot:
        for _ in range(3):
            await asyncio.gather(*(bot.send_message(-100, "x") for _ in range(10)))
    assert 1 <= len(peers) <= 3


async def test_small_packets_are_not_held_back() -> None:
    request = AiohttpRequest()
    await request.initialize()
    async with serving(answers({"ok": True, "result": True})) as base:
        await request.do_request(f"{base}/botx/getMe", "POST")
        assert request._session is not None
        pool = request._session.connector._conns  # type: ignore[union-attr]
        connection = next(iter(pool.values()))[0][0].transport.get_extra_info("socket")
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
    await request.shutdown()


async def test_a_file_can_be_fetched() -> None:
    async def handle(request: web.Request) -> web.Response:
        if request.path.startswith("/file/"):
            return web.Response(body=b"\xff\xd8 not json at all")
        return web.json_response(
            {"ok": True, "result": {"file_id": "a", "file_unique_id": "b", "file_path": "photos/1.jpg"}}
        )

    async with serving(handle) as base, bot_at(base) as bot:
        file = await bot.get_file("a")
        assert bytes(await file.download_as_bytearray()) == b"\xff\xd8 not json at all"


async def test_it_can_be_shut_down_and_started_again() -> None:
    async with serving(answers({"ok": True, "result": True})) as base:
        request = AiohttpRequest()
        with pytest.raises(RuntimeError):
            await request.do_request(f"{base}/botx/getMe", "POST")
        for _ in range(2):
            await request.initialize()
            assert (await request.do_request(f"{base}/botx/getMe", "POST"))[0] == 200
            await request.shutdown()


# -- never reached Telegram -----------------------------------------------------------------------------------


async def test_a_refused_connection_was_not_sent() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        error = await failure(f"http://127.0.0.1:{closed.getsockname()[1]}")
    assert type(error) is NetworkError
    assert isinstance(error.__cause__, NotSent)


async def test_an_unknown_host_was_not_sent() -> None:
    error = await failure("http://no-such-host.invalid")
    assert isinstance(error, NetworkError)
    assert isinstance(error.__cause__, NotSent)


async def test_a_full_pool_was_not_sent() -> None:
    release = asyncio.Event()

    async def handle(request: web.Request) -> web.Response:
        await release.wait()
        return web.json_response({"ok": True, "result": MESSAGE})

    async with serving(handle) as base, bot_at(base, connections=1, connect_timeout=0.05, pool_timeout=0.05) as bot:
        first = asyncio.create_task(bot.send_message(-100, "x"))
        await asyncio.sleep(0)
        with pytest.raises(TimedOut) as caught:
            await bot.send_message(-100, "x")
        assert isinstance(caught.value.__cause__, NotSent)
        release.set()
        assert (await first).message_id == 7


async def test_an_upload_cut_short_was_not_sent() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        reset(writer)

    async with raw_server(talk) as base, bot_at(base) as bot:
        with pytest.raises(NetworkError) as caught:
            await bot.send_document(-100, InputFile(b"x" * 20_000_000, filename="a.bin"))
    assert isinstance(caught.value.__cause__, NotSent)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 407, 451])
async def test_a_gateway_speaking_in_telegrams_place_is_a_bad_line_and_no_invalid_token(status: int) -> None:
    async with serving(answers("<html>请先登录</html>", status)) as base:
        error = await failure(base)
    assert type(error) is NetworkError
    assert isinstance(error.__cause__, NotSent)


async def test_a_redirect_is_not_followed() -> None:
    paths: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        paths.append(request.path)
        raise web.HTTPFound("/login")

    async with serving(handle) as base:
        error = await failure(base)
    assert isinstance(error.__cause__, NotSent)
    assert paths == [f"/bot{TOKEN}/sendMessage"]


# -- in doubt -------------------------------------------------------------------------------------------------


async def test_a_slow_answer_is_in_doubt() -> None:
    async def handle(request: web.Request) -> web.Response:
        await hold(5)
        return web.json_response({"ok": True, "result": MESSAGE})

    async with serving(handle) as base:
        started = time.perf_counter()
        error = await failure(base, read_timeout=0.05)
    assert time.perf_counter() - started < 2
    assert isinstance(error, TimedOut)
    assert isinstance(error.__cause__, Unknown)


@pytest.mark.parametrize("how", ["reset", "close"])
async def test_a_connection_lost_after_the_request_is_in_doubt(how: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if how == "reset":
            reset(writer)

    async with raw_server(talk) as base:
        error = await failure(base)
    assert type(error) is NetworkError
    assert isinstance(error.__cause__, Unknown)


async def test_an_answer_that_breaks_off_is_in_doubt() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"ok":true,')
        await writer.drain()

    async with raw_server(talk) as base:
        error = await failure(base)
    assert isinstance(error.__cause__, Unknown)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<html>Bad Gateway</html>", 502),
        ("<html>welcome to the hotel</html>", 200),
        ({"ok": False, "error_code": 500, "description": "Internal Server Error"}, 500),
    ],
)
async def test_a_failing_server_is_in_doubt(body: object, status: int) -> None:
    async with serving(answers(body, status)) as base:
        error = await failure(base)
    assert type(error) is NetworkError
    assert isinstance(error.__cause__, Unknown)


async def test_a_garbled_answer_is_in_doubt() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
        await writer.drain()

    async with raw_server(talk) as base:
        error = await failure(base)
    assert isinstance(error.__cause__, Unknown)


# -- Telegram said no -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "description", "parameters", "kind"),
    [
        (400, "Bad Request: message is not modified", None, BadRequest),
        (401, "Unauthorized", None, InvalidToken),
        (403, "Forbidden: bot was blocked by the user", None, Forbidden),
        (404, "Not Found", None, InvalidToken),
        (409, "Conflict: terminated by other getUpdates request", None, Conflict),
        (413, "Request Entity Too Large", None, BadRequest),
        (418, "something new", None, BadRequest),
        (429, "Too Many Requests: retry after 29", {"retry_after": 29}, RetryAfter),
        (400, "Bad Request: upgraded", {"migrate_to_chat_id": -1009}, ChatMigrated),
    ],
)
async def test_a_refusal_keeps_the_meaning_it_has_in_ptb(
    status: int, description: str, parameters: dict[str, int] | None, kind: type[TelegramError]
) -> None:
    body = {"ok": False, "error_code": status, "description": description, "parameters": parameters or {}}
    async with serving(answers(body, status)) as base:
        error = await failure(base)
    assert type(error) is kind
    if isinstance(error, RetryAfter):
        assert error._retry_after.total_seconds() == 29
    if isinstance(error, ChatMigrated):
        assert error.new_chat_id == -1009


# -- polling --------------------------------------------------------------------------------------------------


@asynccontextmanager
async def poller(handler: Handler, **hooks: Any) -> AsyncIterator[Bot]:
    async with serving(handler) as base:
        polling = AiohttpRequest(connections=1, read_timeout=0.05, **hooks)
        bot = Bot(TOKEN, base_url=f"{base}/bot", request=AiohttpRequest(), get_updates_request=polling)
        await polling.initialize()
        try:
            yield bot
        finally:
            await polling.shutdown()


UPDATES = {"ok": True, "result": [{"update_id": 5, "message": MESSAGE}, {"update_id": 6, "message": MESSAGE}]}


async def test_updates_are_kept_before_ptb_has_them() -> None:
    kept: list[list[dict[str, Any]]] = []
    heard: list[int] = []

    async def keep(updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        kept.append(updates)
        return updates

    async with poller(answers(UPDATES), on_updates=keep, on_heard=lambda: heard.append(len(kept))) as bot:
        updates = await bot.get_updates()
    assert [update.update_id for update in updates] == [5, 6]
    assert [[u["update_id"] for u in batch] for batch in kept] == [[5, 6]]
    assert heard == [1]


async def test_ptb_sees_what_the_hook_returns_and_nothing_else() -> None:
    async def keep(updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"update_id": updates[-1]["update_id"]}]

    unreadable = {"ok": True, "result": [{"update_id": 5, "message": {"date": "soon"}}, {"update_id": 6}]}
    async with poller(answers(unreadable), on_updates=keep) as bot:
        assert [update.update_id for update in await bot.get_updates()] == [6]


@pytest.mark.logs_errors
async def test_updates_that_cannot_be_kept_are_an_error_that_polling_survives() -> None:
    heard: list[int] = []

    async def keep(updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        raise OSError("disk full")

    async with poller(answers(UPDATES), on_updates=keep, on_heard=lambda: heard.append(1)) as bot:
        with pytest.raises(NetworkError) as caught:
            await bot.get_updates()
    assert not isinstance(caught.value, BadRequest)
    assert heard == []


async def test_an_empty_answer_is_heard_and_keeps_nothing() -> None:
    heard: list[int] = []

    async def keep(updates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        raise AssertionError("nothing to keep")

    async with poller(answers({"ok": True, "result": []}), on_updates=keep, on_heard=lambda: heard.append(1)) as bot:
        assert await bot.get_updates() == ()
    assert heard == [1]


async def test_a_long_poll_may_take_longer_than_the_read_timeout() -> None:
    served = asyncio.Semaphore(0)

    async def handle(request: web.Request) -> web.Response:
        await hold(0.15)
        served.release()
        return web.json_response({"ok": True, "result": []})

    async with poller(handle) as bot:
        assert await bot.get_updates(timeout=1) == ()
        with pytest.raises(TimedOut):
            await bot.get_updates(timeout=0)
        for _ in range(2):  # a server that is stopped in the middle of an answer complains
            await served.acquire()


async def test_a_failed_poll_is_not_heard() -> None:
    heard: list[int] = []
    async with poller(answers("<html>", 502), on_heard=lambda: heard.append(1)) as bot:
        with pytest.raises(NetworkError):
            await bot.get_updates()
    assert heard == []


# -- proxies --------------------------------------------------------------------------------------------------


async def test_an_http_proxy_is_used_with_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str | None]] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append((request.raw_path, request.headers.get("Proxy-Authorization")))
        return web.json_response({"ok": True, "result": MESSAGE})

    async with serving(handle) as proxy:
        with_login = proxy.replace("http://", "http://duty:secret@")
        async with bot_at("http://telegram.invalid", proxy=with_login) as bot:
            await bot.send_message(-100, "x")
    assert seen == [(f"http://telegram.invalid/bot{TOKEN}/sendMessage", "Basic ZHV0eTpzZWNyZXQ=")]


async def test_the_environments_proxy_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with serving(answers({"ok": True, "result": MESSAGE})) as base, bot_at(base) as bot:
        assert (await bot.send_message(-100, "x")).message_id == 7


async def test_a_socks_proxy_resolves_the_name_itself() -> None:
    asked: list[tuple[str, int]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        greeting = await reader.readexactly(2)
        await reader.readexactly(greeting[1])
        writer.write(b"\x05\x00")
        version, command, _, kind, length = await reader.readexactly(5)
        assert (version, command, kind) == (5, 1, 3)
        host = (await reader.readexactly(length)).decode()
        asked.append((host, int.from_bytes(await reader.readexactly(2), "big")))
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        await reader.readuntil(b"\r\n\r\n")
        body = json.dumps({"ok": True, "result": MESSAGE}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        await reader.read()

    async with raw_server(talk) as proxy:
        address = proxy.replace("http://", "socks5h://")
        async with bot_at("http://telegram.invalid", proxy=address) as bot:
            assert (await bot.send_message(-100, "x")).message_id == 7
    assert asked == [("telegram.invalid", 80)]


@pytest.mark.parametrize("scheme", ["http", "socks5"])
@pytest.mark.parametrize("how", ["refuses", "hangs up"])
async def test_a_proxy_that_fails_means_not_sent(scheme: str, how: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        if how == "refuses":
            writer.write(b"\x05\xff" if scheme == "socks5" else b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()

    async with raw_server(talk) as proxy:
        error = await failure("https://telegram.invalid", proxy=proxy.replace("http:", f"{scheme}:"))
    assert isinstance(error.__cause__, NotSent)
