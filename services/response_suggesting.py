"""The bot suggests a response because of a warning, once for each level of a chain; to lower or end it when they are
over. What nothing speaks for any more is asked of nobody."""

from domain.action_cards import family_of
from domain.response_suggestions import Speaking, Suggestion, suggestions
from services.ports import ResponseProposal, WarningRow
from services.response_proposals import overtake, propose
from services.work import Work


async def suggest(work: Work) -> int:
    """A duty of the clock. Returns how many are new."""
    periods = await work.rows.responses.active()
    rows = {row.id: row for row in await work.rows.warnings.active(work.now)}
    pending = await work.rows.responses.open_proposals()
    if not (periods or rows or pending):
        return 0
    found = suggestions(await work.tree(), [one for row in rows.values() if (one := _speaking(work, row))], periods)
    causes = {new.cause for new in found}
    versions = {one.id: one.version for one in periods}
    for proposal in pending:
        moved_on = proposal.period_id is not None and versions.get(proposal.period_id) != proposal.version
        if moved_on or (proposal.made_by is None and proposal.cause not in causes):
            await overtake(work, proposal)
    known = await work.rows.responses.causes(causes) if causes else set()
    fresh = [new for new in found if new.cause not in known]
    for new in fresh:
        await propose(work, _proposal(work, new, rows))
    return len(fresh)


def _speaking(work: Work, row: WarningRow) -> Speaking | None:
    kind = family_of(row.kind)
    level = work.policy.response.suggested(kind, row.colour)
    if level is None or row.exercise:
        return None
    return Speaking(row.event, row.id, kind, level, tuple(sorted(row.places)))


def _proposal(work: Work, one: Suggestion, rows: dict[int, WarningRow]) -> ResponseProposal:
    row = None if one.warning is None else rows[one.warning.warning_id]
    return ResponseProposal(
        id=0,
        cause=one.cause,
        move=one.move,
        period_id=None if one.period is None else one.period.id,
        version=0 if one.period is None else one.period.version,
        hazard_kind=one.kind,
        level=one.level,
        places=one.places,
        reason=_reason(work, one, row),
        event=None if row is None else row.event,
        made_by=None,
        made_at=work.now,
    )


def _reason(work: Work, one: Suggestion, row: WarningRow | None) -> str:
    label = work.words.label
    if row is None:
        return label(f"response.because_{one.move.value}")
    return label(
        "response.because_of", kind=row.kind, colour=label(f"warning.colour.{row.colour.value}"), number=row.number
    )
