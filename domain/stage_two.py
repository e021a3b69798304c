"""From "received" to "acting": the measures a person can report, how he types them, and until when.

Stage two begins with the answer of stage one and is counted from the warning, so that a late 收到 does not push the
measure back; but nobody is reminded in the minute in which he was first asked.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.numerals import plain, words
from domain.obligations import Plan

LEAST = timedelta(minutes=5)
"""so long everybody has at least, however late he said 收到"""
LONGEST = 200


class Measure(StrEnum):
    ARRIVED = "arrived"
    """已到岗"""
    COUNTED = "counted"
    """已清点: the people and things in his charge are accounted for"""
    SUPPORT = "support"
    """需支援"""


@dataclass(frozen=True, slots=True)
class SaidMeasure:
    measure: Measure
    words: str = ""
    by_number: bool = False
    """only a figure named it: that may answer something else as well"""


_NAMES = {
    Measure.ARRIVED: words("已到岗 到岗了 到岗 已经到岗 到位了 已到位 我已到岗 已在岗 在岗 人到岗了"),
    Measure.COUNTED: words("已清点 清点完了 清点了 清点完毕 已经清点 已清点完 人员已清点 清点好了"),
    Measure.SUPPORT: words("需支援 需要支援 请求支援 要支援 请支援 求支援"),
}
_BY_LENGTH = sorted(((name, measure) for measure, names in _NAMES.items() for name in names), key=lambda p: -len(p[0]))
_DOUBT = re.compile(r"[没未不别?？吗么]")
_NUMBERS = {"1": Measure.ARRIVED, "2": Measure.COUNTED, "3": Measure.SUPPORT}
_NUMBERED = re.compile(r"([123])(?:(?:[\s,、:;。，：]|\.(?!\d))+(.+))?", re.DOTALL)


def read_measure(text: str) -> SaidMeasure | None:
    """已到岗, "到岗了，带了两个人", 2, "2 礼堂42人都在"; None for 还没到岗, 到岗了吗, and anything else."""
    said = text.strip()
    if not said or len(said) > LONGEST:
        return None
    tidy = plain(said)
    if found := _NUMBERED.fullmatch(tidy):
        rest = (found[2] or "").strip()
        if rest.isdigit() or (rest and not re.search(r"[^\W\d]", rest)):
            return None  # "1,3" chooses something else
        named = read_measure(rest) if rest else None
        if named is not None and not named.by_number:
            return named if named.measure is _NUMBERS[found[1]] else None
        return SaidMeasure(_NUMBERS[found[1]], rest, by_number=True)
    for name, measure in _BY_LENGTH:
        if tidy.startswith(name):
            rest = tidy[len(name) :].lstrip(" ,，.。;；:：!！、")
            if _DOUBT.match(rest) or _DOUBT.search(tidy[-1]):
                return None
            return SaidMeasure(measure, rest)
    return None


def counted_from(asked_at: datetime, now: datetime, plan: Plan) -> datetime:
    """The instant from which stage two is counted: that of the warning, or later, so that `LEAST` is left."""
    return max(asked_at, now + LEAST - timedelta(seconds=plan.answer_within))
