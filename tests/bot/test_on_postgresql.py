"""The same bot on PostgreSQL: one warning's whole life, a dialogue, a restart, and one leader at a time."""

from datetime import timedelta

from storage.database import Database
from tests.support.county import DUTY, GRID, HEAD, LEADER, OFFICER, PATROLLER, STATION, VILLAGE, County


async def test_a_warnings_life_is_the_same_on_postgresql(county_on_postgresql: County) -> None:
    county = county_on_postgresql
    first = county.clock.now()
    identifier = await county.warn(colour="红色", places=[VILLAGE])
    for person in (DUTY, LEADER, STATION, OFFICER, PATROLLER):
        await county.press(person, "收到")
    await county.say(HEAD, "收到", county.village_group)
    await county.restart()
    await county.pass_time(minutes=8)
    assert "王大爷" in county.last(STATION)
    await county.press(STATION, "1 接通")
    await county.pass_time(seconds=30)
    assert "应答 4/5" in county.last(county.village_group)
    county.clock.advance(timedelta(minutes=5))
    await county.warn(places=[VILLAGE], follows=(identifier, first), cancel=True)
    assert "预警已解除" in county.last(county.village_group)
    county.seen_all()


async def test_a_dialogue_survives_a_restart_on_postgresql(county_on_postgresql: County) -> None:
    county = county_on_postgresql
    await county.say(STATION, "/warn")
    await county.press(STATION, "山洪")
    await county.restart()
    await county.press(STATION, "橙色")
    assert "影响哪些地方" in county.last(STATION)
    await county.say(GRID, "/cancel")
    county.seen_all()


async def test_only_one_process_leads(county_on_postgresql: County) -> None:
    county = county_on_postgresql
    standby = await Database.open(county.bot.settings.database_url)
    try:
        assert not await standby.try_to_lead()
        assert await county.bot.database.still_leads()
        await county.stack.aclose()
        assert await standby.try_to_lead()
    finally:
        await standby.close()
