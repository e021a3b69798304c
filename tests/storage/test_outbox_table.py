"""The outbox: who goes first, what waits for what, and what follows from every outcome."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.outgoing import Kind, Lane, Outcome, Outgoing, Policy, QueuedMessage, Settlement
from domain.text import Button, ButtonStyle, Html
from storage.outbox import AMBIGUOUS_PAUSE, MAX_TRIES
from storage.store import SqlStore
from tests.support.databases import Each, Hands

CHAT = -1_000_000_000_001
ALL = tuple(Lane)


def say(key: str, chat: int = CHAT, **fields: Any) -> Outgoing:
    return Outgoing(**({"key": key, "chat_id": chat, "text": Html(key), "subject": "warning:1"} | fields))


async def claim(each: Each, limit: int = 10, skip: Sequence[int] = (), lanes: Sequence[int] = ALL) -> list[str]:
    return [queued.out.key for queued in await take(each, limit, skip, lanes)]


async def take(
    each: Each, limit: int = 10, skip: Sequence[int] = (), lanes: Sequence[int] = ALL
) -> list[QueuedMessage]:
    return list(await each.outbox.claim("boot", limit, skip, lanes))


async def settle(each: Each, queued: QueuedMessage, outcome: Outcome, at: datetime, **fields: Any) -> list[Any]:
    return list(await each.outbox.settle([Settlement(id=queued.id, outcome=outcome, at=at, **fields)]))


async def send(each: Each, clock: Hands, message: Outgoing, message_id: int = 7) -> None:
    """Put, claim and settle as sent."""
    await each.outbox.put(message)
    (queued,) = await take(each)
    await settle(each, queued, Outcome.SENT, clock.now(), message_ids=(message_id,))


# -- putting ----------------------------------------------------------------------------------------------------------


async def test_everything_a_message_says_comes_out_again(each: Each, clock: Hands) -> None:
    message = say(
        "w:1",
        kind=Kind.PHOTO,
        lane=Lane.URGENT,
        policy=Policy.AT_MOST_ONCE,
        text=Html("<b>“预警”</b> &lt;🌧&gt;\n'"),
        buttons=((Button("收到", data="w:1:a", style=ButtonStyle.SUCCESS),), (Button("看", url="https://t.me/x"),)),
        person_id=7,
        target_message_id=4_000_000_000,
        reply=True,
        silent=True,
        expires_at=clock.now() + timedelta(hours=1),
        file="AgAC",
        file_name="现场.jpg",
        emoji="👍",
        resend_mark=Html("【补发】"),
    )
    await each.outbox.put(message)

    (queued,) = await take(each)

    assert queued.out == message
    assert (queued.attempts, queued.may_have_arrived, queued.message_id, queued.progress) == (0, False, 4 * 10**9, {})


async def test_the_same_key_is_one_message_for_ever(each: Each, clock: Hands) -> None:
    assert await each.outbox.put(say("a"), say("b")) == 2
    assert await each.outbox.put(say("b", text=Html("other words")), say("c")) == 1
    assert await each.outbox.put(say("d"), say("d")) == 1
    assert await each.outbox.put() == 0
    await send(each, clock, say("a"))
    assert await each.outbox.put(say("a")) == 0


async def test_a_county_wide_fan_out_is_put_at_once(each: Each) -> None:
    assert await each.outbox.put_many(say(f"post:{n}", chat=-n) for n in range(1, 1_301)) == 1_300
    assert await each.outbox.waiting() == {"pending": 1_300}


# -- claiming ---------------------------------------------------------------------------------------------------------


async def test_the_best_lane_goes_first_and_within_a_lane_the_oldest(each: Each) -> None:
    for number, lane in enumerate([Lane.DIGEST, Lane.REPLY, Lane.RED, Lane.URGENT, Lane.RED]):
        await each.outbox.put(say(f"{lane.name}:{number}", chat=-number - 1, lane=lane))

    assert await claim(each) == ["RED:2", "RED:4", "URGENT:3", "REPLY:1", "DIGEST:0"]


async def test_only_the_lanes_asked_for_are_claimed(each: Each) -> None:
    await each.outbox.put(say("digest", lane=Lane.DIGEST), say("red", chat=-2, lane=Lane.RED))

    assert await claim(each, lanes=[Lane.RED, Lane.URGENT]) == ["red"]
    assert await claim(each, lanes=[]) == []
    assert await claim(each, lanes=[Lane.DIGEST]) == ["digest"]


async def test_one_message_for_each_chat_at_a_time(each: Each) -> None:
    await each.outbox.put(say("a1"), say("a2"), say("b1", chat=-2), say("a3", lane=Lane.RED))

    assert await claim(each) == ["a3", "b1"]


async def test_a_long_queue_of_one_chat_does_not_hide_the_others_for_long(each: Each) -> None:
    await each.outbox.put_many(say(f"a{n}") for n in range(200))
    await each.outbox.put(say("b", chat=-2))

    assert await claim(each, limit=2) == ["a0"]
    assert await claim(each, limit=2, skip=[CHAT]) == ["b"]


async def test_chats_to_be_skipped_are_skipped(each: Each) -> None:
    await each.outbox.put(say("frozen"), say("free", chat=-2))

    assert await claim(each, skip=[CHAT, -77]) == ["free"]


async def test_no_more_is_claimed_than_was_asked_for_and_nothing_twice(each: Each) -> None:
    await each.outbox.put_many(say(f"m{n}", chat=-n - 1) for n in range(5))

    assert await claim(each, limit=3) == ["m0", "m1", "m2"]
    assert await claim(each, limit=3) == ["m3", "m4"]
    assert await claim(each) == []


async def test_what_is_not_yet_due_waits(each: Each, clock: Hands) -> None:
    later = clock.now() + timedelta(minutes=5)
    await each.outbox.put(say("later", not_before=later))

    assert await claim(each) == []
    assert await each.outbox.next_due() == later
    clock.at = later
    assert await claim(each) == ["later"]
    assert await each.outbox.next_due() is None


# -- expiry -----------------------------------------------------------------------------------------------------------


async def test_what_has_expired_is_never_claimed(each: Each, clock: Hands) -> None:
    end = clock.now() + timedelta(minutes=10)
    await each.outbox.put(say("stale", expires_at=end), say("fresh", chat=-2, expires_at=end + timedelta(seconds=1)))
    clock.at = end

    assert await claim(each) == ["fresh"]
    assert await each.outbox.state_of("stale") == ("expired", "expired")


async def test_what_expires_while_it_waits_for_another_try_is_not_tried_again(each: Each, clock: Hands) -> None:
    await each.outbox.put(say("a", expires_at=clock.now() + timedelta(minutes=1)))
    (queued,) = await take(each)
    again = clock.now() + timedelta(minutes=2)
    await settle(each, queued, Outcome.RETRY, clock.now(), retry_at=again, reason="flood")
    clock.at = again

    assert await claim(each) == []
    assert await each.outbox.state_of("a") == ("expired", "expired")


async def test_what_expires_between_claim_and_sending_ends_as_expired(each: Each, clock: Hands) -> None:
    await each.outbox.put(say("a"))
    (queued,) = await take(each)
    await settle(each, queued, Outcome.EXPIRED, clock.now(), reason="expired")

    assert await each.outbox.state_of("a") == ("expired", "expired")


# -- messages about messages ------------------------------------------------------------------------------------------


async def test_an_edit_waits_for_its_target_and_then_knows_its_id(each: Each, clock: Hands) -> None:
    await each.outbox.put(say("post"), say("edit", kind=Kind.EDIT, target="post", lane=Lane.RED))
    (post,) = await take(each)
    assert post.out.key == "post"
    assert await claim(each) == []

    await settle(each, post, Outcome.RETRY, clock.now(), reason="flood")
    assert await claim(each, skip=[CHAT]) == []
    (post,) = await take(each)
    await settle(each, post, Outcome.SENT, clock.now(), message_ids=(41, 42))

    (edit,) = await take(each)
    assert (edit.out.key, edit.message_id) == ("edit", 42)


@pytest.mark.parametrize("kind", [Kind.EDIT, Kind.PIN, Kind.REACT])
async def test_what_is_about_a_message_that_never_went_out_is_given_up(each: Each, clock: Hands, kind: Kind) -> None:
    await each.outbox.put(say("post"), say("about", kind=kind, target="post"))
    (post,) = await take(each)
    await settle(each, post, Outcome.DEAD, clock.now(), reason="bad_request")

    assert await claim(each) == []
    assert await each.outbox.state_of("about") == ("superseded", "target_never_sent")


async def test_what_is_about_an_unknown_message_is_given_up(each: Each) -> None:
    await each.outbox.put(say("about", kind=Kind.EDIT, target="nothing"), say("blind", chat=-2, kind=Kind.EDIT))

    assert await claim(each) == []
    assert await each.outbox.state_of("about") == ("superseded", "target_never_sent")
    assert await each.outbox.state_of("blind") == ("superseded", "target_never_sent")


@pytest.mark.parametrize("kind", [Kind.SEND, Kind.PHOTO, Kind.DOCUMENT])
async def test_a_reply_whose_target_never_went_out_is_said_without_it(each: Each, clock: Hands, kind: Kind) -> None:
    await each.outbox.put(say("post"), say("reply", kind=kind, reply=True, target="post"))
    (post,) = await take(each)
    await settle(each, post, Outcome.DEAD, clock.now(), reason="bad_request")

    (reply,) = await take(each)
    assert (reply.out.key, reply.message_id) == ("reply", None)


async def test_an_edit_of_a_message_in_the_group_that_was_is_given_up(each: Each, clock: Hands) -> None:
    """Messages of a group keep their ids when it becomes a supergroup, but cannot be reached there."""
    await send(each, clock, say("post"))
    await each.outbox.put(say("edit", chat=-100_500, kind=Kind.EDIT, target="post"))

    assert await claim(each) == []
    assert await each.outbox.state_of("edit") == ("superseded", "target_never_sent")


# -- edits take each other's place ------------------------------------------------------------------------------------


async def test_a_newer_edit_takes_the_place_of_older_unsent_ones(each: Each, clock: Hands) -> None:
    await send(each, clock, say("board"))
    for number in range(3):
        await each.outbox.put(say(f"edit{number}", kind=Kind.EDIT, target="board", lane=Lane.DIGEST))

    assert await claim(each) == ["edit2"]
    assert await each.outbox.state_of("edit0") == ("superseded", "newer_edit")


async def test_of_several_edits_put_together_the_last_is_drawn(each: Each, clock: Hands) -> None:
    await send(each, clock, say("board"))
    await each.outbox.put(*(say(f"edit{n}", kind=Kind.EDIT, target="board") for n in range(3)))

    assert await claim(each) == ["edit2"]


async def test_putting_an_edit_again_changes_nothing(each: Each, clock: Hands) -> None:
    """A service may be called twice: the waiting edit must survive that, and a newer one even more."""
    await send(each, clock, say("board"))
    old, new = (say(key, kind=Kind.EDIT, target="board") for key in ("old", "new"))
    await each.outbox.put(old)
    assert await each.outbox.put(old) == 0
    await each.outbox.put(new)
    assert await each.outbox.put(old) == 0

    assert await claim(each) == ["new"]


async def test_an_edit_that_is_being_sent_stays_and_the_newer_one_follows(each: Each, clock: Hands) -> None:
    await send(each, clock, say("board"))
    await each.outbox.put(say("first", kind=Kind.EDIT, target="board"))
    (first,) = await take(each)
    await each.outbox.put(say("second", kind=Kind.EDIT, target="board"))
    await settle(each, first, Outcome.SENT, clock.now())

    assert await claim(each) == ["second"]
    assert await each.outbox.message_of("board") == (CHAT, 7)


async def test_edits_of_other_messages_are_left_alone(each: Each, clock: Hands) -> None:
    await send(each, clock, say("one"))
    await send(each, clock, say("two", chat=-2))
    await each.outbox.put(say("edit1", kind=Kind.EDIT, target="one"))
    await each.outbox.put(say("edit2", chat=-2, kind=Kind.EDIT, target="two"), say("pin", kind=Kind.PIN, target="one"))

    assert await claim(each) == ["edit1", "edit2"]
    assert await claim(each) == ["pin"]


# -- outcomes ---------------------------------------------------------------------------------------------------------


async def test_what_was_sent_is_known_by_its_last_message(each: Each, clock: Hands) -> None:
    await each.outbox.put(say("long"))
    assert await each.outbox.message_of("long") is None
    assert await each.outbox.state_of("long") == ("pending", "")
    (queued,) = await take(each)

    ((settlement, out),) = await settle(each, queued, Outcome.SENT, clock.now(), message_ids=(11, 12))

    assert (settlement.message_ids, out.key) == ((11, 12), "long")
    assert await each.outbox.message_of("long") == (CHAT, 12)
    assert await each.outbox.state_of("long") == ("sent", "")
    assert await each.outbox.state_of("unknown") is None


async def test_a_refused_message_is_tried_again_when_told_to(each: Each, clock: Hands) -> None:
    await each.outbox.put(say("a"))
    (queued,) = await take(each)
    again = clock.now() + timedelta(seconds=33)
    await settle(each, queued, Outcome.RETRY, clock.now(), retry_at=again, reason="flood", extra={"plain": "1"})

    assert await each.outbox.state_of("a") == ("retry", "flood")
    assert await each.outbox.next_due() == again
    assert await claim(each) == []
    clock.at = again
    (queued,) = await take(each)
    assert (queued.attempts, queued.may_have_arrived, queued.progress) == (1, False, {"plain": "1"})


async def test_after_twelve_tries_it_is_given_up(each: Each, clock: Hands) -> None:
    await each.outbox.put(say("a"))
    for number in range(MAX_TRIES):
        (queued,) = await take(each)
        assert queued.attempts == number
        await settle(each, queued, Outcome.RETRY, clock.now(), reason="server")

    assert await claim(each) == []
    assert await each.outbox.state_of("a") == ("dead", "server")


async def test_tries_that_never_left_the_machine_do_not_count(each: Each, clock: Hands) -> None:
    await each.outbox.put(say("a"))
    for _ in range(MAX_TRIES * 3):
        (queued,) = await take(each)
        assert queued.attempts == 0
        await settle(each, queued, Outcome.RETRY, clock.now(), reason="no_route", counted=False)

    assert await claim(each) == ["a"]


@pytest.mark.parametrize("outcome", [Outcome.DEAD, Outcome.CLOSED])
async def test_what_cannot_be_delivered_ends_with_its_reason(each: Each, clock: Hands, outcome: Outcome) -> None:
    await each.outbox.put(say("a"))
    (queued,) = await take(each)
    await settle(each, queued, outcome, clock.now(), reason="blocked")

    assert await each.outbox.state_of("a") == ("dead", "blocked")
    assert await claim(each) == []


@pytest.mark.parametrize(
    ("policy", "state", "again"),
    [
        (Policy.AT_LEAST_ONCE, "retry", True),
        (Policy.AT_MOST_ONCE, "ambiguous", None),
        (Policy.IDEMPOTENT, "retry", False),
    ],
)
async def test_doubt_follows_the_policy(
    each: Each, clock: Hands, policy: Policy, state: str, again: bool | None
) -> None:
    """`again`: whether the next try is marked as a second copy; None: there is none."""
    await each.outbox.put(say("a", policy=policy))
    (queued,) = await take(each)
    await settle(each, queued, Outcome.AMBIGUOUS, clock.now(), reason="timeout")

    assert await each.outbox.state_of("a") == (state, "timeout")
    assert await claim(each) == []
    clock.at += AMBIGUOUS_PAUSE
    assert [queued.may_have_arrived for queued in await take(each)] == ([] if again is None else [again])


async def test_doubt_does_not_go_on_for_ever(each: Each, clock: Hands) -> None:
    await each.outbox.put(say("a"))
    for _ in range(MAX_TRIES):
        (queued,) = await take(each)
        await settle(each, queued, Outcome.AMBIGUOUS, clock.now(), reason="timeout")
        clock.at += AMBIGUOUS_PAUSE

    assert await each.outbox.state_of("a") == ("dead", "timeout")


async def test_a_second_copy_stays_marked_when_its_own_try_is_refused(each: Each, clock: Hands) -> None:
    await each.outbox.put(say("a"))
    (queued,) = await take(each)
    await settle(each, queued, Outcome.AMBIGUOUS, clock.now(), reason="timeout")
    clock.at += AMBIGUOUS_PAUSE
    (queued,) = await take(each)
    await settle(each, queued, Outcome.RETRY, clock.now(), reason="flood")

    (queued,) = await take(each)
    assert (queued.may_have_arrived, queued.attempts) == (True, 2)


async def test_a_message_to_a_group_that_moved_goes_to_its_new_id(each: Each, clock: Hands) -> None:
    await each.outbox.put(say("a"))
    (queued,) = await take(each)
    await settle(each, queued, Outcome.MIGRATED, clock.now(), new_chat_id=-100_500, reason="migrated")

    (queued,) = await take(each)
    assert (queued.out.chat_id, queued.out.key) == (-100_500, "a")


async def test_several_outcomes_are_settled_together(each: Each, clock: Hands) -> None:
    await each.outbox.put(*(say(f"m{n}", chat=-n - 1) for n in range(4)))
    queued = await take(each)
    outcomes = [Outcome.SENT, Outcome.RETRY, Outcome.SENT, Outcome.CLOSED]
    settled = await each.outbox.settle(
        [
            Settlement(id=q.id, outcome=o, at=clock.now(), message_ids=(q.id,), reason="r")
            for q, o in zip(queued, outcomes, strict=True)
        ]
        + [Settlement(id=4711, outcome=Outcome.SENT, at=clock.now())]
    )

    assert [out.key for _, out in settled] == ["m0", "m1", "m2", "m3"]
    states = [(await each.outbox.state_of(f"m{n}"))[0] for n in range(4)]
    assert states == ["sent", "retry", "sent", "dead"]
    assert await each.outbox.settle([]) == []


@pytest.mark.parametrize("late", [Outcome.RETRY, Outcome.AMBIGUOUS, Outcome.DEAD, Outcome.EXPIRED, Outcome.SENT])
async def test_a_late_word_about_a_sent_message_changes_nothing(each: Each, clock: Hands, late: Outcome) -> None:
    await each.outbox.put(say("a"))
    (queued,) = await take(each)
    await settle(each, queued, Outcome.SENT, clock.now(), message_ids=(7,))

    assert await settle(each, queued, late, clock.now(), message_ids=(8,), reason="late") == []
    assert await each.outbox.state_of("a") == ("sent", "")
    assert await each.outbox.message_of("a") == (CHAT, 7)


async def test_that_it_was_sent_after_all_is_believed_even_when_it_was_taken_for_lost(each: Each, clock: Hands) -> None:
    await each.outbox.put(say("a"))
    (queued,) = await take(each)
    assert await each.outbox.recover("next boot") == 1

    assert len(await settle(each, queued, Outcome.SENT, clock.now(), message_ids=(7,))) == 1
    clock.advance(minutes=1)
    assert await claim(each) == []


# -- after a crash ----------------------------------------------------------------------------------------------------


async def test_after_a_restart_what_was_being_sent_follows_its_policy(each: Each, clock: Hands) -> None:
    for number, policy in enumerate(Policy):
        await each.outbox.put(say(policy.value, chat=-number - 1, policy=policy))
    await each.outbox.put(say("waiting", chat=-9))
    assert len(await take(each, limit=3)) == 3

    assert await each.outbox.recover("next boot") == 3
    assert await each.outbox.recover("next boot") == 0

    assert await claim(each) == ["waiting"]
    clock.at += AMBIGUOUS_PAUSE
    again = {queued.out.key: queued.may_have_arrived for queued in await take(each)}
    assert again == {"at_least_once": True, "idempotent": False}
    assert await each.outbox.state_of("at_most_once") == ("ambiguous", "restart")


async def test_what_this_very_run_is_sending_is_not_recovered(each: Each) -> None:
    await each.outbox.put(say("a"))
    await take(each)

    assert await each.outbox.recover("boot") == 0
    assert await each.outbox.state_of("a") == ("sending", "")


# -- withdrawing ------------------------------------------------------------------------------------------------------


async def test_what_is_withdrawn_while_it_is_being_sent_is_not_tried_again_after_a_crash(
    each: Each, clock: Hands
) -> None:
    await each.outbox.put(say("a"))
    await take(each)
    await each.outbox.supersede(subject="warning:1")

    assert await each.outbox.recover("next boot") == 1
    assert await each.outbox.state_of("a") == ("superseded", "withdrawn")
    assert await each.outbox.arrived(["a"]) == {"a"}  # it may have: its end has to be told there
    clock.advance(minutes=10)
    assert await claim(each) == []


async def test_what_is_unsent_of_a_subject_can_be_withdrawn(each: Each) -> None:
    await each.outbox.put(
        say("mine", person_id=1),
        say("his", chat=-2, person_id=2),
        say("group", chat=-3),
        say("other", chat=-4, subject="warning:2"),
    )
    assert await each.outbox.supersede(subject="warning:1", person_id=1) == 1
    assert await each.outbox.supersede(subject="warning:1", keys=["group", "other"]) == 1
    assert await each.outbox.state_of("mine") == ("superseded", "")

    assert await claim(each) == ["his", "other"]
    assert await each.outbox.supersede(subject="warning:1") == 0, "what is being sent cannot be called back"


async def test_a_chat_that_cannot_be_written_to_is_abandoned(each: Each) -> None:
    await each.outbox.put(say("a1"), say("a2"), say("b", chat=-2))

    assert await each.outbox.abandon_chat(CHAT, "kicked") == 2
    assert await each.outbox.state_of("a2") == ("dead", "kicked")
    assert await claim(each) == ["b"]


async def test_when_a_group_moves_what_waits_moves_and_what_is_about_old_messages_ends(
    each: Each, clock: Hands
) -> None:
    await send(each, clock, say("post"))
    await each.outbox.put(
        say("next"),
        say("edit", kind=Kind.EDIT, target="post"),
        say("pin", kind=Kind.PIN, target="post"),
        say("thumb", kind=Kind.REACT, target_message_id=5, emoji="👍"),
    )
    await each.outbox.move_chat(CHAT, -100_500)

    assert [(q.out.key, q.out.chat_id) for q in await take(each)] == [("next", -100_500)]
    for key in ("edit", "pin", "thumb"):
        assert await each.outbox.state_of(key) == ("superseded", "migrated")
    assert await each.outbox.message_of("post") == (CHAT, 7)


async def test_who_was_not_reached_is_known_with_the_reason(each: Each, clock: Hands) -> None:
    people = [say(f"p{n}", chat=n, person_id=n) for n in range(1, 6)]
    await each.outbox.put(*people, say("group"), say("edit", chat=6, person_id=6, kind=Kind.EDIT, target="p1"))
    one, two, three, four, five = await take(each, limit=5)
    await settle(each, one, Outcome.SENT, clock.now(), message_ids=(1,))
    await settle(each, two, Outcome.CLOSED, clock.now(), reason="blocked")
    await settle(each, three, Outcome.RETRY, clock.now(), reason="flood")
    await settle(each, five, Outcome.RETRY, clock.now())
    await each.outbox.supersede(subject="warning:1", person_id=5)

    assert await each.outbox.undelivered("warning:1") == {2: "blocked", 3: "flood", 4: "sending"}
    assert await each.outbox.undelivered("warning:2") == {}
    assert four.out.person_id == 4


async def test_what_waits_is_counted(each: Each, clock: Hands) -> None:
    await each.outbox.put(*(say(f"m{n}", chat=-n - 1) for n in range(6)))
    queued = await take(each, limit=3)
    await settle(each, queued[0], Outcome.SENT, clock.now(), message_ids=(1,))
    await settle(each, queued[1], Outcome.RETRY, clock.now())

    assert await each.outbox.waiting() == {"pending": 3, "retry": 1, "sending": 1}


async def test_no_row_can_be_in_a_state_of_its_own_invention(store: SqlStore, each: Each) -> None:
    await each.outbox.put(say("a"))

    async def spoil(connection: AsyncConnection) -> None:
        await connection.execute(sa.text("UPDATE outbox SET state = 'lost'"))

    with pytest.raises(sa.exc.IntegrityError):
        await store.database.write(spoil)
