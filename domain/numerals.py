"""Typed text to plain text, and the numbers in it: 31.2, 三十一点二, 12户41人, 1、3、5, Ⅲ级.

Nothing is guessed: two numbers where one is asked, "十几户" or "3-5户" give None, and the person is asked
again. Times are read in spoken_times.py, words (choices, yes, 收到) in answers.py.
"""

import re
import unicodedata
from dataclasses import dataclass


def words(line: str) -> frozenset[str]:
    """A set of words, written as one line."""
    return frozenset(line.split())


# ①⑴❶➀ stand for a number and are then set apart ("①正常"); NFKC alone would glue ①③ together to 13.
_CIRCLES = {first + n: f" {n + 1} " for first in (0x2460, 0x2474, 0x2776, 0x2780) for n in range(10)}
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")
_KEYCAP = "\u20e3"
_EDGES = " ,;:!~。、…·'\"“”‘’()[]{}【】〔〕<>《》「」"

NOTHING = words("无 没 没有 没了 没啥 没什么 没有了 都没有 都没 全没有 一个没有 一个都没有 暂无 零 〇 0 none")
_ALL_WELL = words("正常 都正常 全部正常 一切正常 都好 全好 没问题 都没问题 无异常 没异常 没有异常 未见异常 未发现异常")
_NOBODY = words("没人 没有人 无人 0户 0人 0户0人 没有受威胁的 没有人受威胁 无人受威胁")
_SOMEBODY = words("有 有人 有的 是 有人受威胁")

_ROWS = ("零〇", "一壹", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
_DIGIT = {char: n for n, chars in enumerate(_ROWS) for char in chars}
_POWER = {"百": 100, "千": 1000, "万": 10000}
CHINESE = "".join(_DIGIT) + "十拾百佰千仟万"
"""Every character a Chinese number is written with."""

_ONE = f"([{''.join(_ROWS[1:])}])"
_BELOW_MYRIAD = re.compile(rf"(?:{_ONE}[千仟])?零?(?:{_ONE}[百佰])?零?({_ONE}?[十拾])?零?{_ONE}?")

MOST_READ = 200
"""Letters. What is longer is a report and no figure, choice or time; nothing is searched in it."""

_LETTERS = r"(?:km|cm|mm|kg|[mt])(?![a-z0-9])"
_MEASURE = (
    rf"{_LETTERS}|个?人|平方米|立方米|公里|千米|厘米|公分|毫米|公顷|公斤|小时|分钟|万元|"
    r"[户家口名位处条根米度间栋座台辆艘只头亩吨元次组天日级方支箱瓶袋件套部张个%]"
)
_SAME_UNIT = {
    "m": "米",
    "cm": "厘米",
    "公分": "厘米",
    "mm": "毫米",
    "km": "公里",
    "千米": "公里",
    "kg": "公斤",
}
_SAME_UNIT |= {"t": "吨", "家": "户", "口": "人", "名": "人", "位": "人", "个人": "人"}
# A minus belongs to a number only at the start of a word. 张三家 is a house, not three.
_NUMBER = re.compile(
    r"(?P<ordinal>第\s*)?(?:"
    r"(?<![a-z0-9.])(?P<arabic>(?:(?<!\S)[-−+])?\d{1,9}(?:\.\d{1,6})?)(?!\d|\.\d)(?P<power>[百千万])?"
    rf"|(?<![张李王赵老小阿])(?P<chinese>[{CHINESE}]+(?:点[{''.join(_DIGIT)}]+)?)"
    rf")\s*(?P<unit>{_MEASURE})?(?P<number_of>号)?"
)
# 31米2 and 三十一米二 are 31.2 metres.
_METRES = re.compile(rf"([\d{CHINESE}])米([\d{''.join(_ROWS)}]{{1,2}})(?=$|[\s,、。;])")
_THOUSANDS = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{3})+(?![\d,])")
# "20多户", "十几户", "不到3米", "3-5户", "三到五户", 18:00, 6/24, SL-0912, 3g: no single number was said.
_INEXACT = re.compile(
    rf"[\d{CHINESE}][多余几]|几[{CHINESE}户家人个处米]|\d来[户家人个]|不到|不足|没到|未到|不止|超过|以上|以下|至少|最多|上下|比\D*[高低]\D*\d"
)
_JOINED = re.compile(rf"[\d{CHINESE}]\s*[~—–:/至到]\s*[\d{CHINESE}]|\S[-−]\s*\d|\d\.\d+\.\d|\d(?!{_LETTERS})[a-z]")


