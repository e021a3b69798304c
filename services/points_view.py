"""The register as people read it: a page of a filtered list, one point, its versions. Only in private chats: counts of
households, never their names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.errors import NotAllowed
from domain.hazards import Category
from domain.ledger import DISASTER_OF, Disaster, LedgerFilter
from domain.people import Action, Person
from domain.places import PlaceCode, is_within
from domain.points import PointVersion, RiskLevel, RiskPoint, differing
from services.ledgers import scope
from services.points import field_words, may_edit, may_propose
from services.ports.points import PointFilter, PointSums
from services.work import Work

PAGE = 8
_VERSIONS = 10
"""shown of a point; all are kept"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked to see, as it stands in a button: area, kind of disaster or trade, level, page."""

    area: str = ""
    disaster: str = ""
    trade: str = ""
    level: str = ""
    offset: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    points: list[RiskPoint]
    total: int
    wanted: Wanted
    areas: tuple[PlaceCode, ...]
    """where this person may look"""
    own: bool
    """only what carries his own name"""


async def page(work: Work, person: Person, wanted: Wanted) -> Page:
    """Raises NotAllowed for somebody who is in charge of no point and may not read the register."""
    mine = await work.rows.points.of_person(person.id)
    try:
        limits = await scope(work, person, Action.READ_LEDGER)
    except NotAllowed:
        if not mine:
            raise
        found = [one for one in mine if wanted.words in f"{one.number} {one.name}"]
        return Page(found[wanted.offset : wanted.offset + PAGE], len(found), wanted, (), own=True)
    asked = point_filter(limits, wanted)
    if asked is None:
        return Page([], 0, wanted, limits.places, own=False)
    points, total = await work.rows.points.find(asked, wanted.offset, PAGE)
    if not total and wanted.words:
        points, total = await _in_named_place(work, asked, wanted, sorted(asked.places))
    return Page(points, total, wanted, limits.places, own=False)


def point_filter(limits: LedgerFilter, wanted: Wanted) -> PointFilter | None:
    """What is wanted, within the limits of who asks. None where nothing can fit."""
    categories = limits.owns or frozenset(Category)
    if wanted.disaster:
        categories &= {one for one in Category if DISASTER_OF[one].value == wanted.disaster}
    if not categories:
        return None
    level = RiskLevel(wanted.level) if wanted.level else None
    picked = frozenset() if len(categories) == len(Category) else categories
    places = frozenset(_narrowed(limits.places, wanted.area))
    return PointFilter(places, picked, wanted.trade, level, wanted.words.strip())


async def _in_named_place(
    work: Work, asked: PointFilter, wanted: Wanted, places: Sequence[PlaceCode]
) -> tuple[list[RiskPoint], int]:
    """风险点 上坞村: the words name a place and not a point."""
    tree = await work.tree()
    named = [hit.code for place in places for hit in tree.find_by_name(wanted.words.strip(), place)]
    if not named:
        return [], 0
    return await work.rows.points.find(replace(asked, places=frozenset(named), words=""), wanted.offset, PAGE)


def _narrowed(own: Sequence[PlaceCode], area: str) -> list[PlaceCode]:
    """Never more than is one's own."""
    if not area:
        return list(own)
    return [PlaceCode(area)] if any(is_within(PlaceCode(area), one) for one in own) else []


async def page_facts(work: Work, shown: Page, lang: str) -> dict[str, Any]:
    tree, wanted = await work.tree(), shown.wanted
    sums = PointSums() if shown.own else await work.rows.points.sums(_narrowed(shown.areas, wanted.area))
    filters = [
        "" if not wanted.area else tree.path(PlaceCode(wanted.area)),
        "" if not wanted.disaster else work.words.label(f"ledger.disaster.{Disaster(wanted.disaster).value}", lang),
        wanted.trade,
        "" if not wanted.level else work.words.label(f"points.level.{RiskLevel(wanted.level).value}", lang),
    ]
    return {
        "filters": [one for one in filters if one],
        "words": wanted.words.strip(),
        "total": shown.total,
        "first": wanted.offset + 1,
        "last": wanted.offset + len(shown.points),
        "levels": [
            {"name": work.words.label(f"points.level.{level.value}", lang), "number": sums.by_level[level]}
            for level in RiskLevel
            if level in sums.by_level
        ],
        "lines": [await line_facts(work, one, lang) for one in shown.points],
    }


