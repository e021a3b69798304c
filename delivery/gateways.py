"""How one message leaves by another channel: a JSON document to the county's SMS gateway, or whatever apprise knows.

Each try ends in one of few ways (domain/channels.py): what was refused did not arrive, what got no answer may have.
Neither numbers nor addresses nor what a service answered are ever logged. apprise blocks, so each of its calls has a
thread of its own, which nobody waits for longer than the channel's time: one that hangs holds up nobody.
"""

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import aiohttp

from domain.channels import ChannelKind, OtherChannel, Tried, fill_document, fill_text, fill_url, was_accepted

logger = logging.getLogger(__name__)

T = TypeVar("T")

_ANSWER_BYTES = 65_536
_NO_ANSWER_AFTER_ALL = frozenset({408, 502, 504})
"""somebody on the way gave up waiting: the gateway itself may have taken it"""
_SECONDS_TO_END = 2
_SECONDS_BETWEEN_PARTS = 0.5
_MOST_HANGING = 16
"""threads that a service keeps waiting; more are not begun"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one try ended, and what the service said, for the operator who tries a channel out; never for a log."""

    tried: Tried
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is to arrive, and where."""

    text: str
    title: str = ""
    phone: str = ""
    address: str = ""


class Gateway(Protocol):
    async def __call__(self, letter: Letter) -> Attempt: ...


def gateway_of(channel: OtherChannel) -> Gateway:
    return JsonGateway(channel) if channel.kind is ChannelKind.SMS_JSON else AppriseGateway(channel)


def _values(channel: OtherChannel, letter: Letter) -> dict[str, str]:
    """What is put in. The key is read for every message, so that a new one counts at once. Raises OSError."""
    key = "" if channel.secret_file is None else read_key(channel.secret_file)
    return {"phone": letter.phone, "address": letter.address, "key": key, "text": letter.text}


def read_key(file: Path) -> str:
    """Raises OSError, also for a file without anything in it."""
    key = file.read_text("utf-8", "replace").strip()
    if not key:
        raise OSError("empty")
    return key


class JsonGateway:
    """One POST for each message. Redirects are not followed: they would carry a number elsewhere."""

    def __init__(self, channel: OtherChannel) -> None:
        self._channel = channel

    async def __call__(self, letter: Letter) -> Attempt:
        channel = self._channel
        try:
            values = await asyncio.to_thread(_values, channel, letter)
        except OSError:
            return Attempt(Tried.AGAIN, "no_secret")
        url = fill_url(channel.url, values)
        headers = {name: fill_text(value, values) for name, value in channel.headers.items()}
        timeout = aiohttp.ClientTimeout(total=channel.timeout_seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    url, json=fill_document(channel.body, values), headers=headers, allow_redirects=False
                ) as response,
            ):
                return self._judge(response.status, await response.content.read(_ANSWER_BYTES))
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError):
            return Attempt(Tried.AGAIN, "not_sent")
        except (TimeoutError, aiohttp.ClientError, OSError):
            return Attempt(Tried.UNKNOWN, "timeout")

    def _judge(self, status: int, body: bytes) -> Attempt:
        said = body.decode("utf-8", "replace")
        if status in _NO_ANSWER_AFTER_ALL:
            return Attempt(Tried.UNKNOWN, "timeout", f"HTTP {status}")
        if status == 429 or status >= 500:
            return Attempt(Tried.AGAIN, "refused", f"HTTP {status} {said}")
        if not 200 <= status < 300:
            return Attempt(Tried.REFUSED, "refused", f"HTTP {status} {said}")
        if self._channel.accepted and not was_accepted(_parsed(said), self._channel.accepted):
            return Attempt(Tried.REFUSED, "refused", said)
        return Attempt(Tried.SENT)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


class AppriseGateway:
    """One call of apprise for each message, in a thread. Its throttle (5.5 seconds in some plugins) counts for one
    object, and each call has its own; the channel's own rate stands in its place."""

    def __init__(self, channel: OtherChannel) -> None:
        self._channel = channel
        self._hanging: list[threading.Thread] = []
        _keep_quiet()

    async def __call__(self, letter: Letter) -> Attempt:
        self._hanging = [one for one in self._hanging if one.is_alive()]
        if len(self._hanging) >= _MOST_HANGING:
            return Attempt(Tried.AGAIN, "not_sent")
        thread, done = in_thread(lambda: self._notify(letter))
        self._hanging.append(thread)
        try:
            return await asyncio.wait_for(done, self._channel.timeout_seconds + _SECONDS_TO_END)
        except TimeoutError:
            return Attempt(Tried.UNKNOWN, "timeout")

    def _notify(self, letter: Letter) -> Attempt:
        # Only a county that has such a channel pays for loading it.
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415
        from apprise.common import NotifyFormat, OverflowMode  # noqa: PLC0415

        try:
            values = _values(self._channel, letter)
        except OSError:
            return Attempt(Tried.AGAIN, "no_secret")
        asset = AppriseAsset(app_id="Shouwang", app_desc="Shouwang", async_mode=False, plugin_paths=[])
        service = Apprise.instantiate(fill_url(self._channel.url, values), asset=asset)
        if service is None:
            return Attempt(Tried.REFUSED, "refused", "apprise does not understand the url")
        service.socket_connect_timeout = service.socket_read_timeout = float(self._channel.timeout_seconds)
        service.overflow_mode = OverflowMode.SPLIT
        service.request_rate_per_sec = _SECONDS_BETWEEN_PARTS
        sender = Apprise(asset=asset)
        sender.add(service)
        result = sender.notify(body=letter.text, title=letter.title, body_format=NotifyFormat.TEXT)
        if result:
            return Attempt(Tried.SENT)
        said = " ".join(str(entry.message) for entry in result.logs())
        return _after_refusal(said)


def _keep_quiet() -> None:
    """apprise logs whom it writes to, and urllib3 where; nobody's number belongs in a log."""
    theirs = logging.getLogger("apprise")
    theirs.propagate = False
    if not theirs.handlers:
        theirs.addHandler(logging.NullHandler())
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def _after_refusal(said: str) -> Attempt:
    """apprise tells no more than its log: a lost connection may have carried the message."""
    if "onnection error" in said:
        return Attempt(Tried.UNKNOWN, "timeout", said)
    return Attempt(Tried.AGAIN, "refused", said)


def in_thread(work: Callable[[], T]) -> tuple[threading.Thread, "asyncio.Future[T]"]:
    """A blocking call, and what it will return. The thread ends by itself some time, and never keeps the process from
    ending; asyncio's own threads would."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - it is raised where it was asked for
            _tell(loop, done, error=error)
        else:
            _tell(loop, done, result=result)

    thread = threading.Thread(target=run, name="other channel", daemon=True)
    thread.start()
    return thread, done


def _tell(
    loop: asyncio.AbstractEventLoop, done: "asyncio.Future[Any]", result: Any = None, error: BaseException | None = None
) -> None:
    def set_it() -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    if not loop.is_closed():
        loop.call_soon_threadsafe(set_it)
