"""The second attempt of a spot check by SMS: whom to phone and until when; whoever answered in time gets none."""

from domain.checks import Topic
from services.checks import Order, issue
from services.ports import CheckRow
from tests.channels.gateways import FakeGateway
from tests.channels.test_silent_person import close_chat, results, send
from tests.support.county import GRID, PATROLLER, STATION, County, Someone


async def check_of(county: County, whom: Someone) -> CheckRow:
    by, order = await county.person(STATION), Order(Topic.PATROL, person_id=county.ids[whom.user_id])
    check = await county.run(lambda work: issue(work, by, order))
    assert isinstance(check, CheckRow)
    return check


async def test_who_does_not_answer_gets_an_sms_with_the_second_question(county: County, gateway: FakeGateway) -> None:
    check = await check_of(county, GRID)
    await county.pass_time(minutes=11)
    await send(county)
    assert gateway.texts(GRID.phone) == [f"抽查：请在08:20前打{STATION.phone}找吴站长回话。"]
    await county.say(GRID, "后山，正常")
    await county.pass_time(minutes=15)
    assert not any("请打电话核实" in text for text in county.new(STATION))
    assert [one.state.value for one in await results(county, check.subject)] == ["sent"]


async def test_who_answers_gets_no_sms(county: County, gateway: FakeGateway) -> None:
    await check_of(county, PATROLLER)
    await county.say(PATROLLER, "后山，正常")
    await county.pass_time(minutes=30)
    await send(county)
    assert gateway.texts(PATROLLER.phone) == []


async def test_who_has_no_private_chat_gets_the_sms_at_once_and_the_call_after_his_minutes(
    county: County, gateway: FakeGateway
) -> None:
    await close_chat(county, GRID)
    await check_of(county, GRID)
    await county.bot.beat()
    await send(county)
    assert len(gateway.texts(GRID.phone)) == 1
    county.seen_all()
    await county.pass_time(minutes=9)
    assert county.new(STATION) == []
    await county.pass_time(minutes=2)
    assert "请打电话核实" in county.last(STATION)
    assert "没有私聊" in county.last(STATION)
