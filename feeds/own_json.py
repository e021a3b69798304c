"""The reader of our own small JSON, for a county's platform that can make no CAP. One object is one warning; a list of
them is several. Its form is in docs/operations.md, with an example.

    identifier   required; the national number where there is one
    issuer       the office, as people call it   } one of the two, or a headline that begins
    sender       its code or another fixed name  } with the office
    issued       required, with offset: 2026-06-20T18:02:00+08:00
    msgType      required: Alert, Update, Cancel
    status       required: Actual, Exercise, Test
    references   identifiers of what this changes or lifts
    kind, colour (or severity: red, orange, yellow, blue), headline, text, instruction
    onset        may be left out
    expires      required, or null where the end is not known
    areas        codes, or objects of name, codes, polygon [[lat, lon] …], circle [lat, lon, km]

Fields that are not in the list are passed over.
"""

from datetime import datetime, tzinfo
from hashlib import sha256
from typing import Any

from domain.colours import parse_colour
from domain.geometry import Circle, Point, Polygon
from domain.notices import Area, Finding, MsgType, Notice, Reference, Scope, Status
from domain.places import split_codes
from feeds.cap import MAX_REFERENCES, choice, line, prose
from feeds.errors import Unreadable, UnreadableNotice
from feeds.json_safety import Fields, parse_json
from feeds.naming import checked_name, identity
from feeds.reading import Asked, Reading, Refused
from feeds.times import parse_instant
from feeds.titles import read_title, title_colour

MAX_NOTICES = 100

_REQUIRED = ("identifier", "issued", "msgType", "status")


def read_own(body: bytes, asked: Asked) -> Reading:
    """feeds.reading.Reader of our own form."""
    value, digest = parse_json(body), sha256(body).hexdigest()
    if not isinstance(value, list):
        return Reading((_notice(Fields.of(value), asked, digest),))
    if len(value) > MAX_NOTICES:
        raise UnreadableNotice(Unreadable.TOO_MANY_PARTS, f"{len(value)} warnings")
    notices, refused = [], []
    for number, entry in enumerate(value):
        try:
            notices.append(_notice(Fields.of(entry, f"[{number}]"), asked, digest))
        except UnreadableNotice as fault:
            refused.append(Refused(fault.reason_key, fault.detail))
    return Reading(tuple(notices), refused=tuple(refused))


def _notice(fields: Fields, asked: Asked, digest: str) -> Notice:
    if not any(name in fields for name in _REQUIRED[:3]):
        raise UnreadableNotice(Unreadable.UNKNOWN_FORMAT, ", ".join(list(fields.values)[:5])[:100])
    for name in _REQUIRED:
        if not fields.text(name):
            raise UnreadableNotice(Unreadable.MISSING_FIELD, name)
    issued = parse_instant(fields.text("issued"), asked.zone)
    if issued is None:
        raise UnreadableNotice(Unreadable.BAD_SENT, fields.text("issued")[:60])
    headline, text = line(fields.text("headline")), prose(fields.text("text"))
    title = read_title(headline or text, asked.zone, issued)
    issuer = line(fields.text("issuer")) or title.issuer
    names = identity(fields.text("identifier"), fields.text("sender") or issuer, issued, asked.zone)
    stated = fields.text("colour") or fields.text("severity")
    if stated and stated.lower() != "unknown" and parse_colour(stated) is None:
        raise UnreadableNotice(Unreadable.BAD_VALUE, f"colour: {stated[:40]}")
    colour = title_colour([stated], title)
    findings: list[Finding] = [] if "expires" in fields else [Finding.BAD_EXPIRES]
    onset = _when(fields, "onset", Finding.BAD_ONSET, findings, asked.zone)
    expires = _when(fields, "expires", Finding.BAD_EXPIRES, findings, asked.zone)
    areas = tuple(_areas(fields, findings))
    return Notice(
        source=asked.source.name,
        sender=checked_name(fields.text("sender") or names.sender, Unreadable.NO_SENDER),
        identifier=names.identifier,
        sent=names.sent,
        status=choice(Status, fields.text("status")),
        msg_type=choice(MsgType, fields.text("msgType")),
        scope=choice(Scope, fields.text("scope") or Scope.PUBLIC),
        references=_references(fields, names.identifier),
        kind=line(fields.text("kind")) or title.kind,
        event_code=line(fields.text("eventCode"))[:40],
        colour=colour.colour,
        colour_evidence=colour.evidence,
        colour_conflict=colour.conflict,
        onset=onset,
        expires=expires,
        headline=headline,
        text=text,
        instruction=prose(fields.text("instruction")),
        issuer=issuer,
        areas=areas,
        raw_hash=digest,
        language=line(fields.text("language")).lower()[:20] or "zh",
        findings=tuple(dict.fromkeys(findings)),
    )


def _when(fields: Fields, name: str, fault: Finding, findings: list[Finding], zone: tzinfo) -> datetime | None:
    written = fields.text(name)
    instant = parse_instant(written, zone) if written else None
    if written and instant is None:
        findings.append(fault)
    return instant


def _references(fields: Fields, own: str) -> tuple[Reference, ...]:
    names = [checked_name(name, Unreadable.NO_IDENTIFIER) for name in fields.texts("references")]
    if len(names) > MAX_REFERENCES:
        raise UnreadableNotice(Unreadable.TOO_MANY_ITEMS, f"{len(names)} references")
    return tuple(Reference.parse(name) for name in names if name != own)


def _areas(fields: Fields, findings: list[Finding]) -> list[Area]:
    """The codes of the list as one area, and every object as one of its own."""
    codes: list[str] = []
    areas: list[Area] = []
    for number, value in enumerate(fields.items("areas")):
        if isinstance(value, dict):
            areas.append(_area(Fields(value, f"areas[{number}]"), findings))
        elif isinstance(value, str | int) and not isinstance(value, bool):
            codes += split_codes(line(str(value)))
        else:
            raise UnreadableNotice(Unreadable.WRONG_TYPE, f"areas[{number}]: {type(value).__name__}")
    return [Area(codes=tuple(codes)), *areas] if codes else areas


def _area(fields: Fields, findings: list[Finding]) -> Area:
    ring = _ring(fields.items("polygon"))
    circle = _circle(fields.items("circle"))
    if ring is None and fields.items("polygon"):
        findings.append(Finding.BAD_POLYGON)
    if circle is None and fields.items("circle"):
        findings.append(Finding.BAD_CIRCLE)
    return Area(
        desc=line(fields.text("name")),
        codes=tuple(code for text in fields.texts("codes") for code in split_codes(line(text))),
        polygons=() if ring is None else (ring,),
        circles=() if circle is None else (circle,),
    )


def _ring(values: list[Any]) -> Polygon | None:
    points = [Point(*pair) for value in values if (pair := _numbers(value, 2))]
    return tuple(points) if len(points) >= 3 and len(points) == len(values) else None


def _circle(values: list[Any]) -> Circle | None:
    numbers = _numbers(values, 3)
    return Circle(Point(numbers[0], numbers[1]), numbers[2]) if numbers else None


def _numbers(value: Any, count: int) -> list[float]:
    """So many numbers, or none."""
    if not isinstance(value, list) or len(value) != count:
        return []
    good = all(isinstance(number, int | float) and not isinstance(number, bool) for number in value)
    return [float(number) for number in value] if good else []
