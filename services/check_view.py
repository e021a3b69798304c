"""How one check stands: everybody asked with what came back, put together once."""

from dataclasses import dataclass
from datetime import datetime

from domain.checks import ANSWER, CONNECTED, EXCUSED, Call
from domain.errors import NotAllowed, Stale
from domain.obligations import ObligationState, Rung, is_late
from domain.people import Action, Person
from services.ports import AskedRow, CheckEntry, CheckRow, Obligation, VerdictRow
from services.work import Work


@dataclass(frozen=True, slots=True)
class One:
    """One person of a check. `standing` is the key of the word for it."""

    asked: AskedRow
    person: Person
    owed: Obligation | None
    entries: tuple[CheckEntry, ...]
    verdict: VerdictRow | None

    @property
    def answer(self) -> CheckEntry | None:
        return next((entry for entry in self.entries if entry.kind == "answer"), None)

    @property
    def calls(self) -> list[CheckEntry]:
        return [entry for entry in self.entries if entry.kind == "call"]

    @property
    def heard(self) -> bool:
        """By message, or on the telephone."""
        return self.answer is not None or any(Call(call.text) in CONNECTED for call in self.calls)

    @property
    def explained(self) -> bool:
        """He has said after the verdict how it was."""
        return any(entry.kind == "explanation" for entry in self.entries)

    @property
    def tried(self) -> bool:
        """The minutes are over and it is the telephone's turn, or somebody has telephoned."""
        if self.calls:
            return True
        lapsed = self.owed is not None and self.owed.state is ObligationState.LAPSED
        return lapsed or (self.owed is not None and self.owed.step > _step_of_the_telephone(self.owed))

    @property
    def excused(self) -> bool:
        """Nothing is owed any more, and not because it was answered: leave, a wrong number, no network."""
        return self.owed is not None and self.owed.state is ObligationState.EXCUSED

    @property
    def released(self) -> bool:
        """The response ended before he answered: nothing is owed, and nothing is judged."""
        closed = self.owed is not None and self.owed.state is ObligationState.CLOSED
        return closed and not self.heard and self.verdict is None

    def is_late(self, at: datetime) -> bool:
        """Whether an answer at this instant is late. Never for somebody who could not be written to: then or now."""
        if self.owed is None or self.excused or not self.owed.reachable or self.owed.plan.steps[0].after == 0:
            return False
        return is_late(self.owed.due_at, at)

    @property
    def judgeable(self) -> bool:
        return self.verdict is None and not self.released and (self.heard or self.tried or self.excused)

    @property
    def standing(self) -> str:
        if self.verdict is not None:
            return "judged"
        if self.answer is not None:
            return "late" if self.answer.late else "answered"
        if self.released:
            return "released"
        if self.calls:
            return f"call_{self.calls[-1].text}"
        if self.excused:
            return "excused"
        if self.owed is not None and self.owed.state is ObligationState.LAPSED:
            return "silent"
        if not self.person.reachable:
            return "no_chat"
        return "telephone" if self.tried else "waiting"


def _step_of_the_telephone(owed: Obligation) -> int:
    rungs = [step.rung for step in owed.plan.steps]
    return rungs.index(Rung.CHECKER) if Rung.CHECKER in rungs else len(rungs)


async def check_of(work: Work, check_id: int) -> CheckRow:
    """The check; Stale when there is none."""
    check = await work.rows.checks.get(check_id)
    if check is None:
        raise Stale("refused.stale")
    return check


async def everyone(work: Work, check: CheckRow) -> list[One]:
    """All who are asked, by place."""
    asked = await work.rows.checks.asked(check.id)
    people = await work.rows.people.many({one.person_id for one in asked})
    owed = {one.person_id: one for one in await work.rows.obligations.of_subject(check.subject) if one.what == ANSWER}
    entries = await work.rows.checks.entries(check.id)
    verdicts = {one.person_id: one for one in await work.rows.checks.verdicts(check.id)}  # the last version stays
    return [
        One(
            one,
            people[one.person_id],
            owed.get(one.person_id),
            tuple(entry for entry in entries if entry.person_id == one.person_id),
            verdicts.get(one.person_id),
        )
        for one in asked
    ]


async def one_of(work: Work, check: CheckRow, person_id: int) -> One:
    """One who is asked; Stale when he is not."""
    for one in await everyone(work, check):
        if one.person.id == person_id:
            return one
    raise Stale("refused.stale")


async def require_judge(work: Work, judge: Person | None, check: CheckRow, one: One) -> Person:
    """Who may judge this person's check: by the right at his place, and never himself. Raises NotAllowed."""
    if judge is not None and judge.id in {one.person.id, one.asked.standing_in_for}:
        raise NotAllowed("check.refused.own")
    own = judge is not None and check.issued_by == judge.id
    return await work.require(judge, Action.JUDGE_CHECK, one.asked.place, own=own)


async def require_issuer(work: Work, checker: Person | None, check: CheckRow) -> Person:
    """Only whoever issued it, and only while he may. Raises NotAllowed."""
    if checker is None or checker.id != check.issued_by:
        raise NotAllowed("check.refused.not_yours")
    return await work.require(checker, Action.ISSUE_CHECK, check.place, department=check.department)


# -- the figures --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counts:
    """`asked` leaves out those who are excused: on leave, wrong number, no network."""

    asked: int
    answered: int


def counts_of(people: list[One]) -> Counts:
    excused = {
        one.person.id
        for one in people
        if (one.verdict is not None and one.verdict.result in EXCUSED)
        or (one.verdict is None and (one.excused or one.released))
    }
    counted = [one for one in people if one.person.id not in excused]
    return Counts(len(counted), sum(one.heard for one in counted))
