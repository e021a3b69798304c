"""A stand-in for Telegram: the Bot API with its real manners, and the people on the other side of it.

Knows nothing of any particular bot. Start reading at `world.World`; over HTTP it is `python -m sandbox`.
"""

from sandbox.bots import Pressed
from sandbox.clock import WorldClock
from sandbox.errors import ConnectionReset, LostResponse, WorldError
from sandbox.faults import Fault, Faults
from sandbox.ledger import Call
from sandbox.limits import Limits
from sandbox.model import Chat, Message, User
from sandbox.world import Reply, World

__all__ = [
    "Call", "Chat", "ConnectionReset", "Fault", "Faults", "Limits", "LostResponse", "Message", "Pressed", "Reply",
    "User", "World", "WorldClock", "WorldError",
]  # fmt: skip
