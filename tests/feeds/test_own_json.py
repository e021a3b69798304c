"""Our own small JSON: what is required, what may be left out, and what is told about the rest."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.colours import Colour, ColourEvidence
from domain.geometry import Circle, Point
from domain.notices import Area, Finding, MsgType, Notice, Reference, Scope, Status
from domain.sources import SourceKind
from tests.feeds.reading_support import NUMBER, SAMPLES, SENT, read, refused

HOOK = SourceKind.HOOK
FULL: dict[str, Any] = json.loads((SAMPLES / "json" / "own.json").read_text(encoding="utf-8"))


def one(**changes: Any) -> Notice:
    """The sample with fields replaced; None takes one away."""
    fields = {name: value for name, value in {**FULL, **changes}.items() if value is not None or name == "expires"}
    (notice,) = read(HOOK, json.dumps(fields)).notices
    return notice


def test_every_field_finds_its_place() -> None:
    notice = one()
    assert (notice.sender, notice.identifier, notice.sent, notice.issuer) == (
        "33992141600000",
        NUMBER,
        SENT,
        "青岚县气象台",
    )
    assert (notice.status, notice.msg_type, notice.scope) == (Status.ACTUAL, MsgType.UPDATE, Scope.PUBLIC)
    assert (notice.kind, notice.colour, notice.colour_evidence) == ("暴雨", Colour.RED, ColourEvidence.EXPLICIT)
    assert (notice.onset, notice.expires) == (datetime(2026, 7, 12, 22, 10, tzinfo=UTC), None)
    assert notice.references == (Reference("33992141600000_20260713040000"),)
    ring = (Point(28.4, 119.3), Point(28.4, 119.4), Point(28.5, 119.4))
    assert notice.areas == (
        Area(codes=("339921100", "339921210000")),
        Area("云坑水库下游", polygons=(ring,), circles=(Circle(Point(28.4, 119.4), 2.5),)),
    )
    assert (notice.instruction, notice.language, notice.findings) == ("危险区域人员立即转移。", "zh", ())


@pytest.mark.parametrize("name", ["identifier", "issued", "msgType", "status"])
@pytest.mark.parametrize("value", [None, ""])
def test_what_is_required_is_missed_by_name(name: str, value: str | None) -> None:
    assert refused(HOOK, json.dumps({**FULL, name: value})) == "missing_field"


def test_an_end_left_out_is_noted_and_null_is_not() -> None:
    without = {name: value for name, value in FULL.items() if name != "expires"}
    (notice,) = read(HOOK, json.dumps(without)).notices
    assert notice.findings == (Finding.BAD_EXPIRES,)
    assert one(expires=None).findings == ()
    assert one(expires="2026-07-13T18:00:00+08:00").expires == datetime(2026, 7, 13, 10, 0, tzinfo=UTC)


def test_the_office_may_stand_in_the_headline_and_the_colour_in_severity() -> None:
    notice = one(issuer=None, colour=None, severity="橙色", headline="青岚县水利局发布山洪橙色预警")
    assert (notice.issuer, notice.colour, notice.colour_conflict) == ("青岚县水利局", Colour.ORANGE, False)


def test_without_an_office_and_without_a_number_nobody_speaks() -> None:
    fields = {**FULL, "identifier": "x1", "issuer": "", "headline": "暴雨红色预警"}
    assert refused(HOOK, json.dumps(fields)) == "no_sender"


def test_a_colour_that_is_none_is_refused_and_one_that_contradicts_is_marked() -> None:
    assert refused(HOOK, json.dumps({**FULL, "colour": "purple"})) == "bad_value"
    contradicting = one(colour="yellow")
    assert (contradicting.colour, contradicting.colour_conflict) == (Colour.RED, True)


@pytest.mark.parametrize(
    ("area", "finding"),
    [
        ({"polygon": [[28.4, 119.3], [28.4, 119.4]]}, Finding.BAD_POLYGON),
        ({"polygon": [[28.4, 119.3], [28.4, "119.4"], [1, 2]]}, Finding.BAD_POLYGON),
        ({"polygon": [[1, 2, 3], [1, 2], [2, 3], [3, 4]]}, Finding.BAD_POLYGON),
        ({"circle": [28.4, 119.4]}, Finding.BAD_CIRCLE),
        ({"circle": [True, 119.4, 1]}, Finding.BAD_CIRCLE),
    ],
)
def test_a_shape_that_cannot_be_read_is_left_out_and_noted(area: dict[str, Any], finding: Finding) -> None:
    notice = one(areas=[area])
    assert (notice.areas, notice.findings) == ((Area(),), (finding,))


def test_codes_may_be_numbers_and_lists_in_one_text() -> None:
    assert one(areas=[339921, "339921100,339921210"]).areas == (Area(codes=("339921", "339921100", "339921210")),)


@pytest.mark.parametrize("name", sorted(FULL))
@pytest.mark.parametrize("value", [[[]], {"x": 1}, True, 1.5, [None], [True]])
def test_a_wrong_type_in_any_field_is_a_reason(name: str, value: Any) -> None:
    if name == "areas" and value == {"x": 1}:
        value = 7
    assert refused(HOOK, json.dumps({**FULL, name: value})) == "wrong_type"


def test_several_warnings_are_a_list_and_one_odd_one_loses_nobody_else() -> None:
    reading = read(HOOK, json.dumps([FULL, {**FULL, "issued": "soon"}, 7, {**FULL, "identifier": "x2"}]))
    assert [notice.identifier for notice in reading.notices] == [NUMBER, "x2"]
    assert [odd.reason for odd in reading.refused] == ["bad_sent", "wrong_type"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"hello": 1}, "unknown_format"),
        ({**FULL, "issued": "2026-02-30T00:00:00+08:00"}, "bad_sent"),
        ({**FULL, "identifier": "x" * 251}, "name_too_long"),
        ({**FULL, "identifier": "a\u0000b"}, "bad_name"),
        ({**FULL, "references": ["x"] * 201}, "too_many_items"),
        ([FULL] * 101, "too_many_parts"),
    ],
)
def test_other_faults_have_their_own_reasons(fields: Any, reason: str) -> None:
    assert refused(HOOK, json.dumps(fields)) == reason


def test_unknown_fields_are_passed_over_and_unknown_values_are_for_a_person() -> None:
    notice = one(extra={"a": 1}, status="Real", msgType="News", scope="Private")
    assert (notice.status, notice.msg_type, notice.scope) == (Status.UNKNOWN, MsgType.UNKNOWN, Scope.PRIVATE)


@pytest.mark.parametrize("page", ["operations.md", "operations.en.md"])
def test_the_example_of_the_documents_is_read_as_it_says(page: str) -> None:
    text = (SAMPLES.parents[1] / "docs" / page).read_text(encoding="utf-8")
    example = next(part for part in text.split("```") if '"identifier"' in part)
    (notice,) = read(HOOK, example).notices
    assert (notice.colour, notice.issuer, notice.findings) == (Colour.ORANGE, "松阳县气象台", ())
    assert notice.areas == (Area(codes=("331124101", "331124102")),)
