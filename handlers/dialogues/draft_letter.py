"""起草函单: which kind, about what, to whom, by when. What the ledger knows is drafted; one's own words replace it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.form_rules import Ahead
from domain.forms import Form, Kind, Known, Question
from domain.letters import LetterKind
from domain.people import Action, Person, Role
from domain.points import RiskPoint
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.casework import allowed
from services.hazard_desk import officers_of, owners
from services.hazard_list import most_urgent
from services.letters import Wanted, draft, issuing_post
from services.ports import HazardRow, WarningRow

_END_OF_DAY = time(18)
_SHOWN = 8
_NOTHING = "none"
_TAKERS = (
    *(Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER, Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION),
    Role.DEPARTMENT,
)


class Answers(BaseModel):
    replaces: int | None = None
    kind: str
    about: str
    person: int
    unit: Annotated[str, Field(min_length=2, max_length=60)]
    matter: Annotated[str, Field(min_length=4, max_length=1500)] | None = None
    words: Annotated[str, Field(min_length=4, max_length=1500)] | None = None
    due: Ahead | None = None


def _on_its_own(known: Known) -> bool:
    return known.get("about") == _NOTHING


FORM = Form(
    "draft_letter",
    Answers,
    (
        Question(name="kind", kind=Kind.CHOICE, choices=tuple(Choice(kind.value) for kind in LetterKind)),
        Question(name="about", kind=Kind.PICK, options="subjects"),
        Question(name="person", kind=Kind.PERSON, options="people"),
        Question(name="unit", kind=Kind.PICK, options="units", also=(Kind.TEXT,)),
        Question(name="matter", kind=Kind.TEXT, when=_on_its_own),
        Question(name="words", kind=Kind.TEXT, required=False, when=lambda known: not _on_its_own(known)),
        Question(name="due", kind=Kind.TIME, lean="future", options="dues"),
    ),
    facts=("replaces",),
)


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    await issuing_post(scene.work, scene.known())


async def _learn(_scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """`so_far` lets each answer bring the choices that depend on it."""
    return {"so_far": f"{known.get('about') or ''}|{known.get('person') or ''}"}


async def _hazard(scene: Scene, known: Mapping[str, JsonValue]) -> HazardRow | None:
    kind, _, number = str(known.get("about") or "").partition(":")
    return await scene.work.rows.hazards.get(int(number)) if kind == "hazard" and number.isdigit() else None


async def _point(scene: Scene, known: Mapping[str, JsonValue]) -> RiskPoint | None:
    """One is only named where the letter was begun from its card."""
    kind, _, number = str(known.get("about") or "").partition(":")
    return await scene.work.rows.points.get(int(number)) if kind == "point" and number.isdigit() else None


async def _subjects(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """Open hazards of the unit, most urgent first, then warnings in force, then nothing of the kind."""
    work, person, found = scene.work, scene.known(), []
    hazards = await most_urgent(work, person, _SHOWN)
    chosen = await _hazard(scene, known)
    if chosen is not None and chosen.id not in {row.id for row in hazards}:
        hazards = [chosen, *hazards]
    for row in hazards:
        category = scene.label(f"report_hazard.category.choice.{row.category.value}")
        label = scene.label("draft_letter.about.hazard", number=row.number, category=category)
        found.append(Choice(f"h{row.id}", label=label, value=f"hazard:{row.id}"))
    if (point := await _point(scene, known)) is not None:
        label = scene.label("draft_letter.about.point", number=point.number, name=point.name)
        found.insert(0, Choice(f"p{point.id}", label=label, value=f"point:{point.id}"))
    for warning in await _warnings(scene):
        label = scene.label("draft_letter.about.warning", number=warning.number, headline=warning.headline)
        found.append(Choice(f"w{warning.id}", label=label, value=f"warning:{warning.id}"))
    return [*found, Choice(_NOTHING, label=scene.label("draft_letter.about.none"), value=_NOTHING)]


async def _warnings(scene: Scene) -> list[WarningRow]:
    place = (await issuing_post(scene.work, scene.known())).place
    every = await scene.work.rows.warnings.active(scene.work.now)
    return [one for one in every if any(code.startswith(place) or place.startswith(code) for code in one.places)][:3]


async def _people(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """Whoever has to fix it, the department, the heads of the place; by name or number anybody in the unit's reach."""
    work, row, search = scene.work, await _hazard(scene, known), known.get("search")
    tree, place = await work.tree(), (await issuing_post(work, scene.known())).place
    found: list[Person] = []
    if isinstance(search, str) and len(search) > 1:
        found = await work.rows.people.search(search, place, _SHOWN)
    elif row is not None:
        assignee = None if row.assignee is None else await work.rows.people.get(row.assignee)
        village, township = tree.village_of(row.place), tree.township_of(row.place)
        here = [one.code for one in (village, township) if one is not None]
        found = [] if assignee is None else [assignee]
        found += [*await officers_of(work, owners(work, row)), *await work.rows.people.holding(_TAKERS, here)]
    elif (point := await _point(scene, known)) is not None:
        here = [one.code for one in (tree.village_of(point.place), tree.township_of(point.place)) if one is not None]
        found = [*await work.rows.people.holding(_TAKERS, here), *await officers_of(work, [point.department])]
    else:
        below = [place, *(one.code for one in tree.children(place))]
        found = await work.rows.people.holding(_TAKERS, below)
    me = scene.known().id
    once = {one.id: one for one in found if one.posts and one.id != me}
    chosen = known.get("person")
    if isinstance(chosen, int) and chosen not in once and (one := await work.rows.people.get(chosen)) is not None:
        once[one.id] = one
    return [await _choice(scene, one) for one in list(once.values())[:_SHOWN]]


