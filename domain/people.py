"""Who is who, and who may do what where. The table of permissions is data (domain: roles × actions), asked anew at
every action. Authority comes from a post in the roster and its place, never from a chat group or a display name.

Source of roles and rights: the field's role table (county C, township T, village V, public P).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from domain.places import PlaceCode, is_within

PersonId = NewType("PersonId", int)

FORBIDDEN_ACCOUNTS = frozenset({1087968824, 777000, 136817688})
"""GroupAnonymousBot, Telegram's service account and Channel_Bot: one id for many people, so never a person."""


class Role(StrEnum):
    COUNTY_DUTY = "C1"
    COUNTY_LEADER = "C2"
    DEPARTMENT = "C3"
    PRINCIPAL = "T1"
    LEADER_IN_CHARGE = "T2"
    STATION = "T3"
    DUTY = "T4"
    CONTACT_CADRE = "T5"
    VILLAGE_HEAD = "V1"
    EMERGENCY_OFFICER = "V2"
    GRID_MEMBER = "V3"
    PATROLLER = "V4"
    MONITOR = "V5"
    WARNER = "V6"
    EVACUATOR = "V7"
    SHELTER_KEEPER = "V8"
    REPORTER = "V9"
    RESCUE_LEAD = "V10"
    PUBLIC = "P"


COUNTY_ROLES = frozenset({Role.COUNTY_DUTY, Role.COUNTY_LEADER, Role.DEPARTMENT})
TOWNSHIP_ROLES = frozenset({Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION, Role.DUTY, Role.CONTACT_CADRE})
VILLAGE_ROLES = frozenset(r for r in Role if r.value.startswith("V"))
TOWNSHIP_LEADERS = frozenset({Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION})


class Action(StrEnum):
    POST_WARNING = "post_warning"
    APPROVE_WARNING = "approve_warning"
    """as the second person; also to call a warning wrong"""
    RELEASE_HELD_WARNING = "release_held_warning"
    RELAY_WARNING = "relay_warning"
    ANSWER_WARNING = "answer_warning"
    SEE_MISSING = "see_missing"
    RECORD_FOR_OTHERS = "record_for_others"
    PATROL = "patrol"
    PLAN_PATROL = "plan_patrol"
    REPORT_HAZARD = "report_hazard"
    ASSIGN_HAZARD = "assign_hazard"
    CLOSE_HAZARD = "close_hazard"
    CONFIRM_AT_ONCE = "confirm_at_once"
    """close what was fixed where it was found, by another hand"""
    ROUTE_HAZARD = "route_hazard"
    DRAFT_LETTER = "draft_letter"
    SIGN_LETTER = "sign_letter"
    LIST_HAZARD = "list_hazard"
    """挂牌督办, and everything that is decided about it"""
    PUBLISH_LISTING = "publish_listing"
    """let the public text out to a group"""
    BLOW_WHISTLE = "blow_whistle"
    CONFIRM_WHISTLE = "confirm_whistle"
    PROPOSE_REWARD = "propose_reward"
    APPROVE_REWARD = "approve_reward"
    PAY_REWARD = "pay_reward"
    SEE_REPORTER = "see_reporter"
    """who has reported something for a reward"""
    GRADE_HAZARD = "grade_hazard"
    """says 重大 or 一般, and gives more time for 重大"""
    DECIDE_OWNER = "decide_owner"
    """says whose a hazard is that everybody passes on"""
    ISSUE_CHECK = "issue_check"
    JUDGE_CHECK = "judge_check"
    NAME_IN_GROUP = "name_in_group"
    """a leader decides that somebody is named in a group after a check"""
    EDIT_ROSTER = "edit_roster"
    READ_LEDGER = "read_ledger"
    EXPORT_LEDGER = "export_ledger"
    EDIT_POINTS = "edit_points"
    """the register of risk points"""
    PROPOSE_POINTS = "propose_points"
    """a change of it, which somebody with the right confirms"""
    GRANT_LEAVE = "grant_leave"
    ISSUE_ENROLMENT = "issue_enrolment"
    BIND_GROUP = "bind_group"
    PLAN_DUTY = "plan_duty"
    KEEP_LOG = "keep_log"
    """the duty log: to read it, and to write down who called"""
    ASSIGN_CHAIN = "assign_chain"
    SEE_CHAIN = "see_chain"
    REHEARSE = "rehearse"
    RUN_DRILL = "run_drill"
    """open, play and end a drill"""
    MOVE_RESPONSE = "move_response"
    """start, change and end one"""
    PREPARE_RESPONSE = "prepare_response"
    """for a leader to confirm"""


