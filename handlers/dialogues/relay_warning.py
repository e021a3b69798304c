"""加附言转发: a township passes a warning on to its villages with a remark of its own."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from handlers.warning_relay import said
from services.warning_relay import relay


class Answers(BaseModel):
    warning: int
    number: str
    remark: Annotated[str, Field(min_length=2, max_length=120)]


FORM = Form(
    "relay_warning",
    Answers,
    (Question(name="remark", kind=Kind.TEXT),),
    facts=("warning", "number"),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    done = await relay(scene.work, scene.person, answers.warning, answers.remark)
    address, facts = said(scene, done)
    return scene.text(address, **facts)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
