"""What a warning brings with it besides its posts and its questions: one call when it is put in force, one when it
ends. Each part is a module of its own."""

from services import cutoff, first_reply, households
from services.answer_subjects import beside
from services.ports import WarningRow
from services.warning_report import note_the_end
from services.work import Work


async def begin(work: Work, row: WarningRow) -> None:
    """The warning is in force and its questions are asked."""
    await first_reply.open_for(work, row)
    await households.open_for(work, row)
    await cutoff.excuse_new(work, row)


async def end(work: Work, row: WarningRow) -> None:
    """Nothing is asked about this version any more."""
    for subject in beside(row.id):
        await work.rows.obligations.close_subject(subject)
        await work.rows.outbox.supersede(subject=subject)
    await note_the_end(work, row.id)
