"""挂牌隐患申请延期: until when, and why."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.errors import NotAllowed
from domain.form_rules import Ahead
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.listings import ask_extension


class Answers(BaseModel):
    listing: int
    version: int
    until: Ahead
    words: Annotated[str, Field(min_length=2, max_length=200)]


FORM = Form(
    "extend_listing",
    Answers,
    (Question(name="until", kind=Kind.TIME, lean="future"), Question(name="words", kind=Kind.TEXT)),
    facts=("listing", "version"),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    by, until = scene.known(), answers.until
    listing = await ask_extension(scene.work, by, answers.listing, answers.version, until, answers.words)
    return scene.text("extend_listing.late" if listing.asked_late else "extend_listing.done")


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
