"""The neighbours: everybody whom nobody plays answers by himself, most of them, sooner or later.

A person who is being looked at on the page is left to the one who looks. One village stays silent, so that there is a
ladder to be seen.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Container

from demo.county import Resident, SampleCounty
from demo.manners import Deed, deed_for, step_for
from domain.people import VILLAGE_ROLES
from domain.places import PlaceCode
from sandbox.clock import WorldClock
from sandbox.errors import WorldError
from sandbox.model import Message
from sandbox.world import World

ANSWERING = 0.86
"""share of people who answer a question at all"""


def people_of(county: SampleCounty, village: PlaceCode) -> set[int]:
    """Accounts of those who live there; the township's cadre who looks after it does not."""
    return {
        one.user_id
        for one in county.residents
        if all(post.place == village and post.role in VILLAGE_ROLES for post in one.posts)
    }


class Neighbours:
    def __init__(
        self, world: World, clock: WorldClock, county: SampleCounty, played: Container[int], silent: PlaceCode
    ) -> None:
        self._world = world
        self._clock = clock
        self._people = {one.user_id for one in county.residents if one.enrolled} - people_of(county, silent)
        self._residents = {one.user_id: one for one in county.residents}
        self.is_cut_off: Callable[[Resident], bool] = lambda _: False
        """who can neither read nor write just now"""
        self.is_busy: Callable[[int], bool] = lambda _: False
        """whose hands somebody else moves just now"""
        self._played = played
        self._chance = random.Random(7)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Watch the private chats; what asks for something is answered in a while."""
        with self._world.subscribe() as events:
            async for event in events:
                if event.get("type") != "message" or event.get("chat_id") not in self._people:
                    continue
                task = asyncio.create_task(self._maybe_answer(event["chat_id"], event["message"]["message_id"]))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _maybe_answer(self, user_id: int, message_id: int) -> None:
        if self._chance.random() > ANSWERING:
            return
        if await self._do(user_id, message_id, deed_for):
            await self._do(user_id, message_id, step_for)

    async def _do(self, user_id: int, message_id: int, what: Callable[[Message], Deed | None]) -> bool:
        """After a while, and only where there is something to be done with it."""
        message = self._message(user_id, message_id)
        if message is None or what(message) is None:
            return False
        await self._clock.sleep(self._chance.lognormvariate(3.6, 0.9))
        message = self._message(user_id, message_id)
        if message is None or user_id in self._played or self.is_cut_off(self._residents[user_id]):
            return False
        deed = what(message)
        if deed is None or self.is_busy(user_id):  # settled by then
            return False
        with contextlib.suppress(WorldError):
            if deed.press:
                await self._world.press(user_id, user_id, message_id, deed.press)
            else:
                await self._world.say(user_id, user_id, deed.say)
        return True

    def _message(self, user_id: int, message_id: int) -> Message | None:
        return self._world.chat_for(user_id, user_id).messages.get(message_id)
