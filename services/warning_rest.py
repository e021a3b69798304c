"""What a warning's ladders leave for the morning: blue and yellow ring nobody out of bed, but where a
response has everybody on post; orange and red always do."""

from datetime import datetime

from services.answer_subjects import warning_of
from services.ports import Obligation
from services.response import quiet_is_lifted
from services.warning_posts import is_quiet
from services.work import Work


class RestsAtNight:
    """services.ladder.Resting for everything that is owed about a warning."""

    async def rests_until(self, work: Work, owed: Obligation) -> datetime | None:
        row = await warning_of(work, owed.subject)
        until = None if row is None else is_quiet(work, row.colour)
        return None if until is None or await quiet_is_lifted(work, [owed.place]) else until
