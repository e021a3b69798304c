"""What happens in the world, told to whoever subscribes: the page's event stream, tests."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType

from sandbox.model import Json

END = "end"  # the last event: whoever was serving the world stops
_BACKLOG = 2_000


class Subscription:
    """Events from the moment of subscribing. A listener that falls far behind loses the oldest ones."""

    def __init__(self, hub: "EventHub") -> None:
        self._hub = hub
        self._queue: asyncio.Queue[Json] = asyncio.Queue(_BACKLOG)

    def deliver(self, event: Json) -> None:
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(event)

    async def next(self) -> Json:
        return await self._queue.get()

    def drain(self) -> list[Json]:
        """What has arrived so far, without waiting."""
        return [self._queue.get_nowait() for _ in range(self._queue.qsize())]

    def close(self) -> None:
        self._hub.drop(self)

    def __enter__(self) -> "Subscription":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aiter__(self) -> AsyncIterator[Json]:
        while True:
            yield await self.next()


class EventHub:
    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def __bool__(self) -> bool:
        return bool(self._subscriptions)

    def subscribe(self) -> Subscription:
        subscription = Subscription(self)
        self._subscriptions.append(subscription)
        return subscription

    def drop(self, subscription: Subscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def publish(self, event: Json) -> None:
        for subscription in self._subscriptions:
            subscription.deliver(event)
