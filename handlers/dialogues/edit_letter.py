"""改函单: the words of a draft, typed anew, each line a paragraph."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.letters import edit


class Answers(BaseModel):
    letter: int
    version: int
    words: Annotated[str, Field(min_length=4, max_length=2000)]


FORM = Form("edit_letter", Answers, (Question(name="words", kind=Kind.TEXT),), facts=("letter", "version"))


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    await edit(scene.work, scene.known(), answers.letter, answers.version, answers.words)
    return scene.text("edit_letter.done")


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
