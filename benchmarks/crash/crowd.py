"""The people of the crash test: they answer warnings by button, by word and in the group, press twice, talk, and
officers write warnings of their own, step by step. Each act is remembered with the update it became, so that the
audit can ask for its effect.
"""

import asyncio
import contextlib
import random
import re
from dataclasses import dataclass

from benchmarks.county import BenchCounty
from benchmarks.crash.recorder import RecordedQueue
from messages.catalogue import Catalogue
from sandbox.errors import WorldError
from sandbox.model import Message
from sandbox.world import World

_ACKNOWLEDGE = re.compile(r"w:ack:(\d+)$")
_DIALOGUE = re.compile(r"f:\d+:([a-z]):(.*)$")
_MARKER = re.compile(r"检验文本\d+之\d+，请各单位注意防范。")
_PATIENCE = 6.0
_PATIENT_TALKERS = 60
"""while more updates than these wait at Telegram nobody starts to talk"""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody said that he has a warning. `update_id` is the first update in which he did."""

    user_id: int
    warning_id: int
    how: str
    update_id: int


@dataclass(frozen=True, slots=True)
class Submission:
    """An officer confirmed a warning of his own; `marker` is in its text and nowhere else."""

    marker: str
    update_id: int


@dataclass(slots=True)
class _Officer:
    """How far an officer has come."""

    user_id: int
    moved_at: float = 0.0
    written: int = 0


class Crowd:
    """Everybody. `run` until cancelled; `quiet` set: nobody begins anything, officers finish what they have begun."""

    def __init__(self, world: World, county: BenchCounty, queue: RecordedQueue, chance: random.Random) -> None:
        self._world = world
        self._county = county
        self._queue = queue
        self._chance = chance
        self.words = Catalogue()
        self._officers = {one.user_id: _Officer(one.user_id) for one in county.officers()[:3]}
        self._tasks: set[asyncio.Task[None]] = set()
        self._answered: set[tuple[int, int]] = set()
        self.quiet = False
        self.acknowledgements: list[Acknowledgement] = []
        self.submissions: list[Submission] = []
        self.talks: list[int] = []
        """updates of private talk, each of which is owed one reply"""

    async def run(self) -> None:
        """Watch what the bot says to people and let them react."""
        beside = [asyncio.create_task(self._talk()), asyncio.create_task(self._write_warnings())]
        try:
            with self._world.subscribe() as events:
                async for event in events:
                    message = event.get("about")
                    if event["type"] in {"message", "edit"} and isinstance(message, Message):
                        self._notice(message)
        finally:
            for task in (*beside, *self._tasks):
                task.cancel()
            await asyncio.gather(*beside, *self._tasks, return_exceptions=True)

    def _notice(self, message: Message) -> None:
        if message.bot_id is None or not message.chat.private:
            return
        data = [one["callback_data"] for row in message.buttons for one in row if "callback_data" in one]
        if (asked := next(filter(None, map(_ACKNOWLEDGE.match, data)), None)) is not None:
            if not self.quiet:
                self._start(self._answer(message, int(asked[1]), asked[0]))
        elif message.chat.user_id in self._officers:
            self._start(self._go_on(self._officers[message.chat.user_id], message, data))

    def _start(self, acting: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.create_task(acting)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- answering warnings -----------------------------------------------------------------------------------

    async def _answer(self, message: Message, warning_id: int, data: str) -> None:
        user_id = message.chat.user_id
        if (user_id, warning_id) in self._answered:
            return  # a second copy of a question he has answered
        self._answered.add((user_id, warning_id))
        await asyncio.sleep(self._chance.uniform(0.0, 1.0))
        dice = self._chance.random()
        if dice < 0.12:
            return  # he never answers
        if dice < 0.65:
            how = "button"
            await self._press(user_id, message, data)
        elif dice < 0.85:
            how = "word"
            await self._world.say(user_id, user_id, "收到")
        else:
            how = "group"
            await self._world.say(user_id, self._county.group_of(user_id), "收到")
        self.acknowledgements.append(Acknowledgement(user_id, warning_id, how, self._queue.last))
        if self._chance.random() < 0.2:  # once more, to be sure
            await self._press(user_id, message, data)

    async def _press(self, user_id: int, message: Message, data: str) -> int:
        with contextlib.suppress(WorldError):  # the button is gone: the message was edited meanwhile
            await self._world.press(user_id, user_id, message.id, data, wait=False)
        return self._queue.last

    async def _talk(self) -> None:
        """Private talk is answered, talk in a group is not."""
        people = [one for one in self._county.residents if one.user_id not in self._officers]
        while True:
            await asyncio.sleep(self._chance.uniform(0.02, 0.1))
            if self.quiet or self._queue.pending(self._world.clock.seconds()) > _PATIENT_TALKERS:
                continue
            one = self._chance.choice(people)
            if self._chance.random() < 0.7:
                await self._world.say(one.user_id, one.user_id, "今天几点开会？")
                self.talks.append(self._queue.last)
            else:
                await self._world.say(one.user_id, self._county.group_of(one.user_id), "路上有点堵")

    # -- officers -----------------------------------------------------------------------------------------------

    async def _write_warnings(self) -> None:
        """Whoever has waited too long for the next question begins again, as people do."""
        while True:
            await asyncio.sleep(0.2)
            now = asyncio.get_running_loop().time()
            for officer in self._officers.values():
                if now - officer.moved_at > _PATIENCE and not self.quiet:
                    officer.moved_at = now
                    await self._world.say(officer.user_id, officer.user_id, "/warn")

    async def _go_on(self, officer: _Officer, message: Message, data: list[str]) -> None:
        """One step of the dialogue, by what is on the screen."""
        await asyncio.sleep(self._chance.uniform(0.0, 0.2))
        officer.moved_at = asyncio.get_running_loop().time()
        if "d:resume" in data:
            await self._press(officer.user_id, message, "d:resume")
            return
        acts = {found[1]: text for text in data if (found := _DIALOGUE.match(text)) is not None}
        if "y" in acts:
            shown = _MARKER.search(message.text)  # what stands on the screen, not what was typed since
            update_id = await self._press(officer.user_id, message, acts["y"])
            if shown is not None:
                self.submissions.append(Submission(shown[0], update_id))
        elif "u" in acts:
            await self._press(officer.user_id, message, acts["d"])
        elif "t" in acts or "c" in acts:
            options = [text for text in data if re.match(r"f:\d+:[tc]:", text)]
            await self._press(officer.user_id, message, self._chance.choice(options))
        elif "s" in acts:
            await self._press(officer.user_id, message, acts["s"])
        elif self.words.label("compose.text.ask") in message.text:
            officer.written += 1
            marker = f"检验文本{officer.user_id}之{officer.written}，请各单位注意防范。"
            await self._world.say(officer.user_id, officer.user_id, marker)
        elif self.words.label("compose.expires.ask") in message.text:
            await self._world.say(officer.user_id, officer.user_id, "明天18点")
