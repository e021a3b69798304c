"""The county's divisions come in: all of a file or nothing of it. Places are added and renamed, never removed."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.place_rows import read_places
from domain.places import Place, PlaceTree
from domain.tables import Line, Problem
from domain.text import Html
from services.work import Work


@dataclass(frozen=True, slots=True)
class PlacesResult:
    """With problems nothing was changed."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    problems: tuple[Problem, ...] = ()
    unused: tuple[str, ...] = ()
    """titles of columns that were not read"""
    same_names: tuple[str, ...] = ()
    """names that two places under the same place have: rosters must then use codes"""


async def import_places(work: Work, rows: Sequence[Line]) -> PlacesResult:
    """Bring a file of divisions in; grids too. The tree of this piece of work is the one before the import."""
    known = await work.rows.places.tree()
    reading = read_places(rows, known, work.county)
    if reading.problems:
        return PlacesResult(problems=reading.problems, unused=reading.unused)
    added = [place for place in reading.places if place.code not in known]
    changed = [place for place in reading.places if place.code in known and known.get(place.code) != place]
    after = PlaceTree({**{place.code: place for place in known}, **{p.code: p for p in reading.places}}.values())
    await work.rows.places.save([*added, *changed])
    await work.note("places.imported", "places", None, added=len(added), updated=len(changed))
    return PlacesResult(
        len(added),
        len(changed),
        len(reading.places) - len(added) - len(changed),
        unused=reading.unused,
        same_names=_same_names(after, reading.places),
    )


def _same_names(tree: PlaceTree, places: Sequence[Place]) -> tuple[str, ...]:
    twice = {
        tree.path(place.code)
        for place in places
        if place.parent is not None and sum(one.name == place.name for one in tree.children(place.parent)) > 1
    }
    return tuple(sorted(twice))


def report(work: Work, result: PlacesResult, lang: str = "zh") -> Html:
    return work.words.card(
        "places_imported",
        lang,
        added=result.added,
        updated=result.updated,
        unchanged=result.unchanged,
        problems=[{"line": one.line, "text": work.words.text(one.key, lang, **one.facts)} for one in result.problems],
        unused=list(result.unused),
        same_names=list(result.same_names),
    )
