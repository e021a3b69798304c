"""A leader issues a spot check: a draw from a place or one named person, the subject, and a look at the very question
before it goes out."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue

from domain.answers import Choice
from domain.checks import Topic, post_for
from domain.errors import DomainError, NotAllowed
from domain.forms import Form, Kind, Known, Question
from domain.people import Person, Role
from domain.places import Level, PlaceCode
from domain.text import Html
from handlers.dialogue import Dialogue
from handlers.scene import Scene
from services.check_list import Listed, read_list
from services.check_pool import Pool, pool_of, scopes
from services.checks import Order, issue, minutes_at, night, topic_in_turn, usual_size

MOST = 10
_LISTED = 16
"""so many persons are offered without being searched for"""
_CHOOSE = 24
_ANY = "any"
_IN_TURN = "turn"
_EVERYBODY = "all"


class Answers(BaseModel):
    manner: Literal["random", "named", "list"]
    place: str | None = None
    post: str | None = None
    size: Annotated[int, Field(ge=1, le=MOST)] | None = None
    person: int | None = None
    names: Annotated[str, Field(min_length=2, max_length=1500)] | None = None
    which: tuple[str, ...] | None = None
    topic: str
    night: Literal["yes"] | None = None


def _random(known: Known) -> bool:
    return known.get("manner") == "random"


def _named(known: Known) -> bool:
    return known.get("manner") == "named"


def _listed(known: Known) -> bool:
    return known.get("manner") == "list"


FORM = Form(
    "issue_check",
    Answers,
    (
        Question(name="manner", kind=Kind.CHOICE, choices=(Choice("random"), Choice("named"), Choice("list"))),
        Question(
            name="place",
            kind=Kind.PICK,
            options="places",
            when=lambda known: _random(known) and not known.get("only_place"),
        ),
        Question(name="post", kind=Kind.PICK, options="posts", when=_random),
        Question(
            name="size",
            kind=Kind.NUMBER,
            options="sizes",
            when=_random,
            default=lambda known: known.get("usual", 1),
        ),
        Question(name="person", kind=Kind.PERSON, options="people", when=_named),
        Question(name="names", kind=Kind.TEXT, when=_listed),
        Question(
            name="which",
            kind=Kind.MULTI,
            options="which",
            required=False,
            when=lambda known: _listed(known) and bool(known.get("ambiguous")),
        ),
        Question(name="topic", kind=Kind.PICK, options="topics"),
        Question(
            name="night", kind=Kind.CHOICE, choices=(Choice("yes"),), when=lambda known: bool(known.get("is_night"))
        ),
    ),
)


async def begin(scene: Scene) -> None:
    """Open the dialogue; where there is only one place, it is not asked."""
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    places = await _all_places(scene, "")
    await scene.open("issue_check", {"only_place": next(iter(places))} if len(places) == 1 else {})


async def _may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    await scopes(scene.work, scene.person)


async def _learn(scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """Whether it is night by now, and the usual size for the place. `so_far` lets each answer bring the choices that
    depend on it."""
    answered = [str(known.get(name) or "") for name in ("manner", "place", "post", "person", "names", "topic")]
    found: dict[str, JsonValue] = {"is_night": night(scene.work), "so_far": "|".join(answered)}
    listed = await _list(scene, known)
    found["ambiguous"] = bool(listed.several)
    place = _place(known)
    if place is not None:
        found["usual"] = await usual_size(scene.work, place)
    return found


def _place(known: Mapping[str, JsonValue]) -> PlaceCode | None:
    place = known.get("place") or known.get("only_place")
    return PlaceCode(place) if isinstance(place, str) and _random(known) else None


async def _all_places(scene: Scene, search: str) -> dict[PlaceCode, str]:
    """The leader's areas as a whole, then what lies directly below; by name anything inside."""
    tree = await scene.work.tree()
    found: dict[PlaceCode, str] = {}
    for scope in await scopes(scene.work, scene.person):
        place = tree.get(scope.place)
        if place is None:
            continue
        below = () if place.level in {Level.VILLAGE, Level.GRID} else tree.children(place.code)
        found[place.code] = scene.label("issue_check.place.whole", place=place.name) if below else place.name
        found.update({child.code: child.name for child in below})
        if search:
            found.update({hit.code: tree.path(hit.code) for hit in tree.find_by_name(search, within=place.code)})
    return found


def _search(known: Mapping[str, JsonValue]) -> str:
    search = known.get("search")
    return search if isinstance(search, str) else ""


