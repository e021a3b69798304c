"""What the enclosures of a hazard tell by themselves: words a machine made of voices, and where pictures say that
they were taken. Both are shown beside what people said, marked as what they are; neither decides anything.
"""

from collections.abc import Sequence

from domain.geometry import Point, distance_km
from domain.papers import PhotoRole
from services.photos import stored_of
from services.ports import HazardReport, HazardRow
from services.work import Work


async def heard_of(work: Work, reports: Sequence[HazardReport]) -> list[str]:
    """What a machine made of the voices, in the order they came."""
    voices = [one.voice for one in reports if one.voice]
    words = await work.rows.voices.words_of(voices)
    return [words[one] for one in voices if words.get(one)]


async def shot_facts(work: Work, row: HazardRow) -> dict[str, object] | None:
    """How far from the reported spot, or else from the middle of the village, the pictures of the report were taken by
    their own account. None where no picture or no place says where it is."""
    pictures = await stored_of(work, row.subject, PhotoRole.BEFORE)
    taken = [Point(one.lat, one.lon) for one in pictures if one.lat is not None and one.lon is not None]
    place = (await work.tree()).get(row.place)
    spot = row.position or (None if place is None else place.position)
    if not taken or spot is None:
        return None
    metres = sorted(round(distance_km(one, spot) * 100) * 10 for one in taken)
    return {
        "nearest": metres[0],
        "farthest": metres[-1],
        "from_spot": row.position is not None,
        "far": metres[-1] > work.policy.patrols.far_metres,
    }
