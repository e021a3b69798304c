"""The reasons of a verdict that is not 合格: which of them, and words for 其他. Opened by the button of the result."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.checks import USUAL_REASON, Reason, Result
from domain.forms import Form, Kind, Known, Question
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.check_verdicts import judge, to_judge


class Answers(BaseModel):
    check: int
    person: int
    result: str
    version: int
    reasons: tuple[str, ...] = Field(min_length=1)
    other: Annotated[str, Field(min_length=2, max_length=300)] | None = None


def _usual(known: Known) -> JsonValue:
    reason = USUAL_REASON.get(Result(str(known["result"])))
    return None if reason is None else [reason.value]


def _is_other(known: Known) -> bool:
    chosen = known.get("reasons")
    return isinstance(chosen, list) and Reason.OTHER.value in chosen


FORM = Form(
    "judge_check",
    Answers,
    (
        Question(
            name="reasons",
            kind=Kind.MULTI,
            choices=tuple(Choice(reason.value) for reason in Reason),
            default=_usual,
        ),
        Question(name="other", kind=Kind.TEXT, when=_is_other),
    ),
    facts=("check", "person", "result", "version"),
)


def _number(known: Mapping[str, JsonValue], name: str) -> int:
    value = known.get(name)
    assert isinstance(value, int)
    return value


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    await to_judge(scene.work, scene.person, _number(known, "check"), _number(known, "person"))


async def _facts(scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    _, one = await to_judge(scene.work, scene.person, _number(known, "check"), _number(known, "person"))
    return {"name": one.person.name, "result_name": scene.label(f"check.result.{known['result']}")}


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    judged = await judge(
        scene.work,
        scene.person,
        answers.check,
        answers.person,
        Result(answers.result),
        version=answers.version,
        reasons=frozenset(Reason(code) for code in answers.reasons),
        other=answers.other or "",
    )
    result = scene.label(f"check.result.{judged.verdict.result.value}")
    key = "check.judged.told" if judged.told else "check.judged.not_told"
    return scene.text(key, name=judged.one.person.name, phone=judged.one.person.phone, result=result)


DIALOGUE = Dialogue(form=FORM, submit=_submit, may=_may, facts=_facts)
