"""Rounds where the network is down: nobody there can be asked, so nobody there is reminded or counted as missing."""

from collections.abc import Collection
from datetime import timedelta

from domain.obligations import ObligationState
from domain.patrols import CHECK_IN, TaskState
from domain.people import PersonId
from domain.places import PlaceCode
from services.work import Work

_LOOK_BACK = timedelta(days=2)


async def excuse_rounds(work: Work, villages: Collection[PlaceCode], note: str) -> int:
    """Whatever is open in these villages is excused, with the note that says why. Returns how many tasks."""
    excused = 0
    for task in await work.rows.patrols.unfinished(sorted(villages), work.now - _LOOK_BACK):
        if task.state is not TaskState.OPEN or not await work.rows.rounds.finish(task.id, TaskState.EXCUSED):
            continue
        excused += 1
        owed = await work.rows.obligations.find(task.subject, PersonId(task.person_id), CHECK_IN)
        if owed is not None:
            await work.rows.obligations.finish(owed.id, ObligationState.EXCUSED, note)
    return excused
