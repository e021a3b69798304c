"""Whom a rehearsal did not find is telephoned by a human, and what became of the call is kept."""

from domain.calling import CallResult
from domain.errors import NotAllowed, Stale
from domain.people import Action, Person
from services.office import report_wrong_number
from services.work import Work

CALLS = frozenset({CallResult.THROUGH, CallResult.NO_ANSWER, CallResult.NO_SUCH_NUMBER})


async def record_call(
    work: Work, helper: Person | None, rehearsal_id: int, person_id: int, result: CallResult
) -> Person:
    """What became of telephoning somebody the test did not find, also after it has closed. A wrong number becomes a
    task of the roster. Raises NotAllowed, Stale."""
    row = await work.rows.rehearsals.get(rehearsal_id)
    person = await work.rows.people.get(person_id)
    if helper is None:
        raise NotAllowed("refused.not_enrolled")
    owed = {one.person_id: one for one in await work.rows.obligations.of_subject(f"rehearsal:{rehearsal_id}")}
    if row is None or person is None or person_id not in owed or result not in CALLS:
        raise Stale("refused.stale")
    await work.require(helper, Action.REHEARSE, owed[person.id].place)
    await work.rows.rehearsals.add_call(row.id, person.id, result, helper.id, work.now)
    await work.note("rehearsal.called", row.subject, helper, person=person.id, result=result.value)
    if result is CallResult.NO_SUCH_NUMBER:
        await report_wrong_number(work, helper, person.id)
    return person
