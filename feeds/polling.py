"""Asking one source, again and again: what is new in it is taken in, what could not be taken in is asked for again.

- Nothing counts as read before it is committed. What was read is a row, so that a restart asks nobody twice.
- The validators of an answer (ETag) are used only when all of it was taken in.
- One document that cannot be fetched, read or taken in rests ever longer and never holds up the others; the county's
  desk is told. What fails on our side (the database is away) is not the source's fault.
- After a failure the source is asked ever more seldom, but at least once in `_LONGEST_WAIT`, unless it wants to be left
  alone for longer.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial
from hashlib import sha256
from itertools import groupby
from urllib.parse import urljoin

from domain.notices import Notice
from domain.source_health import Trouble
from domain.sources import Source, SourceKind
from feeds.errors import UnreadableNotice
from feeds.intake import Intake
from feeds.order import Delivered, in_order
from feeds.readers import READERS
from feeds.reading import Asked, Link, Reader, Reading
from feeds.waiting import until_stopped
from feeds.web import FetchError, Page, Validators, Web
from services.sources import failed, heard, no_longer_listed, tell_unreadable
from services.work import Work

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[object]]

_LONGEST_WAIT = 300.0
"""seconds, unless the source is asked more seldom anyway"""
_JITTER = 0.1
_FIRST_WITHIN = 10.0
_AT_ONCE = 4
"""documents fetched side by side"""
_MOST_LINKS = 500
_MOST_AT_HAND = 20_000_000
"""documents and bytes in one round; the rest comes in the next"""
_GIVE_UP = 3
"""failures in a row within one round, of a kind that is not this one document's fault"""
_NOT_THE_DOCUMENTS = frozenset(
    {Trouble.UNREACHABLE, Trouble.NO_SUCH_HOST, Trouble.TIMEOUT, Trouble.CERTIFICATE, Trouble.BUSY, Trouble.SERVER}
)
_TELL_AFTER = 3
_LONGEST_REST = 64
"""rounds"""


@dataclass(slots=True)
class _Odd:
    """A document that fails: how often it did, and how many rounds it still rests."""

    tries: int = 0
    rest: int = 0


@dataclass(slots=True)
class _Round:
    """What one answer has led to so far."""

    new: int = 0
    undone: bool = False
    failures: int = 0
    """in a row"""
    fault: FetchError | None = None
    """the server behind the links is away"""


@dataclass(slots=True)
class _Last:
    """The last answer of which everything was taken in."""

    validators: Validators | None = None
    listed: frozenset[str] | None = None


