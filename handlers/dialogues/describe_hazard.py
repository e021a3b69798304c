"""写明情况: what was only spoken is written down by whoever listened."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.hazards import describe


class Answers(BaseModel):
    hazard: int
    number: str
    words: Annotated[str, Field(min_length=2, max_length=500)]


FORM = Form("describe_hazard", Answers, (Question(name="words", kind=Kind.TEXT),), facts=("hazard", "number"))


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _facts(_scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    return {"number": known.get("number")}


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    row = await describe(scene.work, scene.known(), answers.hazard, answers.words)
    return scene.text("describe_hazard.done", number=row.number)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may, facts=_facts)
