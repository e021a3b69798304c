"""Two drills at one time: never over the same places, and who has a post in both answers each in its own."""

import asyncio
from datetime import timedelta
from pathlib import Path

from domain.action_cards import Family
from domain.colours import Colour
from domain.drills import Content, DrillForm
from domain.people import PersonId, Role
from domain.places import PlaceCode
from services.drills import DrillWish, open_drill
from services.ports import WarningRow
from services.warning_compose import Composed, compose
from services.work import Work
from tests.drills.support import is_framed
from tests.drills.support import open_drill as opened_by_hand
from tests.support.county import ELSEWHERE, FAR_VILLAGE, LEADER, TOWNSHIP, VILLAGE, County, small_county, someone

BOTH = someone(130, "两头跑", (Role.CONTACT_CADRE, VILLAGE), (Role.CONTACT_CADRE, FAR_VILLAGE))
FAR_LEADER = someone(131, "云坑分管", (Role.LEADER_IN_CHARGE, ELSEWHERE))


async def played(county: County, who: int, place: PlaceCode) -> WarningRow:
    async def work(work: Work) -> WarningRow:
        leader = await work.rows.people.get(who)
        ends = work.now + timedelta(hours=2)
        wish = DrillWish(place, Family.RAIN, DrillForm.SPECIAL, (Content.CALLING,), True, work.now, ends, "练")
        drill = await open_drill(work, leader, wish)
        with work.rows.drills.inside(drill.id):
            said = Composed("暴雨", Colour.ORANGE, frozenset({place}), "演练用的话语", "", ends)
            return (await compose(work, leader, said)).warning

    made = await county.run(work)
    assert isinstance(made, WarningRow)
    return made


async def test_each_press_counts_where_its_message_was_said(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.join(BOTH)
        await county.join(FAR_LEADER)
        near = await played(county, county.ids[LEADER.user_id], TOWNSHIP)
        await county.pass_time(minutes=1)
        far = await played(county, county.ids[FAR_LEADER.user_id], ELSEWHERE)
        await county.pass_time(minutes=1)
        assert (near.number, far.number) == ("2026-1001", "2026-2001")
        (message,) = [m for m in county.messages(BOTH.user_id) if near.number in m.text]
        press = county.world.press(BOTH.user_id, BOTH.user_id, message.id, f"w:ack:{near.id}")
        await county._answered(asyncio.ensure_future(press))

        async def answered(work: Work) -> list[bool]:
            number = PersonId(county.ids[BOTH.user_id])
            rows = [await work.rows.obligations.find(one.subject, number, "acknowledge") for one in (near, far)]
            return [one is not None and one.answered_at is not None for one in rows]

        assert await county.bot.doors.run(answered) == [True, False]
        assert all(is_framed(text) for text in county.texts(BOTH))
        county.seen_all()


async def test_a_second_one_over_the_same_places_is_refused(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await opened_by_hand(county)
        assert await opened_by_hand(county) == "这里已经有一场演练，6月20日 10:00 结束。"
        assert len(await county.bot.doors.read(lambda work: work.rows.drills.open())) == 1
        county.seen_all()
