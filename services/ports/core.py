"""What services need from the outside, as Protocols: rows, words, chance. storage/ and messages/ provide them.

One `Rows` is one open transaction. Nothing below commits: the door that called the service (an update, a feed, the
tick) opened the transaction and closes it, so that business change, timeline, dialogue state, outbox and inbox mark
stand or fall together.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from domain.action_cards import ActionBook
from domain.obligations import Channel, ObligationState, Plan
from domain.outgoing import Outgoing, QueuedMessage, Settlement
from domain.people import Leave, Person, PersonId, Post, PrivateChat, Role
from domain.places import Place, PlaceCode, PlaceTree
from domain.text import Html
from domain.warning_tally import Counts

T = TypeVar("T")


class Words(Protocol):
    """messages/: every text by its address, in the language asked for."""

    def text(self, address: str, /, lang: str = "zh", **facts: object) -> Html: ...
    def label(self, address: str, /, lang: str = "zh", **facts: object) -> str:
        """Plain text for a button, a toast or a file name: never parsed as HTML."""
        ...

    def card(self, name: str, /, lang: str = "zh", **facts: object) -> Html: ...
    def actions(self, lang: str = "zh") -> ActionBook:
        """What each post has to do now, by kind of disaster and colour."""
        ...


class Chance(Protocol):
    """The part of random.Random that services use."""

    def random(self) -> float: ...
    def sample(self, population: Sequence[T], k: int) -> list[T]: ...
    def randrange(self, start: int, stop: int) -> int: ...
    def getrandbits(self, k: int, /) -> int: ...


class OutboxRows(Protocol):
    async def put(self, *messages: Outgoing) -> int:
        """Queue; a key that exists already is left as it is. An EDIT with a target supersedes that target's unsent
        edits. Returns how many were new."""
        ...

    async def put_many(self, messages: Iterable[Outgoing]) -> int: ...
    async def supersede(self, *, subject: str, person_id: int | None = None, keys: Collection[str] = ()) -> int:
        """Withdraw what is still unsent of the subject (all of it, one person's, or just these keys). What is being
        sent at this moment is not tried again."""
        ...

    async def arrived(self, keys: Collection[str]) -> set[str]:
        """Those that went out, or may have: in doubt, under way, or in parts of which one has gone."""
        ...

    async def message_of(self, key: str) -> tuple[int, int] | None:
        """(chat_id, message_id) of a sent record, None while it is not sent."""
        ...

    async def state_of(self, key: str) -> tuple[str, str] | None:
        """(state, reason) of a record, None when there is none."""
        ...

    async def claim(
        self, boot: str, limit: int, skip_chats: Collection[int], lanes: Collection[int]
    ) -> list[QueuedMessage]: ...
    async def settle(self, settlements: Sequence[Settlement]) -> list[tuple[Settlement, Outgoing]]: ...
    async def recover(self, boot: str) -> int: ...
    async def next_due(self) -> datetime | None: ...
    async def abandon_chat(self, chat_id: int, reason: str) -> int:
        """Nothing can be written there any more: what waits for that chat ends."""
        ...

    async def move_chat(self, old: int, new: int) -> None: ...
    async def undelivered(self, subject: str) -> Mapping[int, str]:
        """person_id → reason for private messages about the subject that did not get through."""
        ...

    async def told(self, subject: str) -> set[int]:
        """The persons whom at least one private message about the subject has reached."""
        ...

    async def newest_to(self, subject: str, person_id: int) -> str | None:
        """The key of the newest message about the subject in this person's private chat."""
        ...


@dataclass(frozen=True, slots=True)
class Group:
    """A Telegram group and what it stands for."""

    chat_id: int
    title: str
    place: PlaceCode | None
    department: str = ""
    status: str = "active"
    """active · left (kicked or left) · unbound"""
    can_send: bool = True
    can_pin: bool = False
    is_admin: bool = False


class GroupRows(Protocol):
    async def get(self, chat_id: int) -> Group | None: ...
    async def save(self, group: Group) -> None: ...
    async def bound_to(self, places: Collection[PlaceCode]) -> list[Group]: ...
    async def all(self) -> list[Group]: ...
    async def migrate(self, old: int, new: int) -> None: ...


class PeopleRows(Protocol):
    async def get(self, person_id: int) -> Person | None: ...
    async def many(self, ids: Collection[int]) -> dict[int, Person]: ...
    async def by_user(self, user_id: int) -> Person | None: ...
    async def by_phone(self, phone: str) -> Person | None: ...
    async def holding(self, roles: Collection[Role], places: Collection[PlaceCode]) -> list[Person]:
        """Active persons holding one of the roles at exactly one of these places; each person once."""
        ...

    async def search(self, text: str, within: PlaceCode, limit: int = 10) -> list[Person]: ...
    async def all(self) -> list[Person]: ...
    async def add(self, *, name: str, phone: str, title: str = "", language: str = "zh") -> PersonId: ...
    async def update(self, person_id: int, **fields: Any) -> None:
        """Fields of the person row: name, phone, title, language, status, deputy_id."""
        ...

    async def set_posts(self, person_id: int, posts: Iterable[Post]) -> None: ...
    async def enrol(self, person_id: int, user_id: int, at: datetime) -> bool:
        """Tie the account to the person; False when either is tied elsewhere."""
        ...

    async def release_account(self, person_id: int) -> None:
        """Untie the Telegram account: somebody who left, or a telephone that changed hands."""
        ...

    async def set_private_chat(self, person_id: int, state: PrivateChat) -> None: ...
    async def add_leave(self, absence: Leave, recorded_by: int) -> None: ...
    async def end_leave(self, person_id: int, at: datetime) -> bool: ...
    async def leaves(self, at: datetime) -> list[Leave]: ...


class PlaceRows(Protocol):
    async def tree(self) -> PlaceTree: ...
    async def save(self, places: Iterable[Place]) -> None: ...


@dataclass(frozen=True, slots=True)
class Obligation:
    """One row: a person owes an answer about a subject."""

    id: int
    subject: str
    """"warning:12", "patrol:7", "hazard:3", "check:9" """
    person_id: PersonId
    what: str
    """what is owed: acknowledge, check_in, triage, fix, answer …"""
    place: PlaceCode
    plan: Plan
    opened_at: datetime
    due_at: datetime
    stopped: timedelta
    step: int
    next_step_at: datetime | None
    state: ObligationState
    reachable: bool = True
    answered_at: datetime | None = None
    channel: Channel | None = None
    answered_by: PersonId | None = None
    """who gave the answer: himself, or the helper who recorded it for him"""
    late: bool = False
    note: str = ""


class ObligationRows(Protocol):
    async def open(
        self,
        *,
        subject: str,
        what: str,
        plan: Plan,
        opened_at: datetime,
        owing: Iterable[tuple[PersonId, PlaceCode, bool]],
    ) -> list[int]:
        """One obligation for each (person, place, reachable); who owes already is left alone. Returns the ids."""
        ...

    async def get(self, obligation_id: int) -> Obligation | None: ...
    async def find(self, subject: str, person_id: int, what: str) -> Obligation | None: ...
    async def of_subject(self, subject: str) -> list[Obligation]: ...
    async def open_of_person(self, person_id: int, what: str | None = None) -> list[Obligation]: ...
    async def due(self, now: datetime, limit: int = 500) -> list[Obligation]: ...
    async def climbed(self, obligation_id: int, from_step: int, to_step: int, next_at: datetime | None) -> bool:
        """Compare-and-set on the step; False when another hand was first."""
        ...

    async def answer(
        self, obligation_id: int, *, at: datetime, channel: Channel, by: int, note: str = "", late: bool
    ) -> bool:
        """The first answer; False when there is one already."""
        ...

    async def finish(self, obligation_id: int, state: ObligationState, note: str = "") -> bool: ...
    async def quiet_places(self, subject: str, steps: int) -> list[PlaceCode]:
        """Places where nobody has answered and everybody's ladder has gone so many steps."""
        ...

    async def cut_off_in(self, places: Collection[PlaceCode]) -> list[Obligation]:
        """What was excused at exactly these places because they are cut off."""
        ...

    async def open_again(self, obligation_id: int, at: datetime, reachable: bool) -> bool:
        """One that was excused as cut off begins anew; False for any other."""
        ...

    async def close_subject(self, subject: str, state: ObligationState = ObligationState.CLOSED) -> list[Obligation]:
        """Close all open ones of the subject; returns those that were open."""
        ...

    async def stop_clocks(self, since: datetime, until: datetime) -> list[Obligation]:
        """Add the overlap of [since, until] to every open obligation; returns those that were moved."""
        ...

    async def set_reachable(self, person_id: int, reachable: bool) -> None: ...
    async def wake(self, person_id: int, at: datetime) -> None:
        """Let the tick look at this person's open obligations at once."""
        ...

    async def tally(self, subject: str) -> Mapping[PlaceCode, tuple[int, int]]:
        """place → (answered, owed)."""
        ...

    async def counts(self, subject: str) -> Mapping[PlaceCode, Counts]:
        """The same with how many answers were late, and how many were given by a helper."""
        ...


@dataclass(frozen=True, slots=True)
class DialogueRow:
    user_id: int
    chat_id: int
    form: str
    session: str
    """the session as JSON (domain.forms.Session)"""
    screen_key: str
    """outbox key of the message that shows the present screen"""
    updated_at: datetime
    reminded: bool = False


class DialogueRows(Protocol):
    async def get(self, user_id: int, chat_id: int) -> DialogueRow | None: ...
    async def save(self, row: DialogueRow) -> None: ...
    async def drop(self, user_id: int, chat_id: int) -> None: ...
    async def drop_user(self, user_id: int) -> int: ...
    async def mark_reminded(self, user_id: int, chat_id: int) -> None: ...
    async def idle_since(self, before: datetime) -> list[DialogueRow]: ...


@dataclass(frozen=True, slots=True)
class Board:
    """One live tally: the post in a group that shows it, and the place it counts for."""

    subject: str
    chat_id: int
    place: PlaceCode
    post_key: str
    drawn_at: datetime
    times_drawn: int = 0


class BoardRows(Protocol):
    async def add(self, boards: Collection[Board]) -> None: ...
    async def mark(self, subject: str, places: Collection[PlaceCode]) -> None:
        """These places' tallies have changed."""
        ...

    async def mark_all(self, subject: str) -> None: ...
    async def dirty(self, drawn_before: datetime, limit: int = 100) -> list[Board]: ...
    async def get(self, subject: str, chat_id: int) -> Board | None: ...
    async def of_subject(self, subject: str) -> list[Board]: ...
    async def drawn(self, subject: str, chat_id: int, at: datetime, *, changed: bool = True) -> None: ...
    async def shows(self, last_key: str, edit: Outgoing) -> bool:
        """Whether the post, drawn last by the message of this key, says just that or is about to."""
        ...

    async def move(self, old: int, new: int) -> None:
        """The group goes by another number now."""
        ...


class TimelineRows(Protocol):
    async def add(
        self,
        what: str,
        *,
        subject: str,
        actor: int | None,
        at: datetime,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Append one fact, chained by hash. Facts hold ids and states, never what people wrote."""
        ...

    async def verify(self) -> int | None:
        """Sequence number of the first broken link, None when the chain is whole."""
        ...


class InboxRows(Protocol):
    async def store(self, updates: Sequence[tuple[int, str]], at: datetime) -> list[int]:
        """Keep raw updates; returns the ids that were new."""
        ...

    async def is_done(self, update_id: int) -> bool: ...
    async def done(self, update_id: int, at: datetime) -> bool:
        """Mark it; False when it was done or put aside before, or was never kept."""
        ...

    async def undone(self) -> list[tuple[int, str, int]]:
        """(update_id, raw JSON, attempts) of what is not finished, oldest first."""
        ...

    async def begin_again(self) -> None:
        """Count one try for everything that is not finished and was never counted."""
        ...

    async def attempt(self, update_id: int, error: str = "") -> int:
        """Count one more try; returns how many there were."""
        ...

    async def put_aside(self, update_id: int, at: datetime, error: str) -> None: ...
    async def prune(self, before: datetime) -> int: ...


class HeartbeatRows(Protocol):
    async def heard(self, name: str, at: datetime) -> datetime | None:
        """Remember the instant; returns the one before."""
        ...

    async def last(self, name: str) -> datetime | None: ...
    async def deaf(self, since: datetime, until: datetime) -> None: ...
    async def deaf_between(self, since: datetime, until: datetime) -> float:
        """Seconds of deafness within the two instants."""
        ...


class CounterRows(Protocol):
    async def next(self, name: str) -> int:
        """The next number of a series, starting at 1."""
        ...


class CoreRows(Protocol):
    """The families of tables that every feature uses."""

    @property
    def outbox(self) -> OutboxRows: ...
    @property
    def groups(self) -> GroupRows: ...
    @property
    def people(self) -> PeopleRows: ...
    @property
    def places(self) -> PlaceRows: ...
    @property
    def obligations(self) -> ObligationRows: ...
    @property
    def boards(self) -> BoardRows: ...
    @property
    def dialogues(self) -> DialogueRows: ...
    @property
    def timeline(self) -> TimelineRows: ...
    @property
    def inbox(self) -> InboxRows: ...
    @property
    def heartbeats(self) -> HeartbeatRows: ...
    @property
    def counters(self) -> CounterRows: ...


class OutboxDoor(Protocol):
    """What delivery/ needs of the outbox: claim in one transaction, settle in another, nothing held in between."""

    async def claim(
        self, now: datetime, boot: str, limit: int, skip_chats: Collection[int], lanes: Collection[int]
    ) -> list[QueuedMessage]:
        """Mark up to `limit` due rows as being sent, best lane first, at most one for each chat."""
        ...

    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> None: ...
    async def recover(self, boot: str, now: datetime) -> int:
        """At start: rows an earlier run left in the middle become ambiguous and follow their policy."""
        ...

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next waiting row wants to be tried; None when nothing waits."""
        ...
