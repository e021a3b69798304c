"""A county's figures for duty and for the rehearsal of reaching everybody. No document fixes them: defaults of ours,
not law; `[duty]` and `[rehearsal]` in county.toml.
"""

from datetime import time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.obligations import Plan, Rung, Step, check_plan

Minutes = Annotated[int, Field(ge=1, le=60 * 24)]


def _confirm() -> Plan:
    steps = ((Rung.REMIND, 25), (Rung.CHECKER, 30), (Rung.COUNTY, 45), (Rung.LAPSE, 360))
    return Plan(answer_within=20 * 60, steps=tuple(Step(rung=rung, after=minutes * 60) for rung, minutes in steps))


class DutyPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    officers: int = Field(default=2, ge=1, le=20)
    """so many officers a shift needs beside its leader"""
    call_before_minutes: Minutes = 15
    """so long before its beginning the shift is called"""
    confirm_ladder: Plan = Field(default_factory=_confirm)
    """counted from the call. CHECKER: the others of the shift and its leader, where there are none the station"""
    changes_at: time = time(8)
    """when a shift of a whole day begins and ends, in a roster that gives no hours"""
    gaps_on: int = Field(default=7, ge=1, le=7)
    """day of the week, Monday is 1, on which the station is told of next week's gaps"""
    gaps_at: time = time(16)

    @model_validator(mode="after")
    def _ascends(self) -> "DutyPolicy":
        if problems := check_plan(self.confirm_ladder):
            raise ValueError(f"confirm_ladder: {', '.join(problems)}")
        return self


class RehearsalPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    hours: int = Field(default=4, ge=1, le=48)
    """so long a rehearsal stays open"""
    late_minutes: Minutes = 60
    """an answer after that is told as late, without blame"""
    day_from: time = time(8)
    day_until: time = time(20)
    """only begun in these hours"""
