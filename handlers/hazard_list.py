"""/hazards: what is open and concerns the person, the most urgent first, divided by buttons: by what is to be done, by
place, by kind.
"""

from domain.errors import Stale
from domain.hazard_lists import HazardTab, HazardWish, PageEnd
from domain.hazards import Category
from domain.places import PlaceCode
from domain.text import Button, Html, Rows
from handlers.scene import Scene
from messages.keyboards import button, flowing, stacked
from services.hazard_list import Shown, categories, places, shown

_ANY = "-"


async def hazards(scene: Scene) -> None:
    """/hazards"""
    if not await scene.only_private("h_list"):
        return
    found = await shown(scene.work, scene.known(), HazardWish())
    if not found.lines:
        await scene.say(scene.text("hazard.none"))
        return
    await scene.say(*_draw(scene, found))


async def of_place(scene: Scene, place: PlaceCode) -> None:
    """What is open in a place, as a new message."""
    await scene.say(*_draw(scene, await shown(scene.work, scene.known(), HazardWish(place=place))))


async def turn(scene: Scene) -> None:
    """h:list:<tab>:<place>:<category>:<where the page before ended>"""
    wish = _wish(scene)
    end = None
    if (at := _word(scene, 3)) != _ANY:
        urgency, _, number = at.partition(".")
        if not (urgency.isascii() and urgency.isdigit() and number.isascii() and number.isdigit()):
            raise Stale("refused.stale")
        end = PageEnd(int(urgency[:2]), int(number[:15]))
    await scene.redraw(*_draw(scene, await shown(scene.work, scene.known(), wish, end)))


async def divide(scene: Scene) -> None:
    """h:by:<tab>:<place>:<category>:<place or kind>: which of them, each with how many it has."""
    wish, person = _wish(scene), scene.known()
    by_place = _word(scene, 3) == "place"
    if by_place:
        found = [
            (f"{place.name} {number}", HazardWish(wish.tab, place.code, wish.category))
            for place, number in await places(scene.work, person, wish)
        ]
        everything = HazardWish(wish.tab, category=wish.category)
    else:
        found = [
            (f"{_category(scene, kind)} {number}", HazardWish(wish.tab, wish.place, kind))
            for kind, number in await categories(scene.work, person, wish)
        ]
        everything = HazardWish(wish.tab, wish.place)
    buttons = [button(label, _data("list", one)) for label, one in found]
    back = button(scene.label("hazard_list.everything"), _data("list", everything))
    text = scene.text("hazard_list.which_place" if by_place else "hazard_list.which_kind")
    await scene.redraw(text, stacked(flowing(buttons[:60]) if buttons else (), back))


def _word(scene: Scene, position: int) -> str:
    return scene.args[position] if len(scene.args) > position else _ANY


def _wish(scene: Scene) -> HazardWish:
    tab, place, kind = (_word(scene, position) for position in range(3))
    if tab not in set(HazardTab) or (kind != _ANY and kind not in set(Category)):
        raise Stale("refused.stale")
    return HazardWish(
        HazardTab(tab), None if place == _ANY else PlaceCode(place), None if kind == _ANY else Category(kind)
    )


def _data(act: str, wish: HazardWish, last: str = _ANY) -> str:
    kind = _ANY if wish.category is None else wish.category.value
    return f"h:{act}:{wish.tab.value}:{wish.place or _ANY}:{kind}:{last}"


def _category(scene: Scene, kind: Category) -> str:
    return scene.label(f"report_hazard.category.choice.{kind.value}")


def _draw(scene: Scene, found: Shown) -> tuple[Html, Rows]:
    wish = found.wish
    lines = [Button(line["number"], f"h:see:{line['id']}:{line['version']}") for line in found.lines]
    more = None
    if found.end is not None:
        last = f"{found.end.urgency}.{found.end.id}"
        more = button(scene.label("button.next_page"), _data("list", wish, last))
    tabs = [
        button(
            scene.label(f"hazard_list.tab.{tab.value}", number=number),
            _data("list", HazardWish(tab, wish.place, wish.category)),
        )
        for tab, number in found.sums.items()
        if tab is not wish.tab and (number or tab is HazardTab.ALL)
    ]
    by = [button(scene.label(f"hazard_list.by_{one}"), _data("by", wish, one)) for one in ("place", "kind")]
    text = scene.card("hazard_list", hazards=found.lines, **found.facts)
    return text, stacked(flowing(lines) if lines else (), more, flowing(tabs) if tabs else (), by)
