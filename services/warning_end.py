"""How a warning ends: superseded, lifted or run out. Nothing is asked any more, and who was told is told."""

from collections.abc import Collection

from domain.colours import Colour
from domain.outgoing import Lane, Outgoing
from domain.people import Person
from services.ports import WarningRow
from services.reach import desk_of
from services.warning_texts import post_facts
from services.work import Work


async def close(work: Work, row: WarningRow) -> None:
    """Nothing is asked about this version any more: open questions end, unsent messages stay unsent."""
    await work.rows.obligations.close_subject(row.subject)
    for subject in (row.subject, f"{row.subject}:up"):
        await work.rows.outbox.supersede(subject=subject)
    await work.rows.boards.mark_all(row.subject)


async def reply_to_posts(
    work: Work, row: WarningRow, purpose: str, *, ended: str, by: str, but: Collection[int] = ()
) -> None:
    """Answer the posts that went out or may have, in the groups that were told then, whatever they stand for by now;
    where the post never left, nothing is said."""
    facts = await post_facts(work, row)
    text = work.words.card("warning_ended", ended=ended, by=by, ended_at=work.local(work.now), **facts)
    mark = work.words.text("warning.resent", number=row.number)
    silenced = {g.chat_id for g in await work.rows.groups.all() if not g.can_send}
    boards = await work.rows.boards.of_subject(row.subject)
    arrived = await work.rows.outbox.arrived([board.post_key for board in boards])
    await work.rows.outbox.put_many(
        Outgoing(
            key=f"{row.subject}:{purpose}:{board.chat_id}",
            chat_id=board.chat_id,
            text=text,
            subject=f"{row.subject}:end",
            lane=Lane.RED,
            target=board.post_key,
            reply=True,
            silent=row.colour <= Colour.YELLOW,
            resend_mark=mark,
        )
        for board in boards
        if board.post_key in arrived and board.chat_id not in silenced and board.chat_id not in but
    )


async def lift(work: Work, row: WarningRow, by: str) -> bool:
    """The warning is over: everybody who was told is told. False when it was not in force."""
    if not await work.rows.warnings.set_state(row.id, ["active", "expired"], "lifted"):
        return False
    await close(work, row)
    await reply_to_posts(work, row, "lifted", ended="lifted", by=by)
    await work.note("warning.lifted", row.subject, None)
    return True


async def expire_due(work: Work) -> int:
    """Warnings whose end has passed stop asking. Nothing is posted: the end stood in the post."""
    ended = await work.rows.warnings.run_out(work.now)
    for row in ended:
        await work.rows.warnings.set_state(row.id, ["active"], "expired")
        await close(work, row)
        await _tell_of_silence(work, row)
        await work.note("warning.expired", row.subject, None)
    return len(ended)


async def _tell_of_silence(work: Work, row: WarningRow) -> None:
    """A grave warning that never got to some groups is not passed over: their desks are told, each in one message."""
    if row.colour < Colour.ORANGE or row.exercise:
        return
    boards = await work.rows.boards.of_subject(row.subject)
    arrived = await work.rows.outbox.arrived([board.post_key for board in boards])
    groups = {g.chat_id: g for g in await work.rows.groups.all()}
    missed: dict[int, tuple[Person, list[str]]] = {}
    for board in boards:
        group = groups.get(board.chat_id)
        if group is None or board.post_key in arrived:
            continue
        for person in await desk_of(work, board.place):
            missed.setdefault(person.id, (person, []))[1].append(group.title)
    for person, titles in missed.values():
        text = work.words.text("undelivered.note.never_posted", person.language, number=row.number, names=titles)
        await work.tell(person, f"{row.subject}:never_posted:{person.id}", text, lane=Lane.URGENT)