async def _choice(scene: Scene, person: Person) -> Choice:
    tree, post = await scene.work.tree(), person.posts[0]
    place = post.department or tree.path(post.place).split("·")[-1]
    role = scene.label(f"role.name.{post.role.value}")
    label = scene.label("assign_hazard.person.shown", name=person.name, place=place, role=role)
    return Choice(str(person.id), label=label, aliases=(person.name,), value=person.id)


async def _units(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """What the ledger calls the unit, then the units of the addressee's posts; anything else is typed."""
    row, names, number = await _hazard(scene, known), [], known.get("person")
    if row is not None and row.unit and number == row.assignee:
        names.append(row.unit)
    person = await scene.work.rows.people.get(number) if isinstance(number, int) else None
    tree = await scene.work.tree()
    for post in () if person is None else person.posts:
        place = tree.get(post.place)
        names.append((place.name if place is not None else "") + post.department)
    return [Choice(f"u{n}", label=name, value=name) for n, name in enumerate(dict.fromkeys(names)) if len(name) > 1]


async def _dues(scene: Scene, _known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    now = scene.work.local(scene.work.now)
    found = []
    for days in scene.work.policy.letters.answer_days:
        due = datetime.combine(now.date() + timedelta(days=days), _END_OF_DAY, now.tzinfo)
        label = scene.label("assign_hazard.due.shown", days=days, at=due)
        found.append(Choice(f"d{days}", label=label, value=due.isoformat()))
    return found


async def _submit(scene: Scene, answers: BaseModel, _known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    about = "" if answers.about == _NOTHING else answers.about
    letter = await draft(
        scene.work,
        scene.known(),
        Wanted(
            kind=LetterKind(answers.kind),
            addressee=answers.person,
            unit=answers.unit,
            about=about,
            words=answers.matter or answers.words or "",
            due_at=answers.due,
            replaces=answers.replaces,
        ),
    )
    place, person = letter.place, scene.known()
    signs = await allowed(scene.work, person, Action.SIGN_LETTER, place, [letter.department])
    return scene.text("draft_letter.done" if signs else "draft_letter.done_for_signature")


DIALOGUE = Dialogue(
    form=FORM,
    submit=_submit,
    options={"subjects": _subjects, "people": _people, "units": _units, "dues": _dues},
    may=_may,
    learn=_learn,
)
