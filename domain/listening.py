"""What a machine may make of a voice."""

import re
from enum import StrEnum

LONGEST = 500
"""characters of a reading that are kept"""
_STAMP = re.compile(r"\[[0-9:.,]+\s*-->\s*[0-9:.,]+\]")
_NOTHING = re.compile(r"[\[(（][^\])）]{0,40}[\])）]")
"""as engines write silence: [BLANK_AUDIO], (music), （音乐）"""


class VoiceState(StrEnum):
    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"


def reading_of(output: bytes) -> str:
    """The words an engine printed, as one line; "" where it printed none, or something that is no text."""
    try:
        text = output.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return ""
    words = " ".join(_STAMP.sub(" ", text).split())
    words = "".join(letter for letter in words if letter.isprintable())
    if not any(letter.isalnum() for letter in _NOTHING.sub("", words)):
        return ""
    return words[:LONGEST]
