"""`run` as a real process with sources: it asks, it listens, and it stops."""

import asyncio
import signal
import time
from pathlib import Path

from aiohttp import ClientSession

from feeds.hook import signature
from sandbox.clock import WorldClock
from sandbox.world import World
from tests.cli.conftest import TOKEN
from tests.cli.test_running import PATIENCE, free_port, running, telegram

COUNTY = {"COUNTY_FILE": "county.toml"}
SECRET = "a-secret-of-the-countys-own-platform-0001"


async def test_sources_are_asked_and_heard_while_it_runs(tmp_path: Path) -> None:
    world = World(WorldClock())
    world.add_bot(TOKEN, "shouwang_test_bot", "守望")
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "county.toml").write_text(
        '[[sources]]\nname = "push"\nkind = "hook"\nsecret_file = "secret"\n'
        '[[sources]]\nname = "inner"\nkind = "cap"\nurl = "https://127.0.0.1/"\nevery_seconds = 15\n'
    )
    door = f"127.0.0.1:{free_port()}"
    async with telegram(world) as port, running(tmp_path, port, FEED_LISTEN=door, **COUNTY) as bot:
        await bot.until("sources asked=1 listening=True")
        async with ClientSession() as session:
            now = str(int(time.time()))
            headers = {"X-Shouwang-Timestamp": now, "X-Shouwang-Nonce": "nonce-0001"}
            for sign, status in (("0" * 64, 403), (signature(SECRET, now, "nonce-0001", b""), 200)):
                signed = headers | {"X-Shouwang-Signature": sign}
                async with session.post(f"http://{door}/feeds/push", headers=signed) as answer:
                    assert answer.status == status
        assert "trouble=inner_address" in await bot.until("source_failed source=inner")
        ended = await asyncio.wait_for(bot.end(signal.SIGTERM), PATIENCE)
        assert (ended, SECRET in bot.said) == (0, False)


async def test_a_port_that_is_taken_ends_the_start_with_one_line(tmp_path: Path) -> None:
    world = World(WorldClock())
    world.add_bot(TOKEN, "shouwang_test_bot", "守望")
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "county.toml").write_text('[[sources]]\nname = "push"\nkind = "hook"\nsecret_file = "secret"\n')
    async with telegram(world) as port, running(tmp_path, port, FEED_LISTEN=f"127.0.0.1:{port}", **COUNTY) as bot:
        assert await bot.end() != 0
        assert "FEED_LISTEN" in bot.said
