"""What no source sends and a stranger may: more of everything than a warning has. And small faults, which are noted and
cost nobody the warning."""

import json
from typing import Any

import pytest

from domain.notices import Finding
from domain.sources import SourceKind
from feeds.errors import Unreadable, UnreadableNotice
from tests.feeds.reading_support import NUMBER, SAMPLES, read, refused

NMC, CAIYUN, QWEATHER, WEATHER_CN = SourceKind.NMC, SourceKind.CAIYUN, SourceKind.QWEATHER, SourceKind.WEATHER_CN
RED = (SAMPLES / "national" / "alert_red.xml").read_text(encoding="utf-8")


def alert(**fields: Any) -> dict[str, Any]:
    known = {"id": "1", "headline": "青岚县气象台发布暴雨橙色预警", "issuedTime": "2026-07-13T06:03+08:00"}
    return {**known, **fields}


def qweather(**fields: Any) -> str:
    return json.dumps({"alerts": [alert(**fields)]})


def nmc(rows: list[Any]) -> str:
    page = {"count": len(rows), "list": rows}
    return json.dumps({"code": 0, "data": {"page": page}})


CAP = (
    "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><identifier>i</identifier><sender>s</sender>"
    "<sent>2026-07-13T06:05:00Z</sent></alert>"
)


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        (SourceKind.CAP, f"<alerts>{CAP * 501}</alerts>", "too_many_parts"),
        (SourceKind.NATIONAL, RED.replace("</info>", "</info>" + "<info/>" * 100), "too_many_parts"),
        (SourceKind.NATIONAL, RED.replace("<references>", "<references>" + "x " * 201), "too_many_items"),
        (SourceKind.NATIONAL, RED.replace("</info>", "<area/>" * 5_001 + "</info>"), "too_many_items"),
        (NMC, nmc([{"alertid": "x"}] * 3_001), "too_many_items"),
    ],
    ids=["alerts", "blocks", "references", "areas", "entries"],
)
def test_more_than_any_warning_has_is_refused(kind: SourceKind, body: str, reason: str) -> None:
    assert refused(kind, body) == reason


def test_an_entry_with_endless_references_is_refused_alone() -> None:
    many = {"messageType": {"code": "update", "supersedes": ["x"] * 201}}
    reading = read(QWEATHER, json.dumps({"alerts": [alert(**many), alert(id="2")]}))
    assert [notice.identifier for notice in reading.notices] == ["2"]
    assert [odd.reason for odd in reading.refused] == ["too_many_items"]


@pytest.mark.parametrize(
    ("fields", "finding"),
    [
        ({"expiredTime": "soon"}, Finding.BAD_EXPIRES),
        ({"onsetTime": "2026-02-30T00:00+08:00"}, Finding.BAD_ONSET),
    ],
)
def test_a_time_that_cannot_be_read_is_noted_in_a_feed(fields: dict[str, str], finding: Finding) -> None:
    (notice,) = read(QWEATHER, qweather(**fields)).notices
    assert (notice.findings, notice.expires, notice.onset) == ((finding,), None, None)


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("2026-07-13 18:00:00+08:00</expires>", "今晚</expires>", Finding.BAD_EXPIRES),
        ("<onset></onset>", "<onset>马上</onset>", Finding.BAD_ONSET),
        ("<circle></circle>", "<circle>28.4 119.3</circle>", Finding.BAD_CIRCLE),
    ],
)
def test_a_small_fault_is_noted_in_the_national_form(old: str, new: str, finding: Finding) -> None:
    (notice,) = read(SourceKind.NATIONAL, RED.replace(old, new)).notices
    assert notice.findings == (finding,)


def test_a_time_that_cannot_be_read_is_noted_in_our_own_form() -> None:
    fields = json.loads((SAMPLES / "json" / "own.json").read_text(encoding="utf-8"))
    (notice,) = read(SourceKind.HOOK, json.dumps({**fields, "onset": "soon"})).notices
    assert notice.findings == (Finding.BAD_ONSET,)


def test_an_entry_without_any_time_is_refused() -> None:
    reading = read(QWEATHER, qweather(issuedTime=None))
    assert [odd.reason for odd in reading.refused] == ["no_sent"]


def test_an_entry_without_words_is_refused() -> None:
    reading = read(CAIYUN, json.dumps({"alerts": [{"id": NUMBER}, {"id": NUMBER, "data": [{"language_code": "zh"}]}]}))
    assert [odd.reason for odd in reading.refused] == ["missing_field", "missing_field"]


def test_a_page_may_be_a_call_as_well_as_an_assignment() -> None:
    body = f'show({{"head": "青岚县发布大雾黄色预警", "identifier": "{NUMBER}", "ISSUECONTENT": ""}});'
    assert [notice.kind for notice in read(WEATHER_CN, body).notices] == ["大雾"]


def test_a_link_of_type_xml_comes_before_one_of_no_type_and_a_broken_base_is_told() -> None:
    links = "<link href='https://a/page'/><link type='application/xml' href='https://a/doc'/>"
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'><entry>{links}</entry></feed>"
    assert [link.url for link in read(SourceKind.CAP_INDEX, body).links] == ["https://a/doc"]
    broken = body.replace("<entry>", "<entry xml:base='https://[oops'>")
    assert [odd.reason for odd in read(SourceKind.CAP_INDEX, broken).refused] == ["bad_link"]


def test_the_detail_of_a_refusal_is_one_line_that_can_be_shown() -> None:
    fault = UnreadableNotice(Unreadable.BAD_SENT, "a\nb\x00\ud800\u202ec" + "x" * 1_000)
    assert (fault.detail.startswith("a b c"), len(fault.detail) <= 300) == (True, True)
