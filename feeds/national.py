"""The reader of the national platform's own XML (12379, namespace http://com.icss.amp). It looks like OASIS CAP and is
another language: severity is a colour, a reference is the identifier of the first issue alone, times have a blank for
the T, codes stand in a list, a circle's radius is in metres, an open polygon is a line.

The texts for single channels (code/method) are left where they are: the description is the warning's own text.
Source of facts: the field comments of public generators of this form.
"""

import re
from dataclasses import replace
from datetime import datetime, tzinfo
from hashlib import sha256

from lxml import etree

from domain.notices import Area, Finding, MsgType, Notice, Reference, Scope, Status
from domain.places import split_codes
from feeds.cap import MAX_NAME, MAX_PARTS, MAX_REFERENCES, check_areas, choice, line, prose
from feeds.errors import Unreadable, UnreadableNotice
from feeds.naming import Identity, checked_name, identity
from feeds.reading import Asked, Reading
from feeds.shapes import read_circle, read_polygon
from feeds.times import parse_instant
from feeds.titles import read_title, title_colour
from feeds.xml_safety import child_text, children, local_name, namespace, parse_xml, text_of

NAMESPACE = "http://com.icss.amp"

_NAMES = (
    rb"alert|identifier|sender|senderCode|phone|sendTime|status|msgType|scope|code|method|methodName|message|"
    rb"audienceGrp|audiencePrt|secClassification|note|references|info|language|eventType|urgency|severity|certainty|"
    rb"effective|onset|expires|senderName|headline|description|instruction|web|resource|resourceDesc|mimeType|size|"
    rb"uri|derefUri|digest|area|areaDesc|polygon|circle|geocode"
)
_NO_TAG = re.compile(rb"<(?!/?(?:" + _NAMES + rb")[\s/>]|\?xml\s|!--|!\[CDATA\[)")
_NO_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_KINDS = {"11B01": "台风", "11B06": "大风", "11B14": "雷电", "11B15": "冰雹", "11B17": "大雾"}
"""for a headline that names no kind"""


def read_national(body: bytes, asked: Asked) -> Reading:
    """feeds.reading.Reader of the national form."""
    root = _tree(body)
    if local_name(root) == "msg" and children(root, "data"):
        raise UnreadableNotice(Unreadable.RECEIPT, " ".join(str(text) for text in root.itertext())[:100])
    if local_name(root) != "alert" or namespace(root) != NAMESPACE:
        raise UnreadableNotice(Unreadable.NOT_NATIONAL, f"<{local_name(root)}> of {namespace(root) or 'no namespace'}")
    return Reading(tuple(_notices(root, asked, sha256(body).hexdigest())))


def _tree(body: bytes) -> etree._Element:
    """The tree; where raw & and < of the generator have reached the file, the tree of the file with these escaped.
    Only what is no tag of this form is taken for text, so that no markup can come of it."""
    try:
        return parse_xml(body)
    except UnreadableNotice as fault:
        if fault.reason_key != Unreadable.NOT_XML or NAMESPACE.encode() not in body[:2_000]:
            raise
        mended = _NO_ENTITY.sub(b"&amp;", _NO_TAG.sub(b"&lt;", body))
        if mended == body:
            raise
        try:
            return parse_xml(mended)
        except UnreadableNotice:
            raise fault from None


def _notices(alert: etree._Element, asked: Asked, digest: str) -> list[Notice]:
    check_areas(alert)
    blocks = children(alert, "info")
    if len(blocks) > MAX_PARTS:
        raise UnreadableNotice(Unreadable.TOO_MANY_PARTS, f"{len(blocks)} blocks")
    names = _identity(alert, asked.zone)
    head = Notice(
        source=asked.source.name,
        sender=names.sender,
        identifier=names.identifier,
        sent=names.sent,
        status=choice(Status, child_text(alert, "status")),
        msg_type=choice(MsgType, child_text(alert, "msgType")),
        scope=choice(Scope, child_text(alert, "scope")),
        references=_references(child_text(alert, "references"), names.identifier),
        issuer=line(child_text(alert, "sender")),
        language="zh",
        parts=max(len(blocks), 1),
        raw_hash=digest,
    )
    return [_part(block, head, number, asked.zone) for number, block in enumerate(blocks)] or [head]


def _identity(alert: etree._Element, zone: tzinfo) -> Identity:
    """The office's code is the sender; its name may be written in several ways."""
    written = child_text(alert, "sendTime") or child_text(alert, "sent")
    sent = parse_instant(written, zone)
    if sent is None:
        raise UnreadableNotice(Unreadable.BAD_SENT if written else Unreadable.NO_SENT, written[:60])
    code, office = child_text(alert, "senderCode"), child_text(alert, "sender")
    names = identity(child_text(alert, "identifier"), code or office, sent, zone)
    return names._replace(sender=checked_name(code, Unreadable.NO_SENDER)) if code else names


def _references(written: str, own: str) -> tuple[Reference, ...]:
    """Identifiers alone; a reference to itself says nothing."""
    names = split_codes(written)
    if len(names) > MAX_REFERENCES:
        raise UnreadableNotice(Unreadable.TOO_MANY_ITEMS, f"{len(names)} references")
    return tuple(Reference(name) for name in names if name != own and len(name) <= MAX_NAME)


def _part(info: etree._Element, head: Notice, number: int, zone: tzinfo) -> Notice:
    headline = line(child_text(info, "headline"))
    text = prose(child_text(info, "description"))
    title = read_title(headline or text, zone, head.sent)
    colour = title_colour([child_text(info, "severity")], title)
    event = child_text(info, "eventType")
    findings: list[Finding] = []
    onset = _when(info, ("onset", "effective"), Finding.BAD_ONSET, findings, zone)
    expires = _when(info, ("expires",), Finding.BAD_EXPIRES, findings, zone)
    areas = tuple(_area(area, findings) for area in children(info, "area"))
    return replace(
        head,
        part=number,
        kind=title.kind or _KINDS.get(event, ""),
        event_code=event[:40],
        colour=colour.colour,
        colour_evidence=colour.evidence,
        colour_conflict=colour.conflict,
        onset=onset,
        expires=expires,
        headline=headline,
        text=text,
        instruction=prose(child_text(info, "instruction")),
        issuer=line(child_text(info, "senderName")) or head.issuer,
        areas=areas,
        language=child_text(info, "language").lower() or "zh",
        findings=tuple(dict.fromkeys(findings)),
    )


def _when(
    info: etree._Element, names: tuple[str, ...], fault: Finding, findings: list[Finding], zone: tzinfo
) -> datetime | None:
    for name in names:
        if written := child_text(info, name):
            instant = parse_instant(written, zone)
            if instant is not None:
                return instant
            findings.append(fault)
    return None


def _area(area: etree._Element, findings: list[Finding]) -> Area:
    codes = [code for child in children(area, "geocode") for code in split_codes(text_of(child))]
    written = [text for child in children(area, "polygon") if (text := text_of(child))]
    rings = [ring for text in written if (ring := read_polygon(text)) and ring[0] == ring[-1]]
    if len(rings) < len(written):
        findings.append(Finding.BAD_POLYGON)
    circles = [read_circle(text, metres=True) for child in children(area, "circle") if (text := text_of(child))]
    if None in circles:
        findings.append(Finding.BAD_CIRCLE)
    return Area(
        desc=line(child_text(area, "areaDesc")),
        codes=tuple(codes),
        polygons=tuple(rings),
        circles=tuple(circle for circle in circles if circle is not None),
    )
