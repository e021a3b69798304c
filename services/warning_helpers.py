"""What a helper records for somebody who cannot answer himself: reached by phone or at the door, or not reached.

It stays the other's answer; who recorded it, how and when is kept beside it.
"""

from domain.calling import REACHES, CallResult
from domain.errors import NotAllowed, Stale
from domain.obligations import Channel
from domain.people import Action, Person
from domain.places import PlaceCode
from services import phone_lists
from services.acknowledge import Acknowledged, record
from services.answer_subjects import ACT
from services.office import report_wrong_number
from services.ports import Attempt, Obligation, WarningRow
from services.warning_asking import ACKNOWLEDGE
from services.work import Work


async def to_record(
    work: Work, helper: Person | None, warning_id: int, person_id: int
) -> tuple[WarningRow, Person, Obligation]:
    """Whom the helper may record an answer for, and whose name and number he may therefore see. Raises NotAllowed."""
    row = await work.rows.warnings.get(warning_id)
    person = await work.rows.people.get(person_id)
    owed = None if row is None else await work.rows.obligations.find(row.subject, person_id, ACKNOWLEDGE)
    if row is None or person is None or owed is None:
        raise Stale("refused.stale")
    if helper is None:
        raise NotAllowed("refused.not_enrolled")
    await _require_helper(work, helper, person, owed.place)
    return row, person, owed


async def record_call(
    work: Work, helper: Person | None, warning_id: int, person_id: int, result: CallResult
) -> tuple[Acknowledged | None, Person]:
    """What became of one call, kept with who, when and how. Reached: it is the other's answer, given by this mouth.
    Not reached: the ladder goes on; a wrong number becomes a task of the roster. Raises NotAllowed."""
    row, person, owed = await to_record(work, helper, warning_id, person_id)
    assert helper is not None
    channel = REACHES.get(result, Channel.PHONE)
    if owed.answered_at is None:
        await work.rows.answers.add_attempt(
            Attempt(0, row.id, person.id, owed.place, result, channel, helper.id, work.now)
        )
    if result in REACHES:
        return await record(work, row, owed, person, helper, channel), person
    await work.note("warning.unreached", row.subject, helper, person=person.id, why=result.value)
    if result is CallResult.NO_SUCH_NUMBER:
        await report_wrong_number(work, helper, person_id)
    await phone_lists.redraw(work, row, person.id)
    return None, person


async def try_again_later(work: Work, helper: Person | None, warning_id: int, person_id: int) -> Person:
    """Somebody who said 收到 and nothing more does not pick up: kept, and shown on the list."""
    row, person, owed = await to_record(work, helper, warning_id, person_id)
    assert helper is not None
    result, channel = CallResult.NO_ANSWER, Channel.PHONE
    await work.rows.answers.add_attempt(Attempt(0, row.id, person.id, owed.place, result, channel, helper.id, work.now))
    await work.note("warning.unreached", row.subject, helper, person=person.id, why=result.value)
    await phone_lists.redraw(work, row, person.id, ACT)
    return person


async def _require_helper(work: Work, helper: Person, person: Person, place: PlaceCode) -> None:
    stands_in = any(one.id == person.id for one in await work.stood_in_for(helper)) or person.deputy_id == helper.id
    if not stands_in:
        await work.require(helper, Action.RECORD_FOR_OTHERS, place)
