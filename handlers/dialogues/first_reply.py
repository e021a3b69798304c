"""首次回复: who commands, how many villages are affected, how many people were moved. 不清楚 is an answer, not 0."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.forms import Form, Kind, Question
from domain.people import Person
from domain.places import PlaceCode
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.first_reply import Said, give, to_reply

_UNKNOWN = Choice("unknown", aliases=("不知道", "不清楚", "不明", "未知"))


class Answers(BaseModel):
    warning: int
    township: str
    commander: Annotated[str, Field(min_length=1, max_length=40)]
    villages: Annotated[int, Field(ge=0, le=500)] | Literal["unknown"]
    moved: Annotated[int, Field(ge=0, le=100_000)] | Literal["unknown"]


FORM = Form(
    "first_reply",
    Answers,
    (
        Question(name="commander", kind=Kind.TEXT, choices=(Choice("myself"),)),
        Question(name="villages", kind=Kind.NUMBER, choices=(_UNKNOWN,)),
        Question(name="moved", kind=Kind.NUMBER, choices=(Choice("nobody", value=0), _UNKNOWN), nothing=0),
    ),
    facts=("warning", "township"),
)


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    await to_reply(scene.work, scene.person, _number(known), PlaceCode(str(known["township"])))


def _number(known: Mapping[str, JsonValue]) -> int:
    value = known["warning"]
    assert isinstance(value, int)
    return value


async def _facts(scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    tree = await scene.work.tree()
    return {"place": tree.path(PlaceCode(str(known["township"])))}


def _commander(person: Person, said: str) -> str:
    return person.name if said == "myself" else said


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    kept = await give(
        scene.work,
        scene.person,
        answers.warning,
        PlaceCode(answers.township),
        Said(
            _commander(scene.known(), answers.commander),
            answers.villages if isinstance(answers.villages, int) else None,
            answers.moved if isinstance(answers.moved, int) else None,
        ),
    )
    tree = await scene.work.tree()
    return scene.text("answers.first_reply.done", at=scene.work.local(kept.at), place=tree.path(kept.township))


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may, facts=_facts)
