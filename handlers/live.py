"""A live location that goes on."""

from domain.geometry import Point
from handlers.scene import Scene
from services.live_positions import moved_on


async def moved(scene: Scene) -> None:
    """Only in the private chat: what was sent to a group is a single position."""
    incoming, person = scene.incoming, scene.person
    if person is None or not incoming.private or incoming.lat is None or incoming.lon is None:
        return
    if incoming.message_id is not None:
        await moved_on(scene.work, person, incoming.message_id, Point(incoming.lat, incoming.lon), incoming.accuracy)
