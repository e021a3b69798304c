"""吹哨: which departments, and why. Several in one line: "住建、交通"."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed, Stale
from domain.forms import Form, Kind, Question
from domain.hazards import is_grave
from domain.people import Action
from domain.text import Html
from domain.whistles import WhistleState
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.hazard_desk import departments, has_right, owners
from services.ports import HazardRow
from services.whistles import blow

_SHOWN = 12


class Answers(BaseModel):
    hazard: int
    number: str
    grave: bool = False
    departments: Annotated[str, Field(min_length=2, max_length=100)]
    reason: Annotated[str, Field(min_length=4, max_length=200)] | None = None


FORM = Form(
    "blow_whistle",
    Answers,
    (
        Question(name="departments", kind=Kind.PICK, options="departments", also=(Kind.TEXT,)),
        Question(name="reason", kind=Kind.TEXT, when=lambda known: not known.get("grave")),
    ),
    facts=("hazard", "number", "grave"),
)


def whistle_opening(row: HazardRow) -> dict[str, object]:
    return {"hazard": row.id, "number": row.number, "grave": is_grave(row.grade, suspected=row.suspected)}


async def _row(scene: Scene, known: Mapping[str, JsonValue]) -> HazardRow:
    number = known.get("hazard")
    row = await scene.work.rows.hazards.get(number) if isinstance(number, int) else None
    if row is None:
        raise Stale("refused.stale")
    return row


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if not await has_right(scene.work, scene.known(), Action.BLOW_WHISTLE, await _row(scene, known)):
        raise NotAllowed("refused.no_right")


async def _departments(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """Those that own such things together, then each by itself."""
    row = await _row(scene, known)
    reachable = await departments(scene.work, row.category)
    own = [one for one in owners(scene.work, row) if one in reachable]
    names = (["、".join(own)] if len(own) > 1 else []) + list(reachable)
    return [Choice(f"d{number}", label=name, value=name) for number, name in enumerate(names[:_SHOWN])]


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    whistle = await blow(scene.work, scene.known(), answers.hazard, answers.departments, answers.reason or "")
    waits = whistle.state is WhistleState.ASKED
    return scene.text("blow_whistle.waits" if waits else "blow_whistle.done", number=answers.number)


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"departments": _departments}, may=_may)
