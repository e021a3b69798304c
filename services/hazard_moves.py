"""What every move of a hazard has in common: whoever comes next is asked, everybody who is shown it follows, whoever
reported it is told.
"""

from datetime import datetime, timedelta

from domain.hazards import OVER, TRIAGE
from domain.obligations import Plan
from domain.people import Person
from services.hazard_cards import follow, send_recordings, show_card, tell_reporters
from services.hazard_desk import desk_of, informed_of
from services.hazard_writing import owe
from services.overdue import over
from services.ports import HazardRow
from services.rewards import open_case
from services.work import Work


async def finish_step(work: Work, row: HazardRow, step: str, by: Person, **facts: object) -> None:
    """Everybody who is shown it sees the new state; everybody who reported it is told."""
    await follow(work, row)
    await tell_reporters(work, row, step, but=by.user_id, **facts)
    if row.state in OVER:
        await over(work, row)
    elif step in {"take", "assign"}:
        await open_case(work, row)


async def put_before_desk(
    work: Work, row: HazardRow, purpose: str, *, heading: str = "new", inform: bool = True
) -> None:
    """A card for everybody who has to decide, an obligation for each, and a look for those who should know."""
    desk = await desk_of(work, row)
    await owe(work, row, TRIAGE, work.policy.hazards.triage_ladder, work.now, desk)
    reports = await work.rows.hazards.reports_of(row.id)
    shown = {person.id: person for person in (*desk, *(await informed_of(work, row) if inform else ()))}
    for person in shown.values():
        await show_card(work, row, person, purpose, heading=heading)
        await send_recordings(work, row, reports, person, purpose)


def fix_plan(work: Work, due: datetime) -> tuple[datetime, Plan]:
    """When what has to be fixed is asked for, and its ladder: with a word before a deadline that is far enough off."""
    plan, notice = work.policy.hazards.fix_ladder, timedelta(hours=work.policy.hazards.notice_hours)
    if not notice or due - work.now <= 2 * notice:
        return due, plan
    return due - notice, plan.with_notice(int(notice.total_seconds()))
