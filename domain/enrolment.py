"""A one-time link as it is handed out: the only place where its address exists. Never logged: its repr hides it."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.people import PersonId
from domain.places import PlaceCode

CODE_PREFIX = "e_"
"""start payload: e_<code>, at most 64 of A-Z a-z 0-9 _ - in all"""
LONGEST_CODE = 64 - len(CODE_PREFIX)
SHORTEST_CODE = 22
"""characters of base64url that carry 128 bits"""


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """One person's link. `duties` are his posts in words, `tail` the last four digits of his number."""

    person_id: PersonId
    name: str
    tail: str
    village: PlaceCode
    village_name: str
    duties: tuple[str, ...]
    expires_at: datetime
    """on the county's clock"""
    url: str = field(repr=False)
