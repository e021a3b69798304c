"""Mutated documents against every reader: `make fuzz`, or `python -m benchmarks.fuzz [rounds] [seed]`.

A reader may do two things with bytes: give a `Reading` that can be stored as it is, or raise UnreadableNotice with a
reason that has words, and each within a second. Anything else is a violation and ends the run with 1.
The seeds are the samples of the tests and, where SHOUWANG_CORPUS names one, every file of that folder.
"""

import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from domain.notices import Notice
from domain.sources import Source, SourceKind
from feeds.errors import Unreadable, UnreadableNotice
from feeds.readers import READERS
from feeds.reading import Asked, Reading
from feeds.xml_safety import MAX_BYTES

SAMPLES = Path(__file__).parents[1] / "tests" / "samples"
ROUNDS = 10_000
PATIENCE = 1.0

_REASONS = frozenset(reason.value for reason in Unreadable)
_ZONE = ZoneInfo("Asia/Shanghai")
_TOKENS = (
    *(b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?x?>", b"<!DOCTYPE a>", b"&x;", b"&#0;", b"&#55296;"),
    *(b"{", b"}", b"[", b"]", b'"', b"\\", b"\\ud800", b"\\u0000", b"NaN", b"1e999", b"null", b"-", b",", b":"),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"\xe2\x80\xae", b"\xed\xa0\x80", b"\xff", b"\r", b" " * 99),
    *(b"<a>" * 70, b"[" * 40, b"9" * 400, b"A" * 9_000, b"<info/>" * 120, b'xmlns="http://com.icss.amp"', b"<alert>"),
    *(
        "暴雨红色预警".encode(),
        "发布".encode(),
        "解除".encode(),
        "将升级为".encode(),
        "，".encode() * 300,
        "Ⅰ级".encode(),
    ),
)
_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 10**17, 1.5, 1e300, "", " ", "x" * 3_000, "\ud800", "\x00", "\u202e红色", "9999"),
    *([], [[]], {}, {"a": {"a": {"a": []}}}, [None] * 50, ["x"] * 5_000, "2026-13-40T99:99:99+99:99", "暴雨红色预警"),
)


@dataclass(frozen=True, slots=True)
class Seed:
    name: str
    kind: SourceKind
    body: bytes


@dataclass(slots=True)
class Tally:
    """What came of the rounds. `violations`: what a reader must not do, with how to see it again."""

    rounds: int = 0
    read: int = 0
    notices: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_name: str = ""
    violations: list[str] = field(default_factory=list)


