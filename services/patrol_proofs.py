"""What is sent along with a check-in: photos and positions. Kept, compared, marked; refused never."""

from datetime import datetime, timedelta

from domain.geometry import Point
from domain.papers import PhotoRole
from domain.patrol_marks import marks_of
from domain.patrols import distance_m
from domain.people import Person
from services.patrol_texts import open_tasks
from services.photos import want
from services.ports import PatrolTask, Proof
from services.work import Work

_PROOF_WITHIN = timedelta(minutes=60)
"""so long after a check-in a photo still belongs to it"""


async def task_at_hand(work: Work, person: Person) -> PatrolTask | None:
    """What a photo or a position sent now belongs to: the check-in just made, else the task that is open."""
    newest = await work.rows.patrols.newest_of(person.id, work.now - _PROOF_WITHIN)
    if newest is not None:
        return await work.rows.patrols.task(newest.task_id)
    return next(iter(await open_tasks(work, person)), None)


async def add_photo(work: Work, person: Person, task: PatrolTask, file_id: str) -> Proof:
    return await _prove(work, Proof(0, task.id, person.id, work.now, file_id=file_id))


async def add_position(
    work: Work,
    person: Person,
    task: PatrolTask,
    spot: Point,
    *,
    accuracy: float | None = None,
    live: bool = False,
    forwarded: bool = False,
    sent_at: datetime | None = None,
    live_message: int | None = None,
) -> Proof:
    """Kept with its distance from where the place is marked. Shown to people, refused never."""
    place = (await work.tree()).get(task.place)
    point = None if task.point_id is None else await work.rows.points.get(task.point_id)
    marked = None if place is None else place.position
    if point is not None and point.position is not None:
        marked = point.position
    away = distance_m(spot, marked)
    marks = marks_of(
        distance_m=away,
        far_metres=work.policy.patrols.far_metres,
        sent_at=sent_at or work.now,
        now=work.now,
        accuracy=accuracy,
        live=live,
        forwarded=forwarded,
    )
    row = Proof(
        0,
        task.id,
        person.id,
        work.now,
        lat=spot.lat,
        lon=spot.lon,
        accuracy=accuracy,
        live=live,
        forwarded=forwarded,
        distance_m=away,
        marks=marks,
        live_message=live_message,
    )
    return await _prove(work, row)


async def _prove(work: Work, row: Proof) -> Proof:
    row = await work.rows.patrols.add_proof(row)
    await want(work, f"patrol:{row.task_id}", [row.file_id], PhotoRole.PROOF)
    await work.note("patrol.proof", f"patrol:{row.task_id}", None, person=row.person_id, distance_m=row.distance_m)
    return row
