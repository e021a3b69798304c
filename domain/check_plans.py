"""The daily draw of a response period (001 §8): from the bodies' strata, a recorded seed and what was drawn before to
whom is asked, and at which minute. The same record gives the same draw to anybody who makes it again. Pure.

A stratum is a set of cells: the villages of a township, the townships of a county. First cells are drawn, then people
in them. Both go round without replacement: a cell, and a person in it, comes up again only when everybody else who can
be asked has had his turn in this period and body.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil

from domain.checks import Exclusion, spent_of
from domain.people import Role
from domain.places import PlaceCode

RULE = 2
"""How a draw is made; whoever changes `_draw` adds one and keeps what it did before, because old draws are audited too.
1: as it began. 2: villages with one post only come first, so that two posts are asked where there are two."""


class BodyKind(StrEnum):
    """Who draws."""

    COUNTY = "county"
    TOWNSHIP = "township"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Body:
    """The county, one township, or one department among its own patrollers."""

    kind: BodyKind
    place: PlaceCode
    department: str = ""

    @property
    def key(self) -> str:
        """Stands in rows and never changes its meaning."""
        return f"{self.place}/{self.department}" if self.department else str(self.place)


class StratumName(StrEnum):
    LEADERS = "leaders"
    """leader-level people, township by township"""
    VILLAGES = "villages"
    """people of villages, village by village"""
    PATROLLERS = "patrollers"
    """of one department, all in one"""


@dataclass(frozen=True, slots=True)
class Member:
    person: int
    role: Role
    """the post he would be asked about"""


@dataclass(frozen=True, slots=True)
class Cell:
    """`place`: a township, a village; of patrollers the whole area."""

    place: PlaceCode
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Stratum:
    """So many `cells` are drawn and `persons` in them, of at least `posts` different posts where there are as many."""

    name: StratumName
    cells: tuple[Cell, ...]
    take: int
    persons: int
    posts: int = 1


@dataclass(frozen=True, slots=True)
class Chosen:
    stratum: StratumName
    place: PlaceCode
    person: int
    role: Role


@dataclass(frozen=True, slots=True)
class Spent:
    """What the present round of a stratum has drawn already."""

    cells: frozenset[PlaceCode]
    persons: frozenset[int]


@dataclass(frozen=True, slots=True)
class PlanDraw:
    """A draw as it was made; with it anybody can make it again."""

    seed: int
    """64 bits"""
    strata: tuple[Stratum, ...]
    excluded: Mapping[int, Exclusion]
    spent: Mapping[StratumName, Spent]
    chosen: tuple[Chosen, ...]
    """in the order drawn"""
    rule: int | None = None
    """by which it was drawn; None: written down before rules had numbers"""


# -- how many -----------------------------------------------------------------------------------------------------


def part_of(number: int, share: float) -> int:
    """At least this share of so many, and one at least where there are any."""
    return min(number, max(1, ceil(share * number - 1e-9))) if number else 0


def leaders_stratum(cells: Sequence[Cell], each: int) -> Stratum:
    """From every township so many leader-level people."""
    return Stratum(StratumName.LEADERS, tuple(cells), len(cells), each * len(cells))


def villages_stratum(cells: Sequence[Cell], share: float, *, least: int = 1, posts: int = 1) -> Stratum:
    """A share of the villages, one person each and `least` in all: from more villages while there are more."""
    take = max(part_of(len(cells), share), min(len(cells), least))
    return Stratum(StratumName.VILLAGES, tuple(cells), take, max(take, least if cells else 0), posts)


def patrollers_stratum(cell: Cell, share: float) -> Stratum:
    """A share of the patrollers."""
    return Stratum(StratumName.PATROLLERS, (cell,), 1, part_of(len(cell.members), share))


# -- the draw -----------------------------------------------------------------------------------------------------


def plan_draw(
    strata: Sequence[Stratum], excluded: Mapping[int, Exclusion], history: Iterable[Chosen], seed: int
) -> PlanDraw:
    """`history`: everybody this body has drawn in this period, oldest first."""
    before = list(history)
    spent = {one.name: _spent(one, excluded, before) for one in strata}
    return PlanDraw(seed, tuple(strata), dict(excluded), spent, _draw(strata, excluded, spent, seed, RULE), RULE)


def plan_drawn_again(record: PlanDraw, rule: int | None = None) -> tuple[Chosen, ...]:
    """The same draw from its record, by its own rule or the one given: equal to `record.chosen`, or the record is not
    what happened."""
    return _draw(record.strata, record.excluded, record.spent, record.seed, rule or record.rule or RULE)


def rule_that_fits(record: PlanDraw) -> int | None:
    """The rule by which the record gives the same people: its own. Where none is written down, the newest that does;
    None where there is none, or the record is of a rule that only a later version of this program knows."""
    rules = [record.rule] if record.rule is not None else range(RULE, 0, -1)
    known = [one for one in rules if one <= RULE]
    return next((one for one in known if plan_drawn_again(record, one) == record.chosen), None)


def spent_again(record: PlanDraw, history: Iterable[Chosen]) -> bool:
    """Whether the rounds in the record follow from what was drawn before it."""
    before = list(history)
    return all(record.spent[one.name] == _spent(one, record.excluded, before) for one in record.strata)


def _spent(stratum: Stratum, excluded: Collection[int], history: Sequence[Chosen]) -> Spent:
    """Who cannot be asked today does not hold the round up."""
    before = [one for one in history if one.stratum is stratum.name]
    open_cells = {cell.place for cell in stratum.cells if _free(cell, excluded)}
    persons: set[int] = set()
    for cell in stratum.cells:
        persons |= spent_of(
            {one.person for one in _free(cell, excluded)}, [one.person for one in before if one.place == cell.place]
        )
    return Spent(frozenset(_spent_cells(open_cells, before)), frozenset(persons))


def _spent_cells(open_cells: Collection[PlaceCode], before: Sequence[Chosen]) -> set[PlaceCode]:
    everybody, drawn = frozenset(open_cells), set[PlaceCode]()
    for one in before:
        if one.place in everybody:
            drawn.add(one.place)
        if drawn == everybody:
            drawn.clear()
    return drawn


def _free(cell: Cell, without: Collection[int]) -> list[Member]:
    return [one for one in cell.members if one.person not in without]


def _draw(
    strata: Sequence[Stratum], excluded: Collection[int], spent: Mapping[StratumName, Spent], seed: int, rule: int
) -> tuple[Chosen, ...]:
    """Stratum after stratum; whoever was drawn in one is out of the next.

    Every cell and everybody gets a ticket, sha256("<seed as 16 hex digits>:<stratum>:<place or person>"), and the
    lowest are drawn, those first whom the round has not spent.
    """
    chosen: list[Chosen] = []
    for stratum in strata:
        taken = {one.person for one in chosen}
        chosen += _draw_stratum(stratum, {*excluded, *taken}, spent[stratum.name], seed, rule)
    return tuple(chosen)


def _draw_stratum(stratum: Stratum, without: set[int], spent: Spent, seed: int, rule: int) -> list[Chosen]:
    drawable = [cell for cell in stratum.cells if _free(cell, without)]
    drawable.sort(key=lambda cell: (cell.place in spent.cells, _ticket(seed, stratum.name, cell.place)))
    cells = drawable[: stratum.take]
    if stratum.posts > 1 and rule > 1:  # where there is one post only nobody can give way to another
        cells.sort(key=lambda cell: len({one.role for one in _free(cell, without)}))
    found: list[Chosen] = []
    while len(found) < stratum.persons:
        before = len(found)
        for cell in cells:
            left = stratum.persons - len(found)
            if left and (one := _one_of(stratum, cell, without, spent, seed, found)) is not None:
                without.add(one.person)
                found.append(Chosen(stratum.name, cell.place, one.person, one.role))
        if len(found) == before:
            break
    return found


def _one_of(
    stratum: Stratum, cell: Cell, without: set[int], spent: Spent, seed: int, found: Sequence[Chosen]
) -> Member | None:
    """The lowest ticket; where the places left are needed for other posts, of another post first."""
    held = {one.role for one in found}
    wanted = stratum.posts - len(held) >= stratum.persons - len(found)

    def order(one: Member) -> tuple[bool, bool, bytes]:
        again = wanted and one.role in held
        return again, one.person in spent.persons, _ticket(seed, stratum.name, str(one.person))

    return min(_free(cell, without), key=order, default=None)


def _ticket(seed: int, *about: str) -> bytes:
    return hashlib.sha256(f"{seed:016x}:{':'.join(about)}".encode()).digest()


# -- the minute ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slot:
    """One window of one day: `day` is the one on which it opens, also where it goes over midnight."""

    name: str
    day: date
    opens_at: datetime
    closes_at: datetime


def moment_of(seed: int, opens_at: datetime, closes_at: datetime) -> datetime:
    """The minute of the window in which the draw is made: nobody can know it beforehand, anybody can find it again."""
    minutes = max(1, int((closes_at - opens_at).total_seconds()) // 60)
    number = int.from_bytes(_ticket(seed, "minute")[:8], "big") % minutes
    return opens_at + timedelta(minutes=number)


class DailyState(StrEnum):
    """How a draw that the plan asks for went."""

    WAITING = "waiting"
    DRAWN = "drawn"
    EMPTY = "empty"
    """there was nobody to ask: all were heard of a moment ago, rest, or are cut off"""
    MISSED = "missed"
    """机器人漏抽: the bot did not run, or could not be heard, for the whole of its window"""
    DROPPED = "dropped"
    """the response ended, or its level or places asked for this draw no more"""
