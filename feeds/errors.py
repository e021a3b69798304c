"""What a source delivered cannot be read. Nothing is known about it then but its bytes: it is put aside for a
person, never dropped and never guessed at."""

from enum import StrEnum


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
    TOO_MANY_PARTS = "too_many_parts"


class UnreadableNotice(Exception):  # noqa: N818  the fault is the notice's, not ours
    """`reason_key` addresses a text, `detail` is one line for the technician."""

    def __init__(self, reason_key: str, detail: str = "") -> None:
        super().__init__(f"{reason_key}: {detail}" if detail else reason_key)
        self.reason_key = reason_key
        self.detail = detail
