"""Telegram calling us: the other way in, for who has a public address. 200 is answered only after the commit.

The secret is compared in constant time and never logged, a wrong one neither. Put a reverse proxy with TLS in front.
"""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from telegram.error import TelegramError

from handlers.inbox import DurableQueue

log = logging.getLogger(__name__)

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_MOST_BYTES = 1024 * 1024


class Webhook:
    def __init__(self, queue: DurableQueue, secret: str, heard: Callable[[], None]) -> None:
        self._queue = queue
        self._secret = secret.encode()
        self._heard = heard

    def app(self) -> web.Application:
        app = web.Application(client_max_size=_MOST_BYTES)
        app.router.add_post("/telegram", self._receive)
        app.router.add_get("/healthz", self._healthy)
        return app

    async def _healthy(self, _request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _receive(self, request: web.Request) -> web.Response:
        shown = request.headers.get(_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(shown, self._secret):
            log.warning("webhook call with a wrong secret from %s", request.remote)
            return web.Response(status=403)
        try:
            raw = json.loads(await request.read())
        except ValueError:
            raw = None
        if not isinstance(raw, dict) or type(raw.get("update_id")) is not int:
            log.warning("webhook call that is no update")
            return web.Response(status=400)
        self._heard()
        try:
            await self._queue.keep([raw])
        except TelegramError:
            log.exception("the update could not be kept; Telegram will send it again")
            return web.Response(status=500)
        return web.Response()


async def serve(app: web.Application, listen: str) -> Callable[[], Awaitable[None]]:
    """Listen on host:port; returns what stops it."""
    host, _, port = listen.rpartition(":")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host or "127.0.0.1", int(port)).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner.cleanup
