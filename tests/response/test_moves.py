"""A response from its start to its end as people do it: levels as typed, one post in each group, who was first."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.action_cards import Family
from domain.errors import DomainError, NotAllowed
from domain.places import PlaceCode
from domain.response import Move, Period, PeriodState, ResponseLevel
from services.response import level_at
from services.response_moves import Change, Moved, Wish, change, start
from services.work import Work
from tests.support.county import (
    COUNTY,
    DUTY,
    ELSEWHERE,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    STATION,
    STRANGER,
    TOWNSHIP,
    VILLAGE,
    County,
    Someone,
    small_county,
)


@pytest.fixture
async def county(tmp_path: Path) -> AsyncIterator[County]:
    async with small_county(tmp_path) as made:
        yield made


async def started(
    county: County,
    by: Someone = DUTY,
    level: ResponseLevel = ResponseLevel.IV,
    place: PlaceCode = COUNTY,
    kind: Family = Family.TYPHOON,
) -> Period:
    person = await county.person(by)
    done = await county.run(lambda work: start(work, person, Wish(kind, level, (place,), "台风蓝色预警")))
    assert isinstance(done, Moved)
    return done.period


async def moved(county: County, by: Someone, period: Period, move: Move, **more: object) -> Period:
    person = await county.person(by)
    wanted = Change(period.id, period.version, move, "情况有变", **more)  # type: ignore[arg-type]
    done = await county.run(lambda work: change(work, person, wanted))
    assert isinstance(done, Moved)
    return done.period


async def levels(county: County, *places: PlaceCode) -> list[ResponseLevel | None]:
    async def look(work: Work) -> list[ResponseLevel | None]:
        return [await level_at(work, place) for place in places]

    found: list[ResponseLevel | None] = await county.run(look)
    return found


def groups(county: County) -> tuple[int, ...]:
    return (
        county.county_group,
        county.township_group,
        county.far_group,
        county.village_group,
        county.neighbour_group,
        county.far_village_group,
    )


async def test_the_duty_desk_starts_a_response_by_dialogue(county: County) -> None:
    await county.say(DUTY, "响应")
    assert "现在没有应急响应。" in county.last(DUTY)
    await county.press(DUTY, "启动响应")
    await county.press(DUTY, "台风")
    await county.say(DUTY, "四级")
    await county.press(DUTY, "松阳县全部")
    await county.press(DUTY, "填好了")
    await county.say(DUTY, "台风蓝色预警第07号")
    review = county.last(DUTY)
    assert "提交后会在有关的群里发一次" in review
    for group in groups(county):
        assert county.new(group) == []  # nothing is said before a human has submitted it
    await county.press(DUTY, "确认提交")
    assert "已启动防台风Ⅳ级应急响应（2026-01），已发到 3 个群" in county.last(DUTY)
    for group in (county.county_group, county.township_group, county.far_group):
        (post,) = county.new(group)
        assert "【松阳县防指】启动防台风Ⅳ级应急响应" in post
        assert "范围：松阳县，共2个乡镇（街道）" in post
        assert "依据：台风蓝色预警第07号" in post
        assert "签发：周值班" in post
    assert county.new(county.village_group) == []  # Ⅳ goes to the villages by their townships
    assert await levels(county, COUNTY, VILLAGE) == [ResponseLevel.IV, ResponseLevel.IV]


@pytest.mark.parametrize("typed", ["Ⅲ", "III", "3级", "三级", "3", "３"])
async def test_a_level_is_taken_as_it_is_typed(county: County, typed: str) -> None:
    await county.say(DUTY, f"启动{typed}" if not typed[0].isdigit() else "启动")
    await county.press(DUTY, "台风")
    if "几级？" in county.last(DUTY):
        await county.say(DUTY, typed)
    assert "哪些地方？" in county.last(DUTY)
    await county.press(DUTY, "松阳县全部")
    await county.press(DUTY, "填好了")
    await county.say(DUTY, "台风黄色预警")
    assert "Ⅲ级" in county.last(DUTY)
    await county.say(DUTY, "/cancel")
    county.seen_all()


async def test_every_change_is_one_post_in_each_group_and_answers_the_first(county: County) -> None:
    period = await started(county)
    county.seen_all()
    period = await moved(county, DUTY, period, Move.RAISE, level=ResponseLevel.II)
    first = county.messages(county.township_group)[-2]
    for group in groups(county):
        (post,) = county.new(group)
        assert "防台风应急响应由Ⅳ级升为Ⅱ级" in post
    assert county.messages(county.township_group)[-1].payload["reply_to_message"]["message_id"] == first.id
    period = await moved(county, DUTY, period, Move.LOWER, level=ResponseLevel.III)
    for group in groups(county):
        (post,) = county.new(group)
        assert "由Ⅱ级降为Ⅲ级" in post
        assert "已转移人员不得自行返回" in post
    period = await moved(county, DUTY, period, Move.NARROW, places=(ELSEWHERE,))
    for group in groups(county):
        (post,) = county.new(group)
        assert "缩小范围" in post
        assert "范围：石梁镇" in post
    assert await levels(county, TOWNSHIP, ELSEWHERE) == [ResponseLevel.III, None]
    period = await moved(county, DUTY, period, Move.WIDEN, places=(ELSEWHERE,))
    assert period.places == (COUNTY,)
    county.seen_all()
    period = await moved(county, DUTY, period, Move.END)
    assert (period.state, period.version) == (PeriodState.ENDED, 6)
    for group in groups(county):
        (post,) = county.new(group)
        assert "结束防台风Ⅲ级应急响应" in post
    assert await levels(county, COUNTY, VILLAGE) == [None, None]
    await county.pass_time(hours=13, step=timedelta(minutes=30))
    for group in groups(county):
        assert county.new(group) == []  # the next morning nothing fires


async def test_of_two_leaders_at_once_one_is_told_who_was_first(county: County) -> None:
    period = await started(county, LEADER, place=TOWNSHIP)
    county.seen_all()
    await moved(county, LEADER, period, Move.RAISE, level=ResponseLevel.III)
    with pytest.raises(DomainError) as late:
        await moved(county, DUTY, period, Move.RAISE, level=ResponseLevel.I)
    assert (late.value.key, late.value.facts["by"]) == ("response.refused.changed", "郑分管")
    with pytest.raises(DomainError) as twice:
        await started(county, DUTY, ResponseLevel.III, VILLAGE)
    assert twice.value.key == "response.refused.already"
    assert await levels(county, VILLAGE) == [ResponseLevel.III]
    county.seen_all()


async def test_the_strictest_of_several_holds_and_each_ends_alone(county: County) -> None:
    typhoon = await started(county)
    fire = await started(county, LEADER, ResponseLevel.II, VILLAGE, Family.FIRE)
    assert await levels(county, VILLAGE, TOWNSHIP, ELSEWHERE) == [
        ResponseLevel.II,
        ResponseLevel.IV,
        ResponseLevel.IV,
    ]
    await moved(county, LEADER, fire, Move.END)
    assert await levels(county, VILLAGE) == [ResponseLevel.IV]
    await moved(county, DUTY, typhoon, Move.END)
    assert await levels(county, VILLAGE) == [None]
    county.seen_all()


@pytest.mark.parametrize("who", [HEAD, GRID, FAR_STATION], ids=lambda who: str(who.user_id))
async def test_nobody_starts_or_ends_one_without_the_right(county: County, who: Someone) -> None:
    period = await started(county)
    with pytest.raises(NotAllowed):
        await started(county, who, place=VILLAGE, kind=Family.RAIN)
    with pytest.raises(NotAllowed):
        await moved(county, who, period, Move.END)
    with pytest.raises(NotAllowed):
        await moved(county, LEADER, period, Move.END)  # the county's is not the township's to end
    await county.say(who, "/response")
    await county.forge(who, f"rsp:change:{period.id}:{period.version}")
    assert await levels(county, COUNTY) == [ResponseLevel.IV]
    county.seen_all()


async def test_a_station_prepares_and_its_leader_confirms_with_one_tap(county: County) -> None:
    await county.say(STATION, "/response")
    await county.press(STATION, "启动响应")
    await county.press(STATION, "暴雨")
    await county.say(STATION, "Ⅲ")
    await county.press(STATION, "石梁镇全部")
    await county.press(STATION, "填好了")
    await county.say(STATION, "上坞雨量已过 80 毫米")
    assert "提交后先送领导确认" in county.last(STATION)
    await county.press(STATION, "确认提交")
    assert "已送请郑分管确认" in county.last(STATION)
    assert await levels(county, TOWNSHIP) == [None]
    assert "吴站长拟好了，请您确认" in county.last(LEADER)
    await county.press(LEADER, "启动Ⅲ级")
    assert "已启动：防暴雨Ⅲ级应急响应（2026-01）" in county.last(LEADER)
    assert "郑分管已同意：启动（Ⅲ级）" in county.last(STATION)
    (post,) = county.new(county.village_group)
    assert "【石梁镇防指】启动防暴雨Ⅲ级应急响应" in post
    assert "签发：郑分管" in post
    assert await levels(county, TOWNSHIP, ELSEWHERE) == [ResponseLevel.III, None]
    changes = await county.run(lambda work: work.rows.responses.changes_of(1))
    assert changes[0].prepared_by == county.ids[STATION.user_id]
    county.seen_all()


async def test_ending_shows_what_is_open_and_the_hazards_live_on(county: County) -> None:
    await started(county, LEADER, ResponseLevel.III, TOWNSHIP)
    await county.say(HEAD, "/report")
    county.seen_all()
    await county.say(HEAD, "/cancel")
    await county.say(LEADER, "/response")
    card = county.last(LEADER)
    assert "防台风Ⅲ级应急响应（2026-01）" in card
    assert "启动（Ⅲ级）郑分管：台风蓝色预警" in card
    await county.press(LEADER, "调整或结束 2026-01")
    await county.press(LEADER, "结束响应")
    await county.say(LEADER, "台风已走")
    assert "没有未办完的事" in county.last(LEADER)
    await county.press(LEADER, "确认提交")
    assert "已结束：防台风应急响应（2026-01）" in county.last(LEADER)
    county.seen_all()


async def test_whoever_is_of_the_place_sees_it_and_a_stranger_is_sent_to_the_station(county: County) -> None:
    await started(county, LEADER, ResponseLevel.III, TOWNSHIP)
    county.seen_all()
    await county.say(GRID, "应急响应")
    assert "防台风Ⅲ级应急响应" in county.last(GRID)
    await county.say(FAR_STATION, "/response")
    assert "现在没有应急响应" in county.last(FAR_STATION)
    await county.say(STRANGER, "/response")
    assert "还没有和责任人名册对上" in county.last(STRANGER)
    county.seen_all()
