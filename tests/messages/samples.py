"""What the catalogue tests cannot see by themselves, one table each. Authors of texts add their lines here.

DYNAMIC   addresses that code puts together from parts: f"role.name.{role}" is the pattern "role.name.*"
VILLAGE   files and single addresses read by village people: at most 120 characters in Chinese
LABELS    addresses shown as buttons although no `Button(words.label("…"))` says so in code
SAMPLES   facts for one address where the made-up ones do not fit (a fact that must be a real object)
"""

from collections.abc import Callable, Iterable, Mapping

import assembly
import delivery.errors
from domain.colours import Colour
from domain.form_reading import COMMON_ERRORS
from domain.obligations import Channel, Rung
from domain.outgoing import OutboxState
from domain.people import PrivateChat, Role
from domain.warnings import Reason
from handlers import menu
from tests.messages.forms import choices_of

# What OutboxRows.undelivered gives: a reason of delivery's, of a restart, or the bare state of the row.
_UNDELIVERED = frozenset(
    {reason.value for reason in delivery.errors.Reason}
    | {state.value for state in OutboxState if state not in {OutboxState.SENT, OutboxState.SUPERSEDED}}
    | {"restart"}
)
READER_REASONS = (
    *("too_big", "empty", "not_xml", "doctype", "encoding", "too_deep", "too_many_elements", "too_many_parts"),
    *("wrapped_alerts", "not_cap", "bad_sent", "no_identifier", "no_sender", "no_sent", "name_too_long"),
)
"""keys of feeds.errors.UnreadableNotice"""
_IGNORED = frozenset(
    {Reason.ACK_OR_ERROR, Reason.NOT_ACTUAL, Reason.EXERCISE_NOT_ALLOWED, Reason.EXPIRED, Reason.OUTSIDE_COUNTY}
    | {Reason.DUPLICATE, Reason.STALE, Reason.CANCEL_UNKNOWN}
)
"""of these nobody is told"""

DYNAMIC: Mapping[str, Callable[[], Iterable[str]]] = {
    "role.name.*": lambda: [role.value for role in Role],
    "channel.name.*": lambda: [channel.value for channel in Channel],
    "dialogue.error.*": lambda: [address.removeprefix("dialogue.error.") for address in COMMON_ERRORS],
    "undelivered.reason.*": lambda: _UNDELIVERED,
    "warning.colour.*": lambda: [colour.value for colour in Colour],
    "warning.rung.*": lambda: [rung.value for rung in Rung if rung not in {Rung.REMIND, Rung.LAPSE, Rung.CHECKER}],
    "warning.why.*": lambda: {
        "silent",
        "not_sent",
        "not_delivered",
        *(chat.value for chat in PrivateChat if chat != "open"),
    },
    "feed.unreadable.*": lambda: READER_REASONS,
    "warning.held.reason.*": lambda: [reason.value for reason in Reason if reason not in _IGNORED],
    "warning.button.*": lambda: ("by_phone", "by_door", "no_answer", "wrong_number"),
    "enrol.result.*": lambda: (
        *("already", "not_own", "not_listed", "taken_account", "taken_person", "locked"),
        *("link_unknown", "link_expired", "link_revoked", "link_used"),
    ),
    "roster.template.*": lambda: ("lines", "phone", "place", "posts", "deputy", "all"),
    "enrol.language.*": lambda: ("zh", "en"),
    "compose.kind.name.*": lambda: choices_of("compose", "kind"),
    # Fault.key and Problem.key of messages/, shown by `check-texts`
    "menu.*": lambda: [entry.command for entry in menu.ENTRIES],
    "menu.command.*": lambda: assembly.MENU_COMMANDS,
    "overlay.*": lambda: (
        *("forbidden_tag", "forbidden_attribute", "unbalanced_tag", "unknown_entity", "loose_character"),
        *("too_long", "too_many_tags"),
    ),
}
"""pattern → everything its * may stand for (a tuple of parts where there is more than one *)"""

VILLAGE = frozenset(
    {
        "enrol.contact",
        "enrol.result",
        "leave",
        "cards.enrolled",
        "refused",
        "dialogue",
        "button",
        "start",
        "help",
        "undelivered.note.open_private",
    }
)

LABELS: frozenset[str] = frozenset({"role.name.*", "button.*"})
"""an entry may end in .* for everything below"""

SAMPLES: Mapping[str, Mapping[str, object]] = {
    # "warning.board": {"tally": Tally(answered=3, owed=5)},
}
