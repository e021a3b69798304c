"""One sandbox and one headless Chromium for the whole session; every test has its own people and groups."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import ConsoleMessage, Error, Page, ViewportSize, async_playwright

from sandbox import Limits, User, World, WorldClock, server
from tests.browser.line import Line
from tests.browser.stage import DESKTOP, PATIENCE_MS, OpenPage, Site
from tests.browser.toy_bot import TOKEN, USERNAME, ToyBot

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
START = datetime(2025, 7, 25, 15, 40, tzinfo=UTC)  # 23:40 in Shanghai
# Runs before the page's own scripts. A tab without a name is a new visitor: nothing is remembered, the help is closed.
FORGET = """
if (!window.name && location.protocol === "http:") {
  window.name = "visitor";
  localStorage.clear();
  sessionStorage.clear();
  localStorage.setItem("sandbox.help", "closed");
}
"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site() -> AsyncIterator[Site]:
    world = World(WorldClock(START), limits=Limits(enforced=False))
    world.add_bot(TOKEN, USERNAME, "小助手")
    bot = ToyBot(world)
    runner, port = await server.start(world, hint={"zh": "先看一条<b>预警</b>。\n再换一个人回答。"})
    running = asyncio.create_task(bot.run())
    yield Site(world, bot, f"http://127.0.0.1:{port}/")
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await runner.cleanup()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tab() -> AsyncIterator[Page]:
    """One tab for the whole session: opening a new one for every test would cost more than the tests."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium on this machine")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        page = await chromium.new_page(locale="zh-CN")
        page.set_default_timeout(PATIENCE_MS)
        await page.add_init_script(FORGET)
        yield page
        await chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the page's scripts and its security policy have complained of. Refused requests are no complaint."""
    return []


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(site: Site, tab: Page, complaints: list[str]) -> AsyncIterator[OpenPage]:
    """Open the page as somebody, in some chat, as a new visitor. A complaint left at the end fails the test."""

    def heard(said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            complaints.append(said.text)

    def failed(error: Error) -> None:
        complaints.append(str(error))

    async def opened(
        user: User | None = None,
        chat: int | None = None,
        viewport: ViewportSize = DESKTOP,
        query: str = "",
        through: Line | None = None,
    ) -> Page:
        await tab.set_viewport_size(viewport)
        place = "" if user is None else f"#as={user.id}" + ("" if chat is None else f"&chat={chat}")
        await tab.goto(f"{through.url if through else site.url}{query}{place}")
        if user is not None:
            await tab.get_by_text(user.first_name, exact=True).first.wait_for(state="attached")
        return tab

    tab.on("console", heard)
    tab.on("pageerror", failed)
    yield opened
    await tab.evaluate("window.name = ''")
    await tab.goto("about:blank")
    tab.remove_listener("console", heard)
    tab.remove_listener("pageerror", failed)
    assert complaints == []
