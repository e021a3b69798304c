"""What the bot itself knows about the thing that was asked: put beside the answer, for the human who judges.

Taken at the instant of the answer and kept as JSON, because tomorrow's records would make a true answer of today look
false. It decides nothing. Where the bot has no record, it says so.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from domain.check_compare import Compared, compare, water_level
from domain.checks import Topic
from domain.people import Person
from domain.places import PlaceCode, ancestors, is_within
from domain.text import Html
from services.check_view import One
from services.ports import AskedRow, CheckRow
from services.work import Work

_NAMED = 5
_PATROL_DAYS = 7

Fact = Mapping[str, Any]
_LAST = {"warning": "last_warning_answer", "acting": "last_measure", "patrol": "last_check_in", "hazard": "last_report"}


async def facts_of(work: Work, check: CheckRow, asked: AskedRow, person: Person) -> list[Fact]:
    """JSON values; `key` names the text check.fact.<key>, what ends in _at is an instant."""
    match asked.topic or check.topic:
        case Topic.PRESENCE:
            return await _presence(work, person)
        case Topic.HAZARDS:
            return await _hazards(work, asked.place)
        case Topic.WARNINGS:
            return await _warnings(work, asked.place, person)
        case Topic.PATROL:
            return await _patrol(work, person)
        case Topic.RISKS:
            return await _risks(work, asked.place)
    return [{"key": "no_list"}]


async def _risks(work: Work, place: PlaceCode) -> list[Fact]:
    """The register of risk points: how many, whom they threaten, where to, who moves them."""
    points = await work.rows.points.in_places([place])
    if not points:
        return [{"key": "no_points"}]
    movers = await work.rows.people.many({person for one in points for person in one.evacuators})
    households = [one.households for one in points if one.households is not None]
    people = [one.people for one in points if one.people is not None]
    return [
        {
            "key": "points",
            "count": len(points),
            "households": sum(households) if len(households) == len(points) else None,
            "people": sum(people) if len(people) == len(points) else None,
            "names": [one.name for one in points[:_NAMED]],
            "shelters": list(dict.fromkeys(one.shelter for one in points if one.shelter))[:_NAMED],
            "evacuators": [one.name for one in movers.values()][:_NAMED],
        }
    ]


async def _presence(work: Work, person: Person) -> list[Fact]:
    found: list[Fact] = []
    for leave in await work.rows.people.leaves(work.now):
        if leave.person_id == person.id:
            stand_in = await work.rows.people.get(leave.stand_in_id)
            name = "" if stand_in is None else stand_in.name
            found.append({"key": "on_leave", "until_at": leave.ends_at.isoformat(), "name": name})
    last = await work.rows.checks.last_activity(person.id)
    if last is not None:
        found.append({"key": _LAST[last.subject.partition(":")[0]], "was_at": last.at.isoformat()})
    return found or [{"key": "no_activity"}]


async def _hazards(work: Work, place: PlaceCode) -> list[Fact]:
    alive = await work.rows.hazards.alive_in([place])
    if not alive:
        return [{"key": "no_hazards"}]
    numbers = [row.number for row in alive[:_NAMED]]
    overdue = sum(1 for row in alive if row.due_at is not None and row.due_at < work.now)
    return [{"key": "hazards", "count": len(alive), "overdue": overdue, "numbers": numbers}]


async def _warnings(work: Work, place: PlaceCode, person: Person) -> list[Fact]:
    around = {place, *ancestors(place)}
    for number in await work.rows.checks.newest_warnings():
        row = await work.rows.warnings.get(number)
        if row is None or not any(code in around or is_within(code, place) for code in row.places):
            continue
        owed = await work.rows.obligations.find(row.subject, person.id, "acknowledge")
        answered = None if owed is None or owed.answered_at is None else owed.answered_at.isoformat()
        warning = {
            "key": "last_warning",
            "kind": row.kind,
            "colour": row.colour.value,
            "number": row.number,
            "issued_at": row.sent.isoformat(),
        }
        found = [warning, {"key": "warning_not_answered"} if answered is None else _answered(answered)]
        return found + await _households(work, row.id, place)
    return [{"key": "no_warning"}]


async def _households(work: Work, warning_id: int, place: PlaceCode) -> list[Fact]:
    """How far the warning got in the village, as it was last reported."""
    village = (await work.tree()).village_of(place)
    reports = await work.rows.answers.households_of(warning_id)
    newest = None if village is None else reports.get(village.code)
    if newest is None:
        return []
    facts = {"reached": newest.reached, "total": newest.total, "was_at": newest.at.isoformat()}
    return [{"key": "households", **facts}]


def _answered(at: str) -> Fact:
    return {"key": "warning_answered", "was_at": at}


async def _patrol(work: Work, person: Person) -> list[Fact]:
    last = await work.rows.patrols.newest_of(person.id, work.now - timedelta(days=_PATROL_DAYS))
    if last is None:
        return [{"key": "no_patrol", "days": _PATROL_DAYS}]
    return [
        {
            "key": "patrol",
            "was_at": last.seen_at.isoformat(),
            "place": (await work.tree()).path(last.place),
            "finding": last.finding.value,
            "words": last.words,
            "names": [] if (here := (await work.tree()).get(last.place)) is None else [here.name],
            "level": water_level(last.words),
        }
    ]


def comparison(check: CheckRow, one: One) -> list[Compared]:
    """Everything he said to it, beside the facts of the moment of his first answer; nothing where it was never said."""
    said = [entry for entry in one.entries if entry.kind in {"answer", "supplement"}]
    text = " ".join(entry.text for entry in said if entry.text)
    codes = said[0].codes if said else ()
    return compare(one.asked.topic or check.topic, text, codes, one.asked.facts or ()) if said else []


def told(work: Work, facts: tuple[Fact, ...] | None, lang: str) -> list[Html]:
    """The facts in words; nothing where none were taken."""
    return [_told(work, dict(one), lang) for one in facts or ()]


def _told(work: Work, fact: dict[str, Any], lang: str) -> Html:
    key = fact.pop("key")
    known = {
        name: work.local(datetime.fromisoformat(value)) if name.endswith("_at") else value
        for name, value in fact.items()
    }
    return work.words.text(f"check.fact.{key}", lang, **known)
