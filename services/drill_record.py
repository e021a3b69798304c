"""The record of a drill (F13): who took part, what was played when, how long answers took, who did not answer, and what
the organiser makes of it. Counted from rows whenever it is asked for."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from domain.drills import Drill, Evaluation
from domain.errors import Stale
from domain.people import Person
from services.drill_words import drill_facts, record_buttons
from services.ports import DrillThing, Obligation
from services.work import Work

_NAMED = 20


@dataclass(frozen=True, slots=True)
class Played:
    """One thing that was played, and how it was answered."""

    at: datetime
    what: str
    asked: int
    answered: int
    late: int
    minutes: float | None
    """the middle one of all answers"""


def _played(at: datetime, what: str, owed: Sequence[Obligation]) -> Played:
    took = [(o.answered_at - o.opened_at - o.stopped).total_seconds() / 60 for o in owed if o.answered_at is not None]
    late = sum(one.late for one in owed)
    return Played(at, what, len(owed), len(took), late, round(max(0.0, median(took)), 1) if took else None)


async def played(work: Work, drill: Drill, lang: str) -> list[Played]:
    """Warnings, responses, checks and hazards line by line; rounds of patrols together."""
    owed: dict[str, list[Obligation]] = {}
    for one in await work.rows.drills.owed_in(drill.id):
        owed.setdefault(one.subject, []).append(one)
    lines, walks = list[Played](), list[DrillThing]()
    for thing in await work.rows.drills.things_of(drill.id):
        if thing.kind == "patrol":
            walks.append(thing)
        elif (name := _NAMES.get(thing.kind)) is not None:
            lines.append(_played(thing.made_at, await name(work, thing.number, lang), owed.get(thing.subject, ())))
    if walks:
        every = [one for thing in walks for one in owed.get(thing.subject, ())]
        lines.append(_played(walks[0].made_at, work.words.label("drill.thing.patrol", lang, count=len(walks)), every))
    return sorted(lines, key=lambda line: line.at)


async def _warning(work: Work, number: int, lang: str) -> str:
    row = await work.rows.warnings.get(number)
    assert row is not None  # rows are never deleted
    colour = work.words.label(f"warning.colour.{row.colour.value}", lang)
    return work.words.label("drill.thing.warning", lang, kind=row.kind, colour=colour, number=row.number)


async def _response(work: Work, number: int, lang: str) -> str:
    row = await work.rows.responses.get(number)
    assert row is not None
    return work.words.label("drill.thing.response", lang, level=row.level.sign, number=row.number)


async def _check(work: Work, number: int, lang: str) -> str:
    row = await work.rows.checks.get(number)
    assert row is not None
    topic = work.words.label(f"check.topic.{row.topic.value}", lang)
    return work.words.label("drill.thing.check", lang, topic=topic, number=row.number)


async def _hazard(work: Work, number: int, lang: str) -> str:
    row = await work.rows.hazards.get(number)
    assert row is not None
    return work.words.label("drill.thing.hazard", lang, number=row.number)


_NAMES: Mapping[str, Callable[[Work, int, str], Awaitable[str]]] = {
    "warning": _warning,
    "response": _response,
    "check": _check,
    "hazard": _hazard,
}


async def record_facts(work: Work, drill: Drill, lang: str) -> dict[str, Any]:
    """Everything of F13."""
    tree, owed = await work.tree(), await work.rows.drills.owed_in(drill.id)
    lines = await played(work, drill, lang)
    asked = {one.person_id for one in owed}
    quiet = asked - {one.person_id for one in owed if one.answered_at is not None}
    people, places = await work.rows.people.many(quiet), {one.person_id: one.place for one in owed}
    told = drill.evaluation
    return {
        **await drill_facts(work, drill, lang),
        "broken_off": bool(drill.stopped_by),
        "people": len(asked) if told is None or told.people is None else told.people,
        "asked": len(asked),
        "answered": len(asked) - len(quiet),
        "groups": len(await work.rows.drills.chats_told(drill.id)),
        "lines": [
            {
                "at": work.local(one.at),
                "what": one.what,
                "asked": one.asked,
                "answered": one.answered,
                "late": one.late,
                "minutes": one.minutes,
            }
            for one in lines
        ],
        "silent": [f"{tree.path(places[one.id])} {one.name}" for one in people.values()][:_NAMED],
        "silent_count": len(quiet),
        "verdict": "" if told is None else work.words.label(f"drill.verdict.{told.verdict.value}", lang),
        "words": "" if told is None else told.words,
        "problems": "" if told is None else told.problems,
        "measures": "" if told is None else told.measures,
    }


async def send_record(work: Work, drill: Drill) -> None:
    """To its organiser, in private: what the bot knows, and the way to write the rest."""
    organiser = await work.rows.people.get(drill.opened_by)
    if organiser is not None:
        await tell_record(work, drill, organiser, f"{drill.subject}:record")


async def tell_record(work: Work, drill: Drill, to: Person, key: str) -> None:
    text = work.words.card("drill_record", to.language, **await record_facts(work, drill, to.language))
    buttons = record_buttons(work, drill, to.language)
    await work.tell(to, key, text, subject=drill.subject, buttons=buttons)


async def evaluate(work: Work, person: Person, drill: Drill, evaluation: Evaluation) -> None:
    """What the organiser writes; written again it replaces the earlier one, and the timeline says so."""
    if not drill.is_over:
        raise Stale("refused.stale")
    await work.rows.drills.evaluate(drill.id, evaluation)
    await work.note("drill.evaluated", drill.subject, person, verdict=evaluation.verdict.value)
