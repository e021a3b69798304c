"""The one digest a day to leaders while a response lasts: what is unfinished, in numbers, names on request and private.

Ordinary days have none. Where there was nothing, it says so: a zero report is a report (零报告).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.digest_figures import Matter, Owing, Share, share
from domain.outgoing import Lane, Policy
from domain.people import Action, Person, Role
from domain.places import PlaceCode
from domain.text import Button, Rows
from services.warning_asking import carriers
from services.work import Work

_DAY = timedelta(days=1)
_NAMED = 60
_COUNTY = (Role.COUNTY_DUTY, Role.COUNTY_LEADER)
_TOWNSHIP = (Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION)


async def send_daily(work: Work) -> int:
    """A duty of the clock: once a day for each body in whose area a response runs. One that was missed is made up on
    the same day; the day after has its own."""
    local = work.local(work.now)
    at = datetime.combine(local.date(), work.policy.response.digest_at, local.tzinfo)
    if local < at:
        return 0
    active = [one for one in await work.rows.responses.active() if one.started_at <= at]
    if not active:
        return 0
    day = local.date().isoformat()
    done = await work.rows.responses.days_done("digest", day)
    tree = await work.tree()
    bodies = [work.county, *(place.code for place in tree.townships_within(work.county))]
    due = [code for code in bodies if code not in done and any(one.touches(code) for one in active)]
    if not due:
        return 0
    began = work.local(min(one.started_at for one in active)).replace(hour=0, minute=0, second=0, microsecond=0)
    since = max(at - _DAY, began)  # of its first day all: the warning came before the response
    rows = await work.rows.responses.owed_between(since, work.now)
    for place in due:
        if await work.rows.responses.day_done("digest", place, day, work.now):
            await _send(work, place, rows, since, day)
    return len(due)


async def _send(work: Work, place: PlaceCode, rows: Sequence[Owing], since: datetime, day: str) -> None:
    readers = await readers_in(work, place)
    shares = {matter: share(rows, matter.value, place) for matter in Matter}
    hazards = len(await work.rows.hazards.alive_in([place], limit=10_000))
    facts = {
        "place": (await work.tree()).path(place),
        "at": work.local(work.now),
        "since": work.local(since),
        "warnings": shares[Matter.WARNINGS],
        "patrols": shares[Matter.PATROLS],
        "checks": shares[Matter.CHECKS],
        "hazards": hazards,
        "nothing": not hazards and not any(one.owed or one.excused for one in shares.values()),
    }
    for person in readers:
        await work.tell(
            person,
            f"daily:{day}:{place}:{person.id}",
            work.words.card("daily_digest", person.language, **facts),
            buttons=_buttons(work, person, place, shares, since),
            lane=Lane.DIGEST,
            policy=Policy.AT_MOST_ONCE,
            expires_at=work.now + timedelta(hours=12),
        )
    await work.note("digest.sent", f"place:{place}", None, day=day, readers=len(readers))


async def readers_in(work: Work, place: PlaceCode) -> list[Person]:
    """The body's leaders and its desk, each once; who stands in for somebody on leave instead of him."""
    roles = _COUNTY if place == work.county else _TOWNSHIP
    found = await carriers(work, await work.rows.people.holding(roles, [place]))
    return list({one.id: one for one in found}.values())


def _buttons(work: Work, person: Person, place: PlaceCode, shares: dict[Matter, Share], since: datetime) -> Rows:
    span = f"{int(since.timestamp())}:{int(work.now.timestamp())}"
    return tuple(
        (
            Button(
                work.words.label(f"daily.button.{matter.name.lower()}", person.language, count=one.unfinished),
                f"dgs:{matter.value}:{place}:{span}",
            ),
        )
        for matter, one in shares.items()
        if one.missing
    )


async def names_behind(
    work: Work, person: Person | None, matter: Matter, place: PlaceCode, since: datetime, until: datetime
) -> tuple[list[Person], int]:
    """Who is behind a figure, to somebody who may see it; the first ones, and how many more. Counted again from rows:
    who has answered meanwhile is not named any more."""
    await work.require(person, Action.SEE_MISSING, place)
    rows = await work.rows.responses.owed_between(since, until)
    missing = share(rows, matter.value, place).missing
    people = await work.rows.people.many(missing[:_NAMED])
    return [people[one] for one in missing[:_NAMED] if one in people], max(0, len(missing) - _NAMED)
