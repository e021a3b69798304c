"""发放奖励: against the code that only the reporter knows."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.rewards import pay


class Answers(BaseModel):
    case: int
    version: int
    number: str
    code: Annotated[str, Field(min_length=4, max_length=40)]


FORM = Form("pay_reward", Answers, (Question(name="code", kind=Kind.TEXT),), facts=("case", "version", "number"))


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    case = await pay(scene.work, scene.known(), answers.case, answers.version, answers.code)
    return scene.text("pay_reward.done" if case is not None else "pay_reward.wrong", number=answers.number)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
