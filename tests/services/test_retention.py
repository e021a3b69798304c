"""How long words and positions are kept: the county's days, not more, and no long pause for anybody."""

from datetime import timedelta

from domain.policy import CountyPolicy
from services.retention import forget
from services.work import Work
from tests.support.county import COUNTY, VILLAGE, County

DAYS = CountyPolicy().retention.message_days


async def run(county: County, **later: float) -> int:
    """The duty, so much later; nothing else of the beat."""
    county.clock.advance(timedelta(**later))
    return await county.bot.doors.run(forget)


async def test_words_are_kept_for_the_countys_days_and_no_longer(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    await run(county)
    assert await run(county, days=DAYS - 1) == 0
    assert await run(county, days=2) > 0
    assert await run(county, days=2) == 0


async def test_a_backlog_is_worked_off_in_pieces(county: County) -> None:
    for _ in range(3):
        await county.warn(places=[COUNTY])
        county.seen_all()
        county.clock.advance(timedelta(days=20))
        await county.settle()
        county.seen_all()
    county.clock.advance(timedelta(days=DAYS))
    pieces = [await run(county, minutes=11) for _ in range(12)]
    assert sum(1 for one in pieces if one) == 3


async def test_it_looks_once_a_day_and_says_what_it_did(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    await run(county, days=DAYS + 3)
    assert await run(county, minutes=5) == 0

    async def lines(work: Work) -> list[str]:
        return [what for _, _, what, _ in await work.rows.timeline.of("bot")]  # type: ignore[attr-defined]

    assert (await county.bot.doors.run(lines)).count("retention.forgotten") == 1
