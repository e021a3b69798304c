"""Webhooks: settings, deliveries in order, retries in world time until expiry."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from sandbox.webhook import Answer, WebhookSender
from tests.sandbox.scene import Scene, turns

URL = "https://bot.example.org/hook"


class BotServer:
    """Takes deliveries in process and answers as told."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], dict[str, object]]] = []
        self.answers: list[Answer] = []
        self.gate: asyncio.Event | None = None

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answer:
        assert url == URL
        self.received.append((headers, json.loads(body)))
        if self.gate is not None:
            await self.gate.wait()
        return self.answers.pop(0) if self.answers else Answer(200)

    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, update in self.received]  # type: ignore[index]


@pytest_asyncio.fixture
async def server(county: Scene) -> AsyncIterator[BotServer]:
    server = BotServer()
    sender = WebhookSender(county.world, server.post)
    sender.start()
    yield server
    await sender.stop()


async def speak(county: Scene, *texts: str) -> None:
    for text in texts:
        await county.world.say(county.ana.id, county.ana.id, text)


async def test_what_waited_and_what_comes_is_delivered_with_the_secret(county: Scene, server: BotServer) -> None:
    await speak(county, "一")
    assert await county.ok("setWebhook", url=URL, secret_token="s-1_A")
    await turns()
    await speak(county, "二")
    await turns()
    assert server.texts() == ["一", "二"]
    assert server.received[0][0]["X-Telegram-Bot-Api-Secret-Token"] == "s-1_A"
    assert (await county.ok("getWebhookInfo"))["pending_update_count"] == 0


async def test_polling_and_a_webhook_exclude_each_other(county: Scene) -> None:
    polling = asyncio.create_task(county.call("getUpdates", timeout=50))
    await turns()
    await county.ok("setWebhook", url=URL)
    assert (await polling).description == "Conflict: terminated by setWebhook request"
    reply = await county.call("getUpdates")
    assert (reply.status, reply.description) == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
    )
    assert await county.ok("deleteWebhook")
    assert await county.ok("getUpdates") == []


async def test_a_failed_delivery_is_tried_again_at_once_and_then_ever_more_slowly(
    county: Scene, server: BotServer
) -> None:
    server.answers = [Answer(500, "Internal Server Error")] * 4
    await county.ok("setWebhook", url=URL)
    await speak(county, "一")
    await turns()
    assert len(server.received) == 2
    info = await county.ok("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert info["pending_update_count"] == 1
    await county.world.clock.walk(timedelta(seconds=2))
    assert len(server.received) == 3
    await county.world.clock.walk(timedelta(seconds=3))
    assert len(server.received) == 3
    await county.world.clock.walk(timedelta(seconds=1))
    assert len(server.received) == 4
    await county.world.clock.walk(timedelta(seconds=8))
    assert len(server.received) == 5
    assert (await county.ok("getWebhookInfo"))["pending_update_count"] == 0


async def test_the_server_may_ask_for_a_pause(county: Scene, server: BotServer) -> None:
    server.answers = [Answer(503, "Service Unavailable", retry_after=120)]
    await county.ok("setWebhook", url=URL)
    await speak(county, "一")
    await county.world.clock.walk(timedelta(seconds=119))
    assert len(server.received) == 1
    await county.world.clock.walk(timedelta(seconds=1))
    assert len(server.received) == 2


async def test_a_press_is_dropped_when_it_has_become_too_old(county: Scene, server: BotServer) -> None:
    server.answers = [Answer(0, "Can't connect to the webhook")] * 1000
    await county.with_button()
    await county.ok("setWebhook", url=URL)
    await county.world.press(county.ana.id, county.group.id, 1, "ack", wait=False)
    await county.world.clock.walk(timedelta(seconds=200))
    tries = len(server.received)
    assert 5 < tries < 12
    await county.world.clock.walk(timedelta(hours=1))
    assert len(server.received) == tries
    assert (await county.ok("getWebhookInfo"))["last_error_message"] == "Can't connect to the webhook"


async def test_order_holds_within_a_chat_and_chats_do_not_wait_for_each_other(county: Scene, server: BotServer) -> None:
    server.gate = asyncio.Event()
    await county.ok("setWebhook", url=URL)
    await speak(county, "一", "二")
    await county.world.say(county.bo.id, county.bo.id, "另一个")
    await turns()
    assert sorted(server.texts()) == sorted(["一", "另一个"])
    server.gate.set()
    await turns()
    assert server.texts()[2] == "二"


async def test_an_answer_may_carry_one_method_call(county: Scene, server: BotServer) -> None:
    order = {"method": "sendMessage", "chat_id": county.ana.id, "text": "好"}
    server.answers = [Answer(200, body=json.dumps(order).encode())]
    await county.ok("setWebhook", url=URL)
    await speak(county, "一")
    await turns()
    assert county.world.ledger.of("sendMessage")[-1].result["text"] == "好"


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"url": "http://bot.example.org/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        (
            {"url": "https://bot.example.org:9000/"},
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        ({"url": "https:///x"}, "invalid webhook URL specified"),
        ({"url": URL, "secret_token": "x" * 257}, "secret token is too long"),
        ({"url": URL, "secret_token": "密"}, "secret token contains unallowed characters"),
    ],
)
async def test_a_bad_webhook_is_refused(county: Scene, params: dict[str, str], refusal: str) -> None:
    assert await county.refused("setWebhook", **params) == f"Bad Request: {refusal}"


async def test_pending_updates_can_be_dropped(county: Scene) -> None:
    await speak(county, "一")
    await county.ok("deleteWebhook", drop_pending_updates=True)
    assert await county.ok("getUpdates") == []


async def test_a_local_webhook_needs_no_certificate(county: Scene) -> None:
    await county.ok("setWebhook", url="http://127.0.0.1:5000/hook", max_connections=5, allowed_updates=["message"])
    info = await county.ok("getWebhookInfo")
    assert (info["url"], info["max_connections"], info["allowed_updates"]) == (
        "http://127.0.0.1:5000/hook", 5, ["message"],
    )  # fmt: skip
