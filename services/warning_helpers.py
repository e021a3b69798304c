"""What a helper records for somebody who cannot answer himself: reached by phone or at the door, or not reached.

It stays the other's answer; who recorded it, how and when is kept beside it.
"""

from domain.errors import NotAllowed, Stale
from domain.obligations import Channel
from domain.people import Action, Person
from domain.places import PlaceCode
from services.acknowledge import Acknowledged, record
from services.ports import Obligation, WarningRow
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


async def record_for(
    work: Work, helper: Person | None, warning_id: int, person_id: int, channel: Channel
) -> tuple[Acknowledged, Person]:
    """A helper phoned or knocked and the other one knows now. Who, how and when is kept; it is the other's answer."""
    row, person, owed = await to_record(work, helper, warning_id, person_id)
    assert helper is not None
    return await record(work, row, owed, person, helper, channel), person


async def record_unreached(work: Work, helper: Person | None, warning_id: int, person_id: int, why: str) -> Person:
    """The helper tried and did not get through (no_answer, wrong_number). The ladder goes on."""
    row, person, _ = await to_record(work, helper, warning_id, person_id)
    await work.note("warning.unreached", row.subject, helper, person=person.id, why=why)
    return person


async def _require_helper(work: Work, helper: Person, person: Person, place: PlaceCode) -> None:
    stands_in = any(one.id == person.id for one in await work.stood_in_for(helper)) or person.deputy_id == helper.id
    if not stands_in:
        await work.require(helper, Action.RECORD_FOR_OTHERS, place)
