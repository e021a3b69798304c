"""应急处置卡: what somebody's posts have to do now, beside a warning or when he asks."""

from dataclasses import dataclass

from domain.action_cards import EVERYBODY, Family, family_of
from domain.colours import Colour
from domain.people import Person
from services.acknowledge import active_for
from services.ports import WarningRow
from services.work import Work


@dataclass(frozen=True, slots=True)
class OwnCard:
    """Everything one person's posts have to do for a kind of disaster. `warning`: the one in force that asks for it."""

    family: Family
    warning: WarningRow | None
    by_colour: tuple[tuple[Colour, tuple[str, ...]], ...]


async def card_now(work: Work, person: Person) -> OwnCard | None:
    """The card for the gravest warning in force at the person's places; None when there is none."""
    rows = await active_for(work, person)
    if not rows:
        return None
    row = max(rows, key=lambda one: (one.colour.rank, one.id))
    return OwnCard(family_of(row.kind), row, ((row.colour, _all(work, person, family_of(row.kind), row.colour)),))


def card_of(work: Work, person: Person, family: Family) -> OwnCard:
    """All colours of one kind, to be read in quiet times. A colour that says what the one below says is left out."""
    found: list[tuple[Colour, tuple[str, ...]]] = []
    for colour in sorted(Colour, key=lambda one: one.rank):
        actions = _all(work, person, family, colour)
        if actions and (not found or actions != found[-1][1]):
            found.append((colour, actions))
    return OwnCard(family, None, tuple(found))


def _all(work: Work, person: Person, family: Family, colour: Colour) -> tuple[str, ...]:
    """Of all posts without a limit: he asked for it."""
    book, roles = work.words.actions(person.language), [post.role for post in person.posts]
    return book.for_roles(family, colour, roles, most=20) or book.of(family, colour, EVERYBODY)
