"""不奖励: with the reason, which the reporter is told."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.rewards import refuse

_REASONS = ("known", "duty", "untrue")


class Answers(BaseModel):
    case: int
    version: int
    number: str
    reason: Annotated[str, Field(min_length=2, max_length=100)]


FORM = Form(
    "refuse_reward",
    Answers,
    (Question(name="reason", kind=Kind.TEXT, choices=tuple(Choice(code) for code in _REASONS)),),
    facts=("case", "version", "number"),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    reason = answers.reason
    if reason in _REASONS:
        reason = scene.label(f"refuse_reward.reason.choice.{reason}")
    await refuse(scene.work, scene.known(), answers.case, answers.version, reason)
    return scene.text("refuse_reward.done", number=answers.number)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
