"""The CAP reader, on samples of an invented county and on what strangers may send."""

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.colours import Colour, ColourEvidence
from domain.geometry import Circle, Point
from domain.notices import Area, Finding, MsgType, Notice, Reference, Scope, Status, clean_text
from feeds.cap import read_cap
from feeds.errors import Unreadable, UnreadableNotice

SAMPLES = Path(__file__).parents[1] / "samples" / "cap"
CHINA = timezone(timedelta(hours=8))


def sample(name: str, **options: Any) -> tuple[Notice, ...]:
    return read_cap((SAMPLES / name).read_bytes(), source="folder", **options)


def cap(info: str = "<event>暴雨</event>", namespace: str = "urn:oasis:names:tc:emergency:cap:1.2", **head: str) -> str:
    """One alert as text; `head` replaces or (empty) removes an element of its head."""
    elements = {
        "identifier": "id1",
        "sender": "s@example.cn",
        "sent": "2026-07-13T06:05:00+08:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
    } | head
    body = "".join(f"<{name}>{value}</{name}>" for name, value in elements.items() if value)
    return f'<alert xmlns="{namespace}">{body}<info>{info}</info></alert>'


def read(text: str, **options: Any) -> Notice:
    notices = read_cap(text.encode(), source="folder", **options)
    assert len(notices) == 1
    return notices[0]


def overlooked(notice: Notice) -> tuple[Finding, ...]:
    """What was noted beside that these short samples lack what the schema asks for."""
    return tuple(one for one in notice.findings if one is not Finding.OFF_SCHEMA)


def refused(body: bytes | str, **options: Any) -> str:
    with pytest.raises(UnreadableNotice) as caught:
        read_cap(body.encode() if isinstance(body, str) else body, source="folder", **options)
    return caught.value.reason_key


def test_of_two_languages_the_chinese_block_is_read() -> None:
    body = (SAMPLES / "typhoon_orange_two_languages.xml").read_bytes()
    assert read_cap(body, source="met") == (
        Notice(
            source="met",
            sender="339921@qinglan.example.cn",
            identifier="33992141600000_20260713060500",
            sent=datetime(2026, 7, 12, 22, 5, tzinfo=UTC),
            status=Status.ACTUAL,
            msg_type=MsgType.ALERT,
            scope=Scope.PUBLIC,
            kind="台风",
            event_code="11B01",
            colour=Colour.ORANGE,
            colour_evidence=ColourEvidence.EXPLICIT,
            onset=datetime(2026, 7, 13, 4, tzinfo=UTC),
            expires=datetime(2026, 7, 13, 22, 5, tzinfo=UTC),
            headline="青岚县气象台发布台风橙色预警信号",
            text="受台风影响，预计今天中午到夜里我县阵风可达11至12级，\n高山地区13级。",
            instruction="危险区域人员请立即转移，户外施工停止作业。",
            issuer="青岚县气象台",
            areas=(Area("石梁镇、云坑乡", ("339921100000", "339921210")),),
            raw_hash=sha256(body).hexdigest(),
            language="zh-cn",
        ),
    )


def test_a_gbk_file_with_characters_beyond_gb2312_is_read() -> None:
    (notice,) = sample("typhoon_orange_gbk.xml")
    assert notice.headline == "青岚县气象台发布台风橙色预警信号（喆镕）"


def test_a_cancellation_without_a_block_is_a_notice_without_words() -> None:
    (notice,) = sample("cancel_without_block.xml")
    assert (notice.msg_type, notice.headline, notice.areas, notice.colour) == (MsgType.CANCEL, "", (), None)
    assert notice.references == (
        Reference(
            "33992141600000_20260713060500",
            "339921@qinglan.example.cn",
            datetime(2026, 7, 12, 22, 5, tzinfo=UTC),
        ),
        Reference("33992141600000_20260713150000"),
    )


def test_every_area_with_its_own_colour_is_a_notice_of_its_own() -> None:
    red, yellow = sample("two_areas_two_colours.xml")
    assert [(n.part, n.parts, n.colour) for n in (red, yellow)] == [(0, 2, Colour.RED), (1, 2, Colour.YELLOW)]
    assert red.identifier == yellow.identifier
    assert red.areas == (Area("云坑乡", ("339921210",)),)


def test_polygons_and_circles_are_read_over_line_breaks_and_stray_blanks() -> None:
    _, yellow = sample("two_areas_two_colours.xml")
    corners = [(28.35, 119.35), (28.35, 119.45), (28.45, 119.45), (28.45, 119.35), (28.35, 119.35)]
    assert yellow.areas[0].polygons == (tuple(Point(*corner) for corner in corners),)
    assert yellow.areas[0].circles == (Circle(Point(28.4, 119.4), 2.5),)
    assert overlooked(yellow) == ()


