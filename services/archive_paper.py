"""Everything of a time in one file: the ledgers as sheets, the pictures by what they contain with their index, and a
manifest with the SHA-256 of each, so that years later somebody can say that nothing was changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from domain.ledger import LedgerFilter, LedgerView
from domain.papers import PhotoState
from domain.people import Action, Person
from services.event_scope import Event, event_of
from services.event_sheets import EventSheet, event_sheets
from services.ledger_papers import HAZARD_LEDGER, PATROL_LEDGER, asked_for
from services.ledgers import narrowed, scope
from services.papers import UPLOAD_BYTES, Bench, Made, Paper, pages
from services.ports import HazardLine, PaperJob, Photo
from services.work import Work

_PAGE = 400
_SPARED = 4_000_000
"""of the size that can be sent: for the sheets and the manifest"""
PHOTO_COLUMNS = ("hazard", "role", "file", "sent", "taken", "lat", "lon")
_KINDS = {"hazard": "id", "sent": "time", "lat": "number", "lon": "number"}


class Archive(Paper):
    """args: period, event (a chain of warnings), or days."""

    kind = "archive"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:
        await event_of(work, person, args)

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        event, sheets, words = await bench.read(lambda work: _record(work, job))
        bounds = {"since": event.since.isoformat(), "until": event.until.isoformat(), "places": list(event.own.places)}
        inside = replace(job, args=bounds | {"view": LedgerView.AREA.value})
        made = [await paper.make(bench, replace(inside, kind=paper.kind)) for paper in (HAZARD_LEDGER, PATROL_LEDGER)]
        pictures, index, left_out = await _kept(bench, inside)
        record = bench.folder / "record.xlsx"
        photos = EventSheet(words["photos"], words["photo_columns"], index)
        await _write(bench, record, words, [*sheets, photos])
        files = [{"path": str(record), "name": f"{words['record']}.xlsx"}]
        files += [{"path": str(one.file), "name": one.name} for one in made]
        return await _packed(bench, job, event, [*files, *pictures], left_out)


async def _record(work: Work, job: PaperJob) -> tuple[Event, list[EventSheet], dict[str, Any]]:
    """All that is told in rows, in one reading."""
    person, lang, label = await work.rows.people.get(job.person_id), job.language, work.words.label
    assert person is not None  # allow() has asked him
    event = await event_of(work, person, job.args)
    tree = await work.tree()
    about = {
        "event": event.title,
        "places": label("ledger.between", lang).join(tree.path(one) for one in event.own.places),
        "since": f"{work.local(event.since):%Y-%m-%d %H:%M}",
        "until": f"{work.local(event.until):%Y-%m-%d %H:%M}",
        "by": person.name,
        "at": f"{work.local(work.now):%Y-%m-%d %H:%M}",
    }
    words: dict[str, Any] = {name: label(f"ledger.event_sheet.{name}", lang) for name in ("index", "photos", "record")}
    words["about"] = [[label(f"ledger.event_about.{name}", lang), value] for name, value in about.items()]
    words["columns"] = [label(f"ledger.event_about.{name}", lang) for name in ("what", "number")]
    titles = {name: label(f"ledger.event_column.{name}", lang) for name in PHOTO_COLUMNS}
    words["photo_columns"] = [{"title": title, "kind": _KINDS.get(name, "text")} for name, title in titles.items()]
    return event, await event_sheets(work, person, event, lang), words


async def _write(bench: Bench, out: Path, words: Mapping[str, Any], sheets: Sequence[EventSheet]) -> None:
    """The index first: what it is about, and how many lines each sheet has."""
    what, number = words["columns"]
    index = {"title": words["index"], "columns": [{"title": what}, {"title": number, "width": 40}]}
    lines = [*words["about"], *([one.title, len(one.rows)] for one in sheets)]
    async with bench.printing("book:write", out) as under_way:
        await under_way.put({"sheets": [index, *({"title": one.title, "columns": one.columns} for one in sheets)]})
        await under_way.put([0, lines])
        for at, one in enumerate(sheets, 1):
            await under_way.put([at, one.rows])


async def _kept(bench: Bench, job: PaperJob) -> tuple[list[dict[str, str]], list[list[Any]], int]:
    """Pictures that fit, each once, a line of the index for every use of one, and how many had no room."""
    room, left_out, index, kept = UPLOAD_BYTES - _SPARED, 0, list[list[Any]](), dict[str, dict[str, str]]()
    async for photo, number in _photos(bench, job):
        name, path = f"photos/{photo.sha256}.jpg", bench.path(photo.sha256)
        if name not in kept:
            size = path.stat().st_size
            if size > room:
                left_out += 1
                continue
            room -= size
            kept[name] = {"path": str(path), "name": name}
        index.append([number, photo.role, name, photo.asked_at.isoformat(), photo.taken, photo.lat, photo.lon])
    return list(kept.values()), index, left_out


async def _packed(bench: Bench, job: PaperJob, event: Event, files: list[dict[str, str]], left_out: int) -> Made:
    out = bench.folder / "archive.zip"
    async with bench.printing("archive:write", out) as under_way:
        await under_way.put({"files": files})

    async def words(work: Work) -> tuple[str, Any]:
        title, at = work.words.label("paper.title.archive", job.language), work.local(work.now)
        facts = {"event": event.title, "files": len(files), "left_out": left_out, "at": at}
        caption = work.words.text("ledger.archive", job.language, **facts)
        return f"{title}{event.title}-{at:%Y%m%d}.zip", caption

    name, caption = await bench.read(words)
    return Made(out, name, "application/zip", caption)


async def _photos(bench: Bench, job: PaperJob) -> Any:
    """(picture, number of its hazard), those that are kept."""

    async def begin(work: Work) -> LedgerFilter:
        person = await work.rows.people.get(job.person_id)
        return narrowed(
            work, await scope(work, person, Action.EXPORT_LEDGER), await asked_for(work, job.args, job.language)
        )

    wanted = await bench.read(begin)

    async def page(work: Work, after: int) -> list[tuple[HazardLine, list[Photo]]]:
        lines = await work.rows.ledger.hazards(wanted, after, _PAGE)
        found: dict[str, list[Photo]] = {}
        photos = await work.rows.photos.of([line.row.subject for line in lines])
        present = await work.rows.files.present({one.sha256 for one in photos})
        for one in photos:
            if one.state is PhotoState.STORED and one.sha256 in present:
                found.setdefault(one.subject, []).append(one)
        return [(line, found.get(line.row.subject, [])) for line in lines]

    async for lines in pages(bench, page, lambda one: one[0].row.id):
        for line, photos in lines:
            for photo in photos:
                yield photo, line.row.number


ARCHIVE = Archive()
