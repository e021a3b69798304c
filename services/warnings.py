"""Warnings on their way in: a notice is placed, compared with what its chain has in force, and then posted, held for
a person or ignored with a reason.

What officers decide is in services/warning_desk.py, what they compose in services/warning_compose.py, what it means to
be in force in services/warning_force.py, what people answer in services/acknowledge.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.colours import Colour
from domain.places import PlaceCode, PlaceTree
from domain.warning_sites import box_of_shapes
from domain.warnings import (
    Disposition,
    MsgType,
    Notice,
    Outcome,
    PlaceMatch,
    Reason,
    Relation,
    RelationKind,
    Status,
    Way,
    after_relation,
    continued_events,
    counterpart,
    cross_source_key,
    disposition,
    expiry_of,
    is_lifted,
    lacks_reference,
    relation,
    resolve_places,
)
from services.ports import Evidence, WarningRow
from services.source_trust import policy_of
from services.warning_desk import ask_desk, ask_desk_to_lift, hold_for_quiet, withdraw_held
from services.warning_end import lift
from services.warning_force import put_in_force
from services.warning_order import is_overtaken, leave_word
from services.warning_quiet import QUIET, waiting
from services.warning_texts import next_number
from services.work import Work


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a notice. `reason` is a key for the operator."""

    outcome: Outcome
    warning_id: int | None = None
    reason: str = ""


async def receive_notice(work: Work, notice: Notice, raw: bytes) -> Received:
    """Take one notice in. Safe to repeat: the same notice again changes nothing.

    1. Place it on the tree. 2. Compare it with what its chain has in force. 3. Decide: post, hold for a person, or
    ignore with a reason. 4. Keep it with its evidence. 5. Post it, or lift what it lifts.
    """
    tree = await work.tree()
    box = box_of_shapes(notice)
    sites = [] if box is None else await work.rows.points.positions_in(box)
    match = resolve_places(notice, tree, fixed_county=work.county, sites=sites)
    earlier = await _earlier_of(work, notice, match)
    before = counterpart(notice, earlier)
    if before is not None and _begins_anew(notice, before):
        before = None
    found = relation(
        notice,
        before,
        new_villages=match.villages,
        current_villages=frozenset() if before is None else _villages_of(tree, before.places),
    )
    if before is not None and found.kind is RelationKind.CORRECTION and before.state in {"superseded", "lifted"}:
        found = Relation(RelationKind.STALE)  # another copy of what is over brings nothing back
    if before is None and await is_overtaken(work, notice):
        found = Relation(RelationKind.STALE)
    first = disposition(notice, policy_of(work.policy, notice.source), work.now, match)
    if first.way in {Way.POST, Way.EXERCISE}:
        await leave_word(work, notice)
    verdict = after_relation(first, found)
    reason = "" if verdict.reason is None else verdict.reason.value
    if verdict.way in {Way.POST, Way.EXERCISE} or verdict.reason is Reason.CANCEL_UNKNOWN:
        await withdraw_held(work, notice.sender, notice.references, notice.sent)
    if verdict.way is Way.IGNORE:
        await work.note("warning.ignored", f"notice:{notice.raw_hash[:16]}", None, reason=reason)
        duplicate = found.kind is RelationKind.DUPLICATE
        return Received(Outcome.DUPLICATE if duplicate else Outcome.IGNORED, reason=reason)
    if is_lifted(notice):
        return await _receive_lifting(work, notice, before, earlier, verdict)
    row = await _keep(work, notice, raw, match, before, verdict)
    if verdict.way is Way.HOLD:
        await ask_desk(work, row, reason)
        return Received(Outcome.HELD, row.id, reason)
    night = await waiting(work, row, found)
    if night is not None and not night.lifted:
        await hold_for_quiet(work, row, night.until)
        return Received(Outcome.HELD, row.id, QUIET)
    await put_in_force(work, row, found, before, night)
    return Received(Outcome.ACCEPTED, row.id)


def _begins_anew(notice: Notice, before: WarningRow) -> bool:
    """What has ended is not changed by a later message, nor is what was refused by other words."""
    if before.state == "refused":
        return before.content_hash != notice.content_hash
    number = cross_source_key(notice.identifier)
    same = before.identifier == notice.identifier or (
        number is not None and number == cross_source_key(before.identifier)
    )
    return before.state != "active" and not same


