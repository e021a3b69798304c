"""值班记录: the duty log fills itself from the timeline; what came by telephone is written down beside it.

An entry is never changed: a correction is its next version, and the first one stays.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import Stale
from domain.people import Action, Person
from domain.phones import read_mobile
from domain.places import PlaceCode, is_within
from services.ports import DutyEntry, LogLine
from services.work import Work

DID = ("duty.here", "duty.refused", "duty.swapped", "duty.handed_over", "rehearsal.begun", "leave.granted")
"""what the timeline knows of people's doings and the log of a desk shows"""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one body's log."""

    since: datetime
    entries: tuple[DutyEntry, ...]
    lines: tuple[LogLine, ...]
    names: dict[int, str]


async def write_entry(
    work: Work,
    writer: Person | None,
    place: PlaceCode,
    *,
    caller: str,
    content: str,
    proposal: str = "",
    result: str = "",
    corrects: int = 0,
) -> DutyEntry:
    """A new entry, or the next version of one."""
    writer = await work.require(writer, Action.KEEP_LOG, place)
    before = await work.rows.duty_log.entry(corrects) if corrects else None
    if corrects and (before is None or before.place != place):
        raise Stale("refused.stale")
    entry = await work.rows.duty_log.write(
        DutyEntry(
            id=0,
            place=place,
            thread=0 if before is None else before.thread,
            version=0,
            heard_at=work.now if before is None else before.heard_at,
            written_at=work.now,
            author=writer.id,
            caller=caller,
            phone=read_mobile("".join(one for one in caller if one.isdigit())) or "",
            content=content,
            proposal=proposal,
            result=result,
        )
    )
    await work.note("duty.written", f"duty_entry:{entry.thread}", writer, version=entry.version)
    return entry


async def day_of(work: Work, reader: Person | None, place: PlaceCode, back: int = 0) -> Day:
    """The day so many days ago, midnight to midnight of the county's clock."""
    await work.require(reader, Action.KEEP_LOG, place)
    today = work.local(work.now).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=back)
    until = since + timedelta(days=1)
    people: dict[int, str] = {
        one.id: one.name
        for one in await work.rows.people.all()
        if any(is_within(post.place, place) for post in one.posts)
    }
    lines = await work.rows.duty_log.lines(list(people), DID, since, until)
    entries = await work.rows.duty_log.entries(place, since, until)
    return Day(since, tuple(entries), tuple(lines), people)
