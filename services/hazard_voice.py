"""How silence about a hazard climbs: whoever has to decide, to fix or to look again is asked anew, then the desk."""

from collections.abc import Sequence

from domain.hazards import FIX, OVER, RECHECK, TRIAGE, HazardState
from domain.obligations import Rung
from domain.people import Person, Role
from services.hazard_cards import show_card
from services.ports import HazardRow, Obligation
from services.work import Work

_ASKED_IN = {
    TRIAGE: frozenset({HazardState.REPORTED, HazardState.REFERRED, HazardState.TAKEN}),
    FIX: frozenset({HazardState.ASSIGNED}),
    RECHECK: frozenset({HazardState.FIXED}),
}


class HazardVoice:
    """services.ladder.Voice and Resolver for hazards."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        row, what = await _row_of(work, owed), _what(owed)
        if row is not None and row.state in _ASKED_IN[what]:
            await show_card(work, row, person, f"{owed.what}:remind{owed.step}", heading=f"remind_{what}")

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            row, what = await _row_of(work, one), _what(one)
            if row is not None and row.state in _ASKED_IN[what]:
                stamp = int(work.now.timestamp())
                await show_card(work, row, person, f"{one.what}:again{stamp}", heading=f"ask_{what}")

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        """One card for the desk, however many were asked in vain."""
        row, what = await _row_of(work, owed[0]), _what(owed[0])
        if row is None or row.state not in _ASKED_IN[what]:
            return
        people = await work.rows.people.many({one.person_id for one in owed})
        silent = [f"{person.name} {person.phone}" for person in people.values()]
        purpose = f"{owed[0].what}:up:{rung.value}"
        await show_card(
            work,
            row,
            to,
            purpose,
            heading=f"up_{what}",
            words=work.words.label("hazard.silent", to.language, people=silent),
        )

    async def resolve(self, work: Work, rung: Rung, owed: Obligation) -> list[Person] | None:
        """Where no township is known the desk is the county's."""
        if rung is not Rung.DESK or (await work.tree()).township_of(owed.place) is not None:
            return None
        return await work.rows.people.holding([Role.COUNTY_DUTY], [work.county])


def _what(owed: Obligation) -> str:
    return owed.what.partition(".")[0]


async def _row_of(work: Work, owed: Obligation) -> HazardRow | None:
    number = owed.subject.partition(":")[2]
    row = await work.rows.hazards.get(int(number)) if number.isdigit() else None
    return None if row is None or row.state in OVER else row
