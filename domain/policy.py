"""A county's own figures. No document fixes them: every value here is a default of ours, not law, and a county
replaces any of them in its settings file (`county.toml`). Shown to people as 默认值，非法定.

Sources of the defaults: answer minutes and ladders from published practice (3–5 minutes to wake somebody at red,
minutes never seconds), the rest chosen by us.
"""

from datetime import time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.answer_policy import AnswerPolicy
from domain.channels import OtherChannel, names_are_unique
from domain.check_minutes import CheckMinutes
from domain.check_policy import DailyCheckPolicy
from domain.colours import Colour
from domain.drill_policy import DrillPolicy
from domain.duty_policy import DutyPolicy, RehearsalPolicy
from domain.hazards import OWNERS, Category, Grade, Verification, is_grave
from domain.ledger_policy import LedgerPolicy
from domain.listener_policy import ListenerPolicy
from domain.obligations import Plan, Rung, Step, check_plan
from domain.paper_policy import PaperPolicy
from domain.patrol_policy import PatrolPolicy
from domain.people import Role
from domain.point_policy import PointPolicy
from domain.response_policy import ResponsePolicy
from domain.sources import Source
from domain.supervision_policy import LetterPolicy, ListingPolicy, RewardPolicy, WhistlePolicy
from domain.workdays import Calendar

Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 30)]


def _plan(answer: int, *steps: tuple[Rung, int]) -> Plan:
    return Plan(answer_within=answer * 60, steps=tuple(Step(rung=rung, after=minutes * 60) for rung, minutes in steps))


def _warning_ladders() -> dict[Colour, Plan]:
    r = Rung
    return {
        Colour.BLUE: _plan(120, (r.REMIND, 120), (r.LAPSE, 600)),
        Colour.YELLOW: _plan(
            30,
            (r.REMIND, 30),
            (r.REMIND, 40),
            (r.CHANNEL, 45),
            (r.STAND_IN, 50),
            (r.DESK, 60),
            (r.LAPSE, 600),
        ),
        Colour.ORANGE: _plan(
            10,
            (r.REMIND, 10),
            (r.CHANNEL, 12),
            (r.STAND_IN, 15),
            (r.VILLAGE_HEAD, 18),
            (r.LIAISON, 20),
            (r.DESK, 22),
            (r.LAPSE, 600),
        ),
        Colour.RED: _plan(
            5,
            (r.REMIND, 3),
            (r.CHANNEL, 4),
            (r.STAND_IN, 5),
            (r.VILLAGE_HEAD, 6),
            (r.LIAISON, 7),
            (r.DESK, 8),
            (r.COUNTY, 15),
            (r.LAPSE, 600),
        ),
    }


_BLUE = frozenset({Role.STATION, Role.DUTY, Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER, Role.COUNTY_DUTY})
_YELLOW = _BLUE | {Role.LEADER_IN_CHARGE, Role.PATROLLER, Role.MONITOR, Role.WARNER}
_ORANGE = _YELLOW | {Role.PRINCIPAL, Role.CONTACT_CADRE, Role.EVACUATOR, Role.GRID_MEMBER}
_RED = frozenset(role for role in Role if role not in {Role.PUBLIC, Role.DEPARTMENT, Role.COUNTY_LEADER})


_GRAVE = (Colour.ORANGE, Colour.RED)


def _answerers() -> dict[Colour, frozenset[Role]]:
    return {Colour.BLUE: _BLUE, Colour.YELLOW: _YELLOW, Colour.ORANGE: _ORANGE, Colour.RED: _RED}


class WarningPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    ladders: dict[Colour, Plan] = Field(default_factory=_warning_ladders)
    answerers: dict[Colour, frozenset[Role]] = Field(default_factory=_answerers)
    assumed_life_hours: int = Field(default=24, ge=1, le=168)
    """life of a notice that states no end"""
    max_villages: int = Field(default=5000, ge=1)
    board_every_seconds: int = Field(default=20, ge=3)
    """least distance of two edits of one live tally"""
    allowed_senders: tuple[str, ...] = ()
    """senders whose notices go out by themselves; empty: every sender of a configured source"""
    post_exercises: bool = False
    folder_silent_minutes: Minutes = 10
    """so long the watched folder may be out of reach before the county's desk is told"""
    straight_down: tuple[Colour, ...] = _GRAVE
    """these go to the villages' groups by themselves; of others the townships pass them on"""
    quiet_from: time = time(22)
    quiet_from_blue: time = time(20)
    quiet_until: time = time(6, 30)
    """blue and yellow notices that come in between wait for the morning, on the county's clock"""
    posts_per_day: dict[Colour, int] = Field(default_factory=lambda: {Colour.BLUE: 3, Colour.YELLOW: 4})
    """posts of warnings in one group and day after which one of this colour waits for the digest; a colour that is
    not listed never does"""
    digest_hours: tuple[int, ...] = (7, 12, 18)
    extend_hours: int = Field(default=6, ge=1, le=72)
    """offered for a warning that named no end, when the assumed one is near"""
    two_persons: tuple[Colour, ...] = _GRAVE
    """what the county itself composes in these colours goes out when a second person has approved"""
    approval_ladder: Plan = _plan(
        3, (Rung.REMIND, 2), (Rung.COUNTY, 4), (Rung.CHECKER, 5), (Rung.REMIND, 10), (Rung.LAPSE, 120)
    )
    """COUNTY: the county's leaders; CHECKER: the author, who is told whom to phone"""
    correction_ladder: Plan = _plan(
        1, (Rung.REMIND, 1), (Rung.COUNTY, 2), (Rung.CHECKER, 2), (Rung.REMIND, 5), (Rung.LAPSE, 120)
    )

    @field_validator("ladders")
    @classmethod
    def _other_ladders_stay(cls, given: dict[Colour, Plan]) -> dict[Colour, Plan]:
        """A county that changes one colour keeps the defaults of the others."""
        return _warning_ladders() | given

    @field_validator("answerers")
    @classmethod
    def _other_answerers_stay(cls, given: dict[Colour, frozenset[Role]]) -> dict[Colour, frozenset[Role]]:
        return _answerers() | given

    @model_validator(mode="after")
    def _ladders_ascend(self) -> "WarningPolicy":
        others = {"approval": self.approval_ladder, "correction": self.correction_ladder}
        for name, plan in (*self.ladders.items(), *others.items()):
            if problems := check_plan(plan):
                raise ValueError(f"ladder for {name}: {', '.join(problems)}")
        return self


class HazardPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    triage_ladder: Plan = _plan(30, (Rung.REMIND, 30), (Rung.DESK, 60), (Rung.LAPSE, 1440))
    fix_ladder: Plan = _plan(60, (Rung.REMIND, 60), (Rung.DESK, 180), (Rung.LAPSE, 60 * 24 * 30))
    """counted from the agreed deadline"""
    progress_ladder: Plan = _plan(24 * 60, (Rung.REMIND, 24 * 60), (Rung.DESK, 48 * 60), (Rung.LAPSE, 7 * 24 * 60))
    progress_days: dict[Grade, int] = Field(default_factory=lambda: {Grade.MAJOR: 7, Grade.MINOR: 15, Grade.OPEN: 15})
    """so often the one who fixes is asked how it goes; 0: never"""
    notice_hours: int = Field(default=24, ge=0, le=24 * 14)
    """a word so long before the deadline, while more time can still be asked for; 0: none"""
    extension_days: tuple[int, ...] = (3, 7, 15)
    """choices when more time is asked for, counted from the deadline"""
    reopen_days: int = Field(default=30, ge=1)
    """so long after it was closed a reporter may say that it is not over"""
    close_by: dict[Grade, Verification] = Field(
        default_factory=lambda: {
            Grade.MAJOR: Verification.FIELD,
            Grade.MINOR: Verification.PHOTO,
            Grade.OPEN: Verification.PHOTO,
        }
    )
    """whether pictures are enough to close it; a suspected major one is closed as a major one"""
    near_metres: int = Field(default=100, ge=0)
    """another one of the same kind so near may be the same"""
    duplicate_hours: int = Field(default=24, ge=0)
    deadline_choices_days: tuple[int, ...] = (0, 3, 7, 15, 30)
    """0 means on the spot, today"""
    owners: dict[Category, tuple[str, ...]] = Field(default_factory=dict)
    """departments of single categories, as the roster names them, where a county divides them otherwise"""

    def owners_of(self, category: Category) -> tuple[str, ...]:
        return self.owners.get(category, OWNERS[category])

    def verification(self, grade: Grade, *, suspected: bool) -> Verification:
        as_grade = Grade.MAJOR if is_grave(grade, suspected=suspected) else grade
        return self.close_by.get(as_grade, Verification.FIELD)


