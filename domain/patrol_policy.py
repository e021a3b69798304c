"""A county's figures for patrols: rounds by kind of point and response level, ladders, readings, positions. Defaults of
ours, not law (默认值，非法定); `[patrols]` in county.toml.

Sources of the defaults: Ⅳ one round a day, Ⅲ two, Ⅱ every four hours, Ⅰ and a red nowcast every two hours in danger
areas; dikes at high water every half hour, with times that are never left out (field, 2.1).
"""

from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.action_cards import Family
from domain.checklists import PointKind
from domain.hazards import Category
from domain.obligations import Plan, Rung, Step, check_plan

Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 30)]
LevelName = Literal["IV", "III", "II", "I"]
"""as domain.response.ResponseLevel names them"""


def _plan(answer: int, *steps: tuple[Rung, int]) -> Plan:
    return Plan(answer_within=answer * 60, steps=tuple(Step(rung=rung, after=minutes * 60) for rung, minutes in steps))


class Rounds(BaseModel):
    """When a point is walked: at fixed times of the day, or all day and night."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    by: tuple[time, ...] = ()
    """by these times, on the county's clock"""
    every_minutes: int | None = Field(default=None, ge=15, le=24 * 60)
    """day and night; takes the place of `by`"""

    @property
    def dense(self) -> int:
        """Minutes between two rounds, roughly: the less, the stricter."""
        return self.every_minutes or 24 * 60 // max(1, len(self.by))


_ONCE, _TWICE = Rounds(by=(time(18),)), Rounds(by=(time(12), time(18)))
_FOUR_HOURS, _TWO_HOURS = Rounds(every_minutes=240), Rounds(every_minutes=120)
_DANGER = (PointKind.GEOHAZARD, PointKind.FLASH_FLOOD, PointKind.POND, PointKind.DIKE)


def _rounds() -> dict[LevelName, dict[PointKind, Rounds]]:
    table: dict[LevelName, dict[PointKind, Rounds]] = {
        "IV": dict.fromkeys(PointKind, _ONCE),
        "III": dict.fromkeys(PointKind, _TWICE),
        "II": dict.fromkeys(PointKind, _FOUR_HOURS),
        "I": {kind: _TWO_HOURS if kind in _DANGER else _FOUR_HOURS for kind in PointKind},
    }
    return {level: kinds | {PointKind.PREMISES: _ONCE} for level, kinds in table.items()}


_WATER = (*_DANGER, PointKind.LOW_GROUND, PointKind.SITE, PointKind.OTHER)
_WIND = (PointKind.SITE, PointKind.OTHER, PointKind.LOW_GROUND)


def _walked() -> dict[Family, tuple[PointKind, ...]]:
    return {
        Family.TYPHOON: _WATER,
        Family.RAIN: _WATER,
        Family.FLOOD: _WATER,
        Family.FLASH: (*_DANGER, PointKind.LOW_GROUND, PointKind.SITE),
        Family.GEO: (PointKind.GEOHAZARD, PointKind.FLASH_FLOOD, PointKind.SITE),
        Family.WIND: (*_WIND, PointKind.FLASH_FLOOD, PointKind.GEOHAZARD),
        Family.FIRE: (PointKind.FOREST,),
        Family.COLD: (PointKind.PREMISES, PointKind.OTHER),
        Family.GENERAL: tuple(PointKind),
    }


class PatrolPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    ladder: Plan = _plan(240, (Rung.REMIND, 240), (Rung.VILLAGE_HEAD, 300), (Rung.DESK, 360), (Rung.LAPSE, 1440))
    """of what a human planned"""
    spoken_ladder: Plan = _plan(10, (Rung.REMIND, 10), (Rung.DESK, 20), (Rung.LAPSE, 1440))
    """of a voice that somebody is to listen to"""
    merge_minutes: Minutes = 10
    """a second check-in of the same person at the same point within this time is the same one"""
    rounds: dict[LevelName, dict[PointKind, Rounds]] = Field(default_factory=_rounds)
    """by response level and kind of point; a kind that is not named is not walked"""
    walked: dict[Family, tuple[PointKind, ...]] = Field(default_factory=_walked)
    """which kinds of points a response asks for, by its kind of disaster"""
    red: Rounds = _TWO_HOURS
    """danger areas under a red warning, whatever the level"""
    danger_kinds: tuple[PointKind, ...] = _DANGER[:3]
    dense: Rounds = Rounds(every_minutes=30)
    """of dikes, where the township orders it at high water"""
    dense_hours: int = Field(default=24, ge=1, le=240)
    """such an order runs out by itself after so long"""
    never_skip: tuple[time, ...] = (time(5, 30), time(11, 30), time(17, 30), time(19))
    """dawn, meals and change of shift, dark: dikes have a round by each of these whatever else is planned"""
    day_from: time = time(7)
    """rounds by the clock begin no earlier"""
    least_minutes: int = Field(default=60, ge=10, le=240)
    """nobody is sent out with less time than that; in dense rounds half a round"""
    announce_minutes: int = Field(default=240, ge=15)
    """a round at least this long begins with a message; of shorter ones the message in hand goes on"""
    recheck_hours: int = Field(default=24, ge=1, le=240)
    """事后复查: so long after a response ends or is lowered, by day"""
    backfill_hours: int = Field(default=24, ge=1, le=240)
    """补 lists and fills in rounds that were missed no longer ago"""
    must_measure: frozenset[Category] = frozenset()
    """of these a figure is asked for even where all is normal"""
    sharp_rise_metres: float = Field(default=0.5, gt=0)
    compare_hours: int = Field(default=12, ge=1, le=72)
    """a figure is compared with the last one no older than that"""
    far_metres: int = Field(default=1000, ge=100)
    """a position farther than this from the point is marked; it proves nothing"""

    @field_validator("rounds")
    @classmethod
    def _other_levels_stay(
        cls, given: dict[LevelName, dict[PointKind, Rounds]]
    ) -> dict[LevelName, dict[PointKind, Rounds]]:
        """A county that changes one kind at one level keeps the defaults of the others."""
        usual = _rounds()
        return {level: usual[level] | given.get(level, {}) for level in usual}

    @field_validator("walked")
    @classmethod
    def _other_disasters_stay(cls, given: dict[Family, tuple[PointKind, ...]]) -> dict[Family, tuple[PointKind, ...]]:
        return _walked() | given

    @model_validator(mode="after")
    def _ladder_ascends(self) -> "PatrolPolicy":
        if problems := check_plan(self.ladder):
            raise ValueError(f"ladder in [patrols]: {', '.join(problems)}")
        return self


_LONGEST = 240
_GRACE = 10


def grace(minutes: int) -> int:
    """Minutes after the time of a round in which a check-in is not late yet, and nobody is reminded."""
    return min(_GRACE, max(1, minutes // 6))


def round_ladder(minutes: int, ahead: int) -> Plan:
    """The ladder of one round, counted from `ahead` minutes before its time. The walker once, the village head, the
    township's list: all before the next round's own message, which begins halfway between the two."""
    length = min(minutes, _LONGEST)
    spare = grace(length)
    after = ((Rung.REMIND, spare), (Rung.VILLAGE_HEAD, length // 4), (Rung.DESK, length * 3 // 8))
    steps = (*after, (Rung.LAPSE, length * 7 // 16))
    return _plan(ahead, *((rung, ahead + minutes) for rung, minutes in steps))
