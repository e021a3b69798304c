"""Warnings as people touch them: what each button, word, command and link leads to."""

from collections.abc import Mapping

from domain.errors import Stale
from handlers import answers, answers_cutoff, answers_follow, answers_helper, cards, warning_evidence
from handlers.scene import Feature, Handler, Scene
from handlers.warning_desk import DESK_PRESSES, compose_warning, show_active
from handlers.warning_relay import RELAY_PRESSES
from handlers.warning_relay import start as start_relay
from handlers.warning_second import SECOND_PRESSES


async def press(scene: Scene) -> None:
    """w:<what>:<warning>[:<person>[:<how>]]"""
    act = scene.args[0] if scene.args else ""
    scene.args = scene.args[1:]
    handler = _PRESSES.get(act)
    if handler is None or not (scene.incoming.private or act in _IN_GROUPS):
        raise Stale("refused.stale")  # in a group a forged press must not write over the warning itself
    await handler(scene)


_PRESSES: Mapping[str, Handler] = {
    "ack": answers.press_received,
    "help": answers.call_help,
    "missing": answers_helper.list_missing,
    "act": answers.press_measure,
    "rec": answers_helper.press_result,
    "loud": cards.press_loud,
    "did": answers_helper.press_measure_for,
    "tried": answers_helper.press_tried,
    "first": answers_follow.open_first_reply,
    "homes": answers_follow.open_households,
    "homelist": answers_follow.list_households,
    "cut": answers_cutoff.confirm,
    "nocut": answers_cutoff.deny,
    "back": answers_cutoff.restore,
    **DESK_PRESSES,
    **SECOND_PRESSES,
    **RELAY_PRESSES,
}
_IN_GROUPS = frozenset({"ack", "help", "missing", "relay"})


FEATURE = Feature(
    name="warning",
    plays=True,
    commands={
        "warn": compose_warning,
        "warnings": show_active,
        "evidence": warning_evidence.command,
        "missing": answers_helper.show_missing,
    },
    urgent=(answers.plain_word, answers.spelt_measure),
    presses={"w": press},
    starts={"a": answers.start, "r": start_relay},
    private=(answers.private_word, answers_follow.household_line, answers.measure_word),
    group=(answers.group_word,),
)
