"""挂牌隐患的进展: one line, as often as the county asks."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.listings import report_progress


class Answers(BaseModel):
    listing: int
    words: Annotated[str, Field(min_length=2, max_length=300)]


FORM = Form("listing_progress", Answers, (Question(name="words", kind=Kind.TEXT),), facts=("listing",))


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    await report_progress(scene.work, scene.known(), answers.listing, answers.words)
    return scene.text("listing_progress.done")


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