def test_cap_1_0_writes_its_pairs_with_an_equals_sign() -> None:
    (notice,) = sample("cap_1_0.xml")
    assert (notice.event_code, notice.colour, notice.colour_evidence, notice.language) == (
        "11B14",
        Colour.BLUE,
        ColourEvidence.EXPLICIT,
        "zh",
    )
    assert notice.areas == (Area("青岚县", ("339921",)),)


def test_an_envelope_that_is_an_exercise_makes_its_alerts_exercises() -> None:
    notices = sample("edxl_exercise.xml")
    assert [(n.identifier[-6:], n.status) for n in notices] == [
        ("060500", Status.EXERCISE),
        ("060600", Status.EXERCISE),
    ]


def envelope(status: str, *alerts: str) -> str:
    inside = "".join(alerts)
    return f"<EDXLDistribution><distributionStatus>{status}</distributionStatus><x>{inside}</x></EDXLDistribution>"


def test_an_envelope_never_makes_a_test_real() -> None:
    assert read(envelope("Actual", cap(status="Test"))).status is Status.TEST
    assert read(envelope("Nonsense", cap())).status is Status.UNKNOWN
    assert read(envelope("Actual", cap())).status is Status.ACTUAL


def test_an_envelope_with_one_unreadable_alert_is_refused_as_a_whole() -> None:
    assert refused(envelope("Actual", cap(), cap(sent=""))) == "no_sent"


def test_several_alerts_side_by_side_are_all_read() -> None:
    body = f"<alerts>{cap()}{cap(identifier='id2')}</alerts>"
    assert [n.identifier for n in read_cap(body.encode(), source="x")] == ["id1", "id2"]


@pytest.mark.parametrize("body", ["<a><b>{}</b></a>", "<a>{}<note/></a>", "<a>{}<b>{}</b></a>"])
def test_alerts_inside_anything_else_are_refused_by_name(body: str) -> None:
    assert refused(body.format(cap(), cap())) == "wrapped_alerts"


@pytest.mark.parametrize(
    "namespace",
    [
        "",
        "urn:oasis:names:tc:emergency:cap:1.0",
        "urn:oasis:names:tc:emergency:cap:1.1",
        "http://www.incident.com/cap/1.0",
    ],
)
def test_every_version_of_cap_is_read_alike(namespace: str) -> None:
    assert read(cap(namespace=namespace)).kind == "暴雨"


@pytest.mark.parametrize(
    "body",
    [
        cap(namespace="http://com.icss.amp"),
        cap(namespace="urn:oasis:names:tc:emergency:cap:9.9"),
        "<rss/>",
        "<feed xmlns='http://www.w3.org/2005/Atom'/>",
    ],
)
def test_other_languages_are_left_to_other_readers(body: str) -> None:
    assert refused(body) == "not_cap"


def test_elements_are_found_in_any_order() -> None:
    turned = "<alert><info><area><areaDesc>甲</areaDesc></area><event>风</event></info><scope>Public</scope>{}</alert>"
    rest = "<sent>2026-07-13T06:05:00Z</sent><sender>s</sender><msgType>Alert</msgType><identifier>i</identifier>"
    notice = read(turned.format(rest))
    assert (notice.kind, notice.scope, notice.areas[0].desc) == ("风", Scope.PUBLIC, "甲")


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ({"identifier": ""}, "no_identifier"),
        ({"identifier": "  "}, "no_identifier"),
        ({"sender": ""}, "no_sender"),
        ({"sent": ""}, "no_sent"),
        ({"sent": "2026-02-30T18:02:00+08:00"}, "bad_sent"),
        ({"sent": "2026-13-01T00:00:00+08:00"}, "bad_sent"),
        ({"sent": "2026-07-13T06:05:00,08:00"}, "bad_sent"),
        ({"sent": "2026-07-13T06:05:00"}, "bad_sent"),
        ({"sent": "yesterday"}, "bad_sent"),
        ({"identifier": "x" * 251}, "name_too_long"),
        ({"sender": "x" * 100_000}, "name_too_long"),
    ],
)
def test_without_a_certain_identity_nothing_is_read(head: dict[str, str], reason: str) -> None:
    assert refused(cap(**head)) == reason


@pytest.mark.parametrize(
    "sent",
    ["2026-07-12T22:05:00Z", "2026-07-13T06:05:00.123+08:00", "2026-07-13T06:05:00+0800", "2026-07-13T06:05+08:00"],
)
def test_times_are_taken_in_every_unmistakable_form(sent: str) -> None:
    assert read(cap(sent=sent)).sent == datetime(2026, 7, 12, 22, 5, tzinfo=UTC)


