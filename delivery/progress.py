"""How far a message has come and what it has to do without: kept with its row from one try to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


class Feature(StrEnum):
    """What a message can be sent without when Telegram refuses it: the words matter more than their dress."""

    HTML = "html"
    REPLY = "reply"
    BUTTONS = "buttons"
    FILE = "file"
    TEXT = "text"
    """of an edit whose target has a caption instead"""


@dataclass(frozen=True, slots=True)
class Progress:
    """`sent` parts of a split text have gone, with these `ids`; `doubtful` when one of them may be missing."""

    sent: int = 0
    ids: tuple[int, ...] = ()
    doubtful: bool = False
    without: frozenset[Feature] = frozenset()

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> Self:
        return cls(
            sent=int(kept.get("sent", "0")),
            ids=tuple(int(number) for number in kept.get("ids", "").split(",") if number),
            doubtful="doubtful" in kept,
            without=frozenset(Feature(name) for name in kept.get("without", "").split(",") if name),
        )

    def write(self) -> dict[str, str]:
        """Everything there is to keep: it replaces what was kept before."""
        kept: dict[str, str] = {}
        if self.sent:
            kept["sent"] = str(self.sent)
        if self.ids:
            kept["ids"] = ",".join(map(str, self.ids))
        if self.doubtful:
            kept["doubtful"] = "yes"
        if self.without:
            kept["without"] = ",".join(sorted(self.without))
        return kept

    def do_without(self, feature: Feature) -> Self:
        return replace(self, without=self.without | {feature})
