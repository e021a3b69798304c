"""A county's figures for the register of risk points. Defaults of ours, not law; `[points]` in county.toml."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field, model_validator

_SATURDAY = 5


class PointPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    stale_days: int = Field(default=365, ge=30)
    """a point that nobody has said to be right for so long is asked about"""
    ask_every_days: int = Field(default=30, ge=7)
    """so often, and in one message to the station"""
    work_from: int = Field(default=9, ge=6, le=20)
    work_until: int = Field(default=17, ge=7, le=21)
    """hours of a working day in which it is asked"""

    @model_validator(mode="after")
    def _the_day_has_hours(self) -> "PointPolicy":
        if self.work_from >= self.work_until:
            raise ValueError("[points]: work_from is not before work_until")
        return self

    def may_ask(self, local_now: datetime) -> bool:
        return local_now.weekday() < _SATURDAY and self.work_from <= local_now.hour < self.work_until

    def stale_before(self, now: datetime) -> datetime:
        return now - timedelta(days=self.stale_days)
