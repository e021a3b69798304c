"""Papers: sheets, letters, maps and archives. Asked for here; made one at a time by services/paper_worker.py.

A paper is a class derived from `Paper`, one instance of it in PAPERS of services/paper_kinds.py. `allow` is asked when
somebody asks for it and again before it is made; `make` reads in pages, each in a short transaction of its own, and has
the press write the file; `hand_over` says who gets it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from domain.outgoing import Kind, Lane, Outgoing
from domain.papers import stored_name
from domain.people import Person
from domain.text import Html
from services.ports.papers import PaperJob
from services.press import Printing
from services.work import Work

T = TypeVar("T")

UPLOAD_BYTES = 49_000_000
"""the Bot API takes no larger file"""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file, still in the scratch folder. `name` is what people see it called."""

    file: Path
    name: str
    mime: str
    caption: Html
    kind: Kind = Kind.DOCUMENT


class Bench(Protocol):
    """What the making of one paper has to work with."""

    @property
    def folder(self) -> Path:
        """For unfinished files; gone afterwards."""
        ...

    @property
    def font(self) -> str:
        """The county's own font; "" where the usual ones have to do."""
        ...

    def path(self, sha256: str) -> Path:
        """Where a stored file lies."""
        ...

    async def read(self, service: Callable[[Work], Awaitable[T]]) -> T:
        """One page: a short transaction that only reads. Never hold one open while something is written or drawn."""
        ...

    def printing(self, writer: str, out: Path) -> AbstractAsyncContextManager[Printing]:
        """A writer of messages.papers in a process of its own."""
        ...

    async def progress(self, done: int, total: int) -> None:
        """Shown to whoever waits, not oftener than every few seconds."""
        ...


class Paper:
    """One kind of paper."""

    kind: str = ""
    """letters and underscores; also the address of its title: "paper.title.KIND" """

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:
        """Raises NotAllowed where the person may not have it (any more), Stale where it is about nothing."""
        raise NotImplementedError

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        raise NotImplementedError

    async def hand_over(self, work: Work, job: PaperJob, made: Made, sha256: str) -> None:
        """By default whoever asked gets it in his private chat."""
        await work.rows.outbox.put(enclosed(job, made, sha256))


def enclosed(job: PaperJob, made: Made, sha256: str) -> Outgoing:
    """The file as a message to whoever asked for it."""
    return Outgoing(
        key=f"{job.subject}:file",
        chat_id=job.chat_id,
        person_id=job.person_id,
        kind=made.kind,
        lane=Lane.DIGEST,
        text=made.caption,
        file=stored_name(sha256),
        file_name=made.name,
        subject=job.subject,
    )


async def ask_for_paper(
    work: Work, paper: Paper, args: Mapping[str, Any], person: Person, *, chat_id: int | None = None
) -> int:
    """Put it in the queue, and one private message that follows its progress. Asked for twice while it is still being
    made it is one paper. Raises NotAllowed, Stale."""
    await paper.allow(work, person, args)
    for job in await work.rows.papers.unfinished(person.id):
        if job.kind == paper.kind and dict(job.args) == dict(args):
            return job.id
    chat = chat_id if chat_id is not None else person.user_id
    if chat is None:
        return 0
    job = await work.rows.papers.add(PaperJob(0, paper.kind, dict(args), person.id, chat, person.language, work.now))
    title = work.words.label(f"paper.title.{paper.kind}", person.language)
    await work.rows.outbox.put(
        Outgoing(
            key=job.message_key,
            chat_id=chat,
            person_id=person.id,
            text=work.words.text("paper.asked", person.language, title=title),
            subject=job.subject,
        )
    )
    await work.note("paper.asked", job.subject, person, kind=paper.kind)
    return job.id


async def pages(
    bench: Bench, page: Callable[[Work, int], Awaitable[Sequence[T]]], key: Callable[[T], int]
) -> AsyncIterator[Sequence[T]]:
    """Page after page, each in a transaction of its own, by the key of the last row: `page(work, after)`."""
    after = 0
    while True:
        rows = await bench.read(lambda work, after=after: page(work, after))  # type: ignore[misc]
        if not rows:
            return
        yield rows
        after = key(rows[-1])
