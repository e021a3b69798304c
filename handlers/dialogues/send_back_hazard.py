"""不合格退回: what is still missing, so that the one who fixes knows what to do."""

from handlers.reason import reason_dialogue
from handlers.scene import Scene
from services.hazards import send_back


async def _give(scene: Scene, hazard: int, reason: str, _version: int) -> str:
    return (await send_back(scene.work, scene.known(), hazard, reason)).number


DIALOGUE = reason_dialogue("send_back_hazard", "hazard", ("half", "weak", "photo"), _give)
FORM = DIALOGUE.form
