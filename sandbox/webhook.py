"""Webhook deliveries: each update is posted until a 2xx answer or its expiry, in order within a chat or a person.

As the Bot API server does it (WebhookActor.cpp): one immediate second try, then doubling waits up to a minute or
two; a Retry-After header is honoured up to an hour; messages queue by chat, presses by person, and at most
`max_connections` are under way. Waits are world time, so a fast clock retries fast and expiry keeps its proportion.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.bots import Bot
from sandbox.model import Json
from sandbox.world import World

_LONGEST_WAIT = 60.0
_LONGEST_RETRY_AFTER = 3_600.0
_SILENT = frozenset({"deletewebhook", "setwebhook", "close", "logout"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from the bot's server. Status 0: nothing did, and `reason` says why."""

    status: int
    reason: str = ""
    retry_after: float = 0.0
    body: bytes = b""


Post = Callable[[str, dict[str, str], bytes], Awaitable[Answer]]  # url, headers, body


@dataclass(slots=True)
class _Line:
    """One bot's deliveries."""

    generation: int
    busy: set[str] = field(default_factory=set)  # lanes with an update under way
    tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)  # by update id
    moved: asyncio.Event = field(default_factory=asyncio.Event)


class WebhookSender:
    """Delivers for every bot of the world that has set a webhook, from `start` to `stop`."""

    def __init__(self, world: World, post: Post) -> None:
        self._world = world
        self._post = post
        self._runs: dict[int, asyncio.Task[None]] = {}

    def start(self) -> None:
        for bot in self._world.bots.values():
            bot.webhook_changed = self._changed
            self._changed(bot)

    async def stop(self) -> None:
        for bot in self._world.bots.values():
            bot.webhook_changed = None
        tasks = list(self._runs.values())
        self._runs.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _changed(self, bot: Bot) -> None:
        old = self._runs.pop(bot.id, None)
        if old is not None:
            old.cancel()
        if bot.webhook.url:
            self._runs[bot.id] = asyncio.get_running_loop().create_task(self._run(bot))

    async def _run(self, bot: Bot) -> None:
        line = _Line(bot.webhook.generation)
        try:
            while bot.webhook.generation == line.generation:
                bot.queue.arrived.clear()
                line.moved.clear()
                self._fill(bot, line)
                await _either(bot.queue.arrived, line.moved)
        finally:
            for task in list(line.tasks.values()):
                task.cancel()

    def _fill(self, bot: Bot, line: _Line) -> None:
        """Start what may be started: the oldest update of every free lane."""
        reach = bot.webhook.max_connections * 2
        for update in bot.queue.take(0, reach, self._world.clock.seconds()):
            if len(line.tasks) >= bot.webhook.max_connections:
                return
            number, lane = update["update_id"], lane_of(update)
            if number in line.tasks or lane in line.busy:
                continue
            line.busy.add(lane)
            line.tasks[number] = asyncio.create_task(self._deliver(bot, line, update, lane))

    async def _deliver(self, bot: Bot, line: _Line, update: Json, lane: str) -> None:
        number = update["update_id"]
        try:
            await self._insist(bot, update)
        finally:
            line.tasks.pop(number, None)
            line.busy.discard(lane)
            line.moved.set()

    async def _insist(self, bot: Bot, update: Json) -> None:
        clock, number = self._world.clock, update["update_id"]
        body = json.dumps(update, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        if bot.webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = bot.webhook.secret
        wait, failures = 1.0, 0
        while True:
            expires = bot.queue.expires_at(number)
            if expires is None or expires <= clock.seconds():
                bot.queue.remove(number)
                return
            answer = await self._post(bot.webhook.url, headers, body)
            if 200 <= answer.status <= 299:
                bot.queue.remove(number)
                await self._obey(bot, answer.body)
                return
            self._note_failure(bot, answer)
            pause = min(answer.retry_after, _LONGEST_RETRY_AFTER)
            if pause <= 0 and failures > 0:
                wait = min(wait * 2, _LONGEST_WAIT)
                pause = wait
            failures += 1
            if clock.seconds() + pause > expires:
                bot.queue.remove(number)
                return
            await clock.sleep(pause)

    def _note_failure(self, bot: Bot, answer: Answer) -> None:
        bot.webhook.last_error_at = int(self._world.clock.seconds())
        bot.webhook.last_error = (
            f"Wrong response from the webhook: {answer.status} {answer.reason}".strip()
            if answer.status
            else answer.reason or "Webhook connection closed"
        )

    async def _obey(self, bot: Bot, body: bytes) -> None:
        """A bot may put one method call into its answer; its result is thrown away."""
        try:
            order: Any = json.loads(body) if body else None
        except ValueError:
            return
        if not isinstance(order, dict) or not isinstance(order.get("method"), str):
            return
        method = order["method"].lower()
        if method not in _SILENT and not method.startswith("get"):
            await self._world.call(bot.token, method, {k: v for k, v in order.items() if k != "method"})


def lane_of(update: Json) -> str:
    """Updates of one lane arrive in order: messages of one chat, presses of one person."""
    for kind, body in update.items():
        if kind == "update_id":
            continue
        if "chat" in body:
            return f"chat {body['chat']['id']}"
        if "from" in body:
            return f"user {body['from']['id']}"
    return f"update {update['update_id']}"


async def _either(one: asyncio.Event, other: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in (one, other)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
