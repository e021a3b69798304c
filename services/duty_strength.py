"""A response that asks for more people on duty: whoever plans the shifts of a body is told once what is short.

Told where a change makes the body's shifts need more officers than before, in private, only if something is missing.
A body that plans no shifts is told nothing. How many are needed is `[response.levels]`, a default and not law.
"""

from collections.abc import Iterable

from domain.outgoing import Lane
from domain.people import Action
from domain.places import Level, PlaceCode
from domain.response import Period, level_of
from services.desk import keepers
from services.duty import WEEK, look_ahead
from services.duty_gaps import gaps_text
from services.response import officers_of
from services.work import Work


async def tell_short(work: Work, period: Period, before: Period | None) -> int:
    """After a change of a response. Returns how many people were told."""
    now = await work.rows.responses.active()
    earlier = [one for one in now if one.id != period.id] + ([] if before is None else [before])
    planned = set(await work.rows.duty.places_with_shifts(work.now - WEEK))
    told = 0
    for place in await _bodies(work, period.places):
        wanted = officers_of(work, level_of(now, place))
        if place not in planned or wanted <= officers_of(work, level_of(earlier, place)):
            continue
        found = await look_ahead(work, place)
        if found.sound:
            continue
        for keeper in await keepers(work, Action.PLAN_DUTY, place):
            text = await gaps_text(work, place, found, keeper.language)
            key = f"duty:strength:{period.id}:v{period.version}:{place}:{keeper.id}"
            told += await work.tell(keeper, key, text, lane=Lane.URGENT)
    return told


async def _bodies(work: Work, places: Iterable[PlaceCode]) -> list[PlaceCode]:
    """The county and the townships that lie wholly in these places."""
    tree = await work.tree()
    found: dict[PlaceCode, None] = {}
    for code in places:
        place = tree.get(code)
        if place is not None and place.level in {Level.COUNTY, Level.TOWNSHIP}:
            found[code] = None
            found |= {one.code: None for one in tree.townships_within(code)}
    return list(found)
