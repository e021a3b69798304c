"""Rules of the patrol: what somebody reports from his round, and how it is read, joined and counted. Pure.

A patrol is planned by a human; nobody is asked to check in on an ordinary day (N1). 去不了 is always an answer, and
看不准 counts as abnormal: nobody is sent back into danger to make sure. Phases and reasons: form F5 of the field.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from domain.answers import Choice, choice_named, plain, read_choice, read_time
from domain.geometry import Point, distance_km
from domain.obligations import Plan
from domain.people import RIGHTS, Action, Person, Role
from domain.places import PlaceCode, is_within, level_of, short_name

CHECK_IN = "check_in"
LISTEN = "listen"
"""somebody checked in by voice, and another one is to hear what it says"""
"""what a task's obligation asks for"""
DESCRIBE = "describe"
"""what is owed once 有异常 was said and nothing more"""

WALKERS = (Role.GRID_MEMBER, Role.PATROLLER, Role.MONITOR, Role.EMERGENCY_OFFICER, Role.VILLAGE_HEAD)
"""who can be given a patrol, the usual ones first"""
USUAL_WALKERS = WALKERS[:3]


class Phase(StrEnum):
    """事前检查 · 事中巡查 · 事后复查"""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Finding(StrEnum):
    NORMAL = "normal"
    ABNORMAL = "abnormal"
    UNABLE = "unable"
    """could not go: never counted as missing"""


class Hindrance(StrEnum):
    """Why somebody could not go."""

    ROAD = "road"
    DANGER = "danger"
    EVACUATED = "evacuated"
    HEALTH = "health"
    OTHER = "other"


class TaskState(StrEnum):
    """`open`, then the newest finding; or it ended otherwise, by a person or with what asked for it."""

    OPEN = "open"
    NORMAL = "normal"
    ABNORMAL = "abnormal"
    UNABLE = "unable"
    CANCELLED = "cancelled"
    MISSED = "missed"
    """the next round of the same point began before an answer came; a late one still counts"""
    EXCUSED = "excused"
    """暂停巡查: nobody was to go"""
    ENDED = "ended"
    """响应结束: the response that asked for it was over first"""


class Asking(StrEnum):
    """What was asked about a task beside the finding, and is answered by what is typed next."""

    NOTHING = ""
    LIST = "list"
    LIST_AGAIN = "list_again"
    READING = "reading"
    READING_AGAIN = "reading_again"


class OrderKind(StrEnum):
    PAUSE = "pause"
    """暂停巡查（人员安全）"""
    DENSE = "dense"
    """加密巡查: every half hour at high water"""


class SpokenState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    UNCLEAR = "unclear"
    """nobody could make it out, or it was something else"""


FINDINGS = (
    Choice(
        Finding.NORMAL,
        "正常",
        (
            "一切正常",
            "都正常",
            "全部正常",
            "无异常",
            "没有异常",
            "没异常",
            "未见异常",
            "未发现异常",
            *("没问题", "没有问题", "没啥问题", "没什么问题", "没得问题", "没发现问题"),
            "都好",
            "normal",
        ),
    ),
    Choice(
        Finding.ABNORMAL,
        "有异常",
        (
            *("异常", "不正常", "发现异常", "有情况", "有问题", "看不准", "说不准", "拿不准", "不确定", "不好说"),
            "abnormal",
        ),
    ),
    Choice(Finding.UNABLE, "去不了", ("没法去", "去不成", "不能去", "过不去", "没去成", "cannot")),
)
HINDRANCES = (
    Choice(Hindrance.ROAD, "路断", ("路断了", "断路", "路不通", "塌方断路")),
    Choice(Hindrance.DANGER, "涉险", ("危险", "太危险", "有危险", "不安全")),
    Choice(Hindrance.EVACUATED, "已撤离", ("撤离了", "撤离", "已经撤离", "人都撤了", "撤了")),
    Choice(Hindrance.HEALTH, "身体原因", ("身体不好", "生病", "病了", "身体不适", "人不舒服")),
    Choice(Hindrance.OTHER, "其它", ("其他", "别的原因")),
)
_MOST = 60
"""letters: what is longer is a story, not a check-in"""
_BACKFILL = re.compile(r"(?:(?P<why>.*?)[\s,;。、]+)?补(?:报|填|记|打卡)?[\s:,]*(?P<rest>.+)")
_FINE = "|".join(sorted((FINDINGS[0].label, *FINDINGS[0].aliases), key=len, reverse=True))
_MEASURED = re.compile(
    rf"(?:[1一][\s,.、:。]*)?(?:{_FINE}|(?<=[\s,.、:。]))[\s,.、:。]*(?P<rest>(?:水位|雨量|积水)\D{{0,4}}\d.*)"
)
_CANNOT = re.compile(r"(?:[3三][\s,.、:。]*)?(?:去不了|没法去|去不成|不能去|过不去|没去成)[\s,.、:。]*(?P<rest>.+)")
_THIRD = re.compile(r"[3三][\s,.、:。]*(?P<rest>.+)")
_ABNORMAL = re.compile(r"(?:(?:[2二][\s,.、:。]*)?(?:有异常|异常|看不准)|[2二])[\s,.、:。]+(?P<rest>.+)")


