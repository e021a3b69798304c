"""What `check` says about other channels: for whom there is no address, which groups have no place, and what
did not get through lately. Nothing where the county has none. Files and keys are console/surroundings.py's."""

from datetime import timedelta

from domain.people import PersonStatus
from services.checkup import Finding, Mark
from services.work import Work

_LATELY = timedelta(days=7)


async def channels(work: Work, lang: str) -> list[Finding]:  # noqa: ARG001 - every exam has this shape
    """services.checkup.Exam."""
    found = []
    tree = await work.tree()
    active = [one for one in await work.rows.people.all() if one.status is PersonStatus.ACTIVE]
    failed = await work.rows.channels.failed_since(work.now - _LATELY)
    for one in work.policy.channels:
        facts: dict[str, object] = {"label": one.label}
        if one.place is not None and one.place not in tree:
            found.append(Finding(Mark.BAD, "checkup.channel.no_place", facts | {"code": str(one.place)}))
        elif one.place is not None:
            found.append(Finding(Mark.FINE, "checkup.channel.group", facts | {"place": tree.path(one.place)}))
        elif one.by_address:
            there = await work.rows.channels.addresses(one.name, [person.id for person in active])
            mark = Mark.FINE if there else Mark.WARN
            counted = {"people": len(there), "of": len(active), "column": one.column}
            found.append(Finding(mark, "checkup.channel.addresses", facts | counted))
        else:
            found.append(Finding(Mark.FINE, "checkup.channel.phones", facts | {"people": len(active)}))
        if number := failed.get(one.name, 0):
            lately = {"days": _LATELY.days, "number": number}
            found.append(Finding(Mark.WARN, "checkup.channel.failed", facts | lately))
    return found
