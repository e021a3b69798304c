"""What a post has to do now (应急处置卡): by kind of disaster, colour and role, at most four short actions.

Pure: the words come from messages/<lang>/actions/ and a county's own files; here is which of them fit. Where a card
says nothing, the nearest one that does is taken: a lower colour of the same kind, then the general card.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.colours import Colour
from domain.people import Role

MOST = 4
LONGEST = 30
"""characters of one action: somebody reads it in the rain"""
EVERYBODY = "all"
"""in place of a role: what people at large are told"""


class Family(StrEnum):
    """A kind of disaster as cards know it. Kinds of warnings are free text; this is what is made of them."""

    TYPHOON = "typhoon"
    RAIN = "rain"
    FLASH = "flash"
    GEO = "geo"
    FLOOD = "flood"
    WIND = "wind"
    FIRE = "fire"
    COLD = "cold"
    GENERAL = "general"


_KINDS: tuple[tuple[Family, re.Pattern[str]], ...] = (
    (Family.TYPHOON, re.compile("台风|颱風|热带风暴|typhoon|tropical", re.IGNORECASE)),
    (Family.FLASH, re.compile("山洪|溪洪|flash", re.IGNORECASE)),
    (Family.GEO, re.compile(r"地质|滑坡|泥石流|崩塌|塌方|\bgeo(?:logical|hazard)|landslide|debris", re.IGNORECASE)),
    (Family.FIRE, re.compile(r"火险|火灾|林火|山火|\b(?:wild)?fire", re.IGNORECASE)),
    # Before rain: 冻雨 and 雨雪冰冻 are matters of ice.
    (
        Family.COLD,
        re.compile(r"寒潮|低温|结冰|冻|雪|\bcold|snow|\bic[ey]\b|icing|freez|frost", re.IGNORECASE),
    ),
    (Family.FLOOD, re.compile("洪水|江河|水位|水库|内涝|渍涝|flood", re.IGNORECASE)),
    (Family.RAIN, re.compile(r"雨|降水|\brain", re.IGNORECASE)),
    (Family.WIND, re.compile("大风|阵风|强对流|雷电|雷暴|冰雹|龙卷|飑|wind|thunder|hail|convect", re.IGNORECASE)),
)


def family_of(kind: str) -> Family:
    """强降雨 and 短时强降水 are rain, 雷雨大风 is wind. What nobody foresaw is general."""
    if "雷雨" in kind:
        return Family.WIND
    return next((family for family, words in _KINDS if words.search(kind)), Family.GENERAL)


_BY_WEIGHT = (
    Role.COUNTY_DUTY, Role.PRINCIPAL, Role.LEADER_IN_CHARGE, Role.STATION, Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER,
    Role.EVACUATOR, Role.WARNER, Role.DUTY, Role.CONTACT_CADRE, Role.MONITOR, Role.PATROLLER, Role.SHELTER_KEEPER,
    Role.RESCUE_LEAD, Role.GRID_MEMBER, Role.REPORTER, Role.COUNTY_LEADER, Role.DEPARTMENT,
)  # fmt: skip
"""whose actions come first where one person holds several posts"""

Cards = Mapping[tuple[Family, Colour, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ActionBook:
    """All cards of one language. Keys: family, colour, and a role's code or `all`."""

    cards: Cards = field(default_factory=dict)

    def of(self, family: Family, colour: Colour, who: str) -> tuple[str, ...]:
        """The card that fits best, or ()."""
        for kind in dict.fromkeys((family, Family.GENERAL)):
            for lower in sorted((c for c in Colour if c <= colour), key=lambda c: c.rank, reverse=True):
                if found := self.cards.get((kind, lower, who)):
                    return found
        return ()

    def for_roles(self, family: Family, colour: Colour, roles: Iterable[Role], most: int = MOST) -> tuple[str, ...]:
        """One person's actions: of all his posts, the weightiest post first, none twice."""
        held = set(roles)
        mine = (action for role in _BY_WEIGHT if role in held for action in self.of(family, colour, role.value))
        return tuple(dict.fromkeys(mine))[:most]

    def overlaid(self, cards: Cards) -> "ActionBook":
        """A county's own cards in the place of ours."""
        return ActionBook({**self.cards, **cards})


class BadCard(ValueError):  # noqa: N818  it is the county's card that is bad
    """What is wrong with one entry. `key` addresses the words."""

    def __init__(self, key: str, name: str) -> None:
        super().__init__(f"{key}: {name}")
        self.key = key
        self.name = name


def read_cards(family: str, table: Mapping[str, object]) -> dict[tuple[Family, Colour, str], tuple[str, ...]]:
    """One file: colour → role (or roles joined by +, or `all`) → actions. Raises BadCard."""
    try:
        kind = Family(family)
    except ValueError:
        raise BadCard("overlay.card_kind", family) from None
    found: dict[tuple[Family, Colour, str], tuple[str, ...]] = {}
    for colour, by_role in table.items():
        if colour not in set(Colour) or not isinstance(by_role, Mapping):
            raise BadCard("overlay.card_colour", colour)
        for joined, actions in by_role.items():
            for who in str(joined).split("+"):
                if who != EVERYBODY and who not in set(Role):
                    raise BadCard("overlay.card_role", f"{colour}.{who}")
                found[kind, Colour(colour), who] = _actions(actions, f"{colour}.{joined}")
    return found


def _actions(written: object, where: str) -> tuple[str, ...]:
    if not isinstance(written, list) or not all(isinstance(one, str) and one.strip() for one in written):
        raise BadCard("overlay.card_actions", where)
    longest = LONGEST if re.search("[\u3400-\u9fff]", "".join(written)) else LONGEST * 3
    if len(written) > MOST or any(len(one) > longest for one in written):
        raise BadCard("overlay.card_long", where)
    return tuple(one.strip() for one in written)
