"""/listings and /rewards page by page, by the last line of the page before: whatever comes in between moves nothing."""

from dataclasses import replace
from functools import partial

from domain.listings import Listing, ListingState
from domain.rewards import Reward, RewardState
from services.work import Work
from tests.supervision.play import taken
from tests.support.county import DUTY, LEADER, START, VILLAGE, County

PAGES = [range(23, 13, -1), range(13, 3, -1), range(3, 0, -1)]


async def test_listings_are_turned(county: County) -> None:
    row, by = await taken(county), (await county.person(DUTY)).id
    blank = Listing(0, row.id, VILLAGE, ListingState.LIFTED, 0, START, "县安委会", "标题", 30, proposed_by=by)

    async def enter(work: Work, numbers: range) -> None:
        for number in numbers:
            one = replace(blank, number=f"G-{number:03}")
            await work.rows.supervision.listings.add(one, None, work.now)

    await county.run(partial(enter, numbers=range(1, 24)))
    await county.say(DUTY, "/listings")
    for page in PAGES:
        text = county.last(DUTY)
        assert [number for number in range(24, 0, -1) if f"G-{number:03}" in text] == list(page)
        if page is not PAGES[-1]:
            more = range(25 + page[0], 26 + page[0])  # newer ones come in while somebody turns the pages
            await county.run(partial(enter, numbers=more))
            await county.press(DUTY, "下一页")
    assert "下一页" not in str(county.messages(DUTY.user_id)[-1].payload)
    county.seen_all()


async def test_rewards_are_turned(county: County) -> None:
    row = await taken(county)

    async def enter(work: Work) -> None:
        (report,) = await work.rows.hazards.reports_of(row.id)
        for number in range(1, 24):
            hazard = await work.rows.hazards.add(replace(row, id=0, number=f"2026-9{number:03}"), report)
            case = Reward(0, hazard.id, VILLAGE, RewardState.OPENED, 0, START, 900 + number, number=f"J-{number:03}")
            await work.rows.supervision.rewards.add(case, None, work.now)

    await county.run(enter)
    await county.say(LEADER, "/rewards")
    for page in PAGES:
        text = county.last(LEADER)
        assert [number for number in range(30, 0, -1) if f"J-{number:03}" in text] == list(page)
        if page is not PAGES[-1]:
            await county.press(LEADER, "下一页")
    county.seen_all()
