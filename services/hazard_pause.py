"""Time in which an area was cut off counts against nobody there: its hazards' deadlines move by so much."""

from collections.abc import Collection
from datetime import datetime

from domain.hazards import FIX, HazardState, Move
from domain.people import Person
from domain.places import PlaceCode, is_within
from services.hazard_cards import follow
from services.hazard_moves import fix_plan
from services.hazard_writing import owe, settle, write
from services.work import Work


async def is_cut_off(work: Work, place: PlaceCode) -> bool:
    return any(is_within(place, one.place) for one in await work.rows.cutoffs.now())


async def not_counted(work: Work, officer: Person, villages: Collection[PlaceCode], since: datetime) -> int:
    """The network is back: what was given out before it went, or meanwhile, has its time again. Returns how many."""
    moved = 0
    for row in await work.rows.hazards.alive_in(villages):
        fixer = None if row.assignee is None else await work.rows.people.get(row.assignee)
        if row.state is not HazardState.ASSIGNED or row.due_at is None or row.due_at <= since or fixer is None:
            continue
        due = row.due_at + (work.now - since)
        later = await write(work, row, Move.PAUSE, officer, {"due": due.isoformat()}, due_at=due)
        await settle(work, later, FIX)
        begin, plan = fix_plan(work, due)
        await owe(work, later, FIX, plan, begin, [fixer])
        await follow(work, later)
        moved += 1
    return moved