async def _receive_lifting(
    work: Work, notice: Notice, before: WarningRow | None, earlier: Sequence[WarningRow], verdict: Disposition
) -> Received:
    assert before is not None  # a lifting of nothing was ignored
    if verdict.way is Way.HOLD:
        reason = "" if verdict.reason is None else verdict.reason.value
        await ask_desk_to_lift(work, before, notice.issuer, reason)
        return Received(Outcome.HELD, before.id, reason)
    done = await lift(work, before, notice.issuer)
    if notice.msg_type is MsgType.CANCEL:  # it cancels the whole message, however many parts that had
        for row in earlier:
            if row.state == "active" and row.sender == before.sender and row.id != before.id:
                done = await lift(work, row, notice.issuer) or done
    return Received(Outcome.ACCEPTED if done else Outcome.DUPLICATE, before.id)


async def _earlier_of(work: Work, notice: Notice, match: PlaceMatch) -> list[WarningRow]:
    """Every version of the chain that this notice belongs to: by its references, because it came before, or because it
    can mean no other. Other parts of the same message are warnings of their own."""
    number, rows_of = cross_source_key(notice.identifier), work.rows.warnings
    alike = await (rows_of.by_identifier(notice.identifier) if number is None else rows_of.named(number))
    same = [row for row in alike if row.part == notice.part]
    events = {row.event for row in same}
    for reference in notice.references:
        rows = await work.rows.warnings.by_identifier(reference.identifier)
        own = [row for row in rows if row.sender == notice.sender]
        events.update(row.event for row in own or rows)
    exercise = notice.status is Status.EXERCISE  # it never touches a real warning
    if not events and lacks_reference(notice):
        active = [row for row in await rows_of.active(work.now) if row.exercise == exercise]
        events.update(continued_events(notice, match.codes, active))
    versions: list[WarningRow] = []
    for event in sorted(events):
        known = await work.rows.warnings.of_event(event)
        versions += [v for v in known if v.state not in {"held", "refused"} or v.held_because == QUIET]
    versions += [
        row
        for row in same
        if row.state in {"held", "refused"} and (row.sender, row.identifier) == (notice.sender, notice.identifier)
    ]
    return [row for row in versions if row.exercise == exercise]


def _villages_of(tree: PlaceTree, places: Iterable[PlaceCode]) -> frozenset[PlaceCode]:
    return frozenset(v.code for code in places if code in tree for v in tree.villages_within(code))


async def _keep(
    work: Work, notice: Notice, raw: bytes, match: PlaceMatch, before: WarningRow | None, verdict: Disposition
) -> WarningRow:
    ends = expiry_of(notice, policy_of(work.policy, notice.source).default_life)
    row = WarningRow(
        id=0,
        event=0 if before is None else before.event,
        number=await next_number(work) if before is None else before.number,
        source=notice.source,
        sender=notice.sender,
        identifier=notice.identifier,
        sent=notice.sent,
        references=tuple(str(reference) for reference in notice.references),
        kind=notice.kind,
        colour=notice.colour or Colour.RED,  # without a colour it is held, and a person gives it one
        colour_conflict=notice.colour_conflict,
        issuer=notice.issuer,
        headline=notice.headline,
        text=notice.text,
        instruction=notice.instruction,
        onset=notice.onset,
        expires=ends.at,
        expires_assumed=ends.assumed,
        places=match.codes,
        exercise=notice.status is Status.EXERCISE,  # held or not: released, it has to be marked as one
        state="held",
        held_because="" if verdict.reason is None else verdict.reason.value,
        content_hash=notice.content_hash,
        composed_by=None,
        created_at=work.now,
        part=notice.part,
        evidence=_evidence_of(notice, match, verdict),
    )
    row = await work.rows.warnings.add(row)
    await work.rows.warnings.keep_raw(row.id, raw)
    return row


def _evidence_of(notice: Notice, match: PlaceMatch, verdict: Disposition) -> Evidence:
    doubts = (*notice.findings, *(problem.key for problem in match.problems), *sorted(verdict.marks))
    return Evidence(
        colour_from="" if notice.colour_evidence is None else notice.colour_evidence.value,
        placed_by="" if match.how is None else match.how.value,
        doubts=tuple(dict.fromkeys(str(doubt) for doubt in doubts)),
        language=notice.language,
        raw_hash=notice.raw_hash,
    )
