"""The data behind the buttons of a dialogue: f:<rev>:<act>:<arg>, at most 64 bytes, read strictly.

What comes back may be forged by the client: it is only read here, and step() then asks whether such a choice is on
the screen. Whether the person may press at all is the caller's question.
"""

import re

from domain.form_parts import Answer, Back, Cancel, Confirm, Done, Edit, Event, Keep, Page, Skip, Tick

MOST_BYTES = 64
CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}\Z")
"""a choice's code in a button; that of a fixed choice is shorter still (form_contract.py)"""
_PLAIN: dict[str, type[Back | Skip | Keep | Cancel | Confirm | Done]] = {
    "b": Back,
    "s": Skip,
    "k": Keep,
    "x": Cancel,
    "y": Confirm,
    "d": Done,
}
_DATA = re.compile(r"f:(0|[1-9][0-9]{0,9}):([a-z]):([A-Za-z0-9_.-]{0,40})")


def button_data(event: Event) -> str:
    """The data of the button that means this event. ValueError where no button can: no rev, a photo, a bad code."""
    act, arg = _act(event)
    data = f"f:{event.rev}:{act}:{arg}"
    if parse_button(data) != event or len(data) > MOST_BYTES:
        raise ValueError(f"no button for {event}")
    return data


def _act(event: Event) -> tuple[str, str]:
    match event:
        case Answer(choice=str(code)):
            return "c", code
        case Tick(code, on):
            return ("t" if on else "u"), code
        case Edit(name):
            return "e", name
        case Page(number):
            return "p", str(number)
    return next((act for act, plain in _PLAIN.items() if type(event) is plain), ""), ""


def parse_button(data: str) -> Event | None:
    """The event of a press, None for anything this module did not write."""
    found = _DATA.fullmatch(data)
    return _event(found[2], found[3], int(found[1])) if found else None


def _event(act: str, arg: str, rev: int) -> Event | None:
    if act in _PLAIN and not arg:
        return _PLAIN[act](rev)
    match act:
        case "p" if re.fullmatch(r"0|[1-9][0-9]{0,3}", arg):
            return Page(int(arg), rev)
        case "c" if arg:
            return Answer(choice=arg, rev=rev)
        case "t" | "u" if arg:
            return Tick(arg, act == "t", rev)
        case "e" if arg:
            return Edit(arg, rev)
    return None
