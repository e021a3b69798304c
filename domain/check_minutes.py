"""The minutes of a spot check, and the ladder they make. Pure."""

from dataclasses import dataclass

from domain.obligations import Plan, Rung, Step


@dataclass(frozen=True, slots=True)
class CheckMinutes:
    """Counted from the question: until when an answer is in time, when he is asked a second time, when somebody
    telephones, and when nothing more is waited for."""

    answer: int
    second_try: int
    phone: int
    lapse: int

    @property
    def ladder(self) -> Plan:
        """A second message, and the county's other channels beside it; then the checker's telephone."""
        second = ((Rung.REMIND, self.second_try), (Rung.CHANNEL, self.second_try))
        return self._plan(*second, (Rung.CHECKER, self.phone))

    def unreachable(self, *, elsewhere: bool) -> Plan:
        """For somebody who has no private chat: another channel where one has an address, else the telephone at
        once."""
        if elsewhere:
            return self._plan((Rung.CHANNEL, 0), (Rung.CHECKER, self.answer))
        return self._plan((Rung.CHECKER, 0))

    def _plan(self, *steps: tuple[Rung, int]) -> Plan:
        climb = (*steps, (Rung.LAPSE, self.lapse))
        return Plan(
            answer_within=self.answer * 60, steps=tuple(Step(rung=rung, after=after * 60) for rung, after in climb)
        )
