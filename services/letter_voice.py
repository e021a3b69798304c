"""How silence about a letter climbs: who is to sign is asked again, then whoever drafted it; who is to receive it is
asked again, then the desk telephones or hands it over on paper.
"""

from collections.abc import Sequence

from domain.letters import RECEIPT, SIGN, Letter, LetterState
from domain.obligations import Rung
from domain.people import Person, Role
from services.casework import holders
from services.letter_cards import show_letter
from services.ports import Obligation
from services.work import Work

_ASKED_IN = {SIGN: LetterState.DRAFT, RECEIPT: LetterState.SIGNED}


class LetterVoice:
    """services.ladder.Voice and Resolver for letters."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        if (letter := await _open(work, owed)) is not None:
            await show_letter(work, letter, person, f"{owed.what}{owed.step}", f"remind_{owed.what}")

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            if (letter := await _open(work, one)) is not None:
                stamp = int(work.now.timestamp())
                await show_letter(work, letter, person, f"{one.what}:again{stamp}", f"remind_{one.what}")

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        if (letter := await _open(work, owed[0])) is not None:
            await show_letter(work, letter, to, f"{owed[0].what}:up:{rung.value}", f"up_{owed[0].what}")

    async def resolve(self, work: Work, rung: Rung, owed: Obligation) -> list[Person] | None:
        """CHECKER is whoever drafted it; the desk is that of the unit that sent it."""
        letter = await _open(work, owed)
        if letter is None or rung not in {Rung.CHECKER, Rung.DESK}:
            return None
        if rung is Rung.CHECKER and letter.drafted_by is not None:
            drafter = await work.rows.people.get(letter.drafted_by)
            return [] if drafter is None else [drafter]
        if letter.department:
            return await holders(work, [Role.DEPARTMENT], letter.place, letter.department)
        return await holders(work, [Role.STATION, Role.DUTY, Role.COUNTY_DUTY], letter.place)


async def _open(work: Work, owed: Obligation) -> Letter | None:
    letter = await work.rows.supervision.letters.get(int(owed.subject.partition(":")[2]))
    return letter if letter is not None and letter.state is _ASKED_IN[owed.what] else None
