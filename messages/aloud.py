"""Times as somebody says them into a loudspeaker: 今天下午三点半, today at half past three in the afternoon.

No figures and no abbreviations, because the reader may be reading aloud in the dark, and a machine reads figures badly.
"""

from datetime import datetime, timedelta

_DIGITS = "零一二三四五六七八九"
_ENGLISH = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_TENS = {2: "twenty", 3: "thirty", 4: "forty", 5: "fifty"}


def aloud(when: datetime, now: datetime, lang: str) -> str:
    """Both on the county's clock. Minutes are said as they are."""
    days = (when.date() - now.date()) // timedelta(days=1)
    return _english(when, days) if lang == "en" else _chinese(when, days)


def _chinese(when: datetime, days: int) -> str:
    day = {0: "今天", 1: "明天", 2: "后天"}.get(days, f"{chinese(when.month)}月{chinese(when.day)}日")
    if when.hour < 6:
        part = "凌晨"
    elif when.hour < 12:
        part = "上午"
    elif when.hour == 12:
        part = "中午"
    else:
        part = "下午" if when.hour < 18 else "晚上"
    hour = when.hour if when.hour <= 12 else when.hour - 12
    said = "两" if hour == 2 else chinese(hour)
    if when.minute == 0:
        return f"{day}{part}{said}点"
    if when.minute == 30:
        return f"{day}{part}{said}点半"
    minute = f"零{chinese(when.minute)}" if when.minute < 10 else chinese(when.minute)
    return f"{day}{part}{said}点{minute}分"


def chinese(number: int) -> str:
    """0 to 99."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return f"{'' if tens == 1 else _DIGITS[tens]}十{_DIGITS[ones] if ones else ''}"


def _english(when: datetime, days: int) -> str:
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {when:%B} {_number(when.day)}")
    part = "in the morning" if when.hour < 12 else "in the afternoon" if when.hour < 18 else "in the evening"
    hour = _number((when.hour - 1) % 12 + 1)
    minute = "" if when.minute == 0 else f" {_number(when.minute)}"
    return f"{day} at {hour}{minute} {part}"


def _number(number: int) -> str:
    if number <= 20:
        return _ENGLISH[number]
    tens, ones = divmod(number, 10)
    return _TENS[tens] + (f" {_ENGLISH[ones]}" if ones else "")
