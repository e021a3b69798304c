"""Being called: POST /feeds/NAME, signed. For a platform of the county's own that can send what it issues.

    X-Shouwang-Timestamp   seconds since 1970, five minutes off at most
    X-Shouwang-Nonce       8 to 64 of A-Z a-z 0-9 _ -, another one for every call
    X-Shouwang-Signature   hex HMAC-SHA256 under the secret of: timestamp "." nonce "." body

200 is answered after the commit, with what became of it. A call that is not signed gets 403, whatever is wrong with it;
the log says what. A call that was made before gets 409 and changes nothing. 503: it could not be kept, call again. An
empty body, signed, says that the sender lives.

Neither the body nor the secret is ever logged. TLS is the business of the proxy in front.
"""

import asyncio
import hmac
import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from hashlib import sha256

from aiohttp import web

from domain.source_health import Trouble
from domain.sources import Source
from feeds.errors import UnreadableNotice
from feeds.intake import Intake
from feeds.readers import read_by_sight
from feeds.reading import Asked
from feeds.secrets import SecretError, secret_of
from feeds.xml_safety import MAX_BYTES
from services.sources import failed, heard
from services.work import Work

log = logging.getLogger(__name__)

TOLERANCE = timedelta(minutes=5)
SHORTEST_SECRET = 32
_SECONDS = 20.0
"""for the whole body to come"""
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")


class Replayed(Exception):  # noqa: N818 - what happened, and no error of ours
    """This very call was made before."""


def signature(secret: str, timestamp: str, nonce: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.{nonce}.".encode() + body, sha256).hexdigest()


class Hook:
    """The sources that call. `sources` by name."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        intake: Intake,
        zone: tzinfo,
        now: Callable[[], datetime],
        *,
        max_bytes: int = MAX_BYTES,
        seconds: float = _SECONDS,
    ) -> None:
        self._sources = sources
        self._intake = intake
        self._zone = zone
        self._now = now
        self._max_bytes = max_bytes
        self._seconds = seconds

    def app(self) -> web.Application:
        app = web.Application()
        self.add_to(app)
        return app

    def add_to(self, app: web.Application) -> None:
        app.router.add_post("/feeds/{name}", self._receive)

    async def _receive(self, request: web.Request) -> web.Response:
        name, nonce = request.match_info["name"], _header(request, "Nonce")
        source = self._sources.get(name)
        body = await self._body(request)
        if body is None:
            return web.Response(status=413)
        try:
            secret = "" if source is None else await asyncio.to_thread(hook_secret, source)
        except SecretError as error:
            log.error("hook_without_secret source=%s reason=%s", name, error)
            await self._note_failure(name)
            return web.Response(status=503)
        fault = self._fault(request, secret, body)
        if source is None or fault:
            log.warning("hook_refused source=%s why=%s from=%s", name if source else "?", fault, request.remote)
            return web.Response(status=403)
        return await self._taken(source, nonce, body)

    async def _body(self, request: web.Request) -> bytes | None:
        """None when it is too large or does not come; what is announced as too large is not read at all."""
        if (request.content_length or 0) > self._max_bytes:
            return None
        body = bytearray()
        try:
            async with asyncio.timeout(self._seconds):
                async for chunk in request.content.iter_any():
                    body += chunk
                    if len(body) > self._max_bytes:
                        return None
        except TimeoutError:
            return None
        return bytes(body)

    def _fault(self, request: web.Request, secret: str, body: bytes) -> str:
        """Why the call is not believed, for the log; empty when it is. Without a secret the work is the same."""
        timestamp, nonce, shown = (_header(request, end) for end in ("Timestamp", "Nonce", "Signature"))
        if not (_TIMESTAMP.fullmatch(timestamp) and _NONCE.fullmatch(nonce) and _SIGNATURE.fullmatch(shown)):
            return "headers"
        right = hmac.compare_digest(signature(secret or "-", timestamp, nonce, body), shown)
        if not right or not secret:
            return "signature"
        off = abs(self._now().timestamp() - int(timestamp))
        return "clock" if off > TOLERANCE.total_seconds() else ""

    async def _taken(self, source: Source, nonce: str, body: bytes) -> web.Response:
        try:
            return await self._take(source, nonce, body)
        except Replayed:
            log.warning("hook_replayed source=%s", source.name)
            return web.json_response({"outcome": "replayed"}, status=409)
        except Exception:
            log.exception("hook_not_kept source=%s", source.name)
            return web.Response(status=503)

    async def _take(self, source: Source, nonce: str, body: bytes) -> web.Response:
        """Answered only after everything is committed."""
        notices: int = 0

        async def first(work: Work) -> None:
            if not await work.rows.sources.take_nonce(source.name, nonce, work.now):
                raise Replayed
            await heard(work, source.name, notices=notices)

        if not body.strip():
            await self._intake.run(first)
            return web.json_response({"outcome": "alive"})
        try:
            reading = await asyncio.to_thread(read_by_sight, body, Asked(source, self._zone))
        except UnreadableNotice as error:
            await self._intake.run(first)
            await self._intake.tell_reasons(source.name, [error.reason_key])
            return web.json_response({"outcome": "unreadable", "reason": error.reason_key}, status=422)
        notices = len(reading.notices)
        taken = await self._intake.take(reading.notices, body, first=first)
        await self._intake.tell_reasons(source.name, [one.reason for one in reading.refused])
        log.info("notice source=%s parts=%s outcome=%s", source.name, notices, taken.outcome)
        answer = {"outcome": taken.outcome.value, "number": taken.number, "reason": taken.reason}
        return web.json_response(answer | ({"unreadable": len(reading.refused)} if reading.refused else {}))

    async def _note_failure(self, name: str) -> None:
        try:
            await self._intake.run(lambda work: failed(work, name, Trouble.SECRET))
        except Exception:
            log.exception("failure_not_noted source=%s", name)


def _header(request: web.Request, end: str) -> str:
    return request.headers.get(f"X-Shouwang-{end}", "")


def hook_secret(source: Source) -> str:
    """The secret of a hook, read at every call: a new one needs no restart. Raises SecretError."""
    secret = secret_of(source)
    if len(secret) < SHORTEST_SECRET:
        raise SecretError(f"shorter than {SHORTEST_SECRET} characters")
    return secret
