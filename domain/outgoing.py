"""What leaves the bot: one frozen record for each message, edit or small gesture, with the rules of its journey.

Nothing here sends. A service puts records of this shape into the outbox; delivery/ takes them out.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from domain.text import NO_TEXT, Html, Rows

ALBUM = 10
"""files that Telegram shows together"""


class Lane(IntEnum):
    """Who goes first. A digest never delays a warning."""

    RED = 0
    """red warnings and every cancellation"""
    URGENT = 1
    """other warnings, evacuation, escalation"""
    REPLY = 2
    """answers in dialogues"""
    DIGEST = 3
    """boards, summaries, everything that can wait"""


class Kind(StrEnum):
    SEND = "send"
    EDIT = "edit"
    """replaces text and buttons of an earlier message; safe to repeat"""
    PIN = "pin"
    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    """a recording somebody sent, by its file_id"""
    REACT = "react"
    """one emoji on somebody's message: the silent "counted" of a group"""


class Policy(StrEnum):
    """What an ambiguous outcome (it may have arrived) leads to."""

    AT_LEAST_ONCE = "at_least_once"
    """sent again, the copy marked 【补发】"""
    AT_MOST_ONCE = "at_most_once"
    """left alone"""
    IDEMPOTENT = "idempotent"
    """repeated freely: edits, pins, reactions"""


class OutboxState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    AMBIGUOUS = "ambiguous"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One thing to be said, complete: the words are final when this exists.

    `key` is unique for ever: (subject, revision, chat, purpose) joined by the service. Asking twice for the same key
    is one message. `target` is the key of the record that an EDIT, PIN or reply refers to; where the message came
    from a person, `target_message_id` holds its id in `chat_id` instead.
    `coalesce` on an EDIT means: an older unsent edit with the same target is superseded by this one.
    """

    key: str
    chat_id: int
    text: Html = NO_TEXT
    kind: Kind = Kind.SEND
    lane: Lane = Lane.REPLY
    policy: Policy = Policy.AT_LEAST_ONCE
    buttons: Rows = ()
    subject: str = ""
    """what it is about, as "warning:12": ending the subject supersedes what is still unsent of it"""
    person_id: int | None = None
    """whose private chat it is, so that a closed one is noted on the right person"""
    target: str | None = None
    target_message_id: int | None = None
    reply: bool = False
    """a SEND that quotes the target"""
    silent: bool = False
    not_before: datetime | None = None
    expires_at: datetime | None = None
    file: str | None = None
    """file_id on Telegram or path below the data folder, for PHOTO, DOCUMENT and VOICE"""
    file_name: str | None = None
    more: tuple[str, ...] = ()
    """further files of the same kind: PHOTO or DOCUMENT becomes an album of at most ten, which carries no buttons"""
    speak: str = ""
    """what a VOICE without a file says: the recording is made when it is sent, where a program that speaks is there"""
    content: str | None = None
    """the DOCUMENT itself in base64, where it is a file nowhere; kept with the words and forgotten with them"""
    emoji: str | None = None
    resend_mark: Html = NO_TEXT
    """put in front of the second copy of an AT_LEAST_ONCE record"""

    def __post_init__(self) -> None:
        if self.more and (self.buttons or self.kind not in {Kind.PHOTO, Kind.DOCUMENT} or len(self.more) >= ALBUM):
            raise ValueError("an album is two to ten photos or documents without buttons")


@dataclass(frozen=True, slots=True)
class QueuedMessage:
    """An outbox row as delivery sees it once it has been claimed."""

    id: int
    out: Outgoing
    attempts: int
    """how often it has been tried before this claim"""
    may_have_arrived: bool
    """an earlier try ended ambiguously"""
    message_id: int | None
    """message id of the target, resolved at the claim"""
    progress: dict[str, str] = field(default_factory=dict)
    """what earlier tries left in `Settlement.extra`: parts that have arrived, features to do without"""


class Outcome(StrEnum):
    SENT = "sent"
    RETRY = "retry"
    """refused or never reached the server: try again at `retry_at`"""
    AMBIGUOUS = "ambiguous"
    """may have arrived; the policy decides"""
    DEAD = "dead"
    EXPIRED = "expired"
    CLOSED = "closed"
    """this private chat or group cannot be written to"""
    MIGRATED = "migrated"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one claimed record; applied in one transaction with all that follows from it."""

    id: int
    outcome: Outcome
    at: datetime
    message_ids: tuple[int, ...] = ()
    """ids given by Telegram; several when a long text was split"""
    retry_at: datetime | None = None
    reason: str = ""
    """a key: blocked, never_started, deactivated, kicked, no_rights, chat_not_found, bad_request, …"""
    new_chat_id: int | None = None
    counted: bool = True
    """False when the try must not count against the record (it never left the machine)"""
    extra: dict[str, str] = field(default_factory=dict)
