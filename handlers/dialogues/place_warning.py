"""按村名找: a held notice is placed on villages that the duty officer looks up by name, and goes out."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.people import Action, may
from domain.places import PlaceCode
from handlers.dialogue import Closing, Dialogue
from handlers.scene import Scene
from services.warning_area import village_choices
from services.warning_desk import place_by_hand
from services.warning_texts import correct_buttons


class Answers(BaseModel):
    warning: int
    number: str
    places: tuple[str, ...] = Field(min_length=1)


FORM = Form(
    "place_warning",
    Answers,
    (Question(name="places", kind=Kind.MULTI, options="places"),),
    facts=("warning", "number"),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private or not may(scene.person, Action.RELEASE_HELD_WARNING, scene.work.county):
        raise NotAllowed("refused.no_right")


async def _places(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The townships, and whatever has the name that was typed; what is chosen stays in sight."""
    tree = await scene.work.tree()
    found = {place.code: place.name for place in tree.townships_within(scene.work.county)}
    search, chosen = known.get("search"), known.get("places")
    for code in chosen if isinstance(chosen, list) else ():
        found.setdefault(PlaceCode(str(code)), tree.path(PlaceCode(str(code))))
    if isinstance(search, str):
        found.update(village_choices(tree, scene.work.county, search))
    return [Choice(str(code), label=name) for code, name in found.items()]


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Closing:
    assert isinstance(answers, Answers)
    places = frozenset(PlaceCode(code) for code in answers.places)
    row = await place_by_hand(scene.work, scene.person, answers.warning, places)
    text = scene.text("warning.held.released", number=row.number)
    return Closing(text, correct_buttons(scene.work, row, scene.lang))


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"places": _places}, may=_may)
