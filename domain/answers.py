"""Reads answers as people really type them: "1。", ①, 一, 好, 收到, "1 正常", "6、水位" and so on.

One door for all readers: words and choices are read here, numbers in numerals.py, moments in spoken_times.py.
Every reader takes a text and gives a value or None; None means "ask again", never a guess. Nothing here
speaks: the Chinese words below are what people type, not what they are told.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from domain.numerals import (
    CHINESE,
    MOST_READ,
    Headcount,
    chinese_number,
    is_nothing,
    plain,
    read_count_people,
    read_level,
    read_number,
    read_numbers_list,
    words,
)
from domain.spoken_times import Lean, read_time

__all__ = [
    "YES_NO",
    "Choice",
    "Headcount",
    "Lean",
    "choice_named",
    "is_nothing",
    "is_only_received",
    "is_received",
    "plain",
    "read_choice",
    "read_choices",
    "read_control",
    "read_count_people",
    "read_edit",
    "read_level",
    "read_number",
    "read_numbers_list",
    "read_time",
    "read_yes_no",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose. `code` goes into buttons, `value` into the answers (None: the code itself).

    `label` is what the person sees (filled in by the caller), `aliases` are other words for it. `number` is
    the number it is shown with where that is not its place in the row ("0 都好").
    """

    code: str
    label: str = ""
    aliases: tuple[str, ...] = ()
    number: int | None = None
    value: bool | int | str | None = None

    @property
    def stored(self) -> bool | int | str:
        return self.code if self.value is None else self.value


YES_NO = (Choice("yes", value=True), Choice("no", value=False))
"""The choices of a field that is a bool."""

_YES = words("是 是的 对 对的 有 有的 要 好 好的 行 可以 嗯 嗯嗯 确认 确定 同意 没错 正确 1 y yes ok")
_NO = words("不 不是 不对 没有 没 无 不要 不行 否 不同意 不可以 不用 没有的 错 错了 不好 0 n no")
_READ_ELSEWHERE = _YES | _NO  # never a piece of a label: 无 is not 无法通行, 有 is not 有异常
_NEGATION = "无没不未非"
_NUMBERED = re.compile(rf"(?:选|第)*(\d{{1,2}}|[{CHINESE}]{{1,3}})(?!\d|\.\d)(?:个|项|号)?[\s.,、:。)-]*(.*)")
_SYMBOL = re.compile(r"[^\w\s!-~，。、；：？！（）]")


def _tidy(text: str) -> str:
    """plain(), without emoji: "✅ 正常" and 正常👍 are 正常."""
    if not _SYMBOL.search(text):
        return plain(text)
    return plain("".join(" " if unicodedata.category(char) in ("So", "Sk") else char for char in text))


def _names(choice: Choice) -> tuple[str, ...]:
    """Everything the choice may be called; 山塘水库(屋顶山塘) also by what stands before the bracket."""
    label = _tidy(choice.label)
    return tuple(filter(None, (label, label.split("(")[0].rstrip(), *map(_tidy, choice.aliases))))


_Named: TypeAlias = Sequence[tuple[str, tuple[str, ...]]]  # code and names of each choice


def _named(choices: Sequence[Choice]) -> _Named:
    return [(choice.code, _names(choice)) for choice in choices]


def _only(codes: Sequence[str]) -> str | None:
    return codes[0] if codes and all(code == codes[0] for code in codes) else None


def choice_named(text: str, choices: Sequence[Choice]) -> str | None:
    """The choice whose label or alias this is, word for word."""
    return _by_name(_tidy(text), _named(choices))


def _by_name(said: str, named: _Named) -> str | None:
    return _only([code for code, names in named if said in names])


def _by_piece(said: str, named: _Named) -> list[str]:
    return [code for code, names in named if any(_piece_of(said, name) for name in names)]


