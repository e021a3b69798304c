"""到户: how many households were reached of how many, by which means, which are left. "32/35 大喇叭 敲门" is all of it
in one line; what the line leaves open is asked."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.forms import AnswerError, Form, Kind, Known, Question
from domain.households import Means, Relay, read_relay
from domain.places import PlaceCode
from domain.text import Html
from handlers.answers_follow import said_back
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.households import report, to_report


def _counts(line: str) -> str:
    if read_relay(line) is None:
        raise AnswerError("counts_unclear")
    return line


class Answers(BaseModel):
    warning: int
    village: str
    line: Annotated[str, Field(max_length=300), AfterValidator(_counts)]
    means: tuple[str, ...] = ()
    left: Annotated[str, Field(max_length=200)] | None = None


def _read(known: Known) -> Relay | None:
    line = known.get("line")
    return read_relay(line) if isinstance(line, str) else None


def _no_means(known: Known) -> bool:
    said = _read(known)
    return said is not None and not said.means and said.reached > 0


def _some_left(known: Known) -> bool:
    said = _read(known)
    return said is not None and said.reached < said.total and not said.left


FORM = Form(
    "households",
    Answers,
    (
        Question(name="line", kind=Kind.TEXT, errors=("counts_unclear",)),
        Question(name="means", kind=Kind.MULTI, choices=tuple(Choice(one.value) for one in Means), when=_no_means),
        Question(name="left", kind=Kind.TEXT, required=False, when=_some_left),
    ),
    facts=("warning", "village"),
)


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    number = known["warning"]
    assert isinstance(number, int)
    await to_report(scene.work, scene.person, number, PlaceCode(str(known["village"])))


async def _facts(scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    village = PlaceCode(str(known["village"]))
    tree, last = await scene.work.tree(), await scene.work.rows.answers.last_households(village)
    return {"place": tree.path(village), "total": 35 if last is None else last.total, "known": last is not None}


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    said = read_relay(answers.line)
    assert said is not None
    means = said.means or frozenset(Means(code) for code in answers.means)
    whole = Relay(said.reached, said.total, means, said.left or answers.left or "")
    kept = await report(scene.work, scene.person, answers.warning, PlaceCode(answers.village), whole)
    return await said_back(scene, kept)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may, facts=_facts)
