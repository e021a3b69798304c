"""Rows of reviews: everything that a response period came to, and what people concluded from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.digest_figures import Owing
from domain.people import PersonId
from domain.places import PlaceCode
from domain.review import Manned, ReviewRows


@dataclass(frozen=True, slots=True)
class Conclusion:
    """整改意见 of one area's leader; a later one stands beside the earlier."""

    period_id: int
    place: PlaceCode
    version: int
    words: str
    by: PersonId
    at: datetime


class ReviewTableRows(Protocol):
    async def rows_of(self, period_id: int, since: datetime, until: datetime) -> ReviewRows:
        """What was asked, walked, found, checked and manned in this time; of the whole county, deaf time left out."""
        ...

    async def owed_between(self, since: datetime, until: datetime) -> Sequence[Owing]:
        """What was asked of whom in this time about warnings, patrols and checks, and what became of it."""
        ...

    async def manned_between(self, since: datetime, until: datetime) -> Sequence[Manned]:
        """Who is on the shifts that began in this time, and when he said that he was there."""
        ...

    async def conclude(self, period_id: int, place: PlaceCode, words: str, by: int, at: datetime) -> Conclusion: ...
    async def conclusions(self, period_id: int) -> Sequence[Conclusion]:
        """By place, the newest first."""
        ...
