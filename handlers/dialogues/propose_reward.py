"""奖励金额: within the county's table; somebody else approves it."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.rewards import propose


class Answers(BaseModel):
    case: int
    version: int
    number: str
    low: int
    high: int
    amount: Annotated[int, Field(ge=1, le=1_000_000)]


FORM = Form(
    "propose_reward",
    Answers,
    (Question(name="amount", kind=Kind.NUMBER, units=("元", "块")),),
    facts=("case", "version", "number", "low", "high"),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    await propose(scene.work, scene.known(), answers.case, answers.version, answers.amount)
    return scene.text("propose_reward.done", number=answers.number)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
