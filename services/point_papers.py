"""The register of risk points as a workbook: sums by level, then a sheet for each area, kind of disaster or trade."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.ledger import DISASTER_OF, LedgerFilter, LedgerView
from domain.people import Action, Person
from domain.places import PlaceCode, ancestors
from domain.points import RiskLevel, RiskPoint
from services.ledger_papers import finished, parts_of
from services.ledgers import Sheet, place_facts, scope, sheet_of, shown_phone
from services.papers import Bench, Made, Paper
from services.points_view import Wanted, point_filter
from services.ports.papers import PaperJob
from services.ports.points import PointFilter
from services.work import Work

_PAGE = 400


class PointLedger(Paper):
    """args: view, and area, disaster, trade, level as the list showed them."""

    kind = "point_ledger"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:  # noqa: ARG002
        await scope(work, person, Action.EXPORT_LEDGER)

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        writing = await bench.read(lambda work: _begin(work, job))
        out, done, counts = bench.folder / "points.xlsx", 0, dict[str, Counter[str]]()

        async def page(work: Work) -> tuple[int, int, dict[int, list[list[Any]]]]:
            if writing.wanted is None:
                return 0, 0, {}
            points, total = await work.rows.points.find(writing.wanted, done, _PAGE)
            return len(points), total, await _take(work, writing, points, counts)

        async with bench.printing("book:write", out) as under_way:
            await under_way.put({"sheets": writing.sheets})
            while (read := await bench.read(page))[0]:
                done += read[0]
                await under_way.put(*([number, rows] for number, rows in read[2].items()))
                await bench.progress(done, read[1])
            await under_way.put([0, _sums(writing, counts)])
        return await bench.read(lambda work: finished(work, job, out, done))


@dataclass(frozen=True, slots=True)
class _Writing:
    lang: str
    view: LedgerView
    wanted: PointFilter | None
    """None: nothing can fit"""
    parts: Mapping[str, str]
    sheet: Sheet
    sheets: list[dict[str, Any]]


async def _begin(work: Work, job: PaperJob) -> _Writing:
    person, lang, label = await work.rows.people.get(job.person_id), job.language, work.words.label
    own = await scope(work, person, Action.EXPORT_LEDGER)
    view = LedgerView(job.args.get("view", LedgerView.AREA.value))
    given = {name: job.args.get(name, "") for name in ("area", "disaster", "trade", "level")}
    wanted = point_filter(own, Wanted(**given))
    places = tuple(sorted(wanted.places)) if wanted is not None else own.places
    parts = await parts_of(work, view, LedgerFilter(places=places), lang)
    sheet = sheet_of(work, "points", lang)
    first, whole = label("ledger.sum.part", lang), label("ledger.sum.all", lang)
    numbers = [whole, *(label(f"points.level.{level.value}", lang) for level in RiskLevel)]
    numbers += [label(f"ledger.point.{name}", lang) for name in ("households", "people")]
    heads = [{"title": first, "kind": "text"}, *({"title": one, "kind": "number"} for one in numbers)]
    sheets: list[dict[str, Any]] = [{"title": label("ledger.sum.sheet", lang), "columns": heads}]
    sheets += [{"title": one, "columns": list(sheet.heads), "lazy": True} for one in parts.values()]
    return _Writing(lang, view, wanted, parts, sheet, sheets)


async def _take(
    work: Work, writing: _Writing, points: list[RiskPoint], counts: dict[str, Counter[str]]
) -> dict[int, list[list[Any]]]:
    """Points to cells, by the number of their sheet."""
    numbers = {key: number for number, key in enumerate(writing.parts, 1)}
    people = await work.rows.people.many({one for point in points for one in point.everybody})
    rows: dict[int, list[list[Any]]] = {}
    for point in points:
        key = _part_of(work, writing, point)
        key = key if key in numbers else ""
        facts = await point_facts(work, point, people, writing.lang)
        rows.setdefault(numbers[key], []).append(writing.sheet.values(facts))
        count = counts.setdefault(key, Counter())
        count.update({"all": 1, point.level.value: 1})
        known = {"households": point.households, "people": point.people}
        count.update({name: number for name, number in known.items() if number is not None})
    return rows


def _part_of(work: Work, writing: _Writing, point: RiskPoint) -> str:
    if writing.view is LedgerView.DISASTER:
        return DISASTER_OF[point.category].value
    if writing.view is LedgerView.TRADE:
        return point.department or work.words.label("ledger.township_itself", writing.lang)
    return next((code for code in (point.place, *ancestors(point.place)[::-1]) if code in writing.parts), "")


def _sums(writing: _Writing, counts: Mapping[str, Counter[str]]) -> list[list[Any]]:
    """By part in the order of the sheets. A number that is known of no point there stays empty."""
    names = ("all", *(level.value for level in RiskLevel))
    return [
        [title, *(counts[key][name] for name in names), counts[key].get("households"), counts[key].get("people")]
        for key, title in writing.parts.items()
        if key in counts
    ]


async def point_facts(work: Work, point: RiskPoint, people: Mapping[int, Person], lang: str) -> dict[str, Any]:
    """Every field of F2 that is known of a point; what is not known stays empty and is never nil."""
    held = {
        name: [people[one] for one in getattr(point, name) if one in people]
        for name in ("patrollers", "warners", "evacuators")
    }
    between = work.words.label("ledger.between", lang)
    return {
        **await place_facts(work, PlaceCode(point.place)),
        **{name: between.join(one.name for one in persons) for name, persons in held.items()},
        "patroller_phones": between.join(shown_phone(work, one.phone) for one in held["patrollers"]),
        "number": point.number,
        "name": point.name,
        "category": work.words.label(f"report_hazard.category.choice.{point.category.value}", lang),
        "category_code": point.category.value,
        "disaster": work.words.label(f"ledger.disaster.{DISASTER_OF[point.category].value}", lang),
        "level": work.words.label(f"points.level.{point.level.value}", lang),
        "households": point.households,
        "people": point.people,
        "department": point.department,
        "threshold": point.threshold,
        "route": point.route,
        "shelter": point.shelter,
        "confirmed_at": work.local(point.confirmed_at).isoformat(),
        "lat": point.lat,
        "lon": point.lon,
    }


POINT_LEDGER = PointLedger()
