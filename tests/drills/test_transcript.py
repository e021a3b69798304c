"""A drill word for word, as its organiser, a village head and a group read it. `--update-golden` writes it anew:
read what changed."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.drills.support import drill_warning, open_drill
from tests.support.county import HEAD, LEADER, VILLAGE, County, small_county

GOLDEN = Path(__file__).parent / "transcripts"


def transcript(county: County) -> dict[str, str]:
    """What stands in each of the chats at the end, buttons below their message."""
    chats = {"organiser": LEADER.user_id, "village_head": HEAD.user_id, "village_group": county.village_group}
    written = {}
    for name, chat in chats.items():
        parts = []
        for message in county.messages(chat):
            rows = [" ".join(f"[{one['text']}]" for one in row) for row in message.buttons]
            parts.append("\n".join((message.text, *rows)))
        written[name] = "\n---\n".join(parts) + "\n"
    return written


async def ended_by_hand(county: County) -> None:
    await open_drill(county)
    await drill_warning(county)
    await county.pass_time(timedelta(minutes=1), minutes=12)
    await county.press(HEAD, "收到")
    await county.say(HEAD, "已到岗")
    await county.press(LEADER, "看进度")
    await county.press(LEADER, "结束演练")
    await county.pass_time(timedelta(seconds=10), minutes=1)


async def broken_off(county: County) -> None:
    await open_drill(county, blind=True)
    await drill_warning(county)
    await county.press(HEAD, "收到")
    await county.pass_time(minutes=1)
    await county.warn(colour="橙色", places=[VILLAGE])
    await county.press(HEAD, "收到")
    await county.pass_time(timedelta(seconds=10), minutes=1)


@pytest.mark.parametrize("story", [ended_by_hand, broken_off], ids=lambda one: one.__name__)
async def test_word_for_word(story: object, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with small_county(tmp_path) as county:
        await story(county)  # type: ignore[operator]
        said = transcript(county)
        county.seen_all()
    for name, text in said.items():
        file = GOLDEN / f"{story.__name__}.{name}.txt"  # type: ignore[attr-defined]
        if request.config.getoption("--update-golden"):
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, "utf-8")
        assert text == file.read_text("utf-8")
