"""Which points were to be walked and have not been: the ring on the map."""

from collections.abc import Sequence

from domain.points import RiskPoint
from services.work import Work


async def overdue_points(work: Work, points: Sequence[RiskPoint]) -> set[int]:
    """Points whose patroller has a patrol there that is past its time and not answered."""
    walkers = {one for point in points for one in point.patrollers}
    tasks = await work.rows.patrols.open_of(walkers) if walkers else []
    late = {(task.person_id, task.place) for task in tasks if task.due_at < work.now}
    return {point.id for point in points if any((one, point.place) in late for one in point.patrollers)}
