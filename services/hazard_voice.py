"""How silence about a hazard climbs: whoever has to decide, to fix or to look again is asked anew, then the desk."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.hazards import EXTENSION, FIX, OVER, PROGRESS, RECHECK, TRIAGE, HazardState, is_grave
from domain.obligations import Rung
from domain.people import Person, Role
from services.casework import in_the_day
from services.hazard_cards import show_card
from services.hazard_pause import is_cut_off
from services.ports import HazardRow, Obligation
from services.work import Work

_ASKED_IN = {
    TRIAGE: frozenset({HazardState.REPORTED, HazardState.REFERRED, HazardState.TAKEN}),
    FIX: frozenset({HazardState.ASSIGNED}),
    PROGRESS: frozenset({HazardState.ASSIGNED}),
    EXTENSION: frozenset({HazardState.ASSIGNED}),
    RECHECK: frozenset({HazardState.FIXED}),
}
_LOOK_AGAIN = timedelta(minutes=30)


class HazardVoice:
    """services.ladder.Voice and Resolver for hazards."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        row, what = await _row_of(work, owed), _what(owed)
        if row is not None and row.state in _ASKED_IN[what]:
            soon = what == FIX and row.due_at is not None and work.now < row.due_at
            heading = "soon_fix" if soon else f"remind_{what}"
            await show_card(work, row, person, f"{owed.what}:remind{owed.step}", heading=heading)

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

    async def rests_until(self, work: Work, owed: Obligation) -> datetime | None:
        """Nobody is woken for what can wait, and nothing climbs where nobody can be reached: cut off is no fault."""
        if await is_cut_off(work, owed.place):
            return work.now + _LOOK_AGAIN
        row = await _row_of(work, owed)
        grave = row is not None and is_grave(row.grade, suspected=row.suspected)
        return None if grave else in_the_day(work, work.now)

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
