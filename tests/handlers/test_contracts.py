"""Promises of the lists in which features register: what is missing or doubled is named."""

import inspect
from collections import Counter
from importlib import import_module
from pathlib import Path

import handlers.dialogues
from domain.forms import form_problems
from handlers.dialogues import DIALOGUES
from handlers.features import FEATURES
from services import paper_kinds
from services.paper_kinds import PAPERS
from services.papers import Paper
from services.tick import DUTIES
from services.voices import VOICES

FOLDER = Path(handlers.dialogues.__file__).parent


def doubled(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def test_every_file_of_a_dialogue_is_in_the_list() -> None:
    modules = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")
    forgotten = [
        f"add {name} to DIALOGUES in handlers/dialogues/__init__.py"
        for name in modules
        if not any(one in DIALOGUES for one in _dialogues_in(name))
    ]
    assert forgotten == []


def _dialogues_in(module: str) -> list[object]:
    found = import_module(f"handlers.dialogues.{module}")
    return [one for name, one in vars(found).items() if name.isupper() and type(one) is type(DIALOGUES[0])]


def test_every_form_is_sound() -> None:
    problems = [f"{one.form.name}: {problem}" for one in DIALOGUES for problem in form_problems(one.form)]
    assert problems == []


def test_no_two_dialogues_have_one_name() -> None:
    assert doubled([one.form.name for one in DIALOGUES]) == []


def test_no_two_features_listen_to_the_same() -> None:
    assert doubled([feature.name for feature in FEATURES]) == []
    assert doubled([command for feature in FEATURES for command in feature.commands]) == []
    assert doubled([prefix for feature in FEATURES for prefix in feature.presses]) == []
    assert doubled([prefix for feature in FEATURES for prefix in feature.starts]) == []


def test_every_duty_of_the_clock_takes_the_work_and_has_its_own_name() -> None:
    assert doubled([name for name, _ in DUTIES]) == []
    assert [name for name, duty in DUTIES if not inspect.iscoroutinefunction(duty)] == []
    assert [name for name, duty in DUTIES if next(iter(inspect.signature(duty).parameters)) != "work"] == []


def test_every_paper_is_in_the_list_and_has_its_own_kind() -> None:
    kinds = [paper.kind for paper in paper_kinds.ALL]
    assert doubled(kinds) == []
    assert [kind for kind in kinds if not (kind and kind.replace("_", "").isalnum() and kind.islower())] == []
    forgotten = [
        f"add {found.__name__} to ALL in services/paper_kinds.py"
        for found in _papers_of_services()
        if not any(type(paper) is found for paper in PAPERS.values())
    ]
    assert forgotten == []


def _papers_of_services() -> list[type[Paper]]:
    folder = Path(paper_kinds.__file__).parent
    with_papers = [path.stem for path in folder.glob("*.py") if "Paper):" in path.read_text("utf-8")]
    found = [one for name in sorted(with_papers) for one in vars(import_module(f"services.{name}")).values()]
    return [one for one in found if inspect.isclass(one) and issubclass(one, Paper) and one is not Paper]


def test_every_paper_asks_for_rights_and_is_made() -> None:
    assert [paper.kind for paper in PAPERS.values() if type(paper).allow is Paper.allow] == []
    assert [paper.kind for paper in PAPERS.values() if type(paper).make is Paper.make] == []


def test_every_voice_can_say_all_that_a_ladder_asks_of_it() -> None:
    wanted = ("remind", "hand_up", "ask_again")
    assert [
        f"{kind}.{name}"
        for kind, voice in VOICES.items()
        for name in wanted
        if not inspect.iscoroutinefunction(getattr(voice, name, None))
    ] == []
