"""Papers: what takes long to make (sheets, letters, maps, archives) and is made apart from everything else. Pure."""

from enum import StrEnum
from typing import Final

FILES: Final = "files"
"""the folder of stored files, below the data folder"""


class PaperState(StrEnum):
    WAITING = "waiting"
    MAKING = "making"
    DONE = "done"
    REFUSED = "refused"
    """whoever asked may not have it any more"""
    ASIDE = "aside"
    """tried in vain often enough"""


class FileKind(StrEnum):
    PAPER = "paper"
    PHOTO = "photo"


class PhotoRole(StrEnum):
    """What a picture shows."""

    BEFORE = "before"
    """a hazard as it was reported"""
    AFTER = "after"
    """as it is now, by whoever fixed it"""
    PROOF = "proof"
    """sent along with a patrol or an answer"""


class PhotoState(StrEnum):
    """What became of a picture somebody sent, beside its file_id, which stays usable on Telegram meanwhile."""

    WAITING = "waiting"
    STORED = "stored"
    REFUSED = "refused"
    """no picture, too large, or broken"""
    LOST = "lost"
    """could not be fetched often enough"""


def stored_name(sha256: str) -> str:
    """Where a stored file lies below the data folder: also what a message's `file` says."""
    return f"{FILES}/{sha256[:2]}/{sha256}"
