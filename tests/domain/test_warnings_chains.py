"""Updates, duplicates, corrections, cancellations: what a new notice does to the one in force."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.colours import Colour
from domain.places import PlaceCode
from domain.warnings import (
    MsgType,
    Notice,
    PlaceChanges,
    Reference,
    Relation,
    RelationKind,
    Scope,
    Status,
    chain_of,
    continued_events,
    counterpart,
    higher_wins,
    place_changes,
    refers_to,
    relation,
)

SENT = datetime(2026, 6, 20, 10, 2, tzinfo=UTC)
MET = "339921@qx.example"
A, B, C = (PlaceCode(code) for code in ("339921100200", "339921100201", "339921210201"))


def notice(identifier: str = "n1", minutes: int = 0, refers: tuple[Any, ...] = (), **changes: Any) -> Notice:
    said = Notice(
        source="met",
        sender=MET,
        identifier=identifier,
        sent=SENT + timedelta(minutes=minutes),
        status=Status.ACTUAL,
        msg_type=MsgType.UPDATE if refers else MsgType.ALERT,
        scope=Scope.PUBLIC,
        colour=Colour.ORANGE,
        headline="发布暴雨橙色预警",
        raw_hash="00",
        references=tuple(Reference(r) if isinstance(r, str) else triple(r) for r in refers),
    )
    return replace(said, **changes)


def triple(said: Notice) -> Reference:
    return Reference(said.identifier, said.sender, said.sent)


FIRST = notice()
RED = notice("n2", 90, (FIRST,), colour=Colour.RED)
YELLOW = notice("n3", 240, (FIRST, RED), colour=Colour.YELLOW)


def members(new: Notice, known: list[Notice]) -> list[str]:
    chain = chain_of(new, known)
    return [] if chain is None else [n.identifier for n in chain.members]


def test_a_notice_without_references_begins_a_chain() -> None:
    assert chain_of(notice("other"), [FIRST, RED]) is None


def test_an_update_finds_the_whole_chain_in_the_order_of_sending() -> None:
    chain = chain_of(notice("n4", 300, (RED,)), [YELLOW, notice("stranger"), FIRST, RED])
    assert chain is not None
    assert [n.identifier for n in chain.members] == ["n1", "n2", "n3"]
    assert chain.first == FIRST
    assert chain.current == (YELLOW,)


def test_a_reference_by_identifier_alone_to_the_first_issue_leads_to_the_newest() -> None:
    chain = chain_of(notice("n4", 300, ("n1",)), [FIRST, RED])
    assert chain is not None
    assert chain.current == (RED,)


def test_a_reference_with_another_instant_means_something_else() -> None:
    wrong = Reference("n1", MET, SENT + timedelta(seconds=1))
    assert members(notice("n4", 300, (), references=(wrong,)), [FIRST]) == []
    assert not refers_to(Reference("n1", "somebody else"), FIRST)
    assert refers_to(Reference("n1", MET), FIRST)


def test_an_identifier_that_several_senders_use_means_the_own_sender() -> None:
    namesake = notice(sender="other@qx.example", minutes=1)
    assert members(notice("n4", 300, ("n1",)), [namesake, FIRST]) == ["n1"]
    chain = chain_of(notice("n4", 300, ("n1",), sender="third@qx.example"), [namesake, FIRST])
    assert chain is not None
    assert len(chain.members) == 2


def test_a_reference_to_itself_says_nothing() -> None:
    assert members(notice("n1", 0, ("n1",)), []) == []
    assert members(notice("n9", 5, ("n9",)), [FIRST]) == []


def test_references_in_a_circle_end() -> None:
    one, two = notice("c1", 0, ("c2",)), notice("c2", 1, ("c1",))
    assert members(one, [one, two]) == ["c1", "c2"]


def test_an_exercise_never_joins_a_real_warning() -> None:
    assert members(notice("drill", 5, (FIRST,), status=Status.EXERCISE), [FIRST]) == []
    assert members(notice("n4", 5, ("n1",)), [replace(FIRST, status=Status.EXERCISE)]) == []


def test_all_parts_of_the_newest_message_are_current() -> None:
    parts = [notice("n2", 90, (FIRST,), part=p, parts=2) for p in (1, 0)]
    chain = chain_of(notice("n3", 120, ("n2",)), [FIRST, *parts])
    assert chain is not None
    assert [n.part for n in chain.current] == [0, 1]


def test_the_counterpart_is_the_same_message_before_the_newest() -> None:
    assert counterpart(FIRST, [FIRST, RED]) == FIRST
    assert counterpart(YELLOW, [FIRST, RED]) == RED
    assert counterpart(YELLOW, []) is None


def test_the_counterpart_of_a_part_is_the_same_part_or_the_gravest() -> None:
    parts = [notice("n2", 90, part=0, colour=Colour.YELLOW), notice("n2", 90, part=1, colour=Colour.RED)]
    assert counterpart(notice("n3", 95, part=1), parts) == parts[1]
    assert counterpart(notice("n3", 95, part=0), parts) == parts[0]
    assert counterpart(notice("n3", 95, part=2), parts) == parts[1]


def test_parts_of_one_message_are_neighbours_and_not_compared_with_each_other() -> None:
    red, yellow = notice(part=0, colour=Colour.RED), notice(part=1, colour=Colour.YELLOW)
    chain = chain_of(yellow, [red])
    assert chain is not None
    assert counterpart(yellow, chain.members) is None
    assert counterpart(yellow, [red, yellow]) == yellow


@pytest.mark.parametrize(
    ("new", "current", "kind"),
    [
        (FIRST, None, RelationKind.NEW),
        (RED, None, RelationKind.NEW),
        (notice("x", 5, msg_type=MsgType.CANCEL), None, RelationKind.CANCEL_UNKNOWN),
        (FIRST, FIRST, RelationKind.DUPLICATE),
        (replace(FIRST, raw_hash="ff"), FIRST, RelationKind.DUPLICATE),
        (replace(FIRST, text="（订正）"), FIRST, RelationKind.CORRECTION),
        (RED, FIRST, RelationKind.RAISED),
        (YELLOW, RED, RelationKind.LOWERED),
        (notice("n4", 9, (FIRST,)), FIRST, RelationKind.REISSUED),
        (notice("n4", 9, (FIRST,), colour=None), FIRST, RelationKind.REISSUED),
        (notice("n4", 30, (FIRST,), colour=Colour.BLUE), RED, RelationKind.STALE),
        (notice("n4", 30, (FIRST,), msg_type=MsgType.CANCEL), RED, RelationKind.STALE),
        (notice("n4", 300, (FIRST,), msg_type=MsgType.CANCEL), RED, RelationKind.CANCEL),
        (notice("n4", 300, (FIRST,), headline="解除暴雨红色预警"), RED, RelationKind.CANCEL),
        (
            notice("b7", 300, (FIRST,), msg_type=MsgType.CANCEL, sender="attacker@evil.example"),
            FIRST,
            RelationKind.FOREIGN_CANCEL,
        ),
        (
            notice("b8", 300, (FIRST,), sender="attacker@evil.example", colour=Colour.BLUE),
            FIRST,
            RelationKind.FOREIGN_UPDATE,
        ),
    ],
)
def test_what_a_notice_is_to_the_one_in_force(new: Notice, current: Notice | None, kind: RelationKind) -> None:
    assert relation(new, current).kind is kind


def test_senders_of_one_family_may_speak_for_each_other() -> None:
    city = notice("n4", 300, (FIRST,), msg_type=MsgType.CANCEL, sender="3399@qx.example")
    assert relation(city, FIRST, family=frozenset({MET, "3399@qx.example"})).kind is RelationKind.CANCEL
    assert relation(city, FIRST, family=frozenset({"3399@qx.example"})).kind is RelationKind.FOREIGN_CANCEL


def test_the_same_national_number_from_another_source_is_a_duplicate() -> None:
    number = "33992141600000_20260620180200"
    first = notice(number)
    passed_on = notice(f"nmc_{number}", 3, sender="nmc", text="转发")
    chain = chain_of(passed_on, [first, notice("other")])
    assert chain is not None
    assert relation(passed_on, counterpart(passed_on, chain.members)).kind is RelationKind.DUPLICATE


def test_another_source_with_other_words_under_the_same_number_is_no_correction() -> None:
    number = "33992141600000_20260620180200"
    full, title_only = notice(number, text="预计未来3小时…"), notice(number, source="nmc")
    assert relation(title_only, full).kind is RelationKind.DUPLICATE
    assert relation(notice(number), full).kind is RelationKind.CORRECTION


def test_another_source_does_not_lift_a_warning_by_repeating_its_number() -> None:
    number = "33992141600000_20260620180200"
    lifting = notice(number, 3, sender="nmc", msg_type=MsgType.CANCEL)
    assert relation(lifting, notice(number)).kind is RelationKind.FOREIGN_CANCEL


def test_villages_that_come_and_go_are_named() -> None:
    before, after = frozenset({A, B}), frozenset({B, C})
    found = relation(RED, FIRST, new_villages=after, current_villages=before)
    assert found == Relation(RelationKind.RAISED, added=frozenset({C}), dropped=frozenset({A}))


def test_the_same_colour_elsewhere_is_a_changed_area() -> None:
    again = notice("n4", 9, (FIRST,))
    found = relation(again, FIRST, new_villages=frozenset({A}), current_villages=frozenset({A, B}))
    assert found == Relation(RelationKind.CHANGED_AREA, dropped=frozenset({B}))


def test_a_cancellation_drops_every_village_whatever_area_it_states() -> None:
    lifting = notice("n4", 9, (FIRST,), msg_type=MsgType.CANCEL)
    found = relation(lifting, FIRST, new_villages=frozenset({C}), current_villages=frozenset({A, B}))
    assert found == Relation(RelationKind.CANCEL, dropped=frozenset({A, B}))


def test_a_new_warning_adds_all_its_villages() -> None:
    assert relation(FIRST, None, new_villages=frozenset({A})).added == {A}


@pytest.mark.parametrize("new", [FIRST, notice("b8", 9, (FIRST,), sender="x"), notice("n0", -9, (FIRST,))])
def test_what_has_no_effect_moves_no_village(new: Notice) -> None:
    found = relation(new, FIRST, new_villages=frozenset({C}), current_villages=frozenset({A}))
    assert (found.added, found.dropped) == (frozenset(), frozenset())


def test_a_stored_row_can_be_compared_with_a_notice() -> None:
    @dataclass(frozen=True)
    class Row:
        source: str
        sender: str
        identifier: str
        sent: datetime
        part: int
        colour: Colour
        content_hash: str
        headline: str = "more than is needed"

    row = Row("met", MET, "n1", SENT, 0, Colour.ORANGE, FIRST.content_hash)
    assert relation(FIRST, row).kind is RelationKind.DUPLICATE
    assert relation(RED, counterpart(RED, [row])).kind is RelationKind.RAISED


def test_in_every_village_the_gravest_warning_wins_and_of_equals_the_newest() -> None:
    rain = notice("rain", 0, colour=Colour.ORANGE)
    wind = notice("wind", 10, colour=Colour.YELLOW)
    flood = notice("flood", 20, colour=Colour.ORANGE)
    winners = higher_wins([(flood, {C}), (rain, {A, C}), (wind, {A, B})])
    assert {code: said.identifier for code, said in winners.items()} == {A: "rain", B: "wind", C: "flood"}


def test_changes_village_by_village() -> None:
    before = {A: Colour.ORANGE, B: Colour.ORANGE}
    after = {A: Colour.RED, B: Colour.YELLOW, C: Colour.BLUE}
    assert place_changes(before, after) == PlaceChanges(
        added=frozenset({C}), raised=frozenset({A}), lowered=frozenset({B}), dropped=frozenset()
    )
    assert place_changes(after, before).dropped == {C}


@dataclass(frozen=True)
class Kept:
    """A stored warning, as far as it matters here."""

    event: int
    places: frozenset[PlaceCode] = frozenset({A})
    sender: str = MET
    identifier: str = "n1"
    kind: str = "暴雨"
    sent: datetime = SENT
    source: str = "met"
    part: int = 0
    colour: Colour = Colour.ORANGE
    content_hash: str = ""


UNREFERRED = notice("n9", 90, msg_type=MsgType.UPDATE, kind="暴雨", colour=Colour.RED)


def test_an_update_without_references_goes_on_with_the_offices_warning_of_that_kind() -> None:
    others = [Kept(2, kind="大风"), Kept(3, sender="3399@qx.example"), Kept(4, sent=SENT + timedelta(hours=9))]
    assert continued_events(UNREFERRED, frozenset({A}), [Kept(1), *others]) == {1}
    assert continued_events(UNREFERRED, frozenset({A, B}), [Kept(1), *others]) == {1}
    assert continued_events(UNREFERRED, frozenset({A}), others) == frozenset()


def test_of_several_warnings_of_a_kind_only_the_one_for_the_same_places_is_meant() -> None:
    active = [Kept(1, frozenset({A})), Kept(2, frozenset({B}))]
    assert continued_events(UNREFERRED, frozenset({B}), active) == {2}
    assert continued_events(UNREFERRED, frozenset({C}), active) == frozenset()


def test_a_lifting_without_references_ends_what_it_can_only_mean() -> None:
    lifting = replace(UNREFERRED, msg_type=MsgType.CANCEL)
    by_words = replace(UNREFERRED, msg_type=MsgType.ALERT, headline="解除暴雨橙色预警")
    assert continued_events(lifting, frozenset(), [Kept(1)]) == {1}
    assert continued_events(by_words, frozenset(), [Kept(1)]) == {1}
    assert continued_events(lifting, frozenset(), [Kept(1), Kept(2, frozenset({B}))]) == frozenset()


@pytest.mark.parametrize(
    "changes",
    [{"msg_type": MsgType.ALERT}, {"kind": ""}, {"references": (Reference("n1"),)}, {"identifier": "n1"}],
)
def test_a_first_issue_and_what_names_its_reference_goes_on_with_nothing_else(changes: dict[str, Any]) -> None:
    assert continued_events(replace(UNREFERRED, **changes), frozenset({A}), [Kept(1)]) == frozenset()
