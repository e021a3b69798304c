"""Keeps the bot's token and a proxy's password out of every log line.

A filter on the handlers, not on loggers: only there everything passes, whichever library wrote it.
"""

import logging
import re
from collections.abc import Iterable, Mapping

_TOKEN = re.compile(r"\d+(?::|%3A)[\w-]{30,}", re.IGNORECASE)
_PASSWORD = re.compile(r"(?<=://)[^/\s@:]*:[^/\s@]+(?=@)")
_CHATTY = ("httpx", "httpcore")
_FORMATTER = logging.Formatter()


def redact(text: str) -> str:
    """The text with everything that looks like a bot token, or a password in a URL, taken out."""
    return _PASSWORD.sub("<login>", _TOKEN.sub("<token>", text))


class RedactSecrets(logging.Filter):
    """Lets every record pass, redacted: message, arguments, exception and stack.

    The traceback is formatted here and `exc_info` dropped, so that no formatter further on can print it raw.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _clean(record.msg)
        if isinstance(record.args, Mapping):
            record.args = {name: _clean(value) for name, value in record.args.items()}
        elif record.args:
            record.args = tuple(_clean(value) for value in record.args)
        if record.exc_info and not record.exc_text:
            record.exc_text = _FORMATTER.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redact(record.exc_text)
            record.exc_info = None
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


def _clean(value: object) -> object:
    """A string redacted; any other object as it is unless its text holds a secret."""
    if isinstance(value, str):
        return redact(value)
    if value is None or isinstance(value, int | float):
        return value
    text = str(value)
    clean = redact(text)
    return value if clean == text and redact(repr(value)) == repr(value) else clean


def guard_logs(handlers: Iterable[logging.Handler]) -> None:
    """Redact on these handlers, and keep the HTTP libraries from logging every URL."""
    for handler in handlers:
        handler.addFilter(RedactSecrets())
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
