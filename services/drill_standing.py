"""In which drill, if any, stands what somebody just did: that of the message he answers, else what he owes says it."""

from domain.people import Person
from services.work import Work


async def take_stand(
    work: Work, person: Person | None, *, marked: bool, said: bool, answered: tuple[int, int] | None = None
) -> None:
    """`marked`: he pressed a button of a marked message, or replied to one; `answered` is its chat and number. `said`:
    his message answers whatever is open; reality comes first then, a drill counts only where nothing real is owed."""
    if marked:
        work.rows.drills.mark()
    if person is None or not (marked or said) or not await work.rows.drills.running():
        return
    running = [one.id for one in await work.rows.drills.running_of(person.id)]
    if not running:
        return
    if marked:
        if len(running) > 1 and answered is not None:
            running = [one for one in running if await work.rows.drills.said_in(one, *answered)]
    else:
        owed = await work.rows.drills.open_owed(person.id)
        running = [] if owed.get(None) else [one for one in running if owed.get(one)]
    if len(running) == 1:
        work.rows.drills.stand(running[0])


async def stand_in(work: Work, drill_id: int) -> bool:
    """Where a dialogue left off. False when that drill is over."""
    drill = await work.rows.drills.get(drill_id)
    if drill is None or all(one.id != drill_id for one in await work.rows.drills.running()):
        return False
    work.rows.drills.stand(drill_id)
    return True
