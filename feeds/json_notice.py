"""What the JSON feeds have in common: an entry with a name, an office's title, perhaps its text, becomes a notice; a
list of entries becomes a reading in which one odd entry loses nobody else.

Such feeds speak for the national platform and say less than CAP does: status and scope are Actual and Public because
nothing else is ever passed on by them. The place is the code that the feed gives, and otherwise the name in the title,
which the rules take as a hint; it is never put together from the number.
"""

import colorsys
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from domain.colours import Colour
from domain.notices import Area, Finding, MsgType, Notice, Reference, Scope, Status, cross_source_key
from feeds.cap import MAX_REFERENCES, line, prose
from feeds.errors import Unreadable, UnreadableNotice
from feeds.json_safety import Fields
from feeds.naming import MAX_NAME, identity
from feeds.reading import Asked, Link, Reading, Refused
from feeds.times import parse_instant
from feeds.titles import read_title, title_colour

MAX_ENTRIES = 3_000

_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One warning as a feed gives it. `stated`: the time beside it; `colours`: fields made for the colour; `region`:
    the name of the place where the feed has one; `msg_type` None: the title says what is done."""

    name: str
    headline: str
    stated: str | datetime = ""
    text: str = ""
    instruction: str = ""
    colours: tuple[str, ...] = ()
    severity: str = ""
    kind: str = ""
    event_code: str = ""
    office: str = ""
    sender: str = ""
    codes: tuple[str, ...] = ()
    region: str = ""
    onset: str = ""
    expires: str | datetime = ""
    msg_type: MsgType | None = None
    references: tuple[str, ...] = ()


def notice_of(entry: Entry, asked: Asked, digest: str) -> Notice:
    headline, text = line(entry.headline), prose(entry.text)
    if not headline and not text:
        raise UnreadableNotice(Unreadable.MISSING_FIELD, f"title of {entry.name[:60]}")
    findings: list[Finding] = []
    stated = _instant(entry.stated, asked)
    title = read_title(headline or text, asked.zone, stated)
    opening = read_title(text, asked.zone, stated) if text else title
    office = line(entry.office) or opening.issuer or title.issuer or line(entry.sender.replace("_", " "))
    names = identity(entry.name, entry.sender or office, stated or title.issued or opening.issued, asked.zone)
    colour = title_colour(entry.colours, title, entry.severity)
    region = line(entry.region) or title.region or opening.region
    codes = tuple(code for written in entry.codes if (code := line(written)))
    return Notice(
        source=asked.source.name,
        sender=names.sender,
        identifier=names.identifier,
        sent=names.sent,
        status=Status.ACTUAL,
        msg_type=entry.msg_type or title.deed.msg_type,
        scope=Scope.PUBLIC,
        references=_references(entry.references, names.identifier),
        kind=line(entry.kind) or title.kind or opening.kind,
        event_code=line(entry.event_code)[:40],
        colour=colour.colour,
        colour_evidence=colour.evidence,
        colour_conflict=colour.conflict,
        onset=_noted(entry.onset, Finding.BAD_ONSET, findings, asked),
        expires=_noted(entry.expires, Finding.BAD_EXPIRES, findings, asked),
        headline=headline,
        text=text,
        instruction=prose(entry.instruction),
        issuer=office,
        areas=(Area(region, codes),) if region or codes else (),
        raw_hash=digest,
        language="zh" if _HAN.search(headline or text) else "en",
        findings=tuple(findings),
    )


def _instant(written: str | datetime, asked: Asked) -> datetime | None:
    return written if isinstance(written, datetime) else parse_instant(written, asked.zone)


def _noted(written: str | datetime, fault: Finding, findings: list[Finding], asked: Asked) -> datetime | None:
    instant = _instant(written, asked) if written else None
    if written and instant is None:
        findings.append(fault)
    return instant


def _references(names: Iterable[str], own: str) -> tuple[Reference, ...]:
    """By identifier alone, under the same name that the earlier warning was given; a reference to itself says
    nothing."""
    known = [cross_source_key(name) or line(name) for name in names]
    if len(known) > MAX_REFERENCES:
        raise UnreadableNotice(Unreadable.TOO_MANY_ITEMS, f"{len(known)} references")
    return tuple(Reference(name) for name in dict.fromkeys(known) if name and name != own and len(name) <= MAX_NAME)


@dataclass(slots=True)
class Gathered:
    """A list while it is read. `named`: the identifiers that it holds; None as soon as one of them is not known."""

    asked: Asked
    digest: str
    notices: dict[str, Notice] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    named: set[str] | None = field(default_factory=set)

    @classmethod
    def begun(cls, body: bytes, asked: Asked) -> "Gathered":
        return cls(asked, sha256(body).hexdigest())

    def take(self, values: list[Any], where: str, entry_of: Callable[[Fields], Entry]) -> None:
        """Every entry of a list; the first of equal ones counts."""
        if len(values) > MAX_ENTRIES:
            raise UnreadableNotice(Unreadable.TOO_MANY_ITEMS, f"{len(values)} entries")
        for number, value in enumerate(values):
            try:
                notice = notice_of(entry_of(Fields.of(value, f"{where}[{number}]")), self.asked, self.digest)
            except UnreadableNotice as fault:
                self.refuse(fault)
            else:
                self.notices.setdefault(notice.identifier, notice)
                if self.named is not None and notice.msg_type is not MsgType.CANCEL:
                    self.named.add(notice.identifier)

    def refuse(self, fault: UnreadableNotice) -> None:
        self.refused.append(Refused(fault.reason_key, fault.detail))
        self.named = None

    def reading(self, *, whole: bool) -> Reading:
        """`whole`: the list is all that is in force, and what is missing from it has ended."""
        listed = frozenset(self.named) if whole and self.named is not None else None
        return Reading(tuple(self.notices.values()), tuple(self.links), listed, tuple(self.refused))


def check_count(count: int | None, found: int) -> bool:
    """Whether a list is complete by its own count. An empty list counts as "none" only beside a count of 0."""
    if found == 0 and count != 0:
        raise UnreadableNotice(Unreadable.COUNT_DIFFERS, f"count {count}, no entry")
    return count == found


# -- colours that are no words ----------------------------------------------------------------------------------

_PICTURE = re.compile(r"p\d{4}(00[1-4])(?:\.\w+)?$", re.ASCII)
_PICTURED = {"001": Colour.RED, "002": Colour.ORANGE, "003": Colour.YELLOW, "004": Colour.BLUE}
_LEVELS = {"01": Colour.BLUE, "02": Colour.YELLOW, "03": Colour.ORANGE, "04": Colour.RED}


def pictured_colour(name: str) -> str:
    """ "p0002003.png": kind 0002, level 003, yellow."""
    found = _PICTURE.search(name)
    return _PICTURED[found[1]].value if found else ""


def level_colour(code: str) -> str:
    """ "02" of the weather services is yellow; "00" is white, which is none of the four."""
    return _LEVELS[code].value if code in _LEVELS else ""


def painted_colour(red: float, green: float, blue: float) -> str:
    """The colour that a picture's paint means, where it is beyond doubt."""
    if not all(0 <= part <= 255 for part in (red, green, blue)):
        return ""
    hue, saturation, value = colorsys.rgb_to_hsv(red / 255, green / 255, blue / 255)
    if saturation < 0.3 or value < 0.3:
        return ""
    ranges = ((0, 12, Colour.RED), (20, 42, Colour.ORANGE), (47, 70, Colour.YELLOW), (190, 260, Colour.BLUE))
    degrees = 0.0 if hue * 360 > 345 else hue * 360
    return next((colour.value for low, high, colour in ranges if low <= degrees <= high), "")
