"""换班: whom to ask. He agrees with one tap, the leader is told."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, JsonValue

from domain.answers import Choice
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.duty import ask_swap, can_swap_with, own_shift

_MOST = 24


class Answers(BaseModel):
    shift: int
    other: int


FORM = Form("swap_duty", Answers, (Question(name="other", kind=Kind.PERSON, options="others"),), facts=("shift",))


def _shift(known: Mapping[str, JsonValue]) -> int:
    number = known.get("shift")
    return number if isinstance(number, int) else 0


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    await own_shift(scene.work, scene.person, _shift(known))


async def _others(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    shift = await own_shift(scene.work, scene.person, _shift(known))
    found = await can_swap_with(scene.work, scene.known(), shift)
    return [Choice(str(one.id), label=one.name, aliases=(one.name,), value=one.id) for one in found[:_MOST]]


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    other = await ask_swap(scene.work, scene.known(), answers.shift, answers.other)
    return scene.text("swap_duty.sent", name=other.name)


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"others": _others}, may=_may)
