"""a. Updates handled a second: ours, durable, against the echo bot everybody begins with. And e. memory at rest."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.filling import fill_roster
from benchmarks.processes import Running, Telegram, echo, shouwang, telegram
from benchmarks.report import Report, Row

_OURS, _DEFAULTS, _AIOHTTP = "shouwang", "defaults", "aiohttp"


@asynccontextmanager
async def _three_bots(server: Telegram, folder: Path) -> AsyncIterator[dict[str, Running]]:
    """All alive at once and idle but for the one that is measured."""
    async with AsyncExitStack() as stack:
        yield {
            _OURS: await stack.enter_async_context(shouwang(server, folder)),
            _DEFAULTS: await stack.enter_async_context(echo(server, "defaults")),
            _AIOHTTP: await stack.enter_async_context(echo(server, "aiohttp")),
        }


async def measure(report: Report, *, updates: int = 1000, rounds: int = 5, people: int = 600) -> None:
    """Private text → reply, round by round in turn, so that whatever else the machine does meets all alike."""
    rates: dict[str, list[float]] = {_OURS: [], _DEFAULTS: [], _AIOHTTP: []}
    work: dict[str, list[float]] = {_OURS: [], _DEFAULTS: [], _AIOHTTP: []}
    with TemporaryDirectory(prefix="shouwang-bench-") as name:
        folder = Path(name)
        await fill_roster(folder / "bench.db", people=people, groups=20)
        async with telegram(people=people, groups=20) as server, _three_bots(server, folder) as bots:
            user_id = 800_000_000
            for bot in bots.values():
                await server.act("ask", bot_id=bot.bot_id, user_id=user_id)
            rest = {variant: bot.rss for variant, bot in bots.items()}
            for bot in bots.values():
                await server.act("flood", bot_id=bot.bot_id, count=max(1, updates // 5))
            for _ in range(rounds):
                for variant, bot in bots.items():
                    before = bot.cpu
                    seconds = await server.act("flood", bot_id=bot.bot_id, count=updates)
                    rates[variant].append(updates / seconds)
                    work[variant].append((bot.cpu - before) / updates * 1000)
            busy = {variant: bot.rss for variant, bot in bots.items()}
    ratios = [ours / theirs for ours, theirs in zip(rates[_OURS], rates[_DEFAULTS], strict=True)]
    per_second = {variant: median(found) for variant, found in rates.items()}
    detail = f"{per_second[_OURS]:.0f}/s ÷ {per_second[_DEFAULTS]:.0f}/s; each of ours on disk before its reply"
    report.rows.append(Row("a. updates a second ÷ bare PTB echo bot", median(ratios), "×", 1.0, detail=detail))
    each = {variant: median(found) for variant, found in work.items()}
    detail = f"{each[_OURS]:.2f} ms ÷ {each[_DEFAULTS]:.2f} ms; on our transport {each[_AIOHTTP]:.2f} ms"
    what = "   processor time for each update ÷ bare PTB echo"
    report.rows.append(Row(what, each[_OURS] / each[_DEFAULTS], "×", detail=detail))
    faster = per_second[_AIOHTTP] / per_second[_DEFAULTS]
    report.rows.append(Row("   PTB echo on our transport ÷ bare PTB echo", faster, "×"))
    detail = (
        f"{rest[_OURS]:.0f} MB ÷ {rest[_DEFAULTS]:.0f} MB; after the rounds {busy[_OURS]:.0f} and {busy[_DEFAULTS]:.0f}"
    )
    report.rows.append(
        Row("e. memory at rest ÷ bare PTB echo", rest[_OURS] / rest[_DEFAULTS], "×", 2.0, at_most=True, detail=detail)
    )
