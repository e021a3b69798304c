"""Delivery's calls about other channels, each one transaction with its consequences: a result is a line on the
timeline, and a group elsewhere that did not get its warning is told to the place's desk, once."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.channels import SideState
from domain.outgoing import Lane
from services import channel_texts
from services.channels import place_label
from services.doors import Doors
from services.ports import QueuedSide, Rows, SideResult, SideSettlement
from services.reach import desk_of
from services.work import Work

_NOTED = {SideState.SENT: "channel.sent", SideState.FAILED: "channel.failed", SideState.EXPIRED: "channel.expired"}


class ChannelDesk:
    """services.ports.SideDoor."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def claim(self, channel: str, boot: str, limit: int) -> list[QueuedSide]:
        async def inside(rows: Rows) -> list[QueuedSide]:
            return await rows.channels.claim(channel, boot, limit)

        return await self._doors.store.write(inside)

    async def settle(self, settlements: Sequence[SideSettlement]) -> None:
        async def inside(work: Work) -> None:
            await _consequences(work, await work.rows.channels.settle(settlements))

        await self._doors.run(inside)

    async def recover(self, boot: str) -> None:
        async def inside(work: Work) -> None:
            names = [one.name for one in work.policy.channels]
            await _consequences(work, await work.rows.channels.recover(boot, names))

        await self._doors.run(inside)

    async def next_due(self, channel: str) -> datetime | None:
        async def inside(rows: Rows) -> datetime | None:
            return await rows.channels.next_due(channel)

        return await self._doors.store.read(inside)


async def _consequences(work: Work, results: Iterable[SideResult]) -> None:
    for one in results:
        if one.state not in _NOTED:
            continue
        facts = {"channel": one.channel, "person": one.person_id, "reason": one.reason}
        await work.note(_NOTED[one.state], one.subject, None, **facts)
        if one.state is not SideState.SENT and one.person_id is None:
            await _tell_desk(work, one)


async def _tell_desk(work: Work, result: SideResult) -> None:
    label, place = place_label(work, result.channel)
    tree = await work.tree()
    for person in await desk_of(work, place):
        text = work.words.text(
            "elsewhere.desk",
            person.language,
            label=label,
            place=tree.path(place or work.county),
            reason=channel_texts.reason(work, result.reason, person.language),
        )
        await work.tell(person, f"{result.key}:desk:{person.id}", text, lane=Lane.URGENT)
