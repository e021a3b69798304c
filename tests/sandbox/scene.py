"""A small county for the sandbox's own tests, and short ways to speak to it as a bot."""

import asyncio
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox import Chat, Limits, Reply, User, World, WorldClock

TOKEN = "7000000100:token-of-the-first-bot"
START = datetime(2026, 7, 1, 0, 0, tzinfo=UTC)
EVERY_KIND = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member", "message_reaction",
              "chat_join_request"]  # fmt: skip

BUTTON = {"inline_keyboard": [[{"text": "收到", "callback_data": "ack"}]]}


@dataclass
class Scene:
    """Ana owns the group, Bo is a member; the bot is a plain member with privacy mode on."""

    world: World
    bot: User
    ana: User
    bo: User
    group: Chat

    async def call(self, method: str, files: dict[str, Any] | None = None, /, **params: Any) -> Reply:
        return await self.world.call(TOKEN, method, params, files)

    async def ok(self, method: str, files: dict[str, Any] | None = None, /, **params: Any) -> Any:
        reply = await self.call(method, files, **params)
        assert reply.ok, reply.description
        return reply.result

    async def refused(self, method: str, files: dict[str, Any] | None = None, /, **params: Any) -> str:
        reply = await self.call(method, files, **params)
        assert not reply.ok
        assert reply.body["error_code"] == reply.status
        return reply.description

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """Everything that waits, confirmed."""
        found: list[dict[str, Any]] = await self.ok("getUpdates", **params)
        if found:
            await self.ok("getUpdates", offset=found[-1]["update_id"] + 1)
        return found

    async def say_as_bot(self, chat_id: int | None = None, text: str = "点名", **more: Any) -> dict[str, Any]:
        result: dict[str, Any] = await self.ok("sendMessage", chat_id=chat_id or self.group.id, text=text, **more)
        return result

    async def with_button(self) -> dict[str, Any]:
        return await self.say_as_bot(reply_markup=BUTTON)

    def after(self, **delta: float) -> None:
        self.world.clock.advance(timedelta(**delta))


def scene(limits: Limits | None = None) -> Scene:
    world = World(WorldClock.manual(START), seed=1, limits=limits or Limits())
    bot = world.add_bot(TOKEN, "county_bot", "守望")
    ana, bo = world.add_user("Ana", note="青石镇"), world.add_user("Bo", last_name="Li", username="bo_li")
    group = world.add_group("青石镇", members=[ana.id, bo.id, bot.id], admins=[ana.id])
    world.bots[bot.id].queue.clear()
    return Scene(world, bot, ana, bo, group)


def kinds(updates: list[dict[str, Any]]) -> list[str]:
    return [next(key for key in update if key != "update_id") for update in updates]


def png(width: int = 1600, height: int = 1200, padding: int = 64) -> bytes:
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height) + b"\x08" * padding


async def turns(count: int = 20) -> None:
    """Let everything that is ready run."""
    for _ in range(count):
        await asyncio.sleep(0)


async def until(check: Callable[[], bool]) -> None:
    """Let the loop turn until something has happened; fails if it does not."""
    for _ in range(100_000):
        if check():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never happened")