def test_a_time_without_offset_counts_in_the_zone_of_the_source() -> None:
    assert read(cap(sent="2026-07-13T06:05:00"), zone=CHINA).sent == datetime(2026, 7, 12, 22, 5, tzinfo=UTC)
    assert read(cap(sent="2026-07-13 06:05"), zone=CHINA).sent == datetime(2026, 7, 12, 22, 5, tzinfo=UTC)


def test_other_times_that_cannot_be_read_are_noted_and_left_out() -> None:
    notice = read(
        cap("<expires>morgen</expires><onset>2026-07-13</onset><effective>2026-07-13T08:00:00+08:00</effective>")
    )
    assert (notice.expires, notice.onset) == (None, datetime(2026, 7, 13, tzinfo=UTC))
    assert overlooked(notice) == (Finding.BAD_ONSET, Finding.BAD_EXPIRES)


@pytest.mark.parametrize(
    ("status", "found"),
    [("Actual", Status.ACTUAL), ("EXERCISE", Status.EXERCISE), ("", Status.UNKNOWN), ("x", Status.UNKNOWN)],
)
def test_a_missing_or_made_up_status_is_unknown(status: str, found: Status) -> None:
    assert read(cap(status=status)).status is found


def test_missing_type_and_scope_are_unknown_and_for_the_rules_to_judge() -> None:
    notice = read(cap(msgType="", scope="World"))
    assert (notice.msg_type, notice.scope) == (MsgType.UNKNOWN, Scope.UNKNOWN)


def block(language: str, event: str) -> str:
    stated = f"<language>{language}</language>" if language else ""
    return f"<info>{stated}<event>{event}</event></info>"


@pytest.mark.parametrize(
    ("languages", "chosen"),
    [
        (("en-US", "zh-CN"), "zh-cn"),
        (("zh-TW", "zh-CN"), "zh-cn"),
        (("zh-TW", "zh"), "zh"),
        (("en-US", "zh-HK"), "zh-hk"),
        (("is-IS", "en-US"), "is-is"),
        (("", "zh-CN"), "zh-cn"),
        (("",), "en-us"),
    ],
)
def test_the_language_that_people_here_read_best_is_taken(languages: tuple[str, ...], chosen: str) -> None:
    blocks = "".join(block(language, "event") for language in languages)
    body = cap().replace("<info><event>暴雨</event></info>", blocks)
    assert [n.language for n in read_cap(body.encode(), source="x")] == [chosen]


def test_a_chinese_block_without_a_language_is_chinese() -> None:
    body = cap().replace("<info><event>暴雨</event></info>", block("en-US", "rain") + block("", "暴雨"))
    assert [(n.kind, n.language) for n in read_cap(body.encode(), source="x")] == [("暴雨", "zh")]


def test_more_blocks_in_another_language_are_noted() -> None:
    blocks = block("en", "one") + block("en", "two") + block("zh", "一")
    (notice,) = read_cap(cap().replace("<info><event>暴雨</event></info>", blocks).encode(), source="x")
    assert overlooked(notice) == (Finding.LANGUAGES_DIFFER,)


def test_a_document_with_hundreds_of_blocks_is_no_warning() -> None:
    body = cap().replace("<info><event>暴雨</event></info>", block("zh", "雨") * 101)
    assert refused(body) == "too_many_parts"


def test_references_and_areas_beyond_all_measure_are_refused() -> None:
    assert refused(cap(references="a,b,2026-07-13T06:05:00Z " * 201)) == "too_many_items"
    assert refused(cap("<area/>" * 5_001)) == "too_many_items"


def test_a_comment_or_an_instruction_does_not_cut_an_identifier() -> None:
    assert read(cap(identifier="3311<!-- x -->24<?y z?>_1")).identifier == "331124_1"


def test_markup_in_a_field_stays_text() -> None:
    words = "&lt;b&gt;红色&lt;/b&gt;<![CDATA[<script>alert(1)</script> @all]]>"
    notice = read(cap(f"<headline>{words}</headline>"))
    assert notice.headline == "<b>红色</b><script>alert(1)</script> @all"
    assert notice.colour is Colour.RED


def test_elements_that_strayed_into_a_text_leave_their_words() -> None:
    assert read(cap("<description>请<b>立即</b>转移</description>")).text == "请立即转移"


