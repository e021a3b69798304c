"""A county or township officer writes a warning of his own body: six answers, a preview, and out."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.colours import Colour
from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.people import RIGHTS, Action
from domain.places import Level, PlaceCode, ancestors
from domain.text import Html
from handlers.dialogue import Closing, Dialogue
from handlers.scene import Scene
from services.drills import standing_in
from services.warning_approval import needs_second
from services.warning_compose import Composed, compose, draft_of
from services.warning_second import reach_of, whom_to_phone
from services.warning_texts import correct_buttons

_KINDS = ("typhoon", "rain", "flood", "flash", "geo", "wind", "fire", "cold", "other")


class Answers(BaseModel):
    kind: str
    colour: str
    places: tuple[str, ...] = Field(min_length=1)
    text: Annotated[str, Field(min_length=8, max_length=1500)]
    instruction: Annotated[str, Field(max_length=800)] | None = None
    expires: AwareDatetime


FORM = Form(
    "compose",
    Answers,
    (
        Question(name="kind", kind=Kind.CHOICE, choices=tuple(Choice(code) for code in _KINDS)),
        Question(name="colour", kind=Kind.CHOICE, choices=tuple(Choice(colour.value) for colour in Colour)),
        Question(name="places", kind=Kind.MULTI, options="places"),
        Question(name="text", kind=Kind.TEXT),
        Question(name="instruction", kind=Kind.TEXT, required=False),
        Question(
            name="expires",
            kind=Kind.TIME,
            lean="future",
        ),
    ),
)


def _areas(scene: Scene) -> list[PlaceCode]:
    return [p.place for p in scene.known().posts if p.role in RIGHTS[Action.POST_WARNING]]


async def _where(scene: Scene) -> list[PlaceCode]:
    """In a drill its own places."""
    drill = await standing_in(scene.work)
    return _areas(scene) if drill is None else [drill.place]


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    if not await _where(scene):
        raise NotAllowed("refused.no_right")


async def _places(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The officer's own area as a whole, then what lies directly below it; by name anything inside."""
    tree = await scene.work.tree()
    found: dict[PlaceCode, str] = {}
    search = known.get("search")
    for area in await _where(scene):
        place = tree.get(area)
        if place is None:
            continue
        whole = "compose.places.whole_county" if place.level is Level.COUNTY else "compose.places.whole_township"
        found[area] = scene.label(whole, place=place.name)
        found.update({child.code: child.name for child in tree.children(area)})
        if isinstance(search, str):
            found.update({hit.code: tree.path(hit.code) for hit in tree.find_by_name(search, within=area)})
    return [Choice(str(code), label=name) for code, name in found.items()]


def _composed(scene: Scene, answers: Answers) -> Composed:
    stated = {PlaceCode(code) for code in answers.places}
    return Composed(
        kind=scene.label(f"compose.kind.name.{answers.kind}"),
        colour=Colour(answers.colour),
        places=frozenset(code for code in stated if not stated & set(ancestors(code))),
        text=answers.text,
        instruction=answers.instruction or "",
        expires=answers.expires,
    )


async def _foot(scene: Scene, known: Mapping[str, JsonValue]) -> Html | None:
    """How far it would reach, and whether a second person is needed."""
    answers = Answers.model_validate({name: known.get(name) for name in Answers.model_fields})
    row = await draft_of(scene.work, scene.person, _composed(scene, answers))
    groups, people = await reach_of(scene.work, row)
    second = not row.exercise and await needs_second(scene.work, row)
    return scene.text("compose.reach", groups=groups, people=people, second=second)


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Closing:
    assert isinstance(answers, Answers)
    done = await compose(scene.work, scene.known(), _composed(scene, answers))
    facts = {"number": done.warning.number, "groups": done.groups, "people": done.people}
    if done.seconds is None:
        text = scene.text("compose.done", **facts)
        return Closing(text, correct_buttons(scene.work, done.warning, scene.lang))
    if done.seconds.asked:
        names = [person.name for person in done.seconds.asked]
        return Closing(scene.text("compose.waiting", seconds=names, **facts))
    return Closing(scene.text("compose.nobody", phones=whom_to_phone(done.seconds), **facts))


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"places": _places}, may=_may, foot=_foot)
