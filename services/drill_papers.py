"""The record of a drill as a document, as it is filed: F13, with the course by the minute."""

from collections.abc import Mapping
from typing import Any

from domain.errors import Stale
from domain.people import Action, Person
from services.drill_record import record_facts
from services.papers import Bench, Made, Paper
from services.ports.papers import PaperJob
from services.supervision_papers import DOCX
from services.work import Work

RECORD_ROWS = (
    *("place", "kind", "form", "contents", "time", "opener", "reason", "script", "people", "answers", "silent"),
    *("problems", "measures", "verdict", "words"),
)


class DrillRecord(Paper):
    """args: drill"""

    kind = "drill_record"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:
        drill = await work.rows.drills.get(int(args["drill"]))
        if drill is None or not drill.is_over:
            raise Stale("refused.stale")
        await work.require(person, Action.RUN_DRILL, drill.place)

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        sheet = await bench.read(lambda work: _sheet(work, job))
        out = bench.folder / "drill.docx"
        async with bench.printing("drill:write", out) as under_way:
            await under_way.put(sheet)

        async def made(work: Work) -> Made:
            return Made(out, f"{sheet['title']}.docx", DOCX, work.words.text("drill.paper", job.language, **sheet))

        return await bench.read(made)


async def _sheet(work: Work, job: PaperJob) -> dict[str, Any]:
    drill = await work.rows.drills.get(int(job.args["drill"]))
    assert drill is not None  # allow() has found it
    facts, lang, label = await record_facts(work, drill, job.language), job.language, work.words.label
    facts["contents"] = label("drill.doc.listed", lang, names=facts["contents"])
    facts["time"] = label("drill.doc.time_of", lang, **facts)
    facts["answers"] = label("drill.doc.answers_of", lang, **facts)
    facts["silent"] = label("drill.doc.listed", lang, names=facts["silent"]) if facts["silent"] else ""
    rows = [[label(f"drill.doc.{name}", lang), str(facts[name])] for name in RECORD_ROWS]
    course = [
        [label("drill.doc.moment", lang, **line), label("drill.doc.line", lang, **line)] for line in facts["lines"]
    ]
    return {
        "title": label("drill.doc.title", lang, **facts),
        "mark": label("drill.doc.mark", lang),
        "rows": rows,
        "course_title": label("drill.doc.course", lang),
        "course": course,
    }


DRILL_RECORD = DrillRecord()
