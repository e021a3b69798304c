"""Reading open hazards as lists: a page, what is counted over it, how it divides. Nothing here changes anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.hazard_lists import HazardScope, HazardTab, HazardWish, PageEnd
from domain.hazards import Category
from domain.places import PlaceCode
from services.ports.hazards import HazardRow


@dataclass(frozen=True, slots=True)
class HazardListLine:
    row: HazardRow
    assignee: str
    urgency: int
    """0 overdue, 1 grave, 2 the others"""


class HazardListRows(Protocol):
    async def page(
        self, scope: HazardScope, wish: HazardWish, now: datetime, after: PageEnd | None = None, limit: int = 10
    ) -> list[HazardListLine]:
        """The most urgent first, the oldest first among them."""
        ...

    async def sums(self, scope: HazardScope, wish: HazardWish, now: datetime) -> Mapping[HazardTab, int]:
        """How many stand under each tab, of the wished place and category."""
        ...

    async def by_place(self, scope: HazardScope, wish: HazardWish, now: datetime) -> Mapping[PlaceCode, int]:
        """Of the wished tab and category."""
        ...

    async def by_category(self, scope: HazardScope, wish: HazardWish, now: datetime) -> Mapping[Category, int]:
        """Of the wished tab and place."""
        ...
