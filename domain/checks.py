"""Rules of the spot check (抽查): whom a leader may check, how a draw is made and made again, what a verdict needs.

The six subjects are those of 001 §8, the form and its results F7 of the field. A check asks something of substance and
nobody knows of it beforehand (004 七, 四不两直). A human judges; nothing here is a penalty, a score or a rank. Pure.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil
from types import MappingProxyType

from domain.answers import Choice, read_choice, read_choices
from domain.errors import DomainError
from domain.people import TOWNSHIP_ROLES, VILLAGE_ROLES, Person, Post, Role
from domain.places import PlaceCode, is_within

ANSWER = "answer"
"""what the obligation asks for"""
LEAST_FOR_COUNTS = 3
"""figures about fewer people than this would name them"""


class Topic(StrEnum):
    """001 §8, in its order."""

    PRESENCE = "presence"
    """人员到岗履职"""
    EQUIPMENT = "equipment"
    """装备到位完好"""
    HAZARDS = "hazards"
    """隐患排查治理"""
    RISKS = "risks"
    """重大风险管控"""
    WARNINGS = "warnings"
    """响应预警信息传递"""
    PATROL = "patrol"
    """网格员到岗巡查"""


class Manner(StrEnum):
    RANDOM = "random"
    NAMED = "named"


class CheckState(StrEnum):
    OPEN = "open"
    DONE = "done"
    """everybody asked has been judged"""
    CANCELLED = "cancelled"


# -- whom ---------------------------------------------------------------------------------------------------------


CHECKED_BY: Mapping[Role, frozenset[Role]] = MappingProxyType(
    {
        Role.COUNTY_DUTY: TOWNSHIP_ROLES | VILLAGE_ROLES,
        Role.COUNTY_LEADER: TOWNSHIP_ROLES | VILLAGE_ROLES,
        Role.DEPARTMENT: frozenset({Role.PATROLLER, Role.MONITOR}),
        Role.PRINCIPAL: VILLAGE_ROLES,
        Role.LEADER_IN_CHARGE: VILLAGE_ROLES,
        Role.STATION: VILLAGE_ROLES,
        Role.CONTACT_CADRE: VILLAGE_ROLES,
    }
)
"""Who checks whom: the county townships and villages, a township its villages, a cadre his village, a department the
patrollers of its own trade (001 §8)."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom one post may check: these roles in this place and below it; of one department only, where it is named."""

    roles: frozenset[Role]
    place: PlaceCode
    department: str = ""

    def covers(self, post: Post) -> bool:
        trade = not self.department or post.department == self.department
        return trade and post.role in self.roles and is_within(post.place, self.place)


def scopes_of(person: Person) -> list[Scope]:
    """What the person's posts let him check; [] for who may not check at all."""
    return [
        Scope(CHECKED_BY[post.role], post.place, post.department if post.role is Role.DEPARTMENT else "")
        for post in person.posts
        if post.role in CHECKED_BY and (post.role is not Role.DEPARTMENT or post.department)
    ]


def post_for(
    person: Person, scopes: Iterable[Scope], within: PlaceCode, roles: Collection[Role] = ()
) -> tuple[Post, Scope] | None:
    """The post in which the person may be checked: of several the highest place. `roles` empty: any."""
    found = [
        (post, scope)
        for scope in scopes
        for post in person.posts
        if scope.covers(post) and is_within(post.place, within) and (not roles or post.role in roles)
    ]
    return min(found, key=lambda pair: (len(pair[0].place), pair[0].place, pair[0].role.value), default=None)


class Why(StrEnum):
    """Why somebody in the pool is not asked. That he has no private chat is no reason: he is telephoned."""

    CHECKER = "checker"
    LEAVE = "leave"
    """his stand-in takes his place in the pool"""
    ACTIVE = "active"
    """answered a red warning or checked in a moment ago: he counts as on his post and is not disturbed"""
    ASKED = "asked"
    """still owes an answer to another check"""
    CUT_OFF = "cut_off"
    """his village is cut off: nothing can be asked there, and nothing is anybody's fault"""
    RESTING = "resting"
    """came off a night shift a few hours ago"""
    TODAY = "today"
    """was asked today already"""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """`at`: when he was last active."""

    why: Why
    at: datetime | None = None