def _piece_of(said: str, name: str) -> bool:
    """Whether it begins the name, or (from two letters) is in it; not 异常 in 无异常, nor 1 in 15天."""
    at = name.find(said)
    if said[-1].isdigit() and name[at + len(said) :][:1].isdigit():
        return False
    return at == 0 or (at > 0 and len(said) > 1 and name[at - 1] not in _NEGATION)


def _by_number(number: int, choices: Sequence[Choice]) -> str | None:
    shown = (at if choice.number is None else choice.number for at, choice in enumerate(choices, 1))
    return _only([choice.code for at, choice in zip(shown, choices, strict=True) if at == number])


def read_choice(text: str, choices: Sequence[Choice]) -> str | None:
    """The code of the one choice meant: by label or alias, number, number and label, or a piece of its label.

    "3" is None where another label begins with 3 ("3天"): both may be meant. "1 异常" is None where 1 is 正常.
    Where the codes are yes and no, 是/对/有 and 不/没有 are understood.
    """
    said, named = _tidy(text), _named(choices)
    if not said or len(said) > MOST_READ:
        return None
    in_figures = re.sub(f"[{CHINESE}]+", lambda run: str(chinese_number(run[0]) or run[0]), said)
    if code := _by_name(said, named) or _by_name(in_figures, named):
        return code
    found = _NUMBERED.fullmatch(said)
    number = _figure(found[1]) if found else None
    chosen = None if number is None else _by_number(number, choices)
    if not found or chosen is None:
        return _by_word(said, named)
    if rest := found[2]:
        meant = [_by_name(rest, named) or _only(_by_piece(rest, named))]
    else:
        meant = [*_by_piece(said, named), *_by_piece(str(number), named)]
    return chosen if all(code == chosen for code in meant) else None


def _figure(digits: str) -> int | None:
    return int(digits) if digits.isdigit() else chinese_number(digits)


def _by_word(said: str, named: _Named) -> str | None:
    if said not in _READ_ELSEWHERE and not is_nothing(said):
        return _only(_by_piece(said, named))
    if {code for code, _ in named} != {"yes", "no"}:
        return None
    return "no" if said in _NO or is_nothing(said) else "yes"


def read_choices(text: str, choices: Sequence[Choice]) -> tuple[str, ...] | None:
    """Several: "1 3 5", 一三五, ①③, "溢洪道堵、渗水"; 无, 0 and 都正常 are (). One word unread: None."""
    if len(text) > MOST_READ:
        return None
    if one := choice_named(text, choices):
        return (one,)
    if all(choice.number is None for choice in choices):
        numbers = read_numbers_list(text, len(choices))
        if numbers is not None:
            return tuple(choices[number - 1].code for number in numbers)
    elif is_nothing(text) and read_choice(text, choices) is None:
        return ()
    pieces = [piece for piece in re.split(r"[\s,、;。和跟及]+", _tidy(text)) if piece]
    codes = [read_choice(piece, choices) for piece in pieces]
    chosen = tuple(dict.fromkeys(code for code in codes if code is not None))
    return chosen if chosen and None not in codes else None


def read_yes_no(text: str) -> bool | None:
    """是, 对的, 有, 好, 1: True. 不是, 没有, 否, 0: False. Also "对，就是这里".

    None where figures follow ("有，3户": words would be lost), the opposite, or a question mark.
    """
    said = _tidy(text)
    first, *rest = re.split(r"[,，。;；!]\s*", said)
    if first not in _YES | _NO or re.search(rf"[\d{CHINESE}]", "".join(rest)):
        return None
    if any(part in (_NO if first in _YES else _YES) for part in rest) or "?" in said:
        return None
    return first in _YES


