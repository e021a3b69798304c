"""A response is raised, lowered, widened, narrowed or ended, against the version that was on screen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import Stale
from domain.forms import Form, Kind, Known, Question
from domain.people import Action
from domain.places import PlaceCode
from domain.response import Move, Period, ResponseLevel
from domain.response_moves import changed, level_move
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.response_parts import levels, may, places, reasons
from handlers.scene import Scene
from services.response_endings import ended_by, what_is_open
from services.response_moves import Change, change, may_everywhere
from services.response_proposals import prepare_change


class Answers(BaseModel):
    period: int
    version: int
    what: Literal["level", "widen", "narrow", "end"]
    level: ResponseLevel | None = None
    more: tuple[str, ...] | None = None
    less: tuple[str, ...] | None = None
    reason: Annotated[str, Field(min_length=2, max_length=200)]


def _is(what: str) -> Callable[[Known], bool]:
    return lambda known: known.get("what") == what


FORM = Form(
    "change_response",
    Answers,
    (
        Question(
            name="what",
            kind=Kind.CHOICE,
            choices=(Choice("level"), Choice("widen"), Choice("narrow"), Choice("end")),
        ),
        Question(name="level", kind=Kind.PICK, options="levels", when=_is("level")),
        Question(name="more", kind=Kind.MULTI, options="places", when=_is("widen")),
        Question(name="less", kind=Kind.MULTI, options="inside", when=_is("narrow")),
        Question(name="reason", kind=Kind.TEXT, options="reasons"),
    ),
    facts=("period", "version"),
)


async def _period(scene: Scene, known: Mapping[str, JsonValue]) -> Period:
    number = known.get("period")
    period = await scene.work.rows.responses.get(number) if isinstance(number, int) else None
    if period is None:
        raise Stale("refused.gone")
    return period


async def _inside(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """What it holds, piece by piece: the places as they are, and what lies directly below them."""
    tree = await scene.work.tree()
    period = await _period(scene, known)
    found: dict[PlaceCode, str] = {}
    for code in period.places:
        found.update({child.code: child.name for child in tree.children(code)})
        if len(period.places) > 1:
            found[code] = tree.path(code)
        search = known.get("search")
        if isinstance(search, str):
            found.update({hit.code: tree.path(hit.code) for hit in tree.find_by_name(search, within=code)})
    chosen = known.get("less")
    for one in chosen if isinstance(chosen, list) else []:
        found.setdefault(PlaceCode(str(one)), tree.path(PlaceCode(str(one))))
    return [Choice(str(code), label=name) for code, name in found.items()]


async def _facts(scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    period = await _period(scene, known)
    kind = scene.label(f"response.kind.{period.hazard_kind.value}")
    return {"number": period.number, "kind": kind, "now": period.level.sign}


def _wanted(period: Period, answers: Answers) -> Change:
    seen = (answers.period, answers.version)
    match answers.what:
        case "level":
            level = answers.level or period.level
            return Change(*seen, level_move(period, level), answers.reason, level)
        case "widen":
            added = tuple(PlaceCode(code) for code in answers.more or ())
            return Change(*seen, Move.WIDEN, answers.reason, places=added)
        case "narrow":
            dropped = tuple(PlaceCode(code) for code in answers.less or ())
            return Change(*seen, Move.NARROW, answers.reason, places=dropped)
        case "end":
            return Change(*seen, Move.END, answers.reason)


async def _foot(scene: Scene, known: Mapping[str, JsonValue]) -> Html | None:
    """What follows: what the new level means, or what is still open and where it goes."""
    answers = Answers.model_validate({name: known.get(name) for name in Answers.model_fields})
    period, tree = await _period(scene, known), await scene.work.tree()
    wanted = _wanted(period, answers)
    after = changed(tree, period, wanted.move, scene.work.now, level=wanted.level, places=wanted.places)
    ended = await ended_by(scene.work, period, after)
    found = () if ended is None else await what_is_open(scene.work, ended)
    return scene.card(
        "response_foot",
        move=wanted.move.value,
        duty=scene.label(f"response.duty.{after.level.value}"),
        stays=[scene.label(f"response.open.{one.name}", count=one.count) for one in found if one.stays],
        ends=[scene.label(f"response.open.{one.name}", count=one.count) for one in found if not one.stays],
        own=await may_everywhere(scene.work, scene.known(), Action.MOVE_RESPONSE, {*period.places, *after.places}),
    )


async def _submit(scene: Scene, answers: BaseModel, known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    period = await _period(scene, known)
    wanted = _wanted(period, answers)
    touched = {*period.places, *(wanted.places if wanted.move is Move.WIDEN else ())}
    if not await may_everywhere(scene.work, scene.known(), Action.MOVE_RESPONSE, touched):
        asked = await prepare_change(scene.work, scene.known(), wanted)
        return scene.text("response.prepared", people=[person.name for person in asked])
    done = await change(scene.work, scene.known(), wanted)
    return scene.text(
        "change_response.done",
        what=scene.label(f"response.move.{done.change.move.value}"),
        kind=scene.label(f"response.kind.{done.period.hazard_kind.value}"),
        number=done.period.number,
        level=done.period.level.sign,
        ended=not done.period.active,
        groups=done.groups,
    )


DIALOGUE = Dialogue(
    form=FORM,
    submit=_submit,
    options={"levels": levels, "places": places, "inside": _inside, "reasons": reasons},
    may=may,
    facts=_facts,
    foot=_foot,
)
