"""What the page's tests are played on: the served sandbox, and builders for the people and groups in it."""

import itertools
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from playwright.async_api import Locator, Page, ViewportSize

from sandbox import User, World
from tests.browser.toy_bot import ToyBot

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE_MS = 5_000

OpenPage = Callable[..., Awaitable[Page]]


@dataclass
class Site:
    """The served sandbox, and builders for what a test needs in it."""

    world: World
    bot: ToyBot
    url: str
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def person(self, name: str, note: str = "") -> User:
        number = next(self._numbers)
        return self.world.add_user(name, username=f"person_{number}", note=note, phone=f"+86130{number:08d}")

    def group(self, title: str, *members: User) -> int:
        bot_id = next(iter(self.world.bots))
        owner = self.person("群主")
        ids = [owner.id, *(user.id for user in members), bot_id]
        return self.world.add_group(title, members=ids, admins=[owner.id, bot_id]).id

    def private(self, user: User) -> int:
        """His private chat, already opened."""
        self.world.private_chat(user.id, next(iter(self.world.bots))).opened = True
        return user.id


def bubble(page: Page, text: str) -> Locator:
    return page.locator("article", has_text=text)


async def write(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="写消息").fill(text)
    await page.keyboard.press("Enter")
