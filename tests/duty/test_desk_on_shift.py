"""The desk's rung: who is on shift comes first, whoever is off sleeps, and nobody becomes unreachable by a roster."""

from datetime import timedelta
from pathlib import Path

from domain.obligations import Plan, Rung
from domain.people import PrivateChat
from services.ladder import resolve
from services.ports import Obligation
from services.work import Work
from tests.duty.support import DAY_OFFICER, NIGHT_OFFICER, officers, planned
from tests.support.county import GRID, START, VILLAGE, County, small_county

NIGHT = START.replace(hour=16)
"""midnight in the county"""


async def desk(county: County) -> set[str]:
    """Whom the desk's rung means now, for a grid member who is silent."""

    async def ask(work: Work) -> set[str]:
        person = await work.rows.people.get(county.ids[GRID.user_id])
        assert person is not None
        await work.rows.obligations.open(
            subject="patrol:1",
            what="x",
            plan=Plan(answer_within=1),
            opened_at=work.now,
            owing=[(person.id, VILLAGE, True)],
        )
        owed = await work.rows.obligations.find("patrol:1", person.id, "x")
        assert isinstance(owed, Obligation)
        return {one.name for one in await resolve(work, Rung.DESK, person, owed)}

    found = await county.run(ask)
    assert isinstance(found, set)
    return found


EVERYBODY = {"吴站长", "值班小张", "值班老王"}


async def test_at_night_whoever_is_on_shift_and_there_is_asked_and_the_others_sleep(tmp_path: Path) -> None:
    async with small_county(tmp_path, start=NIGHT) as county:
        await officers(county)
        assert await desk(county) == EVERYBODY
        await planned(county, timedelta(), 8, None, NIGHT_OFFICER)
        assert await desk(county) == EVERYBODY
        await county.pass_time(minutes=1)
        assert await desk(county) == EVERYBODY
        await county.press(NIGHT_OFFICER, "接班")
        assert await desk(county) == {"值班老王"}
        county.seen_all()


async def test_whoever_blocked_the_bot_in_his_shift_leaves_the_desk_to_everybody(tmp_path: Path) -> None:
    async with small_county(tmp_path, start=NIGHT) as county:
        await officers(county)
        await planned(county, timedelta(), 8, None, NIGHT_OFFICER)
        await county.pass_time(minutes=1)
        await county.press(NIGHT_OFFICER, "接班")
        number = county.ids[NIGHT_OFFICER.user_id]
        await county.run(lambda work: work.rows.people.set_private_chat(number, PrivateChat.BLOCKED))
        assert await desk(county) == {"吴站长", "值班小张"}
        county.seen_all()


async def test_by_day_the_whole_desk_is_told(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await officers(county)
        await planned(county, timedelta(), 8, None, DAY_OFFICER)
        await county.pass_time(minutes=1)
        await county.press(DAY_OFFICER, "接班")
        assert await desk(county) == EVERYBODY
        county.seen_all()


async def test_a_swap_in_the_middle_of_a_shift_moves_the_desk_with_it(tmp_path: Path) -> None:
    async with small_county(tmp_path, start=NIGHT) as county:
        await officers(county)
        await planned(county, timedelta(), 8, None, NIGHT_OFFICER)
        await county.pass_time(minutes=1)
        await county.press(NIGHT_OFFICER, "接班")
        await county.say(NIGHT_OFFICER, "/duty")
        await county.press(NIGHT_OFFICER, "换班")
        await county.press(NIGHT_OFFICER, "值班小张")
        await county.press(NIGHT_OFFICER, "提交")
        assert "请您替他值班" in county.last(DAY_OFFICER)
        await county.press(DAY_OFFICER, "可以")
        assert "由您替值班老王值班" in county.last(DAY_OFFICER)
        assert "同意了" in county.last(NIGHT_OFFICER)
        assert await desk(county) == EVERYBODY
        await county.say(DAY_OFFICER, "/duty")
        await county.press(DAY_OFFICER, "接班")
        assert await desk(county) == {"值班小张"}
        county.seen_all()
