"""What is looked at where: the short list of each kind of point, and how its answer is read. Pure.

Form F5 of the field: one message, answered by 无, by numbers and a water level ("6，水位31.2"), or by words. The
numbers of a list never change, because people learn them; a new thing to look at goes to the end.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.answers import is_nothing, plain
from domain.hazards import Category
from domain.numerals import NOTHING, read_number, read_numbers_list


class PointKind(StrEnum):
    """Kinds of points that are walked in the same way."""

    POND = "pond"
    GEOHAZARD = "geohazard"
    DIKE = "dike"
    LOW_GROUND = "low_ground"
    SITE = "site"
    PREMISES = "premises"
    FOREST = "forest"
    FLASH_FLOOD = "flash_flood"
    OTHER = "other"


_KINDS: Final[Mapping[Category, PointKind]] = MappingProxyType(
    {
        Category.POND: PointKind.POND,
        Category.TAILINGS: PointKind.POND,
        Category.GEOHAZARD: PointKind.GEOHAZARD,
        Category.DIKE: PointKind.DIKE,
        Category.LOW_SPOT: PointKind.LOW_GROUND,
        Category.UNDERGROUND: PointKind.LOW_GROUND,
        Category.CONSTRUCTION: PointKind.SITE,
        Category.SMALL_PREMISES: PointKind.PREMISES,
        Category.FARM_STAY: PointKind.PREMISES,
        Category.BUSINESS_HOUSE: PointKind.PREMISES,
        Category.WILDFIRE: PointKind.FOREST,
        Category.FLASH_FLOOD: PointKind.FLASH_FLOOD,
    }
)


def kind_of(category: Category) -> PointKind:
    return _KINDS.get(category, PointKind.OTHER)


class Measure(StrEnum):
    """What can be measured at a point. Kept as whole thousandths of its unit."""

    WATER_LEVEL = "water_level"
    """metres"""
    DEPTH = "depth"
    """centimetres of water standing"""
    WIDTH = "width"
    """millimetres of a crack"""


_MEASURES: Final[Mapping[PointKind, Measure]] = MappingProxyType(
    {
        PointKind.POND: Measure.WATER_LEVEL,
        PointKind.DIKE: Measure.WATER_LEVEL,
        PointKind.LOW_GROUND: Measure.DEPTH,
        PointKind.GEOHAZARD: Measure.WIDTH,
    }
)
HIGHEST_READING = 999
"""of any measure: what is more was mistyped"""


def measure_of(kind: PointKind) -> Measure | None:
    return _MEASURES.get(kind)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at; `said` are words by which people name it."""

    code: str
    said: tuple[str, ...]


def _items(**said: str) -> tuple[Item, ...]:
    return tuple(Item(code, tuple(words.split())) for code, words in said.items())


