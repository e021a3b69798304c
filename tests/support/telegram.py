"""The bot's way to a Telegram inside this process, and the second judge of everything it asks for.

Every outgoing request is validated by aiogram's request models too, which were generated from the official
documentation by other people: what they refuse, Telegram may refuse.
"""

import json
from typing import Any
from urllib.parse import unquote

from aiogram import methods as judge
from pydantic import BaseModel, ValidationError
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from delivery.faults import NotSent, Unknown
from sandbox.errors import ConnectionReset, LostResponse
from sandbox.world import World

MODELS: dict[str, type[BaseModel]] = {
    name[0].lower() + name[1:]: model
    for name, model in vars(judge).items()
    if isinstance(model, type) and issubclass(model, BaseModel) and name != "TelegramMethod"
}


class WrongRequestError(AssertionError):
    """The independent model of the Bot API refuses what the bot asked for."""


def check_request(method: str, parameters: dict[str, Any]) -> None:
    """Raises WrongRequestError for an unknown method, an unknown or missing field, or a wrong type."""
    model = MODELS.get(method)
    if model is None:
        raise WrongRequestError(f"no such method: {method}")
    unknown = set(parameters) - set(model.model_fields)
    if unknown:
        raise WrongRequestError(f"{method} has no {sorted(unknown)}")
    try:
        model.model_validate(parameters)
    except ValidationError as error:
        raise WrongRequestError(f"{method}: {error}") from error


class WorldRequest(BaseRequest):
    """PTB's transport straight into a World. `complaints` collects what the second judge refused."""

    def __init__(self, world: World, complaints: list[str]) -> None:
        self._world = world
        self._complaints = complaints

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        if "/file/bot" in url:
            token, _, path = unquote(url).partition("/file/bot")[2].partition("/")
            found = self._world.files.at(path) if token in self._world.by_token else None
            return (404, b"") if found is None else (200, found.data)
        token, _, name = url.rpartition("/bot")[2].partition("/")
        parameters = {} if request_data is None else dict(request_data.parameters)
        files = {} if request_data is None else dict(request_data.multipart_data)
        self._judge(name, parameters, files)
        try:
            reply = await self._world.call(token, name, _on_the_wire(request_data), files)
        except LostResponse as error:
            raise TimedOut("lost") from Unknown(str(error))
        except ConnectionReset as error:
            raise NetworkError("reset") from (Unknown if error.processed else NotSent)(str(error))
        return reply.status, reply.payload()

    def _judge(self, name: str, parameters: dict[str, Any], files: dict[str, Any]) -> None:
        held = {key: value for key, value in parameters.items() if not str(value).startswith("attach://")}
        for key in set(parameters) - set(held):
            held[key] = "AgACAgIAAxkBAAIB"  # an upload: the judge is shown a file_id in its place
        for key in files:
            held.setdefault(key, "AgACAgIAAxkBAAIB")
            if key not in MODELS.get(name, judge.GetMe).model_fields:
                held.pop(key)
        try:
            check_request(name, held)
        except WrongRequestError as error:
            self._complaints.append(str(error))


def _on_the_wire(request_data: RequestData | None) -> dict[str, Any]:
    """Form fields as PTB would send them: everything but plain strings as JSON text."""
    return {} if request_data is None else json.loads(json.dumps(request_data.json_parameters))
