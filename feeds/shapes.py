"""Polygons and circles as notices write them: latitude first, "lat,lon lat,lon …" and "lat,lon radius".

Only the writing is checked here. Whether a shape makes sense on the globe is for the rules to say.
"""

import re
import unicodedata

from domain.geometry import Circle, Point, Polygon

_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_PAIR = re.compile(rf"({_NUMBER}),({_NUMBER})", re.ASCII)
_ALONE = re.compile(_NUMBER, re.ASCII)
_COMMA = re.compile(r"\s*,\s*")


def read_polygon(written: str) -> Polygon | None:
    """A ring of three points or more, whatever white space is between and inside the pairs, closed or not.
    None for anything else.

    Pairs written without commas are taken only where every second number is beyond 90 and so cannot be a
    latitude.
    """
    tokens = _tokens(written)
    if len(tokens) > 1 and all(_ALONE.fullmatch(token) for token in tokens):
        tokens = _without_commas(tokens)
    pairs = [_PAIR.fullmatch(token) for token in tokens]
    points = tuple(Point(float(pair[1]), float(pair[2])) for pair in pairs if pair)
    return points if len(points) >= 3 and None not in pairs else None


def _without_commas(tokens: list[str]) -> list[str]:
    if len(tokens) % 2 or any(abs(float(lon)) <= 90 for lon in tokens[1::2]):
        return []
    return [f"{lat},{lon}" for lat, lon in zip(tokens[::2], tokens[1::2], strict=True)]


def read_circle(written: str, *, metres: bool = False) -> Circle | None:
    """A circle, or None. The radius is in kilometres, as CAP has it, or in metres, as the national platform
    has it."""
    tokens = _tokens(written)
    pair = _PAIR.fullmatch(tokens[0]) if len(tokens) == 2 else None
    if pair is None or not _ALONE.fullmatch(tokens[1]):
        return None
    return Circle(Point(float(pair[1]), float(pair[2])), float(tokens[1]) / (1000 if metres else 1))


def _tokens(written: str) -> list[str]:
    return _COMMA.sub(",", unicodedata.normalize("NFKC", written)).split()
