"""补充几句: what the outgoing officer leaves to the next one, typed or spoken."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.forms import Form, Kind, Question, Voice
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.duty_call import add_words, may_add_words


class Answers(BaseModel):
    handover: int
    words: Annotated[str, Field(min_length=2, max_length=500)] | Voice


FORM = Form(
    "duty_words",
    Answers,
    (Question(name="words", kind=Kind.TEXT, also=(Kind.VOICE,)),),
    facts=("handover",),
)


def _handover(known: Mapping[str, JsonValue]) -> int:
    number = known.get("handover")
    return number if isinstance(number, int) else 0


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    await may_add_words(scene.work, scene.person, _handover(known))


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    spoken = isinstance(answers.words, Voice)
    words = "" if isinstance(answers.words, Voice) else answers.words
    voice = answers.words.file_id if isinstance(answers.words, Voice) else ""
    told = await add_words(scene.work, scene.person, answers.handover, words, voice)
    return scene.text("duty_words.done", told=told, spoken=spoken)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
