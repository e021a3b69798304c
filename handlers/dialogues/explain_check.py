"""我要说明: what the person has to say to the result of his spot check, typed or spoken. Goes to whoever judged."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.forms import Form, Kind, Question, Voice
from domain.obligations import Channel
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.check_answers import Said, explain, may_explain


class Answers(BaseModel):
    check: int
    words: Annotated[str, Field(min_length=2, max_length=800)] | Voice


FORM = Form(
    "explain_check",
    Answers,
    (Question(name="words", kind=Kind.TEXT, also=(Kind.VOICE,)),),
    facts=("check",),
)


def _check(known: Mapping[str, JsonValue]) -> int:
    value = known.get("check")
    assert isinstance(value, int)
    return value


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    await may_explain(scene.work, scene.person, _check(known))


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    if isinstance(answers.words, Voice):
        said = Said(Channel.VOICE, file_id=answers.words.file_id, seconds=answers.words.seconds)
    else:
        said = Said(Channel.TEXT, text=answers.words)
    reader = await explain(scene.work, scene.person, answers.check, said)
    if reader is None:
        return scene.text("explain_check.kept")
    return scene.text("explain_check.done", name=reader.name)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
