"""The one digest a day to leaders while a response lasts: what is unfinished, in numbers, names on request and private.

Ordinary days have none. Where there was nothing, it says so: a zero report is a report (零报告). Each day has its own,
of the 24 hours before its hour: one that was not sent on time follows by day, marked; of one that is too old it is
recorded, and told in the next, that the bot did not send it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.digest_figures import (
    DigestDay,
    Matter,
    Owing,
    Share,
    digest_day,
    digest_hours,
    digest_subject,
    duty_share,
    share,
)
from domain.outgoing import Lane, OutboxState, Policy
from domain.people import Action, Person, Role
from domain.places import PlaceCode
from domain.response import Period
from domain.review import Manned
from domain.text import Button, Rows
from domain.warning_reach import quiet_until
from services.warning_asking import carriers
from services.work import Work

_DAY = timedelta(days=1)
_EVERY = timedelta(minutes=1)
_LOOKED = "daily_digest"
_KEPT = 7
"""so many days are looked back for digests that were not sent"""
_LATE = timedelta(hours=1)
_NAMED = 60
_COUNTY = (Role.COUNTY_DUTY, Role.COUNTY_LEADER)
_TOWNSHIP = (Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION)
_LOST = frozenset({OutboxState.EXPIRED, OutboxState.AMBIGUOUS, OutboxState.DEAD})


async def send_daily(work: Work) -> int:
    """A duty of the clock, once a minute: the newest digest that was due, for each body in whose area a response ran
    at its hour. Returns how many bodies."""
    last = await work.rows.heartbeats.last(_LOOKED)
    if last is not None and timedelta() <= work.now - last < _EVERY:
        return 0
    await work.rows.heartbeats.heard(_LOOKED, work.now)
    local = work.local(work.now)
    newest, *older = digest_hours(local, work.policy.response.digest_at, _KEPT)
    late = local - newest >= _LATE
    ours = work.policy.warnings
    if late and quiet_until(local, ours.quiet_from, ours.quiet_until) is not None:
        return 0  # it waits for the morning
    periods = await work.rows.responses.between(older[-1], work.now)
    if not periods:
        return 0
    skipped = await _record_skipped(work, periods, older)
    due = await _due(work, periods, newest)
    if not due:
        return 0
    running = _running(periods, newest)
    began = min(work.local(one.started_at) for one in running)
    figures = await _figures(work, digest_day(newest, began))
    levels = work.policy.response.levels
    for place in due:
        if await work.rows.responses.day_done("digest", place, figures.day.day, work.now):
            zero = any(levels[one.level].zero_report for one in running if one.touches(place))
            await _send(work, place, figures, late=late, skipped=skipped.get(place, []), zero=zero)
    return len(due)


def _running(periods: Sequence[Period], at: datetime) -> list[Period]:
    return [one for one in periods if one.started_at <= at and (one.ended_at is None or one.ended_at > at)]


async def _due(work: Work, periods: Sequence[Period], at: datetime) -> list[PlaceCode]:
    """The bodies that have no digest of this hour yet."""
    running = [one for one in periods if one.started_at <= at and one.active]
    if not running:
        return []
    done = await work.rows.responses.days_done("digest", at.date().isoformat())
    tree = await work.tree()
    bodies = [work.county, *(place.code for place in tree.townships_within(work.county))]
    return [code for code in bodies if code not in done and any(one.touches(code) for one in running)]


async def _record_skipped(
    work: Work, periods: Sequence[Period], hours: Sequence[datetime]
) -> dict[PlaceCode, list[datetime]]:
    """Older ones that nobody has had: each recorded once, as the bot's own failing. The oldest first."""
    found: dict[PlaceCode, list[datetime]] = {}
    for at in reversed(hours):
        for place in await _due(work, periods, at):
            day = at.date().isoformat()
            if await work.rows.responses.day_done("digest", place, day, work.now):
                await work.note("digest.skipped", f"place:{place}", None, day=day)
                found.setdefault(place, []).append(at)
    return found


# -- the figures --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Figures:
    day: DigestDay
    owing: Sequence[Owing]
    manned: Sequence[Manned]

    def of(self, place: PlaceCode) -> dict[Matter, Share]:
        return _shares(self.owing, self.manned, place)


