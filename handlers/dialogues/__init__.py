"""The guided dialogues, one a file. To add one: a file here, a line below, and a text file per language."""

from handlers.dialogue import Dialogue
from handlers.dialogues.compose_warning import DIALOGUE as COMPOSE_WARNING
from handlers.dialogues.correct_phone import DIALOGUE as CORRECT_PHONE
from handlers.dialogues.leave import DIALOGUE as LEAVE

DIALOGUES: tuple[Dialogue, ...] = (
    COMPOSE_WARNING,
    CORRECT_PHONE,
    LEAVE,
)
