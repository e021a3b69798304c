"""A new risk point: what kind, where, its name, how grave, who is threatened, who walks there. The rest can be said
later, one thing at a time."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice, Headcount
from domain.errors import NotAllowed
from domain.forms import Form, Kind, Location, Question
from domain.hazards import LIKELY_FIRST, Category
from domain.people import RIGHTS, Action
from domain.places import Level, PlaceCode
from domain.points import RiskLevel
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.dialogues.change_point import closing, people_near
from handlers.scene import Scene
from services.points import add_point

_ROLES = frozenset(RIGHTS[Action.EDIT_POINTS]) | frozenset(RIGHTS[Action.PROPOSE_POINTS])


class Answers(BaseModel):
    category: Category
    place: str
    name: Annotated[str, Field(min_length=2, max_length=40)]
    level: RiskLevel
    threatened: Headcount | None = None
    walker: int | None = None
    spot: Location | None = None


FORM = Form(
    "add_point",
    Answers,
    (
        Question(name="category", kind=Kind.CHOICE, choices=tuple(Choice(one.value) for one in LIKELY_FIRST)),
        Question(name="place", kind=Kind.PLACE, options="places"),
        Question(name="name", kind=Kind.TEXT),
        Question(name="level", kind=Kind.CHOICE, choices=tuple(Choice(one.value) for one in RiskLevel)),
        Question(name="threatened", kind=Kind.COUNT, required=False),
        Question(name="walker", kind=Kind.PERSON, options="people", required=False),
        Question(name="spot", kind=Kind.LOCATION, required=False),
    ),
)


def _areas(scene: Scene) -> list[PlaceCode]:
    return [post.place for post in scene.known().posts if post.role in _ROLES]


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if not _areas(scene):
        raise NotAllowed("refused.no_right")


async def _places(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The villages of the area; by name any of them."""
    tree, search = await scene.work.tree(), known.get("search")
    found: dict[PlaceCode, str] = {}
    for area in _areas(scene):
        villages = tree.villages_within(area)
        if isinstance(search, str):
            villages = tuple(one for one in tree.find_by_name(search, area) if one.level is not Level.COUNTY)
        found.update({one.code: one.name for one in villages})
    return [Choice(str(code), label=name) for code, name in found.items()]


async def _people(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    place = known.get("place")
    return await people_near(scene, PlaceCode(place), known) if isinstance(place, str) else []


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    said = answers.threatened or Headcount()
    values: dict[str, Any] = {
        "category": answers.category,
        "place": PlaceCode(answers.place),
        "name": answers.name,
        "level": answers.level,
        "households": said.households,
        "people": said.people,
        "patrollers": () if answers.walker is None else (answers.walker,),
    }
    if answers.spot is not None:
        values |= {"lat": round(answers.spot.lat, 6), "lon": round(answers.spot.lon, 6)}
    return closing(scene, await add_point(scene.work, scene.known(), values), answers.name, "added")


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"places": _places, "people": _people}, may=_may)
