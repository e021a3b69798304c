"""What is owed beside the acknowledgement of a warning, and under which subject it stands: each a ladder of its own,
so that a tally of answers counts answers only."""

from services.ports import WarningRow
from services.work import Work

ACT = "act"
FIRST_REPLY = "first_reply"
HOUSEHOLDS = "households"

OF_WARNINGS = frozenset({"warning", "acting", "reply", "relay"})


def acting(warning_id: int) -> str:
    return f"acting:{warning_id}"


def reply(warning_id: int) -> str:
    return f"reply:{warning_id}"


def relay(warning_id: int) -> str:
    return f"relay:{warning_id}"


def beside(warning_id: int) -> tuple[str, str, str]:
    """All of them: what ends with the warning."""
    return acting(warning_id), reply(warning_id), relay(warning_id)


async def warning_of(work: Work, subject: str) -> WarningRow | None:
    """The warning a subject of any of these kinds belongs to."""
    kind, _, number = subject.partition(":")
    return await work.rows.warnings.get(int(number)) if kind in OF_WARNINGS and number.isdigit() else None
