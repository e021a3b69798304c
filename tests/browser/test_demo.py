"""`make demo` as a newcomer meets it: one address, a warning, a press, a board that moves."""

import asyncio
import os
import re
import shutil
import signal
import sys
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from tests.browser.conftest import CHROMIUM_ARGS

CHROMIUM = shutil.which("chromium")
ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")]

_ADDRESS = re.compile(rb"http://127\.0\.0\.1:\d+/#as=\d+&chat=\d+")


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(60):
        async for line in process.stdout:
            if found := _ADDRESS.search(line):
                return found.group().decode()
    raise AssertionError("the demo printed no address")


async def test_a_newcomer_answers_a_warning_and_sees_the_board_move(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo", "--port", "0", "--folder", str(tmp_path / "demo"), "--speed", "10"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        address = await _address(process)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
            page = await browser.new_page()
            await page.goto(address)
            await page.get_by_role("button", name="✅ 收到").last.click(timeout=30_000)
            await expect(page.get_by_text("已应答").last).to_be_visible(timeout=15_000)
            await page.get_by_text("城东社区应急群").first.click()
            await expect(page.get_by_text(re.compile(r"应答 [1-9]\d*/4")).last).to_be_visible(timeout=20_000)
            await browser.close()
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 30) == 0