def seeds(folders: Sequence[Path]) -> list[Seed]:
    """Every file of the folders with the reader that it is meant for."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [Seed(path.name, _meant_for(path), path.read_bytes()) for path in files if path.stat().st_size < MAX_BYTES]


def _meant_for(path: Path) -> SourceKind:
    where = f"{path.parent.name}/{path.name}".lower()
    known = (
        *(
            ("nmc", SourceKind.NMC),
            ("caiyun", SourceKind.CAIYUN),
            ("cma_", SourceKind.CMA),
            ("china_cma", SourceKind.CMA),
        ),
        *(("qweather", SourceKind.QWEATHER), ("weathercn", SourceKind.WEATHER_CN), ("12379", SourceKind.NATIONAL)),
        *(("national", SourceKind.NATIONAL), ("index/", SourceKind.CAP_INDEX), ("feeds_crafted", SourceKind.CAP_INDEX)),
        *((".atom", SourceKind.CAP_INDEX), (".rss", SourceKind.CAP_INDEX)),
    )
    return next((kind for word, kind in known if word in where), SourceKind.HOOK)


def run(given: Sequence[Seed], rounds: int, seed: int) -> Tally:
    """So many rounds. The same seed gives the same rounds."""
    chance, tally = Random(seed), Tally()
    for number in range(rounds):
        one = chance.choice(given)
        kind = one.kind if chance.random() < 0.85 else chance.choice(list(READERS))
        body, rough = one.body, chance.random() < 0.25
        for _ in range(chance.randint(1, 4)):
            body = mutated(chance, body, rough=rough)
        _try(body, kind, f"round {number} seed {seed}: {one.name} as {kind}", tally)
    return tally


def _try(body: bytes, kind: SourceKind, name: str, tally: Tally) -> None:
    source = Source.model_construct(name="fuzz", kind=kind, url="https://source.example.cn/feed")
    before = time.perf_counter()
    try:
        reading = READERS[kind](body, Asked(source, _ZONE))
    except UnreadableNotice as fault:
        tally.refused[str(fault.reason_key)] += 1
        known = fault.reason_key in _REASONS and fault.detail.isprintable()
        problems = [] if known else [f"reason {fault.reason_key!r} {fault.detail!r} cannot be told"]
    except Exception as error:  # noqa: BLE001  this is what the run looks for
        problems = [f"{type(error).__name__}: {str(error)[:100]}"]
    else:
        tally.read += 1
        tally.notices += len(reading.notices)
        problems = list(unsound(reading))
    took = time.perf_counter() - before
    tally.rounds += 1
    if took > tally.slowest:
        tally.slowest, tally.slowest_name = took, name
    if took > PATIENCE:
        problems.append(f"took {took:.2f} s")
    tally.violations += [f"{name}: {problem}" for problem in problems]


def unsound(reading: Reading) -> Iterator[str]:
    """What must not be in a reading: facts that cannot be stored, or an identity that is none."""
    for notice in reading.notices:
        if not notice.identifier or not notice.sender or notice.sent.tzinfo is not UTC:
            yield "a notice without identity"
        if max(len(notice.identifier), len(notice.sender)) > 250:
            yield "a name without end"
        if not all(map(_storable, _words(notice))) or len(notice.content_hash) != 64:
            yield f"text that cannot be stored: {[word for word in _words(notice) if not _storable(word)][:2]!r}"
    for link in reading.links:
        if not all(map(_storable, (link.url, link.version, *link.hints.values()))) or not link.url:
            yield f"a link that cannot be stored: {link.url[:60]!r}"
    for odd in reading.refused:
        if odd.reason not in _REASONS or not odd.detail.isprintable():
            yield f"reason {odd.reason!r} {odd.detail!r} cannot be told"


def _words(notice: Notice) -> list[str]:
    areas = [word for area in notice.areas for word in (area.desc, *area.codes)]
    references = [str(reference) for reference in notice.references]
    words = [notice.identifier, notice.sender, notice.kind, notice.event_code, notice.headline, notice.text]
    return [*words, notice.instruction, notice.issuer, notice.language, *areas, *references]


def _storable(word: str) -> bool:
    """PostgreSQL takes neither NUL nor half a character."""
    return "\x00" not in word and not re.search("[\ud800-\udfff]", word)


# -- mutations ----------------------------------------------------------------------------------------------------


def mutated(chance: Random, body: bytes, *, rough: bool) -> bytes:
    """`rough`: bytes are changed wherever they stand, and most such documents fall at the first gate. Otherwise one
    element or value is, and the document stays well-formed."""
    start = body[:200].lstrip(b"\xef\xbb\xbf \r\n\t")
    way = chance.choice((_flip, _cut, _repeat, _insert, _end))
    if not rough and start[:1] in {b"{", b"["}:
        way = _values
    elif not rough and start.startswith(_SCRIPT):
        way = _script
    elif not rough and start[:1] == b"<":
        way = _elements
    return way(chance, body)[: MAX_BYTES + 10]


def _span(chance: Random, body: bytes, most: int = 60) -> tuple[int, int]:
    at = chance.randint(0, len(body))
    return at, min(len(body), at + chance.randint(0, most))


def _flip(chance: Random, body: bytes) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(chance: Random, body: bytes) -> bytes:
    start, end = _span(chance, body, 400)
    return body[:start] + body[end:]


def _repeat(chance: Random, body: bytes) -> bytes:
    start, end = _span(chance, body, 400)
    return body[:end] + body[start:end] * chance.randint(1, 30) + body[end:]


def _insert(chance: Random, body: bytes) -> bytes:
    at, _ = _span(chance, body)
    return body[:at] + chance.choice(_TOKENS) + body[at:]


def _end(chance: Random, body: bytes) -> bytes:
    return body[: chance.randint(0, len(body))]


_ELEMENT = re.compile(rb"<([A-Za-z][\w:.-]*)[^<>]*>([^<>]{0,2000})</\1\s*>")


def _elements(chance: Random, body: bytes) -> bytes:
    """One element with text: gone, doubled, with another text, under another name, or where another one was."""
    found = list(_ELEMENT.finditer(body[:200_000]))
    if not found:
        return _insert(chance, body)
    one, other = chance.choice(found), chance.choice(found)
    name = one.group(1)
    new = chance.choice(
        [
            b"",
            one.group() * chance.choice([2, 3, 150]),
            b"<%s>%s</%s>" % (name, chance.choice(_TOKENS), name),
            b"<%s>%s</%s>" % (name, other.group(2), name),
            one.group().replace(name, other.group(1)),
            other.group(),
            b"<%s/>" % name,
        ]
    )
    return body[: one.start()] + new + body[one.end() :]


def _values(chance: Random, body: bytes) -> bytes:
    """One value of a JSON document replaced, gone, doubled or moved under another key."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return _insert(chance, body)
    places = list(_places(value))
    if not places:
        return json.dumps(chance.choice(_VALUES)).encode()
    holder, key = chance.choice(places)
    way = chance.randrange(4)
    if way == 0:
        holder[key] = chance.choice(_VALUES)
    elif way == 1:
        del holder[key]
    elif way == 2:
        other, its = chance.choice(places)
        holder[key] = json.loads(json.dumps(other[its]))
    elif isinstance(holder, list):
        holder += [holder[key]] * chance.choice([1, 2, 200])
    else:
        holder[chance.choice(["id", "identifier", "title", "x", ""])] = holder[key]
    return json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


_SCRIPT = b"var alarminfo="


def _script(chance: Random, body: bytes) -> bytes:
    return _SCRIPT + _values(chance, body.strip()[len(_SCRIPT) :].rstrip(b";")) + b";"


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document that holds a value."""
    level = [value]
    while level:
        holder = level.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            yield holder, key
            level.append(holder[key])


def main(words: Sequence[str]) -> int:
    rounds = int(words[0]) if words else ROUNDS
    seed = int(words[1]) if len(words) > 1 else 1
    corpus = os.environ.get("SHOUWANG_CORPUS", "")
    given = seeds([SAMPLES, *([Path(corpus)] if corpus else [])])
    before = time.perf_counter()
    tally = run(given, rounds, seed)
    print(f"{len(given)} seeds, {tally.rounds} mutations, seed {seed}, {time.perf_counter() - before:.0f} s")
    print(f"read {tally.read} ({tally.notices} notices), refused {sum(tally.refused.values())}")
    print(", ".join(f"{reason} {count}" for reason, count in tally.refused.most_common()))
    print(f"slowest {tally.slowest:.3f} s: {tally.slowest_name}")
    for violation in tally.violations[:30]:
        print(f"VIOLATION {violation}")
    print(f"{len(tally.violations)} violations")
    return 1 if tally.violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