# Acknowledgements. 收到 may stand in a longer text; the others must be the whole of its first clause.
_ACK = words(
    "好 好的 好嘞 好勒 好滴 行 明白 明白了 知道 知道了 了解 知悉 已知悉 已阅 已知晓 已知 收悉 已收 已收悉 "
    "嗯 嗯嗯 是 遵命 收 ok okay okk k received copy roger noted +1"
)
_SAYS_SOMETHING = 6
"""characters beside 收到 that are an answer rather than politeness; a person reads it, so rather too few"""
_ACK_SIGNS = "👌👍✅🫡✔☑💯"
_DOUBT = re.compile(r"[没未不无非别勿谁吗么哪几?请问]|是否|有没|收到(?:否|没|后|的|者|回|为止|率|数|人|情况)")
_ORDER = re.compile(
    r"请.{0,12}(?:回复|回个|回一|回1|接龙|答复|反馈|报)|收到[^,]{0,3}请|收到.?(?:回复|回1|扣1)|回复.{0,3}收到"
)


def is_received(text: str) -> bool:
    """Whether this acknowledges a message: 收到, 1, 好的, OK, 👌, 石梁镇收到, "收到，马上去".

    Not 没收到, 收到吗, "谁收到了?", and not an order to others: 收到请回复. A question after it
    ("收到，几点集合？") leaves it one; figures after a bare 1 do not ("1,3" answers something else).
    """
    if re.fullmatch(rf"\s*[{_ACK_SIGNS}][{_ACK_SIGNS}\s\ufe0f\U0001f3fb-\U0001f3ff]*", text):
        return True
    lines = [_tidy(line).replace(" ", "") for line in re.split(r"[,，。;；!！~\n…]", text)]
    clauses = [line for line in lines if line]
    if not clauses or _ORDER.search(",".join(clauses)):
        return False
    told = [clause for clause in clauses if "收到" in clause]
    if told:
        return all(_acknowledges(clause) for clause in told)
    first, rest = clauses[0], "".join(clauses[1:])
    if first in ("1", "一"):
        return not re.search(rf"[\d{CHINESE}]", rest)
    return first.rstrip("的了啦哈呀哦噢") in _ACK or first in _ACK


def is_only_received(text: str) -> bool:
    """Whether this says 收到 and nothing else worth keeping: "收到，马上去" does, "收到，黄色，8点传到户" does not."""
    if not is_received(text):
        return False
    rest = re.sub(r"收到了?|\s|[,，。;；!！~…]", "", text)
    return rest in ("1", "一") or (len(rest) < _SAYS_SOMETHING and not re.search(r"\d", rest))


def _acknowledges(clause: str) -> bool:
    before, _, after = clause.partition("收到")
    after = after.removeprefix("了")
    doubtful = _DOUBT.search("收到" + after) and not re.match(r"没问题|没事", after)
    return len(before) <= 12 and not _DOUBT.search(before) and not doubtful


_CONTROLS = {
    "back": words("返回 上一步 退回 回上一步 back"),
    "cancel": words("取消 退出 不填了 不报了 cancel"),
    "skip": words("跳过 略过 略 skip"),
    "keep": words("不改 不变 不用改 保持不变 没变化 keep"),
    "confirm": words(
        "1 是 是的 对 对的 好 好的 行 可以 确认 确定 同意 没错 正确 没问题 无误 提交 报 上报 确认提交 确认上报 "
        "1对 1报 1确认 1提交 ok y yes confirm submit"
    ),
}


def read_control(text: str, among: Sequence[str] = ("back", "cancel", "skip", "keep")) -> str | None:
    """返回, 取消, 跳过, 不改 typed, not pressed: "back", "cancel", "skip", "keep"; "confirm" if asked for."""
    said = _tidy(text).replace(" ", "")
    return next((name for name in among if said in _CONTROLS[name]), None)


def read_edit(text: str, names: Sequence[str]) -> int | None:
    """Which line of a review is to be changed (改2, 第2项修改, 改水位), from 0; None: none, or not clear."""
    found = re.fullmatch(
        r"(?:修?改|更正)一?下?\s*(.+?)(?:吧|一下)?|(.+?)\s*(?:要|需)?(?:修改|改|更正)(?:一下)?", _tidy(text)
    )
    if not found:
        return None
    lines = [Choice(str(at), label) for at, label in enumerate(names)]
    chosen = read_choice(found[1] or found[2], lines)
    return None if chosen is None else int(chosen)
