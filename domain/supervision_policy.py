"""A county's figures for letters, listed supervision, whistles and rewards. No document fixes them: defaults of ours,
not law; `[letters]`, `[listings]`, `[whistles]` and `[rewards]` in county.toml.

Sources of the defaults: published practice (three workdays to register, five to publish, one year at most, twenty
workdays before the end for an extension and ten to answer it; ten to thirty minutes for a whistle), the rest ours.
"""

from datetime import time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.letters import LetterKind
from domain.obligations import Plan, Rung, Step, check_plan

Minutes = Annotated[int, Field(ge=1, le=60 * 24)]
_HOUR = 3600
_DAY = 24 * _HOUR


def _plan(answer: int, *steps: tuple[Rung, int]) -> Plan:
    """Seconds after the question."""
    return Plan(answer_within=answer, steps=tuple(Step(rung=rung, after=seconds) for rung, seconds in steps))


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="after")
    def _ladders_ascend(self) -> "_Figures":
        for name in type(self).model_fields:
            plan = getattr(self, name)
            if isinstance(plan, Plan) and (problems := check_plan(plan)):
                raise ValueError(f"{name}: {', '.join(problems)}")
        return self


class LetterPolicy(_Figures):
    marks: dict[LetterKind, str] = Field(
        default_factory=lambda: {LetterKind.NOTICE: "告", LetterKind.RISK: "提", LetterKind.ORDER: "督"}
    )
    """the word in the number"""
    prefixes: dict[str, str] = Field(default_factory=dict)
    """of a place's code or a department's name, where the number does not begin with its short name"""
    names: dict[str, str] = Field(default_factory=dict)
    """of a place's code or a department's name: what stands under the letter, as 石梁镇人民政府"""
    template: str = ""
    """path of the county's own docx; "" is ours"""
    answer_days: tuple[int, ...] = (3, 7, 15, 30)
    """offered for "by when" """
    order_after_hours: int = Field(default=24, ge=1, le=24 * 30)
    """so long after a hazard's deadline a 整改督办单 is drafted for somebody's signature"""
    order_days: int = Field(default=7, ge=1, le=365)
    """the new deadline it proposes"""
    leader_after_hours: int = Field(default=72, ge=1, le=24 * 60)
    """unsigned so long, or so long after its deadline: on the leader's list"""
    leader_at: time = time(8, 30)
    day_from: time = time(8)
    day_until: time = time(20)
    """nobody is asked to sign or to receive outside these hours"""
    sign_ladder: Plan = _plan(8 * _HOUR, (Rung.REMIND, _DAY), (Rung.CHECKER, 2 * _DAY), (Rung.LAPSE, 30 * _DAY))
    """CHECKER: whoever drafted it"""
    receipt_ladder: Plan = _plan(
        _DAY, (Rung.REMIND, _DAY), (Rung.DESK, 2 * _DAY), (Rung.COUNTY, 4 * _DAY), (Rung.LAPSE, 30 * _DAY)
    )
    """DESK telephones, or hands it over on paper"""


class ListingPolicy(_Figures):
    register_workdays: int = Field(default=3, ge=1, le=60)
    publish_workdays: int = Field(default=5, ge=1, le=60)
    longest_days: int = Field(default=365, ge=1, le=365)
    periods_days: tuple[int, ...] = (30, 90, 180, 365)
    extension_workdays: int = Field(default=20, ge=0, le=120)
    """an extension is to be asked so long before the end; later it is taken and marked"""
    answer_workdays: int = Field(default=10, ge=1, le=60)
    progress_days: int = Field(default=7, ge=1, le=90)
    notice_days: int = Field(default=7, ge=0, le=60)
    """a word about the end so long before the last day on which an extension is asked in time"""
    desk_ladder: Plan = _plan(_DAY, (Rung.REMIND, _HOUR), (Rung.COUNTY, _DAY), (Rung.LAPSE, 30 * _DAY))
    """of what the supervising body owes, counted from the last of its workdays"""
    progress_ladder: Plan = _plan(_DAY, (Rung.REMIND, _DAY), (Rung.DESK, 2 * _DAY), (Rung.LAPSE, 6 * _DAY))
    due_ladder: Plan = _plan(
        _DAY, (Rung.REMIND, _HOUR), (Rung.DESK, _DAY), (Rung.COUNTY, 3 * _DAY), (Rung.LAPSE, 30 * _DAY)
    )
    """counted from the end of the period"""


class WhistlePolicy(_Figures):
    report_minutes: Minutes = 10
    on_site_minutes: Minutes = 30
    """the township itself has the place under control"""
    assemble_minutes: Minutes = 60
    confirm_ladder: Plan = _plan(600, (Rung.REMIND, 600), (Rung.CHECKER, 1200), (Rung.LAPSE, _DAY))
    lapse_hours: int = Field(default=24, ge=1, le=168)

    @property
    def report_ladder(self) -> Plan:
        """报到: asked again when the time is over, then the caller, then the county's duty desk."""
        late = self.report_minutes * 60
        return _plan(
            late,
            (Rung.REMIND, late),
            (Rung.CHECKER, late + 300),
            (Rung.COUNTY, 2 * late + 300),
            (Rung.LAPSE, max(self.lapse_hours * _HOUR, 2 * late + 300)),
        )

    @property
    def arrive_ladder(self) -> Plan:
        late = self.assemble_minutes * 60
        return _plan(
            late,
            (Rung.REMIND, late),
            (Rung.CHECKER, late + 600),
            (Rung.LAPSE, max(self.lapse_hours * _HOUR, late + 600)),
        )


class RewardPolicy(_Figures):
    open_cases: bool = True
    minor_yuan: tuple[int, int] = (100, 500)
    major_yuan: tuple[int, int] = (1000, 10000)
    month_cap_yuan: int = Field(default=1000, ge=0)
    """noted for people to decide, never applied by itself; 0: none"""
    on_duty_too: bool = False
    """whether somebody with a post in the roster is rewarded for what he reports"""
    code_tries: int = Field(default=5, ge=1, le=20)
    decide_ladder: Plan = _plan(3 * _DAY, (Rung.REMIND, 3 * _DAY), (Rung.DESK, 7 * _DAY), (Rung.LAPSE, 30 * _DAY))

    @model_validator(mode="after")
    def _from_low_to_high(self) -> "RewardPolicy":
        if any(not 0 < low <= high for low, high in (self.minor_yuan, self.major_yuan)):
            raise ValueError("rewards: from the lower to the higher amount")
        return self
