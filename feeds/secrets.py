"""The key of a source, out of its file. It is read whenever it is needed, so that a new one needs no restart."""

from domain.sources import Source

_MOST = 4096


class SecretError(Exception):
    """There is none. Says why, and never holds what was read."""


def secret_of(source: Source) -> str:
    """Empty for a source without a file. Raises SecretError."""
    if source.secret_file is None:
        return ""
    try:
        with source.secret_file.open(encoding="utf-8") as file:
            key = file.read(_MOST).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(type(error).__name__) from None
    if not key or not key.isprintable():
        raise SecretError("no key in it")
    return key
