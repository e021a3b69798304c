"""The queue of other channels, on both databases: claimed, settled, in doubt, expired, withdrawn."""

from datetime import timedelta
from typing import Any

import pytest

from domain.channels import SideState, Tried
from domain.people import PersonId
from services.ports import QueuedSide, SideMessage, SideSettlement
from storage.store import SqlStore
from tests.storage.filling import people
from tests.support.databases import Each, Hands


@pytest.fixture
async def ids(store: SqlStore) -> list[PersonId]:
    return await store.write(lambda rows: people(rows, 2))


def message(key: str, person: int | None, **more: Any) -> SideMessage:
    return SideMessage(
        **({"key": key, "subject": "warning:1", "channel": "sms", "body": key, "person_id": person} | more)
    )


async def claim(each: Each, boot: str = "boot", limit: int = 9) -> list[QueuedSide]:
    return list(await each.channels.claim("sms", boot, limit))


async def settle(each: Each, clock: Hands, item: QueuedSide, tried: Tried, reason: str = "") -> list[SideState]:
    return [one.state for one in await each.channels.settle([SideSettlement(item.id, tried, clock.now(), reason)])]


async def test_a_claimed_message_has_the_phone_and_the_address_of_the_moment(each: Each, ids: list[int]) -> None:
    await each.channels.set_address(ids[0], "sms", "old")
    assert await each.channels.put([message("a", ids[0]), message("a", ids[0]), message("b", None)]) == 2
    await each.people.update(ids[0], phone="13900000009")
    await each.channels.set_address(ids[0], "sms", "new")
    first, second = await claim(each)
    assert (first.message.key, first.phone, first.address) == ("a", "13900000009", "new")
    assert (second.message.key, second.phone, second.address) == ("b", "", "")
    assert await claim(each) == []


async def test_a_channel_sees_only_its_own(each: Each, ids: list[int], clock: Hands) -> None:
    await each.channels.put([message("a", ids[0], channel="mail")])
    assert await claim(each) == []
    assert await each.channels.next_due("sms") is None
    assert await each.channels.next_due("mail") == clock.now()


async def test_what_failed_comes_again_at_its_time_and_ends_after_three(
    each: Each, ids: list[int], clock: Hands
) -> None:
    await each.channels.put([message("a", ids[0])])
    states = []
    for wait in (0, 10, 60):
        clock.advance(seconds=wait)
        (item,) = await claim(each)
        states += await settle(each, clock, item, Tried.AGAIN, "refused")
        assert await claim(each) == []
    assert states == [SideState.RETRY, SideState.RETRY, SideState.FAILED]
    (result,) = await each.channels.of_subject("warning:1")
    assert (result.reason, result.at) == ("refused", clock.now())


@pytest.mark.parametrize("repeats", [True, False])
async def test_what_was_under_way_when_the_machine_fell_may_have_arrived(
    each: Each, ids: list[int], clock: Hands, repeats: bool
) -> None:
    await each.channels.put([message("a", ids[0], repeats=repeats)])
    await claim(each, "before the fall")
    (result,) = await each.channels.recover("after it", ["sms"])
    assert (result.state, result.reason) == (SideState.RETRY if repeats else SideState.FAILED, "restart")
    clock.advance(seconds=10)
    assert [item.doubts for item in await claim(each, "after it")] == ([1] if repeats else [])


async def test_what_this_run_has_under_way_is_not_in_doubt(each: Each, ids: list[int]) -> None:
    await each.channels.put([message("a", ids[0])])
    await claim(each, "now")
    assert await each.channels.recover("now", ["sms"]) == []


async def test_what_waits_for_a_channel_that_is_gone_ends(each: Each, ids: list[int]) -> None:
    await each.channels.put([message("a", ids[0]), message("b", ids[1], channel="mail")])
    gone = await each.channels.recover("boot", ["mail"])
    assert [(one.key, one.state, one.reason) for one in gone] == [("a", SideState.FAILED, "no_channel")]


async def test_an_expired_message_is_not_claimed(each: Each, ids: list[int], clock: Hands) -> None:
    await each.channels.put([message("a", ids[0], expires_at=clock.now() + timedelta(minutes=1))])
    clock.advance(minutes=1)
    assert await claim(each) == []
    assert [one.state for one in await each.channels.of_subject("warning:1")] == [SideState.EXPIRED]


async def test_withdrawn_is_what_waits_and_what_flies_is_not_tried_again(
    each: Each, ids: list[int], clock: Hands
) -> None:
    await each.channels.put([message("a", ids[0]), message("b", ids[0]), message("c", ids[1])])
    (flying,) = await claim(each, limit=1)
    assert await each.channels.supersede("warning:1", ids[0]) == 1
    assert await settle(each, clock, flying, Tried.AGAIN, "refused") == [SideState.RETRY]
    clock.advance(seconds=10)
    assert [item.message.key for item in await claim(each)] == ["c"]
    assert [one.state.value for one in await each.channels.of_subject("warning:1")] == [
        "expired",
        "superseded",
        "sending",
    ]


async def test_a_late_word_about_what_is_settled_changes_nothing(each: Each, ids: list[int], clock: Hands) -> None:
    await each.channels.put([message("a", ids[0])])
    (item,) = await claim(each)
    assert await settle(each, clock, item, Tried.SENT) == [SideState.SENT]
    assert await settle(each, clock, item, Tried.UNKNOWN, "timeout") == []


async def test_addresses_are_kept_for_each_channel_and_forgotten_together(each: Each, ids: list[int]) -> None:
    await each.channels.set_address(ids[0], "mail", "a@b.cn")
    await each.channels.set_address(ids[0], "work", "wang")
    await each.channels.set_address(ids[1], "mail", "c@d.cn")
    assert dict(await each.channels.addresses("mail", ids)) == {ids[0]: "a@b.cn", ids[1]: "c@d.cn"}
    await each.channels.set_address(ids[1], "mail", "")
    assert dict(await each.channels.addresses("mail", ids)) == {ids[0]: "a@b.cn"}
    assert dict(await each.channels.address_book(ids[0])) == {"mail": "a@b.cn", "work": "wang"}
    assert await each.channels.forget_addresses(ids[0]) == 2
    assert dict(await each.channels.address_book(ids[0])) == {}


async def test_the_words_are_forgotten_and_what_became_of_them_stays(each: Each, ids: list[int], clock: Hands) -> None:
    await each.channels.put([message("a", ids[0], title="t"), message("b", ids[0])])
    first, _ = await claim(each)
    await settle(each, clock, first, Tried.SENT)
    assert await each.retention.forget_words(clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)) == 1
    assert [one.state.value for one in await each.channels.of_subject("warning:1")] == ["sent", "sending"]


async def test_failures_are_counted_by_channel(each: Each, ids: list[int], clock: Hands) -> None:
    await each.channels.put([message("a", ids[0]), message("b", ids[0])])
    first, second = await claim(each)
    await settle(each, clock, first, Tried.REFUSED, "refused")
    await settle(each, clock, second, Tried.SENT)
    assert dict(await each.channels.failed_since(clock.now())) == {"sms": 1}
    assert dict(await each.channels.failed_since(clock.now() + timedelta(seconds=1))) == {}
