"""Which reader understands what a source delivers: `READERS`, one for each kind of source. All are pure."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from domain.sources import SourceKind
from feeds.cap import read_cap_answer
from feeds.errors import Unreadable, UnreadableNotice
from feeds.index import read_index
from feeds.json_12379 import read_12379_list
from feeds.json_caiyun import read_caiyun
from feeds.json_cma import read_cma
from feeds.json_nmc import read_nmc
from feeds.json_qweather import read_qweather
from feeds.json_weathercn import read_weathercn
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


def read_national_answer(body: bytes, asked: Asked) -> Reading:
    """The national platform's XML, or its public list as JSON."""
    is_json = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
    return read_12379_list(body, asked) if is_json else read_national(body, asked)


READERS: Mapping[SourceKind, Reader] = MappingProxyType(
    {
        SourceKind.CAP: read_cap_answer,
        SourceKind.CAP_INDEX: read_index,
        SourceKind.NATIONAL: read_national_answer,
        SourceKind.NMC: read_nmc,
        SourceKind.WEATHER_CN: read_weathercn,
        SourceKind.CMA: read_cma,
        SourceKind.QWEATHER: read_qweather,
        SourceKind.CAIYUN: read_caiyun,
        SourceKind.HOOK: read_by_sight,
    }
)
