"""What a response level switches on, and which level a warning suggests. Defaults of ours, not law (默认值，非法定);
`[response]` in county.toml. Patrol rounds by level stand in `[patrols]`, the draws of the daily checks in `[checks]`.

Sources of the defaults: duty strength by level from township practice; caps of group posts and the quiet from the
field's rules N6 and N7; colours and levels go together one to one for typhoons and floods, and one level lower for
rain, flash floods and landslides, as county flood plans have it.
"""

from datetime import time

from pydantic import BaseModel, ConfigDict, Field, field_validator

from domain.action_cards import Family
from domain.colours import Colour
from domain.people import Role
from domain.response import ResponseLevel

_C, _L = Colour, ResponseLevel


class LevelPolicy(BaseModel):
    """One line of the county's table."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    posts_per_day: int = Field(ge=1)
    """posts in one group and day; what comes after waits for the digest, unless it is never put off"""
    lifts_quiet: bool
    """blue and yellow notices are not held at night where the level holds"""
    answer_minutes: int = Field(ge=1, le=240)
    """to answer a spot check, the daily one and a leader's own"""
    on_duty: frozenset[Role]
    """who stands on duty: at headquarters, or in the villages"""
    shift_officers: int = Field(default=2, ge=1, le=20)
    """so many officers a shift of the body needs beside its leader, where that is more than on ordinary days"""
    round_the_clock: bool
    """they stand day and night; only then is anybody drawn for a check at night"""
    zero_report: bool
    """a day on which there was nothing has its digest too (零报告); otherwise it has none"""


_IV = frozenset({Role.LEADER_IN_CHARGE, Role.STATION, Role.DUTY, Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER})
_III = _IV | {Role.PRINCIPAL, Role.CONTACT_CADRE, Role.PATROLLER, Role.MONITOR, Role.WARNER}
_II = _III | {Role.EVACUATOR, Role.GRID_MEMBER, Role.SHELTER_KEEPER}
_I = _II | {Role.REPORTER, Role.RESCUE_LEAD}


def _levels() -> dict[ResponseLevel, LevelPolicy]:
    posts = {_L.IV: 3, _L.III: 4, _L.II: 6, _L.I: 10}
    roles = {_L.IV: _IV, _L.III: _III, _L.II: _II, _L.I: _I}
    officers = {_L.IV: 2, _L.III: 2, _L.II: 3, _L.I: 4}
    return {
        level: LevelPolicy(
            posts_per_day=posts[level],
            lifts_quiet=level >= _L.II,
            answer_minutes=10,
            on_duty=roles[level],
            shift_officers=officers[level],
            round_the_clock=level >= _L.II,
            zero_report=True,
        )
        for level in _L
    }


def _suggests() -> dict[Family, dict[Colour, ResponseLevel]]:
    even = {_C.BLUE: _L.IV, _C.YELLOW: _L.III, _C.ORANGE: _L.II, _C.RED: _L.I}
    lower = {_C.YELLOW: _L.IV, _C.ORANGE: _L.III, _C.RED: _L.II}
    grave_only = {_C.ORANGE: _L.IV, _C.RED: _L.III}
    return {
        Family.TYPHOON: even,
        Family.FLOOD: even,
        Family.RAIN: lower,
        Family.FLASH: lower,
        Family.GEO: lower,
        Family.FIRE: grave_only,
        Family.COLD: grave_only,
        Family.WIND: {},
        Family.GENERAL: {},
    }


class ResponsePolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    levels: dict[ResponseLevel, LevelPolicy] = Field(default_factory=_levels)
    suggests: dict[Family, dict[Colour, ResponseLevel]] = Field(default_factory=_suggests)
    """which level a warning of this kind and colour makes the bot propose; what is not named proposes none"""
    villages_from: ResponseLevel = ResponseLevel.III
    """from this level on the villages' groups get changes too; below it only where a village itself is meant"""
    digest_at: time = time(17, 30)
    """the one digest of the day to leaders, on the county's clock"""
    review_at: time = time(8)
    """the review goes out the first time this hour comes after the end"""
    review_within_days: int = Field(default=7, ge=1, le=60)
    """a response that ended longer ago has no review sent by itself: the bot did not know reviews then, or was down"""

    @field_validator("levels", mode="before")
    @classmethod
    def _other_figures_stay(cls, given: object) -> object:
        """A county that changes one figure of one level keeps the defaults of the others."""
        if not isinstance(given, dict):
            return given
        usual: dict[str, object] = {level.value: line for level, line in _levels().items()}
        for level, line in given.items():
            base = usual.get(str(level))
            known = base.model_dump() if isinstance(base, LevelPolicy) else {}
            usual[str(level)] = known | line if isinstance(line, dict) else line
        return usual

    @field_validator("suggests")
    @classmethod
    def _other_kinds_stay(
        cls, given: dict[Family, dict[Colour, ResponseLevel]]
    ) -> dict[Family, dict[Colour, ResponseLevel]]:
        return _suggests() | given

    def suggested(self, kind: Family, colour: Colour) -> ResponseLevel | None:
        return self.suggests.get(kind, {}).get(colour)
