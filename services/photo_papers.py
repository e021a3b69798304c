"""Papers of pictures: a hazard before and after, beside each other."""

from collections.abc import Mapping
from typing import Any

from domain.errors import Stale
from domain.outgoing import Kind
from domain.papers import PhotoRole
from domain.people import Person
from services.hazard_desk import concerns
from services.papers import Bench, Made, Paper
from services.photos import stored_of
from services.ports import HazardRow, PaperJob, Photo
from services.work import Work

JPEG = "image/jpeg"


class BeforeAndAfter(Paper):
    """A hazard as it was reported and as it is now, in one picture. args: hazard."""

    kind = "before_after"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:
        row = await work.rows.hazards.get(int(args["hazard"]))
        if row is None or not await concerns(work, person, row):
            raise Stale("refused.gone")
        await _two(work, row)

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        async def look(work: Work) -> tuple[HazardRow, list[Photo], list[str]]:
            row = await work.rows.hazards.get(int(job.args["hazard"]))
            if row is None:
                raise Stale("refused.gone")
            captions = [work.words.label(f"hazard.photo.{one}", job.language, number=row.number) for one in _CAPTIONS]
            return row, list(await _two(work, row)), captions

        row, pictures, captions = await bench.read(look)
        out = bench.folder / "pair.jpg"
        async with bench.printing("photo:pair", out) as under_way:
            paths = [str(bench.path(one.sha256)) for one in pictures]
            await under_way.put({"pictures": paths, "captions": captions, "font": bench.font})
        return Made(out, f"{row.number}.jpg", JPEG, await bench.read(_caption(row, job)), Kind.PHOTO)


_CAPTIONS = ("reported", "fixed")


async def _two(work: Work, row: HazardRow) -> tuple[Photo, Photo]:
    """The first of before and the newest of after. Raises Stale where one is missing."""
    before = await stored_of(work, row.subject, PhotoRole.BEFORE)
    after = await stored_of(work, row.subject, PhotoRole.AFTER)
    if not before or not after:
        raise Stale("paper.no_pair")
    return before[0], after[-1]


def _caption(row: HazardRow, job: PaperJob) -> Any:
    async def caption(work: Work) -> Any:
        return work.words.text("paper.pair", job.language, number=row.number)

    return caption


BEFORE_AND_AFTER = BeforeAndAfter()
