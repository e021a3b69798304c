"""Bad input in bulk, and what the log must never hold."""

import logging
import random
import string
from typing import Any

import pytest

from domain.obligations import ObligationState
from tests.support.county import FAR_HEAD, GRID, HEAD, STATION, STRANGER, TOKEN, VILLAGE, County

HOSTILE = (
    "</b><script>alert(1)</script>&amp;<a href='tg://user?id=1'>x</a>",
    "\u202e\u072a" * 30,
    "@all /start@shouwang_test_bot #x",
    "😀" * 900,
    "漢" * 4000,
    "{{ 7*7 }} {% for x in y %}",
    "' OR 1=1; DROP TABLE person; --",
    "\u200b\u200d\ufeff",
)


async def _snapshot(county: County) -> Any:
    owed = await county.run(lambda work: work.rows.obligations.of_subject("warning:1"))
    warning = await county.run(lambda work: work.rows.warnings.get(1))
    people = await county.run(lambda work: work.rows.people.all())
    return owed, warning, people


async def test_random_and_edited_button_data_never_changes_anything(county: County) -> None:
    """2,000 forged presses by people without the right to do what they ask for."""
    await county.warn(places=[VILLAGE])
    county.seen_all()
    before = await _snapshot(county)
    chance = random.Random(20260620)
    alphabet = string.ascii_letters + string.digits + ":_-. "
    known = ["w:lift:1", "w:release:1", "w:refuse:1", "w:rec:1:8:p", "w:rec:1:6:d", "f:1:y:", "g:bind", "r:release:6"]
    for _ in range(2000):
        data = chance.choice(known)
        for _ in range(chance.randrange(3)):
            at = chance.randrange(len(data))
            data = data[:at] + chance.choice(alphabet) + data[at + chance.randrange(2) :]
        if data.startswith(("w:ack", "w:help")):
            continue
        chat = county.messages(STRANGER.user_id) or county.messages(FAR_HEAD.user_id)
        who = FAR_HEAD if not county.messages(STRANGER.user_id) else STRANGER
        if not chat:
            await county.say(FAR_HEAD, "/help")
            continue
        await county.world.forge_press(who.user_id, who.user_id, chat[-1].id, data[:64], wait=False)
    await county.settle()
    assert await _snapshot(county) == before
    county.seen_all()


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_words_are_answered_or_ignored_and_nothing_breaks(county: County, text: str) -> None:
    for chat in (None, county.village_group):
        await county.say(GRID, text, chat)
    await county.say(STATION, "/warn")
    await county.press(STATION, "山洪")
    await county.press(STATION, "橙色")
    await county.press(STATION, "上坞村")
    await county.press(STATION, "填好了")
    await county.say(STATION, f"水位上涨。{text}"[:1400])
    await county.say(STATION, f"转移。{text}"[:700])
    await county.say(STATION, "今天18:00")
    await county.press(STATION, "确认提交")
    post = county.last(county.village_group)
    assert "水位上涨。" in post
    kinds = {e["type"] for e in county.messages(county.village_group)[-1].payload.get("entities", [])}
    assert kinds <= {"bold", "text_link", "hashtag", "mention", "bot_command"}
    county.seen_all()


async def test_the_log_never_holds_the_token_or_what_people_wrote(
    county: County, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "我家在上坞村八号电话13912345678"
    await county.warn(places=[VILLAGE], text="绝密原文")
    await county.say(GRID, secret)
    await county.say(GRID, secret, county.village_group)
    await county.say(STATION, "/warn")
    await county.say(STATION, secret)
    await county.forge(GRID, "w:lift:1")
    await county.pass_time(minutes=12)
    ours = ("handlers", "services", "delivery", "feeds", "storage", "scheduler", "assembly", "messages", "domain")
    lines = [r.getMessage() for r in caplog.records if r.name.startswith(ours)]
    assert lines
    for word in (TOKEN, secret, "13912345678", "绝密原文", "王大爷"):
        assert not [line for line in lines if word in line]
    county.seen_all()


async def test_the_timeline_holds_no_words_and_its_chain_is_whole(county: County) -> None:
    await county.warn(places=[VILLAGE], text="绝密原文")
    await county.press(HEAD, "收到")
    await county.say(GRID, "收到，我家在八号")

    async def look(work: Any) -> Any:
        return await work.rows.timeline.verify(), await work.rows.timeline.of("warning:1")

    broken, lines = await county.run(look)
    assert broken is None
    assert [what for _, _, what, _ in lines] == ["warning.posted", "warning.acknowledged", "warning.acknowledged"]
    assert "八号" not in str(lines)
    county.seen_all()


async def test_who_left_office_cannot_answer_any_more(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()

    async def leave(work: Any) -> None:
        await work.rows.people.update(county.ids[GRID.user_id], status="left")

    await county.run(leave)
    pressed = await county.press(GRID, "收到")
    assert pressed.alert
    owed = await county.run(
        lambda work: work.rows.obligations.find("warning:1", county.ids[GRID.user_id], "acknowledge")
    )
    assert owed is not None
    assert owed.state is ObligationState.OPEN
    county.seen_all()
