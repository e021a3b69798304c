"""挂牌 and 已吹哨 on the hazard itself: set where a listing or a whistle begins, taken away where it ends."""

from domain.hazards import PROGRESS, Mark, Move
from domain.people import Person
from services.hazard_cards import follow
from services.hazard_writing import settle, write
from services.work import Work


async def mark(work: Work, hazard_id: int, which: Mark, by: Person | None, *, on: bool) -> None:
    """Everybody who is shown the hazard sees it. How a listed one goes is asked by its listing alone."""
    row = await work.rows.hazards.get(hazard_id)
    if row is None or (row.listed if which is Mark.LISTED else row.whistled) is on:
        return
    facts = {"mark": which.value, "on": on}
    if which is Mark.WHISTLED:
        row = await write(work, row, Move.MARK, by, facts, whistled=on)
    else:
        row = await write(work, row, Move.MARK, by, facts, listed=on, progress_due_at=None)
        await settle(work, row, PROGRESS)
    await follow(work, row)
