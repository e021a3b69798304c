"""退回: the second person does not agree with a warning, and says why."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.warning_approval import send_back

_REASONS = ("colour", "area", "words", "no_need")


class Answers(BaseModel):
    warning: int
    number: str
    reason: Annotated[str, Field(min_length=2, max_length=300)]


FORM = Form(
    "return_warning",
    Answers,
    (Question(name="reason", kind=Kind.TEXT, choices=tuple(Choice(code) for code in _REASONS)),),
    facts=("warning", "number"),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    reason = answers.reason
    if reason in _REASONS:
        reason = scene.label(f"return_warning.reason.choice.{reason}")
    row = await send_back(scene.work, scene.person, answers.warning, reason)
    return scene.text("return_warning.done", number=row.number)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
