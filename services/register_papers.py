"""What registers of supervision have in common as papers: whoever holds a post with the right gets one sheet of what he
may see.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from domain.errors import NotAllowed
from domain.people import RIGHTS, Action, Person
from services.ledger_papers import XLSX
from services.papers import Bench, Made
from services.ports.papers import PaperJob
from services.work import Work


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as the press takes it."""

    title: str
    columns: list[dict[str, Any]]
    rows: list[list[Any]]


class Register(ABC):
    """Put before `Paper` among the bases of one register."""

    right: ClassVar[Action]
    caption: ClassVar[str]
    """address of the words that come with it"""

    @abstractmethod
    async def sheet(self, work: Work, person: Person, lang: str) -> Sheet: ...

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:  # noqa: ARG002
        if not any(post.role in RIGHTS[self.right] for post in person.posts):
            raise NotAllowed("refused.no_right")

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        async def read(work: Work) -> Sheet:
            person = await work.rows.people.get(job.person_id)
            assert person is not None  # allow() has asked him
            return await self.sheet(work, person, job.language)

        sheet = await bench.read(read)
        out = await _write(bench, sheet)

        async def made(work: Work) -> Made:
            at = work.local(work.now)
            caption = work.words.text(self.caption, job.language, number=len(sheet.rows), at=at)
            return Made(out, f"{sheet.title}{at:%Y%m%d-%H%M}.xlsx", XLSX, caption)

        return await bench.read(made)


async def _write(bench: Bench, sheet: Sheet) -> Path:
    out = bench.folder / "register.xlsx"
    async with bench.printing("book:write", out) as under_way:
        await under_way.put({"sheets": [{"title": sheet.title, "columns": sheet.columns}]})
        await under_way.put([0, sheet.rows])
    return out