@dataclass(frozen=True, slots=True)
class Said:
    """A check-in as somebody typed it. `seen_at` is given only where it is filled in later ("补04:00 正常")."""

    finding: Finding
    place: PlaceCode | None = None
    seen_at: datetime | None = None
    hindrance: Hindrance | None = None
    words: str = ""
    """what else was said: the reason of a late entry, or what is abnormal"""


def read_check_in(text: str, places: Mapping[PlaceCode, str], now: datetime, zone: tzinfo) -> Said | None:
    """1, 一, "1。", 正常, "上坞村正常", "3 路断", "2 坝脚渗水", "去抢险了，补04:00 正常". Anything else: None.

    `places` are those the person may mean, with their names. Nothing is guessed: "1号桥有裂缝" is no check-in.
    """
    body = plain(text)
    if not body or len(body) > _MOST:
        return None
    if found := _BACKFILL.fullmatch(body):
        return _filled_in(found["rest"], found["why"] or "", places, now, zone)
    return _with_place(body, places)


def _filled_in(rest: str, why: str, places: Mapping[PlaceCode, str], now: datetime, zone: tzinfo) -> Said | None:
    for cut in range(len(rest) - 1, 0, -1):
        moment = read_time(rest[:cut].strip(" ,、。;"), now, zone, "past")
        said = _with_place(rest[cut:].strip(" ,、。;"), places) if moment is not None and moment <= now else None
        if said is not None:
            words = " ".join(filter(None, (why, said.words)))
            return Said(said.finding, said.place, moment, said.hindrance, words)
    return None


def _with_place(body: str, places: Mapping[PlaceCode, str]) -> Said | None:
    if said := _finding(body):
        return said
    for code, name in places.items():
        for called in dict.fromkeys((name, short_name(name, level_of(code)))):
            if body.startswith(called.lower()) and (said := _finding(body[len(called) :].strip(" ,、:。"))):
                return Said(said.finding, code, None, said.hindrance, said.words)
    return None


def _finding(body: str) -> Said | None:
    code = read_choice(body, FINDINGS) if body else None
    if code is not None:
        return Said(Finding(code))
    if found := _MEASURED.fullmatch(body):
        return Said(Finding.NORMAL, words=found["rest"])
    if found := _CANNOT.fullmatch(body):
        return Said(Finding.UNABLE, None, None, read_hindrance(found["rest"]), found["rest"])
    if (found := _THIRD.fullmatch(body)) and (why := choice_named(found["rest"], HINDRANCES)):
        return Said(Finding.UNABLE, None, None, Hindrance(why), found["rest"])  # "3户进水" is no 3
    if (found := _ABNORMAL.fullmatch(body)) and not choice_named(found["rest"], FINDINGS):
        return Said(Finding.ABNORMAL, words=found["rest"])
    return None


def read_hindrance(text: str) -> Hindrance | None:
    """The reason by number or word: 1, 路断, "路断了"."""
    code = read_choice(text, HINDRANCES)
    return None if code is None else Hindrance(code)


def is_same(before: Finding, at: datetime, finding: Finding, now: datetime, within: timedelta) -> bool:
    """Whether a check-in by the same person at the same place repeats an earlier one. A different finding never
    does: what is abnormal now was normal then, and both stand."""
    return before is finding and timedelta(0) <= now - at <= within


def opened_at(due: datetime, plan: Plan) -> datetime:
    """From when the ladder counts, so that the answer is due exactly when the planner said."""
    return due - timedelta(seconds=plan.answer_within)


def lapses_at(due: datetime, plan: Plan) -> datetime:
    """When nobody is asked any more."""
    last = plan.steps[-1].after if plan.steps else plan.answer_within
    return opened_at(due, plan) + timedelta(seconds=max(last, plan.answer_within))


def is_own(person: Person, place: PlaceCode) -> bool:
    """Whether one of the person's posts covers the place."""
    return any(is_within(place, post.place) for post in person.posts)


def own_places(person: Person) -> list[PlaceCode]:
    """Where the person may check in without a task: the places of his posts that patrol, each once."""
    return list(dict.fromkeys(post.place for post in person.posts if post.role in RIGHTS[Action.PATROL]))


def distance_m(spot: Point, place: Point | None) -> int | None:
    """How far a position sent is from where the place is marked, in metres; None where it is not marked. Shown,
    never judged: villages are wide, and old positions wrong."""
    return None if place is None else round(distance_km(spot, place) * 1000)


_NIGHT_BEGINS, _NIGHT_ENDS = time(22), time(6, 30)


def can_wait_till_morning(local_now: datetime, local_due: datetime) -> bool:
    """At night a task that is due after the night arrives without a sound (N7)."""
    at = local_now.time()
    if _NIGHT_ENDS <= at < _NIGHT_BEGINS:
        return False
    morning = local_now.replace(hour=_NIGHT_ENDS.hour, minute=_NIGHT_ENDS.minute, second=0, microsecond=0)
    if at >= _NIGHT_BEGINS:
        morning += timedelta(days=1)
    return local_due > morning
