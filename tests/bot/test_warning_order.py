"""Messages of one warning that arrive in the wrong order, or twice: what people see is what the issuer meant last."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from demo.notices import cap
from tests.support.county import START, VILLAGE, County, small_county

FIRST, SECOND = START - timedelta(minutes=10), START - timedelta(minutes=5)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with small_county(tmp_path) as made:
        yield made


def notice(at: datetime, follows: tuple[str, datetime] | None = None, *, colour: str = "橙色", cancel: bool = False):
    return cap(
        at,
        kind="暴雨",
        colour=colour,
        areas=[("上坞村", VILLAGE.ljust(12, "0"))],
        text=f"预计未来3小时有{colour}暴雨。",
        instruction="到岗。",
        follows=follows,
        cancel=cancel,
    )


async def test_a_cancel_that_comes_before_its_alert_keeps_the_alert_from_being_posted(county: County) -> None:
    number, alert = notice(FIRST)
    _, cancel = notice(SECOND, (number, FIRST), cancel=True)
    await county.drop("cancel.xml", cancel)
    await county.drop("alert.xml", alert)
    assert county.messages(county.village_group) == []


async def test_a_cancel_keeps_nothing_back_that_was_issued_after_it(county: County) -> None:
    number, _ = notice(FIRST)
    _, cancel = notice(SECOND, (number, FIRST), cancel=True)
    await county.drop("cancel.xml", cancel)
    _, anew = notice(START - timedelta(minutes=1))
    await county.drop("anew.xml", anew)
    assert len(county.new(county.village_group)) == 1
    county.seen_all()


async def test_somebody_elses_cancel_of_something_unknown_keeps_nothing_back(county: County) -> None:
    number, alert = notice(FIRST)
    _, cancel = notice(SECOND, (number, FIRST), cancel=True)
    await county.drop("cancel.xml", cancel.replace("<sender>qxt@songyang.example", "<sender>other@songyang.example"))
    await county.drop("alert.xml", alert)
    assert len(county.new(county.village_group)) == 1
    county.seen_all()


async def test_an_alert_that_comes_after_its_own_update_is_old_news(county: County) -> None:
    number, alert = notice(FIRST)
    _, update = notice(SECOND, (number, FIRST), colour="红色")
    await county.drop("update.xml", update)
    assert len(county.new(county.village_group)) == 1
    await county.drop("alert.xml", alert)
    assert county.new(county.village_group) == []
    county.seen_all()


async def test_an_alert_that_comes_after_its_update_was_lifted_is_old_news(county: County) -> None:
    number, alert = notice(FIRST)
    second, update = notice(SECOND, (number, FIRST), colour="红色")
    _, cancel = notice(SECOND + timedelta(minutes=2), (second, SECOND), cancel=True)
    await county.drop("update.xml", update)
    await county.drop("cancel.xml", cancel)
    county.seen_all()
    await county.drop("alert.xml", alert)
    assert county.new(county.village_group) == []
    county.seen_all()


async def test_everything_twice_and_in_any_order_is_said_once(county: County) -> None:
    number, alert = notice(FIRST)
    _, update = notice(SECOND, (number, FIRST), colour="红色")
    for turn, xml in enumerate((alert, update, alert, update, update, alert)):
        await county.drop(f"again-{turn}.xml", xml)
    posts = county.new(county.village_group)
    assert [("红色" in post, "橙色" in post.split("\n")[0]) for post in posts] == [(False, True), (True, False)]
    county.seen_all()
