"""The reader of lists: Atom and RSS that lead to CAP documents, or hold them. Pure: addresses are data here, whoever
fetches judges them.

An entry is one of three: a whole alert inside it, a link to one, or something odd that is told and loses nobody else.
A list without entries says that nothing is in force.
"""

from hashlib import sha256
from urllib.parse import urljoin, urlsplit

from lxml import etree

from domain.notices import MsgType
from feeds.cap import check_areas, is_alert, read_alerts
from feeds.errors import Unreadable, UnreadableNotice
from feeds.reading import Asked, Link, Reading, Refused
from feeds.xml_safety import child_text, children, local_name, namespace, parse_xml, text_of

MAX_ENTRIES = 2_000
MAX_ADDRESS = 2_000

_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ATOM = "http://www.w3.org/2005/Atom"
_WITHOUT_USE = {"self", "edit", "hub", "next", "prev", "previous", "first", "last", "license"}


def read_index(body: bytes, asked: Asked) -> Reading:
    """feeds.reading.Reader of Atom and RSS. A document that is a CAP alert itself is read as one, so that what a
    link leads to can be given to the same reader."""
    root, digest = parse_xml(body), sha256(body).hexdigest()
    if is_alert(root) or not is_index(root):
        return read_alerts(root, source=asked.source.name, zone=asked.zone, digest=digest)
    check_areas(root)
    entries = _entries(root)
    found = [_entry(entry, root, asked, digest) for entry in entries[:MAX_ENTRIES]]
    stray = [element for element in root.iter() if is_alert(element) and not _within(element, entries)]
    refused = [Refused(Unreadable.WRAPPED_ALERTS, f"{len(stray)} outside of any entry")] if stray else []
    if len(entries) > MAX_ENTRIES:
        refused.append(Refused(Unreadable.TOO_MANY_ITEMS, f"{len(entries)} entries, read {MAX_ENTRIES}"))
    return Reading(
        notices=tuple(notice for reading in found for notice in reading.notices),
        links=tuple(link for reading in found for link in reading.links),
        refused=(*(odd for reading in found for odd in reading.refused), *refused),
    )


def is_index(root: etree._Element) -> bool:
    name = local_name(root)
    return (name == "feed" and namespace(root) in {"", _ATOM}) or name in {"rss", "RDF"}


def _entries(root: etree._Element) -> list[etree._Element]:
    """Atom's entries; RSS's items, inside the channel or (RSS 1.0) beside it."""
    channels = children(root, "channel")
    items = [item for place in (*channels, root) for item in children(place, "item")]
    return children(root, "entry") + items


def _within(element: etree._Element, entries: list[etree._Element]) -> bool:
    known = set(entries)
    return any(above in known for above in element.iterancestors())


def _entry(entry: etree._Element, root: etree._Element, asked: Asked, digest: str) -> Reading:
    try:
        inside = _inside(entry, asked, digest)
    except UnreadableNotice as fault:
        inside = Reading(refused=(Refused(fault.reason_key, fault.detail),))
    if inside.notices:
        return inside
    try:
        return Reading(links=(_link(entry, root),))
    except UnreadableNotice as fault:
        return Reading(refused=inside.refused or (Refused(fault.reason_key, fault.detail),))


def _inside(entry: etree._Element, asked: Asked, digest: str) -> Reading:
    """The alerts in an entry, as elements or as escaped text. Some lists put half an alert, without any block, beside
    the link to the whole one; only a cancellation can do without."""
    alerts = [element for element in entry.iter() if is_alert(element)] or _unpacked(entry)
    readings = [read_alerts(alert, source=asked.source.name, zone=asked.zone, digest=digest) for alert in alerts]
    whole = [
        notice
        for alert, reading in zip(alerts, readings, strict=True)
        for notice in reading.notices
        if children(alert, "info") or notice.msg_type is MsgType.CANCEL
    ]
    return Reading(tuple(whole), refused=tuple(odd for reading in readings for odd in reading.refused))


def _unpacked(entry: etree._Element) -> list[etree._Element]:
    for name in ("content", "encoded", "description", "summary"):
        for element in children(entry, name):
            text = text_of(element)
            if text.startswith(("<?xml", "<alert", "<cap:alert")):
                root = parse_xml(text.partition("?>")[2].encode() if text.startswith("<?xml") else text.encode())
                return [root] if is_alert(root) else []
    return []


def _link(entry: etree._Element, root: etree._Element) -> Link:
    addresses = sorted(_addresses(entry), key=lambda pair: pair[0])
    if not addresses:
        raise UnreadableNotice(Unreadable.NO_LINK, _title(entry))
    address = addresses[0][1]
    for element in (entry, root):
        if base := element.get(_XML_BASE):
            address = _joined(str(base), address)
    if len(address) > MAX_ADDRESS or not address.isprintable() or _scheme(address) not in {"", "http", "https"}:
        raise UnreadableNotice(Unreadable.BAD_LINK, address[:100])
    name = child_text(entry, "id") or child_text(entry, "guid")
    hints = {"title": _title(entry), "id": name[:MAX_ADDRESS]}
    return Link(address, _version(entry, name), {key: value for key, value in hints.items() if value})


def _addresses(entry: etree._Element) -> list[tuple[int, str]]:
    """Every address of an entry with how unlikely it is to be the CAP document."""
    found = []
    for link in children(entry, "link"):
        address = (str(link.get("href") or "") or text_of(link)).strip()
        kind, relation = str(link.get("type") or "").lower(), str(link.get("rel") or "").lower()
        if address and relation not in _WITHOUT_USE:
            found.append((_unlikely(kind, relation), address))
    found += [
        (_unlikely(str(enclosure.get("type") or "").lower(), "enclosure"), address)
        for enclosure in children(entry, "enclosure")
        if (address := str(enclosure.get("url") or "").strip())
    ]
    return found


def _unlikely(kind: str, relation: str) -> int:
    if "cap" in kind:
        return 0
    if "xml" in kind and "html" not in kind:
        return 1
    if "html" in kind or kind.startswith(("image/", "audio/", "video/", "application/pdf")):
        return 4
    return 2 if relation in {"", "alternate"} else 3


def _version(entry: etree._Element, name: str) -> str:
    """What changes when the source says that the document is another one. Without any date: the words of the entry."""
    dates = (child_text(entry, field) for field in ("updated", "pubDate", "date", "published"))
    dated = next((date for date in dates if date), "")
    words = dated or sha256(" ".join(text_of(entry).split()).encode()).hexdigest()[:16]
    return f"{name} {words}".strip()[:MAX_ADDRESS]


def _title(entry: etree._Element) -> str:
    return " ".join(child_text(entry, "title").split())[:200]


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError as error:
        raise UnreadableNotice(Unreadable.BAD_LINK, address[:100]) from error


def _scheme(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError as error:
        raise UnreadableNotice(Unreadable.BAD_LINK, address[:100]) from error
