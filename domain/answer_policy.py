"""A county's figures for what follows a warning: acting, first replies, households, cut-off areas, the report.
Defaults of ours, not law; `[answers]` in county.toml."""

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.colours import Colour
from domain.obligations import Plan, Rung, Step, check_plan
from domain.people import Role


def _plan(answer: int, *steps: tuple[Rung, int]) -> Plan:
    return Plan(answer_within=answer * 60, steps=tuple(Step(rung=rung, after=minutes * 60) for rung, minutes in steps))


def _acting() -> dict[Colour, Plan]:
    r = Rung
    return {
        Colour.YELLOW: _plan(120, (r.REMIND, 120), (r.DESK, 180), (r.LAPSE, 600)),
        Colour.ORANGE: _plan(30, (r.REMIND, 30), (r.DESK, 45), (r.LAPSE, 600)),
        Colour.RED: _plan(15, (r.REMIND, 15), (r.DESK, 25), (r.LAPSE, 600)),
    }


def _relay() -> dict[Colour, Plan]:
    return {
        Colour.ORANGE: _plan(60, (Rung.REMIND, 60), (Rung.LAPSE, 600)),
        Colour.RED: _plan(30, (Rung.REMIND, 30), (Rung.LAPSE, 600)),
    }


class AnswerPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    acting: dict[Colour, Plan] = Field(default_factory=_acting)
    """ladders of stage two, counted from the warning; a colour without one has no stage two"""
    acting_roles: dict[Colour, frozenset[Role]] = Field(default_factory=dict)
    """who owes stage two; a colour that is not named: everybody who answers at orange and red, nobody below"""
    first_reply: Plan = _plan(15, (Rung.REMIND, 15), (Rung.COUNTY, 20), (Rung.LAPSE, 600))
    """of the township's commander, at orange and red"""
    relay: dict[Colour, Plan] = Field(default_factory=_relay)
    """reminders to report how many households were reached"""
    cutoff_villages: int = Field(default=3, ge=2)
    """so many whole villages of a township silent at once: the desk is asked whether they are cut off"""
    cutoff_share: float = Field(default=1 / 3, gt=0, le=1)
    """or this share of its warned villages, two of them at least"""
    cutoff_rungs: int = Field(default=2, ge=1)
    """after so many steps of the ladder without one answer"""
    report_minutes: int = Field(default=10, ge=1, le=30)
    """after the end of a warning"""

    def owes_acting(self, colour: Colour, held: frozenset[Role]) -> bool:
        """Whether somebody with these posts, who answers this colour, owes stage two."""
        if colour not in self.acting:
            return False
        named = self.acting_roles.get(colour)
        return colour >= Colour.ORANGE if named is None else bool(named & held)

    @field_validator("acting")
    @classmethod
    def _other_ladders_stay(cls, given: dict[Colour, Plan]) -> dict[Colour, Plan]:
        return _acting() | given

    @field_validator("relay")
    @classmethod
    def _other_relays_stay(cls, given: dict[Colour, Plan]) -> dict[Colour, Plan]:
        return _relay() | given

    @model_validator(mode="after")
    def _ladders_ascend(self) -> "AnswerPolicy":
        for plan in (*self.acting.values(), *self.relay.values(), self.first_reply):
            if problems := check_plan(plan):
                raise ValueError(f"ladder in [answers]: {', '.join(problems)}")
        return self
