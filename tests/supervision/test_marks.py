"""挂牌 and 已吹哨 stand on the hazard as long as they last, and one question is asked about how it goes."""

from datetime import timedelta

from domain.hazards import HazardState
from services import listings, whistles
from services.hazard_same import merge
from services.ports import Obligation
from tests.supervision.play import assigned, closed, hazard_of, reported, taken
from tests.support.county import CADRE, DUTY, LEADER, PATROLLER, STATION, County

STEP = timedelta(hours=6)


async def _listed(county: County, days: int = 90) -> int:
    await assigned(county, days=120, major=True)
    duty = await county.person(DUTY)
    made = await county.run(lambda work: listings.propose(work, duty, 1, "县安委会", "上坞山塘溢洪道隐患", days))
    number: int = made.id
    return number


async def _open(county: County, subject: str) -> list[Obligation]:
    owed = await county.bot.doors.run(lambda work: work.rows.obligations.of_subject(subject))
    return [one for one in owed if one.state.value == "open"]


async def test_a_listed_hazard_is_marked_on_every_card_until_it_is_lifted(county: County) -> None:
    await _listed(county)
    assert (await hazard_of(county)).listed
    assert "📌 挂牌督办" in "".join(county.texts(STATION))
    county.seen_all()
    row = await closed(county, await hazard_of(county), CADRE)
    assert row.listed  # closed, and still on the list until somebody takes it off
    await county.press(DUTY, "摘牌")
    assert not (await hazard_of(county)).listed
    county.seen_all()
    await county.press(STATION, "看详情")
    assert "标记 周值班：摘牌" in "".join(county.new(STATION))
    county.seen_all()


async def test_a_whistled_hazard_is_marked_until_the_whistle_ends(county: County) -> None:
    await taken(county)
    leader = await county.person(LEADER)
    blown = await county.run(lambda work: whistles.blow(work, leader, 1, "水利", ""))
    assert (await hazard_of(county)).whistled
    assert "📣 已吹哨" in "".join(county.texts(STATION))
    await county.run(lambda work: whistles.end_by(work, leader, blown.id, blown.version, "水退了"))
    assert not (await hazard_of(county)).whistled
    county.seen_all()


async def test_how_a_listed_hazard_goes_is_asked_once_and_one_line_answers_both(county: County) -> None:
    await _listed(county)
    county.seen_all()
    await county.pass_time(STEP, days=8)
    asked = [text for text in county.new(PATROLLER) if "改到哪一步" in text or "改得怎么样" in text]
    assert len(asked) == 1
    assert [one for one in await _open(county, "hazard:1") if one.what.startswith("progress")] == []
    await county.say(PATROLLER, "清了一半")
    assert "进度记下了：清了一半" in county.last(PATROLLER)
    assert [one for one in await _open(county, "listing:1") if one.what.startswith("progress")] == []
    said = await county.bot.doors.run(lambda work: work.rows.supervision.listings.events_of("listing:1"))
    assert said[-1].facts == {"words": "清了一半"}
    moves = await county.bot.doors.run(lambda work: work.rows.hazards.events_of(1))
    assert (moves[-1].move, moves[-1].facts) == ("progress", {"words": "清了一半"})
    county.seen_all()


async def test_the_end_of_a_listing_is_owed_with_a_word_in_time_and_climbs(county: County) -> None:
    await _listed(county)
    county.seen_all()
    await county.pass_time(timedelta(days=1), days=54)
    assert not any("快到期" in text for text in county.new(PATROLLER))
    await county.pass_time(STEP, days=7)
    assert any("挂牌快到期" in text for text in county.new(PATROLLER))
    assert any("挂牌快到期" in text for text in county.new(DUTY))
    await county.pass_time(timedelta(days=1), days=29)
    await county.pass_time(STEP, days=2)
    assert any("挂牌到期了，还没有销号" in text for text in county.new(PATROLLER))
    assert any("挂牌到期没有销号，请过问" in text for text in county.new(STATION))
    await closed(county, await hazard_of(county), CADRE)
    assert [one for one in await _open(county, "listing:1") if one.what.startswith("due")] == []
    county.seen_all()


async def test_a_whistled_hazard_is_not_merged_away_from_those_who_come(county: County) -> None:
    await taken(county)
    await reported(county, "还在漏")
    leader = await county.person(LEADER)
    await county.run(lambda work: whistles.blow(work, leader, 1, "水利", ""))
    row, station = await hazard_of(county), await county.person(STATION)
    await county.say(STATION, "/help")
    refused = await county.forge(STATION, f"h:merge:1:{row.version}:2")
    assert refused.text == "2026-0001 号已挂牌或已吹哨，不能并入别的。请把另一条并进来。"
    other = await hazard_of(county, 2)
    merged = await county.run(lambda work: merge(work, station, 2, other.version, 1))
    assert merged.state is HazardState.MERGED
    county.seen_all()
