"""The national platform's XML, which is not OASIS CAP."""

from datetime import UTC, datetime

import pytest

from domain.colours import Colour, ColourEvidence
from domain.geometry import Circle, Point
from domain.notices import Area, Finding, MsgType, Notice, Reference, Scope, Status
from domain.places import normalise_code
from domain.sources import SourceKind
from feeds.reading import Reading
from tests.feeds.reading_support import NUMBER, SAMPLES, SENT, read, refused, sample

NATIONAL = SourceKind.NATIONAL
RED = (SAMPLES / "national" / "alert_red.xml").read_text(encoding="utf-8")


def one(body: str) -> Notice:
    (notice,) = read(NATIONAL, body).notices
    return notice


def test_a_warning_of_the_platform_is_read_as_it_was_meant() -> None:
    (notice,) = sample(NATIONAL, "national/alert_red.xml").notices
    assert (notice.sender, notice.identifier, notice.sent) == ("33992141600000", NUMBER, SENT)
    assert (notice.status, notice.msg_type, notice.scope) == (Status.ACTUAL, MsgType.ALERT, Scope.PUBLIC)
    assert (notice.kind, notice.event_code, notice.issuer) == ("暴雨", "11B03", "青岚县气象台")
    assert (notice.colour, notice.colour_evidence, notice.colour_conflict) == (
        Colour.RED,
        ColourEvidence.EXPLICIT,
        False,
    )
    assert (notice.onset, notice.expires) == (SENT, datetime(2026, 7, 13, 10, 0, tzinfo=UTC))
    assert notice.text == "青岚县气象台2026年7月13日6时5分发布暴雨红色预警信号：预计石梁镇有大暴雨。"
    assert (notice.language, notice.findings) == ("zh-cn", ())


def test_codes_stand_in_lists_with_all_kinds_of_separators() -> None:
    (area,) = one(RED).areas
    codes = [normalise_code(code) for code in area.codes]
    assert codes == ["339921100", "339921210", "339921211", "339921101202"]
    assert area.desc == "石梁镇、云坑乡"


def test_the_words_for_single_channels_stay_outside() -> None:
    notice = one(RED)
    assert "只给手机的话" not in notice.text + notice.headline + notice.instruction


def test_a_cancellation_refers_to_the_first_issue_by_its_number_alone() -> None:
    (notice,) = sample(NATIONAL, "national/cancel.xml").notices
    assert (notice.msg_type, notice.references) == (MsgType.CANCEL, (Reference(NUMBER),))


def test_a_reference_to_itself_says_nothing() -> None:
    assert one(RED.replace("<references></references>", f"<references>{NUMBER}</references>")).references == ()


def test_radii_are_metres_and_an_open_ring_is_a_line() -> None:
    (notice,) = sample(NATIONAL, "national/shapes.xml").notices
    centre = Point(28.45, 119.35)
    ring = (Point(28.4, 119.3), Point(28.4, 119.4), Point(28.5, 119.4), Point(28.4, 119.3))
    assert notice.areas == (
        Area("甲", polygons=(ring,), circles=(Circle(centre, 2.5),)),
        Area("乙", circles=(Circle(centre, 0.0),)),
    )
    assert notice.findings == (Finding.BAD_POLYGON,)


def test_a_severity_that_differs_from_the_headline_is_marked_and_the_higher_counts() -> None:
    (notice,) = sample(NATIONAL, "national/shapes.xml").notices
    assert (notice.colour, notice.colour_conflict) == (Colour.RED, True)


def test_raw_signs_in_the_text_are_text() -> None:
    (notice,) = sample(NATIONAL, "national/raw_signs.xml").notices
    assert notice.text == "预计雨量>50 且 <100 毫米，A&B 水库 & 下游注意。"


@pytest.mark.parametrize(
    "text",
    [
        "a <b>粗</b> & c",
        "<script>alert(1)</script> &",
        "A &nbsp; B &#38; C",
        "雨量<50",
        "&amp; 已经写对 & 没有",
    ],
)
def test_raw_markup_never_becomes_structure(text: str) -> None:
    body = RED.replace("预计石梁镇有大暴雨。", text)
    assert one(body).text.endswith(text.replace("&amp;", "&").replace("&#38;", "&"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<area> 没有结束 &", "not_xml"),
        ("</description> & <!DOCTYPE x>", "not_xml"),
        ("&#0; 不许", "not_xml"),
    ],
)
def test_what_cannot_be_mended_safely_is_refused(text: str, reason: str) -> None:
    assert refused(NATIONAL, RED.replace("预计石梁镇有大暴雨。", text)) == reason


def test_an_external_entity_is_not_mended_into_anything() -> None:
    body = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + RED.split("?>", 1)[1]
    assert refused(NATIONAL, body) == "doctype"
    assert refused(NATIONAL, body.replace("大暴雨", "&x; & <50")) in {"doctype", "not_xml"}


@pytest.mark.parametrize("encoding", ["GBK", "GB18030", "GB2312"])
def test_chinese_encodings_are_read_also_with_raw_signs(encoding: str) -> None:
    body = RED.replace("UTF-8", encoding).replace("大暴雨", "大暴雨<100 & 喆镕")
    (notice,) = read(NATIONAL, body.encode("gb18030")).notices
    assert notice.text.endswith("大暴雨<100 & 喆镕。")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (f"<identifier>{NUMBER}", "<identifier>", "no_identifier"),
        ("2026-07-13 06:05:12+08:00</sendTime>", "</sendTime>", "no_sent"),
        ("2026-07-13 06:05:12+08:00</sendTime>", "昨天</sendTime>", "bad_sent"),
        ("http://com.icss.amp", "urn:oasis:names:tc:emergency:cap:1.2", "not_national"),
        ("http://com.icss.amp", "urn:x", "not_national"),
    ],
)
def test_without_identity_or_in_another_language_nothing_is_read(old: str, new: str, reason: str) -> None:
    assert refused(NATIONAL, RED.replace(old, new)) == reason


def test_without_an_office_nobody_speaks() -> None:
    body = RED.replace("<senderCode>33992141600000</senderCode>", "").replace("<sender>青岚县气象台</sender>", "")
    assert refused(NATIONAL, body.replace(NUMBER, "x1")) == "no_sender"
    assert one(body).sender == "33992141600000"


def test_a_receipt_is_no_warning() -> None:
    assert refused(NATIONAL, (SAMPLES / "national" / "receipt.xml").read_bytes()) == "receipt"


def test_a_time_without_offset_counts_in_the_zone_of_the_source() -> None:
    assert one(RED.replace(":12+08:00</sendTime>", ":12</sendTime>")).sent == SENT


@pytest.mark.parametrize(
    ("status", "found"), [("Test", Status.TEST), ("Exercise", Status.EXERCISE), ("", Status.UNKNOWN)]
)
def test_the_status_is_what_the_platform_says(status: str, found: Status) -> None:
    assert one(RED.replace("<status>Actual", f"<status>{status}")).status is found


def test_the_public_list_of_the_platform_can_be_empty() -> None:
    assert read(NATIONAL, '{"alertData": []}') == Reading()
    assert refused(NATIONAL, '{"alert": []}') == "unknown_format"
