"""Warnings on their way in: a notice is placed, compared with what its chain has in force, and then posted, held for
a person or ignored with a reason. Officers compose their own here too.

What it means to be in force is in services/warning_force.py, what people answer in services/acknowledge.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.colours import Colour
from domain.errors import NotAllowed, Stale
from domain.outgoing import Lane
from domain.people import Action, Person, Role, may
from domain.places import Level, PlaceCode, PlaceTree
from domain.text import Button, ButtonStyle, Rows
from domain.warnings import (
    Disposition,
    Mark,
    MsgType,
    Notice,
    Outcome,
    PlaceMatch,
    Reason,
    Reference,
    Relation,
    RelationKind,
    Status,
    Way,
    after_relation,
    counterpart,
    cross_source_key,
    disposition,
    expiry_of,
    is_lifted,
    relation,
    resolve_places,
)
from services.ports import WarningRow
from services.sources import policy_of
from services.warning_force import lift, put_in_force
from services.warning_texts import post_facts
from services.work import Work

_NEEDS_PLACES = frozenset({Reason.NO_AREA.value, Reason.AREA_NOT_FOUND.value})


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
    match = resolve_places(notice, tree, fixed_county=work.county)
    earlier = await _earlier_of(work, notice)
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
    verdict = after_relation(disposition(notice, policy_of(work.policy, notice.source), work.now, match), found)
    reason = "" if verdict.reason is None else verdict.reason.value
    if verdict.way in {Way.POST, Way.EXERCISE} or verdict.reason is Reason.CANCEL_UNKNOWN:
        await _withdraw_held(work, notice.sender, notice.references, notice.sent)
    if verdict.way is Way.IGNORE:
        await work.note("warning.ignored", f"notice:{notice.raw_hash[:16]}", None, reason=reason)
        duplicate = found.kind is RelationKind.DUPLICATE
        return Received(Outcome.DUPLICATE if duplicate else Outcome.IGNORED, reason=reason)
    if is_lifted(notice):
        return await _receive_lifting(work, notice, before, earlier, verdict)
    row = await _keep(work, notice, raw, match, before, verdict)
    if verdict.way is Way.HOLD:
        await _ask_desk(work, row, reason)
        return Received(Outcome.HELD, row.id, reason)
    await put_in_force(work, row, found, before, check_area=Mark.CHECK_AREA in verdict.marks)
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
        await _ask_desk_to_lift(work, before, notice.issuer, reason)
        return Received(Outcome.HELD, before.id, reason)
    done = await lift(work, before, notice.issuer)
    if notice.msg_type is MsgType.CANCEL:  # it cancels the whole message, however many parts that had
        for row in earlier:
            if row.state == "active" and row.sender == before.sender and row.id != before.id:
                done = await lift(work, row, notice.issuer) or done
    return Received(Outcome.ACCEPTED if done else Outcome.DUPLICATE, before.id)


async def _withdraw_held(work: Work, sender: str, references: Iterable[Reference], sent: datetime) -> None:
    """The sender has replaced or cancelled what still waits for an officer: it is not to be released any more."""
    for reference in references:
        for row in await work.rows.warnings.by_identifier(reference.identifier):
            if (
                row.sender == sender
                and row.sent <= sent
                and await work.rows.warnings.set_state(row.id, ["held"], "superseded")
            ):
                await work.note("warning.withdrawn", row.subject, None)


async def _earlier_of(work: Work, notice: Notice) -> list[WarningRow]:
    """Every version of the chain that this notice belongs to: by its references, or because it came before. Other
    parts of the same message are warnings of their own."""
    number, rows_of = cross_source_key(notice.identifier), work.rows.warnings
    alike = await (rows_of.by_identifier(notice.identifier) if number is None else rows_of.named(number))
    same = [row for row in alike if row.part == notice.part]
    events = {row.event for row in same}
    for reference in notice.references:
        rows = await work.rows.warnings.by_identifier(reference.identifier)
        own = [row for row in rows if row.sender == notice.sender]
        events.update(row.event for row in own or rows)
    versions: list[WarningRow] = []
    for event in sorted(events):
        versions += [v for v in await work.rows.warnings.of_event(event) if v.state not in {"held", "refused"}]
    versions += [
        row
        for row in same
        if row.state in {"held", "refused"} and (row.sender, row.identifier) == (notice.sender, notice.identifier)
    ]
    exercise = notice.status is Status.EXERCISE  # it never touches a real warning
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
    )
    row = await work.rows.warnings.add(row)
    await work.rows.warnings.keep_raw(row.id, raw)
    return row


async def next_number(work: Work) -> str:
    """The county's own running number of the year, as 2026-017: what people quote on the phone."""
    year = work.local(work.now).year
    return f"{year}-{await work.rows.counters.next(f'warning:{year}'):03d}"


# -- what a person decides --------------------------------------------------------------------------------------


async def _ask_desk(work: Work, row: WarningRow, reason: str) -> None:
    """A held notice is a question to the county's duty officers: send it (with which colour), or not."""
    await work.note("warning.held", row.subject, None, reason=reason)
    facts = await post_facts(work, row)
    for person in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]):
        card = work.words.card(
            "warning_held",
            person.language,
            reason=reason,
            reason_text=work.words.label(f"warning.held.reason.{reason}", person.language),
            **facts,
        )
        await work.tell(
            person,
            f"{row.subject}:held:{person.id}",
            card,
            subject=row.subject,
            buttons=_held_buttons(work, row, reason, person.language),
            lane=Lane.URGENT,
        )


