"""HTTP to the Bot API on aiohttp, in the shape PTB asks for.

PTB brings httpx, whose pool costs more the more requests are in flight. This one also tells, by the cause
of every error it raises, whether the request can have reached Telegram (`delivery.faults`), and lets the
poller commit a whole batch of updates before PTB sees it. Statuses that Telegram itself answers are left to
PTB's BaseRequest.
"""

import io
import json
import logging
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from aiohttp import (
    ClientError,
    ClientRequest,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    FormData,
    TCPConnector,
    UploadTracker,
)
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from aiohttp_socks import ProxyConnector
from telegram._utils.types import ODVInput
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.warnings import PTBDeprecationWarning

from delivery.faults import NotSent, Unknown
from delivery.redaction import redact

logger = logging.getLogger(__name__)

OnUpdates = Callable[[list[dict[str, Any]]], Awaitable[list[dict[str, Any]]]]
"""is given raw updates, returns those that PTB is to see"""

_SERVER_FAULT = 500
_TOO_LARGE = 413
_KNOWN_TO_PTB = frozenset({400, 401, 403, 404, 409, 429})
_FORM = "application/x-www-form-urlencoded"


@contextmanager
def _connecting() -> Iterator[None]:
    """Whatever fails in here failed before the first byte of the request."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - raised again under the one name that matters
        words = redact(f"{type(error).__name__}: {error}")
        raise NotSent(words, timed_out="timeout" in type(error).__name__.lower()) from None


class _Direct(TCPConnector):
    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - aiohttp's signature
    ) -> Connection:
        with _connecting():
            return await super().connect(req, traces, timeout)


class _Socks(ProxyConnector):
    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: ClientTimeout,  # noqa: ASYNC109 - aiohttp's signature
    ) -> Connection:
        with _connecting():
            return await super().connect(req, traces, timeout)


class AiohttpRequest(BaseRequest):
    """PTB's HTTP layer on aiohttp. One for the bot, a second one with the hooks for getUpdates.

    `proxy` is http://, https://, socks4:// or socks5://, with user:password@ where needed; the environment's
    proxy variables are never read. Timeouts are in seconds: `pool` waits for a free connection, `connect` for
    the handshake, `read` for each piece of the answer, `media_write` for the sending of a file.

    `on_updates` is given the raw updates of each getUpdates answer, and PTB what it returns in their place: one
    update that PTB cannot read would make it refuse the whole answer and ask for it again, for ever. When it raises,
    PTB gets a NetworkError, backs off and asks again with the same offset: what was not kept is not confirmed.
    `on_heard` is called after each successful getUpdates, an empty one too.
    """

    def __init__(
        self,
        *,
        connections: int = 64,
        read_timeout: float | None = 15.0,
        connect_timeout: float | None = 5.0,
        pool_timeout: float | None = 10.0,
        media_write_timeout: float | None = 60.0,
        keepalive: float = 15.0,
        proxy: str | None = None,
        on_updates: OnUpdates | None = None,
        on_heard: Callable[[], None] | None = None,
    ) -> None:
        self._connections = connections
        self._read = read_timeout
        self._connect = connect_timeout
        self._pool = pool_timeout
        self._media_write = media_write_timeout
        # Shorter than servers keep theirs: a request written to a connection just being closed is in doubt.
        self._keepalive = keepalive
        socks = proxy is not None and proxy.startswith("socks")
        self._socks_proxy = proxy.replace("socks5h:", "socks5:", 1) if proxy is not None and socks else None
        self._http_proxy = None if socks else proxy
        self._on_updates = on_updates
        self._on_heard = on_heard
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._read

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                connector=self._connector(),
                cookie_jar=DummyCookieJar(),
                trust_env=False,
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _connector(self) -> TCPConnector:
        """asyncio sets TCP_NODELAY on every connection by itself, through a proxy too."""
        if self._socks_proxy is None:
            return _Direct(limit=self._connections, keepalive_timeout=self._keepalive)
        # The name is resolved behind the proxy: local answers for Telegram's hosts are not always true.
        connector: TCPConnector = _Socks.from_url(
            self._socks_proxy, rdns=True, limit=self._connections, keepalive_timeout=self._keepalive
        )
        return connector

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """HTTP status and body. Raises NetworkError or TimedOut (caused by NotSent, Unknown) or BadRequest."""
        files = request_data is not None and request_data.contains_files
        read, connect = _given(read_timeout, self._read), _given(connect_timeout, self._connect)
        pool = _given(pool_timeout, self._pool)
        write = _given(write_timeout, self._media_write) if files else None
        limits = ClientTimeout(
            total=_sum(pool, connect, write, read) if files else None,
            connect=_sum(pool, connect),
            sock_connect=connect,
            sock_read=read,
        )
        code, body = await self._exchange(url, method, request_data, limits)
        if method != "GET" or not _is_success(code):
            _vet(code, body)
        if url.endswith("/getUpdates") and _is_success(code):
            body = await self._keep(body)
        return code, body

    async def _exchange(
        self, url: str, method: str, request_data: RequestData | None, limits: ClientTimeout
    ) -> tuple[int, bytes]:
        if self._session is None or self._session.closed:
            raise RuntimeError("the transport is not initialised")
        upload = UploadTracker() if request_data is not None and request_data.contains_files else None
        headers = {"User-Agent": self.USER_AGENT}
        if request_data is not None and upload is None:
            headers["Content-Type"] = _FORM
        try:
            async with self._session.request(
                method,
                url,
                data=None if request_data is None else _body(request_data),
                headers=headers,
                timeout=limits,
                proxy=self._http_proxy,
                allow_redirects=False,
                upload_tracker=upload,
            ) as response:
                return response.status, await response.read()
        except NotSent as fault:
            raise (TimedOut if fault.timed_out else NetworkError)(str(fault)) from fault
        except (ClientError, OSError) as error:  # TimeoutError is an OSError
            words = redact(f"{type(error).__name__}: {error}")
            # An upload cut short cannot have been acted upon: its Content-Length was never reached.
            cause = NotSent(words) if upload is not None and _cut_short(upload) else Unknown(words)
            raise (TimedOut if isinstance(error, TimeoutError) else NetworkError)(words) from cause

    async def _keep(self, body: bytes) -> bytes:
        if self._on_updates is not None:
            try:
                updates = json.loads(body)["result"]
                if updates:
                    body = json.dumps({"ok": True, "result": await self._on_updates(updates)}).encode()
            except Exception as error:
                logger.exception("updates could not be kept and will be asked for again")
                raise NetworkError(f"updates could not be kept: {type(error).__name__}") from error
        if self._on_heard is not None:
            self._on_heard()
        return body


def _is_success(code: int) -> bool:
    return 200 <= code <= 299


def _vet(code: int, body: bytes) -> None:
    """Raises unless Telegram itself has spoken in a way that PTB's BaseRequest understands."""
    if _is_success(code):
        if not (body.lstrip()[:1] == b"{" and b'"ok"' in body):
            words = f"HTTP {code} without an answer of Telegram"
            raise NetworkError(words) from Unknown(words)
        return
    answer = _spoken(body)
    words = f"HTTP {code}: {answer.get('description', '') if answer else 'not an answer of Telegram'}"
    if code == _TOO_LARGE:
        raise BadRequest("file is too big (413)")
    if code >= _SERVER_FAULT:
        raise NetworkError(words) from Unknown(words)
    if answer is None:
        # A gateway, a captive portal, a blocking page. PTB would take its 401 or 404 for "the token is
        # invalid" and end polling for ever; it is a bad line and nothing else.
        raise NetworkError(words) from NotSent(words)
    if code not in _KNOWN_TO_PTB:
        raise BadRequest(words)
    if seconds := (answer.get("parameters") or {}).get("retry_after"):
        raise flood(seconds)


def flood(seconds: int) -> RetryAfter:
    """PTB's RetryAfter, without the warning it gives about the future type of its own attribute."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PTBDeprecationWarning)
        return RetryAfter(seconds)


def _spoken(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and "ok" in answer else None


def _given(value: ODVInput[float], default: float | None) -> float | None:
    return value if value is None or isinstance(value, int | float) else default


def _sum(*seconds: float | None) -> float | None:
    """None, no limit, as soon as one of them has none."""
    total = 0.0
    for part in seconds:
        if part is None:
            return None
        total += part
    return total


def _body(data: RequestData) -> bytes | FormData:
    if not data.contains_files:
        return urlencode(data.json_parameters).encode()
    form = FormData(quote_fields=False)  # file names in raw UTF-8, as browsers send them
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in data.multipart_data.items():
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=file_name, content_type=kind)
    return form


def _cut_short(upload: UploadTracker) -> bool:
    return not upload.upload_complete.done() or upload.upload_complete.exception() is not None