def test_invisible_characters_are_taken_out_of_texts_but_not_out_of_names() -> None:
    notice = read(cap("<headline>暴雨\u202e红色\u200b预警</headline>", sender="s\u200b@example.cn"))
    assert notice.headline == "暴雨红色预警"
    assert notice.sender == "s\u200b@example.cn"


@pytest.mark.parametrize(
    ("fields", "colour", "conflict"),
    [
        (
            "<parameter><valueName>awareness_level</valueName><value>3; orange; Severe</value></parameter>",
            Colour.ORANGE,
            False,
        ),
        (
            "<parameter><valueName>alert_color</valueName><value>紅色</value></parameter><severity>Moderate</severity>",
            Colour.RED,
            True,
        ),
        ("<parameter><valueName>预警级别</valueName><value>Ⅱ级</value></parameter>", Colour.ORANGE, False),
        ("<parameter><valueName>应急响应级别</valueName><value>Ⅰ级</value></parameter>", None, False),
        ("<parameter><valueName>response_level</valueName><value>red</value></parameter>", None, False),
        ("<eventCode><valueName>AREA_COLOR</valueName><value>255 235 59</value></eventCode>", None, False),
        ("<severity>Unknown</severity>", None, False),
    ],
)
def test_the_colour_is_read_from_fields_made_for_it(fields: str, colour: Colour | None, conflict: bool) -> None:
    notice = read(cap(fields))
    assert (notice.colour, notice.colour_conflict) == (colour, conflict)


@pytest.mark.parametrize(
    ("shape", "findings"),
    [
        ("<polygon/>", ()),
        ("<circle> </circle>", ()),
        ("<polygon>28.4,119.4 28.5,119.5</polygon>", (Finding.BAD_POLYGON,)),
        ("<polygon>a,b c,d e,f</polygon>", (Finding.BAD_POLYGON,)),
        ("<polygon>28.4,119.4 28.5,119.5 28.6</polygon>", (Finding.BAD_POLYGON,)),
        ("<polygon>28.4 28.5 28.6 28.7 28.8 28.9</polygon>", (Finding.BAD_POLYGON,)),
        ("<circle>28.4,119.4</circle>", (Finding.BAD_CIRCLE,)),
        ("<circle>28.4,119.4 viel</circle>", (Finding.BAD_CIRCLE,)),
    ],
)
def test_a_shape_that_cannot_be_read_is_left_out_and_noted(shape: str, findings: tuple[Finding, ...]) -> None:
    notice = read(cap(f"<area><areaDesc>甲</areaDesc>{shape}</area>"))
    assert (notice.areas, overlooked(notice)) == ((Area("甲"),), findings)


def test_pairs_without_commas_are_read_where_the_order_is_certain() -> None:
    notice = read(cap("<area><polygon>28.4 119.4 28.5 119.5 28.6 119.4</polygon></area>"))
    assert notice.areas[0].polygons == ((Point(28.4, 119.4), Point(28.5, 119.5), Point(28.6, 119.4)),)


def test_a_hole_in_an_area_is_noted_and_is_no_code() -> None:
    hole = "<geocode><valueName>EXCLUDE_POLYGON</valueName><value>28.1,119.1 28.2,119.2</value></geocode>"
    code = "<geocode><valueName>CPEAS Geographic Code</valueName><value> 339921210000 </value></geocode>"
    notice = read(cap(f"<area>{hole}{code}</area>"))
    assert (notice.areas[0].codes, overlooked(notice)) == (("339921210000",), (Finding.EXCLUDED_AREA,))


def test_a_resource_with_a_picture_is_passed_over() -> None:
    picture = f"<resource><derefUri>{'QUJD' * 60_000}</derefUri></resource>"
    assert read(cap(f"<event>暴雨</event>{picture}")).kind == "暴雨"


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_bytes_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    with pytest.raises(UnreadableNotice) as caught:
        read_cap(body, source="x")
    assert caught.value.reason_key in set(Unreadable)


VALID = (SAMPLES / "typhoon_orange_two_languages.xml").read_bytes()


@settings(deadline=None)
@given(st.integers(0, len(VALID) - 1), st.binary(min_size=0, max_size=6), st.integers(0, 40))
def test_a_damaged_document_is_read_or_refused_and_nothing_else(at: int, new: bytes, cut: int) -> None:
    damaged = VALID[:at] + new + VALID[at + cut :]
    try:
        notices = read_cap(damaged, source="x")
    except UnreadableNotice:
        return
    assert all(n.identifier and n.sender and n.sent.tzinfo is UTC for n in notices)


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=60))
def test_any_words_come_out_as_people_see_them(words: str) -> None:
    assert read(cap(f"<headline>{escape(words)}</headline>")).headline == " ".join(clean_text(words).split())
