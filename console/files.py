"""Files of the operator, and what is said when one of them, or the database, cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from delivery.redaction import redact
from domain.errors import DomainError
from starting import StartError


class FileError(DomainError):
    """A file on this machine cannot be read or written. Keys: console.file.…, console.place.…, console.sheets.…"""


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileError("console.file.unreadable", file=str(file), reason=str(error.strerror)) from error


def write(file: Path, content: bytes, *, overwrite: bool, private: bool = False) -> None:
    """Make the folder, then the file. `private`: for the owner alone."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb" if overwrite else "xb") as out:
            file.chmod(0o600 if private else 0o644)
            out.write(content)
    except FileExistsError as error:
        raise FileError("console.file.exists", file=str(file)) from error
    except OSError as error:
        raise FileError("console.file.unwritable", file=str(file), reason=str(error.strerror)) from error


@contextmanager
def failures_told() -> Iterator[None]:
    """What a driver or the system raises becomes one line: a file with its name, or the database with the reason."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            facts = {"file": str(error.filename), "reason": str(error.strerror)}
            raise FileError("console.file.unusable", **facts) from error
        raise StartError("console.start.database", reason=redact(str(error))) from error
    except Exception as error:
        if type(error).__module__.startswith(("sqlalchemy", "asyncpg", "sqlite3")):
            reason = redact(str(getattr(error, "orig", error)))
            raise StartError("console.start.database", reason=reason) from error
        raise
