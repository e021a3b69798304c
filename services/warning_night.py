"""The quiet of the night place by place: where a response lifts it, a blue or yellow notice comes at once and may ring;
everywhere else it waits for the morning, or comes without a sound where it cannot wait.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.people import Person, Role
from domain.places import PlaceCode, PlaceTree, is_within
from services.ports import WarningRow
from services.response import quiet_is_lifted
from services.warning_posts import is_quiet, villages_of
from services.work import Work


@dataclass(frozen=True, slots=True)
class Night:
    """`lifted`: villages where the level lifts the quiet; `whole`: all that the notice covers are."""

    until: datetime
    county: PlaceCode
    lifted: frozenset[PlaceCode] = frozenset()
    whole: bool = False
    holds: bool = False
    """what lies in the quiet waits for its end"""

    def awake(self, place: PlaceCode) -> bool:
        """A village and its grids, and the township of one; the county only where all of it is."""
        if self.whole:
            return True
        return place != self.county and any(is_within(place, one) or is_within(one, place) for one in self.lifted)

    def not_before(self, place: PlaceCode, person: Person | None = None) -> datetime | None:
        """When what is for this place may leave; None: now. The county's duty officer is always told at once."""
        on_duty = person is not None and person.holds({Role.COUNTY_DUTY})
        return None if not self.holds or on_duty or self.awake(place) else self.until


async def night_of(work: Work, tree: PlaceTree, row: WarningRow) -> Night | None:
    """None by day, and for a colour that knows no quiet."""
    until = is_quiet(work, row.colour)
    if until is None:
        return None
    villages = villages_of(tree, row.places) or frozenset(row.places)
    lifted = await quiet_is_lifted(work, villages)
    return Night(until, work.county, lifted, whole=lifted >= villages)


def holding(night: Night | None) -> Night | None:
    """The same night, in which what lies in the quiet waits."""
    return None if night is None else replace(night, holds=True)
