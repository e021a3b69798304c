"""包保: who answers for this village, or for which of its households."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.forms import Form, Kind, Question
from domain.people import Action
from domain.places import PlaceCode
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.chain import assign

_MOST = 24


class Answers(BaseModel):
    village: str
    who: int
    households: Annotated[str, Field(max_length=60)] | None = None


FORM = Form(
    "assign_chain",
    Answers,
    (
        Question(name="who", kind=Kind.PERSON, options="people"),
        Question(name="households", kind=Kind.TEXT, required=False),
    ),
    facts=("village",),
)


def _village(known: Mapping[str, JsonValue]) -> PlaceCode:
    return PlaceCode(str(known.get("village", "")))


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    await scene.work.require(scene.person, Action.ASSIGN_CHAIN, _village(known))


async def _people(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """By name anybody of the township; else its own people and the village's."""
    work, village, search = scene.work, _village(known), known.get("search")
    township = (await work.tree()).township_of(village)
    if township is None:
        return []
    if isinstance(search, str):
        found = await work.rows.people.search(search, township.code)
    else:
        here = {village, township.code}
        found = [one for one in await work.rows.people.all() if any(post.place in here for post in one.posts)]
    return [Choice(str(one.id), label=one.name, aliases=(one.name,), value=one.id) for one in found[:_MOST]]


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    village = PlaceCode(answers.village)
    person, new = await assign(scene.work, scene.person, answers.who, village, answers.households or "")
    place = (await scene.work.tree()).path(village)
    return scene.text("assign_chain.done", name=person.name, place=place, new=new)


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"people": _people}, may=_may)
