"""挂牌督办: under which body, by which public name, for how long."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.listings import ListingState
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.listings import propose


class Answers(BaseModel):
    hazard: int
    number: str
    body: Annotated[str, Field(min_length=2, max_length=40)]
    called: Annotated[str, Field(min_length=4, max_length=60)]
    days: int


FORM = Form(
    "list_hazard",
    Answers,
    (
        Question(name="body", kind=Kind.PICK, options="bodies", also=(Kind.TEXT,)),
        Question(name="called", kind=Kind.TEXT),
        Question(name="days", kind=Kind.PICK, options="periods"),
    ),
    facts=("hazard", "number"),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    scene.known()
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")


async def _bodies(scene: Scene, _known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The units of the person's own posts, then the county's safety committee as people call it."""
    tree, names = await scene.work.tree(), []
    for post in scene.known().posts:
        place = tree.get(post.place)
        names.append(("" if place is None else place.name) + post.department)
    names.append(scene.label("list_hazard.body.committee"))
    return [Choice(f"b{n}", label=name, value=name) for n, name in enumerate(dict.fromkeys(names)) if len(name) > 1]


async def _periods(scene: Scene, _known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    policy = scene.work.policy.listings
    days = [one for one in policy.periods_days if one <= policy.longest_days]
    return [Choice(f"p{one}", label=scene.label("list_hazard.days.shown", days=one), value=one) for one in days]


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    made = await propose(scene.work, scene.known(), answers.hazard, answers.body, answers.called, answers.days)
    waits = made.state is ListingState.PROPOSED
    return scene.text("list_hazard.waits" if waits else "list_hazard.done", number=answers.number)


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"bodies": _bodies, "periods": _periods}, may=_may)
