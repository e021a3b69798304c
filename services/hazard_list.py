"""The list of open hazards as somebody sees it: a page with its counts, and how it divides by place and by kind. What
a person may see is put into one question (`domain.hazard_lists.scope_of`).
"""

from dataclasses import dataclass
from typing import Any

from domain.hazard_lists import HazardScope, HazardTab, HazardWish, PageEnd, scope_of
from domain.hazards import Category, is_grave
from domain.people import Person
from domain.places import Place
from services.ledgers import owned_by
from services.ports import HazardListLine, HazardRow
from services.work import Work

_PAGE = 8


@dataclass(frozen=True, slots=True)
class Shown:
    wish: HazardWish
    lines: list[dict[str, Any]]
    sums: dict[HazardTab, int]
    facts: dict[str, Any]
    end: PageEnd | None
    """of this page, where another one follows"""


async def scope(work: Work, person: Person) -> HazardScope:
    return scope_of((person, *await work.stood_in_for(person)), lambda name: owned_by(work, name))


async def shown(work: Work, person: Person, wish: HazardWish, after: PageEnd | None = None) -> Shown:
    """One page, the most urgent first: overdue, grave, the others; the oldest first among them."""
    own, lang, label = await scope(work, person), person.language, work.words.label
    found = await work.rows.hazard_lists.page(own, wish, work.now, after, _PAGE + 1)
    sums = dict(await work.rows.hazard_lists.sums(own, wish, work.now))
    last = found[_PAGE - 1] if len(found) > _PAGE else None
    kind = None if wish.category is None else label(f"report_hazard.category.choice.{wish.category.value}", lang)
    facts = {
        "tab": wish.tab.value,
        "total": sums[wish.tab],
        "where": "" if wish.place is None else (await work.tree()).path(wish.place),
        "kind": kind or "",
    }
    lines = [await _line(work, one, lang) for one in found[:_PAGE]]
    return Shown(wish, lines, sums, facts, None if last is None else PageEnd(last.urgency, last.row.id))


async def most_urgent(work: Work, person: Person, limit: int) -> list[HazardRow]:
    own = await scope(work, person)
    return [one.row for one in await work.rows.hazard_lists.page(own, HazardWish(), work.now, None, limit)]


async def places(work: Work, person: Person, wish: HazardWish) -> list[tuple[Place, int]]:
    """The townships of the county, or the villages of the township that is looked at, with how many each has."""
    own, tree = await scope(work, person), await work.tree()
    township = None if wish.place is None else tree.township_of(wish.place)
    townships: dict[Place, int] = {}
    villages: dict[Place, int] = {}
    for code, number in (await work.rows.hazard_lists.by_place(own, wish, work.now)).items():
        above, below = tree.township_of(code), tree.village_of(code) or tree.get(code)
        if above is not None:
            townships[above] = townships.get(above, 0) + number
        if below is not None and (township is None or above == township):
            villages[below] = villages.get(below, 0) + number
    divided = villages if township is not None or len(townships) == 1 else townships
    return sorted(divided.items(), key=lambda one: one[0].code)


async def categories(work: Work, person: Person, wish: HazardWish) -> list[tuple[Category, int]]:
    """The most frequent first."""
    found = await work.rows.hazard_lists.by_category(await scope(work, person), wish, work.now)
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


async def _line(work: Work, one: HazardListLine, lang: str) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.id,
        "version": row.version,
        "number": row.number,
        "category": work.words.label(f"report_hazard.category.choice.{row.category.value}", lang),
        "place": (await work.tree()).path(row.place),
        "state": work.words.label(f"hazard.state.{row.state.value}", lang),
        "overdue": one.urgency == 0,
        "grave": is_grave(row.grade, suspected=row.suspected),
        "listed": row.listed,
        "whistled": row.whistled,
        "assignee": one.assignee,
        "due": None if row.due_at is None or row.at_once else work.local(row.due_at),
    }
