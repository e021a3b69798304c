"""The second person's answer to what the county composed: it goes out, or back to its author with a reason."""

from domain.errors import NotAllowed, Stale
from domain.outgoing import Lane
from domain.people import Person
from domain.warnings import Relation, RelationKind
from services.ports import WarningAct, WarningRow
from services.warning_force import put_in_force
from services.warning_second import Asked, Seconds, ask_seconds, may_be_second, settle_request, speaks_for_county
from services.warning_texts import correct_buttons
from services.work import Work

APPROVAL = "approval"
"""`held_because` of what waits for the second person"""


async def needs_second(work: Work, row: WarningRow) -> bool:
    return row.colour in work.policy.warnings.two_persons and await speaks_for_county(work, row)


async def request_approval(work: Work, row: WarningRow, author: Person) -> Seconds:
    found = await ask_seconds(work, row, author, Asked.APPROVAL, work.policy.warnings.approval_ladder)
    await work.note("warning.approval_asked", row.subject, author, asked=len(found.asked))
    return found


async def waiting_for(work: Work, person: Person | None, warning_id: int) -> WarningRow:
    """The warning that this person may decide about as the second one. Raises NotAllowed or Stale."""
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    if person is None:
        raise NotAllowed("refused.not_enrolled")
    if person.id == row.composed_by:
        raise NotAllowed("second.own")
    if not await may_be_second(work, person, row, Asked.APPROVAL):
        raise NotAllowed("refused.no_right")
    if row.state != "held" or row.held_because != APPROVAL:
        raise Stale("warning.held.decided")
    if row.expires <= work.now:
        raise Stale("warning.held.over")
    return row


async def approve(work: Work, person: Person | None, warning_id: int) -> WarningRow:
    """It goes out. Raises NotAllowed (his own, no right), or Stale when somebody was first."""
    row = await waiting_for(work, person, warning_id)
    assert person is not None
    await work.rows.warnings.add_act(WarningAct(row.id, "approved", person.id, work.now))
    await work.note("warning.approved", row.subject, person)
    await settle_request(work, row, Asked.APPROVAL, person, "agreed")
    await put_in_force(work, row, Relation(RelationKind.NEW), None)
    await _tell_author(work, row, "second.author.agreed", person, "")
    return row


async def send_back(work: Work, person: Person | None, warning_id: int, reason: str) -> WarningRow:
    """It does not go out; the author reads why."""
    row = await waiting_for(work, person, warning_id)
    assert person is not None
    if not await work.rows.warnings.set_state(row.id, ["held"], "refused"):
        raise Stale("warning.held.decided")
    await work.rows.warnings.add_act(WarningAct(row.id, "sent_back", person.id, work.now, note=reason))
    await work.note("warning.sent_back", row.subject, person)
    await settle_request(work, row, Asked.APPROVAL, person, "sent_back")
    await _tell_author(work, row, "second.author.sent_back", person, reason)
    return row


async def _tell_author(work: Work, row: WarningRow, address: str, by: Person, reason: str) -> None:
    author = None if row.composed_by is None else await work.rows.people.get(row.composed_by)
    if author is None:
        return
    owed = await work.rows.obligations.of_subject(row.subject)
    boards = await work.rows.boards.of_subject(row.subject)
    text = work.words.text(
        address,
        author.language,
        name=by.name,
        number=row.number,
        reason=reason,
        groups=len(boards),
        people=len(owed),
    )
    buttons = () if reason else correct_buttons(work, row, author.language)
    await work.tell(author, f"{row.subject}:second:{by.id}", text, buttons=buttons, lane=Lane.URGENT)
