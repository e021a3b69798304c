"""An officer of the township sends people out: where, who, in which phase, by when. Four answers and a review."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.form_rules import Ahead
from domain.forms import Form, Kind, Question
from domain.patrols import USUAL_WALKERS, WALKERS, Phase
from domain.people import RIGHTS, Action, Role
from domain.places import PlaceCode, ancestors
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.patrol_plan import PlanMade, Planned, plan_patrol

_SOON = timedelta(minutes=30)
"""nobody is sent out with less time than that"""


class Answers(BaseModel):
    places: tuple[str, ...] = Field(min_length=1)
    who: tuple[Role, ...] = Field(min_length=1)
    phase: Phase
    due: Ahead


FORM = Form(
    "plan_patrol",
    Answers,
    (
        Question(name="places", kind=Kind.MULTI, options="places"),
        Question(
            name="who",
            kind=Kind.MULTI,
            choices=tuple(Choice(role.value) for role in WALKERS),
            default=lambda _known: [role.value for role in USUAL_WALKERS],
        ),
        Question(name="phase", kind=Kind.CHOICE, choices=tuple(Choice(phase.value) for phase in Phase)),
        Question(name="due", kind=Kind.TIME, lean="future", options="dues"),
    ),
)


def _areas(scene: Scene) -> list[PlaceCode]:
    return [post.place for post in scene.known().posts if post.role in RIGHTS[Action.PLAN_PATROL]]


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if not _areas(scene):
        raise NotAllowed("refused.no_right")


async def _places(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The officer's township as a whole, then its villages; by name anything inside."""
    tree = await scene.work.tree()
    found: dict[PlaceCode, str] = {}
    search = known.get("search")
    for area in _areas(scene):
        place = tree.get(area)
        if place is None:
            continue
        found[area] = scene.label("plan_patrol.places.whole", place=place.name)
        found.update({child.code: child.name for child in tree.children(area)})
        if isinstance(search, str):
            found.update({hit.code: tree.path(hit.code) for hit in tree.find_by_name(search, within=area)})
    return [Choice(str(code), label=name) for code, name in found.items()]


def _moments(scene: Scene) -> dict[str, datetime]:
    """The times people mostly say, those still far enough ahead."""
    now = scene.work.local(scene.work.now).replace(second=0, microsecond=0)
    tomorrow = now + timedelta(days=1)
    usual = {
        "h2": now + timedelta(hours=2),
        "evening": now.replace(hour=18, minute=0),
        "morning": tomorrow.replace(hour=8, minute=0),
        "noon": tomorrow.replace(hour=12, minute=0),
    }
    return {code: at for code, at in usual.items() if at >= now + _SOON}


async def dues(scene: Scene, _known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    return [
        Choice(code, label=scene.label("plan_patrol.due.by", at=at), value=at.isoformat())
        for code, at in _moments(scene).items()
    ]


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    stated = {PlaceCode(code) for code in answers.places}
    made = await plan_patrol(
        scene.work,
        scene.known(),
        Planned(
            places=frozenset(code for code in stated if not stated & set(ancestors(code))),
            roles=frozenset(answers.who),
            phase=answers.phase,
            due_at=answers.due,
        ),
    )
    return closing(scene, made, answers.due)


def closing(scene: Scene, made: PlanMade, due: datetime) -> Html:
    return scene.card(
        "patrol_planned",
        people=len(made.people),
        places=len({(task.place, task.point_id) for task in made.tasks}),
        due=scene.work.local(due),
        names=[person.name for person in made.people if person not in made.unreached],
        unreached=[{"name": person.name, "phone": person.phone} for person in made.unreached],
        spared=made.spared,
        nobody=list(made.nobody),
    )


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"places": _places, "dues": dues}, may=_may)
