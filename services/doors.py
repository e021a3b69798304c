"""What a door needs to open a transaction and let a service work in it. Built once, by the composition root."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from domain.places import PlaceCode
from domain.policy import CountyPolicy
from services.ports import Chance, Rows, Store, Words
from services.work import Work

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Doors:
    store: Store
    words: Words
    chance: Chance
    new_id: Callable[[], str]
    new_secret: Callable[[], str]
    """a fresh secret for a link, from a cryptographic source: at least 128 bits in at most 60 of A-Z a-z 0-9 _ -"""
    now: Callable[[], datetime]
    policy: CountyPolicy
    zone: ZoneInfo
    bot_name: str
    county: PlaceCode

    def work(self, rows: Rows) -> Work:
        return Work(
            rows=rows,
            now=self.now(),
            words=self.words,
            chance=self.chance,
            new_id=self.new_id,
            new_secret=self.new_secret,
            policy=self.policy,
            zone=self.zone,
            bot_name=self.bot_name,
            county=self.county,
        )

    async def read(self, service: Callable[[Work], Awaitable[T]]) -> T:
        """One service that only reads, in one transaction."""

        async def inside(rows: Rows) -> T:
            return await service(self.work(rows))

        return await self.store.read(inside)

    async def run(self, service: Callable[[Work], Awaitable[T]]) -> T:
        """One service in one transaction."""

        async def inside(rows: Rows) -> T:
            return await service(self.work(rows))

        return await self.store.write(inside)
