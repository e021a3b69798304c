"""Risk points for the sample county: names, positions and figures are all invented. Pure: the same seed makes the same.

The positions of townships and villages are invented too: laid out round about, so that a map has something to show.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, radians, sin, sqrt

from demo.county import COUNTY, SampleCounty
from domain.hazards import Category
from domain.people import Role
from domain.places import Level, Place, PlaceCode
from domain.points import RiskLevel

_CENTRE = (28.449, 119.482)
_TURN = 137.508
_SPOTS = (
    *("岭头", "外坞", "上田", "大坑", "石壁", "黄泥岭", "枫树坪", "庙后", "水口", "井头", "下畈", "高坪", "竹坑"),
    *("毛岭", "双溪口", "塘背", "后垄", "白岩", "横路", "牛栏岗"),
)
_KINDS = (
    (Category.POND, "{spot}山塘", 24, "水利", "警戒水位{level}米", (RiskLevel.LARGER, RiskLevel.GENERAL)),
    (Category.GEOHAZARD, "{spot}后山滑坡点", 26, "自然资源", "24小时雨量100毫米", (RiskLevel.MAJOR, RiskLevel.LARGER)),
    (Category.FLASH_FLOOD, "{spot}山洪危险区", 14, "水利", "3小时雨量80毫米", (RiskLevel.MAJOR, RiskLevel.GENERAL)),
    (Category.DIKE, "{spot}堤防险段", 10, "水利", "警戒水位{level}米", (RiskLevel.LARGER, RiskLevel.GENERAL)),
    (Category.LOW_SPOT, "{spot}低洼易涝点", 9, "综合执法", "积水30厘米", (RiskLevel.GENERAL, RiskLevel.LOW)),
    (Category.OLD_HOUSE, "{spot}危旧房片", 9, "住建", "", (RiskLevel.GENERAL, RiskLevel.LOW)),
    (Category.CONSTRUCTION, "{spot}工地工棚", 8, "住建", "", (RiskLevel.GENERAL, RiskLevel.LOW)),
)


@dataclass(frozen=True, slots=True)
class SamplePoint:
    number: str
    name: str
    category: Category
    level: RiskLevel
    place: PlaceCode
    lat: float
    lon: float
    households: int
    people: int
    department: str
    threshold: str
    shelter: str
    patroller: int
    """account"""
    warner: int
    evacuator: int


def placed(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """The same places, townships and villages with a position."""
    spots: dict[PlaceCode, tuple[float, float]] = {COUNTY: _CENTRE}
    for size, level in ((0.17, Level.TOWNSHIP), (0.038, Level.VILLAGE)):
        here = [one for one in places if one.level is level]
        for parent in dict.fromkeys(one.parent for one in here):
            below = [one for one in here if one.parent == parent]
            lat, lon = spots[parent or COUNTY]
            for n, one in enumerate(below):
                far, angle = size * sqrt((n + 0.5) / len(below)), radians(n * _TURN + len(one.name) * 17)
                spots[one.code] = (round(lat + far * sin(angle), 5), round(lon + far * 1.13 * cos(angle), 5))
    return tuple(
        replace(one, lat=spots[one.code][0], lon=spots[one.code][1]) if one.code in spots else one for one in places
    )


def sample_points(county: SampleCounty, seed: int = 12) -> list[SamplePoint]:
    """One for nearly every village, some with two or three."""
    chance = random.Random(seed)
    villages = [one for one in placed(county.places) if one.level is Level.VILLAGE]
    points: list[SamplePoint] = []
    for village in villages:
        spots = chance.sample(_SPOTS, 3)
        many = chance.choices((0, 1, 2, 3), (2, 6, 3, 1))[0]
        points += [_point(county, chance, village, spot, len(points) + n) for n, spot in enumerate(spots[:many], 1)]
    return points


def dikes(points: Sequence[SamplePoint]) -> dict[PlaceCode, int]:
    """Village → who walks its dike."""
    return {one.place: one.patroller for one in points if one.category is Category.DIKE}


def _point(county: SampleCounty, chance: random.Random, village: Place, spot: str, number: int) -> SamplePoint:
    category, name, _, department, threshold, levels = chance.choices(_KINDS, [one[2] for one in _KINDS])[0]
    households = chance.choice((0, 1, 2, 3, 3, 5, 8, 12, 21))
    lat, lon = village.lat or 0.0, village.lon or 0.0
    here = {role: county.holding(role, village.code).user_id for role in _ALWAYS}
    walkers = [one.user_id for one in county.at(village.code) if _walks(one.posts)]
    return SamplePoint(
        number=f"SY{village.code[6:9]}-{number:03d}",
        name=name.format(spot=spot),
        category=category,
        level=_level(chance, levels, households),
        place=village.code,
        lat=round(lat + chance.uniform(-0.012, 0.012), 6),
        lon=round(lon + chance.uniform(-0.012, 0.012), 6),
        households=households,
        people=round(households * chance.uniform(2.4, 3.6)),
        department=department,
        threshold=threshold.format(level=f"{chance.uniform(20, 60):.1f}"),
        shelter=f"{village.name}礼堂",
        patroller=(walkers or [here[Role.GRID_MEMBER]])[0],
        warner=here[Role.EMERGENCY_OFFICER],
        evacuator=here[Role.VILLAGE_HEAD],
    )


def _level(chance: random.Random, levels: tuple[RiskLevel, ...], households: int) -> RiskLevel:
    """The more live below it the graver; nobody below it is never grave."""
    if households >= 12:
        return levels[0]
    if households <= 1:
        return chance.choice((RiskLevel.GENERAL, RiskLevel.LOW))
    return chance.choice((RiskLevel.LARGER if households >= 5 else levels[-1], RiskLevel.GENERAL, RiskLevel.LOW))


_ALWAYS = (Role.GRID_MEMBER, Role.EMERGENCY_OFFICER, Role.VILLAGE_HEAD)


def _walks(posts: object) -> bool:
    return isinstance(posts, tuple) and any(post.role in {Role.PATROLLER, Role.MONITOR} for post in posts)