# -- the draw -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Draw:
    """A draw as it was made; with it anybody can make it again."""

    seed: int
    """64 bits"""
    size: int
    pool: tuple[int, ...]
    """everybody it could have been, by id"""
    excluded: Mapping[int, Exclusion]
    spent: tuple[int, ...]
    """of the others, those whom the present round has drawn already"""
    chosen: tuple[int, ...]
    """in the order drawn; fewer than `size` where there were not so many"""


def draw(
    pool: Collection[int], size: int, seed: int, *, excluded: Collection[int] = (), spent: Collection[int] = ()
) -> tuple[int, ...]:
    """Choose up to `size` of the pool, nobody twice and nobody excluded.

    Everybody gets a ticket, sha256("<seed as 16 hex digits>:<id>"), and the lowest tickets are drawn. Those whom the
    round has spent come into it only when all the others are drawn: then the next round begins.
    """
    eligible = set(pool) - set(excluded)
    tickets = sorted(eligible, key=lambda person: (person in spent, _ticket(seed, person)))
    return tuple(tickets[: max(0, size)])


def _ticket(seed: int, person: int) -> bytes:
    return hashlib.sha256(f"{seed:016x}:{person}".encode()).digest()


def spent_of(eligible: Collection[int], history: Iterable[int]) -> frozenset[int]:
    """Whom the present round has drawn. `history`: everybody drawn so far, oldest first. Once all of the eligible have
    had their turn, a new round begins; who cannot be asked today does not hold it up."""
    everybody, drawn = frozenset(eligible), set[int]()
    for person in history:
        if person in everybody:
            drawn.add(person)
        if drawn == everybody:
            drawn.clear()
    return frozenset(drawn)


def make_draw(
    pool: Collection[int], excluded: Mapping[int, Exclusion], history: Iterable[int], size: int, seed: int
) -> Draw:
    spent = spent_of(set(pool) - set(excluded), history)
    chosen = draw(pool, size, seed, excluded=excluded, spent=spent)
    return Draw(seed, size, tuple(sorted(pool)), dict(excluded), tuple(sorted(spent)), chosen)


def drawn_again(record: Draw) -> tuple[int, ...]:
    """The same draw from its record: equal to `record.chosen`, or the record is not what happened."""
    return draw(record.pool, record.size, record.seed, excluded=record.excluded, spent=record.spent)


def proposed_size(villages: int, share: float, most: int) -> int:
    """So many a leader is proposed to draw: a share of the villages, two at least where there are several."""
    return max(1, min(most, max(min(2, villages), ceil(share * villages - 1e-9))))


# -- the question -------------------------------------------------------------------------------------------------


def next_topic(used: Sequence[Topic]) -> Topic:
    """轮换: the subject this checker has used least recently. `used`: his checks, newest first."""
    unused = [topic for topic in Topic if topic not in used]
    return unused[0] if unused else max(Topic, key=used.index)


_CHOICES: Mapping[Topic, tuple[Choice, ...]] = MappingProxyType(
    {
        Topic.PRESENCE: (
            Choice("here", aliases=("在岗", "在", "在村里", "在岗位")),
            Choice("way", aliases=("在途", "路上", "在路上")),
            Choice("leave", aliases=("请假", "请假顶岗")),
        ),
        Topic.EQUIPMENT: (
            Choice("fine", number=0, aliases=("都好", "好", "好的", "都能用", "都正常", "正常", "没有", "无", "完好")),
            Choice("phone", number=1, aliases=("卫星电话",)),
            Choice("power", number=2, aliases=("发电机", "应急发电机")),
            Choice("pump", number=3, aliases=("排水泵", "水泵")),
            Choice("fire", number=4, aliases=("微型消防站", "消防站")),
            Choice("horn", number=5, aliases=("扩音器", "手持扩音器", "喇叭")),
        ),
    }
)
"""The five pieces of every village: 001 §14."""


