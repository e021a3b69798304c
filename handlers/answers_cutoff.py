"""Whether silent villages are cut off: the desk's one tap, and another when the network is back."""

from domain.places import PlaceCode
from handlers.scene import Scene
from services import cutoff, cutoff_over


def _township(scene: Scene) -> PlaceCode:
    return PlaceCode(scene.args[1] if len(scene.args) > 1 else "")


async def confirm(scene: Scene) -> None:
    """w:cut:<warning>:<township>"""
    villages = await cutoff.decide(scene.work, scene.person, scene.number(), _township(scene), yes=True)
    scene.toast(scene.label("cutoff.recorded", villages=villages), alert=True)


async def deny(scene: Scene) -> None:
    """w:nocut:<warning>:<township>"""
    await cutoff.decide(scene.work, scene.person, scene.number(), _township(scene), yes=False)
    scene.toast(scene.label("cutoff.denied"))


async def restore(scene: Scene) -> None:
    """w:back:<warning>:<township>"""
    scene.number()
    persons = await cutoff_over.restore(scene.work, scene.person, _township(scene))
    scene.toast(scene.label("cutoff.restored", persons=persons), alert=True)
