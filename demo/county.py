"""The sample county: Songyang's real townships and villages (public statistics, edition of 2023), every person in it
invented. Pure: the same seed makes the same people.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from domain.people import Post, Role
from domain.places import Level, Place, PlaceCode, level_of

COUNTY = PlaceCode("331124")
_FILE = Path(__file__).parent / "data" / "divisions.csv"

_FAMILY = "叶吴潘徐周陈王李张刘包兰雷程宋郑何黄蔡占阙洪"
_GIVEN = "建国志明秀英水根金华伟民丽珍海燕春梅德福学军永强小红卫东爱珠培良林生美芳文斌国庆月仙长青巧云正伟土根雪梅"
_TITLES = {
    Role.COUNTY_DUTY: "值班员",
    Role.COUNTY_LEADER: "副县长",
    Role.DEPARTMENT: "科员",
    Role.PRINCIPAL: "党委书记",
    Role.LEADER_IN_CHARGE: "副镇长",
    Role.STATION: "应急站站长",
    Role.DUTY: "值班员",
    Role.CONTACT_CADRE: "驻村干部",
    Role.VILLAGE_HEAD: "村书记",
    Role.EMERGENCY_OFFICER: "应急管理员",
    Role.GRID_MEMBER: "网格员",
    Role.PATROLLER: "巡查员",
    Role.MONITOR: "群测群防员",
}


@dataclass(frozen=True, slots=True)
class Resident:
    """One invented person of the roster."""

    user_id: int
    name: str
    phone: str
    title: str
    posts: tuple[Post, ...]
    enrolled: bool
    note: str
    """what the page shows under the name"""


@dataclass(slots=True)
class SampleCounty:
    places: tuple[Place, ...]
    residents: list[Resident] = field(default_factory=list)

    def holding(self, role: Role, place: PlaceCode) -> Resident:
        """The first person with this post. KeyError when there is none."""
        for one in self.residents:
            if any(p.role is role and p.place == place for p in one.posts):
                return one
        raise KeyError((role, place))

    def at(self, place: PlaceCode) -> list[Resident]:
        return [one for one in self.residents if any(p.place == place for p in one.posts)]


@cache
def places() -> tuple[Place, ...]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        rows = [(PlaceCode(row["代码"]), row["名称"]) for row in csv.DictReader(file)]
    known = {code for code, _ in rows}
    return tuple(Place(code, name, level_of(code), _parent(code, known)) for code, name in rows)


def _parent(code: PlaceCode, known: set[PlaceCode]) -> PlaceCode | None:
    shorter = [known_code for known_code in known if code != known_code and code.startswith(known_code)]
    return max(shorter, key=len, default=None)


def build(seed: int = 331124) -> SampleCounty:
    """19 townships, 214 villages and about a thousand people with one to three posts each."""
    chance = random.Random(seed)
    county = SampleCounty(places())
    names = _names(chance)
    for place in county.places:
        if place.level is Level.COUNTY:
            _staff_county(county, chance, names, place)
        elif place.level is Level.TOWNSHIP:
            _staff_township(county, chance, names, place)
    for place in county.places:
        if place.level is Level.VILLAGE:
            _staff_village(county, chance, names, place)
    return county


def _names(chance: random.Random) -> Iterator[str]:
    used: set[str] = set()
    while True:
        name = chance.choice(_FAMILY) + "".join(chance.sample(_GIVEN, chance.choice((1, 2, 2))))
        if name not in used:
            used.add(name)
            yield name


def _add(
    county: SampleCounty, names: Iterator[str], unit: str, posts: tuple[Post, ...], *, enrolled: bool = True
) -> Resident:
    number = len(county.residents)
    title = _TITLES[posts[0].role]
    resident = Resident(
        user_id=600_000_000 + number,
        name=next(names),
        phone=f"139{10_000_000 + number:08d}",
        title=title,
        posts=posts,
        enrolled=enrolled,
        note=f"{unit} {title}",
    )
    county.residents.append(resident)
    return resident


def _staff_county(county: SampleCounty, _chance: random.Random, names: Iterator[str], place: Place) -> None:
    for _ in range(2):
        _add(county, names, "县防指", (Post(Role.COUNTY_DUTY, place.code),))
    _add(county, names, "县政府", (Post(Role.COUNTY_LEADER, place.code),))
    for department in ("水利", "自然资源", "住建"):
        _add(county, names, f"县{department}局", (Post(Role.DEPARTMENT, place.code, department),))


def _staff_township(county: SampleCounty, _chance: random.Random, names: Iterator[str], place: Place) -> None:
    for role in (Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION, Role.DUTY):
        _add(county, names, place.name, (Post(role, place.code),))
    below = [p.code for p in county.places if p.parent == place.code]
    for start in range(0, len(below), 5):
        posts = tuple(Post(Role.CONTACT_CADRE, code) for code in below[start : start + 5])
        _add(county, names, place.name, posts)


def _staff_village(county: SampleCounty, chance: random.Random, names: Iterator[str], place: Place) -> None:
    _add(county, names, place.name, (Post(Role.VILLAGE_HEAD, place.code),))
    # several posts, one person (多员合一)
    officer = (Role.EMERGENCY_OFFICER, Role.WARNER, Role.REPORTER)
    _add(county, names, place.name, tuple(Post(role, place.code) for role in officer))
    _add(county, names, place.name, (Post(Role.GRID_MEMBER, place.code),), enrolled=chance.random() > 0.06)
    if chance.random() < 0.4:
        role = chance.choice((Role.PATROLLER, Role.MONITOR))
        _add(county, names, place.name, (Post(role, place.code),), enrolled=chance.random() > 0.15)
