"""Two reports of one thing: found near each other, merged by a desk and taken apart again. Nothing is deleted, both
reporters are told at every step."""

from datetime import timedelta
from typing import Any

from domain.errors import DomainError, NotAllowed, Stale
from domain.hazards import Category, HazardState, Move, right_for
from domain.people import Person
from domain.places import PlaceCode
from services.hazard_cards import follow, tell_reporters
from services.hazard_desk import has_right
from services.hazard_moves import put_before_desk
from services.hazard_where import Spot
from services.hazard_writing import load, move_by
from services.overdue import over
from services.ports import HazardRow
from services.work import Work

MOST_SHOWN = 3


async def nearby(work: Work, category: Category, place: PlaceCode, spot: Spot) -> list[HazardRow]:
    """Open ones that a report may mean once more: at the same risk point, or of the same kind within so many metres or
    in the same place lately. The newest three."""
    ours, found = work.policy.hazards, dict[int, HazardRow]()
    if spot.point_id is not None:
        found |= {row.id: row for row in await work.rows.hazards.at_point(spot.point_id)}
    if spot.position is not None:
        around = await work.rows.hazards.around(spot.position, ours.near_metres)
        found |= {row.id: row for row in around if row.category is category}
    lately = work.now - timedelta(hours=ours.duplicate_hours)
    found |= {row.id: row for row in await work.rows.hazards.alike(category, place, lately)}
    return sorted(found.values(), key=lambda row: -row.id)[:MOST_SHOWN]


async def mergeable(work: Work, row: HazardRow) -> list[HazardRow]:
    """What a desk may merge this one into: near it, or of its kind in its village."""
    near = await nearby(work, row.category, row.place, Spot(row.point_id, row.position))
    return [one for one in near if one.id != row.id]


async def merge(work: Work, by: Person, hazard_id: int, version: int, into: int) -> HazardRow:
    """并入: this one leads to the other from now on; what was asked about it is closed. Who merges is
    the desk of both. Raises Stale, NotAllowed."""
    row, main = await load(work, hazard_id, version), await load(work, into)
    if not await has_right(work, by, right_for(Move.MERGE, main.grade), main):
        raise NotAllowed("refused.no_right")
    if main.id == row.id or main.merged_into is not None:
        raise Stale("refused.stale")
    if row.listed or row.whistled:
        raise DomainError("hazard.refused.merged_marked", number=row.number)
    if main.state in {HazardState.CLOSED, HazardState.REJECTED}:
        raise Stale(f"hazard.moved.{main.state.value}", number=main.number)
    if any(one.id == main.id for one in await work.rows.hazards.merged_with(row.id)):
        raise DomainError("hazard.refused.merged_round")
    await move_by(work, main, Move.SUPPLEMENT, by, {"merged": row.id}, suspected=main.suspected or row.suspected)
    freed: dict[str, Any] = {"progress_due_at": None, "extension_until": None, "with_county": False}
    row = await move_by(work, row, Move.MERGE, by, {"into": main.number}, merged_into=main.id, **freed)
    await work.rows.obligations.close_subject(row.subject)
    await over(work, row)
    if row.assignee is not None and (fixer := await work.rows.people.get(row.assignee)) is not None:
        text = work.words.text("hazard.merged_now", fixer.language, number=row.number, main=main.number)
        await work.tell(fixer, f"{row.subject}:merged{row.version}:{fixer.id}", text, subject=row.subject)
    await tell_reporters(work, row, "merge", but=by.user_id, main=main.number)
    await follow(work, row)
    changed = await work.rows.hazards.get(main.id)
    assert changed is not None
    await follow(work, changed)
    return row


async def unmerge(work: Work, by: Person, hazard_id: int, version: int) -> HazardRow:
    """取消合并: it is one of its own again, and looked at anew."""
    row = await load(work, hazard_id, version)
    main = None if row.merged_into is None else await work.rows.hazards.get(row.merged_into)
    gone: dict[str, Any] = dict.fromkeys(("merged_into", "taken_by", "assignee", "due_at", "treatment", "recheck_by"))
    gone |= dict.fromkeys(("unit", "measure", "fund"), "") | {"at_once": False}
    row = await move_by(work, row, Move.UNMERGE, by, {"from": "" if main is None else main.number}, **gone)
    await put_before_desk(work, row, f"apart{row.version}", heading="apart")
    await tell_reporters(work, row, "unmerge", but=by.user_id)
    await follow(work, row)
    if main is not None:
        await follow(work, main)
    return row
