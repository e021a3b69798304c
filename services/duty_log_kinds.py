"""What of the timeline the log of a desk shows, and by which word: `duty_log.did.KIND_WHAT`.

A desk's log holds what its own people did, what others of its area reported, and what the bot did by itself about a
warning that concerns it. Answers of the many are in tallies and not here.
"""

from services.ports import LogLine

_MOVES = {
    "hazard": "take refer reject assign fix close send_back reopen grade to_county decide at_once",
    "letter": "sign receive withdraw drop",
    "listing": "list refuse publish extend lift",
    "whistle": "confirm refuse end",
}
"""of a case those moves that a desk would write down"""
_OWN = {
    "warning": "composed approved sent_back released refused corrected extended relayed called_wrong called_right"
    " unreached help first_reply",
    "cutoff": "cut_off denied over",
    "response": "start raise lower widen narrow end proposed proposal_refused concluded",
    "check": "issued judged called cancelled named",
    "hazard": "reported moved",
    "letter": "drafted moved",
    "listing": "proposed moved",
    "whistle": "asked moved reported_in",
    "drill": "opened evaluated",
    "duty": "planned changed cancelled taken_off imported here refused swapped handed_over words_added",
    "chain": "assigned ended imported",
    "rehearsal": "begun called",
    "leave": "granted refused",
    "patrol": "paused resumed dense",
}
_BOT = {"warning": "posted lifted expired", "drill": "begun ended broken_off"}


def _whats(table: dict[str, str]) -> frozenset[str]:
    return frozenset(f"{kind}.{what}" for kind, names in table.items() for what in names.split())


OWN = _whats(_OWN)
"""done by somebody of the body itself"""
AREA = frozenset({"hazard.reported", "warning.first_reply"})
"""done by anybody of a township's villages"""
BOT = _whats(_BOT)
"""done by nobody; shown where the subject concerns the body"""


def key_of(line: LogLine) -> str | None:
    """The word for a line; None for a move that is nothing for a log."""
    kind, _, what = line.what.partition(".")
    if what != "moved":
        return f"{kind}_{what}"
    move = str(line.facts.get("move", ""))
    return f"{kind}_{move}" if move in _MOVES.get(kind, "").split() else None


KEYS = (
    *(one.replace(".", "_") for one in sorted((OWN | BOT) - {f"{kind}.moved" for kind in _MOVES})),
    *(f"{kind}_{move}" for kind, moves in _MOVES.items() for move in moves.split()),
)
"""every word there is"""