@dataclass(slots=True)
class Poller:
    """One source. `chance` gives numbers from 0 to 1 for the jitter."""

    source: Source
    web: Web
    intake: Intake
    zone: tzinfo
    chance: Callable[[], float]
    sleep: Sleep = asyncio.sleep
    readers: Mapping[SourceKind, Reader] = field(default_factory=lambda: READERS)
    _last: _Last = field(default_factory=_Last)
    _odd: dict[str, _Odd] = field(default_factory=dict)
    _failures: int = 0
    _asked_for: float = 0.0
    """seconds for which the other side asked to be left alone"""

    async def run(self, stop: asyncio.Event) -> None:
        """Ask until stopped. The first time soon, but not all sources in the same second."""
        wait = self.chance() * min(_FIRST_WITHIN, self.source.every_seconds)
        while not stop.is_set():
            await until_stopped(stop, self.sleep(wait))
            if not stop.is_set():
                await until_stopped(stop, self.poll_once())
                wait = self.wait

    @property
    def wait(self) -> float:
        """Seconds until it is asked again."""
        every = float(self.source.every_seconds)
        longest = max(every, _LONGEST_WAIT)
        wait = max(min(every * 2.0 ** min(self._failures, 20), longest), self._asked_for)
        return wait * (1 - _JITTER + 2 * _JITTER * self.chance())

    async def poll_once(self) -> bool:
        """Ask once and take in what is new; whether a good answer came. Never raises."""
        name = self.source.name
        try:
            page = await self.web.get(self.source, known=self._last.validators)
            if page is None:
                await self._unchanged()
            else:
                await self._take(page)
        except FetchError as error:
            self._asked_for = error.wait
            await self._not_good(error.trouble, error.detail)
        except UnreadableNotice as error:
            await self._not_good(Trouble.UNREADABLE, error.reason_key)
        except Exception:
            self._failures += 1
            self._last = _Last()
            log.exception("answer_not_taken_in source=%s", name)
        else:
            self._failures, self._asked_for = 0, 0.0
            return True
        return False

    async def _not_good(self, trouble: Trouble, detail: str) -> None:
        self._failures += 1
        log.warning("source_failed source=%s trouble=%s detail=%s times=%s", self.source.name, trouble.value, detail,
                    self._failures)  # fmt: skip
        try:
            await self.intake.run(lambda work: failed(work, self.source.name, trouble))
        except Exception:
            log.exception("failure_not_noted source=%s", self.source.name)

    async def _unchanged(self) -> None:
        await self._good(0, self._last.listed)

    async def _good(self, new: int, listed: frozenset[str] | None) -> None:
        async def service(work: Work) -> None:
            await heard(work, self.source.name, notices=new)
            if listed is not None:
                await no_longer_listed(work, self.source.name, listed)

        await self.intake.run(service)

    # -- one answer ---------------------------------------------------------------------------------------------

    async def _take(self, page: Page) -> None:
        """Message by message, the oldest first: what fails does not undo the others."""
        reading = await self._read(page.body, {})
        done = _Round()
        found = await self._messages_in(reading.notices, page.body, done)
        found += await self._documents_behind(reading.links, page.url, done)
        for one in in_order(found):
            await self._try(one.mark, done, partial(self._keep, one))
        await self.intake.tell_reasons(self.source.name, [one.reason for one in reading.refused])
        if done.fault is not None:
            raise done.fault
        await self._good(done.new, reading.listed)
        self._last = _Last(None if done.undone else page.validators, reading.listed)

    async def _read(self, body: bytes, hints: Mapping[str, str]) -> Reading:
        reader = self.readers.get(self.source.kind)
        if reader is None:
            raise UnreadableNotice("unknown_format", f"no reader of {self.source.kind}")
        return await asyncio.to_thread(reader, body, Asked(self.source, self.zone, hints))

    async def _messages_in(self, notices: Sequence[Notice], raw: bytes, done: _Round) -> list[Delivered]:
        messages = {_mark(*_identity(parts)): parts for parts in _messages(notices)}
        new = await self.intake.new(self.source.name, messages.keys())
        self._forget_odd("notice:", messages.keys())
        waiting = [mark for mark in messages if mark in new and not self._rests(mark, done)]
        return [Delivered(mark, messages[mark], raw) for mark in waiting]

    async def _documents_behind(self, links: Sequence[Link], base: str, done: _Round) -> list[Delivered]:
        """Each document once for each of its versions, some fetched side by side. When the server behind the links is
        away, the fault is left in `done` and what came before is taken in."""
        by_mark = {_mark("link:", link.url, link.version): link for link in links}
        new = await self.intake.new(self.source.name, by_mark.keys())
        self._forget_odd("link:", by_mark.keys())
        waiting = [mark for mark in by_mark if mark in new and not self._rests(mark, done)]
        done.undone = done.undone or len(waiting) > _MOST_LINKS
        found: list[Delivered] = []
        for start in range(0, min(len(waiting), _MOST_LINKS), _AT_ONCE):
            marks = waiting[start : min(start + _AT_ONCE, _MOST_LINKS)]
            pages = await asyncio.gather(
                *(self.web.get(self.source, _absolute(base, by_mark[mark].url)) for mark in marks),
                return_exceptions=True,
            )
            try:
                for mark, page in zip(marks, pages, strict=True):
                    await self._try(mark, done, partial(self._document, mark, page, by_mark[mark], found))
            except FetchError as fault:
                done.fault = fault
                break
            if sum(len(one.raw) for one in found) > _MOST_AT_HAND:
                done.undone = True
                break
        return found

    async def _document(self, mark: str, page: Page | BaseException | None, link: Link, found: list[Delivered]) -> bool:
        """Read; whether it can be kept shows later. Nothing of it is new before that."""
        if isinstance(page, BaseException):
            raise page
        if page is None:
            raise FetchError(Trouble.STATUS, "unchanged, although nothing was known")
        reading = await self._read(page.body, link.hints)
        found.append(Delivered(mark, reading.notices, page.body))
        await self.intake.tell_reasons(self.source.name, [one.reason for one in reading.refused])
        return False

    async def _keep(self, one: Delivered) -> bool:
        name = self.source.name

        async def remember(work: Work) -> None:
            await work.rows.sources.mark_seen(name, [one.mark], work.now)

        taken = await self.intake.take(one.notices, one.raw, first=remember)
        log.info("notice source=%s parts=%s outcome=%s", name, len(one.notices), taken.outcome)
        return bool(one.notices)

    # -- what fails ---------------------------------------------------------------------------------------------

    def _rests(self, mark: str, done: _Round) -> bool:
        odd = self._odd.get(mark)
        if odd is None or odd.rest == 0:
            return False
        odd.rest -= 1
        done.undone = True
        return True

    def _forget_odd(self, kind: str, still: Collection[str]) -> None:
        """What is listed no more is nobody's worry."""
        for mark in [mark for mark in self._odd if mark.startswith(kind) and mark not in still]:
            del self._odd[mark]

    async def _try(self, mark: str, done: _Round, take: Callable[[], Awaitable[bool]]) -> None:
        """One document. Raises what it raised when several in a row have failed."""
        try:
            done.new += await take()
        except (FetchError, UnreadableNotice) as error:
            await self._put_off(mark, done, error)
            if isinstance(error, FetchError) and error.trouble in _NOT_THE_DOCUMENTS and done.failures >= _GIVE_UP:
                raise
        except Exception as error:
            log.exception("document_not_taken_in source=%s", self.source.name)
            await self._put_off(mark, done, error)
            if done.failures >= _GIVE_UP:
                raise
        else:
            done.failures = 0
            self._odd.pop(mark, None)

    async def _put_off(self, mark: str, done: _Round, error: Exception) -> None:
        done.undone = True
        done.failures += 1
        odd = self._odd.setdefault(mark, _Odd())
        odd.tries += 1
        why = _address(error)
        odd.rest = min(2 ** (odd.tries - 1) - 1, _LONGEST_REST if why else 1)
        log.warning("document_put_off source=%s tries=%s why=%s", self.source.name, odd.tries, why)
        if why and odd.tries == _TELL_AFTER:
            await self.intake.run(lambda work: tell_unreadable(work, self.source.name, why, 1))


def _address(error: Exception) -> str:
    """The text for people; none where the fault is ours."""
    if isinstance(error, FetchError):
        return f"source.why.{error.trouble.value}"
    return f"feed.unreadable.{error.reason_key}" if isinstance(error, UnreadableNotice) else ""


def _messages(notices: Sequence[Notice]) -> list[tuple[Notice, ...]]:
    """The parts of one message belong together."""
    grouped = groupby(notices, key=lambda one: (one.sender, one.identifier, one.sent))
    return [tuple(parts) for _, parts in grouped]


def _identity(parts: Sequence[Notice]) -> tuple[str, ...]:
    one = parts[0]
    hashes = (part.content_hash for part in parts)
    return ("notice:", one.sender, one.identifier, one.sent.isoformat(), *hashes)


def _mark(kind: str, *facts: str) -> str:
    return kind + sha256("\0".join(facts).encode()).hexdigest()


def _absolute(base: str, address: str) -> str:
    """Where a link leads. One without TLS is asked for with it."""
    found = urljoin(base, address)
    return "https://" + found.removeprefix("http://") if found.startswith("http://") else found
