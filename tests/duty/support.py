"""A township with a duty roster, for tests of duty."""

from datetime import timedelta

from domain.duty import Shift
from domain.people import PersonId, Role
from services.duty import made_shift, put_shift
from services.work import Work
from tests.support.county import TOWNSHIP, County, Someone, someone

DAY_OFFICER = someone(101, "值班小张", (Role.DUTY, TOWNSHIP))
NIGHT_OFFICER = someone(102, "值班老王", (Role.DUTY, TOWNSHIP))


async def officers(county: County) -> None:
    await county.join(DAY_OFFICER)
    await county.join(NIGHT_OFFICER)


async def planned(county: County, begins: timedelta, hours: float, leader: Someone | None, *on_it: Someone) -> Shift:
    """A shift that begins so long from now."""

    async def plan(work: Work) -> Shift:
        number = None if leader is None else PersonId(county.ids[leader.user_id])
        starts = work.now + begins
        members = [PersonId(county.ids[one.user_id]) for one in on_it]
        shift = made_shift(work, TOWNSHIP, starts, starts + timedelta(hours=hours), number, members, None)
        return (await put_shift(work, shift, None))[0]

    shift = await county.run(plan)
    assert isinstance(shift, Shift)
    return shift
