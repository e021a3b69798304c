"""Every Bot API request the world received, for tests, drills and benchmarks."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, overload

from sandbox.model import Json


@dataclass(slots=True)
class Call:
    """One request and what came of it. `fault` names the scripted fault that struck, if any."""

    method: str  # as the caller spelled it
    params: dict[str, Any]
    at: float  # world time, Unix seconds
    bot_id: int | None
    files: tuple[str, ...] = ()
    status: int = 0  # 0: not answered
    description: str = ""
    result: Any = None
    parameters: Json | None = None
    fault: str | None = field(default=None)

    @property
    def ok(self) -> bool:
        return self.status == 200

    @property
    def time(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)

    @property
    def outcome(self) -> str:
        """ "ok", Telegram's refusal, or the fault."""
        return self.fault or ("ok" if self.ok else self.description)


class Ledger(Sequence[Call]):
    """The newest `kept` calls, oldest first."""

    def __init__(self, kept: int) -> None:
        self._calls: deque[Call] = deque(maxlen=kept)

    def append(self, call: Call) -> None:
        self._calls.append(call)

    def clear(self) -> None:
        self._calls.clear()

    def of(self, *methods: str) -> list[Call]:
        """Calls of these methods, whatever their spelling."""
        wanted = {method.lower() for method in methods}
        return [call for call in self._calls if call.method.lower() in wanted]

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(self._calls)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        if isinstance(index, slice):
            return list(self._calls)[index]
        return self._calls[index]
