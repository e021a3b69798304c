"""A warning that an officer of the county or of a township writes himself."""

from dataclasses import dataclass
from datetime import datetime

from domain.colours import Colour
from domain.people import Action, Person
from domain.places import PlaceCode
from domain.warnings import Relation, RelationKind
from services.ports import WarningRow
from services.warning_force import put_in_force
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
