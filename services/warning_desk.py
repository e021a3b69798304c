"""What the county's duty desk decides about a warning: a held one goes out or not, one in force is lifted."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from domain.colours import Colour
from domain.errors import NotAllowed, Stale
from domain.outgoing import Lane
from domain.people import Action, Person, Role, may
from domain.places import PlaceCode, ancestors
from domain.text import Button, ButtonStyle, Rows
from domain.warnings import Reason, Reference
from services.ports import WarningRow
from services.warning_approval import APPROVAL
from services.warning_area import TO_BE_PLACED, WITHOUT_PLACE, area_buttons, held_card, held_row
from services.warning_end import lift
from services.warning_quiet import QUIET, let_out
from services.warning_texts import issuer_name, post_facts
from services.work import Work


async def withdraw_held(work: Work, sender: str, references: Iterable[Reference], sent: datetime) -> None:
    """The sender has replaced or cancelled what still waits for an officer: it is not to be released any more."""
    for reference in references:
        for row in await work.rows.warnings.by_identifier(reference.identifier):
            if (
                row.sender == sender
                and row.sent <= sent
                and await work.rows.warnings.set_state(row.id, ["held"], "superseded")
            ):
                await work.note("warning.withdrawn", row.subject, None)


async def ask_desk(work: Work, row: WarningRow, reason: str) -> None:
    """A held notice is a question to the county's duty officers: send it (with which colour), or not."""
    await work.note("warning.held", row.subject, None, reason=reason)
    for person in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]):
        await work.tell(
            person,
            f"{row.subject}:held:{person.id}",
            await held_card(work, row, person, reason),
            subject=row.subject,
            buttons=await held_buttons(work, row, reason, person),
            lane=Lane.URGENT,
        )


async def held_buttons(work: Work, row: WarningRow, reason: str, person: Person) -> Rows:
    label, lang = work.words.label, person.language
    if reason in TO_BE_PLACED:
        return await area_buttons(work, row, person)
    refuse = Button(label("warning.held.refuse", lang), f"w:refuse:{row.id}")
    if reason == Reason.NO_COLOUR.value:
        colours = tuple(
            Button(label(f"warning.colour.{colour.value}", lang), f"w:release:{row.id}:{colour.value}")
            for colour in Colour
        )
        return (colours, (refuse,))
    return ((Button(label("warning.held.release", lang), f"w:release:{row.id}", style=ButtonStyle.DANGER), refuse),)


async def ask_desk_to_lift(work: Work, row: WarningRow, by: str, reason: str) -> None:
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


async def hold_for_quiet(work: Work, row: WarningRow, until: datetime) -> None:
    """It goes out by itself in the morning; the desk is told at once and may have it out now."""
    await work.rows.warnings.hold_until(row.id, until)
    await work.note("warning.held", row.subject, None, reason=QUIET)
    facts = await post_facts(work, row)
    for person in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]):
        label = work.words.label
        buttons = (
            (
                Button(label("held.button.now", person.language), f"w:release:{row.id}"),
                Button(label("warning.held.refuse", person.language), f"w:refuse:{row.id}"),
            ),
        )
        card = work.words.card("warning_quiet", person.language, until=work.local(until), **facts)
        await work.tell(
            person, f"{row.subject}:quiet:{person.id}", card, subject=row.subject, buttons=buttons, lane=Lane.URGENT
        )


async def release_held(work: Work, officer: Person | None, warning_id: int, colour: Colour | None = None) -> WarningRow:
    """The duty officer decides that a held notice goes out, with the colour he gives it where it had none, to the
    places he ticked where its area was not clear. One that still needs a place comes back held, with its colour.
    Raises NotAllowed, or Stale when it has been decided already."""
    officer = await work.require(officer, Action.RELEASE_HELD_WARNING, work.county)
    row = await work.rows.warnings.get(warning_id)
    if row is None or row.state != "held":
        overtaken = row is not None and row.state in {"superseded", "lifted"}
        raise Stale("warning.held.overtaken" if overtaken else "warning.held.decided")
    if row.held_because == APPROVAL:
        raise NotAllowed("second.needed")
    if row.expires <= work.now:
        raise Stale("warning.held.over")
    in_force = [v for v in await work.rows.warnings.of_event(row.event) if v.id != row.id and v.state == "active"]
    if any((v.sent, v.id) > (row.sent, row.id) for v in in_force):
        raise Stale("warning.held.overtaken")
    if row.held_because == Reason.NO_COLOUR.value and colour is None:
        raise Stale("warning.held.needs_colour")
    ticked = await work.rows.warnings.draft(row.id, officer.id)
    by_hand = {"colour_from": "officer"} if colour else {}
    by_hand |= {"placed_by": "officer"} if ticked else {}
    row = replace(
        row,
        colour=colour or row.colour,
        places=ticked or row.places,
        evidence=replace(row.evidence, **by_hand),  # type: ignore[arg-type]
    )
    if not row.places and row.held_because in WITHOUT_PLACE:
        raise Stale("held.needs_area")
    await work.rows.warnings.decide(row.id, row.colour, row.places, row.evidence)
    if not row.places:
        await work.rows.warnings.hold_because(row.id, Reason.NO_AREA.value)
        return replace(row, held_because=Reason.NO_AREA.value)
    await withdraw_held(work, row.sender, map(Reference.parse, row.references), row.sent)
    await work.note("warning.released", row.subject, officer, colour=row.colour.value)
    await let_out(work, row)
    return replace(row, state="active")


async def place_by_hand(
    work: Work, officer: Person | None, warning_id: int, places: frozenset[PlaceCode]
) -> WarningRow:
    """Out to exactly these places. Raises like `release_held`."""
    officer = await work.require(officer, Action.RELEASE_HELD_WARNING, work.county)
    row = await held_row(work, warning_id)
    outermost = {code for code in places if not places & set(ancestors(code))}
    await work.rows.warnings.save_draft(row.id, officer.id, outermost)
    return await release_held(work, officer, row.id)


async def refuse_held(work: Work, officer: Person | None, warning_id: int) -> None:
    officer = await work.require(officer, Action.RELEASE_HELD_WARNING, work.county)
    row = await work.rows.warnings.get(warning_id)
    if row is not None and row.held_because == APPROVAL:
        raise NotAllowed("second.needed")
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
