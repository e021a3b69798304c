"""The register of risk points before the storm, for `check`: points that nobody is in charge of walking, or where
none of those in charge can be written to.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.people import PersonId, PersonStatus
from domain.points import PointStatus
from services.checkup import Exam, Finding, Mark
from services.work import Work


async def points(work: Work, lang: str) -> list[Finding]:  # noqa: ARG001 - every exam has this shape
    """Rounds are made for whoever is in charge: without him a point is walked by nobody."""
    active = [one for one in await work.rows.points.all() if one.status is PointStatus.ACTIVE]
    if not active:
        return [Finding(Mark.FINE, "checkup.points.none")]
    tree = await work.tree()
    people = await work.rows.people.many({person for one in active for person in one.patrollers})
    there = {one.id for one in people.values() if one.status is PersonStatus.ACTIVE}
    reached = {one.id for one in people.values() if one.reachable}

    def named(kept: set[PersonId]) -> list[str]:
        return [f"{one.name}（{tree.path(one.place)}）" for one in active if not kept & set(one.patrollers)]

    nobody = named(there)
    silent = [one for one in named(there & reached) if one not in set(nobody)]
    judged = (("checkup.points.nobody", nobody), ("checkup.points.silent", silent))
    found = [Finding(Mark.WARN, key, {"number": len(names), "names": names}) for key, names in judged if names]
    return found or [Finding(Mark.FINE, "checkup.points.fine", {"number": len(active)})]


POINT_EXAMS: Mapping[str, Exam] = MappingProxyType({"points": points})
