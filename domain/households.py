"""How far a warning got in a village: "32/35 大喇叭 敲门" as people type it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.numerals import plain, words

MOST = 9999


class Means(StrEnum):
    LOUDSPEAKER = "speaker"
    DOOR = "door"
    PHONE = "phone"
    CHAT = "chat"
    OTHER = "other"


_NAMES = {
    Means.LOUDSPEAKER: words(
        "大喇叭 喇叭 广播 应急广播 村广播 大广播 喊话 扩音器 铜锣 敲锣 锣 哨子 loudspeaker speaker"
    ),
    Means.DOOR: words("敲门 上门 入户 逐户 挨家挨户 挨户 敲门入户 走户 door doors"),
    Means.PHONE: words("电话 打电话 手机 短信 phone phones"),
    Means.CHAT: words("微信 微信群 群里 群 村民群 网格群 chat wechat"),
    Means.OTHER: words("其他 其它 别的 当面 other"),
}
_MEANT = {name: means for means, names in _NAMES.items() for name in names}
_COUNTS = re.compile(
    r"(?:已?(?:通知|传达)?(?:到户?|了)?\s*)?(\d{1,4})\s*(?:户)?\s*(?:/|／|之|:|共|,\s*共|\s共)\s*(\d{1,4})\s*户?[,，;；、。\s]*(.*)",
    re.DOTALL,
)
_ALL = re.compile(
    r"(?:全部|都|全)(?:通知|传达)?(?:到了|到)?\s*[,，]?\s*共?\s*(\d{1,4})\s*户[,，;；、。\s]*(.*)", re.DOTALL
)
_SPLIT = re.compile(r"[\s,，、;；。+和及加]+")
_LEFT = re.compile(r"(?:还?[差剩缺]|没通知到的?|未到的?)[:：]?\s*(.+)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Relay:
    """What one line said. `means` may be empty: then they are asked for."""

    reached: int
    total: int
    means: frozenset[Means]
    left: str = ""


def read_relay(text: str) -> Relay | None:
    """The line as counts, means and the rest; None where the counts are missing or cannot be (33/32)."""
    said = plain(text.strip())
    if len(said) > 300:
        return None
    left = ""
    if found := _LEFT.search(said):
        said, left = said[: found.start()].strip(" ,，;；。"), found[1].strip()
    if counted := _COUNTS.fullmatch(said):
        reached, total, rest = int(counted[1]), int(counted[2]), counted[3]
    elif everybody := _ALL.fullmatch(said):
        reached = total = int(everybody[1])
        rest = everybody[2]
    else:
        return None
    if total == 0 or reached > total:
        return None
    means = [_means(word) for word in _SPLIT.split(rest) if word]
    if None in means:
        return None
    return Relay(reached, total, frozenset(one for one in means if one is not None), left)


def _means(word: str) -> Means | None:
    return _MEANT.get(word)


@dataclass(frozen=True, slots=True)
class RelaySum:
    """Sums over villages; those that have not reported are not counted as 0, they are counted apart."""

    reached: int
    total: int
    villages: int
    of_villages: int


def sum_up(reports: Iterable[tuple[int, int]], of_villages: int) -> RelaySum:
    known = list(reports)
    return RelaySum(sum(r for r, _ in known), sum(t for _, t in known), len(known), of_villages)
