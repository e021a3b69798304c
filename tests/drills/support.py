"""A drill in the small county, opened and played as a leader does it, and what is looked at in every test of drills."""

from domain.drills import MARKS
from tests.support.county import LEADER, County

REASON = "检验叫应"


async def open_drill(county: County, *, blind: bool = False, start: str = "", also: str = "跳过") -> str:
    """Returns what the last press was answered with."""
    await county.say(LEADER, "/drill")
    for label in ("安排演练", "石梁镇", "暴雨", "综合", "先期处置", "预警叫应", "填好了"):
        await county.press(LEADER, label)
    await county.press(LEADER, "双盲" if blind else "在群里")
    if start.endswith(":00"):
        await county.press(LEADER, start)
    elif start:
        await county.say(LEADER, start)
    else:
        await county.press(LEADER, "现在")
    await county.press(LEADER, "2小时")
    await county.press(LEADER, also)
    if also != "跳过":
        await county.press(LEADER, "填好了")
    await county.say(LEADER, REASON)
    await county.press(LEADER, "跳过")
    return (await county.press(LEADER, "提交")).text or ""


async def drill_warning(county: County, colour: str = "橙") -> None:
    for label in ("发演练预警", "暴雨", colour, "石梁镇", "填好了"):
        await county.press(LEADER, label)
    await county.say(LEADER, "预计未来三小时有大暴雨，注意防范。")
    await county.press(LEADER, "跳过")
    await county.say(LEADER, "今天18点")
    await county.press(LEADER, "提交")


def is_framed(text: str) -> bool:
    """Between two marks, as a person sees it."""
    return any(text.startswith(mark) and text.endswith(mark) and len(text) > 2 * len(mark) for mark in MARKS.values())


def everything_said(county: County) -> list[str]:
    """All that anybody has in any chat now."""
    return [text for chat in county._chats() for text in (m.text for m in county.messages(chat))]


def unmarked(county: County, since: dict[int, int]) -> list[str]:
    """What was said after `since` without both marks, in any chat."""
    return [
        f"{chat}: {message.text}"
        for chat in county._chats()
        for message in county.messages(chat)
        if message.id > since.get(chat, 0) and message.text and not is_framed(message.text)
    ]


def heard_so_far(county: County) -> dict[int, int]:
    return {chat: max((m.id for m in county.messages(chat)), default=0) for chat in county._chats()}
