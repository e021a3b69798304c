"""Reads a moment as people write it: 18点, 今天18:00, 下午6点, 明天早上8点半, 半小时后, 3天, 6-24 18:00.

The rules, since nothing may be guessed:

1. "18:00", "08点" and hours from 13 on are the 24-hour clock. A day that is not named is today.
2. "6点" without 上午 or 下午 is 6 or 18. `lean` decides where only one of them lies on its side of now;
   otherwise None. After another named day ("明天8点") it is the 24-hour clock: whoever means the evening
   says 晚上.
3. 今晚12点 and 24:00 are the midnight at the end of that day; 凌晨2点 is the morning of the day named;
   "晚上2点" is neither: None.
4. `lean` is what was asked for: "future" a deadline, "past" something that has happened. It moves a bare
   time of day to the neighbouring day where that is within 12 hours of now (23:50, said at 0:10). A day that
   is named is never moved: the rule of the field then refuses it, in words.
5. A date without a year is the nearest one, on the side of `lean` if that is within 300 days. 周五 needs
   `lean`, or 这/下.
6. A day alone ("明天", "6月30日前") is a deadline only: 23:59 of that day. "明天前" may exclude tomorrow:
   None. "3天" counts from now; under "past" it must be 3天前.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from domain.numerals import CHINESE, MOST_READ, chinese_number, plain

Lean = Literal["past", "future"]

_NEAR_DAYS = {"大后": 3, "后": 2, "明": 1, "今": 0, "昨": -1, "前": -2}
_WEEKDAYS = "123456日"
_MINUTES = {"分": 1, "分钟": 1, "小时": 60, "钟头": 60, "天": 1440, "日": 1440, "周": 10080}
_MINUTES |= {"星期": 10080, "礼拜": 10080}
_HALVED = ("小时", "钟头")

# What an hour means in a part of the day: (from, to, hours to add).
_MORNING = ((4, 11, 0),)
_EVENING = ((5, 12, 12), (17, 24, 0), (0, 0, 24))
_PARTS = {
    "凌晨": ((0, 5, 0),),
    **dict.fromkeys(("清晨", "早晨", "早上", "早", "上午"), _MORNING),
    "中午": ((11, 13, 0), (1, 2, 12)),
    "下午": ((1, 7, 12), (12, 19, 0)),
    "傍晚": ((4, 8, 12), (16, 20, 0)),
    **dict.fromkeys(("晚上", "晚", "夜里", "夜", "深夜"), _EVENING),
    "半夜": ((11, 12, 12), (23, 24, 0), (0, 0, 24)),
}

_SPAN = re.compile(
    r"(?:(?P<whole>\d{1,4}(?:\.\d)?)?个?(?P<half>半)?个?(?P<unit>分钟|分|小时|钟头|天|日|周|星期|礼拜)"
    r"(?:(?P<minutes>\d{1,2})分钟?)?(?P<more>半)?|(?P<fortnight>半个?月))"
    r"(?:(?P<after>后|之后|以后|内|之内|以内)|(?P<before>前|之前|以前))?"
)
_DAY = (
    r"(?P<near>大后|后|明|今|昨|前)(?:天|日|(?=[早晚夜上下中凌]))"
    r"|(?P<week>下|这|本)?个?(?:周|星期|礼拜)(?P<weekday>[1-6日天])"
    r"|(?:(?P<year>20\d\d)[-/.年])?(?P<month>\d{1,2})"
    r"(?:[-/.](?P<day>\d{1,2})(?=\s|t\d|$)|月(?P<day_of>\d{1,2})(?:[日号]|(?=\s|$)))"
    r"|(?P<only>\d{1,2})[日号]"
)
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:(?P<colon>:)(?P<minute>\d\d)(?::\d\d)?"
    r"|[点时](?:(?P<spoken>\d\d|\d(?=分))分?|(?P<half>半)|(?P<quarter>[13])刻|整|钟)?)"
)
_MOMENT = re.compile(
    rf"(?:{_DAY})?\s*t?的?(?P<part>{'|'.join(_PARTS)})?\s*(?:{_CLOCK})?\s*(?:(?P<before>之前|以前|前)|之内|以内|内)?"
)
_HEDGES = re.compile(r"^(?:大概|大约|差不多|约|在|于|限)+|(?:左右|的时候)$")


def read_time(text: str, now: datetime, tz: tzinfo, lean: Lean | None = None) -> datetime | None:
    """The moment meant, in UTC, by the rules on top of this page; None where they leave it open.

    `now` must be aware (ValueError otherwise); `tz` is the zone the person lives in.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    if len(text) > MOST_READ:
        return None
    body = re.sub(f"[{CHINESE}]+", lambda run: _arabic(run[0]), _HEDGES.sub("", plain(text)))
    if body in ("现在", "此刻") or (body in ("刚才", "刚刚") and lean != "future"):
        return now.astimezone(UTC)
    try:
        moment = _span(body, now, lean) or _moment(body, now.astimezone(tz), lean)
    except (ValueError, OverflowError):  # the 31st of June, 9999 weeks
        return None
    return moment.astimezone(UTC) if moment else None


