"""Duty before the storm, for `check`: no shift in the next day during a response, shifts that are too thin; and red
warnings that nobody could approve as the second person.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.people import RIGHTS, Action, Role, may
from services.checkup import Exam, Finding, Mark
from services.duty import look_ahead
from services.response import level_at
from services.work import Work

_HOURS = 24


async def duty(work: Work, lang: str) -> list[Finding]:  # noqa: ARG001
    """Bodies that plan shifts, or stand in a response: what is missing in the next day."""
    tree = await work.tree()
    if tree.get(work.county) is None:
        return []
    planned = set(await work.rows.duty.places_with_shifts(work.now))
    none, gaps, thin = [], [], []
    for place in (work.county, *(one.code for one in tree.townships_within(work.county))):
        found = await look_ahead(work, place, _HOURS)
        if not found.shifts:
            if await level_at(work, place) is not None:
                none.append(tree.path(place))
            continue
        if found.gaps:
            gaps.append(tree.path(place))
        if found.thin:
            thin.append(tree.path(place))
    judged = (
        ("checkup.duty.none", none),
        ("checkup.duty.gaps", gaps),
        ("checkup.duty.thin", thin),
    )
    findings = [Finding(Mark.WARN, key, {"places": places}) for key, places in judged if places]
    if not findings and planned:
        findings = [Finding(Mark.FINE, "checkup.duty.fine", {"number": len(planned)})]
    return findings


async def seconds(work: Work, lang: str) -> list[Finding]:  # noqa: ARG001
    """Two persons are needed for what the county writes at the gravest colours: are there two who can be reached?"""
    if not work.policy.warnings.two_persons:
        return []
    held = await work.rows.people.holding(list(RIGHTS[Action.APPROVE_WARNING]), [work.county])
    approvers = [one for one in held if one.reachable and may(one, Action.APPROVE_WARNING, work.county)]
    authors = [one for one in held if one.holds([Role.COUNTY_DUTY])]
    if not authors or len(approvers) > 1:
        return []
    return [Finding(Mark.WARN, "checkup.duty.no_second", {"names": [one.name for one in approvers]})]


DUTY_EXAMS: Mapping[str, Exam] = MappingProxyType({"duty": duty, "seconds": seconds})
