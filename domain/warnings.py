"""Which notice goes out, which waits for a person and which is ignored, and until when a warning holds.

Pure: the instant is an argument, nothing is remembered. Reasons are keys; their words live in messages/.
What a source said is in domain/notices.py, where it applies in domain/warning_areas.py, what it does to the
warnings before it in domain/warning_chains.py; their names can be imported from here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.colours import Colour, ColourEvidence, ColourReading, colour_of, parse_colour
from domain.notices import (
    Area,
    Finding,
    MessageKey,
    MsgType,
    Notice,
    Reference,
    Scope,
    Status,
    clean_text,
    cross_source_key,
    dedupe_key,
    is_from,
    is_lifted,
    issuer_county,
)
from domain.warning_areas import (
    AreaLimits,
    How,
    PlaceMatch,
    PlaceProblem,
    Problem,
    affected_townships,
    affected_villages,
    resolve_places,
)
from domain.warning_chains import (
    Chain,
    PlaceChanges,
    Relation,
    RelationKind,
    Said,
    chain_of,
    continued_events,
    counterpart,
    higher_wins,
    lacks_reference,
    place_changes,
    refers_to,
    relation,
)

__all__ = [
    "Area",
    "AreaLimits",
    "Chain",
    "Colour",
    "ColourEvidence",
    "ColourReading",
    "Disposition",
    "Expiry",
    "Finding",
    "How",
    "Mark",
    "MessageKey",
    "MsgType",
    "Notice",
    "Outcome",
    "PlaceChanges",
    "PlaceMatch",
    "PlaceProblem",
    "Problem",
    "Reason",
    "Reference",
    "Relation",
    "RelationKind",
    "Said",
    "Scope",
    "SourcePolicy",
    "Status",
    "Way",
    "affected_townships",
    "affected_villages",
    "after_relation",
    "chain_of",
    "clean_text",
    "colour_of",
    "continued_events",
    "counterpart",
    "cross_source_key",
    "dedupe_key",
    "disposition",
    "expiry_of",
    "higher_wins",
    "is_expired",
    "is_from",
    "is_lifted",
    "issuer_county",
    "lacks_reference",
    "parse_colour",
    "place_changes",
    "refers_to",
    "relation",
    "resolve_places",
]


class Outcome(StrEnum):
    """What became of a notice that a source delivered."""

    ACCEPTED = "accepted"
    HELD = "held"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"


class Way(StrEnum):
    POST = "post"
    EXERCISE = "exercise"
    """goes out marked 【演练】"""
    HOLD = "hold"
    """a person decides"""
    IGNORE = "ignore"


class Reason(StrEnum):
    """Why a notice is held or ignored."""

    ACK_OR_ERROR = "ack_or_error"
    NOT_ACTUAL = "not_actual"
    """System, Test or Draft"""
    EXERCISE_NOT_ALLOWED = "exercise_not_allowed"
    EXPIRED = "expired"
    OUTSIDE_COUNTY = "outside_county"
    STATUS_UNKNOWN = "status_unknown"
    TYPE_UNKNOWN = "type_unknown"
    NOT_PUBLIC = "not_public"
    UNREGISTERED_SENDER = "unregistered_sender"
    SENT_IN_FUTURE = "sent_in_future"
    EXPIRES_BEFORE_SENT = "expires_before_sent"
    LIFE_TOO_LONG = "life_too_long"
    NO_COLOUR = "no_colour"
    NO_TEXT = "no_text"
    TEXT_TOO_LONG = "text_too_long"
    NO_AREA = "no_area"
    AREA_NOT_FOUND = "area_not_found"
    TOO_MANY_PLACES = "too_many_places"
    DUPLICATE = "duplicate"
    STALE = "stale"
    CANCEL_UNKNOWN = "cancel_unknown"
    FOREIGN_CANCEL = "foreign_cancel"
    FOREIGN_UPDATE = "foreign_update"


class Mark(StrEnum):
    """What people are told beside a notice that goes out."""

    COLOUR_CONFLICT = "colour_conflict"
    EXPIRY_ASSUMED = "expiry_assumed"
    CHECK_AREA = "check_area"
    """请核对范围"""
    NOT_CHINESE = "not_chinese"


@dataclass(frozen=True, slots=True)
class SourcePolicy:
    """What a source is allowed to do. Figures are defaults of ours, not law."""

    senders: frozenset[str] | None = None
    """registered senders, issuing offices or issuers' codes; None: everybody whom this source passes on"""
    exercises: bool = False
    default_life: timedelta = timedelta(hours=24)
    """for a notice that does not say when it ends"""
    max_life: timedelta = timedelta(days=30)
    future_tolerance: timedelta = timedelta(minutes=10)
    max_villages: int = 5000
    max_text: int = 8000
    """characters of text and instruction together"""


@dataclass(frozen=True, slots=True)
class Disposition:
    way: Way
    reason: Reason | None = None
    marks: frozenset[Mark] = frozenset()


@dataclass(frozen=True, slots=True)
class Expiry:
    """When a warning ends. `assumed`: the source did not say, or said nonsense."""

    at: datetime
    assumed: bool = False


def expiry_of(notice: Notice, default_life: timedelta = timedelta(hours=24)) -> Expiry:
    """The stated end; where it is missing or not after the sending, `default_life` after the beginning."""
    if notice.expires is not None and notice.expires > notice.sent:
        return Expiry(notice.expires)
    onset = notice.onset
    begins_soon = onset is not None and notice.sent <= onset <= notice.sent + timedelta(days=3)
    return Expiry((onset if onset is not None and begins_soon else notice.sent) + default_life, assumed=True)