class Reach(StrEnum):
    """How far a right goes."""

    AREA = "area"
    """the place of the post and everything below it"""
    OWN = "own"
    """only what carries the person's own name"""
    LESSER = "lesser"
    """the area, but hazards graded 一般 only"""
    DEPARTMENT = "department"
    """the area, but only categories owned by the person's department"""
    ANY = "any"


_V_FIELD = (Role.GRID_MEMBER, Role.PATROLLER, Role.MONITOR, Role.WARNER, Role.EVACUATOR, Role.SHELTER_KEEPER)
_CLOSERS = (Role.COUNTY_DUTY, Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION, Role.CONTACT_CADRE)
_EVERY_POST = tuple(role for role in Role if role is not Role.PUBLIC)


def _all(roles: Iterable[Role], reach: Reach) -> dict[Role, Reach]:
    return dict.fromkeys(roles, reach)


_SUPERVISORS = (Role.COUNTY_DUTY, Role.COUNTY_LEADER, Role.PRINCIPAL)
_DEPARTMENTS = {Role.DEPARTMENT: Reach.DEPARTMENT}

RIGHTS: dict[Action, dict[Role, Reach]] = {
    Action.POST_WARNING: _all(
        (Role.COUNTY_DUTY, Role.DEPARTMENT, Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION), Reach.AREA
    ),
    Action.APPROVE_WARNING: _all((Role.COUNTY_DUTY, Role.COUNTY_LEADER), Reach.AREA)
    | {Role.DEPARTMENT: Reach.DEPARTMENT},
    Action.RELEASE_HELD_WARNING: _all((Role.COUNTY_DUTY,), Reach.AREA),
    Action.RELAY_WARNING: _all(
        (
            Role.PRINCIPAL,
            Role.LEADER_IN_CHARGE,
            Role.STATION,
            Role.DUTY,
            Role.VILLAGE_HEAD,
            Role.EMERGENCY_OFFICER,
        ),
        Reach.AREA,
    ),
    Action.ANSWER_WARNING: _all(_EVERY_POST, Reach.OWN),
    Action.SEE_MISSING: _all(
        (Role.COUNTY_DUTY, Role.COUNTY_LEADER, *TOWNSHIP_ROLES, Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER),
        Reach.AREA,
    ),
    Action.RECORD_FOR_OTHERS: _all(
        (Role.COUNTY_DUTY, Role.COUNTY_LEADER, *TOWNSHIP_ROLES, Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER), Reach.AREA
    ),
    Action.PATROL: _all(
        (Role.DEPARTMENT, Role.STATION, Role.CONTACT_CADRE, Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER),
        Reach.AREA,
    )
    | _all(_V_FIELD, Reach.OWN),
    Action.PLAN_PATROL: _all((Role.STATION, Role.LEADER_IN_CHARGE, Role.PRINCIPAL), Reach.AREA),
    Action.REPORT_HAZARD: _all(Role, Reach.ANY),
    Action.ASSIGN_HAZARD: _all((Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION), Reach.AREA)
    | {Role.DEPARTMENT: Reach.DEPARTMENT},
    Action.CLOSE_HAZARD: _all(
        (Role.COUNTY_DUTY, Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION, Role.CONTACT_CADRE), Reach.AREA
    )
    | {Role.DEPARTMENT: Reach.DEPARTMENT, Role.VILLAGE_HEAD: Reach.LESSER},
    Action.CONFIRM_AT_ONCE: _all(_CLOSERS, Reach.AREA)
    | _all((Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER), Reach.LESSER)
    | {Role.DEPARTMENT: Reach.DEPARTMENT},
    Action.ROUTE_HAZARD: _all((Role.COUNTY_DUTY, Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION), Reach.AREA)
    | {Role.DEPARTMENT: Reach.DEPARTMENT},
    Action.DRAFT_LETTER: _all((*_SUPERVISORS, Role.STATION), Reach.AREA) | _DEPARTMENTS,
    Action.SIGN_LETTER: _all(_SUPERVISORS, Reach.AREA) | _DEPARTMENTS,
    Action.LIST_HAZARD: _all(_SUPERVISORS, Reach.AREA) | _DEPARTMENTS,
    Action.PUBLISH_LISTING: _all(_SUPERVISORS, Reach.AREA),
    Action.BLOW_WHISTLE: _all((Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION), Reach.AREA),
    Action.CONFIRM_WHISTLE: _all((Role.PRINCIPAL, Role.LEADER_IN_CHARGE), Reach.AREA),
    Action.PROPOSE_REWARD: _all((Role.STATION, Role.COUNTY_DUTY), Reach.AREA) | _DEPARTMENTS,
    Action.APPROVE_REWARD: _all((Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.COUNTY_LEADER), Reach.AREA),
    Action.PAY_REWARD: _all((Role.STATION, Role.COUNTY_DUTY), Reach.AREA),
    Action.SEE_REPORTER: _all((Role.STATION, Role.PRINCIPAL, Role.COUNTY_DUTY), Reach.AREA),
    Action.GRADE_HAZARD: _all((Role.PRINCIPAL, Role.LEADER_IN_CHARGE), Reach.AREA)
    | {Role.DEPARTMENT: Reach.DEPARTMENT},
    Action.DECIDE_OWNER: _all((Role.COUNTY_DUTY, Role.COUNTY_LEADER), Reach.AREA),
    Action.ISSUE_CHECK: _all(
        (
            Role.COUNTY_DUTY,
            Role.COUNTY_LEADER,
            Role.PRINCIPAL,
            Role.LEADER_IN_CHARGE,
            Role.STATION,
            Role.CONTACT_CADRE,
        ),
        Reach.AREA,
    )
    | {Role.DEPARTMENT: Reach.DEPARTMENT},
    Action.JUDGE_CHECK: _all(
        (
            Role.COUNTY_DUTY,
            Role.COUNTY_LEADER,
            Role.DEPARTMENT,
            Role.PRINCIPAL,
            Role.LEADER_IN_CHARGE,
            Role.STATION,
        ),
        Reach.AREA,
    )
    | {Role.CONTACT_CADRE: Reach.OWN},
    Action.NAME_IN_GROUP: _all((Role.COUNTY_LEADER, Role.PRINCIPAL, Role.LEADER_IN_CHARGE), Reach.AREA),
    Action.EDIT_ROSTER: _all((Role.STATION,), Reach.AREA) | _all((Role.COUNTY_DUTY,), Reach.AREA),
    Action.READ_LEDGER: _all(
        (Role.COUNTY_DUTY, Role.COUNTY_LEADER, *TOWNSHIP_ROLES, Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER), Reach.AREA
    )
    | {Role.DEPARTMENT: Reach.DEPARTMENT},
    Action.EXPORT_LEDGER: _all(
        (
            Role.COUNTY_DUTY,
            Role.PRINCIPAL,
            Role.LEADER_IN_CHARGE,
            Role.STATION,
            Role.CONTACT_CADRE,
            Role.VILLAGE_HEAD,
            Role.EMERGENCY_OFFICER,
        ),
        Reach.AREA,
    )
    | {Role.DEPARTMENT: Reach.DEPARTMENT},
    Action.EDIT_POINTS: _all((Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION), Reach.AREA)
    | {Role.DEPARTMENT: Reach.DEPARTMENT},
    Action.PROPOSE_POINTS: _all((Role.CONTACT_CADRE, Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER), Reach.AREA),
    Action.GRANT_LEAVE: _all((Role.COUNTY_DUTY, Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION), Reach.AREA),
    Action.ISSUE_ENROLMENT: _all((Role.COUNTY_DUTY, Role.STATION), Reach.AREA),
    Action.PLAN_DUTY: _all((Role.COUNTY_DUTY, Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION), Reach.AREA),
    Action.KEEP_LOG: _all(
        (Role.COUNTY_DUTY, Role.COUNTY_LEADER, Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION, Role.DUTY),
        Reach.AREA,
    ),
    Action.ASSIGN_CHAIN: _all((Role.COUNTY_DUTY, Role.STATION), Reach.AREA),
    Action.SEE_CHAIN: _all((*COUNTY_ROLES, *TOWNSHIP_ROLES, Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER), Reach.AREA),
    Action.REHEARSE: _all((Role.COUNTY_DUTY, Role.STATION), Reach.AREA),
    Action.RUN_DRILL: _all((Role.COUNTY_LEADER, Role.PRINCIPAL, Role.LEADER_IN_CHARGE), Reach.AREA),
    Action.MOVE_RESPONSE: _all(
        (Role.COUNTY_DUTY, Role.COUNTY_LEADER, Role.PRINCIPAL, Role.LEADER_IN_CHARGE), Reach.AREA
    ),
    Action.PREPARE_RESPONSE: _all((Role.STATION,), Reach.AREA),
    Action.BIND_GROUP: _all(
        (
            Role.COUNTY_DUTY,
            Role.COUNTY_LEADER,
            Role.PRINCIPAL,
            Role.LEADER_IN_CHARGE,
            Role.STATION,
            Role.VILLAGE_HEAD,
        ),
        Reach.AREA,
    )
    | {Role.DEPARTMENT: Reach.DEPARTMENT},
}
"""The matrix of rights. A role that is absent may not."""


