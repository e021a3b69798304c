"""交办: unit, person, measure and deadline, all four, and for a major hazard what keeps people safe until then."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed, Stale
from domain.form_rules import Ahead
from domain.forms import Form, Kind, Question
from domain.hazards import Grade
from domain.people import Action, Person, Role
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.hazard_desk import has_right, officers_of, owners
from services.hazards import Assignment, assign
from services.ports import HazardRow
from services.work import Work

_END_OF_DAY = time(18)
_NEARBY = (Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER, Role.GRID_MEMBER, Role.PATROLLER, Role.MONITOR, Role.RESCUE_LEAD)
_SHOWN = 8
_MEASURES = ("clear", "repair", "move", "fence", "watch", "law")


class Answers(BaseModel):
    hazard: int
    state: str
    was: int | None = None
    grave: bool = False
    unit: Annotated[str, Field(min_length=2, max_length=60)]
    person: int
    measure: Annotated[str, Field(min_length=2, max_length=300)]
    interim: Annotated[str, Field(min_length=2, max_length=300)] | None = None
    due: Ahead


FORM = Form(
    "assign_hazard",
    Answers,
    (
        Question(name="person", kind=Kind.PERSON, options="people"),
        Question(name="unit", kind=Kind.PICK, options="units", also=(Kind.TEXT,)),
        Question(name="measure", kind=Kind.TEXT, choices=tuple(Choice(code) for code in _MEASURES)),
        Question(name="interim", kind=Kind.TEXT, when=lambda known: bool(known.get("grave"))),
        Question(name="due", kind=Kind.TIME, lean="future", options="dues"),
    ),
    facts=("hazard", "state", "was", "grave"),
)


def opening(row: HazardRow) -> dict[str, object]:
    """What the dialogue knows when it begins."""
    return {
        "hazard": row.id,
        "state": row.state.value,
        "was": row.assignee,
        "grave": row.grade is Grade.MAJOR,
    }


async def _row(work: Work, known: Mapping[str, JsonValue]) -> HazardRow:
    number = known.get("hazard")
    row = await work.rows.hazards.get(number) if isinstance(number, int) else None
    if row is None:
        raise Stale("refused.stale")
    return row


async def _may(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if not await has_right(scene.work, scene.known(), Action.ASSIGN_HAZARD, await _row(scene.work, known)):
        raise NotAllowed("refused.no_right")


# -- what can be chosen -------------------------------------------------------------------------------------------


async def _people(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """Those on the spot and at the department; by name or number anybody in the officer's reach."""
    row, work = await _row(scene.work, known), scene.work
    tree = await work.tree()
    search = known.get("search")
    if isinstance(search, str) and len(search) > 1:
        township = tree.township_of(row.place)
        found = await work.rows.people.search(search, work.county if township is None else township.code, _SHOWN)
        found += await work.rows.people.search(search, work.county, _SHOWN)
    else:
        village = tree.village_of(row.place)
        here = [one for one in (row.place, None if village is None else village.code) if one is not None]
        found = [*await work.rows.people.holding(_NEARBY, here), *await officers_of(work, owners(work, row))]
    once = {one.id: one for one in found if one.posts}
    return [await _choice(scene, one) for one in list(once.values())[:_SHOWN]]


async def _choice(scene: Scene, person: Person) -> Choice:
    tree = await scene.work.tree()
    post = person.posts[0]
    label = scene.label(
        "assign_hazard.person.shown",
        name=person.name,
        place=post.department or tree.path(post.place).split("·")[-1],
        role=scene.label(f"role.name.{post.role.value}"),
    )
    return Choice(str(person.id), label=label, aliases=(person.name,), value=person.id)


async def _units(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The village, the township, and the departments that own such things; anything else is typed."""
    row, work = await _row(scene.work, known), scene.work
    tree = await work.tree()
    places = [tree.village_of(row.place), tree.township_of(row.place)]
    names = [place.name for place in places if place is not None]
    names += [scene.label("assign_hazard.unit.department", name=name) for name in owners(work, row)]
    return [Choice(f"u{number}", label=name, value=name) for number, name in enumerate(dict.fromkeys(names))]


async def _dues(scene: Scene, _known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The county's usual deadlines, each at the end of its working day; today only while there is time left."""
    now = scene.work.local(scene.work.now)
    found = []
    for days in scene.work.policy.hazards.deadline_choices_days:
        due = datetime.combine(now.date() + timedelta(days=days), _END_OF_DAY, now.tzinfo)
        if days == 0 and due < now + timedelta(hours=1):
            due = now.replace(second=0, microsecond=0) + timedelta(hours=2)
        label = scene.label("assign_hazard.due.shown", days=days, at=due)
        found.append(Choice(f"d{days}", label=label, value=due.isoformat()))
    return found


async def _facts(scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    return {"number": (await _row(scene.work, known)).number}


# -- what comes of it ---------------------------------------------------------------------------------------------


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    measure = answers.measure
    if measure in _MEASURES:
        measure = scene.label(f"assign_hazard.measure.choice.{measure}")
    row, fixer = await assign(
        scene.work,
        scene.known(),
        answers.hazard,
        Assignment(answers.unit, answers.person, measure, answers.due, answers.interim or ""),
        was=(answers.state, answers.was),
    )
    return scene.text(
        "assign_hazard.done",
        number=row.number,
        name=fixer.name,
        phone=fixer.phone,
        due=scene.work.local(answers.due),
        reached=fixer.reachable,
    )


DIALOGUE = Dialogue(
    form=FORM,
    submit=_submit,
    options={"people": _people, "units": _units, "dues": _dues},
    may=_may,
    facts=_facts,
)