def _held_buttons(work: Work, row: WarningRow, reason: str, lang: str) -> Rows:
    label = work.words.label
    refuse = Button(label("warning.held.refuse", lang), f"w:refuse:{row.id}")
    if reason == Reason.NO_COLOUR.value:
        colours = tuple(
            Button(label(f"warning.colour.{colour.value}", lang), f"w:release:{row.id}:{colour.value}")
            for colour in Colour
        )
        return (colours, (refuse,))
    key = "warning.held.release_county" if reason in _NEEDS_PLACES else "warning.held.release"
    return ((Button(label(key, lang), f"w:release:{row.id}", style=ButtonStyle.DANGER), refuse),)


async def _ask_desk_to_lift(work: Work, row: WarningRow, by: str, reason: str) -> None:
    await work.note("warning.lift_held", row.subject, None, reason=reason)
    facts = await post_facts(work, row)
    for person in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]):
        label = work.words.label
        buttons = (
            (
                Button(label("warning.held.lift", person.language), f"w:lift:{row.id}", style=ButtonStyle.DANGER),
                Button(label("warning.held.keep", person.language), f"w:keep:{row.id}"),
            ),
        )
        card = work.words.card(
            "warning_lift_held",
            person.language,
            reason_text=work.words.label(f"warning.held.reason.{reason}", person.language),
            by=by,
            **facts,
        )
        await work.tell(
            person,
            f"{row.subject}:lift_held:{person.id}",
            card,
            subject=row.subject,
            buttons=buttons,
            lane=Lane.URGENT,
        )


async def release_held(work: Work, officer: Person | None, warning_id: int, colour: Colour | None = None) -> WarningRow:
    """The duty officer decides that a held notice goes out, with the colour he gives it where it had none, to the
    whole county where its area was not clear. Raises NotAllowed, or Stale when it has been decided already."""
    officer = await work.require(officer, Action.RELEASE_HELD_WARNING, work.county)
    row = await work.rows.warnings.get(warning_id)
    if row is None or row.state != "held":
        overtaken = row is not None and row.state in {"superseded", "lifted"}
        raise Stale("warning.held.overtaken" if overtaken else "warning.held.decided")
    if row.expires <= work.now:
        raise Stale("warning.held.over")
    in_force = [v for v in await work.rows.warnings.of_event(row.event) if v.id != row.id and v.state == "active"]
    if any((v.sent, v.id) > (row.sent, row.id) for v in in_force):
        raise Stale("warning.held.overtaken")
    if row.held_because == Reason.NO_COLOUR.value and colour is None:
        raise Stale("warning.held.needs_colour")
    places = row.places or frozenset({work.county})
    row = replace(row, colour=colour or row.colour, places=places)
    await work.rows.warnings.decide(row.id, row.colour, row.places)
    await _withdraw_held(work, row.sender, map(Reference.parse, row.references), row.sent)
    await work.note("warning.released", row.subject, officer, colour=row.colour.value)
    await put_in_force(work, row, Relation(RelationKind.NEW), in_force[-1] if in_force else None)
    return row


async def refuse_held(work: Work, officer: Person | None, warning_id: int) -> None:
    officer = await work.require(officer, Action.RELEASE_HELD_WARNING, work.county)
    if not await work.rows.warnings.set_state(warning_id, ["held"], "refused"):
        raise Stale("warning.held.decided")
    await work.note("warning.refused", f"warning:{warning_id}", officer)


def may_lift(work: Work, officer: Person, row: WarningRow) -> bool:
    """The county's duty desk any; others what they composed themselves."""
    return row.composed_by == officer.id or may(officer, Action.RELEASE_HELD_WARNING, work.county)


async def lift_by_officer(work: Work, officer: Person | None, warning_id: int) -> WarningRow:
    """An officer ends a warning. Raises NotAllowed, or Stale when it is not in force."""
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    if officer is None or not may_lift(work, officer, row):
        raise NotAllowed("refused.no_right")
    if not await lift(work, row, await issuer_name(work, officer)):
        raise Stale("refused.stale")
    return row


# -- composed by an officer -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Composed:
    """What an officer wrote in the dialogue."""

    kind: str
    colour: Colour
    places: frozenset[PlaceCode]
    text: str
    instruction: str
    expires: datetime


async def compose(work: Work, officer: Person, said: Composed) -> WarningRow:
    """A county or township officer issues a warning of his own body. Raises NotAllowed outside his area."""
    for code in said.places:
        await work.require(officer, Action.POST_WARNING, code)
    number, issuer = await next_number(work), await issuer_name(work, officer)
    colour = work.words.label(f"warning.colour.{said.colour.value}")
    row = await work.rows.warnings.add(
        WarningRow(
            id=0,
            event=0,
            number=number,
            source="officer",
            sender=f"person:{officer.id}",
            identifier=f"{work.county}-{number}",
            sent=work.now,
            references=(),
            kind=said.kind,
            colour=said.colour,
            colour_conflict=False,
            issuer=issuer,
            headline=work.words.label("warning.composed.headline", issuer=issuer, kind=said.kind, colour=colour),
            text=said.text,
            instruction=said.instruction,
            onset=work.now,
            expires=said.expires,
            expires_assumed=False,
            places=said.places,
            exercise=False,
            state="held",
            held_because="",
            content_hash="",
            composed_by=officer.id,
            created_at=work.now,
        )
    )
    await work.note("warning.composed", row.subject, officer, colour=said.colour.value)
    await put_in_force(work, row, Relation(RelationKind.NEW), None)
    return row


async def issuer_name(work: Work, officer: Person) -> str:
    """The body an officer speaks for: his place's headquarters, as people know it."""
    tree = await work.tree()
    places = [p.place for p in officer.posts if tree.get(p.place) is not None]
    highest = tree.get(min(places, key=len)) if places else None
    if highest is None:
        return officer.name
    key = "warning.issuer.county" if highest.level is Level.COUNTY else "warning.issuer.township"
    return work.words.label(key, place=highest.name)
