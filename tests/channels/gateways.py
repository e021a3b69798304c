"""A gateway on loopback for tests: takes what it is sent, and answers as a test wants it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

SETTINGS = """
[[channels]]
name = "sms"
label = "短信"
kind = "sms_json"
url = "{url}"
body = '{{"mobile": "{{phone}}", "content": "{{text}}", "key": "{{key}}"}}'
accepted = {{ code = 0 }}
secret_file = "{folder}/sms.key"
timeout_seconds = 1

[[channels]]
name = "work"
label = "政务微信"
kind = "sms_json"
url = "{url}/person/{{address}}"
body = '{{"mobile": "{{address}}", "content": "{{text}}"}}'
column = "政务微信"
longest = 2000
colours = ["orange"]
timeout_seconds = 1

[[channels]]
name = "robot"
label = "石梁镇企业微信群"
kind = "sms_json"
url = "{url}/robot"
body = '{{"mobile": "robot", "content": "{{text}}"}}'
reaches = "{township}"
costs = false
longest = 2000
timeout_seconds = 60
"""
"""of a county: SMS, an address of the roster's, and a township's robot, which a test lets hang while others work"""


@dataclass(slots=True)
class FakeGateway:
    """`answer` is (status, document); None: it hangs until `let_go`, and then ends without a word."""

    port: int = 0
    answer: tuple[int, Any] | None = (200, {"code": 0})
    taken: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    def texts(self, phone: str) -> list[str]:
        return [one["content"] for one in self.taken if one["mobile"] == phone]

    async def handle(self, request: web.Request) -> web.Response:
        self.taken.append(await request.json())
        self.headers.append(dict(request.headers))
        self.came.set()
        if self.answer is None:
            await self.let_go.wait()
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        status, document = self.answer
        return web.json_response(document, status=status)


@asynccontextmanager
async def fake_gateway() -> AsyncIterator[FakeGateway]:
    gateway = FakeGateway()
    application = web.Application()
    application.router.add_post("/{path:.*}", gateway.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    gateway.port = runner.addresses[0][1]
    try:
        yield gateway
    finally:
        gateway.let_go.set()
        await runner.cleanup()
