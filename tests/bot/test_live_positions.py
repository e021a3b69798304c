"""A live location goes on while somebody walks: what it was sent for learns how near he came; nobody gets a message."""

from datetime import timedelta

from domain.check_topics import Topic
from domain.patrol_marks import Mark
from services.ports import Proof
from tests.bot.test_patrol_rounds import begin, point
from tests.support.checks import named
from tests.support.county import GRID, HEAD, STATION, County

FAR, NEAR = (28.50, 119.48), (28.4502, 119.4801)


async def proofs(county: County) -> list[Proof]:
    found: list[Proof] = await county.run(lambda work: work.rows.patrols.proofs_of(1))
    return found


async def test_a_walk_is_followed_now_and_then_and_without_a_word(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county)
    sent = await county.location(GRID, *FAR, live_period=3600)
    (first,) = await proofs(county)
    assert (first.marks, first.live, first.live_message) == ((Mark.FAR,), True, sent.id)
    said = len(county.messages(GRID.user_id))
    for minutes, spot in ((0, (28.49, 119.48)), (2, (28.4501, 119.48)), (1, (28.4502, 119.48)), (6, NEAR)):
        county.clock.advance(timedelta(minutes=minutes))
        await county.world.move_location(GRID.user_id, GRID.user_id, sent.id, *spot)
        await county.settle()
    kept = await proofs(county)
    assert len(kept) == 3  # not the one at once, nor the one a minute later that had hardly moved
    assert min(one.distance_m or 0 for one in kept) < 50
    assert kept[-1].marks == ()
    assert len(county.messages(GRID.user_id)) == said
    county.seen_all()


async def test_the_checker_sees_how_near_it_came(county: County) -> None:
    check = await named(county, STATION, HEAD, Topic.PRESENCE)
    sent = await county.location(HEAD, 28.60, 119.30, live_period=3600)
    entry = (await county.run(lambda work: work.rows.checks.entries(check.id)))[0]
    assert entry.metres is not None
    assert entry.nearest is None
    said = {who.user_id: len(county.messages(who.user_id)) for who in (HEAD, STATION)}
    for spot in ((28.59, 119.31), (28.60, 119.30), (28.455, 119.48)):
        county.clock.advance(timedelta(minutes=5))
        await county.world.move_location(HEAD.user_id, HEAD.user_id, sent.id, *spot)
        await county.settle()
    entry = (await county.run(lambda work: work.rows.checks.entries(check.id)))[0]
    assert entry.nearest is not None
    assert entry.nearest < entry.metres
    assert {who.user_id: len(county.messages(who.user_id)) for who in (HEAD, STATION)} == said
    county.seen_all()
    await county.press(STATION, "看答复并判定")
    assert "公里，实时位置后来最近离岗位约" in county.last(STATION)
