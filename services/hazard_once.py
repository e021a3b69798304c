"""即查即改: whoever found a hazard has fixed it where he stood. It is written down with what was done, and another hand
of the village looks at it."""

from typing import Any

from domain.errors import DomainError
from domain.hazards import RECHECK, TRIAGE, Move, Treatment
from domain.papers import PhotoRole
from domain.people import Person
from services.hazard_cards import show_card, show_fixed
from services.hazard_desk import rechecks
from services.hazard_moves import finish_step, put_before_desk
from services.hazard_writing import load, move_by, owe, settle
from services.photos import want
from services.ports import HazardRow
from services.work import Work


async def fixed_at_once(
    work: Work, by: Person, hazard_id: int, done: str, photos: tuple[str, ...] = ()
) -> tuple[HazardRow, list[Person]]:
    """当场改好, by one of those who reported it, as long as it is given to nobody. Returns who looks at it."""
    row, done = await load(work, hazard_id), done.strip()
    if not done:
        raise DomainError("hazard.refused.needs_done")
    await want(work, row.subject, photos, PhotoRole.AFTER)
    tree = await work.tree()
    place = tree.village_of(row.place) or tree.township_of(row.place) or tree.get(row.place)
    fields: dict[str, Any] = {
        "unit": "" if place is None else place.name,
        "assignee": by.id,
        "fixed_by": by.id,
        "measure": done,
        "treatment": Treatment.AT_ONCE,
        "due_at": work.now,
        "at_once": True,
        "with_county": False,
    }
    row = await move_by(work, row, Move.AT_ONCE, by, {"words": done, "photos": list(photos)}, **fields)
    await settle(work, row, TRIAGE, by)
    lookers = await rechecks(work, row)
    await owe(work, row, RECHECK, work.policy.hazards.triage_ladder, work.now, lookers)
    for person in lookers:
        await show_card(work, row, person, f"recheck{row.version}", heading="once", words=done)
        await show_fixed(work, row, photos, person)
    await finish_step(work, row, "at_once", by)
    return row, lookers


async def not_fixed(work: Work, by: Person, row: HazardRow, reason: str) -> HazardRow:
    """What was fixed on the spot did not pass: nobody was ever asked to fix it, so it is the desk's to decide."""
    gone: dict[str, Any] = dict.fromkeys(("assignee", "due_at", "fixed_by", "treatment"))
    gone |= {"unit": "", "measure": "", "at_once": False}
    finder = None if row.fixed_by is None else await work.rows.people.get(row.fixed_by)
    row = await move_by(work, row, Move.SEND_BACK, by, {"reason": reason}, **gone)
    await settle(work, row, RECHECK, by)
    await put_before_desk(work, row, f"once{row.version}", heading="once_back", inform=False)
    if finder is not None:
        text = work.words.text("hazard.once_back", finder.language, number=row.number, reason=reason)
        await work.tell(finder, f"{row.subject}:once{row.version}:{finder.id}", text, subject=row.subject)
    await finish_step(work, row, "send_back", by)
    return row
