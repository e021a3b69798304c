"""`--help` in the language of the operator: typer builds the commands, these two classes write the pages.

Every command and parameter has its text at console.command.<name> and console.argument.<command>.<parameter>. Names
are never translated.
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any
from unicodedata import east_asian_width

from typer.core import TyperCommand, TyperGroup

from console.voice import Voice
from domain.errors import DomainError


class LocalCommand(TyperCommand):
    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(_page(self, ctx, ctx.obj))


class CommandError(DomainError):
    """The command was not given as it should be. Keys: console.usage.…"""


class LocalGroup(TyperGroup):
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            near = next(iter(get_close_matches(args[0], self.commands, n=1)), "")
            raise CommandError("console.usage.unknown", name=args[0], near=near)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(_page(self, ctx, ctx.obj))


def usage_error(error: Any) -> CommandError:
    """typer's own complaint, in our words."""
    match type(error).__name__:
        case "MissingParameter":
            return CommandError("console.usage.missing", name=_shown(error.param))
        case "NoSuchOption":
            return CommandError("console.usage.option", name=error.option_name)
        case _:
            return CommandError("console.usage.other", problem=error.format_message())


def _shown(param: Any) -> str:
    return str(param.name.upper() if param.param_type_name == "argument" else param.opts[0])


def _page(command: Any, ctx: Any, voice: Voice) -> str:
    label = voice.line
    line = " ".join([ctx.command_path, *_usage(command, ctx)])
    parts = [label("console.help.usage", line=line)]
    inner = getattr(command, "commands", None)
    parts.append(label("console.about") if inner else label(f"console.command.{_key(ctx.info_name)}"))
    if inner:
        rows = [(name, label(f"console.command.{_key(name)}")) for name in inner]
        parts.append(_block(label("console.help.commands"), rows))
        parts.append(label("console.help.more"))
        parts.append(label("console.help.exit_codes"))
    else:
        parts += _parameters(command, ctx, voice)
    return "\n\n".join(parts) + "\n"


def _usage(command: Any, ctx: Any) -> Iterator[str]:
    if hasattr(command, "commands"):
        yield "COMMAND …"
        return
    for param in command.get_params(ctx):
        if param.param_type_name == "argument":
            yield param.name.upper() if param.required else f"[{param.name.upper()}]"
        elif param.name != "help":
            yield _option(param) if param.required else f"[{_option(param)}]"


def _option(param: Any) -> str:
    value = "" if param.is_flag else f" {param.name.upper()}"
    return f"{param.opts[0]}{value}"


def _parameters(command: Any, ctx: Any, voice: Voice) -> Iterator[str]:
    arguments, options = [], []
    for param in command.get_params(ctx):
        if param.name == "help":
            options.append((param.opts[0], voice.line("console.help.help")))
            continue
        text = voice.line(f"console.argument.{_key(ctx.info_name)}.{param.name}")
        if param.param_type_name == "argument":
            arguments.append((param.name.upper(), text))
        else:
            options.append((_option(param), text))
    if arguments:
        yield _block(voice.line("console.help.arguments"), arguments)
    yield _block(voice.line("console.help.options"), options)


def _block(title: str, rows: Sequence[tuple[str, str]]) -> str:
    wide = max(_width(name) for name, _ in rows) + 2
    return "\n".join([title, *(f"  {name}{' ' * (wide - _width(name))}{text}" for name, text in rows)])


def _width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def _key(name: str) -> str:
    return name.replace("-", "_")
