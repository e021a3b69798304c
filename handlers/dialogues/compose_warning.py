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
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.warning_compose import Composed, compose

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


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    if not _areas(scene):
        raise NotAllowed("refused.no_right")


async def _places(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The officer's own area as a whole, then what lies directly below it; by name anything inside."""
    tree = await scene.work.tree()
    found: dict[PlaceCode, str] = {}
    search = known.get("search")
    for area in _areas(scene):
        place = tree.get(area)
        if place is None:
            continue
        whole = "compose.places.whole_county" if place.level is Level.COUNTY else "compose.places.whole_township"
        found[area] = scene.label(whole, place=place.name)
        found.update({child.code: child.name for child in tree.children(area)})
        if isinstance(search, str):
            found.update({hit.code: tree.path(hit.code) for hit in tree.find_by_name(search, within=area)})
    return [Choice(str(code), label=name) for code, name in found.items()]


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    stated = {PlaceCode(code) for code in answers.places}
    row = await compose(
        scene.work,
        scene.known(),
        Composed(
            kind=scene.label(f"compose.kind.name.{answers.kind}"),
            colour=Colour(answers.colour),
            places=frozenset(code for code in stated if not stated & set(ancestors(code))),
            text=answers.text,
            instruction=answers.instruction or "",
            expires=answers.expires,
        ),
    )
    owed = await scene.work.rows.obligations.of_subject(row.subject)
    boards = await scene.work.rows.boards.of_subject(row.subject)
    return scene.text("compose.done", number=row.number, groups=len(boards), people=len(owed))


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"places": _places}, may=_may)
