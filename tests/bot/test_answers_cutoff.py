"""Several whole villages silent at once: asked once, excused, recorded by satellite phone, asked anew afterwards."""

from datetime import timedelta

from domain.obligations import Channel, ObligationState
from domain.people import Role
from services.check_pool import pool_of
from services.work import Work
from tests.support.county import (
    CADRE,
    DUTY,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR_HEAD,
    OFFICER,
    PATROLLER,
    STATION,
    TOWNSHIP,
    VILLAGE,
    County,
    Someone,
)

IN_THE_VILLAGES = (CADRE, HEAD, OFFICER, GRID, PATROLLER, NEIGHBOUR_HEAD)


async def silent_villages(county: County) -> None:
    await county.warn(colour="红色", places=[TOWNSHIP], hours=12)
    for one in (DUTY, LEADER, STATION):
        await county.press(one, "收到")
        await county.press(one, "已到岗")
    county.seen_all()
    await county.pass_time(minutes=6)


async def owed_by(county: County, who: Someone, what: str = "acknowledge") -> tuple[ObligationState, str]:
    found = await county.run(lambda w: w.rows.obligations.find("warning:1", county.ids[who.user_id], what))
    return found.state, found.note


async def test_the_desks_are_asked_once(county: County) -> None:
    await silent_villages(county)
    for desk in (STATION, DUTY):
        asked = [text for text in county.new(desk) if "是不是断网断电" in text]
        assert len(asked) == 1
        assert "石梁镇：2 个村" in asked[0]
        assert "上坞村、岭下村" in asked[0]
    county.seen_all()
    await county.pass_time(minutes=5)
    assert not [text for text in county.new(STATION) if "断网断电" in text]
    county.seen_all()


async def test_yes_excuses_stops_the_ladders_and_shows_on_the_board(county: County) -> None:
    await silent_villages(county)
    await county.press(STATION, "是，按失联处理")
    for one in IN_THE_VILLAGES:
        assert await owed_by(county, one) == (ObligationState.EXCUSED, "cut_off")
    assert "按失联（三断）处理" in next(text for text in county.texts(DUTY) if "三断" in text)
    await county.pass_time(seconds=30)
    board = county.last(county.township_group)
    assert "应答 2/2" in board
    assert "失联（三断）2 村，不算没应答" in board
    assert "未齐" not in board
    county.seen_all()
    await county.pass_time(minutes=20)
    assert [county.new(one) for one in IN_THE_VILLAGES] == [[]] * 6
    assert not [text for text in county.new(DUTY) if "未应答" in text]
    county.seen_all()


async def test_no_goes_on_as_usual(county: County) -> None:
    await silent_villages(county)
    await county.press(DUTY, "不是，照常联系")
    county.seen_all()
    pressed = await county.forge(STATION, f"w:cut:1:{TOWNSHIP}")
    assert pressed.alert
    await county.pass_time(minutes=3)
    assert "未应答" in county.last(STATION)
    assert (await owed_by(county, GRID))[0] is ObligationState.OPEN
    county.seen_all()


async def test_a_village_head_does_not_decide_it(county: County) -> None:
    await silent_villages(county)
    pressed = await county.forge(HEAD, f"w:cut:1:{TOWNSHIP}")
    assert pressed.alert
    assert (await owed_by(county, GRID))[0] is ObligationState.OPEN
    county.seen_all()


async def test_what_is_heard_by_satellite_phone_is_recorded(county: County) -> None:
    await silent_villages(county)
    await county.press(STATION, "是，按失联处理")
    await county.say(STATION, "/missing")
    assert "失联（三断），不算没应答" in county.last(STATION)
    await county.press(STATION, "1 卫星电话")
    answered = [
        one
        for one in await county.run(lambda w: w.rows.obligations.of_subject("warning:1"))
        if one.channel is Channel.SATELLITE
    ]
    assert [one.answered_by for one in answered] == [county.ids[STATION.user_id]]
    county.seen_all()


async def test_his_own_answer_from_a_cut_off_village_counts(county: County) -> None:
    await silent_villages(county)
    await county.press(STATION, "是，按失联处理")
    await county.press(GRID, "收到", county.village_group)
    assert (await owed_by(county, GRID))[0] is ObligationState.ANSWERED
    county.seen_all()


async def test_spot_checks_leave_cut_off_villages_alone(county: County) -> None:
    await silent_villages(county)
    await county.press(STATION, "是，按失联处理")
    leader = await county.person(LEADER)

    async def eligible(work: Work) -> list[int]:
        return (await pool_of(work, leader, TOWNSHIP, [Role.VILLAGE_HEAD, Role.GRID_MEMBER])).eligible

    assert await county.run(eligible) == []
    county.seen_all()


async def test_when_it_is_over_everybody_gets_one_summary_and_a_fresh_ladder(county: County) -> None:
    await silent_villages(county)
    await county.press(STATION, "是，按失联处理")
    county.clock.advance(timedelta(minutes=1))
    await county.warn(colour="橙色", kind="大风", places=[VILLAGE], hours=0.2)
    county.seen_all()
    await county.pass_time(minutes=30)
    county.seen_all()
    await county.press(STATION, "通信恢复")
    said = county.new(GRID)
    assert len(said) == 1
    assert "已结束：大风橙色预警 2026-002" in said[0]
    assert "仍有效：暴雨红色预警 2026-001" in said[0]
    assert len([text for text in county.new(county.village_group) if "通信已恢复" in text]) == 1
    assert (await owed_by(county, GRID))[0] is ObligationState.OPEN
    county.seen_all()
    await county.pass_time(minutes=2)
    assert county.new(GRID) == []
    await county.press(GRID, "收到")
    found = await county.run(lambda w: w.rows.obligations.find("warning:1", county.ids[GRID.user_id], "acknowledge"))
    assert (found.state, found.late) == (ObligationState.ANSWERED, False)
    await county.pass_time(minutes=2)
    assert "还没有收到您的应答" in county.last(HEAD)
    county.seen_all()


async def test_a_board_that_would_say_the_same_is_not_edited(county: County) -> None:
    """A cut-off marks every board of the warning, also those of villages that it does not concern."""
    await county.warn(places=[TOWNSHIP], hours=12)
    await county.press(HEAD, "收到")
    await county.pass_time(minutes=2)
    before = {name: await edits(county, name) for name in (county.township_group, county.village_group)}
    await county.run(lambda work: work.rows.boards.mark_all("warning:1"))
    await county.pass_time(minutes=2)
    assert before == {name: await edits(county, name) for name in (county.township_group, county.village_group)}
    await county.press(OFFICER, "收到")
    await county.pass_time(minutes=2)
    assert await edits(county, county.village_group) == before[county.village_group] + 1
    assert "应答 2/" in county.last(county.village_group)
    county.seen_all()


async def edits(county: County, chat: int) -> int:
    async def count(work: Work) -> int:
        board = await work.rows.boards.get("warning:1", chat)
        assert board is not None
        return board.times_drawn

    found: int = await county.run(count)
    return found
