"""After a drill its organiser writes the rest of the record: a verdict, what was wrong, what is done about it."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.drills import Evaluation, Verdict
from domain.errors import Stale
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Closing, Dialogue
from handlers.scene import Scene
from services.drill_record import evaluate
from services.drill_words import record_buttons
from services.drills import seen_by

Words = Annotated[str, Field(min_length=1, max_length=600)]


class Answers(BaseModel):
    of_drill: int
    verdict: Verdict
    people: Annotated[int, Field(ge=0, le=100_000)] | None = None
    problems: Words
    measures: Words | None = None
    words: Words | None = None


FORM = Form(
    "judge_drill",
    Answers,
    (
        Question(name="verdict", kind=Kind.CHOICE, choices=tuple(Choice(one.value) for one in Verdict)),
        Question(name="people", kind=Kind.NUMBER, required=False, units=("人",)),
        Question(name="problems", kind=Kind.TEXT),
        Question(name="measures", kind=Kind.TEXT, required=False),
        Question(name="words", kind=Kind.TEXT, required=False),
    ),
    facts=("of_drill",),
)


def _number(known: Mapping[str, JsonValue]) -> int:
    number = known.get("of_drill")
    if not isinstance(number, int):
        raise Stale("refused.stale")
    return number


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    await seen_by(scene.work, scene.person, _number(known))


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Closing | Html:
    assert isinstance(answers, Answers)
    drill = await seen_by(scene.work, scene.person, answers.of_drill)
    told = Evaluation(answers.verdict, answers.words or "", answers.problems, answers.measures or "", answers.people)
    await evaluate(scene.work, scene.known(), drill, told)
    return Closing(scene.text("judge_drill.done"), record_buttons(scene.work, drill, scene.lang)[:1])


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
