"""A leader starts a response, or a station prepares it for him: kind, level, places, reason, and what follows."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.action_cards import Family
from domain.answers import Choice
from domain.forms import Form, Kind, Question
from domain.people import Action
from domain.places import PlaceCode
from domain.response import ResponseLevel, tidy
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.response_parts import levels, may, places, reasons
from handlers.scene import Scene
from services.response_moves import Wish, may_everywhere, start
from services.response_proposals import prepare_start

KINDS = (
    Family.TYPHOON,
    Family.RAIN,
    Family.FLOOD,
    Family.FLASH,
    Family.GEO,
    Family.FIRE,
    Family.COLD,
    Family.WIND,
    Family.GENERAL,
)


class Answers(BaseModel):
    kind: Family
    level: ResponseLevel
    places: tuple[str, ...] = Field(min_length=1)
    reason: Annotated[str, Field(min_length=2, max_length=200)]


FORM = Form(
    "start_response",
    Answers,
    (
        Question(
            name="kind",
            kind=Kind.CHOICE,
            choices=tuple(Choice(kind.value) for kind in KINDS),
            default=lambda known: known.get("proposed_kind"),
        ),
        Question(name="level", kind=Kind.PICK, options="levels", default=lambda known: known.get("proposed_level")),
        Question(name="places", kind=Kind.MULTI, options="places", default=lambda known: known.get("proposed_places")),
        Question(
            name="reason",
            kind=Kind.TEXT,
            options="reasons",
            default=lambda known: known.get("proposed_reason"),
        ),
    ),
)


async def _wish(scene: Scene, answers: Answers) -> Wish:
    tree = await scene.work.tree()
    stated = tidy(tree, (PlaceCode(code) for code in answers.places))
    return Wish(answers.kind, answers.level, stated, answers.reason)


async def _foot(scene: Scene, known: Mapping[str, JsonValue]) -> Html | None:
    answers = Answers.model_validate({name: known.get(name) for name in Answers.model_fields})
    wish = await _wish(scene, answers)
    own = await may_everywhere(scene.work, scene.known(), Action.MOVE_RESPONSE, wish.places)
    duty = scene.label(f"response.duty.{wish.level.value}")
    return scene.text("start_response.foot" if own else "start_response.foot_prepared", duty=duty)


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    wish = await _wish(scene, answers)
    if not await may_everywhere(scene.work, scene.known(), Action.MOVE_RESPONSE, wish.places):
        asked = await prepare_start(scene.work, scene.known(), wish)
        return scene.text("response.prepared", people=[person.name for person in asked])
    done = await start(scene.work, scene.known(), wish)
    return scene.text(
        "start_response.done",
        number=done.period.number,
        level=done.period.level.sign,
        kind=scene.label(f"response.kind.{wish.kind.value}"),
        groups=done.groups,
    )


DIALOGUE = Dialogue(
    form=FORM,
    submit=_submit,
    options={"levels": levels, "places": places, "reasons": reasons},
    may=may,
    foot=_foot,
)
"""`proposed_*` in the context are what a proposal suggests: kept with one tap, or changed."""
