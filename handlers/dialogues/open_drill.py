"""A leader opens a drill: where, against what, of which form, open or double-blind, from when to when, and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from domain.action_cards import Family
from domain.answers import Choice
from domain.drills import Content, DrillForm, DrillState
from domain.errors import NotAllowed
from domain.form_rules import Ahead
from domain.forms import Form, Kind, Question
from domain.people import RIGHTS, Action
from domain.places import PlaceCode
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.dialogues.start_response import KINDS
from handlers.scene import Scene
from services.drills import DrillWish, open_drill

_HOURS = (1, 2, 4)


class Answers(BaseModel):
    place: str
    kind: Family
    form: DrillForm
    contents: tuple[Content, ...] = Field(min_length=1)
    notice: str
    starts: AwareDatetime
    ends: Ahead
    also: tuple[str, ...] = ()
    reason: Annotated[str, Field(min_length=2, max_length=200)]
    script: Annotated[str, Field(max_length=1000)] | None = None


FORM = Form(
    "open_drill",
    Answers,
    (
        Question(name="place", kind=Kind.PICK, options="places"),
        Question(name="kind", kind=Kind.CHOICE, choices=tuple(Choice(kind.value) for kind in KINDS)),
        Question(name="form", kind=Kind.CHOICE, choices=tuple(Choice(form.value) for form in DrillForm)),
        Question(name="contents", kind=Kind.MULTI, choices=tuple(Choice(one.value) for one in Content)),
        Question(name="notice", kind=Kind.CHOICE, choices=(Choice("told"), Choice("blind"))),
        Question(name="starts", kind=Kind.TIME, lean="future", options="starts"),
        Question(name="ends", kind=Kind.TIME, lean="future", options="ends"),
        Question(name="also", kind=Kind.MULTI, required=False, choices=(Choice("upward"), Choice("others"))),
        Question(name="reason", kind=Kind.TEXT),
        Question(name="script", kind=Kind.TEXT, required=False),
    ),
)


def _areas(scene: Scene) -> list[PlaceCode]:
    return sorted({post.place for post in scene.known().posts if post.role in RIGHTS[Action.RUN_DRILL]})


async def may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if not _areas(scene):
        raise NotAllowed("refused.no_right")


async def places(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """His area as a whole, what lies directly below it, and by name anything inside."""
    tree = await scene.work.tree()
    found: dict[PlaceCode, str] = {}
    search, chosen = known.get("search"), known.get("place")
    for area in _areas(scene):
        found[area] = tree.path(area)
        found.update({child.code: child.name for child in tree.children(area)})
        if isinstance(search, str):
            found.update({hit.code: tree.path(hit.code) for hit in tree.find_by_name(search, within=area)})
    if isinstance(chosen, str):
        found.setdefault(PlaceCode(chosen), tree.path(PlaceCode(chosen)))
    return [Choice(str(code), label=name) for code, name in found.items()]


async def _starts(scene: Scene, _known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    now = scene.work.local(scene.work.now).replace(second=0, microsecond=0)
    later = [now.replace(minute=0) + timedelta(hours=hours) for hours in (1, 2)]
    return [
        Choice("now", label=scene.label("open_drill.starts.now"), aliases=("现在", "马上"), value=now.isoformat()),
        *(Choice(f"{at:%d%H%M}", label=scene.label("open_drill.at", at=at), value=at.isoformat()) for at in later),
    ]


async def _ends(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    written = known.get("starts")
    if not isinstance(written, str):
        return []
    starts = scene.work.local(datetime.fromisoformat(written))
    return [
        Choice(f"h{hours}", label=scene.label("open_drill.ends.hours", at=at, hours=hours), value=at.isoformat())
        for hours in _HOURS
        for at in [starts + timedelta(hours=hours)]
    ]


async def _learn(_scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """The beginning brings the ends that can be chosen."""
    return {"begins": known.get("starts")}


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    drill = await open_drill(
        scene.work,
        scene.person,
        DrillWish(
            place=PlaceCode(answers.place),
            kind=answers.kind,
            form=answers.form,
            contents=answers.contents,
            blind=answers.notice == "blind",
            starts_at=answers.starts,
            ends_at=answers.ends,
            reason=answers.reason,
            script=answers.script or "",
            upward="upward" in answers.also,
            elsewhere="others" in answers.also,
        ),
    )
    people, chats = await scene.work.rows.drills.people_of(drill.id), await scene.work.rows.drills.chats_of(drill.id)
    scene.work.rows.drills.mark()
    return scene.text(
        "open_drill.done",
        running=drill.state is DrillState.RUNNING,
        blind=drill.blind,
        starts=scene.work.local(drill.starts_at),
        ends=scene.work.local(drill.ends_at),
        people=len(people),
        groups=len(chats),
    )


DIALOGUE = Dialogue(
    form=FORM,
    submit=_submit,
    options={"places": places, "starts": _starts, "ends": _ends},
    may=may,
    learn=_learn,
)
