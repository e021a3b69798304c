"""报到、来不了、结束吹哨: a short word that goes with the tap."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.whistles import cannot, end_by, report_in


class Answers(BaseModel):
    act: str
    case: int
    version: int
    words: Annotated[str, Field(min_length=2, max_length=200)]


FORM = Form("whistle_word", Answers, (Question(name="words", kind=Kind.TEXT),), facts=("act", "case", "version"))


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _facts(_scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    return {"act": known.get("act")}


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    by, said = scene.known(), answers.words
    if answers.act == "end":
        await end_by(scene.work, by, answers.case, answers.version, said)
    elif answers.act == "cannot":
        await cannot(scene.work, by, answers.case, answers.version, said)
    else:
        await report_in(scene.work, by, answers.case, answers.version, said)
    return scene.text("whistle_word.done")


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may, facts=_facts)