def _arabic(run: str) -> str:
    number = chinese_number(run)
    if number is None:
        return run
    return f"{number:02}" if run[0] in "零〇" and len(run) > 1 else str(number)


def _span(body: str, now: datetime, lean: Lean | None) -> datetime | None:
    """ "半小时后", "1个半小时", "3天内", "10分钟前"."""
    said = _SPAN.fullmatch(body)
    if not said or (said["before"] and lean == "future") or (not said["before"] and lean == "past"):
        return None
    if said["fortnight"]:
        minutes = 15 * 1440.0
    else:
        unit, whole = said["unit"], said["whole"]
        halves = bool(said["half"]) + bool(said["more"])
        if not (whole or said["half"]) or halves > 1 or (halves and unit not in _HALVED):
            return None
        if said["minutes"] and (unit not in _HALVED or halves):
            return None
        if unit in ("分", "日") and not (said["after"] or said["before"]):
            return None  # "30分" may be a mark, "3日" a date
        minutes = (float(whole or 0) + halves / 2) * _MINUTES[unit] + int(said["minutes"] or 0)
    return now + timedelta(minutes=-minutes if said["before"] else minutes)


def _moment(body: str, now: datetime, lean: Lean | None) -> datetime | None:
    said = _MOMENT.fullmatch(body)
    if not said:
        return None
    named = bool(said["near"] or said["weekday"] or said["month"] or said["only"])
    day = _day(said, now.date(), lean)
    if day is None:
        return None
    if said["hour"] is None:
        excluded = said["near"] and said["before"]
        whole_day = named and not said["part"] and not excluded and lean == "future"
        return _at(day, 23, 59, now.tzinfo) if whole_day else None
    minute = int(said["minute"] or said["spoken"] or 0)
    minute += 30 if said["half"] else 15 * int(said["quarter"] or 0)
    hours = _hours(said, named and day != now.date())
    if minute > 59 or any(hour > 24 or (hour == 24 and minute) for hour in hours):
        return None
    choices = [_at(day, hour, minute, now.tzinfo) for hour in hours]
    return _pick(choices, now, lean, may_move=not named)


def _hours(said: re.Match[str], other_day: bool) -> tuple[int, ...]:
    hour = int(said["hour"])
    if said["part"]:
        return tuple(hour + add for low, high, add in _PARTS[said["part"]] if low <= hour <= high)
    if said["colon"] or other_day or hour == 0 or hour > 12 or said["hour"].startswith("0"):
        return (hour,)
    return (hour, hour + 12)


def _pick(choices: list[datetime], now: datetime, lean: Lean | None, *, may_move: bool) -> datetime | None:
    """The one choice on the side of `lean`, today or else the day beside it; without `lean` the only one."""
    if lean is not None:
        sign = 1 if lean == "future" else -1
        fitting = [c for c in choices if (c - now) * sign >= timedelta(0)]
        if not fitting and may_move:
            moved = [c + timedelta(days=sign) for c in choices]
            fitting = [c for c in moved if timedelta(0) <= (c - now) * sign <= timedelta(hours=12)]
        choices = fitting or choices
    return choices[0] if len(choices) == 1 else None


def _at(day: date, hour: int, minute: int, tz: tzinfo | None) -> datetime:
    return datetime.combine(day, time(0), tz) + timedelta(hours=hour, minutes=minute)


def _day(said: re.Match[str], today: date, lean: Lean | None) -> date | None:
    if said["near"]:
        return today + timedelta(days=_NEAR_DAYS[said["near"]])
    if said["weekday"]:
        return _weekday(said, today, lean)
    if said["month"]:
        month, day = int(said["month"]), int(said["day"] or said["day_of"])
        years = [int(said["year"])] if said["year"] else [today.year + n for n in (-1, 0, 1)]
        return _nearest([_date(year, month, day) for year in years], today, lean)
    if said["only"]:
        months = [divmod(today.year * 12 + today.month - 1 + n, 12) for n in (-1, 0, 1)]
        dates = [_date(year, month + 1, int(said["only"])) for year, month in months]
        return _nearest(dates, today, lean) if lean else dates[1]
    return today


def _weekday(said: re.Match[str], today: date, lean: Lean | None) -> date | None:
    day = today + timedelta(days=_WEEKDAYS.index(said["weekday"].replace("天", "日")) + 1 - today.isoweekday())
    if said["week"]:
        return day + timedelta(days=7 if said["week"] == "下" else 0)
    if lean is None:
        return None
    if lean == "future":
        return day if day >= today else day + timedelta(days=7)
    return day if day <= today else day - timedelta(days=7)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(dates: list[date | None], today: date, lean: Lean | None) -> date | None:
    days = [day for day in dates if day is not None]
    sign = -1 if lean == "past" else 1
    fitting = [day for day in days if lean and 0 <= (day - today).days * sign <= 300]
    return min(fitting or days, key=lambda day: abs(day - today), default=None)
