"""The readers on a folder of notices from all over the world, file by file: each to the record that its maker meant, or
to a reason. The folder is not part of the project; SHOUWANG_CORPUS names it, and without it these tests are skipped.

The table says for every file which reader is asked and what must come of it (see `told`). It was begun from a first
reading and then checked by eye, file by file, against what each file is.
"""

import csv
import os
import time
from pathlib import Path

import pytest
from lxml import etree

from domain.notices import Notice
from domain.sources import SourceKind
from feeds.cap import is_alert
from feeds.cap_schema import keeps_to_schema
from feeds.errors import UnreadableNotice
from feeds.reading import Reading
from feeds.titles import read_title
from feeds.xml_safety import namespace, parse_xml
from tests.feeds.reading_support import CHINA, read

TABLE = Path(__file__).with_name("corpus_expectations.tsv")
CORPUS = Path(os.environ.get("SHOUWANG_CORPUS", ""))
DEEDS = {"cancel": "lift", "upgrade": "raise"}
SHOWN = 3

pytestmark = pytest.mark.skipif(not os.environ.get("SHOUWANG_CORPUS"), reason="SHOUWANG_CORPUS is not set")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def told(reading: Reading) -> str:
    """One line: the notices (the first three), then links, what the list holds, what is odd."""
    pieces = [one(notice) for notice in reading.notices[:SHOWN]]
    if len(reading.notices) > SHOWN:
        pieces.append(f"{len(reading.notices)} in all")
    pieces += [f"link {link.url}" for link in reading.links]
    pieces += [f"odd {odd.reason}" for odd in reading.refused]
    if reading.listed is not None:
        pieces.append(f"listed {len(reading.listed)}")
    return " ; ".join(pieces) or "none"


def one(notice: Notice) -> str:
    colour = (notice.colour.value if notice.colour else "-") + ("!" if notice.colour_conflict else "")
    codes = [code for area in notice.areas for code in area.codes]
    rings = sum(len(area.polygons) for area in notice.areas)
    circles = sum(len(area.circles) for area in notice.areas)
    where = f"{len(notice.areas)}a {','.join(codes[:4]) or '-'} {rings}p {circles}c"
    words = [notice.msg_type.value, notice.status.value, notice.scope.value, notice.kind or "-", colour, where]
    return " / ".join([*words, f"{len(notice.references)}r", *notice.findings])


def outcome(kind: SourceKind, body: bytes) -> str:
    try:
        return told(read(kind, body))
    except UnreadableNotice as fault:
        return f"refused {fault.reason_key}"


EXPECTED = rows(TABLE) if os.environ.get("SHOUWANG_CORPUS") else []


@pytest.mark.parametrize("row", EXPECTED, ids=lambda row: row["path"])
def test_every_file_is_read_as_its_maker_meant_or_refused_for_a_reason(row: dict[str, str]) -> None:
    body = (CORPUS / row["path"]).read_bytes()
    before = time.perf_counter()
    found = outcome(SourceKind(row["reader"]), body)
    assert (found, time.perf_counter() - before < 1) == (row["expected"], True)


@pytest.mark.parametrize("version", ["1", "2"])
def test_what_is_noted_as_off_the_schema_is_what_the_schema_itself_refuses(version: str) -> None:
    """But for instants that no calendar has: those have a reason of their own."""
    schema = etree.XMLSchema(etree.parse(str(CORPUS / "_schema" / f"cap1{version}.xsd")))
    judged, differ = 0, []
    for path in sorted(CORPUS.rglob("*.*")):
        try:
            root = parse_xml(path.read_bytes())
        except (UnreadableNotice, IsADirectoryError):
            continue
        for alert in (one for one in root.iter() if is_alert(one) and namespace(one).endswith(f":1.{version}")):
            judged += 1
            if keeps_to_schema(alert) != schema.validate(etree.ElementTree(etree.fromstring(etree.tostring(alert)))):
                differ.append(path.stem)
    assert judged > 20
    assert set(differ) <= {"sent_feb30", "sent_month13"}


def test_the_table_knows_every_file() -> None:
    files = {str(path.relative_to(CORPUS)) for path in CORPUS.rglob("*") if path.is_file()}
    assert {row["path"] for row in EXPECTED} == files


def test_every_labelled_title_gives_its_facts() -> None:
    for row in rows(CORPUS / "china_texts" / "titles_and_texts.tsv"):
        title = read_title(row["title_or_text"], CHINA)
        colour = title.colour.value if title.colour else ""
        labelled = {"white": "", "orange+(lower, cut off)": "orange"}.get(row["colour"], row["colour"])
        found = (title.deed.value, title.kind, colour, title.issuer)
        issuer = (row["issuer"] or "").replace("厅和", "厅、")
        assert found == (DEEDS.get(row["action"], row["action"]), row["kind"], labelled, issuer)
