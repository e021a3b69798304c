"""来电来文: who called, what about; what is proposed and what was done may be left out."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.people import Action
from domain.places import PlaceCode
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.duty_log import write_entry


class Answers(BaseModel):
    place: str
    corrects: int
    caller: Annotated[str, Field(min_length=2, max_length=80)]
    content: Annotated[str, Field(min_length=2, max_length=800)]
    proposal: Annotated[str, Field(max_length=300)] | None = None
    result: Annotated[str, Field(max_length=300)] | None = None


FORM = Form(
    "duty_entry",
    Answers,
    (
        Question(name="caller", kind=Kind.TEXT),
        Question(name="content", kind=Kind.TEXT),
        Question(name="proposal", kind=Kind.TEXT, required=False),
        Question(name="result", kind=Kind.TEXT, required=False),
    ),
    facts=("place", "corrects"),
)


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    await scene.work.require(scene.person, Action.KEEP_LOG, PlaceCode(str(known.get("place", ""))))


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    entry = await write_entry(
        scene.work,
        scene.person,
        PlaceCode(answers.place),
        caller=answers.caller,
        content=answers.content,
        proposal=answers.proposal or "",
        result=answers.result or "",
        corrects=answers.corrects,
    )
    return scene.text("duty_entry.done", at=scene.work.local(entry.heard_at), version=entry.version)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
