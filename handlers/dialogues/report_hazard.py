"""Anybody reports a hazard: what kind, where, what is going on, who is threatened, pictures. At most five answers;
what the bot knows it does not ask, and what is known already becomes one more report of the same thing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice, Headcount
from domain.forms import Form, Kind, Known, Location, Question, Voice
from domain.geometry import Point
from domain.hazards import LIKELY_FIRST, Category
from domain.places import PlaceCode
from domain.text import Button, Html
from handlers.dialogue import Closing, Dialogue
from handlers.dialogues.fix_at_once import once_buttons
from handlers.scene import Scene
from services.hazard_report import Reporter, Told, report_hazard
from services.hazard_same import nearby
from services.hazard_where import Spot, locate

Words = Annotated[str, Field(min_length=2, max_length=800)]
_OWN_PLACES = 6


class Answers(BaseModel):
    category: Category
    place: Annotated[str, Field(min_length=2, max_length=100)] | Location
    same: str | None = None
    more: Words | Voice | None = None
    what: Words | Voice | None = None
    threatened: Literal["none", "unsure"] | Headcount | None = None
    photos: Annotated[tuple[str, ...], Field(max_length=10)] = ()


def _is_known(known: Known) -> bool:
    """The person said that it is the same as one that is open."""
    return known.get("same") not in {None, "no"}


def _has_more(known: Known) -> bool:
    """What was said already, at a point of a patrol, is not asked for again."""
    return _is_known(known) and not known.get("what")


def _is_new(known: Known) -> bool:
    return not _is_known(known)


FORM = Form(
    "report_hazard",
    Answers,
    (
        Question(name="category", kind=Kind.CHOICE, choices=tuple(Choice(one.value) for one in LIKELY_FIRST)),
        Question(name="place", kind=Kind.PICK, options="places", also=(Kind.TEXT, Kind.LOCATION)),
        Question(name="same", kind=Kind.PICK, options="alike", when=lambda known: bool(known.get("alike"))),
        Question(name="more", kind=Kind.TEXT, also=(Kind.VOICE,), required=False, when=_has_more),
        Question(name="what", kind=Kind.TEXT, also=(Kind.VOICE,), when=_is_new),
        Question(
            name="threatened",
            kind=Kind.COUNT,
            choices=(Choice("none"), Choice("unsure")),
            when=_is_new,
            errors=("not_understood",),
        ),
        Question(name="photos", kind=Kind.PHOTO, many=True, required=False, when=_is_new),
    ),
)


# -- what can be chosen -------------------------------------------------------------------------------------------


async def _places(scene: Scene, _known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The places of the reporter's own posts; a stranger has none and says it in words, or sends where he is."""
    if scene.person is None:
        return []
    tree = await scene.work.tree()
    own = dict.fromkeys(post.place for post in scene.person.posts)
    found = [place for code in own if (place := tree.get(code)) is not None]
    if len(found) == 1:
        found += tree.children(found[0].code)[: _OWN_PLACES - 1]
    return [Choice(str(place.code), label=place.name) for place in found[:_OWN_PLACES]]


async def _alike(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    ids = known.get("alike")
    rows = [
        row
        for number in (ids if isinstance(ids, list) else [])
        if isinstance(number, int) and (row := await scene.work.rows.hazards.get(number)) is not None
    ]
    tree = await scene.work.tree()
    found = [
        Choice(
            str(row.id),
            label=scene.label(
                "report_hazard.same.shown",
                number=row.number,
                place=tree.path(row.place),
                at=scene.work.local(row.created_at),
            ),
        )
        for row in rows
    ]
    return [*found, Choice("no", label=scene.label("report_hazard.same.no"))]


async def _learn(scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """Whether the same kind of thing is open at the same place."""
    if "category" not in known or "place" not in known:
        return {}
    told = _where(Category(str(known["category"])), known["place"], await _codes(scene))
    place, _ = await locate(scene.work, scene.person, told.place, told.place_words, told.spot)
    point = known.get("point")
    spot = Spot(point if isinstance(point, int) else None, told.spot)
    found: list[JsonValue] = [row.id for row in await nearby(scene.work, told.category, place, spot)]
    return {"alike": found} if found or "alike" in known else {}


async def _facts(_scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    pictures = len(_photos(known.get("photos"))) + len(_photos(known.get("first_photos")))
    return {"pictures": pictures, "noted": "task" in known}


# -- what comes of it ---------------------------------------------------------------------------------------------


def _reporter(scene: Scene) -> Reporter:
    user_id = scene.incoming.user_id
    assert user_id is not None
    name = scene.incoming.first_name if scene.person is None else scene.person.name
    return Reporter(user_id, scene.person, name, scene.lang, scene.incoming.private)


async def _codes(scene: Scene) -> frozenset[str]:
    return frozenset(place.code for place in await scene.work.tree())


def _where(category: Category, place: object, codes: frozenset[str]) -> Told:
    """The place as chosen, as a position, or in words."""
    if isinstance(place, Mapping):
        place = Location.model_validate(place)
    if isinstance(place, Location):
        return Told(category, spot=Point(place.lat, place.lon))
    words = str(place)
    return Told(category, place=PlaceCode(words)) if words in codes else Told(category, place_words=words)


def _threatened(said: object) -> Headcount:
    """没有人 is nobody; 说不准 is not known, and never nil."""
    if said == "none":
        return Headcount(0, 0)
    return said if isinstance(said, Headcount) else Headcount()


def _photos(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()


def _answers_alone(scene: Scene) -> bool:
    """A roster's person in his own chat: he may say that he has fixed it already."""
    return scene.person is not None and scene.incoming.private


async def _submit(scene: Scene, answers: BaseModel, known: Mapping[str, JsonValue]) -> Html | Closing:
    assert isinstance(answers, Answers)
    where = _where(answers.category, answers.place, await _codes(scene))
    said = (answers.more or known.get("what")) if _is_known(known) else answers.what
    voice = said if isinstance(said, Voice) else None
    task, point, found_at = known.get("task"), known.get("point"), known.get("found_at")
    same = answers.same if answers.same is not None and answers.same.isdigit() else None
    done = await report_hazard(
        scene.work,
        _reporter(scene),
        Told(
            category=answers.category,
            place=where.place,
            place_words=where.place_words,
            spot=where.spot,
            what="" if voice is not None or said is None else str(said),
            voice="" if voice is None else voice.file_id,
            seconds=0 if voice is None else voice.seconds,
            threatened=_threatened(answers.threatened),
            photos=(*_photos(known.get("first_photos")), *answers.photos),
            task_id=task if isinstance(task, int) else None,
            point_id=point if isinstance(point, int) else None,
            found_at=datetime.fromisoformat(found_at) if isinstance(found_at, str) else None,
            same_as=None if same is None else int(same),
        ),
    )
    once = once_buttons(scene, done.row) if not done.joined and _answers_alone(scene) else ()
    closing = "report_hazard.joined" if done.joined else "report_hazard.done"
    text = scene.text(
        closing,
        number=done.row.number,
        suspected=done.row.suspected,
        unnamed=scene.person is None,
        once=bool(once),
    )
    if scene.person is not None:
        return Closing(text, once)
    may = Button(scene.label("hazard.button.name"), f"h:name:{done.row.id}")
    return Closing(text, ((may,),))


DIALOGUE = Dialogue(
    form=FORM,
    submit=_submit,
    options={"places": _places, "alike": _alike},
    facts=_facts,
    learn=_learn,
)
