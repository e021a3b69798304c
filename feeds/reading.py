"""What a reader makes of one answer of a source. Readers are pure: bytes in, a `Reading` out, no network and no clock.

A source that says "none" gives an empty reading; an answer that cannot be understood raises UnreadableNotice. The two
are never confused: silence of a broken source must not look like fair weather.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from domain.notices import Notice
from domain.sources import Source


@dataclass(frozen=True, slots=True)
class Link:
    """Another document that has to be fetched to know what this one announces. `version` changes when the source says
    that the document behind the same address is another one (its update time): fetched once for each version."""

    url: str
    version: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)
    """facts that only the list has, for the reader of the document"""


@dataclass(frozen=True, slots=True)
class Refused:
    """One entry that could not be read, beside others that could. `reason` is a key of feeds.errors.Unreadable."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """`listed`: identifiers of all that the source says is in force, for sources where a warning that ended merely
    disappears; None where the list says nothing about that (or is known to be cut short)."""

    notices: tuple[Notice, ...] = ()
    links: tuple[Link, ...] = ()
    listed: frozenset[str] | None = None
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, beside the bytes that came back."""

    source: Source
    zone: tzinfo
    """for times without an offset"""
    hints: Mapping[str, str] = field(default_factory=dict)
    """of the link that led here"""


Reader = Callable[[bytes, Asked], Reading]
"""Raises UnreadableNotice."""
