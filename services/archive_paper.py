"""Everything of a time in one file: the ledgers as sheets, the pictures by what they contain with their index, and a
manifest with the SHA-256 of each, so that years later somebody can say that nothing was changed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.ledger import LedgerFilter, LedgerView
from domain.papers import PhotoState
from domain.people import Action, Person
from services.ledger_papers import HAZARD_LEDGER, PATROL_LEDGER, asked_for
from services.ledgers import narrowed, scope
from services.papers import UPLOAD_BYTES, Bench, Made, Paper, pages
from services.ports import HazardLine, PaperJob, Photo
from services.work import Work

_PAGE = 400
_SPARED = 4_000_000
"""of the size that can be sent: for the sheets and the manifest"""
_INDEX = ("hazard", "role", "file", "sent", "taken", "lat", "lon")


class Archive(Paper):
    """args: days."""

    kind = "archive"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:  # noqa: ARG002
        await scope(work, person, Action.EXPORT_LEDGER)

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        by_area = {**job.args, "view": LedgerView.AREA.value}
        hazards = await HAZARD_LEDGER.make(bench, replace(job, kind=HAZARD_LEDGER.kind, args=by_area))
        patrols = await PATROL_LEDGER.make(bench, replace(job, kind=PATROL_LEDGER.kind))
        sheets = [{"path": str(one.file), "name": one.name} for one in (hazards, patrols)]
        room, left_out, kept, index = UPLOAD_BYTES - _SPARED, 0, [], []
        async for photo, number in _photos(bench, job):
            path = bench.path(photo.sha256)
            room -= path.stat().st_size
            if room < 0:
                left_out += 1
                continue
            name = f"photos/{photo.sha256}.jpg"
            kept.append({"path": str(path), "name": name})
            index.append([number, photo.role, name, photo.asked_at.isoformat(), photo.taken, photo.lat, photo.lon])
        out = bench.folder / "photos.xlsx"
        async with bench.printing("book:write", out) as under_way:
            await under_way.put({"sheets": [{"title": "photos", "columns": [{"title": one} for one in _INDEX]}]})
            await under_way.put([0, index])
        unique = list({one["name"]: one for one in kept}.values())
        return await self._packed(bench, job, [*sheets, {"path": str(out), "name": "photos.xlsx"}, *unique], left_out)

    async def _packed(self, bench: Bench, job: PaperJob, files: list[dict[str, str]], left_out: int) -> Made:
        out = bench.folder / "archive.zip"
        async with bench.printing("archive:write", out) as under_way:
            await under_way.put({"files": files})

        async def words(work: Work) -> tuple[str, Any]:
            title, at = work.words.label("paper.title.archive", job.language), work.local(work.now)
            caption = work.words.text("ledger.archive", job.language, files=len(files), left_out=left_out, at=at)
            return f"{title}{at:%Y%m%d}.zip", caption

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
