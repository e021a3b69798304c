"""A false red at a county's real number of groups: two taps, and within two minutes every group has the correction."""

from datetime import timedelta

from demo.notices import cap
from domain.people import Person, Role
from domain.places import Level, Place, PlaceCode
from services.ports import Group
from services.warning_correction import Corrected, call_wrong, confirm_wrong
from services.work import Work
from tests.support.county import COUNTY, DUTY, ELSEWHERE, GRID, County, someone

CHIEF = someone(102, "孙县长", (Role.COUNTY_LEADER, COUNTY))
MORE = 219
"""with the six of the small county 225 groups"""


async def grow(county: County) -> list[int]:
    """So many villages more, each with a group of its own."""
    bot = county.bot.bot.id
    chats = [county.world.add_group(f"村群{n}", members=[bot], admins=[bot]).id for n in range(MORE)]
    await county.settle()
    await all_has_left(county)

    async def enter(work: Work) -> None:
        codes = [PlaceCode(f"{ELSEWHERE}{n:03d}") for n in range(100, 100 + MORE)]
        await work.rows.places.save([Place(code, f"村{code[-3:]}", Level.VILLAGE, ELSEWHERE) for code in codes])
        for code, chat in zip(codes, chats, strict=True):
            await work.rows.groups.save(Group(chat, f"群{chat}", code, is_admin=True))

    await county.run(enter)
    return chats


async def all_has_left(county: County) -> None:
    """Second by second, as fast as Telegram's rate for the whole bot lets it go."""
    for _ in range(240):
        if await county.bot.store.read(lambda rows: rows.outbox.next_due()) is None:
            return
        county.clock.advance(timedelta(seconds=1))
        await county.settle()
    raise AssertionError("the outbox does not empty")


async def test_every_one_of_225_groups_has_the_correction_within_two_minutes(county: County) -> None:
    chats = await grow(county)
    await county.join(CHIEF)
    await county.warn(colour="红色", places=[COUNTY])
    await all_has_left(county)
    assert [county.messages(chat) for chat in chats if "暴雨红色预警" not in county.messages(chat)[-1].text] == []
    began = county.clock.now()
    await county.press(DUTY, "发错了，更正")
    await county.press(CHIEF, "确认更正")
    await all_has_left(county)
    took = (county.clock.now() - began).total_seconds()
    everywhere = [*chats, county.county_group, county.township_group, county.village_group, county.far_group]
    assert [chat for chat in everywhere if "【更正】" not in county.messages(chat)[-1].text] == []
    assert took < 120
    county.seen_all()


async def test_what_had_not_left_yet_is_withdrawn_and_needs_no_correction(county: County) -> None:
    await county.join(CHIEF)
    body = (await _red(county)).encode()
    (county.folder / "red.xml").write_bytes(body)
    for _ in range(8):
        await county.bot.folder.scan_once()  # taken in, and nothing has left the house

    async def by(who: int, work: Work) -> Person | None:
        return await work.rows.people.get(county.ids[who])

    async def first(work: Work) -> None:
        await call_wrong(work, await by(DUTY.user_id, work), 1)

    async def second(work: Work) -> Corrected:
        return await confirm_wrong(work, await by(CHIEF.user_id, work), 1)

    await county.bot.doors.run(first)
    done = await county.bot.doors.run(second)
    await county.settle()
    assert (done.groups, done.people) == (0, 0)
    assert county.new(county.village_group) == []
    assert county.new(GRID) == []
    county.seen_all()


async def _red(county: County) -> str:
    areas = [("", COUNTY.ljust(12, "0"))]
    return cap(county.clock.now(), kind="暴雨", colour="红色", areas=areas, text="转移", instruction="")[1]
