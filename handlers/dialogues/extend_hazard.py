"""申请延期: until when, and why. Asked after the deadline it is written down and not given."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.form_rules import Ahead
from domain.forms import Form, Kind, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.hazard_time import ask_extension

_REASONS = ("weather", "material", "road", "bigger")


class Answers(BaseModel):
    hazard: int
    number: str
    was: str
    until: Ahead
    reason: Annotated[str, Field(min_length=2, max_length=200)]


FORM = Form(
    "extend_hazard",
    Answers,
    (
        Question(name="until", kind=Kind.TIME, lean="future", options="untils"),
        Question(name="reason", kind=Kind.TEXT, choices=tuple(Choice(code) for code in _REASONS)),
    ),
    facts=("hazard", "number", "was"),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _untils(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    work = scene.work
    since = max(work.local(datetime.fromisoformat(str(known["was"]))), work.local(work.now))
    found = []
    for days in work.policy.hazards.extension_days:
        until = since + timedelta(days=days)
        label = scene.label("extend_hazard.until.shown", days=days, at=until)
        found.append(Choice(f"u{days}", label=label, value=until.isoformat()))
    return found


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    reason = answers.reason
    if reason in _REASONS:
        reason = scene.label(f"extend_hazard.reason.choice.{reason}")
    row = await ask_extension(scene.work, scene.known(), answers.hazard, answers.until, reason)
    address = "extend_hazard.late" if row.extension_until is None else "extend_hazard.done"
    return scene.text(address, number=row.number)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may, options={"untils": _untils})