@dataclass(frozen=True, slots=True)
class Headcount:
    """Households and people as somebody said them. None is "not said", never zero; both None: "yes, some"."""

    households: int | None = None
    people: int | None = None


def plain(text: str) -> str:
    """One line in small half-width letters, without what stands around it: １。 is "1", ①正常！ "1 正常"."""
    text = unicodedata.normalize("NFKC", text.translate(_CIRCLES).replace(_KEYCAP, " "))
    text = " ".join(_INVISIBLE.sub("", text).lower().split())
    return text.rstrip(_EDGES + ".").lstrip(_EDGES)


def is_nothing(text: str) -> bool:
    """无, 没有, 都没有, 0: said to be none. "不清楚" is not nothing, and neither is silence."""
    body = plain(text)
    return body in NOTHING or body.rstrip("的啊呢哦呀") in NOTHING


def chinese_number(run: str) -> int | None:
    """十二 is 12, 一百零五 105, 一百二 120, 二〇二四 2024. 一三五 is three numbers or a mistake: None."""
    run = run.replace("〇", "零")
    if not set(run) - set(_DIGIT) and (len(run) == 1 or "零" in run):
        return int("".join(str(_DIGIT[char]) for char in run)) if run else None
    head, myriads, tail = run.rpartition("万")
    high, low = _below_myriad(head), _below_myriad(tail.removeprefix("零"))
    if not myriads:
        return low
    if len(tail) == 1 and low is not None:
        low *= 1000  # 一万二 is 12,000
    if not high or (low is None and tail):
        return None
    return high * 10000 + (low or 0)


def _below_myriad(run: str) -> int | None:
    found = _BELOW_MYRIAD.fullmatch(run)
    if not run or not found:
        return None
    thousands, hundreds, tens, ones = (_DIGIT[group] if group else 0 for group in found.group(1, 2, 4, 5))
    if found[3] and not found[4]:
        tens = 1
    if ones and "零" not in run and not found[3] and (hundreds or thousands):
        return thousands * 1000 + (hundreds * 100 + ones * 10 if hundreds else ones * 100)  # 一百二, 两千三
    return thousands * 1000 + hundreds * 100 + tens * 10 + ones


def _value(found: re.Match[str]) -> int | float | None:
    if found["arabic"]:
        digits = found["arabic"].replace("−", "-")
        if found["power"]:
            scaled = float(digits) * _POWER[found["power"]]
            return int(scaled) if scaled.is_integer() else scaled
        return float(digits) if "." in digits else int(digits)
    whole, point, decimals = found["chinese"].partition("点")
    head = chinese_number(whole)
    if head is None or not point:
        return head
    return float(f"{head}." + "".join(str(_DIGIT[char]) for char in decimals))


def _numbers(text: str) -> list[tuple[int | float, str]]:
    """Every number said, with its unit ("" without); empty where the text is inexact.

    第3组 and 3号桥 are names, not numbers; 一定, 十分 and 统一 are words.
    """
    body = plain(text)
    if len(body) > MOST_READ or _INEXACT.search(body) or _JOINED.search(body):
        return []
    body = _THOUSANDS.sub(lambda group: group[0].replace(",", ""), body)
    body = re.sub(r"(?<=\d)。(?=\d)", ".", body)  # a decimal point typed on a Chinese keyboard
    body = _METRES.sub(lambda said: f"{said[1]}{'.' if said[2].isdigit() else '点'}{said[2]}米", body)
    said = []
    for found in _NUMBER.finditer(body):
        run, unit = found["chinese"], found["unit"] or ""
        at_end = found.end() == len(body) and (len(run or "") > 1 or found.start() == 0)
        if found["ordinal"] or found["number_of"] or (run and not unit and not at_end):
            continue
        value = _value(found)
        if value is not None:
            said.append((value, _SAME_UNIT.get(unit, unit)))
    return said


def read_measures(text: str) -> list[tuple[int | float, str]]:
    """Every number with its unit, "" where none was said: "1处，12户41人". Empty where it is inexact."""
    return _numbers(text)


