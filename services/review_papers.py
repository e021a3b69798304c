"""The review of a response as a document, and the rows behind its figures as sheets."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.errors import Stale
from domain.people import Person
from domain.places import PlaceCode
from domain.response import Period
from domain.review import ReviewRows, answered_within, coverage
from services.ledger_papers import XLSX
from services.papers import Bench, Made, Paper
from services.ports.papers import PaperJob
from services.review import facts_of, of_area, seen
from services.supervision_papers import DOCX
from services.work import Work

_MINUTES = (1, 2, 3, 5, 10, 15, 20, 30, 60)
FIGURES = ("warnings", "called", "rounds", "hazards", "checks", "results", "reasons", "shifts", "lost", "deaf")
_AT_ONCE = 500


async def _allow(work: Work, person: Person, args: Mapping[str, Any]) -> None:
    await seen(work, person, int(args["period"]), PlaceCode(args["place"]))


class ReviewDocument(Paper):
    """args: period, place"""

    kind = "review"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:
        await _allow(work, person, args)

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        told, villages = await bench.read(lambda work: _document(work, job, bench.font))
        out = bench.folder / "review.docx"
        async with bench.printing("review:write", out) as under_way:
            await under_way.put(told)
            if villages:
                await under_way.put(*({"value": one} for one in villages))
        return await bench.read(lambda work: _made(work, job, out.name, told["title"], DOCX, bench))


async def _period(work: Work, job: PaperJob) -> tuple[Period, PlaceCode, ReviewRows]:
    period, place = await work.rows.responses.get(int(job.args["period"])), PlaceCode(job.args["place"])
    if period is None:
        raise Stale("refused.stale")
    return period, place, await of_area(work, period, place)


async def _document(work: Work, job: PaperJob, font: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    period, place, rows = await _period(work, job)
    lang, label = job.language, work.words.label
    facts = await facts_of(work, period, place, rows, lang)
    names = [{"name": label(f"check.reason.{one.value}", lang), "count": count}
             for one, count in facts["figures"].reasons.items() if one.value != "other"]  # fmt: skip
    facts["reasons"] = names
    villages = await _villages(work, rows)
    limits = answered_within(rows, _MINUTES)
    title = label("review.doc.title", lang, **facts)
    map_title = label("review.doc.map", lang, **facts)
    lead = label("review.doc.lead", lang, **facts)
    told = {
        "title": title,
        "lead": lead,
        "rows": [
            [label(f"review.doc.{name}", lang), label(f"review.doc.{name}_of", lang, **facts) or "—"]
            for name in FIGURES
        ],
        "advice_title": label("review.doc.advice", lang),
        "advice": facts["advice"] or [label("review.doc.nothing", lang)],
        "conclusion_title": label("review.doc.conclusion", lang),
        "conclusion": label("review.doc.conclusion_of", lang, **facts),
        "font": font,
        "times": {"title": label("review.doc.times", lang), "points": limits, "of": facts["figures"].called},
        "map": {"title": map_title, "subtitle": lead, "footer": "", "font": font} if villages else None,
    }
    return told, villages


async def _villages(work: Work, rows: ReviewRows) -> list[dict[str, Any]]:
    """Those with a position, with the share of answers that they gave."""
    tree, found = await work.tree(), []
    for place, (done, owed) in coverage(rows).items():
        village = tree.get(place)
        if village is not None and village.lat is not None and village.lon is not None and tree.township_of(place):
            one = {"name": village.name, "lat": village.lat, "lon": village.lon, "share": done / owed}
            found.append(one | {"text": f"{done}/{owed}"})
    return found


# -- sheets -------------------------------------------------------------------------------------------------------

COLUMNS: Mapping[str, Sequence[tuple[str, str]]] = {
    "called": (("warning", "id"), ("place", "text"), ("person", "text"), ("asked", "time"), ("answered", "time"),
               ("outcome", "text")),
    "walked": (("point", "text"), ("place", "text"), ("person", "text"), ("due", "time"), ("outcome", "text"),
               ("marks", "text")),
    "found": (("number", "id"), ("place", "text"), ("reported", "time"), ("due", "time"), ("closed", "time"),
              ("outcome", "text")),
    "checked": (("number", "id"), ("place", "text"), ("person", "text"), ("asked", "time"), ("outcome", "text"),
                ("marks", "text")),
    "manned": (("place", "text"), ("person", "text"), ("starts", "time"), ("confirmed", "time")),
    "lost": (("place", "text"), ("since", "time"), ("until", "time")),
}  # fmt: skip


class ReviewSheets(Paper):
    """args: period, place"""

    kind = "review_rows"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:
        await _allow(work, person, args)

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        told = await bench.read(lambda work: _sheets(work, job))
        out = bench.folder / "review.xlsx"
        async with bench.printing("book:write", out) as under_way:
            await under_way.put({"sheets": told["sheets"]})
            for number, lines in enumerate(told["lines"]):
                for start in range(0, len(lines), _AT_ONCE):
                    await under_way.put([number, lines[start : start + _AT_ONCE]])
        return await bench.read(lambda work: _made(work, job, out.name, told["title"], XLSX, bench))


async def _sheets(work: Work, job: PaperJob) -> dict[str, Any]:
    period, place, rows = await _period(work, job)
    lang, label = job.language, work.words.label
    facts = await facts_of(work, period, place, rows, lang)
    lines = await _Lines(work, lang, rows).all()
    sheets = [
        {
            "title": label(f"review.sheet.{name}", lang),
            "columns": [{"title": label(f"review.column.{one}", lang), "kind": kind} for one, kind in columns],
        }
        for name, columns in COLUMNS.items()
    ]
    return {"title": label("review.sheet.title", lang, **facts), "sheets": sheets, "lines": lines}


class _Lines:
    """Every row behind a figure, one line each, in the order of `COLUMNS`."""

    def __init__(self, work: Work, lang: str, rows: ReviewRows) -> None:
        self._work, self._lang, self._rows = work, lang, rows

    async def all(self) -> list[list[list[Any]]]:
        rows, self._tree = self._rows, await self._work.tree()
        people = {one.person for part in (rows.called, rows.walked, rows.checked, rows.manned) for one in part}
        self._names = {key: one.name for key, one in (await self._work.rows.people.many(people)).items()}
        warnings = {key: await self._work.rows.warnings.get(key) for key in {one.warning_id for one in rows.called}}
        self._numbers = {key: "" if one is None else one.number for key, one in warnings.items()}
        return [self._called(), self._walked(), self._found(), self._checked(), self._manned(), self._lost()]

    def _word(self, what: str) -> str:
        return self._work.words.label(f"review.outcome.{what}", self._lang)

    def _at(self, instant: Any) -> str | None:
        return None if instant is None else self._work.local(instant).isoformat()

    def _place(self, place: PlaceCode) -> str:
        return self._tree.path(place)

    def _called(self) -> list[list[Any]]:
        lines = []
        for one in self._rows.called:
            outcome = "excused" if one.excused else "silent"
            if one.answered_at is not None:
                outcome = "late" if one.late else "in_time"
            who = [self._numbers[one.warning_id], self._place(one.place), self._names.get(one.person, "")]
            lines.append([*who, self._at(one.asked_at), self._at(one.answered_at), self._word(outcome)])
        return lines

    def _walked(self) -> list[list[Any]]:
        return [
            [
                *(one.point, self._place(one.place), self._names.get(one.person, ""), self._at(one.due_at)),
                self._word(one.state.value),
                "、".join(self._word(mark) for mark in ("late", "filled_in") if getattr(one, mark)),
            ]
            for one in self._rows.walked
        ]

    def _found(self) -> list[list[Any]]:
        label = self._work.words.label
        return [
            [
                *(one.number, self._place(one.place), self._at(one.created_at), self._at(one.due_at)),
                *(self._at(one.closed_at), label(f"hazard.state.{one.state}", self._lang)),
            ]
            for one in self._rows.found
        ]

    def _checked(self) -> list[list[Any]]:
        label, lines = self._work.words.label, []
        for one in self._rows.checked:
            outcome = "unjudged" if one.result is None else ""
            said = self._word(outcome) if one.result is None else label(f"check.result.{one.result.value}", self._lang)
            reasons = [label(f"check.reason.{why.value}", self._lang) for why in one.reasons if why.value != "other"]
            who = [one.number, self._place(one.place), self._names.get(one.person, ""), self._at(one.asked_at)]
            lines.append([*who, said, "、".join(reasons)])
        return lines

    def _manned(self) -> list[list[Any]]:
        return [
            [
                *(self._place(one.place), self._names.get(one.person, "")),
                *(self._at(one.starts_at), self._at(one.confirmed_at)),
            ]
            for one in self._rows.manned
        ]

    def _lost(self) -> list[list[Any]]:
        return [[self._place(one.place), self._at(one.since), self._at(one.until)] for one in self._rows.lost]


async def _made(work: Work, job: PaperJob, file: str, title: str, mime: str, bench: Bench) -> Made:
    out = bench.folder / file
    caption = work.words.text("review.paper", job.language, title=title)
    return Made(out, f"{title}{out.suffix}", mime, caption)


REVIEW_DOCUMENT, REVIEW_SHEETS = ReviewDocument(), ReviewSheets()
