"""What a template may do with a fact: `{{ due|hhmm }}`, `{{ villages|joined(5) }}`. One set for each
language.

Filters are pure. Those that take what people wrote return Markup, escaped and cut to size; the others return
plain text, which the environment's last step (`finished`) makes safe. Times must have been put on the
county's clock by the service (`Work.local`): no filter knows a time zone.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from domain.colours import Colour
from messages import cleaning
from messages.aloud import aloud

MARKS = {Colour.BLUE: "🔵", Colour.YELLOW: "🟡", Colour.ORANGE: "🟠", Colour.RED: "🔴"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SCHEMES = ("https://", "http://", "tg://", "tel:")
_URL_BREAKERS = re.compile(r"[\s\"'<>\\^`{|}]")


@dataclass(frozen=True, slots=True)
class Idiom:
    """How a language says the small things."""

    comma: str
    last: str
    """between the last two of an enumeration"""
    more: str
    """after a shortened enumeration; {count} is how many there are in all, {unit} what is counted"""
    unit: str
    day: str
    months: tuple[str, ...]
    units: tuple[tuple[str, str], ...]
    """one and several of: minute, hour, day"""
    gap: str
    """between a figure and its unit, and between two such pairs"""
    under_a_minute: str
    unknown: str
    yes: str
    no: str
    phone: str
    colours: dict[Colour, str]
    no_colour: str
    thousands: str


def idiom(lang: str) -> Idiom:
    return _english() if lang == "en" else _chinese()


def _chinese() -> Idiom:
    return Idiom(
        comma="、",
        last="、",
        more="等{count}{unit}",
        unit="个",
        day="{month}月{day}日",
        months=tuple(str(month) for month in range(1, 13)),
        units=(("分钟", "分钟"), ("小时", "小时"), ("天", "天")),
        gap="",
        under_a_minute="不到1分钟",
        unknown="未知",
        yes="是",
        no="否",
        phone="尾号{digits}",
        colours=dict(zip(Colour, ("蓝色", "黄色", "橙色", "红色"), strict=True)),
        no_colour="颜色待定",
        thousands="",
    )


def _english() -> Idiom:
    return Idiom(
        comma=", ",
        last=" and ",
        more=" and others, {count} in all",
        unit="",
        day="{day} {month}",
        months=_MONTHS,
        units=(("minute", "minutes"), ("hour", "hours"), ("day", "days")),
        gap=" ",
        under_a_minute="less than a minute",
        unknown="unknown",
        yes="yes",
        no="no",
        phone="ending in {digits}",
        colours=dict(zip(Colour, ("blue", "yellow", "orange", "red"), strict=True)),
        no_colour="colour unknown",
        thousands=",",
    )


class Filters:
    """The filters of one language, each a method; `table` gives them under the names templates use."""

    def __init__(self, words: Idiom, lang: str = "zh") -> None:
        self._words = words
        self._lang = lang

    def table(self) -> dict[str, Callable[..., Any]]:
        return {
            "hhmm": self.hhmm,
            "day": self.day,
            "day_hhmm": self.day_hhmm,
            "aloud": self.aloud,
            "minutes": self.minutes,
            "n": self.n,
            "plural": self.plural,
            "big": self.big,
            "joined": self.joined,
            "clip": self.clip,
            "whole": self.whole,
            "mask_phone": self.mask_phone,
            "colour_mark": self.colour_mark,
            "colour_word": self.colour_word,
            "url": self.url,
        }

    # -- times -------------------------------------------------------------------------------------

    def hhmm(self, instant: datetime) -> str:
        """18:02"""
        return _aware(instant).strftime("%H:%M")

    def day(self, instant: date) -> str:
        """6月20日; takes a date or an aware datetime."""
        when = _aware(instant) if isinstance(instant, datetime) else instant
        if not isinstance(when, date):
            raise TypeError(f"a date is needed, not {when!r}")
        return self._words.day.format(month=self._words.months[when.month - 1], day=when.day)

    def day_hhmm(self, instant: datetime) -> str:
        """6月20日 18:02"""
        return f"{self.day(instant)} {self.hhmm(instant)}"

    def aloud(self, instant: datetime, now: datetime) -> str:
        """今天下午三点半: as somebody says it; both on the county's clock."""
        return aloud(_aware(instant), _aware(now), self._lang)

    def minutes(self, span: float | timedelta) -> str:
        """A length of time, given as a timedelta or a number of minutes: 5分钟, 1小时30分钟, 2天1小时."""
        total = round(span.total_seconds() / 60 if isinstance(span, timedelta) else span)
        if total < 1:
            return self._words.under_a_minute
        days, rest = divmod(total, 1440)
        hours, minutes = divmod(rest, 60)
        if days:
            minutes = 0  # nobody plans to the minute two days ahead
        pairs = zip((days, hours, minutes), reversed(self._words.units), strict=True)
        return self._words.gap.join(
            f"{count}{self._words.gap}{one if count == 1 else several}" for count, (one, several) in pairs if count
        )

    # -- figures -----------------------------------------------------------------------------------

    def n(self, figure: float | None) -> str:
        """A figure as people write it. None is 未知, never 0: what was not reported is not nil."""
        if figure is None:
            return self._words.unknown
        if isinstance(figure, float) and not figure.is_integer():
            return f"{figure:,.2f}".rstrip("0").replace(",", self._words.thousands)
        return f"{int(figure):,}".replace(",", self._words.thousands)

    def plural(self, count: float, one: str, several: str = "") -> str:
        """1 village, 3 villages: the figure with its noun. `several` for nouns that do not simply add an
        s."""
        return f"{self.n(count)} {one if count == 1 else several or one + 's'}"

    def big(self, figure: int) -> str:
        """Keycap digits for lists that old eyes choose from: 1️⃣2️⃣ for 12."""
        return "".join(f"{digit}\ufe0f\u20e3" for digit in str(int(figure)))

    # -- what people wrote -------------------------------------------------------------------------

    def joined(self, items: Iterable[object], limit: int = 0, unit: str = "") -> Markup:
        """上坞村、溪下村. With a limit the first ones and how many there are in all, counted in the unit, here
        个村: 上坞村、溪下村等12个村. English counts without a unit."""
        shown = [self._item(item) for item in items]
        count = len(shown)
        comma = escape(self._words.comma)
        if limit and count > limit:
            more = self._words.more.format(count=count, unit=unit or self._words.unit)
            return comma.join(shown[:limit]) + more
        if count < 2:
            return Markup("").join(shown)
        return comma.join(shown[:-1]) + self._words.last + shown[-1]

    def _item(self, item: object) -> Markup:
        return item if isinstance(item, Markup) else escape(cleaning.one_line(str(item)))

    def clip(self, text: str | None, limit: int = cleaning.PARAGRAPH_LIMIT) -> Markup:
        """What a person wrote at length, paragraphs kept, at most `limit` UTF-16 units."""
        return text if isinstance(text, Markup) else escape(cleaning.paragraphs(str(text or ""), limit))

    def whole(self, text: str | None) -> Markup:
        """An official text, not shortened by one character. Only for notices of registered senders."""
        return text if isinstance(text, Markup) else escape(cleaning.safe(str(text or "")).strip())

    def mask_phone(self, phone: str | None) -> str:
        """尾号5678: enough to recognise a number one knows, useless to others."""
        digits = re.sub(r"\D", "", phone or "")
        return self._words.phone.format(digits=digits[-4:]) if len(digits) > 4 else self._words.unknown

    def url(self, address: str | None) -> Markup:
        """An address for href="…". Empty for anything that is not http, https, tg or tel: a source's broken
        link must not keep its warning from going out. Where the address comes from outside: {% if web|url
        %}."""
        address = str(address or "").strip()
        if not address.startswith(_SCHEMES):
            return Markup("")
        return escape(_URL_BREAKERS.sub(lambda match: quote(match.group(0)), cleaning.printable(address)))

    # -- colours -----------------------------------------------------------------------------------

    def colour_mark(self, colour: Colour | str | None) -> str:
        """🔵🟡🟠🔴; takes a Colour or its value. ⚪ for a notice whose colour is not known."""
        return "⚪" if colour is None else MARKS[Colour(colour)]

    def colour_word(self, colour: Colour | str | None) -> str:
        """蓝色、黄色、橙色、红色"""
        return self._words.no_colour if colour is None else self._words.colours[Colour(colour)]


def _aware(instant: datetime) -> datetime:
    if not isinstance(instant, datetime) or instant.utcoffset() is None:
        raise TypeError(f"a time on the county's clock is needed (Work.local), not {instant!r}")
    return instant


def finisher(words: Idiom) -> Callable[[object], object]:
    """The last step of everything a template prints: one clean line, at most 120 units.

    What is Markup passes (it was made here). A bare time is refused: it would be read on the wrong clock.
    """

    def finished(value: object) -> object:
        if isinstance(value, Markup):
            return value
        if isinstance(value, str):
            return cleaning.one_line(value)
        if value is None:
            return words.unknown
        if isinstance(value, bool):
            return words.yes if value else words.no
        if isinstance(value, datetime | timedelta):
            raise TypeError(f"a time needs a filter (hhmm, day_hhmm, minutes): {value!r}")
        return value

    return finished
