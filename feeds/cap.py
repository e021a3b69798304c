"""The reader of CAP 1.0, 1.1 and 1.2: bytes in, notices out. Pure of I/O and of the clock.

Elements are found by name, in any order: real producers break the schema's order, and a warning is not lost
for that. Signatures are not looked at; trust comes from the source and its registered senders. The national
platform's own XML (12379) is another language under similar names and has a reader of its own.
Source of facts: OASIS CAP 1.2 and its schema; the field rules of public CAP producers.
"""

import re
from dataclasses import replace
from datetime import datetime, tzinfo
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

from lxml import etree

from domain.colours import colour_of
from domain.notices import Area, Finding, MsgType, Notice, Reference, Scope, Status, clean_text
from domain.places import split_codes
from feeds.cap_schema import keeps_to_schema
from feeds.errors import Unreadable, UnreadableNotice
from feeds.reading import Asked, Reading, Refused
from feeds.shapes import read_circle, read_polygon
from feeds.times import parse_instant
from feeds.xml_safety import child_text, children, local_name, namespace, parse_xml, text_of

MAX_ALERTS = 500
MAX_PARTS = 100
MAX_AREAS = 5_000
"""in one document"""
MAX_REFERENCES = 200
MAX_NAME = 250
MAX_TEXT = 50_000
"""letters that are kept of a text; far less is already too much to go out"""

_CAP = re.compile(r"|urn:oasis:names:tc:emergency:cap:1\.[012]|https?://www\.incident\.com/cap/1\.0")
_ENVELOPE = "EDXLDistribution"
_COLOUR_FIELD = re.compile(
    r"colou?r|颜色|顏色|(?:awareness|warning|alert|alarm)[ _-]?level|预警(?:信号)?(?:等级|级别)",
    re.IGNORECASE,
)
_HAN = re.compile("[\u4e00-\u9fff]")

Choice = TypeVar("Choice", bound=StrEnum)


def read_cap(body: bytes, *, source: str, zone: tzinfo | None = None) -> tuple[Notice, ...]:
    """Everything a CAP document says, or UnreadableNotice; a document with one unreadable alert is unreadable as a
    whole, so that a person looks at it. `source` names the feed. `zone` is the zone of its times without offset;
    without it they are refused."""
    reading = read_alerts(parse_xml(body), source=source, zone=zone, digest=sha256(body).hexdigest())
    if reading.refused:
        raise UnreadableNotice(reading.refused[0].reason, reading.refused[0].detail)
    return reading.notices


def read_cap_answer(body: bytes, asked: Asked) -> Reading:
    """feeds.reading.Reader of a source that delivers CAP: one odd alert does not lose the others."""
    root, digest = parse_xml(body), sha256(body).hexdigest()
    return read_alerts(root, source=asked.source.name, zone=asked.zone, digest=digest)


def read_alerts(root: etree._Element, *, source: str, zone: tzinfo | None, digest: str) -> Reading:
    """What a CAP tree says, a notice for each block.

    1. One alert, the alerts of an EDXL envelope, or several alerts side by side under one element. A test or an
       exercise on the outside makes the alerts of an envelope the same.
    2. Of several languages one is taken: zh-CN, zh, any other zh, else the first.
    3. Every block left is a notice of its own: several areas may have different colours. No block at all
       (a bare cancellation) makes one notice without words.
    UnreadableNotice where no alert of it can be read.
    """
    notices: list[Notice] = []
    faults: list[UnreadableNotice] = []
    for alert, envelope in _alerts(root):
        try:
            head = _head(alert, envelope, source, zone, digest)
            notices += _parts(alert, head, zone)
        except UnreadableNotice as fault:
            faults.append(fault)
    if faults and not notices:
        raise faults[0]
    return Reading(tuple(notices), refused=tuple(Refused(fault.reason_key, fault.detail) for fault in faults))