class CheckPolicy(BaseModel):
    """All minutes and hours are counted from the question. No document fixes any of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    answer_minutes: Minutes = 10
    second_try_minutes: Minutes = 10
    phone_minutes: Minutes = 20
    """then the checker is asked to telephone; he has until `lapse_hours`"""
    lapse_hours: int = Field(default=24, ge=1, le=168)
    recently_active_minutes: Minutes = 60
    """whoever answered a red warning or checked in within this time counts as on his post"""
    share_of_villages: float = Field(default=0.2, gt=0, le=1)
    """proposed as the size of a draw"""
    most_at_once: int = Field(default=10, ge=1, le=10)
    night_from_hour: int = Field(default=22, ge=0, le=23)
    night_until_hour: int = Field(default=6, ge=0, le=23)
    far_metres: int = Field(default=2000, ge=100)
    """a position farther than this from the post's place is marked; it proves nothing"""
    proof_wanted: bool = False
    """whoever says that he is on his post is asked for a live position or a photo; it is marked and never refused"""
    daily: DailyCheckPolicy = DailyCheckPolicy()
    """by plan, while a response lasts"""

    @model_validator(mode="after")
    def _ascends(self) -> "CheckPolicy":
        if problems := check_plan(self.minutes.ladder):
            raise ValueError(f"minutes of the spot check: {', '.join(problems)}")
        return self

    @property
    def minutes(self) -> CheckMinutes:
        """Of a leader's own check on ordinary days."""
        return CheckMinutes(self.answer_minutes, self.second_try_minutes, self.phone_minutes, self.lapse_hours * 60)

    def level_minutes(self, answer: int) -> CheckMinutes:
        """While a response lasts, in the daily one and in a leader's own: `answer` minutes by its level, and the same
        distances from there on."""
        later = answer - self.answer_minutes
        second, phone = self.second_try_minutes + later, self.phone_minutes + later
        return CheckMinutes(answer, max(answer, second), max(answer, phone), self.lapse_hours * 60)


class EnrolmentPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    link_hours: int = Field(default=72, ge=1)
    tries_per_hour: int = Field(default=5, ge=1)


class RetentionPolicy(BaseModel):
    """Days after which personal data is taken out of the rows. What was done, when and by whom, stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    position_days: int = Field(default=30, ge=1)
    """where people were when they checked in or answered"""
    message_days: int = Field(default=90, ge=15)
    """the words of messages that were sent"""


class CountyPolicy(BaseModel):
    """Everything a county can set about how the bot behaves. Unknown keys are refused, so that a typing error shows."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    warnings: WarningPolicy = WarningPolicy()
    sources: tuple[Source, ...] = ()
    """of warnings, beside the watched folder"""
    channels: tuple[OtherChannel, ...] = ()
    """beside Telegram: SMS, mail, groups elsewhere"""
    answers: AnswerPolicy = AnswerPolicy()
    """what follows a warning"""
    patrols: PatrolPolicy = PatrolPolicy()
    hazards: HazardPolicy = HazardPolicy()
    letters: LetterPolicy = LetterPolicy()
    listings: ListingPolicy = ListingPolicy()
    whistles: WhistlePolicy = WhistlePolicy()
    rewards: RewardPolicy = RewardPolicy()
    workdays: Calendar = Calendar()
    checks: CheckPolicy = CheckPolicy()
    response: ResponsePolicy = ResponsePolicy()
    """what a response level switches on"""
    duty: DutyPolicy = DutyPolicy()
    rehearsal: RehearsalPolicy = RehearsalPolicy()
    drills: DrillPolicy = DrillPolicy()
    enrolment: EnrolmentPolicy = EnrolmentPolicy()
    retention: RetentionPolicy = RetentionPolicy()
    ledger: LedgerPolicy = LedgerPolicy()
    """the county's own forms"""
    points: PointPolicy = PointPolicy()
    """the register of risk points"""
    listener: ListenerPolicy = ListenerPolicy()
    """a program that writes down what voices say"""
    papers: PaperPolicy = PaperPolicy()
    """sheets, letters, maps, archives, pictures"""
    deaf_seconds: int = Field(default=120, ge=30)
    """a silence of Telegram longer than this stops the clocks"""
    lost_press_seconds: int = Field(default=150, ge=30)
    """Telegram keeps a press no longer than this: after a longer silence open questions are asked again"""

    @model_validator(mode="after")
    def _sources_have_names_of_their_own(self) -> "CountyPolicy":
        names = [source.name for source in self.sources]
        if len(set(names)) != len(names):
            raise ValueError("two sources of one name")
        return self

    @model_validator(mode="after")
    def _channels_have_names_of_their_own(self) -> "CountyPolicy":
        if not names_are_unique(self.channels):
            raise ValueError("two channels of one name, or of one column")
        return self