def is_expired(notice: Notice, now: datetime, default_life: timedelta = timedelta(hours=24)) -> bool:
    return expiry_of(notice, default_life).at <= now


def disposition(notice: Notice, allowed: SourcePolicy, now: datetime, match: PlaceMatch | None = None) -> Disposition:
    """What happens to a notice that a source delivered, before it is compared with what is in force.

    Only Actual and Public go out by themselves. `match`: where it applies; without it only the question
    whether an area is stated at all is asked. A lifting needs no colour, text, area or life of its own.
    """
    lifted = is_lifted(notice)
    if reason := _first(_ignoring(notice, allowed, now, match, lifted)):
        return Disposition(Way.IGNORE, reason)
    checks = _holding(notice, allowed, now)
    if not lifted:
        checks += (*_holding_content(notice, allowed), *_holding_area(notice, allowed, match))
    marks = frozenset() if lifted else _marks(notice, match)
    if reason := _first(checks):
        return Disposition(Way.HOLD, reason, marks)
    return Disposition(Way.EXERCISE if notice.status is Status.EXERCISE else Way.POST, None, marks)


_Checks = tuple[tuple[bool, Reason], ...]


def _first(checks: _Checks) -> Reason | None:
    return next((reason for applies, reason in checks if applies), None)


def _ignoring(notice: Notice, allowed: SourcePolicy, now: datetime, match: PlaceMatch | None, lifted: bool) -> _Checks:
    exercise = notice.status is Status.EXERCISE
    return (
        (notice.msg_type in {MsgType.ACK, MsgType.ERROR}, Reason.ACK_OR_ERROR),
        (notice.status in {Status.SYSTEM, Status.TEST, Status.DRAFT}, Reason.NOT_ACTUAL),
        (exercise and not allowed.exercises, Reason.EXERCISE_NOT_ALLOWED),
        (not lifted and is_expired(notice, now, allowed.default_life), Reason.EXPIRED),
        (not lifted and match is not None and match.outside, Reason.OUTSIDE_COUNTY),
    )


def _holding(notice: Notice, allowed: SourcePolicy, now: datetime) -> _Checks:
    registered = allowed.senders is None or is_from(notice, allowed.senders)
    return (
        (notice.status is Status.UNKNOWN, Reason.STATUS_UNKNOWN),
        (notice.msg_type is MsgType.UNKNOWN, Reason.TYPE_UNKNOWN),
        (notice.scope is not Scope.PUBLIC, Reason.NOT_PUBLIC),
        (not registered, Reason.UNREGISTERED_SENDER),
        (notice.sent > now + allowed.future_tolerance, Reason.SENT_IN_FUTURE),
    )


def _holding_content(notice: Notice, allowed: SourcePolicy) -> _Checks:
    expires = notice.expires
    return (
        (expires is not None and expires <= notice.sent, Reason.EXPIRES_BEFORE_SENT),
        (expires is not None and expires - notice.sent > allowed.max_life, Reason.LIFE_TOO_LONG),
        (notice.colour is None, Reason.NO_COLOUR),
        (not (notice.headline or notice.text), Reason.NO_TEXT),
        (len(notice.text) + len(notice.instruction) > allowed.max_text, Reason.TEXT_TOO_LONG),
    )


def _holding_area(notice: Notice, allowed: SourcePolicy, match: PlaceMatch | None) -> _Checks:
    if match is None:
        return ((not notice.areas, Reason.NO_AREA),)
    stated = any(problem.key is PlaceProblem.NO_AREA for problem in match.problems)
    return (
        (not match.codes and stated, Reason.NO_AREA),
        (not match.codes, Reason.AREA_NOT_FOUND),
        (len(match.villages) > allowed.max_villages, Reason.TOO_MANY_PLACES),
    )


def _marks(notice: Notice, match: PlaceMatch | None) -> frozenset[Mark]:
    doubtful = {Finding.BAD_POLYGON, Finding.BAD_CIRCLE, Finding.EXCLUDED_AREA, Finding.LANGUAGES_DIFFER}
    marks = {
        Mark.COLOUR_CONFLICT: notice.colour_conflict,
        Mark.EXPIRY_ASSUMED: expiry_of(notice).assumed,
        Mark.CHECK_AREA: bool(match and match.problems) or not doubtful.isdisjoint(notice.findings),
        Mark.NOT_CHINESE: not notice.language.lower().startswith("zh"),
    }
    return frozenset(mark for mark, applies in marks.items() if applies)


_SILENT = {
    RelationKind.DUPLICATE: Reason.DUPLICATE,
    RelationKind.STALE: Reason.STALE,
    RelationKind.CANCEL_UNKNOWN: Reason.CANCEL_UNKNOWN,
}
_FOREIGN = {
    RelationKind.FOREIGN_CANCEL: Reason.FOREIGN_CANCEL,
    RelationKind.FOREIGN_UPDATE: Reason.FOREIGN_UPDATE,
}


def after_relation(first: Disposition, found: Relation) -> Disposition:
    """The final word: duplicates, stale ones and liftings of nothing are ignored even where a person would
    have been asked; somebody else's change of a warning is held even where it would have gone out."""
    if first.way is Way.IGNORE:
        return first
    if reason := _SILENT.get(found.kind):
        return Disposition(Way.IGNORE, reason)
    if reason := _FOREIGN.get(found.kind):
        return Disposition(Way.HOLD, reason, first.marks)
    return first
