"""One person who sends very many messages does not slow the others down. Presses are never counted: an answer to a
warning always passes."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from enum import StrEnum

_PEOPLE = 4096


class Pace(StrEnum):
    FINE = "fine"
    TELL = "tell"
    """the first one too many: it is said once"""
    DROP = "drop"


class Flood:
    """At most `most` messages of one person within `span`. Remembers the last 4,096 people, no more."""

    def __init__(self, most: int = 20, span: timedelta = timedelta(seconds=20)) -> None:
        self._most = most
        self._span = span
        self._seen: OrderedDict[int, deque[datetime]] = OrderedDict()
        self._told: set[int] = set()

    def look(self, user_id: int, now: datetime) -> Pace:
        times = self._seen.pop(user_id, None) or deque(maxlen=self._most + 1)
        self._seen[user_id] = times
        if len(self._seen) > _PEOPLE:
            forgotten, _ = self._seen.popitem(last=False)
            self._told.discard(forgotten)
        while times and now - times[0] >= self._span:
            times.popleft()
        times.append(now)
        if len(times) <= self._most:
            self._told.discard(user_id)
            return Pace.FINE
        if user_id in self._told:
            return Pace.DROP
        self._told.add(user_id)
        return Pace.TELL
