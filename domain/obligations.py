"""The one idea: somebody owes an answer by a time; if it does not come, somebody else is asked.

Warnings, patrols, hazards and spot checks all use this. The rules here are pure: a frozen ladder, where a person
stands on it, and the present instant lead to the next decision. What a rung means in words and who it resolves to is
the service's affair.

Rules that hold for every obligation
1. Everybody owes his own answer; nobody's answer closes another's.
2. The ladder is frozen when it starts.
3. A late answer counts and is marked; the first answer is never overwritten.
4. The clock stops for what is not the person's fault: deaf bot, closed private chat, cut-off village.
5. After a long sleep one rung is climbed, not all that were missed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Rung(StrEnum):
    """Who is turned to when the answer has not come."""

    REMIND = "remind"
    """the person again, by private message"""
    CHANNEL = "channel"
    """the person himself, by every other channel of the county that has an address of his"""
    STAND_IN = "stand_in"
    VILLAGE_HEAD = "village_head"
    LIAISON = "liaison"
    """the township cadre who looks after the village (包村干部)"""
    DESK = "desk"
    """the township's duty desk, with the phone list"""
    COUNTY = "county"
    CHECKER = "checker"
    """whoever asked: a spot check comes back to its checker, not to the desk"""
    LAPSE = "lapse"
    """nobody further: the obligation ends unanswered and stays visible as such"""


TO_THE_PERSON = frozenset({Rung.REMIND})
TO_NOBODY_ELSE = TO_THE_PERSON | {Rung.CHANNEL, Rung.LAPSE}
"""these need nobody of the roster, so that they are no holes in a ladder"""


class Step(BaseModel):
    """One rung and when it is due, in seconds after the question was opened (the clock's stops not counted)."""

    model_config = ConfigDict(frozen=True)
    rung: Rung
    after: int = Field(ge=0)


class Plan(BaseModel):
    """A ladder as it was when the obligation began. `answer_within` in seconds."""

    model_config = ConfigDict(frozen=True)
    answer_within: int = Field(gt=0)
    steps: tuple[Step, ...] = ()

    def next_after(self, step: int) -> int | None:
        """Seconds at which the rung with index `step` is due, or None above the top."""
        return self.steps[step].after if step < len(self.steps) else None

    def with_notice(self, before: int) -> "Plan":
        """The same ladder begun so many seconds earlier, with a word to the person at its very beginning."""
        later = (Step(rung=step.rung, after=step.after + before) for step in self.steps)
        return Plan(answer_within=self.answer_within + before, steps=(Step(rung=Rung.REMIND, after=0), *later))

    def without(self, rung: Rung) -> "Plan":
        """The ladder of a county that has nothing for this rung; the others keep their times."""
        return self.model_copy(update={"steps": tuple(step for step in self.steps if step.rung is not rung)})


class ObligationState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    LAPSED = "lapsed"
    """the ladder ended without an answer; a late one still counts"""
    EXCUSED = "excused"
    """not the person's fault, decided by a human or a known cut-off"""
    CLOSED = "closed"
    """its subject was superseded, cancelled or ended"""


CUT_OFF = "cut_off"
"""the note of an obligation that is excused because its village is cut off; a late answer still counts"""


class Channel(StrEnum):
    """How an answer came, or how somebody was reached."""

    BUTTON = "button"
    TEXT = "text"
    LINK = "link"
    PHOTO = "photo"
    LOCATION = "location"
    VOICE = "voice"
    PHONE = "phone"
    DOOR = "door"
    """knocked at the door (敲门入户)"""
    SATELLITE = "satellite"
    """卫星电话: where everything else is cut off"""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an obligation stands. Instants in UTC; `stopped` is time that does not count."""

    opened_at: datetime
    stopped: timedelta
    step: int
    state: ObligationState
    reachable: bool
    """False: private messages do not arrive, so rungs that write to the person are skipped"""
    elsewhere: bool = False
    """another channel has an address of the person; without one its rung is passed over, the others keep their times"""


@dataclass(frozen=True, slots=True)
class Climb:
    """Do this rung now; afterwards the standing is at `next_step`, due again at `next_at` (None: never)."""

    rung: Rung
    next_step: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is due before `until` (None: nothing will ever be due)."""

    until: datetime | None


def due_at(plan: Plan, opened_at: datetime, stopped: timedelta = timedelta()) -> datetime:
    """The instant after which an answer is late."""
    return opened_at + timedelta(seconds=plan.answer_within) + stopped


def next_step_at(plan: Plan, standing: Standing) -> datetime | None:
    after = plan.next_after(standing.step)
    return None if after is None else standing.opened_at + standing.stopped + timedelta(seconds=after)


def decide(plan: Plan, standing: Standing, now: datetime) -> Climb | Wait:
    """The next rung if it is due, skipping those that cannot reach anybody.

    After a sleep over several rungs only the first is climbed and the following ones keep their distance to it, so
    that nobody is asked by four people in one minute because the machine was down.
    """
    if standing.state is not ObligationState.OPEN:
        return Wait(None)
    step = standing.step
    while step < len(plan.steps) and _passes_over(plan.steps[step].rung, standing):
        step += 1
    if step >= len(plan.steps):
        return Wait(None)
    due = standing.opened_at + standing.stopped + timedelta(seconds=plan.steps[step].after)
    if not standing.reachable and step > standing.step and plan.steps[step].rung is not Rung.LAPSE:
        # Reminding him is pointless: the next rung takes the place of the reminder it follows. The end stays the end.
        # Another channel takes the place of the question itself, which has not reached him either.
        early = 0 if plan.steps[step].rung is Rung.CHANNEL else plan.steps[standing.step].after
        due = min(due, standing.opened_at + standing.stopped + timedelta(seconds=early))
    if now < due:
        return Wait(due)
    rung, following = plan.steps[step].rung, step + 1
    if following >= len(plan.steps):
        return Climb(rung, following, None)
    gap = timedelta(seconds=plan.steps[following].after - plan.steps[step].after)
    planned = standing.opened_at + standing.stopped + timedelta(seconds=plan.steps[following].after)
    return Climb(rung, following, max(planned, now + gap))


def _passes_over(rung: Rung, standing: Standing) -> bool:
    if rung is Rung.CHANNEL:
        return not standing.elsewhere
    return rung in TO_THE_PERSON and not standing.reachable


def is_late(due: datetime, answered_at: datetime) -> bool:
    return answered_at > due


def check_plan(plan: Plan) -> list[str]:
    """What is wrong with a ladder, as keys: `not_ascending`, `after_lapse`."""
    problems = []
    times = [step.after for step in plan.steps]
    if times != sorted(times):
        problems.append("not_ascending")
    if any(step.rung is Rung.LAPSE for step in plan.steps[:-1]):
        problems.append("after_lapse")
    return problems
