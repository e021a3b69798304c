"""定为重大: what it may lead to, and what keeps people safe until it is fixed, without which nothing is 重大."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.hazards import Grade
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.hazards import grade

_CONSEQUENCES = ("buried", "flooded", "fire", "collapse", "road")
_INTERIM = ("moved", "fenced", "watched", "stopped")


class Answers(BaseModel):
    hazard: int
    number: str
    version: int
    consequence: Annotated[str, Field(min_length=2, max_length=200)]
    interim: Annotated[str, Field(min_length=2, max_length=300)]


FORM = Form(
    "grade_hazard",
    Answers,
    (
        Question(name="consequence", kind=Kind.TEXT, choices=tuple(Choice(code) for code in _CONSEQUENCES)),
        Question(name="interim", kind=Kind.TEXT, choices=tuple(Choice(code) for code in _INTERIM)),
    ),
    facts=("hazard", "number", "version"),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    consequence, interim = answers.consequence, answers.interim
    if consequence in _CONSEQUENCES:
        consequence = scene.label(f"grade_hazard.consequence.choice.{consequence}")
    if interim in _INTERIM:
        interim = scene.label(f"grade_hazard.interim.choice.{interim}")
    by = scene.known()
    row = await grade(scene.work, by, answers.hazard, answers.version, Grade.MAJOR, interim, consequence)
    return scene.text("grade_hazard.done", number=row.number)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
