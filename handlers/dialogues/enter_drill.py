"""A drill that was held without the bot is entered: where, what, when, how many, what was practised, photos."""

from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.action_cards import Family
from domain.answers import Choice
from domain.drills import Content, DrillForm, Verdict
from domain.form_rules import Behind
from domain.forms import Form, Kind, Question
from domain.places import PlaceCode
from handlers.dialogue import Closing, Dialogue
from handlers.dialogues.open_drill import may, places
from handlers.dialogues.start_response import KINDS
from handlers.scene import Scene
from services.drill_words import record_buttons
from services.drills_past import PastDrill, enter_past

_PRACTISED = (Content.FIRST_RESPONSE, Content.EVACUATION, Content.SELF_HELP)


class Answers(BaseModel):
    place: str
    kind: Family
    form: DrillForm
    held: Behind
    people: Annotated[int, Field(ge=1, le=100_000)]
    contents: tuple[Content, ...] = Field(min_length=1)
    verdict: Verdict
    problems: Annotated[str, Field(min_length=1, max_length=600)] | None = None
    photos: Annotated[tuple[str, ...], Field(max_length=10)] = ()


FORM = Form(
    "enter_drill",
    Answers,
    (
        Question(name="place", kind=Kind.PICK, options="places"),
        Question(name="kind", kind=Kind.CHOICE, choices=tuple(Choice(kind.value) for kind in KINDS)),
        Question(name="form", kind=Kind.CHOICE, choices=tuple(Choice(form.value) for form in DrillForm)),
        Question(name="held", kind=Kind.TIME, lean="past"),
        Question(name="people", kind=Kind.NUMBER, units=("人",)),
        Question(name="contents", kind=Kind.MULTI, choices=tuple(Choice(one.value) for one in _PRACTISED)),
        Question(name="verdict", kind=Kind.CHOICE, choices=tuple(Choice(one.value) for one in Verdict)),
        Question(name="problems", kind=Kind.TEXT, required=False),
        Question(name="photos", kind=Kind.PHOTO, many=True, required=False),
    ),
)


async def _submit(scene: Scene, answers: BaseModel, _known: "dict[str, JsonValue] | object") -> Closing:
    assert isinstance(answers, Answers)
    drill = await enter_past(
        scene.work,
        scene.person,
        PastDrill(
            place=PlaceCode(answers.place),
            kind=answers.kind,
            form=answers.form,
            contents=answers.contents,
            held_at=answers.held,
            people=answers.people,
            verdict=answers.verdict,
            problems=answers.problems or "",
            photos=answers.photos,
        ),
    )
    return Closing(
        scene.text("enter_drill.done", held=scene.work.local(answers.held), photos=len(answers.photos)),
        record_buttons(scene.work, drill, scene.lang),
    )


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"places": places}, may=may)
