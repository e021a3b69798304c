"""Which event (事件) is meant, and which part of it is the reader's own. An event is a response period, or a chain of
warnings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.errors import NotAllowed, Stale
from domain.ledger import LedgerFilter
from domain.people import Action, Person
from domain.places import PlaceCode, is_within
from domain.response import Period
from services.ledgers import narrowed, scope
from services.ports import WarningRow
from services.work import Work

_BACK = timedelta(days=400)
_LOOKED, _SHOWN = 40, 12
"""so many of the newest warnings are looked at, and so many events shown"""


@dataclass(frozen=True, slots=True)
class Event:
    """What is asked for, and the part of it that is the reader's own."""

    title: str
    own: LedgerFilter
    """places and time"""
    desks: tuple[PlaceCode, ...]
    """whose duty log he reads"""
    period: Period | None = None
    chains: tuple[int, ...] = ()

    @property
    def since(self) -> datetime:
        assert self.own.since is not None
        return self.own.since

    @property
    def until(self) -> datetime:
        assert self.own.until is not None
        return self.own.until

    def holds(self, place: PlaceCode) -> bool:
        return any(is_within(place, one) for one in self.own.places)


async def event_of(work: Work, person: Person | None, args: Mapping[str, Any]) -> Event:
    """By a paper's args: period, event (a chain of warnings), or days. Raises NotAllowed where nothing of it is his."""
    allowed = await scope(work, person, Action.EXPORT_LEDGER)
    title, since, until, period = "", work.now, work.now, None
    places: tuple[PlaceCode, ...] = ()
    chains: tuple[int, ...] = ()
    if "period" in args:
        period = await work.rows.responses.get(int(args["period"]))
        if period is None:
            raise Stale("refused.stale")
        title, places, chains = period.number, period.places, period.events
        since, until = period.started_at, period.ended_at or work.now
    elif "event" in args:
        versions = await work.rows.warnings.of_event(int(args["event"]))
        if not versions:
            raise Stale("refused.stale")
        title, places = versions[-1].number, tuple(sorted({place for one in versions for place in one.places}))
        since, until = versions[0].created_at, min(work.now, max(one.expires for one in versions))
        chains = (versions[0].event,)
    else:
        since = work.now - timedelta(days=int(args.get("days", 30)))
    own = narrowed(work, allowed, LedgerFilter(places=places, since=since, until=until + timedelta(seconds=1)))
    if places and not any(is_within(one, mine) for one in own.places for mine in allowed.places):
        raise NotAllowed("refused.no_right")
    return Event(title, own, allowed.places, period, chains)


async def recent_events(work: Work, person: Person | None) -> list[tuple[str, int, str]]:
    """What he may have an archive of: (ap, period, its name), (aw, chain of warnings, its name); the newest first."""
    await scope(work, person, Action.EXPORT_LEDGER)
    lang, since, label = "zh" if person is None else person.language, work.now - _BACK, work.words.label
    found: list[tuple[str, int, str]] = []
    for period in (await work.rows.responses.between(since, work.now))[::-1]:
        name = f"{label(f'response.kind.{period.hazard_kind.value}', lang)}{period.level.sign} {period.number}"
        found.append(("ap", period.id, name))
    chains: dict[int, WarningRow] = {}
    for number in (await work.rows.ledger.warnings_between(since, work.now + timedelta(seconds=1)))[:-_LOOKED:-1]:
        row = await work.rows.warnings.get(number)
        if row is not None:
            chains.setdefault(row.event, row)
    for row in chains.values():
        colour = label(f"warning.colour.{row.colour.value}", lang)
        found.append(("aw", row.event, f"{row.kind}{colour} {row.number}"))
    return [one for one in found if await _is_his(work, person, one)][:_SHOWN]


async def _is_his(work: Work, person: Person | None, one: tuple[str, int, str]) -> bool:
    try:
        await event_of(work, person, {"period" if one[0] == "ap" else "event": one[1]})
    except NotAllowed:
        return False
    return True
