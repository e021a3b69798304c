"""A drill that was held without the bot, entered afterwards by whoever leads there: it counts for the year like any
other, and its record says that it was entered. Nobody is asked or told anything."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.action_cards import Family
from domain.drills import Content, Drill, DrillForm, DrillState, Evaluation, Verdict
from domain.errors import DomainError
from domain.papers import PhotoRole
from domain.people import Action, Person
from domain.places import PlaceCode
from services.drills import leave_wound_up
from services.photos import want
from services.work import Work

_LONG = timedelta(hours=1)
"""its end is not asked for"""


@dataclass(frozen=True, slots=True)
class PastDrill:
    place: PlaceCode
    kind: Family
    form: DrillForm
    contents: tuple[Content, ...]
    held_at: datetime
    people: int
    verdict: Verdict
    problems: str = ""
    photos: tuple[str, ...] = ()


async def enter_past(work: Work, person: Person | None, past: PastDrill) -> Drill:
    """Raises NotAllowed; DomainError where one of this place and day is entered already, and for a time to come."""
    person = await work.require(person, Action.RUN_DRILL, past.place)
    day = work.local(past.held_at).replace(hour=0, minute=0, second=0, microsecond=0)
    if past.held_at > work.now:
        raise DomainError("dialogue.error.time_in_future")
    for other in await work.rows.drills.began_since(day):
        begun = other.began_at
        if other.place == past.place and other.entered and begun is not None and begun < day + timedelta(days=1):
            raise DomainError("drill.refused.entered")
    ended = min(past.held_at + _LONG, work.now)
    drill = await work.rows.drills.add(
        Drill(
            id=0,
            place=past.place,
            kind=past.kind,
            form=past.form,
            contents=past.contents,
            blind=False,
            reason="",
            script="",
            starts_at=past.held_at,
            ends_at=max(ended, past.held_at + timedelta(minutes=1)),
            opened_by=person.id,
            opened_at=work.now,
            state=DrillState.ENDED,
            began_at=past.held_at,
            ended_at=ended,
            ended_by=person.id,
        )
    )
    await work.rows.drills.evaluate(drill.id, Evaluation(past.verdict, "", past.problems, "", past.people))
    await leave_wound_up(work, drill)
    await want(work, drill.subject, past.photos, PhotoRole.PROOF)
    await work.note("drill.entered", drill.subject, person, place=past.place, people=past.people)
    return drill
