"""The registry of readers, and the door that takes several forms."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from domain.colours import Colour
from domain.notices import MsgType, Notice, Status
from domain.sources import Source, SourceKind
from feeds.errors import UnreadableNotice
from feeds.readers import READERS
from feeds.reading import Asked, Reading

CHINA = ZoneInfo("Asia/Shanghai")


def asked(kind: SourceKind = SourceKind.CAP) -> Asked:
    return Asked(Source.model_construct(name="hall", kind=kind, url="https://cap.example.cn/feed"), CHINA)


def hook(body: bytes | str) -> Reading:
    return READERS[SourceKind.HOOK](body.encode() if isinstance(body, str) else body, asked(SourceKind.HOOK))


def refused(read: Callable[[], object]) -> str:
    with pytest.raises(UnreadableNotice) as caught:
        read()
    return caught.value.reason_key


CAP = (
    '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>i</identifier><sender>s</sender>'
    "<sent>2026-07-13T06:05:00+08:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
    "<info><event>暴雨</event><headline>青岚县气象台发布暴雨红色预警</headline></info></alert>"
)
NATIONAL = (
    '<alert xmlns="http://com.icss.amp"><identifier>33992141600000_20260713060500</identifier>'
    "<sender>青岚县气象台</sender><senderCode>33992141600000</senderCode><sendTime>2026-07-13 06:05:00+08:00</sendTime>"
    "<status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><severity>Red</severity>"
    "<headline>青岚县气象台发布暴雨红色预警</headline></info></alert>"
)
OWN = (
    '{"identifier": "33992141600000_20260713060500", "issuer": "青岚县气象台", "issued": "2026-07-13T06:05:00+08:00",'
    '"msgType": "Alert", "status": "Actual", "kind": "暴雨", "colour": "red", "expires": null, "areas": ["339921"]}'
)


@pytest.mark.parametrize("body", [CAP, NATIONAL, OWN, f"[{OWN}]", "\ufeff" + OWN, "\n " + NATIONAL])
def test_the_door_sees_by_itself_which_form_it_was_given(body: str) -> None:
    (notice,) = hook(body).notices
    assert (notice.source, notice.kind, notice.colour, notice.status) == ("hall", "暴雨", Colour.RED, Status.ACTUAL)


def both() -> tuple[Notice, Notice]:
    (national,), (own,) = hook(NATIONAL).notices, hook(OWN).notices
    return national, own


def test_one_warning_has_one_name_in_every_form() -> None:
    national, own = both()
    assert (national.sender, national.identifier, national.sent) == (own.sender, own.identifier, own.sent)
    assert own.sent == datetime(2026, 7, 12, 22, 5, tzinfo=UTC)
    assert own.sender == "33992141600000"


def test_every_kind_of_source_has_a_reader() -> None:
    assert set(READERS) == set(SourceKind)


def test_a_list_reader_reads_what_its_links_lead_to() -> None:
    reading = READERS[SourceKind.CAP_INDEX](CAP.encode(), asked(SourceKind.CAP_INDEX))
    assert [notice.msg_type for notice in reading.notices] == [MsgType.ALERT]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "empty"),
        ("hello", "unknown_format"),
        ("<html/>", "not_cap"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "not_cap"),
        ("<msg><data><rows><status>0</status></rows></data></msg>", "receipt"),
        ("\x1f\x8b\x08\x00", "unknown_format"),
        ("{", "not_json"),
    ],
)
def test_what_no_reader_knows_is_refused_with_a_reason(body: str, reason: str) -> None:
    assert refused(lambda: hook(body)) == reason
