"""Other ways to reach somebody than Telegram: the county's channels as its settings name them, what follows from a try.

A channel goes to persons (their phone, or an address of theirs from the roster) or to one place's group on another
service (a robot). Figures are defaults of ours, not law. How a message really leaves is delivery/gateways.py's.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.colours import Colour
from domain.places import PlaceCode, is_within
from domain.tables import CellError, Cells, Column
from domain.text import Html

PERSONS = "persons"
TRIES = 3
PAUSES = (timedelta(seconds=10), timedelta(seconds=60))
"""before the second try, and before each further one"""

_AT = "at:"
_ADDRESS_LENGTH = 200
_SMS_LENGTH = 70
_POST_LENGTH = 2000
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_TAG = re.compile(r"<[^<>]*>")


class ChannelKind(StrEnum):
    APPRISE = "apprise"
    """one of the services that apprise knows, by its url"""
    SMS_JSON = "sms_json"
    """the county's SMS gateway: one JSON document by POST for each message"""


class OtherChannel(BaseModel):
    """One way out. `name` stands in rows and never changes its meaning; `label` is what people call it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{1,30}$")
    label: str = Field(min_length=1, max_length=12)
    kind: ChannelKind
    url: str
    """{phone}, {address} and {key} are put in, percent-encoded"""
    body: str = ""
    """of sms_json: the JSON document; {phone}, {address}, {key} and {text} are put into its strings"""
    headers: dict[str, str] = Field(default_factory=dict)
    """of sms_json; {key} is put in"""
    accepted: dict[str, str | int | bool] = Field(default_factory=dict)
    """of sms_json: fields of the answer that say it was taken, as {"code": 0}; empty: any answer of success"""
    reaches: str = Field(default=PERSONS, pattern=r"^(persons|\d{6}(\d{3}(\d{3}(\d{2,3})?)?)?)$")
    """persons, or the code of the place whose group this is"""
    column: str = Field(default="", max_length=20)
    """title of the roster's column that holds the {address}"""
    secret_file: Path | None = None
    """holds the {key} and nothing else"""
    colours: frozenset[Colour] = frozenset({Colour.ORANGE, Colour.RED})
    checks: bool = True
    """also the second attempt of a spot check, where it goes to persons"""
    most_per_minute: int = Field(default=60, ge=1, le=6000)
    at_once: int = Field(default=2, ge=1, le=8)
    """so many messages under way at one time"""
    longest: int | None = Field(default=None, ge=60, le=20_000)
    """characters beyond which the short form is sent; None: 70 for SMS, 2000 for others"""
    timeout_seconds: int = Field(default=10, ge=1, le=60)
    costs: bool | None = None
    """each message costs money, so that only red is ever repeated in doubt; None: SMS does"""

    @model_validator(mode="after")
    def _fits_together(self) -> "OtherChannel":
        named = self._named()
        if unknown := named - {"phone", "address", "key"}:
            raise ValueError(f"unknown {{{min(unknown)}}}")
        if "key" in named and self.secret_file is None:
            raise ValueError("{key} needs a secret_file")
        if (self.place is None) != bool(named & {"phone", "address"}):
            raise ValueError("a channel to persons needs {phone} or {address}, a channel to a place has neither")
        if "address" in named and not self.column:
            raise ValueError("{address} needs a column of the roster")
        if self.kind is ChannelKind.SMS_JSON:
            self._is_a_gateway()
        elif self.body or self.headers or self.accepted or "://" not in self.url:
            raise ValueError("apprise takes a url of its own form and no body, headers or accepted")
        return self

    def _named(self) -> set[str]:
        found = {name for text in (self.url, *self.headers.values()) for name in _PLACEHOLDER.findall(text)}
        in_body = {match for match in _PLACEHOLDER.findall(self.body) if match}
        return found | (in_body - {"text"})

    def _is_a_gateway(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise ValueError("url must be http:// or https:// and carry no user")
        try:
            json.loads(self.body)
        except ValueError:
            raise ValueError("body must be a JSON document") from None
        if "{text}" not in self.body:
            raise ValueError("body needs {text}")

    @property
    def place(self) -> PlaceCode | None:
        """The place whose group this is; None for a channel to persons."""
        return None if self.reaches == PERSONS else PlaceCode(self.reaches)

    @property
    def by_address(self) -> bool:
        """It needs an address from the roster; otherwise the phone is the address."""
        return "address" in self._named()

    @property
    def limit(self) -> int:
        return self.longest or (_SMS_LENGTH if self.kind is ChannelKind.SMS_JSON else _POST_LENGTH)

    @property
    def is_paid(self) -> bool:
        return self.kind is ChannelKind.SMS_JSON if self.costs is None else self.costs

    def repeats_in_doubt(self, colour: Colour) -> bool:
        """Whether a message that may have arrived is sent once more, marked as a second copy."""
        return colour is Colour.RED or not self.is_paid


def names_are_unique(channels: Iterable[OtherChannel]) -> bool:
    names = [one.name for one in channels]
    columns = [one.column for one in channels if one.column]
    return len(set(names)) == len(names) and len(set(columns)) == len(columns)


def roster_columns(channels: Iterable[OtherChannel]) -> tuple[Column, ...]:
    """Further columns of the roster: people's addresses, a column for each channel that needs one."""
    return tuple(Column(f"{_AT}{one.name}", one.column) for one in channels if one.column)


def addresses_in(cells: Cells, columns: Iterable[Column]) -> tuple[tuple[str, str], ...]:
    """channel and address of every such column of a line; an empty one says that the person has none."""
    return tuple(
        (one.name.removeprefix(_AT), cells.read(read_address, cells.row[one.name]) or "")
        for one in columns
        if one.name.startswith(_AT)
    )


def read_address(text: str) -> str:
    """One word, without a blank in it. Raises CellError."""
    address = text.strip()
    if len(address) > _ADDRESS_LENGTH or any(one.isspace() or not one.isprintable() for one in address):
        raise CellError("roster.problem.address", written=text)
    return address


def to_persons(channels: Iterable[OtherChannel], colour: Colour) -> list[OtherChannel]:
    return [one for one in channels if one.place is None and colour in one.colours]


def for_checks(channels: Iterable[OtherChannel]) -> list[OtherChannel]:
    """Those by which somebody is asked a second time in a spot check."""
    return [one for one in channels if one.place is None and one.checks]


def to_places(channels: Iterable[OtherChannel], colour: Colour, covered: Iterable[PlaceCode]) -> list[OtherChannel]:
    """Groups of the covered places, of what lies below them and of what they belong to: as on Telegram."""
    codes = list(covered)
    return [
        one
        for one in channels
        if one.place is not None
        and colour in one.colours
        and any(is_within(one.place, code) or is_within(code, one.place) for code in codes)
    ]


# -- words and addresses put in ------------------------------------------------------------------------------------


def fill_url(template: str, values: Mapping[str, str]) -> str:
    """Each value percent-encoded, so that an address can never change where the url leads."""
    return _PLACEHOLDER.sub(lambda found: quote(values.get(found[1], ""), safe=""), template)


def fill_document(template: str, values: Mapping[str, str]) -> Any:
    """The JSON document with the values in its strings: whatever they hold, they stay text."""
    return _filled(json.loads(template), values)


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        return fill_text(part, values)
    if isinstance(part, list):
        return [_filled(one, values) for one in part]
    if isinstance(part, dict):
        return {name: _filled(one, values) for name, one in part.items()}
    return part


def fill_text(template: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)


def was_accepted(answer: Any, expected: Mapping[str, str | int | bool]) -> bool:
    """Whether the gateway's answer holds what its settings call success; "result.code" looks inside."""
    return all(_as_text(_inside(answer, name)) == _as_text(value) for name, value in expected.items())


def _inside(answer: Any, name: str) -> Any:
    for part in name.split("."):
        answer = answer.get(part) if isinstance(answer, dict) else None
    return answer


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def first_fitting(forms: Sequence[str], longest: int) -> str:
    """The fullest form that fits. The last one is the shortest complete one and is taken whatever its length."""
    return next((form for form in forms if len(form) <= longest), forms[-1])


def plain_text(html: Html) -> str:
    """The words without their dress, for services that show none. What people wrote comes back whole."""
    return unescape(_TAG.sub("", html)).strip()


# -- what became of a try --------------------------------------------------------------------------------------------


class SideState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Tried(StrEnum):
    """How one try ended."""

    SENT = "sent"
    AGAIN = "again"
    """it did not arrive; another try may"""
    REFUSED = "refused"
    """it did not arrive and will not"""
    UNKNOWN = "unknown"
    """it may have arrived: no answer came, or we fell in between"""
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Next:
    """The state after a try; `due_at` where there is another."""

    state: SideState
    due_at: datetime | None = None


def after_try(tried: Tried, at: datetime, *, attempts: int, doubts: int, repeats: bool) -> Next:
    """`attempts` with this one counted, `doubts` before it. Three tries; a doubtful one is repeated once where that is
    worth more than a second copy, and never else."""
    pause = PAUSES[min(attempts, len(PAUSES)) - 1] if attempts else PAUSES[0]
    match tried:
        case Tried.SENT:
            return Next(SideState.SENT)
        case Tried.EXPIRED:
            return Next(SideState.EXPIRED)
        case Tried.AGAIN if attempts < TRIES:
            return Next(SideState.RETRY, at + pause)
        case Tried.UNKNOWN if repeats and doubts == 0 and attempts < TRIES:
            return Next(SideState.RETRY, at + pause)
        case _:
            return Next(SideState.FAILED)
