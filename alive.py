"""Signs of life for whoever watches the process from outside: a file for the health check, notices for systemd.

The file `<data>/alive` is touched while the bot works and hears Telegram, or stands by for the one that leads.
`bot.py healthy` looks at its age and at nothing else. systemd (Type=notify, WatchdogSec) is told as long as the process
itself is well: an outage of Telegram is no reason to be started anew, a hung process is.
"""

import logging
import os
import socket
import time
from pathlib import Path

log = logging.getLogger(__name__)

FRESH_SECONDS = 120.0
"""an older file means that nobody hears Telegram"""
_TOUCH_EVERY = 15.0


class Pulse:
    """What the process says of itself. `folder` is the data folder."""

    def __init__(self, folder: Path) -> None:
        self._file = alive_file(folder)
        self._touched = -_TOUCH_EVERY
        self._failed = False

    def ready(self) -> None:
        """The start has got so far that systemd need not wait any longer."""
        _notify("READY=1")

    def beat(self, *, well: bool) -> None:
        """The process lives; `well`: and does what it is there for."""
        _notify("WATCHDOG=1")
        if well and time.monotonic() - self._touched >= _TOUCH_EVERY:
            self._touched = time.monotonic()
            self._touch()

    def end(self) -> None:
        """A clean stop: nobody is to wait for the file to grow old."""
        _notify("STOPPING=1")
        self._file.unlink(missing_ok=True)

    def _touch(self) -> None:
        try:
            self._file.touch()
        except OSError as error:  # a full disk shows in the health check; the bot goes on
            if not self._failed:
                log.warning("the sign of life cannot be written: %s", error.strerror)
            self._failed = True
        else:
            self._failed = False


def alive_file(folder: Path) -> Path:
    return folder / "alive"


def age(folder: Path) -> float | None:
    """Seconds since the last sign of life; None where there is none. Below 0 when the machine's clock was put back."""
    try:
        return time.time() - alive_file(folder).stat().st_mtime
    except OSError:
        return None


def _notify(state: str) -> None:
    """One datagram to systemd; nothing where it did not start us (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
            line.connect(address.replace("@", "\0", 1) if address.startswith("@") else address)
            line.sendall(state.encode())
    except OSError as error:
        log.debug("systemd was not told %s: %s", state, error)
