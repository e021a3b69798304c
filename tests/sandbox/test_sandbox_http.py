"""The HTTP door: every way of sending parameters, downloads, faults on the wire, webhooks, who may come in."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from sandbox import server
from tests.sandbox.scene import BUTTON, TOKEN, Scene, png, until


@dataclass
class Door:
    county: Scene
    http: aiohttp.ClientSession
    port: int

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot{TOKEN}"


@pytest_asyncio.fixture
async def door(county: Scene) -> AsyncIterator[Door]:
    runner, port = await server.start(county.world)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
        yield Door(county, http, port)
    await runner.cleanup()


async def test_parameters_come_as_json_form_query_or_multipart(door: Door) -> None:
    chat = door.county.group.id
    markup = json.dumps(BUTTON)
    multipart = aiohttp.FormData({"text": "四", "reply_markup": markup}, default_to_multipart=True)
    multipart.add_field("chat_id", str(chat))
    requests: list[dict[str, Any]] = [
        {"json": {"chat_id": chat, "text": "一", "reply_markup": BUTTON}},
        {"data": {"chat_id": str(chat), "text": "二", "reply_markup": markup}},
        {"params": {"chat_id": str(chat), "text": "三", "reply_markup": markup}},
        {"data": multipart},
    ]
    for request in requests:
        async with door.http.post(f"{door.api}/sendMessage", **request) as reply:
            body = await reply.json()
            assert (reply.status, body["result"]["reply_markup"]) == (200, BUTTON)
    assert [message.text for message in door.county.group.messages.values()] == ["一", "二", "三", "四"]


async def test_get_works_and_errors_are_json_with_their_status(door: Door) -> None:
    async with door.http.get(f"{door.api}/getMe") as reply:
        assert (await reply.json())["result"]["username"] == "county_bot"
    async with door.http.post(f"{door.api}/sendMessage", json={"chat_id": 1, "text": "x"}) as reply:
        assert reply.status == 400
        assert (await reply.json())["description"] == "Bad Request: chat not found"
    async with door.http.post("/bot1:wrong/getMe") as reply:
        assert (reply.status, (await reply.json())["description"]) == (401, "Unauthorized")
    async with door.http.post(
        f"{door.api}/sendMessage", data=b"[1", headers={"Content-Type": "application/json"}
    ) as reply:
        assert reply.status == 400


async def test_a_file_goes_up_and_comes_down_again(door: Door) -> None:
    form = aiohttp.FormData({"chat_id": str(door.county.group.id)})
    form.add_field("photo", png(), filename="坝.png", content_type="image/png")
    async with door.http.post(f"{door.api}/sendPhoto", data=form) as reply:
        largest = (await reply.json())["result"]["photo"][-1]
    async with door.http.get(f"{door.api}/getFile", params={"file_id": largest["file_id"]}) as reply:
        path = (await reply.json())["result"]["file_path"]
    async with door.http.get(f"/file/bot{TOKEN}/{path}") as reply:
        assert await reply.read() == png()
    async with door.http.get(f"/file/bot1:wrong/{path}") as reply:
        assert reply.status == 401
    async with door.http.get(f"/file/bot{TOKEN}/photos/nothing.jpg") as reply:
        assert reply.status == 404


async def test_a_long_poll_waits_on_the_wire(door: Door) -> None:
    polling = asyncio.create_task(door.http.get(f"{door.api}/getUpdates", params={"timeout": "50"}))
    await until(lambda: door.county.world.bots[door.county.bot.id].queue.waiting is not None)
    await door.county.world.say(door.county.ana.id, door.county.ana.id, "早")
    async with await polling as reply:
        assert (await reply.json())["result"][0]["message"]["text"] == "早"


async def test_faults_strike_the_wire_too(door: Door) -> None:
    send = {"chat_id": door.county.group.id, "text": "x"}
    door.county.world.faults.reset("sendMessage")
    with pytest.raises(aiohttp.ClientConnectionError):
        await door.http.post(f"{door.api}/sendMessage", json=send)
    assert len(door.county.group.messages) == 1
    door.county.world.faults.lose_response("sendMessage")
    with pytest.raises(TimeoutError):
        await door.http.post(f"{door.api}/sendMessage", json=send, timeout=aiohttp.ClientTimeout(sock_read=0.1))
    assert len(door.county.group.messages) == 2
    door.county.world.faults.bad_gateway()
    async with door.http.post(f"{door.api}/sendMessage", json=send) as reply:
        assert (reply.status, reply.content_type) == (502, "text/html")


async def test_webhooks_are_delivered_over_http(door: Door) -> None:
    arrived: asyncio.Queue[tuple[str | None, Any]] = asyncio.Queue()

    async def hook(request: web.Request) -> web.Response:
        await arrived.put((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await door.county.ok("setWebhook", url=url, secret_token="s3")
    await door.county.world.say(door.county.ana.id, door.county.ana.id, "早")
    secret, update = await asyncio.wait_for(arrived.get(), 5)
    assert (secret, update["message"]["text"]) == ("s3", "早")
    await door.county.ok("deleteWebhook")
    await runner.cleanup()


async def test_a_webhook_that_nobody_serves_is_noted(door: Door) -> None:
    await door.county.ok("setWebhook", url="http://127.0.0.1:9/hook")
    await door.county.world.say(door.county.ana.id, door.county.ana.id, "早")
    await until(lambda: door.county.world.bots[door.county.bot.id].webhook.last_error != "")
    info = await door.county.ok("getWebhookInfo")
    assert (info["last_error_message"], info["pending_update_count"]) == ("Can't connect to the webhook", 1)


async def test_uploads_beyond_the_limit_are_cut_off(door: Door) -> None:
    object.__setattr__(door.county.world.limits, "upload_bytes", 1000)
    form = aiohttp.FormData({"chat_id": str(door.county.group.id)})
    form.add_field("document", b"x" * 5000, filename="a.bin")
    async with door.http.post(f"{door.api}/sendDocument", data=form) as reply:
        assert (reply.status, (await reply.json())["description"]) == (413, "Request Entity Too Large")
