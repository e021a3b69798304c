"""From the reminder to the SMS to the stand-in, on the whole bot with a gateway on loopback."""

import asyncio
import logging
from datetime import timedelta

import pytest

from demo.notices import cap
from domain.people import PersonId, PrivateChat
from services.office import end_posts
from services.ports import SideResult
from services.work import Work
from tests.channels.gateways import FakeGateway
from tests.support.county import DUTY, GRID, HEAD, OFFICER, STATION, VILLAGE, County, Someone


async def send(county: County, *names: str) -> None:
    """The workers of other channels take their turn; then whatever follows on Telegram."""
    await county.bot.channels.run_once(*names)
    await county.settle()


async def stands_for(county: County, deputy: Someone, absent: Someone) -> None:
    async def tie(work: Work) -> None:
        await work.rows.people.update(county.ids[absent.user_id], deputy_id=county.ids[deputy.user_id])

    await county.run(tie)


async def close_chat(county: County, who: Someone) -> None:
    async def close(work: Work) -> None:
        await work.rows.people.set_private_chat(county.ids[who.user_id], PrivateChat.BLOCKED)

    await county.run(close)


async def results(county: County, subject: str = "warning:1") -> list[SideResult]:
    found = await county.bot.store.read(lambda rows: rows.channels.of_subject(subject))
    return list(found)


def of(county: County, found: list[SideResult], who: Someone) -> list[tuple[str, str]]:
    return [(one.channel, one.state.value) for one in found if one.person_id == county.ids[who.user_id]]


# -- the ladder ------------------------------------------------------------


async def test_who_is_silent_is_reminded_then_gets_an_sms_then_his_stand_in_is_asked(
    county: County, gateway: FakeGateway
) -> None:
    await stands_for(county, HEAD, GRID)
    await county.warn(colour="红色", places=[VILLAGE])
    await county.press(HEAD, "收到")
    county.seen_all()

    await county.pass_time(minutes=3)
    await send(county)
    assert any("还没有收到您的应答" in text for text in county.new(GRID))
    assert gateway.texts(GRID.phone) == []
    assert not any("您是代理人" in text for text in county.texts(HEAD))

    await county.pass_time(minutes=1)
    await send(county)
    (sms,) = gateway.texts(GRID.phone)
    assert sms == (f"2026-001号红色暴雨预警，石梁镇·上坞村：马上到岗，准备转移群众。收到请打{STATION.phone}登记。")
    assert gateway.taken[-1]["key"] == "s3cret"
    assert not any("您是代理人" in text for text in county.texts(HEAD))

    await county.pass_time(minutes=1)
    (asked,) = [text for text in county.texts(HEAD) if "您是代理人" in text]
    assert f"王大爷 {GRID.phone}（已送到，没有回音；短信已发 08:04）" in asked
    assert of(county, await results(county), GRID) == [("sms", "sent")]


async def test_whose_private_chat_is_closed_gets_it_at_once(county: County, gateway: FakeGateway) -> None:
    await close_chat(county, GRID)
    await county.warn(colour="红色", places=[VILLAGE])
    await county.bot.beat()
    await send(county)
    assert len(gateway.texts(GRID.phone)) == 1
    assert gateway.texts(OFFICER.phone) == []


async def test_who_closes_the_chat_in_the_middle_gets_it_at_once(county: County, gateway: FakeGateway) -> None:
    county.world.block_bot(GRID.user_id)
    await county.warn(colour="橙色", places=[VILLAGE])
    await county.bot.beat()
    await send(county)
    assert len(gateway.texts(GRID.phone)) == 1


async def test_a_colour_that_the_county_does_not_pay_for_sends_nothing(county: County, gateway: FakeGateway) -> None:
    await county.warn(colour="黄色", places=[VILLAGE])
    await county.pass_time(minutes=49)
    await send(county)
    assert gateway.taken == []


async def test_whoever_has_an_address_gets_it_by_that_channel_too_in_full(county: County, gateway: FakeGateway) -> None:
    async def note(work: Work) -> None:
        await work.rows.channels.set_address(county.ids[GRID.user_id], "work", "wang.daye")

    await county.run(note)
    await county.warn(colour="橙色", places=[VILLAGE], text="预计未来3小时降水量将达50毫米以上。")
    await county.pass_time(minutes=12)
    await send(county)
    (whole,) = gateway.texts("wang.daye")
    assert "预计未来3小时降水量将达50毫米以上。" in whole
    assert "https://t.me/shouwang_test_bot?start=a_1" in whole
    assert of(county, await results(county), GRID) == [("sms", "sent"), ("work", "sent")]
    assert of(county, await results(county), OFFICER) == [("sms", "sent")]


# -- the end of the question ------------------------------------------------------------