def _alerts(root: etree._Element) -> list[tuple[etree._Element, Status]]:
    """The alerts of a document, each with the status of its envelope."""
    check_areas(root)
    if is_alert(root):
        return [(root, Status.ACTUAL)]
    inside = [element for element in root.iter() if is_alert(element)]
    if len(inside) > MAX_ALERTS:
        raise UnreadableNotice(Unreadable.TOO_MANY_PARTS, f"{len(inside)} alerts")
    if inside and local_name(root) == _ENVELOPE:
        status = choice(Status, child_text(root, "distributionStatus"))
        return [(alert, status) for alert in inside]
    if inside == list(root) and inside:
        return [(alert, Status.ACTUAL) for alert in inside]
    if inside:
        raise UnreadableNotice(Unreadable.WRAPPED_ALERTS, f"{len(inside)} in <{local_name(root)}>")
    raise UnreadableNotice(Unreadable.NOT_CAP, f"<{local_name(root)}> of {namespace(root) or 'no namespace'}")


def check_areas(root: etree._Element) -> None:
    """More areas than any warning has cost more time than one is worth."""
    areas = sum(1 for _ in root.iter("{*}area"))
    if areas > MAX_AREAS:
        raise UnreadableNotice(Unreadable.TOO_MANY_ITEMS, f"{areas} areas")


def is_alert(element: etree._Element) -> bool:
    return local_name(element) == "alert" and bool(_CAP.fullmatch(namespace(element)))


def choice(kind: type[Choice], written: str) -> Choice:
    """The member of that name, in any case; its UNKNOWN otherwise."""
    return next((member for member in kind if member.lower() == written.lower()), kind("unknown"))


def _head(alert: etree._Element, envelope: Status, source: str, zone: tzinfo | None, digest: str) -> Notice:
    """What all blocks share. Also the whole notice where there is no block."""
    written = _required(alert, "sent")
    sent = parse_instant(written, zone)
    if sent is None:
        raise UnreadableNotice(Unreadable.BAD_SENT, written[:60])
    status = choice(Status, child_text(alert, "status"))
    return Notice(
        source=source,
        sender=_required(alert, "sender"),
        identifier=_required(alert, "identifier"),
        sent=sent,
        status=envelope if status is Status.ACTUAL else status,
        msg_type=choice(MsgType, child_text(alert, "msgType")),
        scope=choice(Scope, child_text(alert, "scope")),
        references=_references(child_text(alert, "references"), zone),
        raw_hash=digest,
        findings=() if keeps_to_schema(alert) else (Finding.OFF_SCHEMA,),
    )


def _required(alert: etree._Element, name: str) -> str:
    value = child_text(alert, name)
    if not value:
        raise UnreadableNotice(Unreadable(f"no_{name}"))
    if len(value) > MAX_NAME:
        raise UnreadableNotice(Unreadable.NAME_TOO_LONG, f"{name}: {len(value)} characters")
    return value


def _references(written: str, zone: tzinfo | None) -> tuple[Reference, ...]:
    """Triples "sender,identifier,sent" with white space between; what is no triple is an identifier alone."""
    found = []
    tokens = written.split()
    if len(tokens) > MAX_REFERENCES:
        raise UnreadableNotice(Unreadable.TOO_MANY_ITEMS, f"{len(tokens)} references")
    for token in tokens:
        sender, _, rest = token.partition(",")
        identifier, _, sent = rest.rpartition(",")
        triple = bool(sender and identifier)
        found.append(Reference(identifier, sender, parse_instant(sent, zone)) if triple else Reference(token))
    return tuple(found)


def _parts(alert: etree._Element, head: Notice, zone: tzinfo | None) -> list[Notice]:
    blocks = children(alert, "info")
    if not blocks:
        return [head]
    if len(blocks) > MAX_PARTS:
        raise UnreadableNotice(Unreadable.TOO_MANY_PARTS, f"{len(blocks)} blocks")
    by_language: dict[str, list[etree._Element]] = {}
    for block in blocks:
        by_language.setdefault(_language(block), []).append(block)
    language = min(by_language, key=_strangeness)
    chosen = by_language[language]
    fewer = any(len(others) > len(chosen) for others in by_language.values())
    noted = (*head.findings, Finding.LANGUAGES_DIFFER) if fewer else head.findings
    head = replace(head, language=language, parts=len(chosen), findings=noted)
    return [_part(block, replace(head, part=number), zone) for number, block in enumerate(chosen)]