CHECKLISTS: Final[Mapping[PointKind, tuple[Item, ...]]] = MappingProxyType(
    {
        PointKind.POND: _items(
            crest="坝顶裂缝 坝顶开裂 坝顶有缝 塌坑 坝顶",
            upstream="上游坡 凹陷 迎水坡",
            seepage="散浸 冒水 渗水 下游坡",
            turbid="浑浊 浑水 水浑",
            toe="坝脚 错动",
            spillway="溢洪道",
            culvert="涵管 涵洞",
            termites="白蚁 洞穴 蚁穴 洞",
            whirl="漩涡 旋涡 冒泡",
            bank="岸坡",
        ),
        PointKind.GEOHAZARD: _items(
            crack="裂缝 变宽 开裂",
            rockfall="落石 掉块 掉石",
            heave="鼓起 下沉 沉降 隆起",
            tilt="树歪 墙裂 门窗 变形",
            spring="泉水 断流 冒水 水变浑",
            noise="异响 响声 声音",
        ),
        PointKind.DIKE: _items(
            crack="裂缝 开裂",
            slide="滑坡 塌坡 滑塌",
            seepage="渗水 散浸 出水",
            piping="管涌 翻沙",
            whirl="漩涡 旋涡",
            overtop="漫溢 漫堤 漫顶",
            sluice="涵闸 水闸 穿堤",
        ),
        PointKind.LOW_GROUND: _items(
            pump="水泵 泵没开 排水泵",
            manhole="井盖",
            barrier="挡板 挡水板",
            people="有人 滞留",
        ),
        PointKind.SITE: _items(
            working="没停工 停工未落实 还在施工 还在干",
            huts="工棚",
            crane="塔吊",
            pit="基坑",
            fence="围挡",
        ),
        PointKind.PREMISES: _items(
            passage="通道",
            dwelling="住人",
            charging="充电",
            wiring="电线 线路",
            extinguisher="灭火器",
            gas="燃气 软管 煤气",
            windows="防盗窗",
        ),
        PointKind.FOREST: _items(
            fire="野外用火 用火 烧荒",
            kindling="火种 打火机",
            graves="上坟 烧纸",
            smoke="冒烟 烟点",
        ),
        PointKind.FLASH_FLOOD: (),
        PointKind.OTHER: (),
    }
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an answer to the list said. All empty and `nothing`: 无."""

    items: tuple[str, ...] = ()
    reading: Decimal | None = None
    stake: str = ""
    """桩号 of a dike, as K2+300"""
    words: str = ""
    nothing: bool = False


_STAKE = re.compile(r"(?:桩号?[\s:,]*)?(k?\d{1,3}\+\d{1,3})|桩号?[\s:,]*(k?\d{1,4})")
_UNIT = r"\s*(?P<unit>毫米|厘米|公分|米|mm|cm|m)?"
_NAMED = re.compile(
    r"(?:level|depth|width|水位|水深|积水深?|深度?|缝宽|宽度?|变宽)[\s:,是为到有约]*"
    r"(?P<number>\d{1,3}米\d{1,2}(?![\d户人处])|[-−]?\d{1,6}(?:[.。]\d{1,3})?)\s*(?P<unit>毫米|厘米|公分|米|mm|cm|m)?"
)
_BARE = re.compile(
    r"(?<![\d.+])(?P<number>\d{1,3}米\d{1,2}|\d{1,4}[.。]\d{1,3})\s*(?P<unit>毫米|厘米|公分|米|mm|cm|m)?(?![\d.+])"
)
_WITH_UNIT = re.compile(
    r"(?<![\d.+])(?P<number>\d{1,4}(?:[.。]\d{1,3})?)\s*(?P<unit>毫米|厘米|公分|米|mm|cm|m)(?![a-z\d])"
)
_MILLIMETRES = {"毫米": 1, "mm": 1, "厘米": 10, "公分": 10, "cm": 10, "米": 1000, "m": 1000}
_OWN_UNIT = {Measure.WATER_LEVEL: 1000, Measure.DEPTH: 10, Measure.WIDTH: 1}
_PIECES = re.compile(r"[\s,、;。和跟及]+")
_LEADING = re.compile(r"(\d{1,2})(?:[.号项])?(.*)")
_MOST = 120


def read_seen(text: str, kind: PointKind) -> Seen | None:
    """ "无", "6，水位31.2", "3 渗水(清)", "13", "水位31.2", "桩号K2+300 管涌". None where nothing of the list is in it,
    or a figure that cannot be ("水位 5000")."""
    body = plain(text)
    if not body or len(body) > _MOST:
        return None
    if is_nothing(body) or body in NOTHING:
        return Seen(nothing=True)
    body, stake = _take_stake(body, kind)
    taken = take_reading(body, kind)
    if taken is None:
        return None
    reading, rest = taken
    rest = plain(rest)
    if not rest or is_nothing(rest) or rest in {"正常", "无异常", "没异常"}:
        return Seen(reading=reading, stake=stake, nothing=True) if reading is not None or stake else None
    items, words = _items_in(rest, kind)
    if not items and reading is None and not stake:
        return None
    return Seen(items, reading, stake, words)


def _take_stake(body: str, kind: PointKind) -> tuple[str, str]:
    found = _STAKE.search(body) if kind is PointKind.DIKE else None
    if found is None:
        return body, ""
    return body[: found.start()] + " " + body[found.end() :], (found[1] or found[2]).upper()


def take_reading(body: str, kind: PointKind) -> tuple[Decimal | None, str] | None:
    """The figure measured and what is left of the words; None for a figure that cannot be."""
    measure = measure_of(kind)
    if measure is None:
        return None, body
    found = _NAMED.search(body) or _WITH_UNIT.search(body) or _BARE.search(body)
    if found is None:
        return None, body
    value = _reading(found["number"], found["unit"] or "", measure)
    if value is None:
        return None
    return value, f"{body[: found.start()]} {body[found.end() :]}"


def _reading(number: str, unit: str, measure: Measure) -> Decimal | None:
    metres, _, rest = number.partition("米")
    if rest:
        number, unit = f"{metres}.{rest}", "米"
    value = Decimal(number.replace("。", ".").replace("−", "-"))
    if unit:
        value = value * _MILLIMETRES[unit] / _OWN_UNIT[measure]
    return value if 0 <= value <= HIGHEST_READING else None


def read_reading(text: str, kind: PointKind) -> Decimal | None:
    """The answer where only the figure is asked for: 31.2, "31米2", "水位 31.2米", 三十一点二."""
    taken = take_reading(plain(text), kind)
    if taken is not None and taken[0] is not None:
        return taken[0] if not re.search(r"\d", taken[1]) else None
    number = None if taken is None else read_number(text)
    return None if number is None or not 0 <= number <= HIGHEST_READING else Decimal(str(number))


def _items_in(rest: str, kind: PointKind) -> tuple[tuple[str, ...], str]:
    """Which things of the list are named, by number or word, and the words beside them."""
    listed = CHECKLISTS[kind]
    if re.fullmatch(r"[1-9]{2,5}", rest) and int(rest) > len(listed) and len(set(rest)) == len(rest):
        rest = " ".join(rest)  # "36" of ten things can only be the third and the sixth
    if numbers := read_numbers_list(rest, len(listed)):
        return tuple(listed[one - 1].code for one in numbers), ""
    codes: list[str] = []
    words: list[str] = []
    for piece in filter(None, _PIECES.split(rest)):
        led = _LEADING.fullmatch(piece)
        if led is not None and 1 <= int(led[1]) <= len(listed) and not re.match(r"[户人处个米号]", led[2]):
            codes.append(listed[int(led[1]) - 1].code)
            words += [led[2]] if led[2] else []
            continue
        words.append(piece)
        if named := [one.code for one in listed if any(word in piece for word in one.said)]:
            codes.append(named[0])
    told = " ".join(words)
    return tuple(dict.fromkeys(codes)), told + ")" * (told.count("(") - told.count(")"))


class Alarm(StrEnum):
    """What a figure says by itself; people decide what follows."""

    OVER = "over"
    """at or over the level from which the point is watched"""
    SHARP = "sharp"
    """risen sharply since the last one"""


def alarms(
    reading: Decimal, warning_level: Decimal | None, last: Decimal | None, sharp_rise: Decimal
) -> tuple[Alarm, ...]:
    """`last`: the figure before this one where it is recent enough to be compared."""
    found = []
    if warning_level is not None and reading >= warning_level:
        found.append(Alarm.OVER)
    if last is not None and reading - last >= sharp_rise:
        found.append(Alarm.SHARP)
    return tuple(found)


def merged(first: Seen, more: Seen) -> Seen:
    """Two answers about one walk: what the second adds."""
    return replace(
        first,
        items=tuple(dict.fromkeys((*first.items, *more.items))),
        reading=first.reading if more.reading is None else more.reading,
        stake=more.stake or first.stake,
        words=" ".join(filter(None, (first.words, more.words))),
        nothing=first.nothing and more.nothing,
    )
