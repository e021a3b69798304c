"""The ledgers as workbooks: read in pages, written by the press, one sheet for each part of the view."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.hazards import ALIVE, Grade, HazardState
from domain.ledger import DISASTER_OF, Disaster, LedgerFilter, LedgerView, Span, both
from domain.people import Action, Person
from domain.places import Level, PlaceCode, ancestors, level_of
from services.ledgers import (
    Sheet,
    hazard_facts,
    is_overdue,
    narrowed,
    patrol_facts,
    scope,
    sheet_of,
    trade_of,
    wish_of,
)
from services.papers import Bench, Made, Paper, pages
from services.ports.hazards import HazardRow
from services.ports.ledger import HazardLine
from services.ports.papers import PaperJob
from services.work import Work

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAGE = 400


def span_filter(work: Work, span: Span) -> LedgerFilter:
    """What people ask for in one word."""
    match span:
        case Span.OPEN:
            return LedgerFilter(states=ALIVE)
        case Span.OVERDUE:
            return LedgerFilter(overdue_at=work.now)
        case Span.MAJOR:
            return LedgerFilter(states=ALIVE, grade=Grade.MAJOR)
        case Span.YEAR:
            first = work.local(work.now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
            return LedgerFilter(since=first)
        case Span.ALL:
            return LedgerFilter()


async def asked_for(work: Work, args: Mapping[str, Any], lang: str) -> LedgerFilter:
    """By a paper's args: span or since, until, places; and words as they were typed."""
    span = span_filter(work, Span(args.get("span", Span.ALL.value)))
    if "days" in args:
        span = replace(span, since=work.now - timedelta(days=int(args["days"])))
    return both(await wish_of(work, args.get("words", ""), lang), both(_written(args), span))


def _written(args: Mapping[str, Any]) -> LedgerFilter:
    """The bounds of an event, as an archive hands them on."""
    since, until = (datetime.fromisoformat(args[name]) if name in args else None for name in ("since", "until"))
    return LedgerFilter(places=tuple(PlaceCode(one) for one in args.get("places", ())), since=since, until=until)


class HazardLedger(Paper):
    """args: span, words, view."""

    kind = "hazard_ledger"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:  # noqa: ARG002
        await scope(work, person, Action.EXPORT_LEDGER)

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        writing = await bench.read(lambda work: _Writing.begin(work, job))
        out = bench.folder / "ledger.xlsx"
        done = 0

        async def page(work: Work, after: int) -> list[HazardLine]:
            lines = await work.rows.ledger.hazards(writing.wanted, after, _PAGE)
            await writing.take(work, lines)
            return lines

        async with bench.printing("book:write", out) as under_way:
            await under_way.put({"sheets": writing.sheets})
            async for lines in pages(bench, page, lambda line: line.row.id):
                done += len(lines)
                await under_way.put(*writing.given())
                await bench.progress(done, writing.total)
            await under_way.put([0, writing.sums()])
        return await bench.read(lambda work: finished(work, job, out, done))


class _Writing:
    """One workbook under way: which line goes on which sheet, and the sums on the first."""

    def __init__(self, lang: str, view: LedgerView, wanted: LedgerFilter, total: int, sheet: Sheet) -> None:
        self.lang, self.view, self.wanted, self.total = lang, view, wanted, total
        self.parts: dict[str, str] = {}
        """key of a part → its title, in the order of the sheets"""
        self.sheets: list[dict[str, Any]] = []
        self._sheet = sheet
        self._counts: dict[str, Counter[str]] = {}
        self._page: dict[int, list[list[Any]]] = {}

    @classmethod
    async def begin(cls, work: Work, job: PaperJob) -> "_Writing":
        person, lang, label = await work.rows.people.get(job.person_id), job.language, work.words.label
        asked = await asked_for(work, job.args, lang)
        wanted = narrowed(work, await scope(work, person, Action.EXPORT_LEDGER), asked)
        view = LedgerView(job.args.get("view", LedgerView.AREA.value))
        sheet = sheet_of(work, "hazards", lang)
        self = cls(lang, view, wanted, await work.rows.ledger.count(wanted), sheet)
        self.parts = await parts_of(work, view, wanted, lang)
        first, *numbers = (label(f"ledger.sum.{name}", lang) for name in ("part", "all", "overdue"))
        numbers += [label(f"hazard.state.{state.value}", lang) for state in HazardState]
        sums = [{"title": first, "kind": "text"}, *({"title": one, "kind": "number"} for one in numbers)]
        self.sheets = [{"title": label("ledger.sum.sheet", lang), "columns": sums}]
        self.sheets += [{"title": one, "columns": list(sheet.heads), "lazy": True} for one in self.parts.values()]
        return self

    async def take(self, work: Work, lines: list[HazardLine]) -> None:
        """Lines to cells, while the names can still be looked up."""
        numbers = {key: number for number, key in enumerate(self.parts, 1)}
        self._page = {}
        for line in lines:
            key = _part_of(work, self, line.row)
            key = key if key in numbers else ""
            self._page.setdefault(numbers[key], []).append(
                self._sheet.values(await hazard_facts(work, line, self.lang))
            )
            count = self._counts.setdefault(key, Counter())
            count["all"] += 1
            count["overdue"] += is_overdue(work, line.row)
            count[line.row.state.value] += 1

    def given(self) -> list[Any]:
        return [[number, rows] for number, rows in self._page.items()]

    def sums(self) -> list[list[Any]]:
        """By part in the order of the sheets; parts without a line are left out."""
        names = ("all", "overdue", *(state.value for state in HazardState))
        return [
            [title, *(self._counts[key][name] for name in names)]
            for key, title in self.parts.items()
            if key in self._counts
        ]


