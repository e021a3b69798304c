"""Persons as tables name them: 张三、李四 with their numbers in the column beside, or 张三13812345678 in a cell. Pure.

Which person of the roster is meant, services/roster_lookup.py says.
"""

import re
import unicodedata
from dataclasses import dataclass

from domain.phones import is_rounded, read_mobile
from domain.tables import CellError

NOTHING = frozenset({"无", "-", "—", "——", "/", "\\", "没有", "none"})
_SPLIT = re.compile(r"[、,，;；/\n]+|\s{2,}")
_MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9](?:[- ]?\d){9}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody as the file names him; `phone` is "" where it gives none."""

    name: str
    phone: str = ""


def read_persons(names: str, phones: str) -> tuple[Wanted, ...] | None:
    """张三、李四 with their numbers in the other cell in the same order, or 张三13812345678 in one. None: nothing was
    said; (): nobody. Raises CellError."""
    written = unicodedata.normalize("NFKC", names).strip()
    if not written:
        if phones.strip() and phones.strip() not in NOTHING:
            raise CellError("table.person.phone_alone", phone=phones.strip()[:20])
        return None
    if written in NOTHING:
        return ()
    told = [_wanted(piece) for piece in _SPLIT.split(written) if piece.strip()]
    beside = [piece for piece in _SPLIT.split(unicodedata.normalize("NFKC", phones).strip()) if piece.strip()]
    if not beside:
        return tuple(told)
    if len(beside) != len(told):
        raise CellError("table.person.phones_differ", names=len(told), phones=len(beside))
    return tuple(Wanted(one.name, one.phone or _mobile(phone)) for one, phone in zip(told, beside, strict=True))


def _wanted(piece: str) -> Wanted:
    found = _MOBILE.search(piece)
    phone = _mobile(found.group(0)) if found else ""
    rest = piece.replace(found.group(0), "") if found else piece
    name = re.sub(r"[\s()\[\]:]+", "", rest)
    if not 2 <= len(name) <= 10 or any(char.isdigit() for char in name):
        raise CellError("table.person.unreadable", written=piece)
    return Wanted(name, phone)


def _mobile(text: str) -> str:
    phone = None if is_rounded(text) else read_mobile(text)
    if phone is None:
        raise CellError("table.person.phone", written=text)
    return phone
