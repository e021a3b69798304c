"""值班记录: the duty log fills itself from the timeline; what came by telephone is written down beside it.

An entry is never changed: a correction is its next version, and the first one stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.errors import Stale
from domain.people import Action, Person, PersonId
from domain.phones import read_mobile
from domain.places import PlaceCode, is_within
from services.duty_log_kinds import AREA, BOT, OWN, key_of
from services.duty_log_subjects import concerns, number_of
from services.ports import DutyEntry, LinesOf, LogLine
from services.work import Work

PAGE = 15
_BATCH = 60
"""lines that are looked at together; most are shown"""


@dataclass(frozen=True, slots=True)
class After:
    """Where a page begins: behind this line of the timeline and this entry."""

    line: int = 0
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a log: what somebody did, or an entry that somebody wrote down."""

    at: datetime
    actor: PersonId | None
    key: str = ""
    number: str = ""
    entry: DutyEntry | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A page of one day of one body's log. `after`: where the next page begins; None at the end of the day."""

    since: datetime
    shown: tuple[Shown, ...]
    names: Mapping[int, str]
    after: After | None = None


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


async def day_of(
    work: Work, reader: Person | None, place: PlaceCode, back: int = 0, after: After | None = None, most: int = PAGE
) -> Day:
    """A page of the day so many days ago, midnight to midnight of the county's clock, in the order of time."""
    await work.require(reader, Action.KEEP_LOG, place)
    after = after or After()
    today = work.local(work.now).replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=back)
    until = since + timedelta(days=1)
    lines = await _lines(work, place, (since, until), after.line, most + 1)
    entries = [one for one in await work.rows.duty_log.entries(place, since, until) if one.thread > after.entry]
    both = [(line.at, line.seq, 0, shown) for line, shown in lines]
    both += [(one.heard_at, 0, one.thread, Shown(one.heard_at, one.author, entry=one)) for one in entries]
    both.sort(key=lambda one: (one[0], one[2], one[1]))
    page = both[:most]
    seen = After(
        max((one[1] for one in page if one[1]), default=after.line),
        max((one[2] for one in page if one[2]), default=after.entry),
    )
    shown = tuple(one[3] for one in page)
    people = await work.rows.people.many({one.actor for one in shown if one.actor is not None})
    names = {number: person.name for number, person in people.items()}
    return Day(since, shown, names, seen if len(both) > most else None)


async def _lines(
    work: Work, place: PlaceCode, span: tuple[datetime, datetime], after: int, most: int
) -> list[tuple[LogLine, Shown]]:
    """The next lines of this body, as many as are wanted where there are so many."""
    own, area = await _people(work, place)
    found: list[tuple[LogLine, Shown]] = []
    while len(found) < most:
        batch = await work.rows.duty_log.lines(
            [LinesOf(own, OWN), LinesOf(area, AREA), LinesOf(None, BOT)], span, after, _BATCH
        )
        for line in batch:
            key = key_of(line)
            if key is not None and (line.actor is not None or await concerns(work, line.subject, place)):
                found.append((line, Shown(line.at, line.actor, key, await number_of(work, line.subject))))
        if len(batch) < _BATCH:
            break
        after = batch[-1].seq
    return found[:most]


async def _people(work: Work, place: PlaceCode) -> tuple[frozenset[int], frozenset[int]]:
    """Those of the body itself, and those of its villages. What happens in a township is in the township's log."""
    everybody = await work.rows.people.all()
    own = frozenset(one.id for one in everybody if any(post.place == place for post in one.posts))
    if place == work.county:
        return own, frozenset()
    within = (one for one in everybody if any(is_within(post.place, place) for post in one.posts))
    return own, frozenset(one.id for one in within)
