"""Pictures people sent: to be fetched and kept by services/photo_worker.py. Whatever they are about asks for it in its
own transaction; until they are here, and where they never will be, the file_id shows them."""

from collections.abc import Collection

from domain.papers import PhotoRole, PhotoState
from services.ports import Photo
from services.work import Work


async def want(work: Work, subject: str, file_ids: Collection[str], role: PhotoRole) -> int:
    """Have these fetched and kept. Safe to call twice."""
    return await work.rows.photos.want(
        [Photo(file_id, subject, work.now, role=role.value) for file_id in file_ids if file_id]
    )


async def stored_of(work: Work, subject: str, role: PhotoRole | None = None) -> list[Photo]:
    """Those that are kept here, in the order sent."""
    found = [one for one in await work.rows.photos.of([subject]) if one.state is PhotoState.STORED]
    present = await work.rows.files.present({one.sha256 for one in found})
    return [one for one in found if one.sha256 in present and role in (None, one.role)]
