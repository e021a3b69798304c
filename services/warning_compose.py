"""A warning that an officer of the county or of a township writes himself."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.colours import Colour
from domain.errors import NotAllowed
from domain.people import Action, Person
from domain.places import PlaceCode
from domain.warnings import Relation, RelationKind
from services.drills import require_inside
from services.ports import Evidence, WarningRow
from services.warning_approval import APPROVAL, needs_second, request_approval
from services.warning_force import put_in_force
from services.warning_second import Seconds, reach_of
from services.warning_texts import issuer_name, next_number
from services.work import Work


@dataclass(frozen=True, slots=True)
class Composed:
    """What an officer wrote in the dialogue."""

    kind: str
    colour: Colour
    places: frozenset[PlaceCode]
    text: str
    instruction: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """What became of it: out, or waiting for the second person."""

    warning: WarningRow
    groups: int
    people: int
    seconds: Seconds | None = None
    """whom the county's own orange or red waits for"""


async def draft_of(work: Work, officer: Person | None, said: Composed) -> WarningRow:
    """The warning as it would be, without a number and not kept. Raises NotAllowed outside his area."""
    for code in said.places:
        action = Action.POST_WARNING if work.rows.drills.standing is None else Action.RUN_DRILL
        officer = await work.require(officer, action, code)
    if officer is None:
        raise NotAllowed("refused.not_enrolled")
    issuer = await issuer_name(work, officer)
    colour = work.words.label(f"warning.colour.{said.colour.value}")
    return WarningRow(
        id=0,
        event=0,
        number="",
        source="officer",
        sender=f"person:{officer.id}",
        identifier="",
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
        exercise=work.rows.drills.standing is not None,
        state="held",
        held_because="",
        content_hash="",
        composed_by=officer.id,
        created_at=work.now,
        evidence=Evidence(colour_from="officer", placed_by="officer"),
    )


async def compose(work: Work, officer: Person | None, said: Composed) -> Issued:
    """A county or township officer issues a warning of his own body. What the county itself composes at orange or red
    waits for a second person. Raises NotAllowed outside his area."""
    row = await draft_of(work, officer, said)
    assert officer is not None
    await require_inside(work, row.places)
    number = await next_number(work)
    row = replace(row, number=number, identifier=f"{work.county}-{number}")
    second = not row.exercise and await needs_second(work, row)
    row = await work.rows.warnings.add(replace(row, held_because=APPROVAL if second else ""))
    await work.note("warning.composed", row.subject, officer, colour=said.colour.value)
    if second:
        groups, people = await reach_of(work, row)
        return Issued(row, groups, people, await request_approval(work, row, officer))
    await put_in_force(work, row, Relation(RelationKind.NEW), None)
    owed = await work.rows.obligations.of_subject(row.subject)
    return Issued(row, len(await work.rows.boards.of_subject(row.subject)), len(owed))
