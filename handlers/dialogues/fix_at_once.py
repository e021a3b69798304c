"""当场改好: what was done, by a tap or in words, and a picture of it, which nobody has to send."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.text import Button, Html, Rows
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from messages.keyboards import flowing, stacked
from services.hazard_once import fixed_at_once
from services.ports import HazardRow

DONE = ("clear", "repair", "shut", "moved")
"""what is done on the spot, as codes of buttons"""


class Answers(BaseModel):
    hazard: int
    number: str
    done: Annotated[str, Field(min_length=2, max_length=300)]
    photos: Annotated[tuple[str, ...], Field(max_length=10)] = ()


FORM = Form(
    "fix_at_once",
    Answers,
    (
        Question(name="done", kind=Kind.TEXT, choices=tuple(Choice(code) for code in DONE)),
        Question(name="photos", kind=Kind.PHOTO, many=True, required=False),
    ),
    facts=("hazard", "number"),
)


def once_buttons(scene: Scene, row: HazardRow) -> Rows:
    """Under the words that end a report: one tap says what was done where it was found."""
    taps = [
        Button(scene.label(f"fix_at_once.done.choice.{code}"), f"h:once:{row.id}:{row.version}:{code}") for code in DONE
    ]
    more = Button(scene.label("hazard.button.once_more"), f"h:once_more:{row.id}:{row.version}")
    return stacked(flowing(taps), more)


async def say_once(scene: Scene, hazard_id: int, done: str, photos: tuple[str, ...]) -> Html:
    row, lookers = await fixed_at_once(scene.work, scene.known(), hazard_id, done, photos)
    people = [one.name for one in lookers]
    return scene.text("fix_at_once.closed", number=row.number, done=done, people=people)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    done = answers.done
    if done in DONE:
        done = scene.label(f"fix_at_once.done.choice.{done}")
    return await say_once(scene, answers.hazard, done, answers.photos)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
