"""An officer of the township sends people to chosen risk points: which, in which phase, by when. Whoever is in
charge of a point walks."""

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.form_rules import Ahead
from domain.forms import Form, Kind, Question
from domain.patrols import Phase
from domain.people import RIGHTS, Action
from domain.places import PlaceCode
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.dialogues.plan_patrol import closing, dues
from handlers.scene import Scene
from services.patrol_plan import PlannedPoints, plan_points
from services.ports import PointFilter

_LISTED = 300
"""points that are offered without being looked for"""


class Answers(BaseModel):
    points: tuple[str, ...] = Field(min_length=1, max_length=60)
    phase: Phase
    due: Ahead


FORM = Form(
    "plan_points",
    Answers,
    (
        Question(name="points", kind=Kind.MULTI, options="points"),
        Question(name="phase", kind=Kind.CHOICE, choices=tuple(Choice(phase.value) for phase in Phase)),
        Question(name="due", kind=Kind.TIME, lean="future", options="dues"),
    ),
)


def _areas(scene: Scene) -> frozenset[PlaceCode]:
    return frozenset(post.place for post in scene.known().posts if post.role in RIGHTS[Action.PLAN_PATROL])


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if not _areas(scene):
        raise NotAllowed("refused.no_right")


async def _points(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The points of the officer's area, with the village; by name or number where one is typed. What was chosen stays
    among them."""
    rows, tree = scene.work.rows.points, await scene.work.tree()
    search, chosen = known.get("search"), known.get("points")
    words = search if isinstance(search, str) else ""
    found, _ = await rows.find(PointFilter(_areas(scene), words=words), 0, _LISTED)
    before = chosen if isinstance(chosen, list) else []
    kept = await rows.many({int(one) for one in before if isinstance(one, str) and one.isdigit()})
    named = {one.id: one for one in (*kept.values(), *found)}
    villages = {number: tree.get(one.place) for number, one in named.items()}
    return [
        Choice(str(number), label=f"{one.name}（{village.name}）" if (village := villages[number]) else one.name)
        for number, one in named.items()
    ]


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    said = PlannedPoints(frozenset(map(int, answers.points)), answers.phase, answers.due)
    return closing(scene, await plan_points(scene.work, scene.known(), said), answers.due)


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"points": _points, "dues": dues}, may=_may)
