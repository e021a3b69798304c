"""Scripted misfortunes, in process: what was done, what the caller sees, and what the ledger remembers."""

import pytest

from sandbox import ConnectionReset, LostResponse
from tests.sandbox.scene import START, Scene


async def send(county: Scene, text: str = "x") -> int:
    return (await county.call("sendMessage", chat_id=county.group.id, text=text)).status


async def test_a_lost_response_was_carried_out(county: Scene) -> None:
    county.world.faults.lose_response("sendMessage", nth=2)
    assert await send(county, "一") == 200
    with pytest.raises(LostResponse):
        await send(county, "二")
    assert await send(county, "三") == 200
    assert [message.text for message in county.group.messages.values()] == ["一", "二", "三"]
    assert [call.outcome for call in county.world.ledger.of("sendMessage")] == ["ok", "lose", "ok"]
    assert county.world.ledger.of("sendMessage")[1].ok


async def test_a_request_that_hangs_was_not(county: Scene) -> None:
    county.world.faults.hang("sendMessage")
    with pytest.raises(LostResponse):
        await send(county)
    assert county.group.messages == {}


async def test_a_reset_comes_before_or_after_the_work(county: Scene) -> None:
    county.world.faults.reset("sendMessage", before=True)
    with pytest.raises(ConnectionReset) as broken:
        await send(county)
    assert (broken.value.processed, len(county.group.messages)) == (False, 0)
    county.world.faults.reset("sendMessage")
    with pytest.raises(ConnectionReset) as broken:
        await send(county)
    assert (broken.value.processed, len(county.group.messages)) == (True, 1)


async def test_a_scripted_429_names_its_time(county: Scene) -> None:
    county.world.faults.too_many("sendMessage", retry_after=7, chat_id=county.group.id, times=2)
    for _ in range(2):
        reply = await county.call("sendMessage", chat_id=str(county.group.id), text="x")
        assert (reply.status, reply.body["parameters"]["retry_after"]) == (429, 7)
    assert await send(county) == 200
    assert len(county.group.messages) == 1


async def test_a_gateway_answers_with_a_page_that_is_no_json(county: Scene) -> None:
    county.world.faults.bad_gateway("sendMessage")
    reply = await county.call("sendMessage", chat_id=county.group.id, text="x")
    assert (reply.status, reply.ok, reply.content_type) == (502, False, "text/html")
    assert b"502 Bad Gateway" in reply.payload()
    fault = county.world.faults.gateway(404, "<html>404</html>", times=None)
    for _ in range(3):
        assert (await county.call("getMe")).payload() == b"<html>404</html>"
    assert fault.hits == 3
    county.world.faults.clear()
    assert (await county.call("getMe")).ok


async def test_a_fault_keeps_to_its_chat_and_method(county: Scene) -> None:
    county.world.faults.lose_response("sendMessage", chat_id=-42)
    assert await send(county) == 200
    assert (await county.call("getMe")).ok


async def test_a_delay_comes_with_other_faults_and_changes_nothing_itself(county: Scene) -> None:
    county.world.faults.delay(0.001)
    county.world.faults.reset("sendMessage", before=True)
    with pytest.raises(ConnectionReset):
        await send(county)
    assert await send(county) == 200


async def test_the_ledger_remembers_every_request(county: Scene) -> None:
    await send(county)
    await county.call("sendMessage", chat_id=county.group.id, text="")
    await county.world.call("1:wrong", "getMe", {})
    good, bad, stranger = county.world.ledger[-3:]
    assert (good.method, good.params["text"], good.time, good.outcome) == ("sendMessage", "x", START, "ok")
    assert (bad.status, bad.outcome) == (400, "Bad Request: message text is empty")
    assert (stranger.bot_id, stranger.status) == (None, 401)
    county.world.ledger.clear()
    assert len(county.world.ledger) == 0
