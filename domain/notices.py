"""What a source said, as one frozen record: a `Notice`. Readers in feeds/ make it, rules in
domain/warnings.py judge it. Nothing here decides anything.
"""

import json
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from domain.colours import Colour, ColourEvidence
from domain.geometry import Circle, Polygon


class Status(StrEnum):
    """CAP status, plus UNKNOWN for a value that is missing or made up."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"
    UNKNOWN = "unknown"


class MsgType(StrEnum):
    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"
    UNKNOWN = "unknown"


class Scope(StrEnum):
    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"
    UNKNOWN = "unknown"


class Reference(NamedTuple):
    """An earlier message, by CAP's triple, or by its identifier alone (the national platform)."""

    identifier: str
    sender: str | None = None
    sent: datetime | None = None

    @classmethod
    def parse(cls, written: str) -> "Reference":
        """The opposite of `str()`; any other text is an identifier alone."""
        sender, _, rest = written.partition(",")
        identifier, _, sent = rest.rpartition(",")
        if not (sender and identifier):
            return cls(written)
        try:
            instant = datetime.fromisoformat(sent)
        except ValueError:
            return cls(identifier, sender)
        return cls(identifier, sender, instant if instant.tzinfo else None)

    def __str__(self) -> str:
        if self.sender is None:
            return self.identifier
        return f"{self.sender},{self.identifier},{self.sent.isoformat() if self.sent else ''}"


@dataclass(frozen=True, slots=True)
class Area:
    """One area of a notice. `codes` as they were written, split but not normalised."""

    desc: str = ""
    codes: tuple[str, ...] = ()
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()


class Finding(StrEnum):
    """What a reader had to overlook. None of them makes a notice unreadable; all of them are shown."""

    BAD_ONSET = "bad_onset"
    BAD_EXPIRES = "bad_expires"
    BAD_POLYGON = "bad_polygon"
    BAD_CIRCLE = "bad_circle"
    EXCLUDED_AREA = "excluded_area"
    """the source cuts a hole into its area; the hole is warned too"""
    LANGUAGES_DIFFER = "languages_differ"
    """another language has more blocks than the one that was taken"""
    OFF_SCHEMA = "off_schema"
    """the document does not keep to the schema of its own form"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One block of one message, the way its source said it. All instants are aware UTC.

    Blocks of one message that differ in area or gravity are `parts` notices numbered `part` from 0: same
    identity, each a warning of its own. `onset` is the beginning, or the stated effective time. Texts are
    cleaned of invisible characters but never escaped: whatever looks like markup in them is text.
    """

    source: str
    sender: str
    identifier: str
    sent: datetime
    status: Status
    msg_type: MsgType
    scope: Scope
    references: tuple[Reference, ...] = ()
    kind: str = ""
    event_code: str = ""
    colour: Colour | None = None
    colour_evidence: ColourEvidence | None = None
    colour_conflict: bool = False
    onset: datetime | None = None
    expires: datetime | None = None
    headline: str = ""
    text: str = ""
    instruction: str = ""
    issuer: str = ""
    areas: tuple[Area, ...] = ()
    raw_hash: str
    """SHA-256 of the body, in hex"""
    language: str = ""
    part: int = 0
    parts: int = 1
    findings: tuple[Finding, ...] = ()

    @property
    def content_hash(self) -> str:
        """SHA-256 over everything a reader could see. Other white space or another order of elements in the
        XML leaves it as it is; another word changes it."""
        instants = [instant and instant.isoformat() for instant in (self.onset, self.expires)]
        areas = [(area.desc, area.codes, area.polygons, area.circles) for area in self.areas]
        words = (self.kind, self.headline, self.text, self.instruction, self.issuer)
        seen = (self.status, self.msg_type, self.colour, instants, words, areas)
        return sha256(json.dumps(seen).encode()).hexdigest()


class MessageKey(NamedTuple):
    """What makes a notice that notice. `sent` is compared as an instant, whatever offset it was written
    with."""

    sender: str
    identifier: str
    sent: datetime
    part: int


def dedupe_key(notice: Notice) -> MessageKey:
    return MessageKey(notice.sender, notice.identifier, notice.sent, notice.part)


_CHINESE_ID = re.compile(r"(?<![0-9])([0-9]{14})_([0-9]{14})(?![0-9])")


def cross_source_key(identifier: str) -> str | None:
    """The national number inside an identifier, 14 digits of issuer and 14 of time: equal in every feed
    that passes the same warning on ("nmc_33112441600000_20260620180200", "…_0"). None where there is
    none."""
    found = _CHINESE_ID.search(identifier)
    return f"{found.group(1)}_{found.group(2)}" if found else None


def is_from(notice: Notice, registered: Collection[str]) -> bool:
    """Whether one of these issued it: its sender, its issuing office by name, or the beginning of the national number
    (six digits: every body of that division; fourteen: that body alone)."""
    if notice.sender in registered or (notice.issuer and notice.issuer in registered):
        return True
    number = cross_source_key(notice.identifier)
    return number is not None and (number[:6] in registered or number[:14] in registered)


def issuer_county(identifier: str) -> str | None:
    """The six digits of the issuer's own county in a national number. A hint where the area is unclear, no
    proof."""
    key = cross_source_key(identifier)
    return None if key is None else key[:6]


def clean_text(text: str) -> str:
    """Text as people may see it: no bidi controls, zero-width or other invisible characters, no control
    characters but the line feed and the tab. They could turn a warning around or hide words in it."""
    lines = re.sub(r"\r\n?|[\u0085\u2028\u2029]", "\n", text)
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})


_ISSUING_WORDS = ("发布", "發布", "升级", "变更", "變更", "更新", "调整", "转为", "继续", "维持", "生效")


def is_lifted(notice: Notice) -> bool:
    """Whether the notice ends a warning: a Cancel, or a headline that says so where the type does not.

    "大雾橙色预警（已解除）" is one. "解除暴雨橙色预警，发布暴雨黄色预警" goes on and is none.
    """
    if notice.msg_type is MsgType.CANCEL:
        return True
    before, word, after = notice.headline.rpartition("解除")
    return bool(word) and not before.endswith(("未", "不")) and not any(w in after for w in _ISSUING_WORDS)
