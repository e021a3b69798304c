"""getUpdates: confirming, waiting, filtering, and only one poller at a time."""

import asyncio

import pytest

from sandbox import Limits, World, WorldClock
from tests.sandbox.scene import START, TOKEN, Scene, kinds, scene, turns

OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


async def speak(county: Scene, *texts: str) -> None:
    for text in texts:
        await county.world.say(county.ana.id, county.ana.id, text)


def texts(updates: list[dict[str, dict[str, str]]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_updates_stay_until_an_offset_confirms_them(county: Scene) -> None:
    await speak(county, "一", "二", "三")
    first = await county.ok("getUpdates")
    assert texts(first) == ["一", "二", "三"]
    assert [update["update_id"] - first[0]["update_id"] for update in first] == [0, 1, 2]
    assert await county.ok("getUpdates") == first
    assert texts(await county.ok("getUpdates", offset=first[1]["update_id"])) == ["二", "三"]
    assert texts(await county.ok("getUpdates", offset=first[2]["update_id"] + 1)) == []


async def test_a_negative_offset_keeps_only_the_newest(county: Scene) -> None:
    await speak(county, "一", "二", "三")
    assert texts(await county.ok("getUpdates", offset=-2)) == ["二", "三"]
    assert texts(await county.ok("getUpdates")) == ["二", "三"]


async def test_an_offset_beyond_the_end_confirms_nothing(county: Scene) -> None:
    await speak(county, "一")
    number = (await county.ok("getUpdates"))[0]["update_id"]
    assert texts(await county.ok("getUpdates", offset=number + 1000)) == ["一"]


async def test_at_most_a_hundred_come_at_once(county: Scene) -> None:
    await speak(county, *(str(number) for number in range(120)))
    assert len(await county.ok("getUpdates", limit=1000)) == 100
    assert len(await county.ok("getUpdates", limit=7)) == 7
    assert len(await county.ok("getUpdates", limit=0)) == 1


async def test_a_long_poll_ends_with_the_first_update(county: Scene) -> None:
    polling = asyncio.create_task(county.call("getUpdates", timeout=50))
    await turns()
    assert not polling.done()
    await speak(county, "一")
    assert texts((await polling).result) == ["一"]


async def test_a_long_poll_lasts_as_long_as_was_asked_in_real_seconds() -> None:
    county = scene(Limits(long_poll_seconds=0))
    assert await county.ok("getUpdates", timeout=1000) == []


async def test_a_second_poller_sends_the_first_away(county: Scene) -> None:
    first = asyncio.create_task(county.call("getUpdates", timeout=50))
    await turns()
    second = asyncio.create_task(county.call("getUpdates", timeout=50))
    reply = await first
    assert (reply.status, reply.description) == (409, OTHER)
    await speak(county, "一")
    assert texts((await second).result) == ["一"]


async def test_a_poll_that_does_not_wait_disturbs_nobody(county: Scene) -> None:
    waiting = asyncio.create_task(county.call("getUpdates", timeout=50))
    await turns()
    assert await county.ok("getUpdates", timeout=0) == []
    assert not waiting.done()
    waiting.cancel()


async def test_the_filter_is_sticky_and_its_default_leaves_three_kinds_out(county: Scene) -> None:
    county.world.promote(county.group.id, county.bot.id)
    county.world.promote(county.group.id, county.bo.id)
    assert kinds(await county.updates()) == ["my_chat_member"]
    await county.ok("getUpdates", allowed_updates='["chat_member", "no_such_kind"]')
    await speak(county, "一")
    county.world.demote(county.group.id, county.bo.id)
    assert kinds(await county.updates()) == ["chat_member"]
    await county.ok("getUpdates", allowed_updates=[])
    county.world.promote(county.group.id, county.bo.id)
    await speak(county, "二")
    assert kinds(await county.updates()) == ["message"]


async def test_the_filter_does_not_touch_what_waits_already(county: Scene) -> None:
    await speak(county, "一")
    assert texts(await county.ok("getUpdates", allowed_updates=["callback_query"])) == ["一"]


async def test_after_a_quiet_week_ids_start_anew(county: Scene) -> None:
    await speak(county, "一")
    before = (await county.updates())[0]["update_id"]
    county.after(days=8)
    await speak(county, "二")
    after = (await county.ok("getUpdates", offset=before + 1))[0]["update_id"]
    assert abs(after - before) > 1


async def test_a_full_queue_forgets_its_oldest() -> None:
    county = scene(Limits(updates_kept=3))
    await speak(county, "一", "二", "三", "四")
    assert texts(await county.ok("getUpdates")) == ["二", "三", "四"]


async def test_a_repeated_offset_is_slowed_down_when_asked_for() -> None:
    county = scene(Limits(repeated_poll_throttle=True))
    await speak(county, "一", "二")
    assert texts(await county.ok("getUpdates")) == ["一", "二"]
    assert texts(await county.ok("getUpdates")) == ["一"]


async def test_a_second_conflict_in_a_row_is_held_back() -> None:
    county = scene(Limits(conflict_pause_seconds=0.05))
    polls = []
    for _ in range(3):
        polls.append(asyncio.create_task(county.call("getUpdates", timeout=50)))
        await turns()
    assert polls[0].done()
    assert not polls[1].done()
    assert (await polls[1]).status == 409
    polls[2].cancel()


@pytest.mark.parametrize("token", ["", "1:x", TOKEN + "x"])
async def test_a_wrong_token_is_unauthorized(county: Scene, token: str) -> None:
    reply = await county.world.call(token, "getMe")
    assert (reply.status, reply.body) == (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})


async def test_method_names_have_no_case_and_unknown_ones_are_not_found(county: Scene) -> None:
    assert (await county.ok("GETME"))["username"] == "county_bot"
    reply = await county.call("getMee")
    assert (reply.status, reply.body) == (404, {"ok": False, "error_code": 404, "description": "Not Found"})


async def test_what_exists_but_is_not_modelled_says_so(county: Scene) -> None:
    reply = await county.call("sendPoll", chat_id=county.group.id)
    assert (reply.status, reply.description) == (501, "Not Implemented: the sandbox does not model sendPoll")


async def test_a_bot_that_logged_out_is_out(county: Scene) -> None:
    assert await county.ok("logOut")
    assert await county.refused("getMe") == "Logged out"


async def test_two_worlds_with_one_seed_are_alike() -> None:
    ids = []
    for _ in range(2):
        world = World(WorldClock.manual(START), seed=7)
        world.add_bot(TOKEN, "county_bot", "守望")
        person = world.add_user("Ana")
        await world.say(person.id, person.id, "一")
        ids.append((await world.call(TOKEN, "getUpdates")).result[0]["update_id"])
    assert ids[0] == ids[1]
