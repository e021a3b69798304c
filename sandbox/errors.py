"""What can go wrong, at three levels: the Bot API refuses, the network fails, a person cannot do that."""

from typing import Any


class ApiError(Exception):
    """A refusal in Telegram's own words, as the Bot API answers it."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(text: str) -> ApiError:
    """400. Telegram lowers the first letter unless the second is a capital or an underscore (server codes)."""
    if len(text) < 2 or text[1] == "_" or "A" <= text[1] <= "Z":
        return ApiError(400, f"Bad Request: {text}")
    return ApiError(400, f"Bad Request: {text[0].lower()}{text[1:]}")


def forbidden(text: str) -> ApiError:
    return ApiError(403, f"Forbidden: {text}")


def too_many(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


class LostResponse(Exception):  # noqa: N818
    """A scripted fault: the request was carried out and its answer never arrives (a read timeout to the caller)."""


class ConnectionReset(Exception):  # noqa: N818
    """A scripted fault: the connection broke. `processed` tells whether the request was carried out before."""

    def __init__(self, *, processed: bool) -> None:
        super().__init__("connection reset by peer")
        self.processed = processed


class WorldError(Exception):
    """A person tried something his client would not let him do. The text is for the page."""
