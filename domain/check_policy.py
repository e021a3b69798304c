"""How much is checked every day of a response period, by level. No document fixes any of it: defaults of ours, not law.

001 §8 says that county, township and departments check every day while a response lasts; how many, at which hours and
within how many minutes is the county's affair.
"""

from datetime import time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.check_plans import BodyKind
from domain.people import Role
from domain.response import ResponseLevel

Share = Annotated[float, Field(gt=0, le=1)]
Minutes = Annotated[int, Field(ge=1, le=60 * 24)]

NIGHT_FROM, NIGHT_UNTIL = time(22), time(6)
NIGHT_LEVELS = frozenset({ResponseLevel.II, ResponseLevel.I})
"""only under these is anybody drawn at night, and then duty posts only"""


class CheckWindow(BaseModel):
    """Hours on the county's clock between which a draw is made, at a minute nobody knows. `name` stands in rows. Hours
    may go over midnight."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{1,20}$")
    opens: time
    closes: time
    duty_only: bool = False
    """only whoever is on duty then"""
    bodies: frozenset[BodyKind] = frozenset(BodyKind)

    @property
    def at_night(self) -> bool:
        """Whether any of it is between 22:00 and 6:00."""
        over_midnight = self.closes <= self.opens
        return over_midnight or self.opens < NIGHT_UNTIL or self.closes > NIGHT_FROM


class DailyChecks(BaseModel):
    """What one level of response asks for."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    windows: tuple[CheckWindow, ...] = (CheckWindow(name="day", opens=time(8, 30), closes=time(17, 30)),)
    leaders_per_township: int = Field(default=1, ge=0, le=5)
    county_villages: Share = 0.1
    township_villages: Share = 0.2
    township_least: int = Field(default=2, ge=1, le=20)
    """persons"""
    township_posts: int = Field(default=2, ge=1, le=5)
    """different ones, where there are as many"""
    department_patrollers: Share = 0.1

    @model_validator(mode="after")
    def _windows_have_names_of_their_own(self) -> "DailyChecks":
        names = [one.name for one in self.windows]
        if len(set(names)) != len(names):
            raise ValueError("two windows of one name")
        return self


_NIGHT = CheckWindow(
    name="night", opens=time(22), closes=time(5, 30), duty_only=True, bodies=frozenset({BodyKind.COUNTY})
)
_GRAVE = DailyChecks(windows=(CheckWindow(name="day", opens=time(8), closes=time(20)), _NIGHT))


def _levels() -> dict[ResponseLevel, DailyChecks]:
    return {
        ResponseLevel.IV: DailyChecks(),
        ResponseLevel.III: DailyChecks(),
        ResponseLevel.II: _GRAVE,
        ResponseLevel.I: _GRAVE,
    }


class DailyCheckPolicy(BaseModel):
    """The plan of every level, and what holds for all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    levels: dict[ResponseLevel, DailyChecks] = Field(default_factory=_levels)
    not_before_minutes: Minutes = 15
    """after the response began"""
    rest_hours: int = Field(default=6, ge=0, le=24)
    """after a finished night shift nobody is drawn"""
    leaders: tuple[Role, ...] = (Role.PRINCIPAL, Role.LEADER_IN_CHARGE)
    """leader-level people of a township; where it has none, whoever runs its station"""
    night_posts: tuple[Role, ...] = (Role.DUTY, Role.STATION)
    """drawn at night where the duty roster names nobody"""

    @model_validator(mode="after")
    def _other_levels_stay(self) -> "DailyCheckPolicy":
        for level, plan in self.levels.items():
            for window in plan.windows:
                if window.at_night and not (window.duty_only and level in NIGHT_LEVELS):
                    raise ValueError(f"{level.value} {window.name}: at night only duty posts, only under Ⅱ and Ⅰ")
        return self

    def of(self, level: ResponseLevel) -> DailyChecks:
        """A county that sets one level keeps the defaults of the others."""
        return self.levels.get(level) or _levels()[level]
