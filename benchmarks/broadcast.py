"""b. One warning to hundreds of groups against a server that enforces 30 messages a second, and people who talk
meanwhile; c. a red warning that finds ten thousand digests waiting.

Times are the server's. "Ideal" is what the server would have let through in the same time: every message that reached
it in that time, replies too, at 30 a second.
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from benchmarks.county import COUNTY, OFFICER, make
from benchmarks.filling import fill_digests, fill_roster
from benchmarks.processes import Running, Telegram, echo, shouwang, telegram
from benchmarks.report import Report, Row

SERVER_RATE = 30.0
OUR_RATE = 26.8
_TALK_EVERY = 0.5
_MARK = "暴雨"
"""in the first words of the warning, so that its posts are known from everything else"""
_NOTHING_NEW = 15.0
"""after so many seconds without another post, what is missing is lost"""


@dataclass(frozen=True, slots=True)
class Broadcast:
    ratio: float
    """seconds of world time ÷ ideal"""
    refused: int
    lost: int
    reply_p95: float
    """real seconds"""


async def measure(report: Report, *, groups: int = 400, chats: int = 2000, fast: float = 2.0) -> None:
    """The real-time runs first, then the larger one on a clock that is faster for server and bot alike."""
    for rule in ("sliding", "bucket"):
        found = await _ours(groups, people=60, rule=rule)
        what = f"b. warning to {groups} groups ÷ ideal ({rule})"
        detail = f"refused {found.refused}, lost {found.lost}; in real time"
        report.rows.append(Row(what, found.ratio, "×", 1.15, at_most=True, detail=detail))
        report.rows.append(Row("   replies meanwhile, p95", found.reply_p95, "s", 0.3, at_most=True))
        report.rows.append(Row("   refusals (429)", found.refused, "", 0, at_most=True))
    for rule in ("sliding", "bucket"):
        await _theirs_if_any(report, groups, rule)
    for rule in ("sliding", "bucket"):
        found = await _ours(groups, people=chats - groups, rule=rule, speed=fast, asked=True)
        what = f"   warning to {chats} chats ÷ ideal ({rule})"
        detail = f"refused {found.refused}, lost {found.lost}; both clocks {fast:g} times as fast"
        report.rows.append(Row(what, found.ratio, "×", 1.15, at_most=True, detail=detail))


async def _ours(groups: int, *, people: int, rule: str, speed: float = 1.0, asked: bool = False) -> Broadcast:
    """`asked`: the warning is red and asks every person too; else only groups are counted, and people talk."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="shouwang-bench-")))
        await fill_roster(folder / "bench.db", people=people, groups=groups)
        server = await stack.enter_async_context(telegram(people=people, groups=groups, rule=rule, speed=speed))
        bot = await stack.enter_async_context(shouwang(server, folder, rate=OUR_RATE, speed=speed))
        await write_warning(server, bot)
        await server.act("mark")
        began = await confirm(server, bot)
        county = make(people, groups)
        wanted = set(county.groups.values())
        if asked:
            wanted |= {one.user_id for one in county.residents}
        seconds = len(wanted) / SERVER_RATE
        latencies = [] if asked else await server.act("chatter", bot_id=bot.bot_id, every=_TALK_EVERY, seconds=seconds)
        return await _when_all_there(server, wanted, began, latencies)