async def test_an_answer_withdraws_what_has_not_left(county: County, gateway: FakeGateway) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await county.pass_time(minutes=4)
    await county.press(GRID, "收到")
    await send(county)
    assert gateway.texts(GRID.phone) == []
    assert len(gateway.texts(OFFICER.phone)) == 1
    assert of(county, await results(county), GRID) == [("sms", "superseded")]


async def test_whoever_leaves_is_written_to_no_more_and_his_successor_is_instead(
    county: County, gateway: FakeGateway
) -> None:
    await stands_for(county, HEAD, GRID)
    await close_chat(county, GRID)
    await close_chat(county, HEAD)
    await county.warn(colour="红色", places=[VILLAGE])
    await county.press(STATION, "收到")
    await county.bot.beat()
    assert of(county, await results(county), GRID) == [("sms", "pending")]

    async def leave(work: Work) -> None:
        someone = await work.rows.people.get(county.ids[GRID.user_id])
        assert someone is not None
        await end_posts(work, someone, {VILLAGE}, None)

    await county.run(leave)
    await send(county)
    assert of(county, await results(county), GRID) == [("sms", "superseded")]
    assert gateway.texts(GRID.phone) == []
    assert len(gateway.texts(HEAD.phone)) == 1


async def test_lifting_withdraws_what_has_not_left_and_tells_whom_no_group_reaches(
    county: County, gateway: FakeGateway
) -> None:
    await close_chat(county, GRID)
    first = county.clock.now()
    identifier = await county.warn(colour="红色", places=[VILLAGE])
    await county.bot.beat()
    await send(county)
    await county.pass_time(minutes=4)
    await county.warn(colour="红色", places=[VILLAGE], follows=(identifier, first), cancel=True)
    await send(county)
    assert [text.endswith("等通知。") for text in gateway.texts(GRID.phone)] == [False, True]
    assert gateway.texts(OFFICER.phone) == []


async def test_after_the_warnings_end_nothing_leaves(county: County, gateway: FakeGateway) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    await county.pass_time(minutes=4)
    county.clock.advance(timedelta(days=2))
    await send(county)
    assert gateway.taken == []
    assert {one.state.value for one in await results(county)} == {"expired"}


# -- groups on other services ------------------------------------------------------------


async def test_a_townships_robot_gets_the_post_word_for_word_and_its_end(county: County, gateway: FakeGateway) -> None:
    first = county.clock.now()
    identifier = await county.warn(colour="橙色", places=[VILLAGE], text="雨势很大 <注意> & 防范。")
    await send(county)
    (post,) = gateway.texts("robot")
    assert "暴雨橙色预警" in post
    assert "雨势很大 <注意> & 防范。" in post
    assert "范围：石梁镇·上坞村" in post
    await county.pass_time(minutes=1)
    await county.warn(colour="橙色", places=[VILLAGE], follows=(identifier, first), cancel=True)
    await send(county)
    assert "暴雨橙色预警已解除" in gateway.texts("robot")[1]


async def test_a_robot_of_another_township_hears_nothing(county: County, gateway: FakeGateway) -> None:
    await county.warn(colour="橙色", places=["331124002001"])
    await send(county)
    assert gateway.texts("robot") == []


async def test_a_robot_that_does_not_take_it_is_told_to_the_desk(county: County, gateway: FakeGateway) -> None:
    gateway.answer = (403, {"error": "key"})
    await county.warn(colour="橙色", places=[VILLAGE])
    county.seen_all()
    await send(county)
    assert county.new(STATION) == ["石梁镇企业微信群没有发到石梁镇：对方没有接收。请用别的办法通知。"]
    assert len(county.new(DUTY)) == 1


async def test_the_running_worker_is_woken_by_whatever_queues(county: County, gateway: FakeGateway) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(county.bot.channels.run(stop))
    await close_chat(county, GRID)
    await county.warn(colour="红色", places=[VILLAGE])
    await county.bot.beat()
    while not gateway.texts(GRID.phone):
        gateway.came.clear()
        await asyncio.wait_for(gateway.came.wait(), 5)
    stop.set()
    await running
    assert of(county, await results(county), GRID) == [("sms", "sent")]


# -- Telegram in trouble ----------------------------------------------------------------------------------------


