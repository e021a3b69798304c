"""What strangers put into JSON, and that none of it gets through."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import UnreadableNotice
from feeds.json_safety import MAX_DEPTH, MAX_ITEMS, Fields, parse_json


def reason(body: bytes | str) -> str:
    with pytest.raises(UnreadableNotice) as caught:
        parse_json(body.encode() if isinstance(body, str) else body)
    return caught.value.reason_key


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "not_json"),
        (b"{'a': 1}", "not_json"),
        (b'{"a": 1} x', "not_json"),
        (b'{"a": "\n"}', "not_json"),
        ('{"a": "暴雨"}'.encode("gbk"), "encoding"),
        ('{"a": 1}'.encode("utf-16"), "encoding"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"b": {"a": 1, "\\u0061": 2}}', "duplicate_key"),
        (b'{"a": NaN}', "bad_number"),
        (b'{"a": -Infinity}', "bad_number"),
        (b'{"a": 1e999}', "bad_number"),
        (b'{"a": ' + b"9" * 6_000 + b"}", "bad_number"),
        (b'{"a": 0.' + b"9" * 6_000 + b"}", "bad_number"),
        (b"[" * 100_000, "too_deep"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "too_deep"),
        (b"[" + b"0," * MAX_ITEMS + b"0]", "too_many_items"),
        (b'"' + b"x" * 2_000_001 + b'"', "too_large"),
    ],
)
def test_what_no_warning_needs_is_refused_by_name(body: bytes, found: str) -> None:
    assert reason(body) == found


def test_the_last_level_allowed_is_allowed() -> None:
    assert parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


def test_a_mark_of_byte_order_is_passed_over() -> None:
    assert parse_json('\ufeff{"a": "暴雨"}'.encode()) == {"a": "暴雨"}


@pytest.mark.parametrize("value", [1, 1.5, True, [], {}, "x"])
@pytest.mark.parametrize("ask", ["text", "code", "number", "count", "items", "inner"])
def test_a_field_is_what_was_asked_for_or_a_reason(ask: str, value: Any) -> None:
    fields = Fields.of({"a": value, "n": None})
    right = {
        "text": isinstance(value, str),
        "code": value == "x" or (value == 1 and value is not True),
        "number": not isinstance(value, bool) and isinstance(value, int | float),
        "count": isinstance(value, int) and not isinstance(value, bool),
        "items": isinstance(value, list),
        "inner": isinstance(value, dict),
    }[ask]
    if right:
        getattr(fields, ask)("a")
    else:
        with pytest.raises(UnreadableNotice) as caught:
            getattr(fields, ask)("a")
        assert caught.value.reason_key == "wrong_type"
    assert not getattr(fields, ask)("n") or ask == "inner"
    assert getattr(fields, ask)("missing") == getattr(fields, ask)("n") or ask == "inner"


@settings(deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(st.characters(codec="utf-8"), max_size=300).map(str.encode)
    | st.text('[]{}",:0123eE.-\\u nul', max_size=80)
)
def test_bytes_are_parsed_or_refused_and_nothing_else(body: bytes | str) -> None:
    with suppress(UnreadableNotice):
        parse_json(body)
