"""A risk point is no more: one reason, and it is taken out of the register; nothing of it is deleted."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.dialogues.change_point import closing, may_change, point_of
from handlers.scene import Scene
from services.points import retire_point

_REASONS = ("treated", "moved", "checked", "merged")


class Answers(BaseModel):
    point: int
    version: int
    reason: Annotated[str, Field(min_length=2, max_length=200)]


FORM = Form(
    "retire_point",
    Answers,
    (Question(name="reason", kind=Kind.TEXT, choices=tuple(Choice(code) for code in _REASONS)),),
    facts=("point", "version"),
)


async def _facts(scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    return {"name": (await point_of(scene, known)).name}


async def _submit(scene: Scene, answers: BaseModel, known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    reason = answers.reason
    if reason in _REASONS:
        reason = scene.label(f"retire_point.reason.choice.{reason}")
    point = await point_of(scene, known)
    return closing(scene, await retire_point(scene.work, scene.known(), point, reason), point.name, "retired")


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=may_change, facts=_facts)
