"""How a new notice relates to the warnings before it: chains of updates, duplicates, corrections, what is
raised, lowered, cancelled, and whose colour counts where several warnings meet. Pure rules over what was
taken in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar

from domain.colours import Colour
from domain.notices import MsgType, Notice, Reference, Status, cross_source_key, is_lifted
from domain.places import PlaceCode


class Said(Protocol):
    """A warning that was taken in, as it has to be known for comparison. A `Notice` is one; so is a stored
    row."""

    @property
    def source(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def identifier(self) -> str: ...
    @property
    def sent(self) -> datetime: ...
    @property
    def part(self) -> int: ...
    @property
    def colour(self) -> Colour | None: ...
    @property
    def content_hash(self) -> str: ...


AnySaid = TypeVar("AnySaid", bound=Said)


class InForce(Said, Protocol):
    """A stored warning as it has to be known to be gone on with."""

    @property
    def event(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def places(self) -> frozenset[PlaceCode]: ...


def refers_to(reference: Reference, said: Said) -> bool:
    """Whether the reference means it: every part of the triple that is given has to agree, the times as
    instants."""
    return (
        said.identifier == reference.identifier
        and reference.sender in {None, said.sender}
        and reference.sent in {None, said.sent}
    )


@dataclass(frozen=True, slots=True)
class Chain:
    """A warning from its first issue on, in the order of sending. `members` is never empty."""

    members: tuple[Notice, ...]

    @property
    def first(self) -> Notice:
        return self.members[0]

    @property
    def current(self) -> tuple[Notice, ...]:
        """All parts of the newest message."""
        newest = self.members[-1]
        return tuple(n for n in self.members if (n.sender, n.identifier) == (newest.sender, newest.identifier))


def chain_of(notice: Notice, known: Iterable[Notice]) -> Chain | None:
    """The chain that the notice belongs to, among notices that were taken in; None when it begins one.

    1. What the notice refers to, by triple or by identifier alone; a reference to itself says nothing. An
       identifier that several senders use means the notice's own sender where he is among them.
    2. The same message delivered before, also by another source under the same national number.
    3. From there everything connected by references, in either direction, circles included: the national
       platform refers to the first issue only, and the newest member is then not the one referred to. An
       exercise never joins a real warning.
    """
    pool = [other for other in known if (other.status is Status.EXERCISE) == (notice.status is Status.EXERCISE)]
    reached = [other for other in pool if _same_message(other, notice) or _passed_on(other, notice)]
    for reference in notice.references:
        meant = [other for other in pool if refers_to(reference, other) and not _same_message(other, notice)]
        reached += [other for other in meant if other.sender == notice.sender] or meant
    members = dict.fromkeys(reached)
    for member in reached:
        for other in pool:
            if other not in members and (_connected(member, other) or _connected(other, member)):
                members[other] = None
                reached.append(other)
    return Chain(tuple(sorted(members, key=lambda n: (n.sent, n.part)))) if members else None


def lacks_reference(new: Notice) -> bool:
    """Whether it changes or lifts a warning and does not say which."""
    changes = new.msg_type is MsgType.UPDATE or is_lifted(new)
    return changes and not new.references and bool(new.kind)


def continued_events(new: Notice, places: frozenset[PlaceCode], active: Iterable[InForce]) -> frozenset[int]:
    """The events in force that an update or a lifting without any reference is about. Feeds of titles name none: an
    office has one signal of a kind in force for a place, and raises, lowers or lifts it.

    The same sender and the same kind, sent before; of several events those for the same places, and where none is,
    nothing is certain. A first issue begins an event of its own.
    """
    if not lacks_reference(new):
        return frozenset()
    alike = [
        said
        for said in active
        if (said.sender, said.kind) == (new.sender, new.kind)
        and said.identifier != new.identifier
        and said.sent <= new.sent
    ]
    here = frozenset(said.event for said in alike if said.places == places)
    every = frozenset(said.event for said in alike)
    return here or (every if len(every) == 1 else frozenset())


def _same_message(a: Said, b: Said) -> bool:
    return (a.sender, a.identifier, a.sent) == (b.sender, b.identifier, b.sent)


def _passed_on(a: Said, b: Said) -> bool:
    """Whether two sources brought the same warning of one office. Their words may differ: some feeds carry the title
    only, and that is no correction."""
    number = cross_source_key(a.identifier)
    another = (a.source, a.sender) != (b.source, b.sender)
    return another and number is not None and number == cross_source_key(b.identifier)


def _connected(later: Notice, earlier: Notice) -> bool:
    return any(refers_to(reference, earlier) for reference in later.references)


def counterpart(new: Notice, earlier: Iterable[AnySaid]) -> AnySaid | None:
    """Which of the earlier ones the new one has to be compared with.

    The same part of the same message where it is there; else the newest message's part of the same number, else its
    gravest part. Other parts of the same message are its neighbours and nothing to be compared with.
    """
    others = [said for said in earlier if not _same_message(new, said) or said.part == new.part]
    same = [said for said in others if _same_message(new, said)]
    latest = max((said.sent for said in others), default=None)
    newest = [said for said in others if said.sent == latest]
    same_part = [said for said in newest if said.part == new.part]
    return max(same or same_part or newest, key=_gravity, default=None)


class RelationKind(StrEnum):
    NEW = "new"
    DUPLICATE = "duplicate"
    CORRECTION = "correction"
    """the same message with other words: 更正, once"""
    RAISED = "raised"
    LOWERED = "lowered"
    CHANGED_AREA = "changed_area"
    REISSUED = "reissued"
    """same colour, same places"""
    STALE = "stale"
    """sent before what is in force; never overrides it"""
    CANCEL = "cancel"
    CANCEL_UNKNOWN = "cancel_unknown"
    """lifts a warning we never had: silent"""
    FOREIGN_CANCEL = "foreign_cancel"
    """somebody else lifts the sender's warning: a person decides"""
    FOREIGN_UPDATE = "foreign_update"


