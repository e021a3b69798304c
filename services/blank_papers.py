"""The empty tables as files in the chat, for whoever may bring such a table in."""

from collections.abc import Mapping
from typing import Any

from domain.errors import NotAllowed, Stale
from domain.people import Person
from services.ledger_papers import XLSX
from services.papers import Bench, Made, Paper
from services.ports.papers import PaperJob
from services.sent_tables import may_send
from services.table_kinds import TABLES
from services.work import Work


class BlankTablePaper(Paper):
    """args: table, a name of TABLES."""

    kind = "blank_table"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:
        kind = TABLES.get(args.get("table", ""))
        if kind is None:
            raise Stale("refused.stale")
        if kind not in await may_send(work, person):
            raise NotAllowed("refused.no_right")

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        name = str(job.args["table"])
        out = bench.folder / "blank.xlsx"
        async with bench.printing("blank:write", out) as under_way:
            await under_way.put({"table": name, "lang": job.language})

        async def made(work: Work) -> Made:
            title = work.words.label(f"table.kind.{name}", job.language)
            caption = work.words.text("table.sent.fill_in", job.language)
            return Made(out, f"{title}.xlsx", XLSX, caption)

        return await bench.read(made)


BLANK_TABLE = BlankTablePaper()
