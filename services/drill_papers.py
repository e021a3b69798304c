"""The record of a drill as a document, as it is filed: F13, with the course by the minute."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from domain.errors import Stale
from domain.people import Action, Person
from services.drill_record import record_facts
from services.papers import Bench, Made, Paper
from services.photos import stored_of
from services.ports import Photo
from services.ports.papers import PaperJob
from services.supervision_papers import DOCX
from services.work import Work

_PICTURES = 30

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
        sheet["pictures"] = [[str(bench.path(one.sha256)), line] for one, line in await bench.read(_pictures(job))]
        out = bench.folder / "drill.docx"
        async with bench.printing("drill:write", out) as under_way:
            await under_way.put(sheet)

        async def made(work: Work) -> Made:
            return Made(out, f"{sheet['title']}.docx", DOCX, work.words.text("drill.paper", job.language, **sheet))

        return await bench.read(made)


def _pictures(job: PaperJob) -> Callable[[Work], Awaitable[list[tuple[Photo, str]]]]:
    """What was sent for the drill itself, and with what was played in it, each with its time."""

    async def find(work: Work) -> list[tuple[Photo, str]]:
        number = int(job.args["drill"])
        subjects = [f"drill:{number}", *(one.subject for one in await work.rows.drills.things_of(number))]
        with work.rows.drills.inside(number):
            found = [photo for subject in dict.fromkeys(subjects) for photo in await stored_of(work, subject)]
        label = work.words.label
        return [
            (one, label("drill.doc.picture", job.language, at=work.local(one.asked_at))) for one in found[:_PICTURES]
        ]

    return find


async def _sheet(work: Work, job: PaperJob) -> dict[str, Any]:
    drill = await work.rows.drills.get(int(job.args["drill"]))
    assert drill is not None  # allow() has found it
    facts, lang, label = await record_facts(work, drill, job.language), job.language, work.words.label
    facts["contents"] = label("drill.doc.listed", lang, names=facts["contents"])
    facts["time"] = label("drill.doc.time_of", lang, **facts)
    facts["answers"] = label("drill.doc.answers_of", lang, **facts)
    if drill.entered:
        facts["answers"] = label("drill.doc.without_bot", lang)
    facts["silent"] = label("drill.doc.listed", lang, names=facts["silent"]) if facts["silent"] else ""
    rows = [[label(f"drill.doc.{name}", lang), str(facts[name])] for name in RECORD_ROWS]
    course = [
        [label("drill.doc.moment", lang, **line), label("drill.doc.line", lang, **line)] for line in facts["lines"]
    ]
    return {
        "title": label("drill.doc.title", lang, **facts),
        "mark": label("drill.doc.mark", lang),
        "rows": rows,
        "pictures_title": label("drill.doc.pictures", lang),
        "course_title": label("drill.doc.course", lang),
        "course": course,
    }


DRILL_RECORD = DrillRecord()
