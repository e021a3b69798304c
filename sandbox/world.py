"""The world: people, groups and bots under one clock, and the Bot API's door into it.

It knows nothing of any particular bot. Tests and drills use it in process (`call`), everything else over HTTP
(server.py); both go through the same door.
"""

import json
from dataclasses import dataclass
from typing import Any

from sandbox.bots import Bot
from sandbox.buttons import Buttons
from sandbox.errors import ApiError, ConnectionReset, LostResponse
from sandbox.faults import Fault, wait_out
from sandbox.ledger import Call
from sandbox.methods.registry import METHODS, NOT_MODELLED, WAITING_METHODS
from sandbox.model import Json
from sandbox.params import Params, Upload

_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"))


@dataclass(slots=True)
class Reply:
    """What the HTTP door would answer: JSON in `body`, or, from a scripted gateway, `raw` text that is none."""

    status: int
    body: Json
    raw: str | None = None

    @property
    def ok(self) -> bool:
        return self.status == 200 and bool(self.body.get("ok"))

    @property
    def result(self) -> Any:
        return self.body.get("result")

    @property
    def description(self) -> str:
        return str(self.body.get("description", ""))

    @property
    def content_type(self) -> str:
        return "application/json" if self.raw is None else "text/html"

    def payload(self) -> bytes:
        """The bytes on the wire."""
        if self.raw is not None:
            return self.raw.encode()
        return _ENCODER.encode(self.body).encode()


class World(Buttons):
    """Everything at once: see core (state), groups and people (what people do), methods/ (what bots do)."""

    async def call(
        self,
        token: str,
        method: str,
        params: dict[str, Any] | None = None,
        files: dict[str, Upload] | None = None,
    ) -> Reply:
        """One Bot API request: parameters as JSON values or form strings, files as (name, content, MIME type).

        Raises LostResponse or ConnectionReset when such a fault was scripted; every refusal is a Reply.
        """
        bot = self.by_token.get(token)
        given = params or {}
        uploads = files or {}
        call = Call(method, given, self.clock.seconds(), bot.id if bot else None, tuple(uploads))
        self.ledger.append(call)
        fault = None
        if self.faults:
            fault = await wait_out(self.faults.strike(method.lower(), given.get("chat_id")))
            if fault is not None:
                reply = _before(fault, call)
                if reply is not None:
                    return reply
        reply = await self._answer(bot, method.lower(), Params(given, uploads), call)
        if fault is not None:
            _after(fault)
        return reply

    async def _answer(self, bot: Bot | None, name: str, params: Params, call: Call) -> Reply:
        if bot is None:
            return _refuse(call, 401, "Unauthorized", None)
        if bot.logged_out:
            return _refuse(call, 400, "Logged out", None)
        handler = METHODS.get(name)
        try:
            if handler is not None:
                result = handler(self, bot, params)
            elif name in WAITING_METHODS:
                result = await WAITING_METHODS[name](self, bot, params)
            elif name in NOT_MODELLED:
                return _refuse(call, 501, f"Not Implemented: the sandbox does not model {call.method}", None)
            else:
                return _refuse(call, 404, "Not Found", None)
        except ApiError as error:
            return _refuse(call, error.code, error.description, error.parameters)
        call.status, call.result = 200, result
        return Reply(200, {"ok": True, "result": result})


def _refuse(call: Call, status: int, description: str, parameters: Json | None) -> Reply:
    call.status, call.description, call.parameters = status, description, parameters
    body: Json = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Reply(status, body)


def _before(fault: Fault, call: Call) -> Reply | None:
    """Faults that keep the request from being carried out. None: carry it out."""
    call.fault = fault.kind
    if fault.kind == "hang":
        raise LostResponse("nothing was done and no answer comes")
    if fault.kind == "reset_before":
        raise ConnectionReset(processed=False)
    if fault.kind == "answer":
        call.status = fault.status
        if isinstance(fault.body, str):
            return Reply(fault.status, {}, raw=fault.body)
        call.description = str(fault.body.get("description", ""))
        return Reply(fault.status, fault.body)
    return None


def _after(fault: Fault) -> None:
    if fault.kind == "lose":
        raise LostResponse("carried out, but no answer comes")
    raise ConnectionReset(processed=True)
