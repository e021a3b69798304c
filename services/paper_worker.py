"""Makes papers, one at a time, beside everything else: nothing here holds a transaction while something is made.

The queue is rows, so a restart loses nothing: what was half done is begun anew, and what fails too often is put aside
and whoever asked is told. The file is on disk for good before the row that names it commits.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from domain.errors import DomainError
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.papers import FileKind, PaperState
from services.doors import Doors
from services.papers import UPLOAD_BYTES, Made, Paper
from services.ports.files import Kept, Shelf, StoredFile
from services.ports.papers import PaperJob
from services.press import printing
from services.work import Work

log = logging.getLogger(__name__)
T = TypeVar("T")

_LOOK_SECONDS = 2.0
_SWEEP = timedelta(hours=1)
_SHOW_EVERY = timedelta(seconds=5)
"""of a paper's progress"""
_REST = timedelta(minutes=1)
"""after a try that failed; longer with each"""


class _Bench:
    """services.papers.Bench for one job."""

    def __init__(self, worker: "PaperWorker", job: PaperJob, folder: Path) -> None:
        self._worker, self._job = worker, job
        self.folder = folder
        self.path = worker.shelf.path
        self.printing = printing
        self.font = worker.doors.policy.papers.font

    async def read(self, service: Callable[[Work], Awaitable[T]]) -> T:
        return await self._worker.doors.read(service)

    async def progress(self, done: int, total: int) -> None:
        await self._worker.show(self._job, done, total)


class PaperWorker:
    """`wake` is told after every commit that may have queued something; `boot` names this process."""

    def __init__(
        self, doors: Doors, shelf: Shelf, papers: Mapping[str, Paper], wake: Callable[[], None], boot: str
    ) -> None:
        self.doors, self.shelf = doors, shelf
        self._papers, self._wake, self._boot = papers, wake, boot
        self._swept = self._shown = doors.now() - _SWEEP

    async def run(self, stop: asyncio.Event) -> None:
        await self.begin()
        while not stop.is_set():
            try:
                busy = await self.run_once()
                await self._tidy()
            except Exception:
                log.exception("papers have to wait")
                busy = False
            if not busy:
                await _pause(stop)

    async def begin(self) -> None:
        """What another process left half done waits again."""
        self.shelf.clear_scratch()
        await self.doors.run(lambda work: work.rows.papers.recover(self._boot))

    async def run_once(self) -> bool:
        """Make the paper that is next. False when none waits."""
        waiting = await self.doors.read(lambda work: work.rows.papers.next_waiting(work.now))
        if waiting is None:
            return False
        job = await self.doors.run(lambda work: work.rows.papers.begin(waiting.id, self._boot, work.now))
        if job is None:
            return True
        try:
            await self._make(job)
        except DomainError as error:
            await self.doors.run(partial(_refuse, job=job, error=error))
        except Exception as error:  # noqa: BLE001 - whatever it was, the next paper has its turn
            log.warning("paper %s kind=%s try=%s failed: %r", job.id, job.kind, job.attempts, error)
            await self.doors.run(partial(_again, job=job))
        self._wake()
        return True

    async def _make(self, job: PaperJob) -> None:
        paper = self._papers.get(job.kind)
        policy = self.doors.policy.papers
        if paper is None or job.attempts > policy.tries:
            raise LookupError(f"no paper of this kind, or begun too often: {job.kind}")
        await self.doors.read(partial(_allow, paper=paper, job=job))
        with self.shelf.scratch() as folder:
            async with asyncio.timeout(policy.minutes * 60):
                made = await paper.make(_Bench(self, job, folder), job)
            kept = await self.shelf.keep(made.file)
        await self.doors.run(partial(_hand_over, paper=paper, job=job, made=made, kept=kept))

    async def show(self, job: PaperJob, done: int, total: int) -> None:
        """The message that follows it is edited, not oftener than every few seconds."""
        if self.doors.now() - self._shown < _SHOW_EVERY:
            return
        self._shown = self.doors.now()
        await self.doors.run(partial(_show, job=job, done=done, total=total))
        self._wake()

    async def _tidy(self) -> None:
        """Once an hour: files whose time is over, and files that no row names."""
        now = self.doors.now()
        if now - self._swept < _SWEEP:
            return
        self._swept = now
        await self.expire()

        async def present(hashes: Any) -> set[str]:
            return await self.doors.read(lambda work: work.rows.files.present(hashes))

        await self.shelf.sweep(present)

    async def expire(self) -> int:
        """The row says first that the file is gone, then it goes: the other way round a crash would leave a row that
        promises what is not there."""
        over = await self.doors.read(lambda work: work.rows.files.expired(work.now))
        hashes = [file.sha256 for file in over]
        if hashes:
            await self.doors.run(lambda work: work.rows.files.mark_gone(hashes, work.now))
            await self.shelf.drop(hashes)
        return len(hashes)


async def _pause(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), _LOOK_SECONDS)
    except TimeoutError:
        return


async def _allow(work: Work, paper: Paper, job: PaperJob) -> None:
    """Between asking and making somebody may have lost his post."""
    person = await work.rows.people.get(job.person_id)
    if person is None:
        raise DomainError("refused.no_right")
    await paper.allow(work, person, job.args)


async def _hand_over(work: Work, paper: Paper, job: PaperJob, made: Made, kept: Kept) -> None:
    if not await work.rows.papers.finish(job.id, PaperState.DONE, work.now, kept.sha256, made.name):
        return
    until = work.now + timedelta(days=work.policy.papers.keep_days)
    file = StoredFile(kept.sha256, kept.size, made.mime, FileKind.PAPER, work.now, until)
    await work.rows.files.add(file)
    if kept.size > UPLOAD_BYTES:
        await _edit(work, job, "paper.too_large", "end", megabytes=kept.size // 1_000_000)
        return
    await _edit(work, job, "paper.ready", "end")
    await paper.hand_over(work, job, made, kept.sha256)
    await work.note("paper.made", job.subject, None, kind=job.kind, bytes=kept.size)


async def _refuse(work: Work, job: PaperJob, error: DomainError) -> None:
    if await work.rows.papers.finish(job.id, PaperState.REFUSED, work.now):
        reason = work.words.text(error.key, job.language, **error.facts)
        await _edit(work, job, "paper.refused", "end", reason=reason)


async def _again(work: Work, job: PaperJob) -> None:
    if job.attempts < work.policy.papers.tries:
        await work.rows.papers.wait_again(job.id, work.now + _REST * job.attempts)
        return
    if await work.rows.papers.finish(job.id, PaperState.ASIDE, work.now):
        await _edit(work, job, "paper.aside", "end", number=job.id)
        await work.note("paper.aside", job.subject, None, kind=job.kind)


async def _show(work: Work, job: PaperJob, done: int, total: int) -> None:
    await work.rows.papers.advance(job.id, done, total, work.now)
    await _edit(work, job, "paper.progress", f"{job.attempts}.{done}", done=done, total=total)


async def _edit(work: Work, job: PaperJob, address: str, purpose: str, **facts: object) -> None:
    """The one message about this paper. What it says is a bonus: the file itself is a message of its own."""
    title = work.words.label(f"paper.title.{job.kind}", job.language)
    await work.rows.outbox.put(
        Outgoing(
            key=f"{job.subject}:{purpose}",
            chat_id=job.chat_id,
            kind=Kind.EDIT,
            lane=Lane.DIGEST if purpose != "end" else Lane.REPLY,
            policy=Policy.IDEMPOTENT,
            text=work.words.text(address, job.language, title=title, **facts),
            target=job.message_key,
            subject=job.subject,
        )
    )
