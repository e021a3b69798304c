"""The guided dialogues, one a file. To add one: a file here, a line below, and a text file per language."""

from handlers.dialogue import Dialogue
from handlers.dialogues.compose_warning import DIALOGUE as COMPOSE_WARNING

DIALOGUES: tuple[Dialogue, ...] = (COMPOSE_WARNING,)
