"""退回: the second person does not agree with a warning, and says why."""

from handlers.reason import reason_dialogue
from handlers.scene import Scene
from services.warning_approval import send_back


async def _give(scene: Scene, warning: int, reason: str, _version: int) -> str:
    return (await send_back(scene.work, scene.person, warning, reason)).number


DIALOGUE = reason_dialogue("return_warning", "warning", ("colour", "area", "words", "no_need"), _give)
FORM = DIALOGUE.form
