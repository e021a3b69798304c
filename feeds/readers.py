"""Which reader understands what a source delivers: `READERS`, one for each kind of source. All are pure."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from domain.sources import SourceKind
from feeds.cap import read_cap_answer
from feeds.errors import Unreadable, UnreadableNotice
from feeds.index import read_index
from feeds.national import NAMESPACE, read_national
from feeds.own_json import read_own
from feeds.reading import Asked, Reader, Reading

_RECEIPT = re.compile(rb"^(?:<\?[^>]*>\s*)?<msg[\s>]")


def read_by_sight(body: bytes, asked: Asked) -> Reading:
    """For a door that takes several forms: OASIS CAP (also in EDXL), the national platform's XML, our own JSON. The
    body tells which."""
    start = body[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise UnreadableNotice(Unreadable.EMPTY)
    if start[:1] in {b"{", b"["}:
        return read_own(body, asked)
    if NAMESPACE.encode() in start or _RECEIPT.search(start):
        return read_national(body, asked)
    if b"<" not in start[:4]:
        raise UnreadableNotice(Unreadable.UNKNOWN_FORMAT, repr(start[:20]))
    return read_cap_answer(body, asked)


READERS: Mapping[SourceKind, Reader] = MappingProxyType(
    {
        SourceKind.CAP: read_cap_answer,
        SourceKind.CAP_INDEX: read_index,
        SourceKind.NATIONAL: read_national,
        SourceKind.HOOK: read_by_sight,
    }
)
