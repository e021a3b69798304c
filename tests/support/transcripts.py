"""Stories word for word, as each of their people reads them. `--update-golden` writes them anew: read what changed."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.support.county import County, Someone, small_county

Screen = Someone | tuple[str, int]
"""a private chat, or a group with the name of its file"""
Story = Callable[[County], Awaitable[tuple[Screen, ...]]]
"""plays it in a county and says which screens are kept"""


def as_read(county: County, screen: Screen) -> str:
    """A chat as people have it before them: texts, and buttons in brackets."""
    parts = []
    chat = screen.user_id if isinstance(screen, Someone) else screen[1]
    for message in county.messages(chat, screen if isinstance(screen, Someone) else None):
        rows = [" ".join(f"[{one['text']}]" for one in row) for row in message.buttons]
        parts.append("\n".join((message.text, *rows)))
    return "\n---\n".join(parts) + "\n"


def _name(screen: Screen) -> str:
    return screen.name if isinstance(screen, Someone) else screen[0]


def _same_dice(county: County) -> None:
    """Whom a draw takes is in the story, and so the same each time."""
    object.__setattr__(county.bot.doors, "chance", Random(2026))


async def hold_to_transcript(
    story: Story, golden: Path, folder: Path, request: pytest.FixtureRequest, **settings: Any
) -> None:
    """`golden`: where the transcripts lie, one for each screen; `folder`: for the county of the story."""
    async with small_county(folder, **settings) as county:
        _same_dice(county)
        said = {_name(one): as_read(county, one) for one in await story(county)}
        county.seen_all()
    for name, text in said.items():
        file = golden / f"{story.__name__}.{name}.txt"  # type: ignore[attr-defined]
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
        assert text == file.read_text("utf-8")
