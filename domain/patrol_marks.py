"""What makes a position worth a second look. Nothing is refused, nobody is judged by it. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum


class Mark(StrEnum):
    FAR = "far"
    """away from the point"""
    OLD = "old"
    """sent long before it arrived, or long after the walk"""
    PICKED = "picked"
    """perhaps chosen on the map: neither live nor with an accuracy"""
    FORWARDED = "forwarded"
    """somebody else's message, or an earlier one"""


OLD_AFTER = timedelta(minutes=30)


def marks_of(
    *,
    distance_m: int | None,
    far_metres: int,
    sent_at: datetime,
    now: datetime,
    accuracy: float | None,
    live: bool,
    forwarded: bool,
) -> tuple[Mark, ...]:
    """In a fixed order. A map in China may be off by half a kilometre, so `far_metres` is no small figure."""
    found = []
    if distance_m is not None and distance_m > far_metres:
        found.append(Mark.FAR)
    if now - sent_at > OLD_AFTER:
        found.append(Mark.OLD)
    if forwarded:
        found.append(Mark.FORWARDED)
    elif accuracy is None and not live:
        found.append(Mark.PICKED)
    return tuple(found)


LIVE_EVERY = timedelta(minutes=5)
LIVE_METRES = 200


def worth_keeping(since_last: timedelta, moved_m: int) -> bool:
    """A live position goes on every few seconds: one is kept now and then, and where the walker has got on."""
    return since_last >= LIVE_EVERY or (moved_m >= LIVE_METRES and since_last >= timedelta(minutes=1))
