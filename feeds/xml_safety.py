"""Reading XML from strangers: one way in, with every door shut that a notice does not need.

Not here: what the elements mean. Every reader of an XML feed goes through `parse_xml`.
"""

import re
from typing import Any

from lxml import etree

from feeds.errors import Unreadable, UnreadableNotice

MAX_BYTES = 2_000_000
MAX_DEPTH = 64
MAX_ELEMENTS = 100_000

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_CHINESE = {"gb2312", "gb_2312-80", "gbk", "x-gbk", "cp936", "gb18030"}
_OTHERS = re.compile(r"utf-?8|utf-16(le|be)?|us-ascii|big5(-hkscs)?|iso-8859-\d{1,2}|windows-125\d")


def parse_xml(body: bytes, *, max_bytes: int = MAX_BYTES) -> etree._Element:
    """The root element of a document, or UnreadableNotice.

    1. A body that is too long is not looked at.
    2. Text in the Chinese encodings is decoded here, as GB18030, which contains the others: what calls itself
       GB2312 seldom keeps to it. UTF-8 that calls itself GBK is taken as UTF-8. Encodings without use here are
       refused.
    3. No entities, no network, no DTD, no huge trees; comments and processing instructions are dropped, so
       that they cannot split a text.
    4. Any document type is refused, and so is a tree that is too deep or has too many elements.
    """
    if len(body) > max_bytes:
        raise UnreadableNotice(Unreadable.TOO_LARGE, f"{len(body)} bytes")
    if not body.strip():
        raise UnreadableNotice(Unreadable.EMPTY)
    text, encoding = _decoded(body)
    parser = etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise UnreadableNotice(Unreadable.NOT_XML, str(error)) from error
    document: Any = root.getroottree().docinfo
    if document.doctype:
        raise UnreadableNotice(Unreadable.DOCTYPE)
    _measure(root)
    return root


def _decoded(body: bytes) -> tuple[bytes, str | None]:
    """The bytes to parse and the encoding that overrules their declaration, None to believe it."""
    found = _DECLARED.match(body[:200])
    declared = found.group(1).decode("ascii").lower() if found else "utf-8"
    if declared in _CHINESE:
        try:
            return body.decode("utf-8").encode(), "utf-8"
        except UnicodeDecodeError:
            pass
        try:
            return body.decode("gb18030").encode(), "utf-8"
        except (UnicodeDecodeError, UnicodeEncodeError) as error:
            raise UnreadableNotice(Unreadable.ENCODING, f"not {declared}: {error.reason}") from error
    if not _OTHERS.fullmatch(declared):
        raise UnreadableNotice(Unreadable.ENCODING, declared)
    return body, None


def _measure(root: etree._Element) -> None:
    depth = elements = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > MAX_DEPTH:
            raise UnreadableNotice(Unreadable.TOO_DEEP, f"more than {MAX_DEPTH} levels")
        if elements > MAX_ELEMENTS:
            raise UnreadableNotice(Unreadable.TOO_MANY_ELEMENTS, f"more than {MAX_ELEMENTS}")


def local_name(element: etree._Element) -> str:
    """The name without its namespace."""
    return etree.QName(element).localname


def namespace(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """The direct children of that local name, in their order and whatever their namespace."""
    return [child for child in element if local_name(child) == name]


def text_of(element: etree._Element) -> str:
    """All text inside, without white space around it. Elements that strayed into a text leave only their
    words."""
    return "".join(str(piece) for piece in element.itertext()).strip()


def child_text(element: etree._Element, name: str) -> str:
    """The text of the first child of that name that has any, or ""."""
    texts = (text_of(child) for child in children(element, name))
    return next((text for text in texts if text), "")
