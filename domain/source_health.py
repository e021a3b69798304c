"""When a source of warnings counts as failing, and why. One that says "none" is well; one that says nothing is not."""

from datetime import datetime
from enum import StrEnum


class Trouble(StrEnum):
    """Why nothing good came. Keys of texts in messages/."""

    UNREACHABLE = "unreachable"
    NO_SUCH_HOST = "no_such_host"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    NOT_ALLOWED = "not_allowed"
    """an address that its settings do not allow: another host, no HTTPS, another port"""
    INNER_ADDRESS = "inner_address"
    """the name leads into a private network, or to this machine"""
    REDIRECTS = "redirects"
    TOO_LARGE = "too_large"
    CUT_OFF = "cut_off"
    """the answer ended too early, or was packed in a way that cannot be unpacked"""
    DENIED = "denied"
    NOT_FOUND = "not_found"
    BUSY = "busy"
    SERVER = "server"
    STATUS = "status"
    SECRET = "secret"  # noqa: S105 - the name of a fault
    """the file with the key cannot be read"""
    UNREADABLE = "unreadable"
    SILENT = "silent"
    FOLDER_LOST = "folder_lost"
    FOLDER_STUCK = "folder_stuck"


def counts_from(
    watched_since: datetime, last_try: datetime | None, last_good: datetime | None, failing_since: datetime | None
) -> datetime:
    """From when the patience runs. While this process has seen it fail: from the first failure, also that of a process
    before. Otherwise from the last good answer, but never from a time when nobody listened."""
    if failing_since is not None and last_try is not None and last_try >= watched_since:
        return failing_since
    return watched_since if last_good is None else max(watched_since, last_good)
