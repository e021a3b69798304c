"""In which drill, if any, stands what somebody just did: that of the message he answers, else what he owes says it."""

from domain.people import Person
from services.work import Work


async def take_stand(work: Work, person: Person | None, *, marked: bool, said: bool) -> None:
    """`marked`: he pressed a button of a marked message, or replied to one. `said`: his message answers whatever is
    open; then reality comes first, and the drill counts only where nothing real is owed."""
    if marked:
        work.rows.drills.mark()
    if person is None or not (marked or said) or not await work.rows.drills.running():
        return
    drill = await work.rows.drills.running_of(person.id)
    if drill is None:
        return
    if not marked:
        owed = await work.rows.drills.open_owed(person.id)
        if not owed.get(drill.id) or owed.get(None):
            return
    work.rows.drills.stand(drill.id)


async def stand_in(work: Work, drill_id: int) -> bool:
    """Where a dialogue left off. False when that drill is over."""
    drill = await work.rows.drills.get(drill_id)
    if drill is None or all(one.id != drill_id for one in await work.rows.drills.running()):
        return False
    work.rows.drills.stand(drill_id)
    return True
