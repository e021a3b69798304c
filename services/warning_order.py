"""Messages that arrive in the wrong order: an update or a cancel that comes first leaves word, so that what it replaced
is old news when it comes at last. A sender only ever overtakes himself.
"""

from domain.warnings import Notice, is_lifted
from services.work import Work


async def leave_word(work: Work, notice: Notice) -> None:
    """What this message refers to is over, whether or not we have ever seen it."""
    for reference in notice.references:
        if reference.sender in {None, notice.sender} and reference.identifier != notice.identifier:
            await work.rows.warnings.overtake(notice.sender, reference.identifier, notice.sent)


async def is_overtaken(work: Work, notice: Notice) -> bool:
    """Whether the sender has already replaced or cancelled this very message, with one that he sent later."""
    since = await work.rows.warnings.overtaken_at(notice.sender, notice.identifier)
    return since is not None and since > notice.sent and not is_lifted(notice)
