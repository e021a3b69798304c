"""The container's recipe, read without an engine: what it copies is there and is enough, what it runs is ours."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import bot

ROOT = Path(__file__).parents[2]


def instructions() -> list[tuple[str, str]]:
    """(word, rest) of every instruction of the Dockerfile, continued lines joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines]


def given(word: str) -> list[str]:
    return [rest for one, rest in instructions() if one == word]


def copied() -> list[tuple[str, str]]:
    """(source, target) of every file and folder that goes in."""
    pairs = []
    for rest in given("COPY"):
        *sources, target = rest.split()
        pairs += [(source, target) for source in sources]
    return pairs


def copied_into(folder: Path) -> None:
    for source, target in copied():
        place = folder / target
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, place)


def test_everything_that_is_copied_exists_and_is_not_kept_out() -> None:
    kept_out = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = {line[1:] for line in kept_out if line.startswith("!")}
    assert kept_out[1] == "*"
    assert [source for source, _ in copied() if not (ROOT / source).exists()] == []
    assert {source for source, _ in copied()} == let_in


def test_no_secret_and_no_data_can_go_in() -> None:
    names = [".env", ".env.local", "data/shouwang.db", "data/last_backup.json", ".git/config", "county.toml"]
    patterns = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = [line[1:] for line in patterns if line.startswith("!")]
    assert [name for name in names if any(fnmatch(name.split("/")[0], one) for one in let_in)] == []
    assert not [rest for rest in given("ENV") + given("ARG") if re.search("TOKEN|SECRET|PASSWORD", rest)]


def test_what_is_copied_is_enough_to_run_the_bot(tmp_path: Path) -> None:
    """Every module and every text that the commands need; the sandbox, the demo and the tests are not among them."""
    copied_into(tmp_path)
    for command, code in ((["version"], 0), (["check", "--offline"], 1), (["run"], 2)):
        done = subprocess.run(
            [
                sys.executable,
                "-I",
                "-c",
                f"import sys; sys.path.insert(0, '.'); import bot; sys.exit(bot.main({command}))",
            ],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert not {"sandbox", "demo", "tests"} & {source for source, _ in copied()}


def test_libraries_are_installed_by_their_hashes() -> None:
    (pip_line,) = [rest for rest in given("RUN") if "pip install" in rest]
    assert pip_line == "python -m pip install --require-hashes -r requirements.txt"
    before = [rest for word, rest in instructions()[: instructions().index(("RUN", pip_line))] if word == "COPY"]
    assert before == ["requirements.txt ./"]
    locked = re.findall(
        r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", (ROOT / "requirements.txt").read_text(), re.MULTILINE | re.DOTALL
    )
    assert [block.split()[0] for block in locked if "--hash=sha256:" not in block] == []


def test_it_does_not_run_as_root_and_owns_nothing_but_the_data() -> None:
    words = [word for word, _ in instructions()]
    (user,) = given("USER")
    assert user not in {"root", "0"}
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert max(at for at, word in enumerate(words) if word == "COPY") < words.index("USER")
    (made,) = [rest for rest in given("RUN") if "useradd" in rest]
    assert user in made
    assert given("VOLUME") == ["/data"]
    assert "-o shouwang" in made
    assert "/data" in made


def test_what_it_runs_are_commands_of_ours_in_exec_form() -> None:
    (health,) = given("HEALTHCHECK")
    checked = json.loads(health[health.index("[") :])
    started = json.loads(given("ENTRYPOINT")[0]) + json.loads(given("CMD")[0])
    commands = bot.command_line().commands
    assert [(line[:2], line[2] in commands) for line in (checked, started)] == [(["python", "bot.py"], True)] * 2
    assert (checked[2], started[2]) == ("healthy", "run")


def test_the_base_is_named_and_its_python_is_one_of_ours() -> None:
    (base,) = given("FROM")
    found = re.fullmatch(r"python:3\.(\d+)-slim", base)
    assert found is not None
    assert 11 <= int(found[1]) <= 13


def test_the_units_of_systemd_run_commands_of_ours() -> None:
    commands = bot.command_line().commands
    run = {}
    for unit in sorted((ROOT / "deploy").glob("*.service")):
        (line,) = re.findall(r"^ExecStart=(.*)$", unit.read_text("utf-8"), re.MULTILINE)
        words = shlex.split(line)
        words = shlex.split(words[-1]) if words[0] == "/bin/sh" else words
        run[unit.stem] = words[words.index("bot.py") + 1]
    assert run == {"shouwang": "run", "shouwang-backup": "backup"}
    assert set(run.values()) <= set(commands)
    unit_text = (ROOT / "deploy/shouwang.service").read_text("utf-8")
    assert re.search(r"^Type=notify$", unit_text, re.MULTILINE)
    assert re.search(r"^RestartPreventExitStatus=2$", unit_text, re.MULTILINE)
