"""What the machine is like: folder, disk, clock, files of settings and wording, whether the bot lives, the last backup.
Findings for `check`; nothing here opens the database or the network."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from alive import FRESH_SECONDS, age
from console.copies import last_backup
from console.voice import Voice
from delivery.gateways import read_key
from domain.channels import ChannelKind, OtherChannel
from messages.catalogue import Catalogue
from services.checkup import Finding, Mark
from settings import Settings, SettingsError

LOW, FULL = 2_000_000_000, 200_000_000
"""bytes left on the disk"""
_BACKUP_OLD = timedelta(days=2)
_STANDS_STILL = timedelta(seconds=FRESH_SECONDS)
_NETWORK_DRIVES = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "glusterfs", "ceph"})


def look_around(settings: Settings, voice: Voice, now: datetime, *, running: bool) -> Iterator[Finding]:
    """`running`: somebody holds the database."""
    yield from _secrets(settings)
    yield from _folder(settings)
    yield from _disk(settings.data_dir, voice)
    local = now.astimezone(settings.zone)
    yield Finding(Mark.FINE, "checkup.machine.zone", {"zone": settings.timezone, "now": local})
    yield from _files(settings)
    yield from _life(settings, running=running)
    yield from _backup(settings, now)


def _secrets(settings: Settings) -> Iterator[Finding]:
    try:
        settings.token()
        if settings.webhook_url is not None:
            settings.hook_secret()
    except SettingsError as error:
        yield Finding(Mark.BAD, error.key, error.facts)
    else:
        yield Finding(Mark.FINE, "checkup.machine.settings")


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    facts: dict[str, object] = {"path": str(folder.absolute())}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".check-") as probe:
            probe.write(b"0" * 4096)
            os.fsync(probe.fileno())
    except OSError as error:
        reason = os.strerror(error.errno or errno.EIO)
        yield Finding(Mark.BAD, "checkup.machine.folder_closed", facts | {"reason": reason})
        return
    yield Finding(Mark.FINE, "checkup.machine.folder", facts)
    kind = drive_of(folder.absolute()) if settings.sqlite_path is not None else ""
    if kind in _NETWORK_DRIVES:
        yield Finding(Mark.BAD, "checkup.machine.folder_network", facts | {"kind": kind})


def drive_of(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The kind of file system a folder is on; "" where the system does not say."""
    best, kind = "", ""
    with suppress(OSError):
        for line in mounts.read_text("utf-8", "replace").splitlines():
            _, point, found, *_ = line.split(" ")
            point = point.replace("\\040", " ")
            if folder.is_relative_to(point) and len(point) >= len(best):
                best, kind = point, found
    return kind


def _disk(folder: Path, voice: Voice) -> Iterator[Finding]:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return
    facts = {"free": voice.size(free)}
    if free < FULL:
        yield Finding(Mark.BAD, "checkup.machine.disk_full", facts)
    elif free < LOW:
        yield Finding(Mark.WARN, "checkup.machine.disk_low", facts)
    else:
        yield Finding(Mark.FINE, "checkup.machine.disk", facts)


def _files(settings: Settings) -> Iterator[Finding]:
    try:
        settings.policy()
    except SettingsError as error:
        yield Finding(Mark.BAD, error.key, error.facts)
    else:
        if settings.county_file is None:
            yield Finding(Mark.FINE, "checkup.machine.figures_default")
        else:
            yield Finding(Mark.FINE, "checkup.machine.figures", {"path": str(settings.county_file)})
    if settings.wording_dir is not None:
        problems = Catalogue(overlay=settings.wording_dir).problems
        if problems:
            yield Finding(Mark.WARN, "checkup.machine.wording_wrong", {"number": len(problems)})
        else:
            yield Finding(Mark.FINE, "checkup.machine.wording", {"path": str(settings.wording_dir)})
    yield from _channels(settings)
    for path in (Path(".env"), settings.bot_token_file, settings.webhook_secret_file, *_channel_files(settings)):
        if path is not None and _open_to_others(path):
            yield Finding(Mark.WARN, "checkup.machine.secret_open", {"path": str(path)})


def _channels(settings: Settings) -> Iterator[Finding]:
    """Keys of other channels, and gateways that numbers go to unencrypted."""
    for one in _channels_of(settings):
        facts: dict[str, object] = {"label": one.label}
        if one.secret_file is not None:
            try:
                read_key(one.secret_file)
            except OSError as error:
                reason = error.strerror or str(error)
                facts |= {"path": str(one.secret_file), "reason": reason}
                yield Finding(Mark.BAD, "checkup.channel.no_key", facts)
        if one.kind is ChannelKind.SMS_JSON and one.url.startswith("http://"):
            yield Finding(Mark.WARN, "checkup.channel.plain", {"label": one.label})


def _channels_of(settings: Settings) -> tuple[OtherChannel, ...]:
    try:
        return settings.policy().channels
    except SettingsError:
        return ()  # it has been told already


def _channel_files(settings: Settings) -> list[Path]:
    return [one.secret_file for one in _channels_of(settings) if one.secret_file is not None]


def _open_to_others(path: Path) -> bool:
    try:
        found = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and bool(found.st_mode & stat.S_IROTH)


def _life(settings: Settings, *, running: bool) -> Iterator[Finding]:
    seconds = age(settings.data_dir)
    if not running:
        yield Finding(Mark.FINE, "checkup.machine.stopped")
    elif seconds is not None and seconds <= FRESH_SECONDS:
        yield Finding(Mark.FINE, "checkup.machine.alive", {"seconds": max(0, int(seconds))})
    else:
        span = timedelta(seconds=seconds) if seconds is not None else _STANDS_STILL
        yield Finding(Mark.BAD, "checkup.machine.hung", {"span": span})


def _backup(settings: Settings, now: datetime) -> Iterator[Finding]:
    last = last_backup(settings)
    if last is None:
        yield Finding(Mark.WARN, "checkup.machine.backup_none")
        return
    facts: dict[str, object] = {"at": last.at.astimezone(settings.zone)}
    if now - last.at > _BACKUP_OLD:
        yield Finding(Mark.WARN, "checkup.machine.backup_old", facts | {"span": now - last.at})
    else:
        yield Finding(Mark.FINE, "checkup.machine.backup", facts)
