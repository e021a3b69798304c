"""The facts a response's texts need, gathered once."""

from collections.abc import Iterable
from typing import Any

from domain.action_cards import Family
from domain.people import Action, PersonId, may
from domain.places import PlaceCode
from domain.response import Move, Period, PeriodChange, without
from services.warning_texts import place_names, townships_if_whole_county
from services.work import Work

_EVACUATED = frozenset({Family.TYPHOON, Family.RAIN, Family.FLOOD, Family.FLASH, Family.GEO})
"""kinds for which people were moved out, who do not go back by themselves"""


async def area_facts(work: Work, places: Iterable[PlaceCode]) -> dict[str, Any]:
    """The places by name; the whole county is one name with its townships counted."""
    tree = await work.tree()
    given = tuple(places)
    names, more = place_names(tree, given)
    return {"places": names, "more_places": more, "townships": townships_if_whole_county(tree, given)}


async def body_of(work: Work, places: Iterable[PlaceCode], signed_by: PersonId) -> str:
    """Whose command it is: the county's where its own people sign or more than one township is meant, else the
    township's in which all of it lies."""
    tree = await work.tree()
    county = tree.get(work.county)
    signer = await work.rows.people.get(signed_by)
    if signer is not None and may(signer, Action.MOVE_RESPONSE, work.county):
        return "" if county is None else county.name
    townships = {found.name for code in places if (found := tree.township_of(code)) is not None}
    whole = any(tree.township_of(code) is None for code in places)
    if len(townships) == 1 and not whole:
        return next(iter(townships))
    return "" if county is None else county.name


async def name_of(work: Work, person_id: int | None) -> str:
    person = None if person_id is None else await work.rows.people.get(person_id)
    return "" if person is None else person.name


async def post_facts(work: Work, period: Period, change: PeriodChange, before: Period | None) -> dict[str, Any]:
    """What an announcement says. `before`: the period as it was, where it is not the first."""
    tree = await work.tree()
    was = () if before is None else before.places
    added, dropped = without(tree, period.places, was), without(tree, was, period.places)
    return {
        "body": await body_of(work, (*period.places, *was), change.by),
        "added": [tree.path(code) for code in added] if change.move is Move.WIDEN else [],
        "dropped": [tree.path(code) for code in dropped] if change.move is Move.NARROW else [],
        "number": period.number,
        "move": change.move.value,
        "kind": work.words.label(f"response.kind.{period.hazard_kind.value}"),
        "level": period.level.sign,
        "was": "" if before is None else before.level.sign,
        "duty": work.words.label(f"response.duty.{period.level.value}"),
        "at": work.local(change.at),
        "reason": change.reason,
        "by": await name_of(work, change.by),
        "stay_away": change.move in {Move.LOWER, Move.END} and period.hazard_kind in _EVACUATED,
        **await area_facts(work, period.places),
    }


async def history_of(work: Work, period: Period, lang: str) -> list[dict[str, Any]]:
    """Every change, oldest first: what, when, by whom and why."""
    changes = await work.rows.responses.changes_of(period.id)
    people = await work.rows.people.many({change.by for change in changes})
    return [
        {
            "at": work.local(change.at),
            "what": work.words.label(f"response.move.{change.move.value}", lang),
            "level": change.level.sign,
            "by": people[change.by].name if change.by in people else "",
            "reason": change.reason,
        }
        for change in changes
    ]


async def shown(work: Work, period: Period, lang: str) -> dict[str, Any]:
    """One period as /response shows it."""
    return {
        "number": period.number,
        "kind": work.words.label(f"response.kind.{period.hazard_kind.value}", lang),
        "level": period.level.sign,
        "duty": work.words.label(f"response.duty.{period.level.value}", lang),
        "since": work.local(period.started_at),
        "history": await history_of(work, period, lang),
        **await area_facts(work, period.places),
    }
