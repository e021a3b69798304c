"""A live location goes on while somebody walks: what it was sent for learns how near he came. It is kept now and then,
marked as ever, and never answered by a message.
"""

from domain.geometry import Point, distance_km
from domain.patrol_marks import worth_keeping
from domain.people import Person
from services.check_answers import come_nearer
from services.patrol_proofs import add_position
from services.work import Work


async def moved_on(work: Work, person: Person, message_id: int, spot: Point, accuracy: float | None) -> None:
    """`message_id`: the message of his private chat whose live location this is. One that nothing was sent with is let
    go by."""
    last = await work.rows.patrols.newest_of_live(person.id, message_id)
    if last is None or last.lat is None or last.lon is None:
        await come_nearer(work, person, message_id, spot)
        return
    task = await work.rows.patrols.task(last.task_id)
    metres = round(distance_km(Point(last.lat, last.lon), spot) * 1000)
    if task is not None and worth_keeping(work.now - last.at, metres):
        await add_position(work, person, task, spot, accuracy=accuracy, live=True, live_message=message_id)
