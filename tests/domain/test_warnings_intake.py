"""Which notice goes out, which waits for a person, which is ignored; how long it holds; what its texts may contain."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.colours import Colour
from domain.places import PlaceCode
from domain.warnings import (
    Area,
    Disposition,
    Expiry,
    Finding,
    Mark,
    MsgType,
    Notice,
    PlaceMatch,
    PlaceProblem,
    Problem,
    Reason,
    Reference,
    Relation,
    RelationKind,
    Scope,
    SourcePolicy,
    Status,
    Way,
    after_relation,
    clean_text,
    cross_source_key,
    dedupe_key,
    disposition,
    expiry_of,
    is_expired,
    is_lifted,
    issuer_county,
)

SENT = datetime(2026, 6, 20, 10, 2, tzinfo=UTC)
NOW = SENT + timedelta(minutes=1)
OURS = SourcePolicy(senders=frozenset({"339921@qx.example"}))
PLACED = PlaceMatch(codes=frozenset({PlaceCode("339921")}), villages=frozenset({PlaceCode("339921100201")}))


def notice(**changes: Any) -> Notice:
    given_by_the_county = Notice(
        source="met",
        sender="339921@qx.example",
        identifier="33992141600000_20260620180200",
        sent=SENT,
        status=Status.ACTUAL,
        msg_type=MsgType.ALERT,
        scope=Scope.PUBLIC,
        kind="暴雨",
        colour=Colour.ORANGE,
        expires=SENT + timedelta(hours=12),
        headline="青岚县气象台发布暴雨橙色预警信号",
        text="预计未来3小时石梁镇降水量将达50毫米以上。",
        areas=(Area("青岚县", ("339921",)),),
        raw_hash="00",
        language="zh-cn",
    )
    return replace(given_by_the_county, **changes)


def decided(policy: SourcePolicy = OURS, match: PlaceMatch | None = PLACED, **changes: Any) -> Disposition:
    return disposition(notice(**changes), policy, NOW, match)


def test_an_actual_public_notice_of_a_registered_sender_goes_out() -> None:
    assert decided() == Disposition(Way.POST)


def test_a_source_without_a_list_of_senders_is_believed() -> None:
    assert decided(SourcePolicy(), sender="whoever").way is Way.POST


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"msg_type": MsgType.ACK}, Reason.ACK_OR_ERROR),
        ({"msg_type": MsgType.ERROR}, Reason.ACK_OR_ERROR),
        ({"status": Status.TEST}, Reason.NOT_ACTUAL),
        ({"status": Status.SYSTEM}, Reason.NOT_ACTUAL),
        ({"status": Status.DRAFT}, Reason.NOT_ACTUAL),
        ({"status": Status.EXERCISE}, Reason.EXERCISE_NOT_ALLOWED),
        ({"sent": NOW - timedelta(days=2), "expires": NOW - timedelta(hours=30)}, Reason.EXPIRED),
        ({"expires": NOW}, Reason.EXPIRED),
        ({"sent": NOW - timedelta(days=2), "expires": None}, Reason.EXPIRED),
    ],
)
def test_what_nobody_needs_to_see_is_ignored_with_a_reason(changes: dict[str, Any], reason: Reason) -> None:
    assert decided(**changes) == Disposition(Way.IGNORE, reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": Status.UNKNOWN}, Reason.STATUS_UNKNOWN),
        ({"msg_type": MsgType.UNKNOWN}, Reason.TYPE_UNKNOWN),
        ({"scope": Scope.RESTRICTED}, Reason.NOT_PUBLIC),
        ({"scope": Scope.PRIVATE}, Reason.NOT_PUBLIC),
        ({"scope": Scope.UNKNOWN}, Reason.NOT_PUBLIC),
        ({"sender": "attacker@evil.example"}, Reason.UNREGISTERED_SENDER),
        ({"sent": NOW + timedelta(minutes=11), "expires": NOW + timedelta(days=1)}, Reason.SENT_IN_FUTURE),
        ({"expires": SENT - timedelta(days=40)}, Reason.EXPIRES_BEFORE_SENT),
        ({"expires": SENT + timedelta(days=31)}, Reason.LIFE_TOO_LONG),
        ({"colour": None}, Reason.NO_COLOUR),
        ({"headline": "", "text": ""}, Reason.NO_TEXT),
        ({"text": "雨" * 7000, "instruction": "请" * 1001}, Reason.TEXT_TOO_LONG),
    ],
)
def test_what_is_doubtful_waits_for_a_person(changes: dict[str, Any], reason: Reason) -> None:
    found = decided(**changes)
    assert (found.way, found.reason) == (Way.HOLD, reason)


def test_a_clock_a_little_ahead_of_ours_is_no_reason_to_wait() -> None:
    assert decided(sent=NOW + timedelta(minutes=9)).way is Way.POST


def test_an_exercise_goes_out_as_one_where_the_source_may() -> None:
    allowed = replace(OURS, exercises=True)
    assert decided(allowed, status=Status.EXERCISE) == Disposition(Way.EXERCISE)
    assert decided(allowed, status=Status.TEST).way is Way.IGNORE


def test_an_expired_exercise_of_a_stranger_disturbs_nobody() -> None:
    assert decided(sender="x", expires=NOW - timedelta(seconds=30)).reason is Reason.EXPIRED


@pytest.mark.parametrize(
    ("match", "way", "reason"),
    [
        (PlaceMatch(problems=(Problem(PlaceProblem.NO_AREA),)), Way.HOLD, Reason.NO_AREA),
        (PlaceMatch(problems=(Problem(PlaceProblem.UNKNOWN_CODE),)), Way.HOLD, Reason.AREA_NOT_FOUND),
        (PlaceMatch(outside=True), Way.IGNORE, Reason.OUTSIDE_COUNTY),
        (PLACED, Way.POST, None),
    ],
)
def test_a_notice_goes_nowhere_before_it_has_a_place(match: PlaceMatch, way: Way, reason: Reason | None) -> None:
    found = decided(match=match)
    assert (found.way, found.reason) == (way, reason)


def test_without_a_tree_only_the_stated_area_is_asked_for() -> None:
    assert decided(match=None).way is Way.POST
    assert decided(match=None, areas=()).reason is Reason.NO_AREA


def test_more_villages_than_the_county_allows_wait_for_a_person() -> None:
    assert decided(replace(OURS, max_villages=0)).reason is Reason.TOO_MANY_PLACES


@pytest.mark.parametrize(
    ("changes", "match", "mark"),
    [
        ({"colour_conflict": True}, PLACED, Mark.COLOUR_CONFLICT),
        ({"expires": None}, PLACED, Mark.EXPIRY_ASSUMED),
        ({"findings": (Finding.BAD_POLYGON,)}, PLACED, Mark.CHECK_AREA),
        ({}, replace(PLACED, problems=(Problem(PlaceProblem.NARROWER_TEXT, "石梁镇"),)), Mark.CHECK_AREA),
        ({"language": "en-us"}, PLACED, Mark.NOT_CHINESE),
    ],
)
def test_what_is_uncertain_is_said_beside_the_warning(changes: dict[str, Any], match: PlaceMatch, mark: Mark) -> None:
    assert decided(match=match, **changes) == Disposition(Way.POST, None, frozenset({mark}))


def test_a_bare_cancellation_needs_no_colour_text_area_or_life() -> None:
    found = decided(
        match=PlaceMatch(problems=(Problem(PlaceProblem.NO_AREA),)),
        msg_type=MsgType.CANCEL,
        colour=None,
        headline="",
        text="",
        areas=(),
        expires=NOW - timedelta(hours=1),
        language="",
    )
    assert found == Disposition(Way.POST)


def test_a_cancellation_by_a_stranger_waits_for_a_person() -> None:
    assert decided(msg_type=MsgType.CANCEL, sender="attacker@evil.example").reason is Reason.UNREGISTERED_SENDER


@pytest.mark.parametrize(
    ("headline", "lifted"),
    [
        ("青岚县气象台解除暴雨黄色预警信号", True),
        ("大雾橙色预警（已解除）", True),
        ("青岚县气象局发布解除霜冻蓝色预警的通知", True),
        ("解除暴雨橙色预警，发布暴雨黄色预警", False),
        ("解除暴雨红色预警，暴雨橙色预警继续生效", False),
        ("暴雨橙色预警尚未解除", False),
        ("青岚县气象台发布暴雨橙色预警信号", False),
        ("", False),
    ],
)
def test_a_headline_that_lifts_a_warning(headline: str, lifted: bool) -> None:
    assert is_lifted(notice(headline=headline)) is lifted


def test_a_cancel_lifts_whatever_its_headline_says() -> None:
    assert is_lifted(notice(msg_type=MsgType.CANCEL, headline=""))


@pytest.mark.parametrize(
    ("onset", "expires", "end"),
    [
        (None, SENT + timedelta(hours=3), Expiry(SENT + timedelta(hours=3))),
        (None, None, Expiry(SENT + timedelta(hours=24), assumed=True)),
        (SENT + timedelta(hours=6), None, Expiry(SENT + timedelta(hours=30), assumed=True)),
        (SENT - timedelta(days=9), None, Expiry(SENT + timedelta(hours=24), assumed=True)),
        (SENT + timedelta(days=40), None, Expiry(SENT + timedelta(hours=24), assumed=True)),
        (None, SENT, Expiry(SENT + timedelta(hours=24), assumed=True)),
        (None, SENT - timedelta(days=1), Expiry(SENT + timedelta(hours=24), assumed=True)),
    ],
)
def test_when_a_warning_ends(onset: datetime | None, expires: datetime | None, end: Expiry) -> None:
    assert expiry_of(notice(onset=onset, expires=expires)) == end


def test_a_warning_is_over_at_the_instant_it_ends() -> None:
    assert not is_expired(notice(), SENT + timedelta(hours=12) - timedelta(seconds=1))
    assert is_expired(notice(), SENT + timedelta(hours=12))
    assert is_expired(notice(expires=None), SENT + timedelta(hours=2), default_life=timedelta(hours=2))


@pytest.mark.parametrize(
    ("first", "kind", "final"),
    [
        (Disposition(Way.POST), RelationKind.NEW, Disposition(Way.POST)),
        (Disposition(Way.POST), RelationKind.RAISED, Disposition(Way.POST)),
        (Disposition(Way.EXERCISE), RelationKind.CANCEL, Disposition(Way.EXERCISE)),
        (Disposition(Way.POST), RelationKind.DUPLICATE, Disposition(Way.IGNORE, Reason.DUPLICATE)),
        (Disposition(Way.HOLD, Reason.NO_AREA), RelationKind.STALE, Disposition(Way.IGNORE, Reason.STALE)),
        (Disposition(Way.POST), RelationKind.CANCEL_UNKNOWN, Disposition(Way.IGNORE, Reason.CANCEL_UNKNOWN)),
        (Disposition(Way.POST), RelationKind.FOREIGN_CANCEL, Disposition(Way.HOLD, Reason.FOREIGN_CANCEL)),
        (Disposition(Way.POST), RelationKind.FOREIGN_UPDATE, Disposition(Way.HOLD, Reason.FOREIGN_UPDATE)),
        (
            Disposition(Way.IGNORE, Reason.NOT_ACTUAL),
            RelationKind.FOREIGN_CANCEL,
            Disposition(Way.IGNORE, Reason.NOT_ACTUAL),
        ),
        (Disposition(Way.HOLD, Reason.NO_AREA), RelationKind.RAISED, Disposition(Way.HOLD, Reason.NO_AREA)),
    ],
)
def test_the_comparison_with_what_is_in_force_has_the_last_word(
    first: Disposition, kind: RelationKind, final: Disposition
) -> None:
    assert after_relation(first, Relation(kind)) == final


def test_the_key_is_the_same_whatever_offset_the_time_was_written_with() -> None:
    in_china = SENT.astimezone(timezone(timedelta(hours=8)))
    assert dedupe_key(notice()) == dedupe_key(notice(sent=in_china))
    assert hash(dedupe_key(notice())) == hash(dedupe_key(notice(sent=in_china)))
    assert dedupe_key(notice()) != dedupe_key(notice(part=1))


@pytest.mark.parametrize(
    ("identifier", "key"),
    [
        ("33992141600000_20260620180200", "33992141600000_20260620180200"),
        ("nmc_33992141600000_20260620180200", "33992141600000_20260620180200"),
        ("33992141600000_20260620180200_0", "33992141600000_20260620180200"),
        ("133992141600000_20260620180200", None),
        ("2.49.0.1.156.0", None),
    ],
)
def test_the_national_number_is_the_same_in_every_feed(identifier: str, key: str | None) -> None:
    assert cross_source_key(identifier) == key
    assert issuer_county(identifier) == (None if key is None else "339921")


def test_the_content_hash_changes_with_the_words_and_with_nothing_else() -> None:
    same = notice(raw_hash="ff", source="other", findings=(Finding.BAD_ONSET,))
    assert notice().content_hash == same.content_hash
    other_words = [notice(text="订正"), notice(colour=Colour.RED), notice(areas=()), notice(expires=None)]
    assert len({n.content_hash for n in [notice(), *other_words]}) == 5


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("暴雨\u202e红色\u202c\u200b预警\u2066x\u2069", "暴雨红色预警x"),
        ("\u200f\ufeff零宽\u00ad", "零宽"),
        ("一\r\n二\r三\u2028四\tx", "一\n二\n三\n四\tx"),
        ("a\x00b\x07c\x1b[31m\x7f", "abc[31m"),
        ("<b>不是标签</b> & @all /start", "<b>不是标签</b> & @all /start"),
        ("𠀀喆\ud800", "𠀀喆"),
    ],
)
def test_invisible_characters_leave_a_text_and_everything_else_stays(raw: str, shown: str) -> None:
    assert clean_text(raw) == shown


@settings(deadline=None)
@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


@pytest.mark.parametrize(
    ("written", "reference"),
    [
        ("s@x,id1,2026-06-20T18:02:00+08:00", Reference("id1", "s@x", SENT)),
        ("33992141600000_20260620180200", Reference("33992141600000_20260620180200")),
        ("s@x,id1,nonsense", Reference("id1", "s@x")),
        ("s@x,id1,2026-06-20T18:02:00", Reference("id1", "s@x")),
        (",id1,", Reference(",id1,")),
    ],
)
def test_a_reference_is_read_back_as_it_was_written(written: str, reference: Reference) -> None:
    assert Reference.parse(written) == reference
    assert Reference.parse(str(reference)) == reference
