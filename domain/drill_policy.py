"""A county's figures for drills: defaults of ours, not law, but for once a year in townships and villages, which is
the field's own rule. `[drills]` in county.toml.
"""

import re
from datetime import date, time

from pydantic import BaseModel, ConfigDict, Field, field_validator

from domain.colours import Colour

_DAY = re.compile(r"(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


class DrillPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    breaks_at: Colour = Colour.ORANGE
    """a real warning of this colour or a graver one ends a drill at once"""
    longest_hours: int = Field(default=12, ge=1, le=72)
    per_year: int = Field(default=1, ge=0, le=12)
    """of each township; 0: nobody is reminded"""
    remind_on: str = "10-01"
    """from this day on a township that lacks one is reminded, once a year"""
    remind_at: time = time(9)

    @field_validator("remind_on")
    @classmethod
    def _is_a_day(cls, day: str) -> str:
        if not _DAY.fullmatch(day):
            raise ValueError("a day of the year, as 10-01")
        date.fromisoformat(f"2024-{day}")  # a leap year has them all
        return day
