"""交办: unit, person, measure and deadline, all four, and for a major hazard what keeps people safe until then."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed, Stale
from domain.form_rules import Ahead
from domain.forms import Form, Kind, Known, Question
from domain.hazards import Grade, HazardState, Treatment
from domain.people import Action, Person, PersonId, Role
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.hazard_desk import has_right, officers_of, owners, rechecks
from services.hazards import Assignment, assign
from services.ports import HazardRow
from services.work import Work

_END_OF_DAY = time(18)
_NEARBY = (Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER, Role.GRID_MEMBER, Role.PATROLLER, Role.MONITOR, Role.RESCUE_LEAD)
_SHOWN = 8
_MEASURES: dict[str, Treatment] = {
    "clear": Treatment.AT_ONCE,
    "repair": Treatment.REINFORCE,
    "works": Treatment.WORKS,
    "move": Treatment.RELOCATE,
    "fence": Treatment.WATCH,
    "watch": Treatment.WATCH,
    "law": Treatment.LAW,
}
"""the usual measures; each says how it is dealt with, so that only a measure in words is asked about again"""
_SHORT = {Treatment.REINFORCE: "stronger"}
"""a button's code has no room for more than eight letters"""
_TREATMENTS = tuple(Choice(_SHORT.get(one, one.value), value=one.value) for one in Treatment)
_COSTLY = frozenset({Treatment.WORKS, Treatment.RELOCATE})


class Answers(BaseModel):
    hazard: int
    state: str
    was: int | None = None
    grave: bool = False
    unsafe: bool = False
    unit: Annotated[str, Field(min_length=2, max_length=60)]
    person: int
    measure: Annotated[str, Field(min_length=2, max_length=300)]
    treatment: Treatment | None = None
    fund: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    recheck: int | None = None
    interim: Annotated[str, Field(min_length=2, max_length=300)] | None = None
    due: Ahead


def _treatment(known: Known) -> Treatment | None:
    measure, chosen = known.get("measure"), known.get("treatment")
    if isinstance(measure, str) and measure in _MEASURES:
        return _MEASURES[measure]
    return Treatment(chosen) if isinstance(chosen, str) else None


def _is_large(known: Known) -> bool:
    """Where the money and the one who looks again are settled beforehand."""
    return bool(known.get("grave")) or _treatment(known) in _COSTLY


FORM = Form(
    "assign_hazard",
    Answers,
    (
        Question(name="person", kind=Kind.PERSON, options="people"),
        Question(name="unit", kind=Kind.PICK, options="units", also=(Kind.TEXT,)),
        Question(name="measure", kind=Kind.TEXT, choices=tuple(Choice(code) for code in _MEASURES)),
        Question(
            name="treatment",
            kind=Kind.CHOICE,
            choices=_TREATMENTS,
            when=lambda known: "measure" in known and known["measure"] not in _MEASURES,
        ),
        Question(name="fund", kind=Kind.TEXT, required=False, when=_is_large),
        Question(name="recheck", kind=Kind.PERSON, options="rechecks", required=False, when=_is_large),
        Question(name="interim", kind=Kind.TEXT, when=lambda known: bool(known.get("unsafe"))),
        Question(name="due", kind=Kind.TIME, lean="future", options="dues"),
    ),
    facts=("hazard", "state", "was", "grave", "unsafe"),
)


def opening(row: HazardRow) -> dict[str, object]:
    """What the dialogue knows when it begins."""
    return {
        "hazard": row.id,
        "state": row.state.value,
        "was": row.assignee,
        "grave": row.grade is Grade.MAJOR,
        "unsafe": row.grade is Grade.MAJOR and not row.interim,
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


async def _rechecks(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """Who may look at it again: never the one who fixes."""
    row = await _row(scene.work, known)
    fixer = _number(known.get("person"))
    found = await rechecks(scene.work, replace(row, state=HazardState.FIXED, assignee=fixer, recheck_by=None))
    return [await _choice(scene, one) for one in found[:_SHOWN]]


def _number(value: JsonValue) -> PersonId | None:
    return PersonId(value) if isinstance(value, int) else None


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
        Assignment(
            answers.unit,
            answers.person,
            measure,
            answers.due,
            interim=answers.interim or "",
            treatment=_MEASURES.get(answers.measure, answers.treatment),
            fund=answers.fund or "",
            recheck_by=answers.recheck,
        ),
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
    options={"people": _people, "units": _units, "dues": _dues, "rechecks": _rechecks},
    may=_may,
    facts=_facts,
)
