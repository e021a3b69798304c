"""What a line of the log is about: the number people know it by, and whether it concerns a place."""

from collections.abc import Awaitable, Callable, Mapping

from domain.places import PlaceCode, is_within
from services.answer_subjects import warning_of
from services.work import Work

Number = Callable[[Work, int], Awaitable[str]]


async def _hazard(work: Work, number: int) -> str:
    row = await work.rows.hazards.get(number)
    return "" if row is None else row.number


async def _check(work: Work, number: int) -> str:
    row = await work.rows.checks.get(number)
    return "" if row is None else row.number


async def _response(work: Work, number: int) -> str:
    row = await work.rows.responses.get(number)
    return "" if row is None else row.number


async def _letter(work: Work, number: int) -> str:
    row = await work.rows.supervision.letters.get(number)
    return "" if row is None else row.number


async def _listing(work: Work, number: int) -> str:
    row = await work.rows.supervision.listings.get(number)
    return "" if row is None else row.number


async def _whistle(work: Work, number: int) -> str:
    row = await work.rows.supervision.whistles.get(number)
    return "" if row is None else await _hazard(work, row.hazard_id)


async def _called(work: Work, number: int) -> str:
    row = await work.rows.supervision.called.get(number)
    return "" if row is None else await _whistle(work, row.whistle_id)


_NUMBERS: Mapping[str, Number] = {
    "hazard": _hazard,
    "check": _check,
    "response": _response,
    "letter": _letter,
    "listing": _listing,
    "whistle": _whistle,
    "called": _called,
}


async def number_of(work: Work, subject: str) -> str:
    """ "" for what has none."""
    kind, _, rest = subject.partition(":")
    if not rest.isdigit():
        return ""
    if (warning := await warning_of(work, subject)) is not None:
        return warning.number
    asked = _NUMBERS.get(kind)
    return "" if asked is None else await asked(work, int(rest))


async def concerns(work: Work, subject: str, place: PlaceCode) -> bool:
    """Whether what the bot did by itself is anything to the desk of this place."""
    kind, _, rest = subject.partition(":")
    if kind == "drill" and rest.isdigit():
        drill = await work.rows.drills.get(int(rest))
        return drill is not None and _touch(drill.place, place)
    warning = await warning_of(work, subject)
    return warning is not None and any(_touch(one, place) for one in warning.places)


def _touch(one: PlaceCode, other: PlaceCode) -> bool:
    return is_within(one, other) or is_within(other, one)
