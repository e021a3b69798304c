"""已整改: a photo of how it is now, which is required, and a word, which is not."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.hazards import fixed


class Answers(BaseModel):
    hazard: int
    number: str
    photos: Annotated[tuple[str, ...], Field(min_length=1, max_length=10)]
    words: Annotated[str, Field(min_length=1, max_length=300)] | None = None


FORM = Form(
    "fix_hazard",
    Answers,
    (
        Question(name="photos", kind=Kind.PHOTO, many=True),
        Question(name="words", kind=Kind.TEXT, required=False),
    ),
    facts=("hazard", "number"),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    row = await fixed(scene.work, scene.known(), answers.hazard, answers.photos, answers.words or "")
    return scene.text("fix_hazard.done", number=row.number)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
