"""How many drills each township has had this year, and one reminder where there is none: nothing more is asked (N2)."""

from dataclasses import dataclass
from datetime import datetime

from domain.drills import Drill
from domain.outgoing import Lane
from domain.people import Role
from domain.places import Level, Place, PlaceCode, is_within
from services.work import Work

_LEADERS = (Role.PRINCIPAL, Role.LEADER_IN_CHARGE)
_ONCE = "drill_reminder"


@dataclass(frozen=True, slots=True)
class YearOfDrills:
    """One township's year."""

    township: Place
    drills: int
    villages: int
    """so many of its villages had one, by themselves or with the township"""
    of_villages: int


async def drills_of_year(work: Work, within: PlaceCode) -> list[YearOfDrills]:
    """A drill counts for every township it lies in or covers; one that never began does not."""
    tree = await work.tree()
    first = work.local(work.now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    held = [one for one in await work.rows.drills.began_since(first) if one.is_over]
    place = tree.get(within)
    townships = [place] if place is not None and place.level is Level.TOWNSHIP else tree.townships_within(within)
    found = []
    for township in townships:
        villages = tree.villages_within(township.code)
        of_villages = sum(any(_holds(drill, village.code) for drill in held) for village in villages)
        drills = sum(drill.touches(township.code) for drill in held)
        found.append(YearOfDrills(township, drills, of_villages, len(villages)))
    return found


def _holds(drill: Drill, village: PlaceCode) -> bool:
    return is_within(village, drill.place) or is_within(drill.place, village)


async def remind_of_drills(work: Work) -> int:
    """For the tick: from a day of the year on, the leaders of a township that lacks one hear it once."""
    policy, now = work.policy.drills, work.local(work.now)
    if not policy.per_year or not _is_time(now, policy.remind_on) or now.time() < policy.remind_at:
        return 0
    year, told = str(now.year), 0
    done = await work.rows.responses.days_done(_ONCE, year)
    tree = await work.tree()
    if done >= {one.code for one in tree.townships_within(work.county)}:
        return 0
    for one in await drills_of_year(work, work.county):
        if one.township.code in done:
            continue
        await work.rows.responses.day_done(_ONCE, one.township.code, year, work.now)
        if one.drills >= policy.per_year:
            continue
        for leader in await work.rows.people.holding(_LEADERS, [one.township.code]):
            text = work.words.text(
                "drill.reminder",
                leader.language,
                place=one.township.name,
                done=one.drills,
                wanted=policy.per_year,
            )
            key = f"{_ONCE}:{year}:{leader.id}:{one.township.code}"
            told += await work.tell(leader, key, text, lane=Lane.DIGEST, silent=True)
    return told


def _is_time(now: datetime, remind_on: str) -> bool:
    return f"{now:%m-%d}" >= remind_on
