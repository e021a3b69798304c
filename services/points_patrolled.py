"""Which points were to be walked and have not been: the ring on the map."""

from collections.abc import Sequence

from domain.points import RiskPoint
from services.work import Work


async def overdue_points(work: Work, points: Sequence[RiskPoint]) -> set[int]:
    """Points of which a round is past its time and not answered; or whose patroller owes one at the whole place."""
    walkers = {one for point in points for one in point.patrollers}
    tasks = await work.rows.patrols.open_of(walkers) if walkers else []
    late = [task for task in tasks if task.due_at < work.now]
    at_points = {task.point_id for task in late}
    at_places = {(task.person_id, task.place) for task in late if task.point_id is None}
    return {
        point.id
        for point in points
        if point.id in at_points or any((one, point.place) in at_places for one in point.patrollers)
    }