async def _places(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    if not _random(known):
        return []
    found = await _all_places(scene, _search(known))
    tree, chosen = await scene.work.tree(), known.get("place")
    if isinstance(chosen, str):
        found.setdefault(PlaceCode(chosen), tree.path(PlaceCode(chosen)))
    return [Choice(str(code), label=name) for code, name in found.items()]


async def _pool(scene: Scene, known: Mapping[str, JsonValue], roles: frozenset[Role]) -> Pool | None:
    place = _place(known)
    return None if place is None else await pool_of(scene.work, scene.known(), place, roles)


async def _posts(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """任何职责, then every post that somebody in the place holds."""
    pool = await _pool(scene, known, frozenset())
    if pool is None:
        return []
    held = await scopes(scene.work, scene.person)
    posts = [post for one in pool.candidates.values() for post in (one.post, *one.person.posts)]
    roles = {post.role for post in posts if any(scope.covers(post) for scope in held)}
    return [
        Choice(_ANY, label=scene.label("issue_check.post.any")),
        *(Choice(role.value, label=scene.label(f"role.name.{role.value}")) for role in Role if role in roles),
    ]


def _roles(post: JsonValue) -> frozenset[Role]:
    return frozenset() if not isinstance(post, str) or post == _ANY else frozenset({Role(post)})


async def _sizes(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """全部, where all who can be asked are not too many for one check."""
    pool = await _pool(scene, known, _roles(known.get("post"))) if known.get("post") else None
    count = 0 if pool is None else len(pool.eligible)
    if not 1 < count <= scene.work.policy.checks.most_at_once:
        return []
    label = scene.label("issue_check.size.all", count=count)
    return [Choice(_EVERYBODY, label=label, aliases=tuple(scene.label("issue_check.size.words").split()), value=count)]


async def _people(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """Whom the leader may check, by name or telephone; all of them where they are few."""
    if not _named(known):
        return []
    held, checker = await scopes(scene.work, scene.person), scene.known()
    found: dict[int, Person] = {}
    for scope in held:
        searched = await scene.work.rows.people.search(_search(known), scope.place, _LISTED + 1)
        found.update({one.id: one for one in searched})
    chosen = known.get("person")
    if isinstance(chosen, int) and (person := await scene.work.rows.people.get(chosen)) is not None:
        found[person.id] = person
    tree = await scene.work.tree()
    offered = []
    for person in found.values():
        meant = next((hit for scope in held if (hit := post_for(person, [scope], scope.place)) is not None), None)
        if meant is None or person.id == checker.id:
            continue
        where, role = tree.path(meant[0].place), scene.label(f"role.name.{meant[0].role.value}")
        label = scene.label("issue_check.person.shown", name=person.name, place=where, role=role)
        offered.append(Choice(str(person.id), label=label, aliases=(person.name,), value=person.id))
    return offered if _search(known) or chosen or len(found) <= _LISTED else []


async def _list(scene: Scene, known: Mapping[str, JsonValue]) -> Listed:
    names = known.get("names")
    if not _listed(known) or not isinstance(names, str):
        return Listed()
    return await read_list(scene.work, scene.known(), names)


async def _which(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """Those of whom the list does not say which is meant, each with his place."""
    tree = await scene.work.tree()
    return [
        Choice(str(one.id), label=scene.label("issue_check.which.shown", name=one.name, place=tree.path(_at(one))))
        for one in (await _list(scene, known)).to_choose[:_CHOOSE]
    ]


def _at(person: Person) -> PlaceCode:
    return min((post.place for post in person.posts), key=len)


async def _topics(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The six subjects and 轮换. The one that was chosen is shown with its question, as it will be asked."""
    turn = await topic_in_turn(scene.work, scene.known())
    choices = []
    for code, topic in [(_IN_TURN, turn), *((topic.value, topic) for topic in Topic)]:
        name = scene.label(f"check.topic.{topic.value}")
        label = scene.label("issue_check.topic.turn", topic=name) if code == _IN_TURN else name
        if known.get("topic") == code:
            question = scene.label(f"check.question.{topic.value}")
            minutes = await _minutes(scene, known)
            label = scene.label("issue_check.topic.shown", topic=label, question=question, minutes=minutes)
        choices.append(Choice(code, label=label, aliases=(name,) if code != _IN_TURN else ("轮换",)))
    return choices


async def _minutes(scene: Scene, known: Mapping[str, JsonValue]) -> int:
    """How long those who are asked have to answer."""
    place, person = _place(known), known.get("person")
    if place is None and isinstance(person, int) and (named := await scene.work.rows.people.get(person)) is not None:
        place = named.posts[0].place if named.posts else None
    return (await minutes_at(scene.work, place or scene.work.county)).answer


async def _facts(scene: Scene, known: Mapping[str, JsonValue]) -> Mapping[str, object]:
    pool = await _pool(scene, known, _roles(known.get("post"))) if known.get("post") else None
    listed = await _list(scene, known)
    return {
        "listed": [one.name for one in listed.found],
        "unknown": list(listed.unknown),
        "several": list(listed.several),
        "eligible": 0 if pool is None else len(pool.eligible),
        "spared": 0 if pool is None else len(pool.everybody) - len(pool.eligible),
        "most": scene.work.policy.checks.most_at_once,
    }


async def _submit(scene: Scene, answers: BaseModel, known: Mapping[str, JsonValue]) -> Html:
    assert isinstance(answers, Answers)
    listed = await _list(scene, known)
    persons = tuple(dict.fromkeys([*(one.id for one in listed.found), *map(int, answers.which or ())]))
    if _listed(known) and not persons:
        raise DomainError("issue_check.names.nobody")
    check = await issue(
        scene.work,
        scene.known(),
        Order(
            topic=None if answers.topic == _IN_TURN else Topic(answers.topic),
            place=_place(known),
            roles=_roles(answers.post),
            size=answers.size or 1,
            person_id=answers.person if _named(known) else None,
            persons=persons,
            at_night=answers.night == "yes",
        ),
    )
    asked = await scene.work.rows.checks.asked(check.id)
    left = set(persons) - {one.person_id for one in asked} - {one.standing_in_for for one in asked}
    people = await scene.work.rows.people.many(left)
    return scene.text(
        "issue_check.done",
        number=check.number,
        asked=len(asked),
        due=scene.work.local(check.due_at),
        unknown=list(listed.unknown),
        spared=[one.name for one in people.values()],
    )


DIALOGUE = Dialogue(
    form=FORM,
    submit=_submit,
    options={
        "places": _places,
        "posts": _posts,
        "sizes": _sizes,
        "people": _people,
        "which": _which,
        "topics": _topics,
    },
    may=_may,
    facts=_facts,
    learn=_learn,
)
