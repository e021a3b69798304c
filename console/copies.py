"""`bot.py backup` and `bot.py restore`: storage's copies, told to the operator.

The last copy is noted in `<data>/last_backup.json`, with the end of the timeline's chain at that moment: a later check
sees by it that nothing was cut off.
"""

import asyncio
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from clock import Clock
from console.files import failures_told
from console.voice import DONE, Bar, Voice
from settings import Settings, load
from storage.backup import BackupReport, backup
from storage.restore import restore


@dataclass(frozen=True, slots=True)
class LastBackup:
    at: datetime
    witness: tuple[int, str] | None


def make(voice: Voice, clock: Clock, target: Path, *, overwrite: bool) -> int:
    settings = load()
    with failures_told():
        report = asyncio.run(backup(settings.database_url, target, overwrite=overwrite, progress=Bar(voice)))
        _note(settings, clock.now(), report)
    facts = {"tables": len(report.tables), "rows": sum(report.tables.values())}
    voice.say("backup.made", path=str(report.path), size=voice.size(report.size), **facts)
    if report.timeline is not None:
        voice.say("backup.witness", seq=report.timeline[0], hash=report.timeline[1])
    voice.note("backup.private")
    return DONE


def play_back(voice: Voice, source: Path, *, overwrite: bool) -> int:
    settings = load()
    with failures_told():
        report = asyncio.run(restore(source, settings.database_url, overwrite=overwrite, progress=Bar(voice)))
        _file(settings).unlink(missing_ok=True)  # what it witnessed may be later than what was restored
    voice.say("backup.restored", tables=len(report.tables), rows=sum(report.tables.values()))
    return DONE


def last_backup(settings: Settings) -> LastBackup | None:
    """None where there was none, or the note is unreadable."""
    try:
        found = json.loads(_file(settings).read_text("utf-8"))
        seq = found["seq"]
        return LastBackup(datetime.fromisoformat(found["at"]), None if seq is None else (int(seq), str(found["hash"])))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _file(settings: Settings) -> Path:
    return settings.data_dir / "last_backup.json"


def _note(settings: Settings, at: datetime, report: BackupReport) -> None:
    seq, line_hash = report.timeline or (None, "")
    file = _file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(json.dumps({"at": at.isoformat(), "seq": seq, "hash": line_hash}), encoding="utf-8")
    if os.geteuid() == 0:  # made by root beside the bot's files: the bot's owner must be able to replace it
        owner = file.parent.stat()
        os.chown(part, owner.st_uid, owner.st_gid)
    part.replace(file)
