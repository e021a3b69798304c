"""A failure against CAP's schema is a note: what is noted, what is not, and that nobody is refused for it."""

import pytest

from domain.notices import Finding
from feeds.cap import read_cap

WHOLE = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a1</identifier><sender>s@example.cn</sender>\
<sent>2026-07-13T06:05:00+08:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>\
<info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Immediate</urgency>\
<severity>Severe</severity><certainty>Likely</certainty><headline>暴雨橙色预警</headline>\
<parameter><valueName>颜色</valueName><value>橙色</value></parameter><area><areaDesc>石梁镇</areaDesc></area></info></alert>"""


def noted(text: str) -> bool:
    (notice,) = read_cap(text.encode(), source="folder")
    assert (notice.kind, notice.headline) == ("暴雨", "暴雨橙色预警")
    return Finding.OFF_SCHEMA in notice.findings


def test_a_document_by_the_schema_is_not_noted() -> None:
    assert not noted(WHOLE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<category>Met</category>", ""),
        ("<category>Met</category>", "<category>Weather</category>"),
        (
            "<severity>Severe</severity><certainty>Likely</certainty>",
            "<certainty>Likely</certainty><severity>Severe</severity>",
        ),
        ("<urgency>Immediate</urgency>", "<urgency>Immediate</urgency><urgency>Immediate</urgency>"),
        ("2026-07-13T06:05:00+08:00", "2026-07-13T06:05:00Z"),
        ("<area>", "<area><note>x</note>"),
        ("<valueName>颜色</valueName><value>橙色</value>", "颜色=橙色"),
        ("<event>暴雨</event>", "<event><b>暴雨</b></event>"),
    ],
    ids=["missing", "not listed", "order", "twice", "zulu", "unknown element", "old pair", "element in a text"],
)
def test_what_the_schema_refuses_is_noted_and_read(old: str, new: str) -> None:
    assert noted(WHOLE.replace(old, new, 1))


def test_elements_of_other_names_spaces_and_version_1_0_are_not_judged() -> None:
    assert not noted(WHOLE.replace("</info>", "</info><x:Signature xmlns:x='urn:x'/>"))
    old = WHOLE.replace("cap:1.2", "cap:1.0").replace("<category>Met</category>", "")
    assert not noted(old)