@dataclass(frozen=True, slots=True)
class Relation:
    """`added`, `dropped`: villages that the new notice covers and the one in force did not, and the
    reverse. The dropped ones have to be told. A cancellation drops all."""

    kind: RelationKind
    added: frozenset[PlaceCode] = frozenset()
    dropped: frozenset[PlaceCode] = frozenset()


def relation(
    new: Notice,
    current: Said | None,
    *,
    new_villages: frozenset[PlaceCode] = frozenset(),
    current_villages: frozenset[PlaceCode] = frozenset(),
    family: frozenset[str] = frozenset(),
) -> Relation:
    """What the new notice is to the one in force of its chain (see `counterpart`; None: there is none).

    1. Without a counterpart it is new, or lifts something unknown.
    2. The same message again is a duplicate, or a correction; the same national number from another source
       is a duplicate.
    3. Another sender changes nothing, unless both belong to one `family` of senders.
    4. What was sent earlier than the one in force is stale, a cancellation too.
    5. A lifting ends it. Otherwise the colours are compared, then the villages.
    """
    lifted = is_lifted(new)
    if current is None:
        return Relation(RelationKind.CANCEL_UNKNOWN) if lifted else Relation(RelationKind.NEW, new_villages)
    kind = _kind(new, current, lifted, family)
    if kind in _WITHOUT_EFFECT:
        return Relation(kind)
    if kind is RelationKind.CANCEL:
        return Relation(kind, dropped=current_villages)
    if kind is not RelationKind.CORRECTION:
        return change(new, current, new_villages, current_villages)
    return Relation(kind, new_villages - current_villages, current_villages - new_villages)


_WITHOUT_EFFECT = {
    RelationKind.DUPLICATE,
    RelationKind.STALE,
    RelationKind.FOREIGN_CANCEL,
    RelationKind.FOREIGN_UPDATE,
}


def _kind(new: Notice, current: Said, lifted: bool, family: frozenset[str]) -> RelationKind:
    if _passed_on(new, current) and not lifted:
        return RelationKind.DUPLICATE
    if _same_message(new, current) and new.part == current.part:
        same_words = new.content_hash == current.content_hash
        return RelationKind.DUPLICATE if same_words else RelationKind.CORRECTION
    if new.sender != current.sender and not {new.sender, current.sender} <= family:
        return RelationKind.FOREIGN_CANCEL if lifted else RelationKind.FOREIGN_UPDATE
    if new.sent < current.sent:
        return RelationKind.STALE
    return RelationKind.CANCEL if lifted else _change(new.colour, current.colour)


def change(
    new: Said, current: Said, new_villages: frozenset[PlaceCode], current_villages: frozenset[PlaceCode]
) -> Relation:
    """What a version is to the one before it when both are of one chain: for what waited and is let out later."""
    kind = _change(new.colour, current.colour)
    added, dropped = new_villages - current_villages, current_villages - new_villages
    if kind is RelationKind.REISSUED and (added or dropped):
        kind = RelationKind.CHANGED_AREA
    return Relation(kind, added, dropped)


def _change(new: Colour | None, current: Colour | None) -> RelationKind:
    if new is None or current is None or new is current:
        return RelationKind.REISSUED
    return RelationKind.RAISED if new > current else RelationKind.LOWERED


def higher_wins(active: Iterable[tuple[AnySaid, Iterable[PlaceCode]]]) -> Mapping[PlaceCode, AnySaid]:
    """For every village the gravest of the warnings that cover it; of equal colours the one sent last."""
    winners: dict[PlaceCode, AnySaid] = {}
    for said, villages in sorted(active, key=lambda pair: (_gravity(pair[0]), pair[0].sent)):
        winners.update(dict.fromkeys(villages, said))
    return winners


def _gravity(said: Said) -> int:
    return said.colour.rank if said.colour else 0


@dataclass(frozen=True, slots=True)
class PlaceChanges:
    """Village by village, between two states of the same warning."""

    added: frozenset[PlaceCode]
    raised: frozenset[PlaceCode]
    lowered: frozenset[PlaceCode]
    dropped: frozenset[PlaceCode]


def place_changes(before: Mapping[PlaceCode, Colour], after: Mapping[PlaceCode, Colour]) -> PlaceChanges:
    """For messages of several parts, where one village's colour rises and another's falls."""
    both = before.keys() & after.keys()
    return PlaceChanges(
        added=frozenset(after.keys() - before.keys()),
        raised=frozenset(code for code in both if after[code] > before[code]),
        lowered=frozenset(code for code in both if after[code] < before[code]),
        dropped=frozenset(before.keys() - after.keys()),
    )
