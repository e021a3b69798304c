"""Rate limits, counted in world time: per group, per person, for the whole bot, in both ways of counting."""

import pytest

from sandbox import Limits, Reply
from sandbox.limits import Budget, SlidingWindow, TokenBucket
from tests.sandbox.scene import Scene, scene


async def statuses(county: Scene, count: int, chat_id: int) -> list[int]:
    return [(await county.call("sendMessage", chat_id=chat_id, text="x")).status for _ in range(count)]


async def test_the_twenty_first_message_of_a_minute_to_a_group_is_refused_with_the_time_to_wait(county: Scene) -> None:
    for _ in range(20):
        assert await county.say_as_bot()
        county.after(seconds=1.5)
    reply = await county.call("sendMessage", chat_id=county.group.id, text="x")
    assert (reply.status, reply.body["parameters"]) == (429, {"retry_after": 30})
    assert reply.description == "Too Many Requests: retry after 30"
    county.after(seconds=29)
    assert (await county.call("sendMessage", chat_id=county.group.id, text="x")).status == 429
    county.after(seconds=1)
    assert (await county.call("sendMessage", chat_id=county.group.id, text="x")).status == 200


async def test_edits_and_messages_share_a_groups_budget_and_presses_are_free(county: Scene) -> None:
    await county.with_button()
    for number in range(19):
        await county.ok("editMessageText", chat_id=county.group.id, message_id=1, text=str(number))
        county.after(seconds=1)
    assert (await county.call("editMessageText", chat_id=county.group.id, message_id=1, text="x")).status == 429
    for _ in range(40):
        await county.world.forge_press(county.ana.id, county.group.id, 1, "ack", wait=False)
        query = (await county.updates())[0]["callback_query"]
        assert await county.ok("answerCallbackQuery", callback_query_id=query["id"])
    assert await county.ok("getChat", chat_id=county.group.id)


async def test_one_groups_budget_is_not_anothers(county: Scene) -> None:
    other = county.world.add_group("别处", members=[county.ana.id, county.bot.id])
    assert await statuses(county, 21, county.group.id) == [200] * 20 + [429]
    assert await statuses(county, 1, other.id) == [200]


async def test_a_person_takes_a_small_burst_and_then_one_a_second(county: Scene) -> None:
    await county.world.say(county.ana.id, county.ana.id, "/start")
    assert await statuses(county, 6, county.ana.id) == [200] * 5 + [429]
    county.after(seconds=5)
    assert await statuses(county, 1, county.ana.id) == [200]


async def test_the_whole_bot_has_thirty_a_second(county: Scene) -> None:
    groups = [county.world.add_group(str(n), members=[county.ana.id, county.bot.id]) for n in range(31)]
    answers = [(await statuses(county, 1, group.id))[0] for group in groups]
    assert answers == [200] * 30 + [429]
    county.after(seconds=1)
    assert await statuses(county, 1, groups[30].id) == [200]


async def test_a_refused_message_costs_nothing(county: Scene) -> None:
    for _ in range(40):
        assert await county.refused("sendMessage", chat_id=county.group.id, text="<b>", parse_mode="HTML")
    assert await statuses(county, 20, county.group.id) == [200] * 20


async def test_an_album_costs_as_many_messages_as_it_has_items(county: Scene) -> None:
    for _ in range(2):
        await county.ok("sendMediaGroup", {"f": ("a.txt", b"x", "text/plain")}, chat_id=county.group.id,
                        media=[{"type": "document", "media": "attach://f"}] * 10)  # fmt: skip
    assert await statuses(county, 1, county.group.id) == [429]


async def test_limits_can_be_lifted() -> None:
    county = scene(Limits(enforced=False))
    assert await statuses(county, 50, county.group.id) == [200] * 50


async def test_the_rules_of_the_token_bucket_differ() -> None:
    county = scene(Limits(rule="bucket"))
    assert await statuses(county, 21, county.group.id) == [200] * 20 + [429]
    county.after(seconds=3)
    assert await statuses(county, 2, county.group.id) == [200, 429]  # one more every three seconds


@pytest.mark.parametrize("meter", [SlidingWindow(3, 10), TokenBucket(3, 10)])
def test_both_meters_hold_their_size_and_say_how_long_to_wait(meter: SlidingWindow | TokenBucket) -> None:
    for _ in range(3):
        assert meter.wait(0.0) == 0
        meter.take(0.0)
    wait = meter.wait(0.0)
    assert 0 < wait <= 10
    assert meter.wait(wait) == pytest.approx(0)


def test_a_budget_for_more_than_it_can_hold_waits_until_it_is_empty() -> None:
    budget = Budget(Limits(private_burst=5))
    assert budget.spend(1, 0.0, private=True, count=10) == 0
    assert budget.spend(1, 0.0, private=True, count=1) == 5


async def test_a_clock_that_runs_fast_refills_fast() -> None:
    county = scene()
    assert await statuses(county, 21, county.group.id) == [200] * 20 + [429]
    county.after(minutes=1)
    reply: Reply = await county.call("sendMessage", chat_id=county.group.id, text="x")
    assert reply.ok
