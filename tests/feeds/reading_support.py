"""What the tests of the readers share: asking a reader as the fetcher would, and being refused."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.sources import Source, SourceKind
from feeds.errors import UnreadableNotice
from feeds.readers import READERS
from feeds.reading import Asked, Reading

SAMPLES = Path(__file__).parents[1] / "samples"
CHINA = ZoneInfo("Asia/Shanghai")
NUMBER = "33992141600000_20260713060512"
"""the national number that most samples carry"""
SENT = datetime(2026, 7, 12, 22, 5, 12, tzinfo=UTC)


def asked(kind: SourceKind, hints: Mapping[str, str] | None = None) -> Asked:
    source = Source.model_construct(name="hall", kind=kind, url="https://cap.example.cn/feed")
    return Asked(source, CHINA, hints or {})


def read(kind: SourceKind, body: bytes | str, hints: Mapping[str, str] | None = None) -> Reading:
    return READERS[kind](body.encode() if isinstance(body, str) else body, asked(kind, hints))


def sample(kind: SourceKind, name: str) -> Reading:
    return read(kind, (SAMPLES / name).read_bytes())


def refused(kind: SourceKind, body: bytes | str) -> str:
    with pytest.raises(UnreadableNotice) as caught:
        read(kind, body)
    return caught.value.reason_key