def choices_of(topic: Topic) -> tuple[Choice, ...]:
    """The answers of a subject that can be chosen; () where only words answer."""
    return _CHOICES.get(topic, ())


def codes_in(topic: Topic, text: str) -> tuple[str, ...]:
    """The choices a typed answer names, () where it names none: then the words are the answer."""
    choices = choices_of(topic)
    if not choices:
        return ()
    one = read_choice(text, choices)
    return (one,) if one is not None else read_choices(text, choices) or ()


def is_night(local: datetime, night_from: int, night_until: int) -> bool:
    """Whether people sleep at this instant of the county's clock. Hours; a night may go over midnight."""
    if night_from <= night_until:
        return night_from <= local.hour < night_until
    return local.hour >= night_from or local.hour < night_until


# -- the verdict --------------------------------------------------------------------------------------------------


class Call(StrEnum):
    """How a telephone call went."""

    ON_POST = "on_post"
    OFF_POST = "off_post"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    NETWORK = "network"


CONNECTED = frozenset({Call.ON_POST, Call.OFF_POST})


class Result(StrEnum):
    ON_POST = "on_post"
    """在岗: qualified"""
    UNFAMILIAR = "unfamiliar"
    """在岗但不熟悉职责"""
    OFF_POST = "off_post"
    """未及时到岗"""
    SILENT = "silent"
    """未应答（失联）"""
    COVERED = "covered"
    """请假已顶岗"""
    WRONG_NUMBER = "wrong_number"
    NETWORK = "network"
    """网络中断（免责）"""


UNQUALIFIED = frozenset({Result.UNFAMILIAR, Result.OFF_POST, Result.SILENT})
"""these need a reason; the others must not carry one"""
EXCUSED = frozenset({Result.COVERED, Result.WRONG_NUMBER, Result.NETWORK})
"""not the person's affair: neither for nor against him"""


class Reason(StrEnum):
    LATE = "late"
    """未及时到岗"""
    UNREACHED = "no_call"
    """未接通"""
    UNCLEAR = "unclear"
    """职责表述不清晰"""
    KIT = "kit"
    """装备不齐"""
    UNTRUE = "untrue"
    """记录不实"""
    OTHER = "other"


USUAL_REASON: Mapping[Result, Reason] = MappingProxyType(
    {Result.OFF_POST: Reason.LATE, Result.SILENT: Reason.UNREACHED, Result.UNFAMILIAR: Reason.UNCLEAR}
)


def results_for(*, heard: bool, tried: bool, explained: bool = False) -> tuple[Result, ...]:
    """What can be judged. Whoever was heard, by message or telephone, was not silent. Of whom nothing was heard, it
    cannot be said how well he knows his duty; nor that he is missing, before he has been `tried` to the end. Whoever
    has `explained` himself since may have been on his post."""
    never: set[Result] = {Result.SILENT} if heard else {Result.ON_POST, Result.UNFAMILIAR}
    if explained:
        never.discard(Result.ON_POST)
    if not (heard or tried):
        never |= UNQUALIFIED
    return tuple(result for result in Result if result not in never)


def check_verdict(
    result: Result, reasons: Collection[Reason], other: str, *, heard: bool, tried: bool, explained: bool = False
) -> None:
    """F7: 合格 carries no reason, 其他 needs words. Raises DomainError."""
    if result not in results_for(heard=heard, tried=tried, explained=explained):
        raise DomainError("check.refused.does_not_fit")
    if result not in UNQUALIFIED:
        if reasons or other:
            raise DomainError("check.refused.reason_not_wanted")
        return
    if not reasons:
        raise DomainError("check.refused.reason_wanted")
    if (Reason.OTHER in reasons) is not bool(other.strip()):
        raise DomainError("check.refused.words_wanted")