async def parts_of(work: Work, view: LedgerView, wanted: LedgerFilter, lang: str) -> dict[str, str]:
    """Key of each part of a view → its title, in the order of the sheets; "" is for what fits none."""
    label = work.words.label
    if view is LedgerView.DISASTER:
        kinds = {one.value: label(f"ledger.disaster.{one.value}", lang) for one in Disaster}
        return kinds | {"": label("ledger.other_part", lang)}
    if view is LedgerView.TRADE:
        owners = dict.fromkeys(owner for one in DISASTER_OF for owner in work.policy.hazards.owners_of(one))
        own = label("ledger.township_itself", lang)
        return {owner: owner for owner in owners} | {own: own, "": label("ledger.other_part", lang)}
    tree = await work.tree()
    parts = {}
    for place in wanted.places or (work.county,):
        wide = level_of(place) is Level.COUNTY
        below = tree.townships_within(place) if wide else tree.villages_within(place)
        parts.update({one.code: one.name for one in below})
    return parts | {"": label("ledger.other_part", lang)}


def _part_of(work: Work, writing: _Writing, row: HazardRow) -> str:
    if writing.view is LedgerView.DISASTER:
        return DISASTER_OF[row.category].value
    if writing.view is LedgerView.TRADE:
        return trade_of(work, row, writing.lang)
    return next((code for code in (row.place, *ancestors(row.place)[::-1]) if code in writing.parts), "")


async def finished(work: Work, job: PaperJob, out: Path, number: int) -> Made:
    """The workbook under the name of its kind and the minute it was made."""
    title = work.words.label(f"paper.title.{job.kind}", job.language)
    name = f"{title}{work.local(work.now):%Y%m%d-%H%M}.xlsx"
    caption = work.words.text("ledger.caption", job.language, title=title, number=number, at=work.local(work.now))
    return Made(out, name, XLSX, caption)


class PatrolLedger(Paper):
    """args: days."""

    kind = "patrol_ledger"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:  # noqa: ARG002
        await scope(work, person, Action.EXPORT_LEDGER)

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        lang, out, done = job.language, bench.folder / "patrols.xlsx", 0

        async def begin(work: Work) -> tuple[LedgerFilter, int, Sheet]:
            person = await work.rows.people.get(job.person_id)
            own = await scope(work, person, Action.EXPORT_LEDGER)
            since = work.now - timedelta(days=int(job.args.get("days", 30)))
            wanted = _written(job.args)
            wanted = narrowed(work, own, wanted if wanted.since is not None else replace(wanted, since=since))
            return wanted, await work.rows.ledger.count_patrols(wanted), sheet_of(work, "patrols", lang)

        wanted, total, sheet = await bench.read(begin)
        first = await bench.read(lambda work: work.rows.ledger.first_patrol(wanted.since or work.now))
        title = await bench.read(_title_of(job))

        async def page(work: Work, after: int) -> list[tuple[int, list[Any]]]:
            lines = await work.rows.ledger.patrols(wanted, max(after, first), _PAGE)
            return [(line.id, sheet.values(await patrol_facts(work, line, lang))) for line in lines]

        async with bench.printing("book:write", out) as under_way:
            await under_way.put({"sheets": [{"title": title, "columns": list(sheet.heads)}]})
            async for lines in pages(bench, page, lambda line: line[0]):
                done += len(lines)
                await under_way.put([0, [values for _, values in lines]])
                await bench.progress(done, total)
        return await bench.read(lambda work: finished(work, job, out, done))


def _title_of(job: PaperJob) -> Callable[[Work], Awaitable[str]]:
    async def title(work: Work) -> str:
        return work.words.label(f"paper.title.{job.kind}", job.language)

    return title


HAZARD_LEDGER = HazardLedger()
PATROL_LEDGER = PatrolLedger()
