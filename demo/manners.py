"""What people do with what the bot puts before them, as a person in that post would: 收到, 都正常, one plain line to
a check's question. Read from the screen alone: its buttons and its words.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.model import Message

ALL_FINE = "都正常"
"""said to several points at once"""
_BUTTONS = ("w:ack:", "p:ok:", "du:here:")
_CHECK = "【抽查】"
_AT_POST = (":here", ":fine")
_LINES = (
    ("隐患", "还有1处，后山边坡在修"),
    ("危险区", "后山1处，12户41人，转到村礼堂，我负责"),
    ("预警", "最近一条台风预警，收到就用大喇叭传到户，都传到了"),
    ("巡查", "上午去了山塘，水位31.0，没有异常"),
)
"""(what the question is about, what is said to it)"""


@dataclass(frozen=True, slots=True)
class Deed:
    """A button's data, or what is said."""

    press: str = ""
    say: str = ""


def deed_for(message: Message) -> Deed | None:
    """None: nothing to answer."""
    data = list(_data(message))
    if _CHECK in message.text:
        return _to_a_check(message.text, data)
    if ALL_FINE in message.text and any(one.startswith("p:ok:") for one in data):
        return Deed(say=ALL_FINE)
    wanted = next((one for one in data if one.startswith(_BUTTONS)), None)
    return None if wanted is None else Deed(press=wanted)


def step_for(message: Message) -> Deed | None:
    """What follows 收到 on the same message: 已到岗."""
    there = next((one for one in _data(message) if one.startswith("w:act:") and one.endswith(":arrived")), None)
    return None if there is None else Deed(press=there)


def _to_a_check(text: str, data: list[str]) -> Deed | None:
    pressed = next((one for one in data if one.startswith("c:a:") and one.endswith(_AT_POST)), None)
    if pressed is not None:
        return Deed(press=pressed)
    line = next((said for about, said in _LINES if about in text), None)
    return None if line is None else Deed(say=line)


def _data(message: Message) -> Iterator[str]:
    for row in message.buttons:
        for button in row:
            yield str(button.get("callback_data", ""))
