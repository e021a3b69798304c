"""The names behind a figure of the daily digest, privately."""

from datetime import UTC, datetime

from domain.digest_figures import Matter
from domain.errors import NotAllowed, Stale
from domain.people import Action
from domain.places import PlaceCode
from handlers import hazard_list
from handlers.scene import Feature, Scene
from services.daily_digest import names_behind


async def press(scene: Scene) -> None:
    """dgs:<matter>:<place>:<since>:<until>, dgs:hazards:<place>"""
    if not scene.incoming.private:
        raise NotAllowed("refused.private_only")
    if scene.args[:1] == ("hazards",):
        place = PlaceCode(scene.args[1] if len(scene.args) > 1 else "")
        await scene.work.require(scene.person, Action.SEE_MISSING, place)
        await hazard_list.of_place(scene, place)
        return
    try:
        matter = Matter(scene.args[0])
        since, until = (datetime.fromtimestamp(scene.number(at), UTC) for at in (2, 3))
        place = PlaceCode(scene.args[1])
    except (ValueError, IndexError, OverflowError, OSError):
        raise Stale("refused.stale") from None
    found, more = await names_behind(scene.work, scene.person, matter, place, since, until)
    people = [{"name": one.name, "phone": one.phone} for one in found]
    title = scene.label(f"daily.matter.{matter.name.lower()}")
    await scene.say(scene.card("daily_names", title=title, people=people, more=more))


FEATURE = Feature(name="digest", presses={"dgs": press})
"""no command: an ordinary day has no digest"""
