"""Leave: who stands in, from when, until when. Three answers, a review, and one tap of a leader."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, JsonValue, model_validator

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.forms import AnswerError, Form, Kind, Question
from domain.people import Person
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.leave import ask_leave, stand_ins_for

_MORNING = time(8)
_DAYS: Mapping[str, int] = {"today": 0, "tomorrow": 1, "days3": 2, "days7": 6}
"""a leave "for 3 days" ends with the third day"""


class Answers(BaseModel):
    absent: int
    stand_in: int
    starts: AwareDatetime | Literal["now", "morning"]
    ends: AwareDatetime | Literal["today", "tomorrow", "days3", "days7"]

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if isinstance(self.starts, datetime) and isinstance(self.ends, datetime) and self.ends <= self.starts:
            raise AnswerError("ends_too_early", "ends")
        return self


FORM = Form(
    "leave",
    Answers,
    (
        Question(name="stand_in", kind=Kind.PERSON, options="stand_ins"),
        Question(name="starts", kind=Kind.TIME, lean="future", choices=(Choice("now"), Choice("morning"))),
        Question(
            name="ends",
            kind=Kind.TIME,
            lean="future",
            choices=tuple(Choice(code) for code in _DAYS),
            errors=("ends_too_early",),
        ),
    ),
    facts=("absent",),
    errors=("ends_too_early",),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _absent(scene: Scene, known: Mapping[str, JsonValue]) -> Person:
    number = known.get("absent")
    found = await scene.work.rows.people.get(number) if isinstance(number, int) else None
    return found or scene.known()


async def _stand_ins(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The people around the absent one; by name, others of the township. Who speaks for another stands in himself."""
    absent = await _absent(scene, known)
    if absent.id != scene.known().id:
        found = [scene.known()]
    else:
        search = known.get("search")
        found = await stand_ins_for(scene.work, absent, search if isinstance(search, str) else "")
    tree = await scene.work.tree()
    return [
        Choice(
            str(one.id),
            label=scene.label("leave.stand_in.shown", name=one.name, place=tree.path(one.posts[0].place)),
            aliases=(one.name,),
            value=one.id,
        )
        for one in found
        if one.posts
    ]


async def _facts(scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    absent = await _absent(scene, known)
    return {"name": absent.name, "own": absent.id == scene.known().id}


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    starts, ends = _span(answers, scene.work.local(scene.work.now))
    request = await ask_leave(scene.work, scene.known(), answers.absent, answers.stand_in, starts, ends)
    people = await scene.work.rows.people.many({request.person_id, request.stand_in_id})
    return scene.text(
        "leave.sent",
        name=people[request.person_id].name,
        stand_in=people[request.stand_in_id].name,
        starts=scene.work.local(request.starts_at),
        ends=scene.work.local(request.ends_at),
    )


def _span(answers: Answers, now: datetime) -> tuple[datetime, datetime]:
    """The instants meant, on the county's clock. "3 days" counts the first day and ends at its last midnight."""
    if isinstance(answers.starts, datetime):
        starts = answers.starts.astimezone(now.tzinfo)
    elif answers.starts == "now":
        starts = now
    else:
        starts = datetime.combine(now.date() + timedelta(days=1), _MORNING, now.tzinfo)
    if isinstance(answers.ends, datetime):
        return starts, answers.ends
    first = now.date() if answers.ends in {"today", "tomorrow"} else starts.date()
    last = first + timedelta(days=_DAYS[answers.ends] + 1)
    return starts, datetime.combine(last, time(), now.tzinfo)


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"stand_ins": _stand_ins}, may=_may, facts=_facts)
