"""Whom to telephone first, and what can become of a call.

Pure: the order is a rule over facts that the service brings. Places with open hazards come first (where a county
keeps a register of danger areas, those too), then posts by what they do in an emergency, then the code.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.obligations import Channel
from domain.people import Role
from domain.places import PlaceCode, is_within


class CallResult(StrEnum):
    THROUGH = "through"
    """接通"""
    NO_ANSWER = "no_answer"
    NO_SUCH_NUMBER = "no_such_number"
    """空号: a task for the roster, not a fault of the person"""
    SWITCHED_OFF = "switched_off"
    AT_THE_DOOR = "at_the_door"
    """上门, 敲门"""
    SATELLITE = "satellite"
    """卫星电话"""


REACHES: Mapping[CallResult, Channel] = {
    CallResult.THROUGH: Channel.PHONE,
    CallResult.AT_THE_DOOR: Channel.DOOR,
    CallResult.SATELLITE: Channel.SATELLITE,
}
"""results that mean that the person knows now, and how he was reached"""

_FIRST = (
    *(Role.EVACUATOR, Role.WARNER, Role.MONITOR, Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER, Role.PATROLLER),
    *(Role.GRID_MEMBER, Role.SHELTER_KEEPER, Role.RESCUE_LEAD, Role.REPORTER, Role.CONTACT_CADRE),
    *(Role.LEADER_IN_CHARGE, Role.PRINCIPAL, Role.STATION, Role.DUTY, Role.COUNTY_DUTY),
)
_RANK = {role: rank for rank, role in enumerate(_FIRST)}


@dataclass(frozen=True, slots=True)
class ToCall:
    """One silent person: where he is needed, and with which posts."""

    person_id: int
    place: PlaceCode
    roles: frozenset[Role]


def calling_order(
    silent: Iterable[ToCall], hazards: Mapping[PlaceCode, int], danger_areas: Collection[PlaceCode] = ()
) -> list[ToCall]:
    """The silent, the most urgent first. `hazards` counts open ones by place; one in a grid counts for its village."""

    def key(one: ToCall) -> tuple[bool, int, int, PlaceCode, int]:
        threatened = any(is_within(area, one.place) or is_within(one.place, area) for area in danger_areas)
        near = sum(number for place, number in hazards.items() if is_within(place, one.place))
        post = min((_RANK.get(role, len(_RANK)) for role in one.roles), default=len(_RANK))
        return not threatened, -near, post, one.place, one.person_id

    return sorted(silent, key=key)
