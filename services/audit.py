"""Do the books hold? Invariants of the rows, asked of the tables: nothing stuck, nothing asked after its end, nothing
sent after its time, no tally that stays wrong. Pure looking; what follows from a finding is the caller's affair.

Time in which the bot was not there, or heard nothing, excuses everything that had to wait for it.
"""

from datetime import timedelta

from services.ports.audit import Broken
from services.work import Work

ALLOWED = timedelta(minutes=5)
"""so long may anything be due before it counts as stuck"""


async def audit(work: Work, allowed: timedelta = ALLOWED) -> list[Broken]:
    """What does not hold, empty when all is well."""
    found: list[Broken] = [*await work.rows.audit.timeless(work.now)]
    heard = await work.rows.audit.heard()
    if heard is None:
        return found
    before = min(heard, work.now) - allowed
    if not await work.rows.audit.deaf_since(before):
        found += await work.rows.audit.timely(before)
    return found
