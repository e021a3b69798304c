"""Rules of a hazard's life: its categories, who owns them, which move is legal from where and by whose hand. Pure.

A hazard leaves `reported` only with a unit, a person, a measure and a deadline, and is closed by another hand than the
one that fixed it. Nobody deletes anything: every move is one more event. The bot grades nothing: `is_suspected` is a
mark for people, 重大 is theirs to say. Categories and owners: the field's taxonomy; the owners are usual practice, so
a county replaces them in its settings.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.answers import Headcount
from domain.geometry import Point, distance_km
from domain.people import Action, Person
from domain.places import Level, Place, PlaceCode, PlaceTree, is_within, short_name

TRIAGE = "triage"
FIX = "fix"
RECHECK = "recheck"
PROGRESS = "progress"
EXTENSION = "extension"
"""what obligations about a hazard ask for; with the version behind a dot where it is asked again"""


class Category(StrEnum):
    """What kind of thing it is. The words people see are texts."""

    SMALL_PREMISES = "H01"
    FARM_STAY = "H02"
    BUSINESS_HOUSE = "H03"
    CONSTRUCTION = "H04"
    GAS = "H05"
    LOW_SPOT = "H06"
    UNDERGROUND = "H07"
    DIKE = "H08"
    POND = "H09"
    TAILINGS = "H10"
    FLASH_FLOOD = "H11"
    GEOHAZARD = "H12"
    WILDFIRE = "H13"
    BRIDGE = "H14"
    OLD_HOUSE = "H15"
    ROAD = "H16"
    FIRE = "H17"
    CHEMICALS = "H18"
    MINE = "H19"
    FACTORY = "H20"
    EQUIPMENT = "H21"
    OUTDOOR = "H22"
    SLUICE = "H23"
    OTHER = "H99"


_COMMON = (
    Category.GEOHAZARD,
    Category.POND,
    Category.LOW_SPOT,
    Category.OLD_HOUSE,
    Category.ROAD,
    Category.FLASH_FLOOD,
    Category.DIKE,
    Category.OTHER,
)
LIKELY_FIRST: Final[tuple[Category, ...]] = (*_COMMON, *(one for one in Category if one not in _COMMON))
"""in the order shown: what villages report most fills the first page"""

OWNERS: Final[Mapping[Category, tuple[str, ...]]] = MappingProxyType(
    {
        Category.SMALL_PREMISES: ("消防", "公安"),
        Category.FARM_STAY: ("文旅", "农业"),
        Category.BUSINESS_HOUSE: ("住建",),
        Category.CONSTRUCTION: ("住建", "交通", "水利"),
        Category.GAS: ("住建",),
        Category.LOW_SPOT: ("综合执法", "水利"),
        Category.UNDERGROUND: ("住建", "人防"),
        Category.DIKE: ("水利",),
        Category.POND: ("水利",),
        Category.TAILINGS: ("应急",),
        Category.FLASH_FLOOD: ("水利",),
        Category.GEOHAZARD: ("自然资源",),
        Category.WILDFIRE: ("林业",),
        Category.BRIDGE: ("交通",),
        Category.OLD_HOUSE: ("住建",),
        Category.ROAD: ("交通", "公安"),
        Category.FIRE: ("消防",),
        Category.CHEMICALS: ("应急",),
        Category.MINE: ("应急",),
        Category.FACTORY: ("应急",),
        Category.EQUIPMENT: ("市监",),
        Category.OUTDOOR: ("综合执法",),
        Category.SLUICE: ("水利", "应急"),
        Category.OTHER: (),
    }
)
"""departments as the roster names them; () belongs to the township"""


class HazardState(StrEnum):
    REPORTED = "reported"
    REFERRED = "referred"
    """not this township's: with a department"""
    TAKEN = "taken"
    """looked at and accepted: somebody at a desk answers for it"""
    ASSIGNED = "assigned"
    """unit, person, measure and deadline are set"""
    FIXED = "fixed"
    """said to be fixed, waiting for another pair of eyes"""
    CLOSED = "closed"
    REJECTED = "rejected"
    MERGED = "merged"
    """the same as another one, to which it leads"""


class Grade(StrEnum):
    """The legal two levels; `open` until a human has said which."""

    OPEN = "open"
    MINOR = "minor"
    MAJOR = "major"


class Move(StrEnum):
    TAKE = "take"
    REFER = "refer"
    REJECT = "reject"
    ASSIGN = "assign"
    FIX = "fix"
    CLOSE = "close"
    SEND_BACK = "send_back"
    REOPEN = "reopen"
    GRADE = "grade"
    LOCATE = "locate"
    """its place is put right: from the county to the township, from a guess to the village"""
    DESCRIBE = "describe"
    """what was only spoken is written down by somebody who listened"""
    SUPPLEMENT = "supplement"
    """somebody reports the same thing, or more of it"""
    TO_COUNTY = "to_county"
    """refused a second time: the county says whose it is"""
    DECIDE = "decide"
    """the county has said whose it is"""
    MERGE = "merge"
    UNMERGE = "unmerge"
    AT_ONCE = "at_once"
    """即查即改: fixed where it was found, and still looked at by another hand"""
    PROGRESS = "progress"
    ASK_EXTENSION = "ask_extension"
    EXTEND = "extend"
    NO_EXTENSION = "no_extension"
    MARK = "mark"
    """挂牌 or 已吹哨 begins or ends"""
    PAUSE = "pause"
    """the time in which its area was cut off does not count"""