def _language(block: etree._Element) -> str:
    """The stated language in small letters. Where none is stated CAP means en-US; a Chinese text is still
    Chinese."""
    stated = child_text(block, "language").lower()
    words = "".join(child_text(block, name) for name in ("event", "headline", "description"))
    return stated or ("zh" if _HAN.search(words) else "en-us")


def _strangeness(language: str) -> int:
    """0 for what people here read best. `min` keeps the first of equals."""
    simplified = language == "zh-cn" or language.startswith("zh-hans")
    return (simplified, language == "zh", language.startswith("zh"), True).index(True)


def _part(info: etree._Element, head: Notice, zone: tzinfo | None) -> Notice:
    """One block. What cannot be read in it is left out and noted; it does not make the notice unreadable."""
    headline = line(child_text(info, "headline"))
    reading = colour_of(_colour_fields(info), headline, child_text(info, "severity"))
    findings = list(head.findings)
    instants: dict[str, datetime | None] = {}
    for name, fault in _INSTANTS.items():
        written = child_text(info, name)
        instants[name] = parse_instant(written, zone) if written else None
        if written and instants[name] is None:
            findings.append(fault)
    areas = tuple(_area(area, findings) for area in children(info, "area"))
    return replace(
        head,
        kind=line(child_text(info, "event")),
        event_code=next((value for _, value in _pairs(info, "eventCode")), ""),
        colour=reading.colour,
        colour_evidence=reading.evidence,
        colour_conflict=reading.conflict,
        onset=instants["onset"] or instants["effective"],
        expires=instants["expires"],
        headline=headline,
        text=prose(child_text(info, "description")),
        instruction=prose(child_text(info, "instruction")),
        issuer=line(child_text(info, "senderName")),
        areas=areas,
        findings=tuple(dict.fromkeys(findings)),
    )


_INSTANTS = {"onset": Finding.BAD_ONSET, "effective": Finding.BAD_ONSET, "expires": Finding.BAD_EXPIRES}


def _pairs(element: etree._Element, name: str) -> list[tuple[str, str]]:
    """Named values: <valueName> and <value> since CAP 1.1, "name=value" before, a bare value at worst."""
    pairs = []
    for child in children(element, name):
        if len(child):
            pairs.append((child_text(child, "valueName"), child_text(child, "value")))
        else:
            key, equals, value = text_of(child).partition("=")
            pairs.append((key.strip(), value.strip()) if equals else ("", key.strip()))
    return pairs


def _colour_fields(info: etree._Element) -> list[str]:
    fields = (*_pairs(info, "parameter"), *_pairs(info, "eventCode"))
    return [value for name, value in fields if _COLOUR_FIELD.search(name)]


def _area(area: etree._Element, findings: list[Finding]) -> Area:
    codes: list[str] = []
    for name, value in _pairs(area, "geocode"):
        if name.upper() == "EXCLUDE_POLYGON":
            findings.append(Finding.EXCLUDED_AREA)
        else:
            codes += split_codes(value)
    rings = [read_polygon(text) for child in children(area, "polygon") if (text := text_of(child))]
    circles = [read_circle(text) for child in children(area, "circle") if (text := text_of(child))]
    findings += [Finding.BAD_POLYGON] * rings.count(None) + [Finding.BAD_CIRCLE] * circles.count(None)
    return Area(
        desc=line(child_text(area, "areaDesc")),
        codes=tuple(codes),
        polygons=tuple(ring for ring in rings if ring is not None),
        circles=tuple(circle for circle in circles if circle is not None),
    )


def line(text: str) -> str:
    return " ".join(clean_text(text[:MAX_TEXT]).split())


def prose(text: str) -> str:
    """The words as they are, without the indentation of the file they came in."""
    lines = [line.strip() for line in clean_text(text[:MAX_TEXT]).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
