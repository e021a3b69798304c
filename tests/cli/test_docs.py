"""What the documents promise exists: commands, settings, files, links, figures, names in code."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel

import bot
from domain.people import Role
from domain.policy import CountyPolicy
from settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
OPERATIONS = [ROOT / "docs" / "operations.md", ROOT / "docs" / "operations.en.md"]
COMMANDS = bot.command_line().commands
NOT_SETTINGS = frozenset(
    {"PATH", "NAME", "FAMILY", "FEATURE", "FILE", "COMMAND", "PYTHON", "RIGHTS", "DUTIES", "VOICES", "COMMANDS"}
    | {"DIALOGUES", "DYNAMIC", "READERS", "SHOUWANG_CORPUS", "CHANGELOG", "README", "FULL", "DEBUG", "INFO", "WARNING"}
)
"""words in capitals that are set as code and mean something else"""

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
both_operations = pytest.mark.parametrize("page", OPERATIONS, ids=lambda page: page.name)


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def code_in(page: Path) -> Iterator[str]:
    """Everything set as code: between backticks, in fences, and indented lines."""
    text = text_of(page)
    yield from re.findall(r"```\n(.*?)```", text, re.DOTALL)
    text = re.sub(r"```\n.*?```", "", text, flags=re.DOTALL)
    yield from re.findall(r"`([^`]+)`", text)
    yield from re.findall(r"^    (\S.*)$", text, re.MULTILINE)


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text_of(page))
    assert [one for one in links if not one.startswith("https://") and not (page.parent / one).exists()] == []


@every_page
def test_every_command_that_is_mentioned_exists(page: Path) -> None:
    mentioned = {found for code in code_in(page) for found in re.findall(r"bot\.py ([a-z][a-z-]*)", code)}
    assert mentioned - set(COMMANDS) == set()


@every_page
def test_every_option_that_is_mentioned_exists(page: Path) -> None:
    wrong = []
    for code in code_in(page):
        for line in re.findall(r"bot\.py ([^\n`；;&|]*)", code):
            name, *rest = line.split()
            options = (
                {option for param in COMMANDS[name].params for option in param.opts} if name in COMMANDS else set()
            )
            wrong += [f"{name} {word}" for word in rest if word.startswith("--") and word not in options | {"--help"}]
    assert wrong == []


@every_page
def test_every_target_of_make_that_is_mentioned_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    mentioned = {found for code in code_in(page) for found in re.findall(r"\bmake ([a-z]+)", code)}
    assert mentioned - targets == set()


@every_page
def test_every_setting_that_is_mentioned_exists(page: Path) -> None:
    known = {name.upper() for name in Settings.model_fields}
    mentioned = {
        found for code in code_in(page) for found in re.findall(r"(?<![\w./-])([A-Z][A-Z_]{3,})(?=[\s=`/,]|$)", code)
    }
    assert mentioned - known - NOT_SETTINGS == set()


@every_page
def test_every_file_that_is_mentioned_exists(page: Path) -> None:
    roots = "|".join(one.name for one in ROOT.iterdir() if one.is_dir() and not one.name.startswith("."))
    mentioned = {
        found.rstrip("./")
        for code in code_in(page)
        for found in re.findall(rf"(?<![\w/.-])((?:{roots})/[\w./*-]+)", code)
        if not re.search("[A-Z]{3}|\\*", found)
    }
    missing = {one for one in mentioned if not (ROOT / one).exists()}
    assert {one for one in missing if not one.startswith("data/")} == set()


@both_operations
def test_every_setting_is_documented_with_its_default(page: Path) -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \|", text_of(page), re.MULTILINE))
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    wrong = {}
    for name, one in Settings.model_fields.items():
        shown = rows[name.upper()].strip()
        default = "–" if one.default is None else f"`{one.default}`"
        if shown != default and name != "warnings_dir":
            wrong[name] = (shown, default)
    assert wrong == {}


@both_operations
def test_every_command_is_documented(page: Path) -> None:
    mentioned = "\n".join(code_in(page))
    assert [name for name in COMMANDS if not re.search(rf"\b{name}\b", mentioned) and name != "version"] == []


@both_operations
def test_the_days_that_personal_data_is_kept_are_those_of_the_policy(page: Path) -> None:
    keep = CountyPolicy().retention.model_dump()
    shown = re.findall(r"(\d+) (?:days|天)[^|`\n]*`(\w+_days)`", text_of(page))
    assert {name: int(days) for days, name in shown} == keep


def test_both_operations_pages_have_the_same_tables() -> None:
    tables = [re.findall(r"^(?:\|.*\n)+", text_of(page), re.MULTILINE) for page in OPERATIONS]
    assert [table.count("\n") for table in tables[0]] == [table.count("\n") for table in tables[1]]
    codes = [re.findall(r"^\| (\d+) \|", text_of(page), re.MULTILINE) for page in OPERATIONS]
    assert codes[0] == codes[1] == ["0", "1", "2", "130"]


def test_the_example_of_the_settings_names_every_one_of_them() -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    shown = re.findall(r"^#?([A-Z_]+)=(.*)$", text, re.MULTILINE)
    assert sorted(name for name, _ in shown) == sorted(name.upper() for name in Settings.model_fields)
    defaults = {
        name.upper(): str(one.default) for name, one in Settings.model_fields.items() if one.default is not None
    }
    kept = {name: value for name, value in shown if name in defaults and name != "COUNTY_FILE"}
    assert kept == defaults


def test_the_example_of_the_settings_can_be_used_as_it_is_but_for_the_token() -> None:
    loaded = Settings(_env_file=ROOT / ".env.example")  # type: ignore[call-arg]
    assert loaded.county_file is None
    assert loaded.bot_token is None


# -- the glossary -----------------------------------------------------------------------------------------------------


def names_in_glossary() -> list[str]:
    rows = re.findall(r"^\|[^|]+\|[^|]+\|([^|]+)\|$", text_of(ROOT / "docs" / "glossary.md"), re.MULTILINE)
    return sorted({name for row in rows for name in re.findall(r"`([\w.]+)`", row)})


@pytest.mark.parametrize("name", names_in_glossary())
def test_every_name_of_the_glossary_is_in_the_code(name: str) -> None:
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            fields = (
                getattr(found, "model_fields", {}) if isinstance(found, type) and issubclass(found, BaseModel) else {}
            )
            assert part in fields or hasattr(found, part), f"{'.'.join(parts[:cut])} has no {part}"
            found = fields.get(part) or getattr(found, part, None)
        return
    pytest.fail(f"no module {name}")


def test_every_role_is_in_the_glossary() -> None:
    assert [role.name for role in Role if f"domain.people.Role.{role.name}" not in names_in_glossary()] == []


# -- what the pages must say, and must not ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "README.zh-CN.md", *OPERATIONS], ids=lambda page: page.name
)
def test_the_limits_are_stated(page: Path) -> None:
    text = " ".join(text_of(page).split())
    wanted = ("境外", "中国大陆", "非法定|不是法定") if "zh" in page.name or page.name == "operations.md" else (
        "abroad", "mainland China", "not law",
    )  # fmt: skip
    assert [one for one in wanted if not re.search(one, text)] == []


def test_every_module_says_what_it_is() -> None:
    rooms = ("console", "services/checkup.py", "bot.py", "alive.py", "starting.py", "assembly.py", "settings.py")
    files = [path for room in rooms for path in ([ROOT / room] if room.endswith(".py") else (ROOT / room).glob("*.py"))]
    assert [path.name for path in files if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []
