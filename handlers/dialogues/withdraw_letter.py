"""撤回函单: with the reason, which the addressee is told."""

from handlers.reason import reason_dialogue
from handlers.scene import Scene
from services.letters import withdraw


async def _give(scene: Scene, letter: int, reason: str, version: int) -> str:
    return (await withdraw(scene.work, scene.known(), letter, version, reason)).number


DIALOGUE = reason_dialogue("withdraw_letter", "letter", ("wrong", "unit", "over"), _give, versioned=True, longest=200)
FORM = DIALOGUE.form