class Treatment(StrEnum):
    """How it is dealt with (治理方式)."""

    AT_ONCE = "at_once"
    WORKS = "works"
    RELOCATE = "relocate"
    REINFORCE = "reinforce"
    WATCH = "watch"
    LAW = "law"


class Mark(StrEnum):
    """A side state that people set and lift; 逾期 and 延期 are computed."""

    LISTED = "listed"
    WHISTLED = "whistled"


class Verification(StrEnum):
    """How whoever closes a hazard has seen that it is fixed."""

    FIELD = "field"
    """went there"""
    PHOTO = "photo"
    """looked at the pictures of the one who fixed"""


_S = HazardState
OVER = frozenset({_S.CLOSED, _S.REJECTED, _S.MERGED})
ALIVE = frozenset(HazardState) - OVER
_UNDECIDED = frozenset({_S.REPORTED, _S.REFERRED, _S.TAKEN})
_WITH_FIXER = frozenset({_S.ASSIGNED})

TRANSITIONS: Final[Mapping[Move, tuple[frozenset[HazardState], HazardState | None]]] = MappingProxyType(
    {
        Move.TAKE: (frozenset({_S.REPORTED, _S.REFERRED}), _S.TAKEN),
        Move.REFER: (_UNDECIDED, _S.REFERRED),
        Move.TO_COUNTY: (_UNDECIDED, _S.REFERRED),
        Move.DECIDE: (frozenset({_S.REFERRED}), _S.REPORTED),
        Move.REJECT: (_UNDECIDED, _S.REJECTED),
        Move.ASSIGN: (frozenset({_S.TAKEN, _S.ASSIGNED}), _S.ASSIGNED),
        Move.AT_ONCE: (_UNDECIDED, _S.FIXED),
        Move.PROGRESS: (_WITH_FIXER, None),
        Move.ASK_EXTENSION: (_WITH_FIXER, None),
        Move.EXTEND: (_WITH_FIXER, None),
        Move.NO_EXTENSION: (_WITH_FIXER, None),
        Move.FIX: (_WITH_FIXER, _S.FIXED),
        Move.CLOSE: (frozenset({_S.FIXED}), _S.CLOSED),
        Move.SEND_BACK: (frozenset({_S.FIXED}), _S.ASSIGNED),
        Move.REOPEN: (frozenset({_S.CLOSED, _S.REJECTED}), _S.REPORTED),
        Move.MERGE: (_UNDECIDED | _WITH_FIXER, _S.MERGED),
        Move.UNMERGE: (frozenset({_S.MERGED}), _S.REPORTED),
        Move.GRADE: (ALIVE, None),
        Move.LOCATE: (_UNDECIDED, _S.REPORTED),
        Move.DESCRIBE: (ALIVE, None),
        Move.SUPPLEMENT: (ALIVE, None),
        Move.MARK: (frozenset(HazardState), None),
        Move.PAUSE: (_WITH_FIXER, None),
    }
)
"""From where each move may be made, and where it leads (None: the state stays). What is not here is illegal."""

RIGHT_FOR: Final[Mapping[Move, Action]] = MappingProxyType(
    {
        **dict.fromkeys((Move.TAKE, Move.REFER, Move.TO_COUNTY, Move.REJECT, Move.ASSIGN), Action.ASSIGN_HAZARD),
        **dict.fromkeys((Move.MERGE, Move.UNMERGE, Move.AT_ONCE, Move.DESCRIBE), Action.ASSIGN_HAZARD),
        **dict.fromkeys((Move.EXTEND, Move.NO_EXTENSION), Action.ASSIGN_HAZARD),
        **dict.fromkeys((Move.CLOSE, Move.SEND_BACK), Action.CLOSE_HAZARD),
        **dict.fromkeys((Move.FIX, Move.PROGRESS, Move.ASK_EXTENSION), Action.RECORD_FOR_OTHERS),
        Move.GRADE: Action.GRADE_HAZARD,
        Move.LOCATE: Action.ROUTE_HAZARD,
        Move.DECIDE: Action.DECIDE_OWNER,
        Move.SUPPLEMENT: Action.REPORT_HAZARD,
    }
)
"""The right that a move needs. What the assignee does with his own needs none; REOPEN is only a reporter's; MARK and
PAUSE follow from what people decide elsewhere."""

THE_FIXERS: Final = frozenset({Move.FIX, Move.PROGRESS, Move.ASK_EXTENSION})
"""the assignee's own moves"""


def right_for(move: Move, grade: Grade, *, at_once: bool = False) -> Action:
    """More time for 重大 is given by whoever may grade; what was fixed on the spot is looked at by the village too."""
    if at_once and move in {Move.CLOSE, Move.SEND_BACK}:
        return Action.CONFIRM_AT_ONCE
    if grade is Grade.MAJOR and move in {Move.EXTEND, Move.NO_EXTENSION}:
        return Action.GRADE_HAZARD
    return RIGHT_FOR[move]


