"""What the dialogues about responses share: levels, places, reasons and people who may."""

from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from domain.answers import Choice
from domain.errors import NotAllowed
from domain.people import RIGHTS, Action
from domain.places import PlaceCode
from domain.response import ResponseLevel, level_from
from handlers.scene import Scene
from services.drills import standing_in

_RIGHTS = (Action.MOVE_RESPONSE, Action.PREPARE_RESPONSE)
_MOST_REASONS = 4


async def areas(scene: Scene) -> list[PlaceCode]:
    """Where the person may move a response, or prepare it; those of whom he stands in for included. In a drill its own
    places."""
    if (drill := await standing_in(scene.work)) is not None:
        return [drill.place]
    people = (scene.known(), *await scene.work.stood_in_for(scene.known()))
    roles = {role for action in _RIGHTS for role in RIGHTS[action]}
    return list(dict.fromkeys(post.place for one in people for post in one.posts if post.role in roles))


async def may(scene: Scene, _known: Mapping[str, JsonValue]) -> None:
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if not await areas(scene):
        raise NotAllowed("refused.no_right")


def searched(known: Mapping[str, JsonValue]) -> str:
    search = known.get("search")
    return search if isinstance(search, str) else ""


async def levels(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """Ⅰ first, so that the number of the line is the number of the level; each with what it means."""
    typed = level_from(searched(known))
    return [
        Choice(
            level.value,
            label=scene.label(
                "response.level_means", level=level.sign, brief=scene.label(f"response.brief.{level.value}")
            ),
            aliases=(level.sign, level.value, f"{level.sign}级"),
        )
        for level in reversed(ResponseLevel)
        if typed is None or level is typed
    ]


async def places(scene: Scene, known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The person's own area as a whole, then what lies directly below it; by name anything inside."""
    tree = await scene.work.tree()
    found: dict[PlaceCode, str] = {}
    for area in await areas(scene):
        place = tree.get(area)
        if place is None:
            continue
        below = tree.children(area)
        found[area] = scene.label("response.whole", place=place.name) if below else place.name
        found.update({child.code: child.name for child in below})
        if search := searched(known):
            found.update({hit.code: tree.path(hit.code) for hit in tree.find_by_name(search, within=area)})
    for code in _chosen(known):
        found.setdefault(code, tree.path(code))
    return [Choice(str(code), label=name) for code, name in found.items()]


def _chosen(known: Mapping[str, JsonValue]) -> list[PlaceCode]:
    given = [known.get(name) for name in ("places", "proposed_places")]
    return [PlaceCode(str(code)) for one in given if isinstance(one, list) for code in one]


async def reasons(scene: Scene, _known: Mapping[str, JsonValue]) -> Sequence[Choice]:
    """The warnings in force, as a reason to be taken with one tap."""
    found = []
    for row in await scene.work.rows.warnings.active(scene.work.now):
        colour = scene.label(f"warning.colour.{row.colour.value}")
        said = scene.label("response.because_of", kind=row.kind, colour=colour, number=row.number)
        found.append(Choice(f"w{row.id}", label=said, value=said))
    return found[-_MOST_REASONS:]