class PrivateChat(StrEnum):
    """What is known of the way into a person's private chat with the bot."""

    NEVER = "never_started"
    OPEN = "open"
    BLOCKED = "blocked"
    GONE = "deactivated"


class PersonStatus(StrEnum):
    ACTIVE = "active"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Post:
    """One duty of one person at one place."""

    role: Role
    place: PlaceCode
    department: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One human being with one contact, however many posts."""

    id: PersonId
    name: str
    phone: str
    title: str = ""
    language: str = "zh"
    status: PersonStatus = PersonStatus.ACTIVE
    user_id: int | None = None
    """Telegram account, once enrolled"""
    private_chat: PrivateChat = PrivateChat.NEVER
    posts: tuple[Post, ...] = ()
    deputy_id: PersonId | None = None

    @property
    def reachable(self) -> bool:
        """True when a private message has a chance of arriving."""
        return self.user_id is not None and self.private_chat is PrivateChat.OPEN

    def holds(self, roles: Iterable[Role], place: PlaceCode | None = None) -> bool:
        wanted = frozenset(roles)
        return any(p.role in wanted and (place is None or is_within(place, p.place)) for p in self.posts)


@dataclass(frozen=True, slots=True)
class Leave:
    """An absence with somebody standing in. Both ends are instants; the stand-in inherits the posts in between."""

    person_id: PersonId
    stand_in_id: PersonId
    starts_at: datetime
    ends_at: datetime

    def covers(self, now: datetime) -> bool:
        return self.starts_at <= now < self.ends_at


def may(
    person: Person | None,
    action: Action,
    place: PlaceCode,
    *,
    own: bool = False,
    grave: bool = False,
    department: str = "",
) -> bool:
    """Whether the person may do this at this place, by the table alone.

    own: the thing carries the person's own name · grave: a 重大 hazard · department: who owns the thing's category.
    """
    if RIGHTS[action].get(Role.PUBLIC) is Reach.ANY:
        return True
    if person is None or person.status is not PersonStatus.ACTIVE:
        return False
    return any(_reaches(post, action, place, own, grave, department) for post in person.posts)


def _reaches(post: Post, action: Action, place: PlaceCode, own: bool, grave: bool, department: str) -> bool:
    reach = RIGHTS[action].get(post.role)
    if reach is None:
        return False
    if reach is Reach.ANY:
        return True
    if reach is Reach.OWN:
        return own
    if not is_within(place, post.place):
        return False
    if reach is Reach.LESSER:
        return not grave
    if reach is Reach.DEPARTMENT:
        return bool(post.department) and post.department == department
    return True
