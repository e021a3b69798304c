"""不奖励: with the reason, which the reporter is told."""

from handlers.reason import reason_dialogue
from handlers.scene import Scene
from services.rewards import refuse


async def _give(scene: Scene, case: int, reason: str, version: int) -> str:
    return (await refuse(scene.work, scene.known(), case, version, reason)).number


DIALOGUE = reason_dialogue("refuse_reward", "case", ("known", "duty", "untrue"), _give, versioned=True, longest=100)
FORM = DIALOGUE.form
