"""Stories word for word, as each of their people reads them. `--update-golden` writes them anew: read what changed."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.support.county import County, Someone, small_county

Story = Callable[[County], Awaitable[tuple[Someone, ...]]]
"""plays it in a county and says whose screens are kept"""


def as_read(county: County, who: Someone) -> str:
    """A private chat as its person has it before him: texts, and buttons in brackets."""
    parts = []
    for message in county.messages(who.user_id, who):
        rows = [" ".join(f"[{one['text']}]" for one in row) for row in message.buttons]
        parts.append("\n".join((message.text, *rows)))
    return "\n---\n".join(parts) + "\n"


async def hold_to_transcript(story: Story, golden: Path, folder: Path, request: pytest.FixtureRequest) -> None:
    """`golden`: where the transcripts lie, one for each person; `folder`: for the county of the story."""
    async with small_county(folder) as county:
        said = {who.name: as_read(county, who) for who in await story(county)}
        county.seen_all()
    for name, text in said.items():
        file = golden / f"{story.__name__}.{name}.txt"  # type: ignore[attr-defined]
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
        assert text == file.read_text("utf-8")