async def _figures(work: Work, day: DigestDay) -> _Figures:
    owing = await work.rows.reviews.owed_between(day.since, day.at)
    return _Figures(day, owing, await work.rows.reviews.manned_between(day.since, day.at))


def _shares(owing: Sequence[Owing], manned: Sequence[Manned], place: PlaceCode) -> dict[Matter, Share]:
    counted = {matter: share(owing, matter.value, place) for matter in Matter if matter is not Matter.DUTY}
    return counted | {Matter.DUTY: duty_share(manned, place)}


async def _send(
    work: Work, place: PlaceCode, figures: _Figures, *, late: bool, skipped: Sequence[datetime], zero: bool
) -> None:
    readers = await readers_in(work, place)
    shares, day = figures.of(place), figures.day
    hazards = len(await work.rows.hazards.alive_in([place], limit=10_000))
    facts = {
        "place": (await work.tree()).path(place),
        "day": day.at,
        "at": day.at,
        "since": day.since,
        "late": work.local(work.now) if late else None,
        "warnings": shares[Matter.WARNINGS],
        "patrols": shares[Matter.PATROLS],
        "checks": shares[Matter.CHECKS],
        "duty": shares[Matter.DUTY],
        "hazards": hazards,
        "nothing": not hazards and not any(one.owed or one.excused for one in shares.values()),
    }
    if facts["nothing"] and not (zero or skipped):
        await work.note("digest.nothing", f"place:{place}", None, day=day.day)
        return
    without: list[int] = []
    for person in readers:
        lost = await _not_arrived(work, day, place, person)
        told = await work.tell(
            person,
            _key(day.at, place, person),
            work.words.card("daily_digest", person.language, skipped=[*skipped, *lost], **facts),
            subject=digest_subject(place, day.day),
            buttons=_buttons(work, person, place, shares, day, hazards),
            lane=Lane.DIGEST,
            policy=Policy.AT_MOST_ONCE,
            expires_at=work.now + _DAY,  # it may wait over midnight: it says which day it is of
        )
        if not told:
            without.append(person.id)
    await work.note(
        "digest.sent", f"place:{place}", None, day=day.day, readers=len(readers), late=late, without=without
    )


def _key(at: datetime, place: PlaceCode, person: Person) -> str:
    return f"daily:{at.date().isoformat()}:{place}:{person.id}"


async def _not_arrived(work: Work, day: DigestDay, place: PlaceCode, person: Person) -> list[datetime]:
    """The digest of the day before, where it never left the queue for this person."""
    before = day.at - _DAY
    found = await work.rows.outbox.state_of(_key(before, place, person))
    return [before] if found is not None and found[0] in _LOST else []


async def readers_in(work: Work, place: PlaceCode) -> list[Person]:
    """The body's leaders and its desk, each once; who stands in for somebody on leave instead of him."""
    roles = _COUNTY if place == work.county else _TOWNSHIP
    found = await carriers(work, await work.rows.people.holding(roles, [place]))
    return list({one.id: one for one in found}.values())


def _buttons(
    work: Work, person: Person, place: PlaceCode, shares: dict[Matter, Share], day: DigestDay, hazards: int
) -> Rows:
    label, span = work.words.label, f"{int(day.since.timestamp())}:{int(day.at.timestamp())}"
    rows = [
        (
            Button(
                label(f"daily.button.{matter.name.lower()}", person.language, count=one.unfinished),
                f"dgs:{matter.value}:{place}:{span}",
            ),
        )
        for matter, one in shares.items()
        if one.missing
    ]
    if hazards:
        rows.append((Button(label("daily.button.hazards", person.language, count=hazards), f"dgs:hazards:{place}"),))
    return tuple(rows)


async def names_behind(
    work: Work, person: Person | None, matter: Matter, place: PlaceCode, since: datetime, until: datetime
) -> tuple[list[Person], int]:
    """Who is behind a figure, to somebody who may see it; the first ones, and how many more. Counted again from rows:
    who has answered meanwhile is not named any more."""
    await work.require(person, Action.SEE_MISSING, place)
    owing = await work.rows.reviews.owed_between(since, until)
    missing = _shares(owing, await work.rows.reviews.manned_between(since, until), place)[matter].missing
    people = await work.rows.people.many(missing[:_NAMED])
    return [people[one] for one in missing[:_NAMED] if one in people], max(0, len(missing) - _NAMED)