@dataclass(frozen=True, slots=True)
class Hands:
    """Whose hands have been on a hazard, as far as the rules care: persons by their id in the roster, reporters, who
    may be strangers, by their account."""

    state: HazardState
    assignee: int | None = None
    fixed_by: int | None = None
    """who said that it is fixed: the assignee, or whoever recorded it for him"""
    reporters: frozenset[int] = frozenset()
    found_by: frozenset[int] = frozenset()
    """reporters whom the roster knows, as persons"""
    at_once: bool = False
    """it was fixed on the spot, without ever being given to anybody"""


def leads_to(state: HazardState, move: Move, *, at_once: bool = False) -> HazardState | None:
    """The state after the move, None where the move is illegal from here. What was fixed on the spot and did not pass
    has nobody to go back to: it is the desk's."""
    from_states, to = TRANSITIONS[move]
    if state not in from_states:
        return None
    return HazardState.REPORTED if at_once and move is Move.SEND_BACK else to or state


class Objection(StrEnum):
    MOVED_ON = "moved_on"
    OWN_WORK = "own_work"
    """whoever fixed it, or said that it is fixed, does not judge it"""
    NOT_REPORTER = "not_reporter"
    NO_RIGHT = "no_right"


def objection(hands: Hands, move: Move, actor: int, *, has_right: bool) -> Objection | None:
    """Why this person may not make this move now; None when he may.

    `has_right`: the roster gives him `right_for` the move at this place. For REOPEN `actor` is an account.
    """
    if leads_to(hands.state, move) is None:
        return Objection.MOVED_ON
    match move:
        case Move.CLOSE | Move.SEND_BACK if actor in {hands.assignee, hands.fixed_by}:
            return Objection.OWN_WORK
        case _ if move in THE_FIXERS and actor == hands.assignee:
            return None
        case Move.AT_ONCE if actor in hands.found_by:
            return None
        case Move.REOPEN:
            return None if actor in hands.reporters else Objection.NOT_REPORTER
    return None if has_right else Objection.NO_RIGHT


def may_close_by(demanded: Verification, how: Verification) -> bool:
    """Whoever went there has seen more than a picture shows."""
    return how is Verification.FIELD or demanded is Verification.PHOTO


def is_grave(grade: Grade, *, suspected: bool) -> bool:
    """Whether a village's own word is not enough to close it: 重大, or suspected and not graded yet."""
    return grade is Grade.MAJOR or (grade is Grade.OPEN and suspected)


_ABOVE_HOUSES = frozenset({Category.DIKE, Category.POND, Category.TAILINGS, Category.FLASH_FLOOD, Category.GEOHAZARD})
_LEAK = ("泄漏", "泄露", "漏气", "煤气味", "燃气味", "臭味")
_EXITS = ("出口", "通道", "逃生", "安全门")
_BLOCKED = ("堵", "锁", "封", "占")


def is_suspected(category: Category, threatened: Headcount, words: str) -> bool:
    """疑似重大, by rule: people below water or a slope (or nobody can say), leaking gas, or the way out blocked."""
    if category in _ABOVE_HOUSES:
        return (threatened.households, threatened.people) != (0, 0)
    if category is Category.GAS:
        return any(word in words for word in _LEAK)
    if category in {Category.FIRE, Category.SMALL_PREMISES, Category.BUSINESS_HOUSE, Category.FARM_STAY}:
        return any(word in words for word in _EXITS) and any(word in words for word in _BLOCKED)
    return False


_NEAR_KM = 5.0
"""so far from its marked centre a village still reaches, in mountains"""


def place_near(tree: PlaceTree, spot: Point, within_km: float = _NEAR_KM) -> Place | None:
    """The village or grid whose marked position is nearest, None where none is near enough. A guess, to be checked."""
    marked = [
        (distance_km(spot, position), place)
        for place in tree
        if place.level in {Level.VILLAGE, Level.GRID} and (position := place.position) is not None
    ]
    near = [(km, place.code, place) for km, place in marked if km <= within_km]
    return min(near)[2] if near else None


def place_in_words(tree: PlaceTree, words: str, own: Iterable[PlaceCode], county: PlaceCode) -> Place | None:
    """The place somebody's words name: one of his own, or the only one of that name in the county. Else None."""
    nearby = [place for code in own for place in (tree.get(code), *tree.descendants(code)) if place is not None]
    for place in sorted(nearby, key=lambda one: -len(one.code)):
        if place.name in words or short_name(place.name, place.level) in words:
            return place
    named = tree.find_by_name(words, county)
    if len(named) == 1:
        return named[0]
    inside = [p for p in tree if p.level is Level.VILLAGE and is_within(p.code, county) and p.name in words]
    return inside[0] if len(inside) == 1 else None


def departments_of(officers: Collection[Person]) -> tuple[str, ...]:
    """The departments that have somebody in the roster, each once."""
    return tuple(dict.fromkeys(post.department for one in officers for post in one.posts if post.department))