async def _theirs_if_any(report: Report, groups: int, rule: str) -> None:
    """PTB's own limiter with its defaults, where the package it needs is installed."""
    if find_spec("aiolimiter") is None:
        report.notes.append("PTB's AIORateLimiter is not compared: the package aiolimiter is not installed")
        return
    chats = ",".join(str(chat) for chat in make(60, groups).groups.values())
    async with telegram(people=60, groups=groups, rule=rule) as server, echo(server, "limiter", chats=chats) as bot:
        await server.act("ask", bot_id=bot.bot_id, user_id=OFFICER)
        await asyncio.sleep(1.5)
        began = await server.act("mark")
        await server.act("say", user_id=OFFICER, chat_id=bot.bot_id, text="广播")
        seconds = groups / SERVER_RATE
        latencies = await server.act("chatter", bot_id=bot.bot_id, every=_TALK_EVERY, seconds=seconds)
        found = await _when_all_there(server, {int(chat) for chat in chats.split(",")}, began, latencies)
    detail = f"refused {found.refused}, lost {found.lost}, replies p95 {found.reply_p95:.2f} s"
    report.rows.append(Row(f"   PTB AIORateLimiter, {groups} groups ÷ ideal ({rule})", found.ratio, "×", detail=detail))


async def _when_all_there(server: Telegram, wanted: set[int], began: float, latencies: Sequence[float]) -> Broadcast:
    """Waits until every chat has its post, or nothing has come for a while."""
    reached: dict[int, float] = {}
    since = time.monotonic()
    while True:
        sends, refused = await server.sends()
        before = len(reached)
        for chat, at, text in sends:
            if chat in wanted and _MARK in text:
                reached.setdefault(chat, at)
        if len(reached) != before:
            since = time.monotonic()
        if len(reached) == len(wanted) or time.monotonic() - since > _NOTHING_NEW:
            break
        await asyncio.sleep(0.25)
    last = max(reached.values(), default=began)
    meanwhile = sum(1 for _, at, _ in sends if began <= at <= last)
    p95 = quantiles(latencies, n=20)[-1] if len(latencies) > 1 else 0.0
    return Broadcast((last - began) / (max(1, meanwhile) / SERVER_RATE), refused, len(wanted) - len(reached), p95)


# -- a warning, by hand -------------------------------------------------------------------------------------------


async def write_warning(server: Telegram, bot: Running) -> None:
    """The duty officer writes a red one for the whole county, up to the last button."""
    here = {"bot_id": bot.bot_id, "user_id": OFFICER}
    await server.act("ask", text="/warn", **here)
    await server.act("press", end=":c:rain", **here)
    await server.act("press", end=":c:red", **here)
    await server.act("press", end=f":t:{COUNTY}", **here)
    await server.act("press", end=":d:", **here)
    await server.act("ask", text="预计未来3小时降水量将达100毫米以上，请立即到岗。", **here)
    await server.act("press", end=":s:", **here)
    await server.act("ask", text="明天18点", **here)


async def confirm(server: Telegram, bot: Running) -> float:
    """The last button; the world time at which it was pressed."""
    pressed: float = await server.act("press", bot_id=bot.bot_id, user_id=OFFICER, end=":y:", wait=False)
    return pressed


# -- c ------------------------------------------------------------------------------------------------------------


async def measure_urgent(report: Report, *, digests: int = 10_000, groups: int = 100, people: int = 1000) -> None:
    """From the officer's confirmation to the first post that has reached a group."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="shouwang-bench-")))
        await fill_roster(folder / "bench.db", people=people, groups=groups)
        chats = [one.user_id for one in make(people, groups).residents if one.user_id != OFFICER]
        await fill_digests(folder / "bench.db", chats, digests)
        server = await stack.enter_async_context(telegram(people=people, groups=groups, rule="sliding"))
        bot = await stack.enter_async_context(shouwang(server, folder, rate=OUR_RATE))
        await write_warning(server, bot)
        await server.act("mark")
        began = await confirm(server, bot)
        first = await _first_post(server)
    detail = f"from the officer's last button; {people} people and {groups} groups in the fan-out"
    what = f"c. first post of a red warning while {digests:,} digests wait"
    report.rows.append(Row(what, first - began, "s", 1.0, at_most=True, detail=detail))


async def _first_post(server: Telegram) -> float:
    while True:
        sends, _ = await server.sends()
        posts = [at for chat, at, text in sends if chat < 0 and _MARK in text]
        if posts:
            return min(posts)
        await asyncio.sleep(0.05)
