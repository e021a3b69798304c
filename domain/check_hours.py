"""When the daily draws of a period fall: the windows of its level on the county's clock, day after day. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from domain.check_plans import BodyKind, Slot
from domain.check_policy import CheckWindow, DailyChecks

_DAY = timedelta(days=1)


def slots(
    plan: DailyChecks, kind: BodyKind, zone: tzinfo, *, not_before: datetime, since: datetime, until: datetime
) -> Iterator[Slot]:
    """The windows of such a body that were open at some time from `since` to `until`, oldest first. `not_before`: so
    early a draw may be; a window that is over by then is none."""
    day = since.astimezone(zone).date() - _DAY
    while day <= until.astimezone(zone).date():
        for window in sorted(plan.windows, key=lambda one: one.opens):
            if kind not in window.bodies:
                continue
            slot = _slot(window, datetime.combine(day, window.opens, zone), zone, not_before)
            if slot.opens_at < slot.closes_at and slot.opens_at <= until and slot.closes_at > since:
                yield slot
        day += _DAY


def _slot(window: CheckWindow, opens_at: datetime, zone: tzinfo, not_before: datetime) -> Slot:
    closing_day = opens_at.date() + (_DAY if window.closes <= window.opens else timedelta())
    closes_at = datetime.combine(closing_day, window.closes, zone)
    return Slot(window.name, opens_at.date(), max(opens_at, not_before), closes_at)
