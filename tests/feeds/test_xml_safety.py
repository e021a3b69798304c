"""What strangers put into XML, and that none of it gets through."""

from pathlib import Path

import pytest
from lxml import etree

from feeds.errors import UnreadableNotice
from feeds.xml_safety import MAX_DEPTH, MAX_ELEMENTS, child_text, children, local_name, namespace, parse_xml, text_of


def reason(body: bytes) -> str:
    with pytest.raises(UnreadableNotice) as caught:
        parse_xml(body)
    return caught.value.reason_key


def test_a_billion_laughs_end_at_once() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE a [<!ENTITY l0 "ha">{levels}]><a>&l9;</a>'.encode()
    assert reason(bomb) in {"doctype", "not_xml"}


def test_entities_blown_up_in_attributes_end_at_once() -> None:
    values = " ".join(f'k{n}="{"&b;" * 40}"' for n in range(100))
    assert reason(f'<!DOCTYPE a [<!ENTITY b "{"x" * 50_000}">]><a {values}/>'.encode()) in {"doctype", "not_xml"}


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE a>",
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/cap.dtd">',
        '<!DOCTYPE a PUBLIC "-//X//Y" "http://127.0.0.1:9/cap.dtd">',
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a [<!ATTLIST a b CDATA "c">]>',
    ],
)
def test_any_document_type_is_refused(doctype: str) -> None:
    assert reason(f"{doctype}<a>text</a>".encode()) == "doctype"


def test_a_file_is_never_read_through_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("very secret")
    body = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode()
    with pytest.raises(UnreadableNotice) as caught:
        parse_xml(body)
    assert caught.value.reason_key == "doctype"
    assert "secret" not in str(caught.value)


def test_an_included_file_stays_outside(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("very secret")
    body = f'<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{secret}" parse="text"/></a>'
    assert text_of(parse_xml(body.encode())) == ""


@pytest.mark.parametrize("levels", [20_000, 257, MAX_DEPTH + 1])
def test_a_well_without_a_bottom_is_refused(levels: int) -> None:
    assert reason(b"<a>" * levels + b"</a>" * levels) in {"too_deep", "not_xml"}


def test_the_last_level_allowed_is_allowed() -> None:
    assert local_name(parse_xml(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH)) == "a"


def test_a_sand_heap_of_elements_is_refused() -> None:
    assert reason(b"<r>" + b"<a/>" * MAX_ELEMENTS + b"</r>") == "too_many_elements"


def test_a_body_that_is_too_long_is_not_even_parsed() -> None:
    assert reason(b"<a>" + b" " * 2_000_000 + b"</a>") == "too_large"
    with pytest.raises(UnreadableNotice):
        parse_xml(b"<a>12345</a>", max_bytes=5)


@pytest.mark.parametrize("body", [b"", b"  \n", b"\t"])
def test_nothing_is_empty(body: bytes) -> None:
    assert reason(body) == "empty"


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1}',
        b"\x1f\x8b\x08\x00\x00\x00",
        b"<a><b></a>",
        b"<a>",
        b"<a/><b/>",
        b"<a>\x00</a>",
        b"<a>&undefined;</a>",
        b'<?xml version="1.0" encoding="utf-16"?><a/>',
        "<a>暴雨</a>".encode("gbk"),
    ],
)
def test_what_is_no_xml_is_refused(body: bytes) -> None:
    assert reason(body) == "not_xml"


@pytest.mark.parametrize("declared", ["GB2312", "gbk", "GB18030", "cp936"])
def test_chinese_encodings_are_read_with_all_their_characters(declared: str) -> None:
    body = f'<?xml version="1.0" encoding="{declared}"?><a>暴雨红色预警㑇喆镕</a>'.encode("gb18030")
    assert text_of(parse_xml(body)) == "暴雨红色预警㑇喆镕"


def test_utf_8_that_calls_itself_gbk_is_read_as_what_it_is() -> None:
    body = '<?xml version="1.0" encoding="GBK"?><a>暴雨红色预警</a>'.encode()
    assert text_of(parse_xml(body)) == "暴雨红色预警"


@pytest.mark.parametrize(
    ("declared", "codec"), [("UTF-8", "utf-8-sig"), ("UTF-16", "utf-16"), ("Big5", "big5"), ("ISO-8859-1", "latin-1")]
)
def test_the_other_encodings_in_use_are_read(declared: str, codec: str) -> None:
    words = "é" if codec == "latin-1" else "颱風" if codec == "big5" else "台风"
    body = f'<?xml version="1.0" encoding="{declared}"?><a>{words}</a>'.encode(codec)
    assert text_of(parse_xml(body)) == words


@pytest.mark.parametrize("declared", ["utf-7", "cp037", "nonsense", "utf-32"])
def test_encodings_nobody_needs_are_refused(declared: str) -> None:
    assert reason(f'<?xml version="1.0" encoding="{declared}"?><a>x</a>'.encode()) == "encoding"


def test_bytes_that_are_no_gb18030_are_refused_as_such() -> None:
    assert reason(b'<?xml version="1.0" encoding="GBK"?><a>\xff\xff</a>') == "encoding"


def test_comments_and_instructions_leave_no_gap() -> None:
    assert parse_xml(b"<a>33<!-- x -->11<?p q?>24</a>").text == "331124"


def test_children_are_found_by_their_local_name() -> None:
    root = parse_xml(b'<a xmlns="urn:x" xmlns:p="urn:y"><b/><p:b> two </p:b><c>three</c></a>')
    assert [namespace(child) for child in children(root, "b")] == ["urn:x", "urn:y"]
    assert child_text(root, "b") == "two"
    assert child_text(root, "d") == ""


def test_the_parser_leaves_lxmls_default_alone() -> None:
    parse_xml(b"<a/>")
    assert etree.fromstring(b"<a><!-- kept --></a>")[0].tag is etree.Comment
