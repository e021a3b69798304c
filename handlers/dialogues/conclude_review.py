"""整改意见: what a leader concludes from a review."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.errors import Stale
from domain.forms import Form, Kind, Question
from domain.places import PlaceCode
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.review import conclude, seen


class Answers(BaseModel):
    period: int
    place: str
    words: Annotated[str, Field(min_length=2, max_length=800)]


FORM = Form("conclude_review", Answers, (Question(name="words", kind=Kind.TEXT),), facts=("period", "place"))


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    period, place = known.get("period"), known.get("place")
    if not isinstance(period, int) or not isinstance(place, str):
        raise Stale("refused.stale")
    await seen(scene.work, scene.person, period, PlaceCode(place))


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    done = await conclude(scene.work, scene.person, answers.period, PlaceCode(answers.place), answers.words)
    return scene.text("conclude_review.done", version=done.version)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
