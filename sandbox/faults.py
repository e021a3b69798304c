"""Scripted misfortunes: a test or a drill says which request is to go wrong, and how.

Nothing here is random. A fault matches by method, chat and count, and is used up after `times` matches.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["lose", "hang", "reset", "reset_before", "answer", "delay"]

_BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>"
    "\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(slots=True)
class Fault:
    """One scripted fault. `skip` matching requests pass first, then `times` are hit (None: every one)."""

    kind: Kind
    method: str | None = None  # None: any method
    chat_id: int | None = None
    skip: int = 0
    times: int | None = 1
    status: int = 200
    body: dict[str, Any] | str = ""
    seconds: float = 0.0
    hits: int = field(default=0, init=False)

    def matches(self, method: str, chat_id: Any) -> bool:
        if self.method is not None and self.method.lower() != method:
            return False
        return self.chat_id is None or str(chat_id) == str(self.chat_id)


class Faults:
    """The script. The helpers return the Fault, whose `hits` tells how often it struck."""

    def __init__(self) -> None:
        self._script: list[Fault] = []

    def __bool__(self) -> bool:
        return bool(self._script)

    def add(self, fault: Fault) -> Fault:
        self._script.append(fault)
        return fault

    def clear(self) -> None:
        self._script.clear()

    def lose_response(
        self, method: str | None = None, *, chat_id: int | None = None, nth: int = 1, times: int | None = 1
    ) -> Fault:
        """Carry the request out, then never answer (over HTTP the connection hangs until the caller gives up)."""
        return self.add(Fault("lose", method, chat_id, nth - 1, times))

    def hang(
        self, method: str | None = None, *, chat_id: int | None = None, nth: int = 1, times: int | None = 1
    ) -> Fault:
        """Never answer, and do nothing either."""
        return self.add(Fault("hang", method, chat_id, nth - 1, times))

    def reset(
        self,
        method: str | None = None,
        *,
        chat_id: int | None = None,
        nth: int = 1,
        times: int | None = 1,
        before: bool = False,
    ) -> Fault:
        """Break the connection: after carrying the request out, or `before`."""
        return self.add(Fault("reset_before" if before else "reset", method, chat_id, nth - 1, times))

    def too_many(
        self,
        method: str | None = None,
        *,
        retry_after: int,
        chat_id: int | None = None,
        nth: int = 1,
        times: int | None = 1,
    ) -> Fault:
        """429 with retry_after, whatever the real budget is."""
        body = {
            "ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {retry_after}",
            "parameters": {"retry_after": retry_after},
        }  # fmt: skip
        return self.add(Fault("answer", method, chat_id, nth - 1, times, status=429, body=body))

    def bad_gateway(
        self, method: str | None = None, *, chat_id: int | None = None, nth: int = 1, times: int | None = 1
    ) -> Fault:
        """502 with an HTML page, as a proxy gives it."""
        return self.add(Fault("answer", method, chat_id, nth - 1, times, status=502, body=_BAD_GATEWAY))

    def gateway(
        self,
        status: int,
        body: str = "<html><body>gateway</body></html>",
        method: str | None = None,
        *,
        chat_id: int | None = None,
        nth: int = 1,
        times: int | None = 1,
    ) -> Fault:
        """A 401, 404 or other page that does not come from Telegram and is not JSON."""
        return self.add(Fault("answer", method, chat_id, nth - 1, times, status=status, body=body))

    def delay(
        self,
        seconds: float,
        method: str | None = None,
        *,
        chat_id: int | None = None,
        nth: int = 1,
        times: int | None = None,
    ) -> Fault:
        """Take `seconds` (real ones: it is the network) longer over each matching request."""
        return self.add(Fault("delay", method, chat_id, nth - 1, times, seconds=seconds))

    def strike(self, method: str, chat_id: Any) -> list[Fault]:
        """The faults that hit this request; uses them up."""
        struck = []
        for fault in list(self._script):
            if not fault.matches(method, chat_id):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.hits += 1
            struck.append(fault)
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._script.remove(fault)
            if fault.kind != "delay":
                break
        return struck


async def wait_out(faults: list[Fault]) -> Fault | None:
    """Wait out the delays; the fault that decides the outcome, if there is one."""
    decisive = None
    for fault in faults:
        if fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        else:
            decisive = fault
    return decisive
