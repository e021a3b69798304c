"""Addresses that the command line puts together: the operator's part of DYNAMIC."""

import re
from collections.abc import Callable, Iterable, Mapping

import bot
from domain.obligations import TO_NOBODY_ELSE, Rung
from services.checkup import Mark
from settings import Settings
from tests.messages import scan

STAGES = (
    "surroundings",
    "telegram",
    "database",
    "lists",
    "posts",
    "groups",
    "reach",
    "channels",
    "listener",
    "letters",
    "points",
    "ladders",
    "traffic",
    "history",
    "sources",
    "sources_kept",
    "duty",
    "seconds",
    "beside",
)


def _keys_in(room: str, prefix: str) -> Iterable[str]:
    """What is raised in a room that speaks no texts itself."""
    strings = scan.strings(scan.parsed(scan.python_files((room,))))
    return sorted(one.removeprefix(prefix) for one in strings if re.fullmatch(rf"{re.escape(prefix)}[a-z_]+", one))


def _parameters() -> Iterable[tuple[str, str]]:
    commands = bot.command_line().commands
    return [(name.replace("-", "_"), one.name) for name, command in commands.items() for one in command.params]


OPERATOR: Mapping[str, Callable[[], Iterable[str | tuple[str, str]]]] = {
    "setting.*": lambda: Settings.model_fields,
    "backup.*": lambda: _keys_in("storage", "backup."),
    "schema.*": lambda: _keys_in("storage", "schema."),
    "backup.stage.*": lambda: ("copying", "checking", "restoring"),
    "checkup.rung.*": lambda: [rung.value for rung in Rung if rung not in TO_NOBODY_ELSE],
    "checkup.mark.*": lambda: [mark.value for mark in Mark],
    "checkup.stage.*": lambda: STAGES,
    "checkup.summary_*": lambda: ("fine", "warn", "bad"),
    "checkup.listener.reason.*": lambda: ("no_program", "too_slow", "failed", "too_much"),
    "draw.summary_*": lambda: ("fine", "warn", "bad"),
    "console.command.*": lambda: [name.replace("-", "_") for name in bot.command_line().commands],
    "console.argument.*.*": _parameters,
}
