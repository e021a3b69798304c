"""What the catalogue tests cannot see by themselves, one table each. Authors of texts add their lines here.

DYNAMIC   addresses that code puts together from parts: f"role.name.{role}" is the pattern "role.name.*"
VILLAGE   files and single addresses read by village people: at most 120 characters in Chinese
LABELS    addresses shown as buttons although no `Button(words.label("…"))` says so in code
SAMPLES   facts for one address where the made-up ones do not fit (a fact that must be a real object)
"""

from collections.abc import Callable, Iterable, Mapping

from domain.form_reading import COMMON_ERRORS
from domain.obligations import Channel
from domain.people import Role

DYNAMIC: Mapping[str, Callable[[], Iterable[str]]] = {
    "role.name.*": lambda: [role.value for role in Role],
    "channel.name.*": lambda: [channel.value for channel in Channel],
    "dialogue.error.*": lambda: [address.removeprefix("dialogue.error.") for address in COMMON_ERRORS],
    # Settlement.reason, as delivery/ and the ladder set it
    "undelivered.reason.*": lambda: (
        *("never_started", "blocked", "deactivated", "kicked", "no_rights"),
        *("chat_not_found", "bad_request", "expired", "unknown"),
    ),
    # Fault.key and Problem.key of messages/, shown by `check-texts`
    "overlay.*": lambda: (
        *("forbidden_tag", "forbidden_attribute", "unbalanced_tag", "unknown_entity", "loose_character"),
        *("too_long", "too_many_tags"),
    ),
}
"""pattern → everything its * may stand for (a tuple of parts where there is more than one *)"""

VILLAGE = frozenset({"refused", "dialogue", "button", "start", "help", "undelivered.note.open_private"})

LABELS: frozenset[str] = frozenset({"role.name.*", "button.*"})
"""an entry may end in .* for everything below"""

SAMPLES: Mapping[str, Mapping[str, object]] = {
    # "warning.board": {"tally": Tally(answered=3, owed=5)},
}
