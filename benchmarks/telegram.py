"""Telegram for the benchmarks, in a process of its own: the sandbox behind HTTP, and beside it the people's side.

Under /people a benchmark lets people talk and is told, by this process's clock, how long it took until the bot had
answered. Nothing is measured by the bot itself.
"""

import argparse
import asyncio
import sys
import time
from collections import deque
from typing import Any

from aiohttp import web

from benchmarks import county as counties
from benchmarks.county import BenchCounty
from sandbox.clock import WorldClock
from sandbox.limits import Limits
from sandbox.model import Message
from sandbox.server import build_app
from sandbox.world import World

STRANGE_BOTS = {
    "echo": "700000010:echo-bot-of-the-benchmarks-00000000000000",
    "echo_aiohttp": "700000011:echo-bot-on-our-transport-00000000000000",
}
"""bots that are not ours, in the same world"""
_PATIENCE = 120.0


class Audience:
    """People who talk to a bot and wait for what it says."""

    def __init__(self, world: World, county: BenchCounty) -> None:
        self._world = world
        self._county = county
        self._users = [one.user_id for one in county.residents]
        self._waiting: dict[tuple[int, int], deque[asyncio.Future[float]]] = {}
        self._left = 0
        self._all_there: asyncio.Future[float] | None = None
        self.sends: list[tuple[int, float, str]] = []
        """what bots sent since the last mark: chat, world time, first words"""

    async def watch(self) -> None:
        with self._world.subscribe() as events:
            async for event in events:
                message = event.get("about")
                if isinstance(message, Message) and message.bot_id is not None:
                    self._hear(message, event["type"])

    def _hear(self, message: Message, kind: str) -> None:
        now = time.monotonic()
        if kind == "message":
            self.sends.append((message.chat_id, self._world.clock.seconds(), message.text[:40]))
            self._left -= 1
            if self._left == 0 and self._all_there is not None:
                self._all_there.set_result(now)
        waiting = self._waiting.get((message.bot_id or 0, message.chat_id))
        if waiting and not _is_warning(message):
            answer = waiting.popleft()
            if not answer.done():
                answer.set_result(now)

    async def flood(self, bot_id: int, count: int, text: str = "") -> float:
        """Everybody at once: so many private texts; seconds until as many messages have come back."""
        self._left, self._all_there = count, asyncio.get_running_loop().create_future()
        before = time.monotonic()
        for number in range(count):
            await self._world.say(self._users[number % len(self._users)], bot_id, text or f"第{number}句")
        return await asyncio.wait_for(self._all_there, _PATIENCE) - before

    async def ask(self, bot_id: int, user_id: int, text: str = "今天几点开会？") -> float:
        """One private text; seconds until the bot has said or changed something in that chat."""
        answer = self._answer(bot_id, user_id)
        before = time.monotonic()
        await self._world.say(user_id, bot_id, text)
        return await asyncio.wait_for(answer, _PATIENCE) - before

    def _answer(self, bot_id: int, user_id: int) -> asyncio.Future[float]:
        answer: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault((bot_id, user_id), deque()).append(answer)
        return answer

    async def chatter(self, bot_id: int, every: float, seconds: float) -> list[float]:
        """People who talk meanwhile, each once: seconds to each answer."""
        asking: list[asyncio.Task[float]] = []
        until = time.monotonic() + seconds
        while time.monotonic() < until and len(asking) < len(self._users):
            asking.append(asyncio.create_task(self.ask(bot_id, self._users[-1 - len(asking)])))
            await asyncio.sleep(every)
        answers = await asyncio.gather(*asking, return_exceptions=True)
        return [one if isinstance(one, float) else _PATIENCE for one in answers]

    async def press(self, bot_id: int, user_id: int, end: str, wait: bool = True) -> float:
        """Press the newest button whose data ends so; the world time of the press. `wait`: until the bot has said or
        changed something."""
        chat = self._world.chat_for(user_id, bot_id)
        for message in sorted(chat.messages.values(), key=lambda m: -m.id):
            for data in (one.get("callback_data", "") for row in message.buttons for one in row):
                if data.endswith(end):
                    now, answer = self._world.clock.seconds(), self._answer(bot_id, user_id)
                    await self._world.press(user_id, bot_id, message.id, data, wait=False)
                    if wait:
                        await asyncio.wait_for(answer, _PATIENCE)
                    return now
        raise LookupError(f"no button that ends in {end!r}")


def _is_warning(message: Message) -> bool:
    """A question that was not asked for is no answer to what a person said."""
    data = [one.get("callback_data", "") for row in message.buttons for one in row]
    return any(one.startswith("w:ack") for one in data)


class Door:
    """The benchmark's side of the server: JSON in, JSON out."""

    def __init__(self, world: World, audience: Audience) -> None:
        self._world = world
        self._audience = audience

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/people/{act}", self._act),
            web.get("/people/sends", self._sends),
        ]

    async def _act(self, request: web.Request) -> web.Response:
        given: dict[str, Any] = await request.json()
        match request.match_info["act"]:
            case "flood":
                told: Any = await self._audience.flood(**given)
            case "ask":
                told = await self._audience.ask(**given)
            case "chatter":
                told = await self._audience.chatter(**given)
            case "press":
                told = await self._audience.press(**given)
            case "say":
                told = (await self._world.say(given["user_id"], given["chat_id"], given["text"])).id
            case "mark":
                self._audience.sends.clear()
                self._world.ledger.clear()
                told = self._world.clock.seconds()
            case _:
                raise web.HTTPNotFound
        return web.json_response(told)

    async def _sends(self, _request: web.Request) -> web.Response:
        refused = sum(1 for call in self._world.ledger if call.status == 429)
        return web.json_response({"sends": self._audience.sends, "refused": refused})


async def serve(options: argparse.Namespace) -> None:
    clock = WorldClock(speed=options.speed)
    limits = Limits(enforced=options.rule != "none", rule=options.rule if options.rule != "none" else "sliding")
    world = World(clock, limits=limits)
    county = counties.make(options.people, options.groups)
    counties.furnish(world, county)
    for name, token in STRANGE_BOTS.items():
        bot = world.add_bot(token, f"{name}_bot", name)
        for one in county.residents:
            world.private_chat(one.user_id, bot.id).opened = True
        for chat_id in county.groups.values():
            world.add_member(chat_id, bot.id)
    for bot_state in world.bots.values():
        bot_state.queue.clear()
    audience = Audience(world, county)
    app = build_app(world)
    app.add_routes(Door(world, audience).routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    watching = asyncio.create_task(audience.watch())
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until whoever started us lets go
    watching.cancel()
    await runner.cleanup()


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.telegram", description=__doc__)
    words.add_argument("--people", type=int, default=200)
    words.add_argument("--groups", type=int, default=20)
    words.add_argument("--rule", choices=("none", "sliding", "bucket"), default="none")
    words.add_argument("--speed", type=float, default=1.0)
    asyncio.run(serve(words.parse_args()))


if __name__ == "__main__":
    main()
