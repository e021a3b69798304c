"""The four steps of one event, as they should come and as they do come: twice, and out of their order."""

from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.chain import deliver, steps, summary
from tests.acceptance.roster import Size, make
from tests.acceptance.stage import stage_of

TINY = Size(3, 6, 70)
"""two of the three townships are raised to red; two villages in each"""

IN_ORDER = {
    ("county", "orange red yellow lifted"): 1,
    ("township", "orange red yellow lifted"): 2,
    ("township", "orange dropped yellow lifted"): 1,
    ("village", "orange red yellow lifted"): 4,
    ("village", "orange dropped"): 2,  # yellow goes to the townships, which pass it on by hand
}
OLDER_UPDATE_LAST = {
    ("county", "orange yellow lifted"): 1,
    ("township", "orange yellow lifted"): 3,
    ("village", "orange yellow lifted"): 6,
}
UPDATE_BEFORE_ITS_ALERT = {
    ("county", "red yellow lifted"): 1,
    ("township", "red yellow lifted"): 2,
    ("township", "yellow lifted"): 1,
    ("village", "red yellow lifted"): 4,
    ("village", ""): 2,
}
CANCEL_BEFORE_THE_LAST_UPDATE = {
    ("county", "orange red lifted"): 1,
    ("township", "orange red lifted"): 2,
    ("township", "orange dropped"): 1,
    ("village", "orange red lifted"): 4,
    ("village", "orange dropped"): 2,
}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("1234", IN_ORDER),
        ("1122134413234", IN_ORDER),
        ("13234", OLDER_UPDATE_LAST),
        ("2134", UPDATE_BEFORE_ITS_ALERT),
        ("12434", CANCEL_BEFORE_THE_LAST_UPDATE),
        ("41", {("county", ""): 1, ("township", ""): 3, ("village", ""): 6}),
    ],
)
async def test_every_group_gets_exactly_its_posts(tmp_path: Path, order: str, expected: dict[object, int]) -> None:
    county = make(TINY)
    async with stage_of(county, tmp_path) as stage:
        made = steps(county)
        await deliver(stage, [made[int(number) - 1] for number in order])
        assert summary(stage) == Counter(expected)
        assert stage.complaints == []
