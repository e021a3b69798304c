"""Gaps are shown before the storm: once a week, in private, to whoever plans the shifts, and only if there are any.

A body that never planned a shift is not told every week that it has none.
"""

from datetime import datetime, timedelta

from domain.duty import Outlook
from domain.people import Action
from domain.places import PlaceCode
from domain.text import Html
from services.desk import keepers
from services.duty import WEEK, look_ahead
from services.response import level_at, officers_at
from services.work import Work

_KEPT = "duty_gaps"
_LISTED = 8


async def weekly_gaps(work: Work) -> int:
    """For the tick. Returns how many people were told."""
    due = _newest_due(work)
    last = await work.rows.heartbeats.last(_KEPT)
    if last is not None and last >= due:
        return 0
    await work.rows.heartbeats.heard(_KEPT, work.now)
    if last is None or work.now - due > timedelta(hours=12):
        return 0
    told = 0
    for place in await work.rows.duty.places_with_shifts(work.now - WEEK):
        found = await look_ahead(work, place)
        if found.sound:
            continue
        for keeper in await keepers(work, Action.PLAN_DUTY, place):
            text = await gaps_text(work, place, found, keeper.language)
            told += await work.tell(keeper, f"duty:gaps:{place}:{due:%Y%m%d}:{keeper.id}", text, silent=True)
    return told


def _newest_due(work: Work) -> datetime:
    local, policy = work.local(work.now), work.policy.duty
    day = local - timedelta(days=(local.isoweekday() - policy.gaps_on) % 7)
    at = day.replace(hour=policy.gaps_at.hour, minute=policy.gaps_at.minute, second=0, microsecond=0)
    return at if at <= local else at - WEEK


async def gaps_text(work: Work, place: PlaceCode, found: Outlook, lang: str) -> Html:
    level = await level_at(work, place)
    people = await work.rows.people.many({one for thin in found.thin for one in thin.shift.members})
    return work.words.card(
        "duty_gaps",
        lang,
        place=(await work.tree()).path(place),
        gaps=[{"since": work.local(gap.since), "until": work.local(gap.until)} for gap in found.gaps[:_LISTED]],
        officers=await officers_at(work, place),
        level="" if level is None else level.sign,
        thin=[
            {
                "starts": work.local(one.shift.starts_at),
                "short": one.short,
                "no_leader": one.no_leader,
                "silent": [people[member].name for member in one.silent if member in people],
            }
            for one in found.thin[:_LISTED]
        ],
        more=max(0, len(found.gaps) - _LISTED) + max(0, len(found.thin) - _LISTED),
    )
