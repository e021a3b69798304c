"""What follows from how a message fared: a private chat that is closed, a group that moved or threw the bot out.

Called in the transaction that settles the outbox, so that a person who cannot be reached is known as such in the same
instant and his ladder goes on at once.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from domain.outgoing import Kind, Lane, Outcome, Outgoing, QueuedMessage, Settlement
from domain.people import Person, PrivateChat, Role
from domain.places import PlaceCode
from services.doors import Doors
from services.ports import Rows
from services.work import Work

_PRIVATE_STATES = {
    "blocked": PrivateChat.BLOCKED,
    "deactivated": PrivateChat.GONE,
    "never_started": PrivateChat.NEVER,
}
_REASONS = frozenset({"kicked", "no_rights", "chat_not_found", "bad_request", "expired"})
_DESK = frozenset({Role.STATION, Role.DUTY, Role.COUNTY_DUTY})


class OutboxDesk:
    """services.ports.OutboxDoor: delivery's two calls, each one transaction, with their consequences."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def claim(
        self, now: datetime, boot: str, limit: int, skip_chats: Collection[int], lanes: Collection[int]
    ) -> list[QueuedMessage]:
        async def work(rows: Rows) -> list[QueuedMessage]:
            return await rows.outbox.claim(boot, limit, skip_chats, lanes)

        return await self._doors.store.write(work)

    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> None:
        async def inside(rows: Rows) -> None:
            work = self._doors.work(rows)
            for settlement, out in await rows.outbox.settle(settlements):
                await _consequences(work, settlement, out)

        await self._doors.store.write(inside)

    async def recover(self, boot: str, now: datetime) -> int:
        async def work(rows: Rows) -> int:
            return await rows.outbox.recover(boot)

        return await self._doors.store.write(work)

    async def next_due(self, now: datetime) -> datetime | None:
        async def work(rows: Rows) -> datetime | None:
            return await rows.outbox.next_due()

        return await self._doors.store.read(work)


async def _consequences(work: Work, settlement: Settlement, out: Outgoing) -> None:
    match settlement.outcome:
        case Outcome.CLOSED if out.chat_id > 0:
            await private_chat_closed(work, out.chat_id, settlement.reason)
        case Outcome.CLOSED:
            await group_closed(work, out, settlement.reason)
        case Outcome.MIGRATED if settlement.new_chat_id is not None:
            await group_moved(work, out.chat_id, settlement.new_chat_id)
        case Outcome.DEAD | Outcome.EXPIRED if out.lane is Lane.RED and out.kind is Kind.SEND:
            await _tell_desk(work, out, settlement.reason or settlement.outcome.value)
        case _:
            pass


async def private_chat_closed(work: Work, user_id: int, reason: str) -> None:
    """The person cannot be written to: his ladder goes on without private messages."""
    await work.rows.outbox.abandon_chat(user_id, reason)
    person = await work.rows.people.by_user(user_id)
    if person is None:
        return
    await work.rows.people.set_private_chat(person.id, _PRIVATE_STATES.get(reason, PrivateChat.BLOCKED))
    await work.rows.obligations.set_reachable(person.id, False)
    await work.rows.obligations.wake(person.id, work.now)
    await work.note("private_chat.closed", f"person:{person.id}", None, reason=reason)


async def private_chat_opened(work: Work, user_id: int) -> None:
    person = await work.rows.people.by_user(user_id)
    if person is None or person.private_chat is PrivateChat.OPEN:
        return
    await work.rows.people.set_private_chat(person.id, PrivateChat.OPEN)
    await work.rows.obligations.set_reachable(person.id, True)
    await work.note("private_chat.opened", f"person:{person.id}", None)


async def group_closed(work: Work, out: Outgoing, reason: str) -> None:
    """The bot was thrown out, or may not write: the desk is told once, at once."""
    group = await work.rows.groups.get(out.chat_id)
    if out.kind in {Kind.PIN, Kind.REACT}:
        return  # a missing right to pin or to react does not close a group
    await work.rows.outbox.abandon_chat(out.chat_id, reason)
    if group is None or (group.status == "left" or not group.can_send):
        return
    gone = reason != "no_rights"
    await work.rows.groups.save(replace(group, status="left" if gone else group.status, can_send=False))
    await work.note("group.closed", f"group:{out.chat_id}", None, reason=reason)
    await tell_desk_of_group(work, group.title, group.place, reason, f"group:{out.chat_id}:{reason}")


async def tell_desk_of_group(work: Work, title: str, place: PlaceCode | None, reason: str, key: str) -> None:
    for person in await desk_of(work, place):
        why = work.words.label(f"undelivered.reason.{reason if reason in _REASONS else 'unknown'}", person.language)
        text = work.words.text("undelivered.note.silent_group", person.language, title=title, reason=why)
        await work.tell(person, f"{key}:{person.id}:{int(work.now.timestamp())}", text, lane=Lane.URGENT)


async def group_moved(work: Work, old: int, new: int) -> None:
    """A group became a supergroup: it is the same group with another number."""
    await work.rows.groups.migrate(old, new)
    await work.rows.outbox.move_chat(old, new)
    await work.rows.boards.move(old, new)
    await work.rows.warnings.move_posts(old, new)
    await work.rows.responses.move_chat(old, new)
    await work.note("group.moved", f"group:{old}", None, to=new)


async def _tell_desk(work: Work, out: Outgoing, reason: str) -> None:
    """A red message that did not go out is told to people at once."""
    group = await work.rows.groups.get(out.chat_id)
    place = group.place if group is not None else None
    title = group.title if group is not None else str(out.chat_id)
    await tell_desk_of_group(work, title, place, reason, f"dead:{out.key}")


async def desk_of(work: Work, place: PlaceCode | None) -> list[Person]:
    """The township's desk and the county's, as far as they can be written to."""
    tree = await work.tree()
    township = None if place is None else tree.township_of(place)
    places = [work.county] if township is None else [township.code, work.county]
    return [p for p in await work.rows.people.holding(_DESK, places) if p.reachable]
