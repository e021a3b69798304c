"""Telegram calling us: 200 only after the commit, nobody without the secret, nothing twice."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from handlers.inbox import DurableQueue
from handlers.webhook import Webhook
from storage.store import SqlStore
from tests.support.county import GRID, VILLAGE, County

SECRET = "s" * 40
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@pytest.fixture
async def hook(county: County) -> AsyncIterator[str]:
    queue = county.bot.application.update_queue
    assert isinstance(queue, DurableQueue)
    server = TestServer(Webhook(queue, SECRET, county.bot.hearing.heard).app())
    await server.start_server()
    yield str(server.make_url("/telegram"))
    await server.close()


async def post(url: str, body: Any, secret: str = SECRET) -> int:
    async with ClientSession(trust_env=False) as session:
        send = {"data": body} if isinstance(body, bytes) else {"json": body}
        async with session.post(url, headers={HEADER: secret}, **send) as answer:
            return answer.status


def word(county: County, update_id: int) -> dict[str, Any]:
    person = {"id": GRID.user_id, "is_bot": False, "first_name": GRID.name}
    chat = {"id": GRID.user_id, "type": "private", "first_name": GRID.name}
    message = {"message_id": 900, "date": int(county.clock.now().timestamp()), "chat": chat, "from": person}
    return {"update_id": update_id, "message": {**message, "text": "收到"}}


async def kept(county: County) -> list[int]:
    undone = await county.run(lambda work: work.rows.inbox.undone())
    return [update_id for update_id, _, _ in undone]


async def test_a_call_with_the_secret_is_kept_before_it_is_answered_and_then_done(county: County, hook: str) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    assert await post(hook, word(county, 5001)) == 200
    queue = county.bot.application.update_queue
    await county.bot.inbox.process(queue.get_nowait())
    await county.settle()
    assert "已记录" in county.last(GRID)
    county.seen_all()


@pytest.mark.parametrize("secret", ["", "wrong", "S" * 40, SECRET + "x"])
async def test_a_call_without_the_secret_leaves_nothing_behind(
    county: County, hook: str, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert await post(hook, word(county, 5002), secret) == 403
    assert await kept(county) == []
    assert SECRET not in caplog.text


async def test_the_same_call_again_is_answered_and_not_done_twice(county: County, hook: str) -> None:
    for _ in range(3):
        assert await post(hook, word(county, 5003)) == 200
    assert county.bot.application.update_queue.qsize() == 1
    assert await kept(county) == [5003]
    await county.restart()
    county.seen_all()


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"update_id": "x"}', b"\xff\xfe"])
async def test_what_is_no_update_is_refused(county: County, hook: str, body: bytes) -> None:
    assert await post(hook, body) == 400
    assert await kept(county) == []


@pytest.mark.logs_errors
async def test_telegram_is_told_to_come_again_when_nothing_could_be_kept(
    county: County, hook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_self: object, _work: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(SqlStore, "write", full)
        assert await post(hook, word(county, 5004)) == 500
    assert await post(hook, word(county, 5004)) == 200
    assert await kept(county) == [5004]
    await county.restart()
    county.seen_all()
