"""Which of the six subjects somebody is asked about: in turn for everybody, and only what his post can know. Pure."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from domain.checks import Topic
from domain.people import Role

_T = Topic
_LEADERS = (_T.PRESENCE, _T.HAZARDS, _T.RISKS, _T.WARNINGS)
_VILLAGE = (*_LEADERS, _T.EQUIPMENT)

KNOWN_BY: Mapping[Role, tuple[Topic, ...]] = MappingProxyType(
    {
        Role.PRINCIPAL: _LEADERS,
        Role.LEADER_IN_CHARGE: _LEADERS,
        Role.STATION: _LEADERS,
        Role.DUTY: (_T.PRESENCE, _T.WARNINGS),
        Role.CONTACT_CADRE: _LEADERS,
        Role.VILLAGE_HEAD: _VILLAGE,
        Role.EMERGENCY_OFFICER: _VILLAGE,
        Role.GRID_MEMBER: (_T.PRESENCE, _T.HAZARDS, _T.WARNINGS, _T.PATROL),
        Role.PATROLLER: (_T.PATROL, _T.PRESENCE),
        Role.MONITOR: (_T.PATROL, _T.PRESENCE),
        Role.WARNER: (_T.PRESENCE, _T.WARNINGS),
        Role.EVACUATOR: (_T.PRESENCE, _T.RISKS),
        Role.SHELTER_KEEPER: (_T.PRESENCE,),
        Role.REPORTER: (_T.PRESENCE, _T.WARNINGS),
        Role.RESCUE_LEAD: (_T.PRESENCE, _T.EQUIPMENT),
    }
)
"""What a post can be expected to know. Whoever is not here is asked where he is."""


def topics_for(role: Role, *, without: Collection[Topic] = ()) -> tuple[Topic, ...]:
    """`without`: subjects of which there is nothing to ask, such as a warning where there was none."""
    return tuple(topic for topic in KNOWN_BY.get(role, ()) if topic not in without) or (Topic.PRESENCE,)


def topic_in_turn(allowed: Sequence[Topic], used: Sequence[Topic], seed: int, person: int) -> Topic:
    """The subject he has been asked about least recently; among those never asked the seed chooses, so that not
    everybody begins with the same one. `used`: his questions, newest first."""
    unused = [topic for topic in allowed if topic not in used]
    if not unused:
        return max(allowed, key=used.index)
    ticket = hashlib.sha256(f"{seed:016x}:topic:{person}".encode()).digest()
    return unused[int.from_bytes(ticket[:8], "big") % len(unused)]
