"""In which order the messages of one answer are taken in. Lists put the newest first: a cancellation would come before
what it cancels, mean nothing then, and the warning would go out after all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.notices import MsgType, Notice, Scope, Status


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message, or one document of several. `mark` remembers that it was taken in."""

    mark: str
    notices: tuple[Notice, ...]
    raw: bytes


def in_order(delivered: Sequence[Delivered]) -> list[Delivered]:
    """The oldest first. What a later message of the same answer has replaced or cancelled says nothing any more: it
    keeps its mark and loses its notices, so that nobody is posted three warnings where the third is what holds."""
    replaced = {name for one in delivered for notice in one.notices for name in _replaced_by(notice)}
    found = [replace(one, notices=()) if _is_replaced(one, replaced) else one for one in delivered]
    return sorted(found, key=lambda one: min((notice.sent.timestamp() for notice in one.notices), default=0.0))


_Name = tuple[str, str, Status]


def _replaced_by(notice: Notice) -> set[_Name]:
    """Only by the same sender, and only by what is itself as public and as real."""
    if notice.msg_type not in {MsgType.UPDATE, MsgType.CANCEL} or notice.scope is not Scope.PUBLIC:
        return set()
    return {
        (notice.sender, reference.identifier, notice.status)
        for reference in notice.references
        if reference.identifier != notice.identifier and reference.sender in {None, notice.sender}
    }


def _is_replaced(one: Delivered, replaced: set[_Name]) -> bool:
    names = {(notice.sender, notice.identifier, notice.status) for notice in one.notices}
    return bool(names) and names <= replaced