async def test_while_telegram_is_away_whom_the_question_has_not_reached_gets_an_sms_and_nobody_climbs_further(
    county: County, gateway: FakeGateway
) -> None:
    await stands_for(county, HEAD, GRID)
    _, xml = cap(
        county.clock.now(),
        kind="暴雨",
        colour="红色",
        areas=[("", VILLAGE)],
        text="雨势很大。",
        instruction="马上到岗。",
    )
    (county.folder / "outage.xml").write_text(xml, "utf-8")
    county.bot.hearing.failed()
    for _ in range(8):
        await county.bot.folder.scan_once()
    for _ in range(20):  # ten minutes without Telegram: nothing is heard and nothing leaves
        county.clock.advance(timedelta(seconds=30))
        await county.bot.beat()
        await county.bot.channels.run_once()
    assert len(gateway.texts(GRID.phone)) == 1
    assert county.new(HEAD) == []

    county.bot.hearing.heard()
    await county.bot.beat()
    await county.settle()
    assert not any("您是代理人" in text for text in county.texts(HEAD))  # the time without Telegram counts for nobody
    await county.pass_time(minutes=5)
    await send(county)
    assert any("您是代理人" in text for text in county.texts(HEAD))
    assert len(gateway.texts(GRID.phone)) == 1


async def test_while_telegram_is_away_whoever_has_the_question_is_left_alone(
    county: County, gateway: FakeGateway
) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    county.bot.hearing.failed()
    county.clock.advance(timedelta(minutes=10))
    await county.bot.beat()
    await county.bot.channels.run_once()
    assert [one["mobile"] for one in gateway.taken] == ["robot"]


# -- a gateway in trouble ------------------------------------------------------------


async def test_a_gateway_that_hangs_holds_up_neither_telegram_nor_another_channel(
    county: County, gateway: FakeGateway
) -> None:
    gateway.answer = None
    await county.warn(colour="橙色", places=[VILLAGE])
    hanging = asyncio.create_task(county.bot.channels.run_once("robot"))
    await gateway.came.wait()
    assert [one.state.value for one in await results(county)] == ["sending"]

    before = county.clock.now()
    county.seen_all()
    await county.warn(colour="红色", kind="山洪", places=[VILLAGE])
    assert len(county.new(county.village_group)) == 1  # while the gateway still says nothing
    assert county.clock.now() - before < timedelta(seconds=1)
    gateway.answer = (200, {"code": 0})
    await county.pass_time(minutes=4)
    await send(county, "sms")
    assert len(gateway.texts(GRID.phone)) == 1
    assert not hanging.done()

    gateway.let_go.set()
    await hanging


async def test_three_tries_then_the_reason_stands_where_people_look(county: County, gateway: FakeGateway) -> None:
    gateway.answer = (503, {"error": "busy"})
    await county.warn(colour="红色", places=[VILLAGE])
    await county.pass_time(minutes=4)
    for wait in (0, 10, 60, 600):
        county.clock.advance(timedelta(seconds=wait))
        await send(county, "sms")
    assert len(gateway.texts(GRID.phone)) == 3
    assert of(county, await results(county), GRID) == [("sms", "failed")]
    await county.press(STATION, "谁还没应答", county.township_group)
    assert "短信没发出去：对方没有接收" in county.last(STATION)


async def test_no_number_and_no_answer_of_a_gateway_gets_into_the_log(
    county: County, gateway: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    gateway.answer = (400, {"error": f"bad number {GRID.phone}"})
    await county.warn(colour="红色", places=[VILLAGE])
    await county.pass_time(minutes=4)
    caplog.clear()
    await county.bot.channels.run_once()
    assert "refused" in caplog.text
    assert GRID.phone not in caplog.text
    assert "s3cret" not in caplog.text


# -- the machine falls ------------------------------------------------------------


@pytest.mark.parametrize(
    ("colour", "minutes", "copies"), [("红色", 4, 1), ("橙色", 12, 0)], ids=["red again", "orange not"]
)
async def test_what_may_have_arrived_when_the_machine_fell_is_repeated_for_red_only(
    county: County, gateway: FakeGateway, colour: str, minutes: int, copies: int
) -> None:
    await close_chat(county, GRID)
    await county.warn(colour=colour, places=[VILLAGE])
    await county.bot.beat()
    claimed = await county.bot.store.write(lambda rows: rows.channels.claim("sms", "an earlier run", 9))
    assert [one.message.person_id for one in claimed] == [PersonId(county.ids[GRID.user_id])]

    await county.bot.channels.recover()
    county.clock.advance(timedelta(seconds=10))
    await send(county, "sms")
    again = gateway.texts(GRID.phone)
    assert len(again) == copies
    assert all(text.startswith("【补发】2026-001号") for text in again)
    county.clock.advance(timedelta(minutes=10))
    await send(county, "sms")
    assert len(gateway.texts(GRID.phone)) == copies


async def test_in_a_county_without_channels_the_ladder_keeps_its_times(bare_county: County) -> None:
    county = bare_county
    await stands_for(county, HEAD, GRID)
    await county.warn(colour="红色", places=[VILLAGE])
    await county.press(HEAD, "收到")
    await county.pass_time(minutes=4, seconds=30)
    assert not any("您是代理人" in text for text in county.texts(HEAD))
    await county.pass_time(seconds=30)
    assert any("您是代理人" in text for text in county.texts(HEAD))
    county.seen_all()