def read_number(text: str, units: tuple[str, ...] = ()) -> int | float | None:
    """The one number in a text: "31.2", "水位 31.2米", "三十一点二", "63户", "约400".

    With `units` ("米",) the number that carries one of them wins, else one without any unit; one of another
    unit ("3户" where metres are asked) is not taken. Several numbers, ranges and "20多": None.
    """
    numbers = _numbers(text)
    if units:
        wanted = {_SAME_UNIT.get(unit, unit) for unit in units}
        named = [value for value, unit in numbers if unit in wanted]
        bare = [value for value, unit in numbers if not unit]
        numbers = [(value, "") for value in named or bare]
    return numbers[0][0] if len(numbers) == 1 else None


def read_count_people(text: str) -> Headcount | None:
    """ "下面3户" → 3 households, "12户41人" → both, "没有" → 0 and 0, "有" → some, not said how many.

    A bare "3" is neither households nor people: None. Other figures beside ("1处") do not disturb.
    """
    body = plain(text)
    if body in NOTHING or body in _NOBODY:
        return Headcount(0, 0)
    if body in _SOMEBODY:
        return Headcount()
    numbers = _numbers(text)
    if not numbers or any(unit == "" or value < 0 or value != int(value) for value, unit in numbers):
        return None
    households = [int(value) for value, unit in numbers if unit == "户"]
    people = [int(value) for value, unit in numbers if unit == "人"]
    if len(households) > 1 or len(people) > 1 or not households + people:
        return None
    return Headcount(next(iter(households), None), next(iter(people), None))


def read_numbers_list(text: str, highest: int | None = None) -> tuple[int, ...] | None:
    """The choices named by number: 1 3 5, "1,3、5", ①③, 一三五, 1和3, 1到3; 无, 0 and 都正常 are ().

    In the order said, once each. "135" alone is 1, 3 and 5 where `highest` (how many choices are shown) leaves
    no other reading. "1-3" and "1.3" may mean two things: None; so do a number too high and other words.
    """
    body = re.sub(r"第|[号项条个](?=[\s,、]|$)", "", plain(text))
    if body in NOTHING or body in _ALL_WELL:
        return ()
    if span := re.fullmatch(r"(\d{1,2})\s*[到至]\s*(\d{1,2})", body):
        return _listed(list(range(int(span[1]), int(span[2]) + 1)), highest)
    dotted = re.fullmatch(r"\d{1,2}([.。])\d{1,2}(?:\1\d{1,2})+", body)
    tokens = re.split(r"[.。]" if dotted else r"[\s,、;和跟及与&+]+", body)
    numbers: list[int] = []
    for token in tokens:
        if re.fullmatch("[0-9]{1,9}", token):
            spread = len(tokens) == 1 and highest is not None and highest <= 9 and int(token) > highest
            numbers += map(int, token) if spread else [int(token)]
        elif token and not set(token) - set(CHINESE):
            one = chinese_number(token)
            numbers += [_DIGIT.get(char, 0) for char in token] if one is None else [one]
        else:
            return None
    return _listed(numbers, highest)


def _listed(numbers: list[int], highest: int | None) -> tuple[int, ...] | None:
    top = 99 if highest is None else highest
    fits = numbers and all(1 <= number <= top for number in numbers)
    return tuple(dict.fromkeys(numbers)) if fits else None


_LEVELS = {
    "i": 1,
    "1": 1,
    "一": 1,
    "ii": 2,
    "2": 2,
    "二": 2,
    "iii": 3,
    "3": 3,
    "三": 3,
    "iv": 4,
    "4": 4,
    "四": 4,
}
_LEVEL_WORDS = re.compile(r"启动|进入|发布|执行|提升|升|降|调整|改|为|到|至|防汛|防台风|防台|抗旱|应急|响应|level|级")


def read_level(text: str) -> int | None:
    """1 to 4 from Ⅲ, III, iii, 3级, 三级响应, "启动防台风Ⅳ级应急响应". "Ⅲ升Ⅱ" and 结束Ⅲ级: None."""
    said = _LEVEL_WORDS.sub(" ", plain(text)).split()
    return _LEVELS.get(said[0]) if len(said) == 1 else None
