"""The map of risk points as a paper: a picture, GeoJSON, KML. What is drawn is decided here; drawing is the press's.

The picture holds names of points and counts, never a household; files carry no telephone numbers.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain.errors import NotAllowed, Stale
from domain.hazards import Category
from domain.outgoing import Kind
from domain.people import Action, Person
from domain.places import Level, PlaceCode, PlaceTree, is_within
from domain.points import RiskLevel, RiskPoint, gravest_first
from services.ledgers import scope
from services.papers import Bench, Made, Paper
from services.points_patrolled import overdue_points
from services.ports.papers import PaperJob
from services.ports.points import PointFilter
from services.work import Work

FORMS: Final = ("picture", "geojson", "kml")
_WRITERS: Final = {"picture": "point_map:points", "geojson": "geodata:geojson", "kml": "geodata:kml"}
_ENDINGS: Final = {"picture": "png", "geojson": "geojson", "kml": "kml"}
_MIMES: Final = {
    "picture": "image/png",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
}
_MOST = 6000
_COMMITTEES: Final = ("村民委员会", "村委会", "居民委员会", "居委会")
_NAMED = 12
"""overdue points that are named under the picture"""


class PointMap(Paper):
    """args: place, form."""

    kind = "point_map"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:
        await _asked(work, person, args)

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        form = str(job.args["form"])
        out = bench.folder / f"map.{_ENDINGS[form]}"
        lines, facts = await bench.read(lambda work: _lines(work, job))
        async with bench.printing(_WRITERS[form], out) as under_way:
            await under_way.put(*lines)
        caption = await bench.read(lambda work: _caption(work, job, facts))
        name = f"{facts['title']}{facts['stamp']}.{_ENDINGS[form]}"
        kind = Kind.PHOTO if form == "picture" else Kind.DOCUMENT
        return Made(out, name, _MIMES[form], caption, kind)


POINT_MAP = PointMap()


async def _asked(work: Work, person: Person, args: Mapping[str, Any]) -> PointFilter:
    """The points that are meant, never more than this person may read."""
    limits = await scope(work, person, Action.READ_LEDGER)
    place = PlaceCode(str(args.get("place", "")))
    if str(args.get("form")) not in FORMS or (await work.tree()).get(place) is None:
        raise Stale("refused.stale")
    inside = [place] if any(is_within(place, one) for one in limits.places) else []
    inside = inside or [one for one in limits.places if is_within(one, place)]
    if not inside:
        raise NotAllowed("refused.no_right")
    return PointFilter(frozenset(inside), limits.owns)


async def _lines(work: Work, job: PaperJob) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    person = await work.rows.people.get(job.person_id)
    if person is None:
        raise NotAllowed("refused.no_right")
    points, _ = await work.rows.points.find(await _asked(work, person, job.args), 0, _MOST)
    points = gravest_first(points)
    late = await overdue_points(work, points)
    tree = await work.tree()
    place = PlaceCode(str(job.args["place"]))
    facts = _facts(work, points, late, tree, place, job.language)
    picture = job.args["form"] == "picture"
    head = _head(work, points, facts, job.language) if picture else {"title": facts["title"]}
    drawn = [_drawn(work, one, n, late, tree, job.language, picture=picture) for n, one in enumerate(points, 1)]
    return [head, *(_villages(tree, place) if picture else ()), *drawn], facts


def _facts(
    work: Work, points: Sequence[RiskPoint], late: set[int], tree: PlaceTree, place: PlaceCode, lang: str
) -> dict[str, Any]:
    here = tree.get(place)
    name = "" if here is None else here.name
    return {
        "title": work.words.label("points.map.title", lang, place=name),
        "stamp": f"{work.local(work.now):%Y%m%d}",
        "points": len(points),
        "households": sum(one.households or 0 for one in points),
        "people": sum(one.people or 0 for one in points),
        "unknown": sum(one.people is None for one in points),
        "no_position": sum(one.position is None for one in points),
        "levels": [
            {"name": work.words.label(f"points.level.{level.value}", lang), "number": many}
            for level in RiskLevel
            if (many := sum(one.level is level for one in points))
        ],
        "late": [one.name for one in points if one.id in late][:_NAMED],
        "late_number": len(late),
        "at": work.local(work.now),
    }


def _head(work: Work, points: Sequence[RiskPoint], facts: Mapping[str, Any], lang: str) -> dict[str, Any]:
    label = work.words.label
    kinds = Counter(one.category for one in points)
    return {
        "title": facts["title"],
        "subtitle": label("points.map.subtitle", lang, **{key: facts[key] for key in _SUBTITLE}),
        "footer": label("points.map.footer", lang, no_position=facts["no_position"]),
        "plain": facts["stamp"],
        "font": work.policy.papers.font,
        "legend": {level.value: label(f"points.level.{level.value}", lang) for level in RiskLevel},
        "overdue": label("points.map.overdue", lang),
        "outside": label("points.map.outside", lang),
        "more": label("points.map.more", lang),
        "kinds": [
            [_glyph(work, one, lang), label(f"report_hazard.category.choice.{one.value}", lang), many]
            for one, many in kinds.most_common()
        ],
    }


_SUBTITLE: Final = ("points", "households", "people", "unknown", "at")


def _glyph(work: Work, category: Category, lang: str) -> str:
    return work.words.label(f"points.glyph.{category.value}", lang)


def _drawn(
    work: Work, point: RiskPoint, n: int, late: set[int], tree: PlaceTree, lang: str, *, picture: bool
) -> dict[str, Any]:
    label = work.words.label
    note = label("points.map.note", lang, households=point.households, people=point.people)
    one: dict[str, Any] = {
        "n": n,
        "number": point.number,
        "name": point.name,
        "note": note,
        "level": point.level.value,
        "glyph": _glyph(work, point.category, lang),
        "overdue": point.id in late,
        "lat": point.lat,
        "lon": point.lon,
    }
    if not picture:
        values = {
            "number": point.number,
            "category": label(f"report_hazard.category.choice.{point.category.value}", lang),
            "level": label(f"points.level.{point.level.value}", lang),
            "place": tree.path(point.place),
            "households": point.households,
            "people": point.people,
            "department": point.department,
            "threshold": point.threshold,
            "route": point.route,
            "shelter": point.shelter,
        }
        one["properties"] = {
            label(f"points.field.{name}", lang): value for name, value in values.items() if value not in {None, ""}
        }
    return {"point": one}


def _villages(tree: PlaceTree, place: PlaceCode) -> list[dict[str, Any]]:
    wide = len(tree.townships_within(place)) > 1
    shown = tree.townships_within(place) if wide else tree.villages_within(place)
    marked = [one for one in shown if one.position is not None]
    if wide and len(marked) < len(shown) / 2:
        marked = [one for one in tree.villages_within(place) if one.position is not None]
    here = tree.get(place)
    if not marked and here is not None and here.level is Level.VILLAGE:
        marked = [here] if here.position is not None else []
    return [{"village": {"name": _short(one.name), "lat": one.lat, "lon": one.lon}} for one in marked]


def _short(name: str) -> str:
    """五木村村委会 is 五木村 on a map."""
    found = next((one for one in _COMMITTEES if name.endswith(one) and name != one), "")
    return name.removesuffix(found)


async def _caption(work: Work, job: PaperJob, facts: Mapping[str, Any]) -> Any:
    return work.words.card("point_map", job.language, form=str(job.args["form"]), **facts)
