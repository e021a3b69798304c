"""What a source delivered cannot be read. Nothing is known about it then but its bytes: it is put aside for a
person, never dropped and never guessed at."""

from enum import StrEnum

MAX_DETAIL = 300


class Unreadable(StrEnum):
    """Why. Keys of texts in messages/; the readers of other formats add theirs."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    NOT_XML = "not_xml"
    DOCTYPE = "doctype"
    TOO_DEEP = "too_deep"
    TOO_MANY_ELEMENTS = "too_many_elements"
    NOT_CAP = "not_cap"
    WRAPPED_ALERTS = "wrapped_alerts"
    """alerts inside something that is neither an alert nor an EDXL envelope"""
    NO_IDENTIFIER = "no_identifier"
    NO_SENDER = "no_sender"
    NO_SENT = "no_sent"
    BAD_SENT = "bad_sent"
    NAME_TOO_LONG = "name_too_long"
    BAD_NAME = "bad_name"
    """an identifier or a sender with control characters in it"""
    TOO_MANY_PARTS = "too_many_parts"
    NOT_INDEX = "not_index"
    NO_LINK = "no_link"
    """an entry of a list that leads nowhere and holds nothing"""
    BAD_LINK = "bad_link"
    NOT_NATIONAL = "not_national"
    RECEIPT = "receipt"
    """the national platform answers whether it took something: no warning"""
    NOT_JSON = "not_json"
    TOO_MANY_ITEMS = "too_many_items"
    DUPLICATE_KEY = "duplicate_key"
    BAD_NUMBER = "bad_number"
    """NaN, infinite, or with more digits than any fact has"""
    WRONG_TYPE = "wrong_type"
    MISSING_FIELD = "missing_field"
    BAD_VALUE = "bad_value"
    UNKNOWN_FORMAT = "unknown_format"
    """nothing that any reader of this door knows"""
    SOURCE_ERROR = "source_error"
    """the source itself says that something went wrong"""
    COUNT_DIFFERS = "count_differs"
    """an empty list beside a count that is not 0, or the reverse: no answer, and surely not "none"."""


class UnreadableNotice(Exception):  # noqa: N818  the fault is the notice's, not ours
    """`reason_key` addresses a text, `detail` is one line for the technician, without anything that a line
    cannot show."""

    def __init__(self, reason_key: str, detail: str = "") -> None:
        self.reason_key = reason_key
        shown = "".join(letter if letter.isprintable() else " " for letter in detail[:MAX_DETAIL])
        self.detail = " ".join(shown.split())
        super().__init__(f"{reason_key}: {self.detail}" if detail else reason_key)
