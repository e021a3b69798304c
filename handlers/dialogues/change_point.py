"""One thing about a risk point is changed: which, and what it is now."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice, Headcount
from domain.errors import NotAllowed, Stale
from domain.forms import Form, Kind, Known, Location, Question
from domain.people import Person, Role
from domain.point_rows import threshold_figure
from domain.points import RiskLevel, RiskPoint
from domain.posts import department_named
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.points import Outcome, Result, change_point, may_edit, may_propose, point_now

_PERSONS: Mapping[str, str] = {"patrol": "patrollers", "warn": "warners", "evacuate": "evacuators"}
_WORDS: Mapping[str, str] = {
    "shelter": "shelter",
    "route": "route",
    "limit": "threshold",
    "name": "name",
    "office": "department",
}
FIELDS = ("threat", "patrol", "warn", "evacuate", "level", "shelter", "route", "limit", "spot", "name", "office")
"""as they are chosen; behind a choice stand one or two fields of the point"""
_IN_CHARGE = (
    *(Role.PATROLLER, Role.MONITOR, Role.GRID_MEMBER, Role.EMERGENCY_OFFICER, Role.WARNER, Role.EVACUATOR),
    *(Role.VILLAGE_HEAD, Role.CONTACT_CADRE),
)
_SHOWN = 12


class Answers(BaseModel):
    point: int
    version: int
    field: str
    level: RiskLevel | None = None
    threatened: Headcount | None = None
    person: int | None = None
    spot: Location | None = None
    words: Annotated[str, Field(min_length=1, max_length=200)] | None = None


def _is(*fields: str) -> Any:
    wanted = frozenset(fields)

    def when(known: Known) -> bool:
        return known.get("field") in wanted

    return when


FORM = Form(
    "change_point",
    Answers,
    (
        Question(name="field", kind=Kind.CHOICE, choices=tuple(Choice(one) for one in FIELDS)),
        Question(
            name="level", kind=Kind.CHOICE, when=_is("level"), choices=tuple(Choice(one.value) for one in RiskLevel)
        ),
        Question(name="threatened", kind=Kind.COUNT, when=_is("threat")),
        Question(name="person", kind=Kind.PERSON, options="people", when=_is(*_PERSONS)),
        Question(name="spot", kind=Kind.LOCATION, when=_is("spot")),
        Question(name="words", kind=Kind.TEXT, when=_is(*_WORDS)),
    ),
    facts=("point", "version"),
)


async def point_of(scene: Scene, known: Mapping[str, JsonValue]) -> RiskPoint:
    """As it stands, if nobody changed it in the meantime. Raises Stale."""
    number, version = known.get("point"), known.get("version")
    if not isinstance(number, int) or not isinstance(version, int):
        raise Stale("refused.stale")
    return await point_now(scene.work, number, version)


async def may_change(scene: Scene, known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    point, person = await point_of(scene, known), scene.known()
    edits = await may_edit(scene.work, person, point.place, point.category, point.department)
    if not edits and not await may_propose(scene.work, person, point.place):
        raise NotAllowed("refused.no_right")


async def people_near(scene: Scene, place: Any, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """Those of the village; by name or number anybody of the county."""
    work, search = scene.work, known.get("search")
    tree = await work.tree()
    if isinstance(search, str) and len(search) > 1:
        found = await work.rows.people.search(search, work.county, _SHOWN)
    else:
        village = tree.village_of(place)
        found = await work.rows.people.holding(_IN_CHARGE, [place if village is None else village.code])
    return [_choice(scene, one) for one in found[:_SHOWN] if one.posts]


def _choice(scene: Scene, person: Person) -> Choice:
    role = scene.label(f"role.name.{person.posts[0].role.value}")
    label = scene.label("change_point.person.shown", name=person.name, role=role)
    return Choice(str(person.id), label=label, aliases=(person.name,), value=person.id)


async def _people(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    return await people_near(scene, (await point_of(scene, known)).place, known)


async def _facts(scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    point, field = await point_of(scene, known), known.get("field")
    label = scene.label(f"change_point.field.choice.{field}") if field in FIELDS else ""
    return {"name": point.name, "field": label}


def _values(answers: Answers) -> dict[str, Any]:
    match answers.field:
        case "threat":
            said = answers.threatened or Headcount()
            return {"households": said.households, "people": said.people}
        case "level":
            return {"level": answers.level}
        case "spot":
            assert answers.spot is not None
            return {"lat": round(answers.spot.lat, 6), "lon": round(answers.spot.lon, 6)}
        case "limit":
            return {"threshold": answers.words, "warning_level": threshold_figure(answers.words)}
        case "office":
            return {"department": department_named(answers.words or "")}
        case field if field in _PERSONS:
            return {_PERSONS[field]: () if answers.person is None else (answers.person,)}
    return {_WORDS[answers.field]: answers.words}


async def _submit(scene: Scene, answers: BaseModel, known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    point = await point_of(scene, known)
    done = await change_point(scene.work, scene.known(), point, _values(answers))
    return closing(scene, done, point.name, "changed")


def closing(scene: Scene, done: Result, name: str, deed: str) -> Html:
    if done.outcome is Outcome.DONE:
        return scene.text(f"points.done.{deed}", name=name)
    return scene.text("points.done.proposed" if done.outcome is Outcome.PROPOSED else "points.done.nothing", name=name)


DIALOGUE = Dialogue(form=FORM, submit=_submit, options={"people": _people}, may=may_change, facts=_facts)
