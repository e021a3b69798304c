"""Several missed rounds in one line: which of them are meant, and what is too unclear to be taken."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.patrol_backfill import Backfill, chosen, read_backfill, wants_list
from domain.patrols import Finding, Hindrance

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 20, 9, 0, tzinfo=CHINA)
DUES = [datetime(2026, 6, 20, hour, tzinfo=CHINA) for hour in (0, 2, 2, 4, 8)]


def meant(text: str) -> list[int] | None:
    fill = read_backfill(text, NOW, CHINA)
    return None if fill is None else chosen(fill, DUES)


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("补2,3 正常", [1, 2]),
        ("补 2、3正常", [1, 2]),
        ("补1到3 正常", [0, 1, 2]),
        ("补2 正常", [1]),
        ("补报1和4，正常", [0, 3]),
        ("补 02:00,04:00 正常", [1, 2, 3]),
        ("补2点、8点 正常", [1, 2, 4]),
        ("补凌晨2点 凌晨4点 正常", [1, 2, 3]),
        ("fill 2,3 normal", [1, 2]),
        ("fill all normal", [0, 1, 2, 3, 4]),
        ("都补 正常", [0, 1, 2, 3, 4]),
        ("全部补报，正常", [0, 1, 2, 3, 4]),
        ("补全部 正常", [0, 1, 2, 3, 4]),
        ("去抢险了，都补正常", [0, 1, 2, 3, 4]),
    ],
)
def test_what_people_type_finds_its_rounds(text: str, which: list[int]) -> None:
    assert meant(text) == which


@pytest.mark.parametrize(
    "text",
    [
        "补2,9 正常",
        "补2,3",
        "都补",
        "补2,3 有异常",
        "补04:00 正常",
        "补 02:00,03:00 正常",
        "补路 正常",
        "把洞补好 正常",
        "补",
    ],
)
def test_what_is_unclear_takes_nothing(text: str) -> None:
    assert meant(text) is None


def test_one_time_alone_is_read_elsewhere_and_a_far_one_by_nobody() -> None:
    assert read_backfill("补04:00 正常", NOW, CHINA) is None
    two = Backfill(read_backfill("都补 正常", NOW, CHINA).said, times=(NOW, NOW - timedelta(hours=40)))  # type: ignore[union-attr]
    assert chosen(two, DUES) is None


def test_the_reason_stays_with_every_round() -> None:
    fill = read_backfill("断网了，都补 去不了 路断", NOW.astimezone(UTC), CHINA)
    assert fill is not None
    assert (fill.said.finding, fill.said.hindrance, fill.said.words) == (Finding.UNABLE, Hindrance.ROAD, "断网了 路断")


def test_the_list_is_asked_for_by_one_word() -> None:
    assert [wants_list(one) for one in ("补", "补报。", "补 ", "补丁", "补1")] == [True, True, True, False, False]
