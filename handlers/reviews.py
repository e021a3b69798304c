"""/review, 复盘: the reviews of responses that have ended; names behind a figure, papers, what is concluded."""

from domain.answers import plain
from domain.errors import NotAllowed, Stale
from domain.places import PlaceCode
from handlers.incoming import What
from handlers.scene import Feature, Handler, Scene
from services.papers import ask_for_paper
from services.review import BEHIND, buttons, facts_of, names_behind, newest_ended, of_area, seen
from services.review_papers import REVIEW_DOCUMENT, REVIEW_SHEETS

_WORDS = frozenset({"复盘", "复盘单", "review"})
_SHOWN = 3


async def show(scene: Scene) -> None:
    """/review: the newest ones that concern the person."""
    person = scene.known()
    if not await scene.only_private("rvw"):
        return
    found = await newest_ended(scene.work, person)
    if not found:
        await scene.say(scene.text("review.none"))
        return
    for period, place in found[:_SHOWN]:
        rows = await of_area(scene.work, period, place)
        card = scene.card("review", **await facts_of(scene.work, period, place, rows, scene.lang))
        await scene.say(card, buttons(scene.work, period, place, rows, scene.lang), subject=period.subject)


def _place(scene: Scene, at: int) -> PlaceCode:
    try:
        return PlaceCode(scene.args[at])
    except (ValueError, IndexError):
        raise Stale("refused.stale") from None


async def _who(scene: Scene) -> None:
    """rvw:who:<figure>:<period>:<place>"""
    what = scene.args[0] if scene.args else ""
    if what not in BEHIND:
        raise Stale("refused.stale")
    found, more = await names_behind(scene.work, scene.person, what, scene.number(1), _place(scene, 2))
    people = [{"name": one.name, "phone": one.phone} for one in found]
    await scene.say(scene.card("daily_names", title=scene.label(f"review.who.{what}"), people=people, more=more))


async def _document(scene: Scene) -> None:
    await ask_for_paper(scene.work, REVIEW_DOCUMENT, _args(scene), scene.known())


async def _sheets(scene: Scene) -> None:
    await ask_for_paper(scene.work, REVIEW_SHEETS, _args(scene), scene.known())


def _args(scene: Scene) -> dict[str, object]:
    return {"period": scene.number(), "place": str(_place(scene, 1))}


async def _write(scene: Scene) -> None:
    """rvw:write:<period>:<place>"""
    period = await seen(scene.work, scene.person, scene.number(), _place(scene, 1))
    await scene.open("conclude_review", {"period": period.id, "place": str(_place(scene, 1))})


_PRESSES: dict[str, Handler] = {"who": _who, "doc": _document, "rows": _sheets, "write": _write}


async def press(scene: Scene) -> None:
    """rvw:<what>:…"""
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    act = _PRESSES.get(scene.args[0] if scene.args else "")
    if act is None:
        raise Stale("refused.stale")
    scene.args = scene.args[1:]
    await act(scene)


async def words(scene: Scene) -> bool:
    """复盘, alone."""
    if scene.incoming.what is not What.TEXT or scene.person is None or plain(scene.incoming.text) not in _WORDS:
        return False
    await show(scene)
    return True


FEATURE = Feature(
    name="review", commands={"review": show}, presses={"rvw": press}, starts={"rvw": show}, private=(words,)
)
