"""Positions as registers write them: decimal degrees, degrees with minutes and seconds, columns exchanged, and the
shifted positions (GCJ-02) of Chinese map services. Pure; raises CellError with a reason for people.

Positions are kept in WGS-84 (CGCS2000, the national one, differs by centimetres). What a map service gives is some
500 m off and cannot be told from a right one by looking at it: so it is converted where the file says so, and where it
says nothing, that is told.
"""

import re
import unicodedata
from dataclasses import dataclass
from math import cos, pi, radians, sin, sqrt
from typing import Final

from domain.geometry import Point
from domain.tables import CellError

_SOUTH, _NORTH, _WEST, _EAST = 3.0, 54.0, 73.0, 136.0
"""latitudes and longitudes of China: they do not overlap, so exchanged columns show"""
_NUMBER = r"\d+(?:\.\d+)?"
_PARTS = re.compile(
    rf"[NSEWnsew北南东西纬经]*(?P<degrees>{_NUMBER})[°度d:]"
    rf"(?:(?P<minutes>{_NUMBER})['′’分m:]?)?(?:(?P<seconds>{_NUMBER})(?:[\"″”秒s]|''|′′)?)?[NSEWnsew北南东西纬经]*"
)
_DECIMAL = re.compile(rf"[NEne北东纬经]*(?P<value>-?{_NUMBER})[°度]?[NEne北东]*")
_GRID_METRES = 10_000.0
"""larger figures are metres of a projected grid, never degrees"""


@dataclass(frozen=True, slots=True)
class Read:
    """What a pair of cells gave. `swapped`: the columns were exchanged and have been put right."""

    point: Point
    swapped: bool = False


def read_degrees(text: str) -> float:
    """28.4512, "28.4512°N", 28°27'4.3", 28度27分, 28:27:4.3. Raises CellError."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())
    if found := _DECIMAL.fullmatch(bare):
        value = float(found["value"])
    elif found := _PARTS.fullmatch(bare):
        minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
        if minutes >= 60 or seconds >= 60:
            raise CellError("points.problem.degrees", written=text)
        value = float(found["degrees"]) + minutes / 60 + seconds / 3600
    else:
        raise CellError("points.problem.degrees", written=text)
    if abs(value) >= _GRID_METRES:
        raise CellError("points.problem.projected", written=text)
    return value


def read_position(lat: str, lon: str) -> Read | None:
    """The position of two cells; None where both are blank. Raises CellError."""
    if not lat.strip() and not lon.strip():
        return None
    if not lat.strip() or not lon.strip():
        raise CellError("points.problem.half_position")
    first, second = read_degrees(lat), read_degrees(lon)
    if _in_china(first, second):
        return Read(Point(first, second))
    if _in_china(second, first):
        return Read(Point(second, first), swapped=True)
    raise CellError("points.problem.far_away", lat=first, lon=second)


def _in_china(lat: float, lon: float) -> bool:
    return _SOUTH <= lat <= _NORTH and _WEST <= lon <= _EAST


# -- map services ----------------------------------------------------------------------------------------------------

_AXIS: Final = 6378245.0
_ECCENTRICITY: Final = 0.00669342162296594323
_SHIFTED = ("gcj", "高德", "腾讯", "火星", "谷歌", "amap", "tencent")
_TRUE = ("wgs", "cgcs", "2000", "84", "gps", "天地图", "北斗")


def is_shifted(datum: str) -> bool | None:
    """What the file says about its system: True for GCJ-02, False for WGS-84 and CGCS2000, None for nothing at all.
    Raises CellError for a system that we cannot convert (BD-09, 西安80, 北京54)."""
    bare = "".join(unicodedata.normalize("NFKC", datum).split()).lower()
    if not bare:
        return None
    if any(word in bare for word in _SHIFTED):
        return True
    if any(word in bare for word in _TRUE):
        return False
    raise CellError("points.problem.datum", written=datum)


def to_wgs84(point: Point) -> Point:
    """A GCJ-02 position in WGS-84, right to a few metres."""
    lat, lon = _shift(point.lat, point.lon)
    return Point(round(point.lat - lat, 6), round(point.lon - lon, 6))


def _shift(lat: float, lon: float) -> tuple[float, float]:
    x, y = lon - 105.0, lat - 35.0
    both = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + both
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + both
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    bend = 1 - _ECCENTRICITY * sin(radians(lat)) ** 2
    metres_north = (_AXIS * (1 - _ECCENTRICITY)) / (bend * sqrt(bend))
    metres_east = _AXIS / sqrt(bend) * cos(radians(lat))
    return north / metres_north * 180.0 / pi, east / metres_east * 180.0 / pi
