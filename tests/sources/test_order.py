"""In which order one answer is taken in, and what of it says nothing any more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.notices import MsgType, Notice, Reference, Scope, Status
from feeds.order import Delivered, in_order
from tests.sources.test_trust import OFFICE, SENT


def message(name: str, minutes: int, *refers: str, **more: Any) -> Notice:
    kind = MsgType.UPDATE if refers else MsgType.ALERT
    references = tuple(Reference(one, more.pop("of", None)) for one in refers)
    sent = SENT + timedelta(minutes=minutes)
    return replace(OFFICE, identifier=name, sent=sent, msg_type=kind, references=references, **more)


def left(*notices: Notice) -> list[tuple[str, int]]:
    """Marks in order, each with how many notices are left."""
    return [(one.mark, len(one.notices)) for one in in_order([Delivered(n.identifier, (n,), b"") for n in notices])]


def test_the_oldest_goes_first() -> None:
    assert left(message("c", 3), message("a", 1), message("b", 2)) == [("a", 1), ("b", 1), ("c", 1)]


def test_what_was_replaced_keeps_its_mark_alone() -> None:
    chain = (message("c", 3, "b"), message("b", 2, "a"), message("a", 1))
    assert sorted(left(*chain)) == [("a", 0), ("b", 0), ("c", 1)]
    cancel = replace(chain[0], msg_type=MsgType.CANCEL)
    assert sorted(left(cancel, *chain[1:])) == [("a", 0), ("b", 0), ("c", 1)]


@pytest.mark.parametrize(
    "later",
    [
        message("b", 2, "a", sender="somebody@else.example"),
        message("b", 2, "a", of="somebody@else.example"),
        message("b", 2, "a", status=Status.EXERCISE),
        message("b", 2, "a", status=Status.TEST),
        message("b", 2, "a", scope=Scope.RESTRICTED),
        replace(message("b", 2, "a"), msg_type=MsgType.ALERT),
        replace(message("b", 2, "a"), msg_type=MsgType.UNKNOWN),
    ],
)
def test_only_the_same_sender_replaces_and_only_in_public_and_in_earnest(later: Notice) -> None:
    assert left(later, message("a", 1)) == [("a", 1), ("b", 1)]


def test_nothing_replaces_itself_and_a_document_half_replaced_stays_whole() -> None:
    assert left(message("a", 1, "a")) == [("a", 1)]
    both = Delivered("both", (message("a", 1), message("x", 1)), b"")
    after = Delivered("after", (message("b", 2, "a"),), b"")
    assert [(one.mark, len(one.notices)) for one in in_order([after, both])] == [("both", 2), ("after", 1)]
