"""排班: one shift at a time. From when, how long, who leads, who answers the telephone."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Literal

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.form_rules import Ahead
from domain.forms import Form, Kind, Question
from domain.people import Action, PersonId
from domain.places import PlaceCode
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.duty import hours_of, may_be_on_duty, plan_shift
from services.response import officers_at

_MOST = 24


class Answers(BaseModel):
    place: str
    starts: Ahead
    hours: Literal["8", "12", "24"]
    leader: int
    officers: tuple[str, ...] = Field(min_length=1)


FORM = Form(
    "plan_duty",
    Answers,
    (
        Question(name="starts", kind=Kind.TIME, lean="future", options="starts"),
        Question(name="hours", kind=Kind.CHOICE, choices=(Choice("12"), Choice("24"), Choice("8"))),
        Question(name="leader", kind=Kind.PERSON, options="people"),
        Question(name="officers", kind=Kind.MULTI, options="officers"),
    ),
    facts=("place",),
)


def _place(known: Mapping[str, JsonValue]) -> PlaceCode:
    return PlaceCode(str(known.get("place", "")))


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    await scene.work.require(scene.person, Action.PLAN_DUTY, _place(known))


async def _starts(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """First where the plan ends so far, then the usual hours of changing."""
    work = scene.work
    now = work.local(work.now)
    moments = []
    planned = await work.rows.duty.shifts_between(work.now, work.now + timedelta(days=14), [_place(known)])
    if planned:
        moments.append(work.local(max(one.ends_at for one in planned)))
    days = [now.date() + timedelta(days=day) for day in range(3)]
    moments += [datetime.combine(day, time(hour), now.tzinfo) for day in days for hour in (8, 20)]
    ahead = [at for at in dict.fromkeys(moments) if at > now][:5]
    return [
        Choice(f"{at:%m%d%H%M}", label=scene.label("plan_duty.starts.at", at=at), value=at.isoformat()) for at in ahead
    ]


async def _people(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    found = await may_be_on_duty(scene.work, _place(known))
    return [Choice(str(one.id), label=one.name, aliases=(one.name,), value=one.id) for one in found[:_MOST]]


async def _officers(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    found = await may_be_on_duty(scene.work, _place(known))
    return [Choice(str(one.id), label=one.name) for one in found[:_MOST]]


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    work = scene.work
    shift = await plan_shift(
        work,
        scene.person,
        PlaceCode(answers.place),
        answers.starts,
        answers.starts + timedelta(hours=int(answers.hours)),
        PersonId(answers.leader),
        [PersonId(int(one)) for one in answers.officers],
    )
    people = await work.rows.people.many(shift.members)
    return scene.text(
        "plan_duty.done",
        names=[people[one].name for one in shift.members],
        short=max(0, await officers_at(work, shift.place) - len(shift.officers)),
        **hours_of(work, shift),
    )


DIALOGUE = Dialogue(
    form=FORM,
    submit=_submit,
    options={"starts": _starts, "people": _people, "officers": _officers},
    may=_may,
)
