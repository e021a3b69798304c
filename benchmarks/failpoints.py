"""Named places at which the bot's process ends itself with SIGKILL. For the crash test's child process alone.

The bot itself knows nothing of this: the places are found from outside, by the requests it makes (the transport is
given to it) and by the statements it runs (SQLAlchemy's own events). A bot that runs without a failpoint is the one
that is shipped, line for line.
"""

import os
import signal
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from telegram.request import BaseRequest, RequestData

from delivery.transport import AiohttpRequest

PLACES = {
    "claimed": "a message is claimed and committed; its request has not left",
    "sent": "Telegram has answered the request; the outcome is not settled",
    "settling": "outcomes are written; the transaction is not committed",
    "kept": "received updates are committed; none is handled",
    "handling": "everything an update leads to is written; the transaction is not committed",
    "answering": "an update is committed; the press is not answered",
    "fanning_out": "in the middle of a warning's fan-out, inside its transaction",
    "fanned_out": "a warning's fan-out is committed; nothing else has happened",
    "claiming": "rows are marked as being sent; the transaction is not committed",
    "starting": "the bot has just opened a database that is there",
    "migrating": "in the middle of a migration",
}
_GESTURES = ("/sendMessage", "/editMessageText", "/pinChatMessage", "/setMessageReaction")
_MANY = 5
"""so many messages in one statement are a fan-out"""


@dataclass(slots=True)
class Failpoint:
    """`name:n`: the process ends when it comes to the place for the n-th time."""

    name: str
    left: int = 1

    @classmethod
    def parse(cls, text: str) -> "Failpoint":
        name, _, count = text.partition(":")
        if name not in PLACES:
            raise ValueError(f"no such failpoint: {name!r}; there are {', '.join(PLACES)}")
        return cls(name, int(count or 1))

    def reach(self, name: str) -> None:
        if name == self.name:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


class TrappedRequest(AiohttpRequest):
    """The bot's own transport, with the places before and after a request."""

    def __init__(self, failpoint: Failpoint) -> None:
        super().__init__()
        self._failpoint = failpoint

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *times: Any, **more: Any
    ) -> tuple[int, bytes]:
        if url.endswith("/answerCallbackQuery"):
            self._failpoint.reach("answering")
        gesture = url.endswith(_GESTURES)
        if gesture:
            self._failpoint.reach("claimed")
        answer = await super().do_request(url, method, request_data, *times, **more)
        if gesture:
            self._failpoint.reach("sent")
        return answer


def request_for(failpoint: Failpoint) -> BaseRequest:
    return TrappedRequest(failpoint)


_ON_COMMIT = {"handled": "handling", "settled": "settling", "claimed": "claiming"}
_AFTER_COMMIT = {"stored": "kept", "fanned": "fanned_out"}


def watch_statements(failpoint: Failpoint) -> None:
    """Follow what every connection of this process does. A commit of a transaction that held a certain statement, or
    the beginning of the next one, is one of the places."""

    def executed(
        connection: sa.Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        mark = _mark_of(statement, parameters, many)
        if mark == "fanned":
            failpoint.reach("fanning_out")
        elif mark == "made":
            failpoint.reach("migrating")
        elif mark == "opened":
            failpoint.reach("starting")
        if mark:
            connection.info.setdefault("marks", set()).add(mark)

    def committing(connection: sa.Connection) -> None:
        marks = connection.info.pop("marks", set())
        for mark in marks:
            failpoint.reach(_ON_COMMIT.get(mark, ""))
        connection.info["committed"] = marks

    def beginning(connection: sa.Connection) -> None:
        for mark in connection.info.pop("committed", ()):
            failpoint.reach(_AFTER_COMMIT.get(mark, ""))

    sa.event.listen(sa.Engine, "after_cursor_execute", executed)
    sa.event.listen(sa.Engine, "commit", committing)
    sa.event.listen(sa.Engine, "begin", beginning)


def _mark_of(statement: str, parameters: Any, many: bool) -> str:
    head = " ".join(statement.split(None, 6)[:6]).lower()
    if head.startswith("insert into inbox"):
        return "stored"
    if head.startswith("update inbox set state"):
        return "handled"
    if head.startswith("insert into outbox"):
        return "fanned" if _rows_of(statement, parameters, many) >= _MANY else ""
    if head.startswith("update outbox set state"):
        return "settled" if "message_id" in statement[:120] else "claimed"
    if head.startswith("create table"):
        return "made"
    return "opened" if head.startswith("select heartbeat") else ""


def _rows_of(statement: str, parameters: Any, many: bool) -> int:
    return len(parameters) if many else statement.count("), (") + 1