async def line_facts(work: Work, point: RiskPoint, lang: str) -> dict[str, Any]:
    return {
        "id": point.id,
        "mark": MARKS[point.level],
        "number": point.number,
        "name": point.name,
        "category": work.words.label(f"report_hazard.category.choice.{point.category.value}", lang),
        "place": (await work.tree()).path(point.place),
        "households": point.households,
        "people": point.people,
    }


MARKS = {RiskLevel.MAJOR: "🔴", RiskLevel.LARGER: "🟠", RiskLevel.GENERAL: "🟡", RiskLevel.LOW: "🔵"}


async def card_facts(work: Work, point: RiskPoint, lang: str) -> dict[str, Any]:
    """One point with its persons in charge and who last touched it."""
    people = await work.rows.people.many({*point.everybody, *filter(None, [point.updated_by])})
    in_charge = [
        {
            "title": work.words.label(f"points.field.{name}", lang),
            "people": [
                {"name": people[one].name, "phone": people[one].phone, "left": people[one].status.value != "active"}
                for one in held
                if one in people
            ],
        }
        for name in ("patrollers", "warners", "evacuators")
        if (held := getattr(point, name))
    ]
    author = people.get(point.updated_by) if point.updated_by is not None else None
    return {
        **await line_facts(work, point, lang),
        "in_charge": in_charge,
        "unwatched": not point.patrollers,
        "level": work.words.label(f"points.level.{point.level.value}", lang),
        "department": point.department,
        "threshold": point.threshold,
        "route": point.route,
        "shelter": point.shelter,
        "lat": point.lat,
        "lon": point.lon,
        "retired": not point.active,
        "version": point.version,
        "at": work.local(point.updated_at),
        "confirmed": work.local(point.confirmed_at),
        "confirmed_year": work.local(point.confirmed_at).year,
        "who": "" if author is None else author.name,
    }


async def rights(work: Work, person: Person, point: RiskPoint) -> tuple[bool, bool]:
    """(may see it, may change or propose). Somebody in charge of a point sees it wherever he is."""
    changes = await may_edit(work, person, point.place, point.category, point.department)
    changes = changes or await may_propose(work, person, point.place)
    if changes or person.id in point.everybody:
        return True, changes
    limits = await scope(work, person, Action.READ_LEDGER)
    inside = any(is_within(point.place, one) for one in limits.places)
    return inside and (not limits.department or point.category in limits.owns), False


async def version_facts(work: Work, versions: Sequence[PointVersion], lang: str) -> list[dict[str, Any]]:
    """Who, when, what, the newest first; each with what it changed."""
    people = await work.rows.people.many({one.author for one in versions if one.author is not None})
    lines = []
    newest = versions[-_VERSIONS:]
    earlier: list[PointVersion | None] = [*versions[-_VERSIONS - 1 : -_VERSIONS]] or [None]
    for before, one in zip([*earlier, *newest], newest, strict=False):
        changed = () if before is None else differing(before.point, one.point)
        lines.append(
            {
                "version": one.version,
                "at": work.local(one.at),
                "who": people[one.author].name if one.author in people else "",
                "act": work.words.label(f"points.act.{one.act.value}", lang),
                "reason": one.reason,
                "changes": [
                    {
                        "field": work.words.label(f"points.field.{name}", lang),
                        "before": await field_words(work, name, getattr(before.point, name), lang) if before else "",
                        "after": await field_words(work, name, getattr(one.point, name), lang),
                    }
                    for name in changed
                    if name not in {"status", "warning_level"}
                ],
            }
        )
    return lines[::-1]
