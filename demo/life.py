"""The neighbours: everybody whom nobody plays answers by himself, most of them, sooner or later.

A person who is being looked at on the page is left to the one who looks. One village stays silent, so that there is a
ladder to be seen.
"""

import asyncio
import contextlib
import random
from collections.abc import Callable, Container

from demo.county import Resident, SampleCounty
from domain.people import VILLAGE_ROLES
from domain.places import PlaceCode
from sandbox.clock import WorldClock
from sandbox.errors import WorldError
from sandbox.world import World

ANSWERING = 0.86
"""share of people who answer a question at all"""
_ANSWERS = ("w:ack:", "p:ok:")
"""what a neighbour presses by himself: 收到, and 正常 on a patrol"""


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
        self._played = played
        self._chance = random.Random(7)
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Watch the private chats; where a question with a green button arrives, answer it in a while."""
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
        await self._clock.sleep(self._chance.lognormvariate(3.6, 0.9))
        if user_id in self._played or self.is_cut_off(self._residents[user_id]):
            return
        message = self._world.chat_for(user_id, user_id).messages.get(message_id)
        if message is None:
            return
        data = (b.get("callback_data", "") for row in message.buttons for b in row)
        wanted = next((one for one in data if one.startswith(_ANSWERS)), None)
        if wanted is not None:
            with contextlib.suppress(WorldError):
                await self._world.press(user_id, user_id, message_id, wanted)
