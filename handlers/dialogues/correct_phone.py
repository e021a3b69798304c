"""The keeper of the roster writes one person's right number."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, JsonValue

from domain.errors import Stale
from domain.forms import AnswerError, Form, Kind, Question
from domain.people import Action
from domain.phones import last_four, read_mobile
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.desk import require_over
from services.office import correct_phone


def _mobile(text: str) -> str:
    phone = read_mobile(text)
    if phone is None:
        raise AnswerError("not_a_phone")
    return phone


class Answers(BaseModel):
    person: int
    number: Annotated[str, AfterValidator(_mobile)]


FORM = Form("phone", Answers, (Question(name="number", kind=Kind.TEXT),), facts=("person",))


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    number = known.get("person")
    person = await scene.work.rows.people.get(number) if isinstance(number, int) else None
    if person is None:
        raise Stale("refused.gone")
    await require_over(scene.work, scene.person, Action.EDIT_ROSTER, person)


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    changed = await correct_phone(scene.work, scene.person, answers.person, answers.number)
    return scene.text("phone.done", name=changed.name, tail=last_four(changed.phone))


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may)
