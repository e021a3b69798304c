"""The command line. What the commands do is in console/, how the bot is put together in assembly.py.

Exit codes: 0 as asked, and nothing wrong was found · 1 it could not be done, or `check` found errors · 2 a setting or
the command itself is wrong.

The imports of what is heavy stand inside the commands: `healthy` runs every minute and must not load the bot.
"""

# ruff: noqa: PLC0415

import logging
import os
import sqlite3
import sys
import tomllib
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand
from typer.main import get_command

from alive import FRESH_SECONDS, age
from clock import SystemClock
from console.help import CommandError, LocalCommand, LocalGroup, usage_error
from console.voice import DONE, FAILED, WRONG, Voice
from domain.errors import DomainError
from settings import SettingsError, language, load

Overwrite = Annotated[bool, typer.Option("--overwrite")]


def run() -> int:
    from console.running import run as begin

    return begin()


def check(
    ctx: typer.Context,
    offline: Annotated[bool, typer.Option("--offline")] = False,
    everything: Annotated[bool, typer.Option("--all")] = False,
) -> int:
    from console.checking import check as look

    return look(ctx.obj, SystemClock(), offline=offline, everything=everything)


def healthy(ctx: typer.Context) -> int:
    seconds = age(load().data_dir)
    if seconds is None:
        ctx.obj.note("console.healthy.never")
    elif seconds > FRESH_SECONDS:
        ctx.obj.note("console.healthy.old", seconds=int(seconds))
    else:
        return DONE
    return FAILED


def backup(ctx: typer.Context, target: Path, overwrite: Overwrite = False) -> int:
    from console.copies import make

    return make(ctx.obj, SystemClock(), target, overwrite=overwrite)


def restore(ctx: typer.Context, source: Path, overwrite: Overwrite = False) -> int:
    from console.copies import play_back

    return play_back(ctx.obj, source, overwrite=overwrite)


def import_places(ctx: typer.Context, file: Path) -> int:
    from console import tables

    return tables.import_places(ctx.obj, file)


def roster_template(ctx: typer.Context, file: Path, overwrite: Overwrite = False) -> int:
    from console import tables

    return tables.write_template(ctx.obj, file, overwrite=overwrite)


def import_roster(
    ctx: typer.Context,
    file: Path,
    complete_for: Annotated[str | None, typer.Option("--complete-for")] = None,
    confirm: Annotated[bool, typer.Option("--confirm")] = False,
) -> int:
    from console import tables

    return tables.import_roster(ctx.obj, file, complete_for, confirm=confirm)


def points_template(ctx: typer.Context, file: Path, overwrite: Overwrite = False) -> int:
    from console import tables

    return tables.write_points_template(ctx.obj, file, overwrite=overwrite)


def import_points(
    ctx: typer.Context,
    file: Path,
    leave_unknown: Annotated[bool, typer.Option("--leave-unknown")] = False,
) -> int:
    from console import tables

    return tables.import_points(ctx.obj, file, leave_unknown=leave_unknown)


def duty_template(ctx: typer.Context, file: Path, overwrite: Overwrite = False) -> int:
    from console import tables

    return tables.write_table_template(ctx.obj, "duty", file, overwrite=overwrite)


def import_duty(ctx: typer.Context, file: Path, dry_run: Annotated[bool, typer.Option("--dry-run")] = False) -> int:
    from console import tables

    return tables.import_table(ctx.obj, "duty", file, dry=dry_run)


def chain_template(ctx: typer.Context, file: Path, overwrite: Overwrite = False) -> int:
    from console import tables

    return tables.write_table_template(ctx.obj, "chain", file, overwrite=overwrite)


def import_chain(ctx: typer.Context, file: Path, dry_run: Annotated[bool, typer.Option("--dry-run")] = False) -> int:
    from console import tables

    return tables.import_table(ctx.obj, "chain", file, dry=dry_run)


def enrol_sheets(
    ctx: typer.Context,
    place: str,
    out: Annotated[Path, typer.Option("--out")],
    bot_name: Annotated[str | None, typer.Option("--bot-name")] = None,
    overwrite: Overwrite = False,
) -> int:
    from console import tables

    return tables.write_sheets(ctx.obj, place, out, bot_name, overwrite=overwrite)


def check_texts(ctx: typer.Context, folder: Annotated[Path | None, typer.Argument()] = None) -> int:
    voice: Voice = ctx.obj
    wording = folder or load().wording_dir
    if wording is None:
        voice.note("console.texts.no_folder")
        return WRONG
    problems = voice.words.check(wording, voice.lang)
    for problem in problems:
        typer.echo(problem)
    if problems:
        voice.note("console.texts.wrong", count=len(problems))
        return FAILED
    voice.say("console.texts.fine", folder=str(wording))
    return DONE


def try_channel(ctx: typer.Context, name: str, address: Annotated[str | None, typer.Argument()] = None) -> int:
    from console.channels import attempt

    return attempt(ctx.obj, SystemClock(), name, address)


def audit_draw(ctx: typer.Context, number: str) -> int:
    from console.auditing import audit

    return audit(ctx.obj, SystemClock(), number)


def version(ctx: typer.Context) -> int:
    from storage.revisions import newest

    project = tomllib.loads((Path(__file__).parent / "pyproject.toml").read_text("utf-8"))["project"]
    ctx.obj.say(
        "console.version.line",
        version=project["version"],
        schema=newest(),
        python=".".join(str(part) for part in sys.version_info[:3]),
        sqlite=sqlite3.sqlite_version,
        ptb=version_of("python-telegram-bot"),
    )
    return DONE


COMMANDS = (
    *(run, check, healthy),
    *(import_places, roster_template, import_roster, enrol_sheets),
    *(points_template, import_points),
    *(duty_template, import_duty, chain_template, import_chain),
    *(backup, restore),
    *(check_texts, try_channel, audit_draw, version),
)
"""in the order in which --help shows them"""


def command_line() -> TyperCommand:
    """All commands. Their help is written by console.help, in the operator's language."""
    app = typer.Typer(
        cls=LocalGroup,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,  # it would print the settings, and the token among them
    )
    for command in COMMANDS:
        app.command(cls=LocalCommand)(command)
    made: TyperCommand = get_command(app)  # type: ignore[assignment] # a group is a command too
    return made


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit code. Every foreseen error is one line in the operator's language."""
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # what PTB's RetryAfter will mean in its next version
    voice = Voice(language())
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = command_line().main(given or ["--help"], prog_name="bot.py", standalone_mode=False, obj=voice)
    except (SettingsError, CommandError) as error:
        voice.refuse(error)
        return WRONG
    except DomainError as error:
        voice.refuse(error)
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except Exception as error:  # noqa: BLE001 - the last line of defence: told, logged, and an exit code
        if hasattr(error, "format_message"):  # typer's: the command was not given as it should be
            voice.refuse(usage_error(error))
            return WRONG
        return _unforeseen(error)
    return code if isinstance(code, int) else DONE


def _unforeseen(error: Exception) -> int:
    """A fault of ours, in full for whoever mends it, without the token."""
    from delivery.redaction import guard_logs

    if not logging.getLogger().handlers:
        logging.basicConfig(stream=sys.stderr)
    guard_logs(logging.getLogger().handlers)
    logging.getLogger("bot").critical("unforeseen error", exc_info=error)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
