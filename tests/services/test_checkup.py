"""What a checkup finds in the rows, and that it finds nothing where nothing is wrong."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from domain.colours import Colour
from domain.outgoing import Outcome, Outgoing, Settlement
from domain.people import PrivateChat, Role
from domain.text import Html
from messages.catalogue import Catalogue
from services.checkup import EXAMS, Exam, Finding, Mark, groups, history
from services.ladder_checkup import beside
from services.membership import Seen
from services.point_checkup import POINT_EXAMS
from services.reach import OutboxDesk
from services.work import Work
from tests.duty.support import DAY_OFFICER, officers, planned
from tests.points.register import POND, enter
from tests.support.county import (
    CADRE,
    COUNTY,
    DUTY,
    FAR_HEAD,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    OFFICER,
    STATION,
    County,
    Someone,
    someone,
)

MAYOR = someone(140, "何副县长", (Role.COUNTY_LEADER, COUNTY))
ALL: Mapping[str, Exam] = {**dict(EXAMS), "groups": groups, "history": history}


async def found(county: County, exam: Exam, lang: str = "zh") -> dict[str, Finding]:
    async def service(work: Work) -> list[Finding]:
        return await exam(work, lang)

    return {one.key: one for one in await county.run(service)}


async def change(county: County, who: Someone, **fields: object) -> None:
    await county.run(lambda work: work.rows.people.update(county.ids[who.user_id], **fields))


async def dismiss(county: County, who: Someone) -> None:
    await county.run(lambda work: work.rows.people.set_posts(county.ids[who.user_id], []))


async def test_a_county_in_order_has_nothing_bad(county: County) -> None:
    told = [one for exam in ALL.values() for one in (await found(county, exam)).values()]
    assert [one.key for one in told if one.mark is Mark.BAD] == []
    assert {one.key for one in told if one.mark is Mark.FINE} >= {
        *("checkup.places.there", "checkup.people.there", "checkup.groups.fine", "checkup.reach.everybody"),
        *("checkup.traffic.flowing", "checkup.history.whole"),
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_finding_can_be_said(county: County, lang: str) -> None:
    await dismiss(county, DUTY)
    await county.run(lambda work: work.rows.people.set_private_chat(county.ids[GRID.user_id], PrivateChat.BLOCKED))
    words = Catalogue()
    for exam in ALL.values():
        for one in (await found(county, exam, lang)).values():
            assert words.text(one.key, lang, **one.facts)


# -- posts --------------------------------------------------------------------------------------------------------


async def test_villages_and_townships_without_their_people_are_named(county: County) -> None:
    told = await found(county, ALL["posts"])
    assert told["checkup.posts.no_officer"].facts["places"] == ["石梁镇·岭下村", "云坑乡·坑头村"]
    assert told["checkup.posts.no_contact"].facts["places"] == ["石梁镇·岭下村", "云坑乡·坑头村"]
    await dismiss(county, FAR_STATION)
    await dismiss(county, FAR_HEAD)
    told = await found(county, ALL["posts"])
    assert (told["checkup.posts.no_desk"].mark, told["checkup.posts.no_desk"].facts["places"]) == (
        Mark.BAD,
        ["云坑乡"],
    )
    assert told["checkup.posts.no_head"].facts["places"] == ["云坑乡·坑头村"]


async def test_a_county_without_duty_officer_is_bad(county: County) -> None:
    await dismiss(county, DUTY)
    assert (await found(county, ALL["posts"]))["checkup.posts.no_county_duty"].mark is Mark.BAD


async def test_somebody_who_left_fills_no_post(county: County) -> None:
    await change(county, OFFICER, status="left")
    told = await found(county, ALL["posts"])
    assert "石梁镇·上坞村" in told["checkup.posts.no_officer"].facts["places"]  # type: ignore[operator]


# -- groups -------------------------------------------------------------------------------------------------------


async def test_what_telegram_says_of_a_group_overrules_the_rows(county: County) -> None:
    fresh = {
        county.village_group: Seen(county.village_group, "", "left", can_send=False),
        county.township_group: Seen(county.township_group, "", "member", can_pin=False),
    }
    told = await found(county, partial(groups, fresh=fresh))
    lost, no_pin = told["checkup.groups.lost"], told["checkup.groups.no_pin"]
    assert (lost.mark, len(lost.facts["groups"])) == (Mark.BAD, 1)  # type: ignore[arg-type]
    assert no_pin.mark is Mark.WARN
    assert told["checkup.groups.no_village"].facts["places"] == ["石梁镇·上坞村"]


async def test_a_group_that_stands_for_nothing_is_named(county: County) -> None:
    group = await county.run(lambda work: work.rows.groups.get(county.far_group))
    await county.run(
        lambda work: work.rows.groups.save(type(group)(county.far_group, group.title, None, status="unbound"))
    )
    told = await found(county, groups)
    assert told["checkup.groups.unbound"].facts["groups"] == [group.title]
    assert told["checkup.groups.no_township"].facts["places"] == ["云坑乡"]


# -- people -------------------------------------------------------------------------------------------------------


async def test_who_gets_no_private_message_is_counted_by_township_and_reason(county: County) -> None:
    await county.run(lambda work: work.rows.people.set_private_chat(county.ids[GRID.user_id], PrivateChat.BLOCKED))
    await county.run(lambda work: work.rows.people.release_account(county.ids[HEAD.user_id]))
    told = (await found(county, ALL["reach"]))["checkup.reach.silent"]
    assert told.facts == {
        "place": "石梁镇",
        "number": 2,
        "never": [HEAD.name],
        "blocked": [GRID.name],
        "gone": [],
    }


# -- ladders ------------------------------------------------------------------------------------------------------


async def test_a_rung_without_anybody_is_told_with_its_colours_steps_and_places(county: County) -> None:
    await dismiss(county, CADRE)
    told = (await found(county, ALL["ladders"]))["checkup.ladder.hole"]
    assert told.facts["rung"] == "包村干部"
    assert told.facts["steps"] == [{"colour": Colour.ORANGE, "step": 4}, {"colour": Colour.RED, "step": 4}]
    assert "石梁镇·上坞村" in told.facts["places"]  # type: ignore[operator]


async def test_a_desk_that_cannot_be_reached_is_bad(county: County) -> None:
    await county.run(lambda work: work.rows.people.set_private_chat(county.ids[STATION.user_id], PrivateChat.BLOCKED))

    async def holes(work: Work) -> list[Finding]:
        return await ALL["ladders"](work, "zh")

    worst = [one for one in await county.run(holes) if one.mark is Mark.BAD]
    assert [(one.facts["rung"], one.facts["places"]) for one in worst] == [("乡镇应急站和值班", ["石梁镇"])]


async def test_a_deputy_fills_the_rung_of_the_stand_in(county: County) -> None:
    before = (await found(county, ALL["ladders"]))["checkup.ladder.no_stand_in"].facts["people"]
    await change(county, GRID, deputy_id=county.ids[OFFICER.user_id])
    after = (await found(county, ALL["ladders"]))["checkup.ladder.no_stand_in"].facts["people"]
    assert set(before) - set(after) == {GRID.name}  # type: ignore[call-overload]


async def test_a_county_in_order_has_whole_ladders_beside_those_of_the_answers(county: County) -> None:
    await county.join(MAYOR)
    told = await found(county, beside)
    assert [key for key in told if key != "checkup.ladder.no_commander"] == []
    assert told["checkup.ladder.no_commander"].facts["places"] == ["云坑乡"]


async def test_rungs_of_acting_first_replies_and_approval_without_anybody_are_told(county: County) -> None:
    await dismiss(county, DUTY)
    await county.run(lambda work: work.rows.people.set_private_chat(county.ids[STATION.user_id], PrivateChat.BLOCKED))

    async def holes(work: Work) -> list[Finding]:
        return await beside(work, "zh")

    holed = [one for one in await county.run(holes) if one.key == "checkup.ladder.beside_hole"]
    assert {(one.facts["ladder"], one.facts["colour"], tuple(one.facts["places"])) for one in holed} == {  # type: ignore[arg-type]
        ("行动反馈", "orange", ("石梁镇",)),
        ("行动反馈", "red", ("石梁镇",)),
        ("首次回复", None, ("松阳县",)),
        ("第二人同意", None, ("松阳县",)),
    }
    assert all(one.mark is Mark.WARN for one in holed)


async def test_a_shift_whose_desk_cannot_be_told_is_told(county: County) -> None:
    await officers(county)
    await planned(county, timedelta(hours=2), 8, None, DAY_OFFICER)
    await county.join(MAYOR)
    assert "checkup.ladder.beside_hole" not in await found(county, beside)
    for who in (STATION, LEADER, DUTY):
        number = county.ids[who.user_id]
        await county.run(lambda work, one=number: work.rows.people.set_private_chat(one, PrivateChat.BLOCKED))
    told = (await found(county, beside))["checkup.ladder.beside_hole"]
    assert told.mark is Mark.WARN


# -- messages and the timeline ------------------------------------------------------------------------------------


async def test_messages_that_should_have_been_out_are_stuck(county: County) -> None:
    message = Outgoing(key="test:stuck", chat_id=GRID.user_id, text=Html("x"))
    await county.bot.doors.run(lambda work: work.rows.outbox.put(message))
    county.clock.advance(timedelta(minutes=4))

    async def exam(work: Work) -> list[Finding]:
        return await ALL["traffic"](work, "zh")

    assert [one.key for one in await county.bot.doors.run(exam)] == ["checkup.traffic.flowing"]
    county.clock.advance(timedelta(minutes=3))
    (stuck,) = await county.bot.doors.run(exam)
    assert (stuck.key, stuck.facts) == ("checkup.traffic.stuck", {"waiting": 1, "late": timedelta(minutes=7)})
    await county.settle()
    county.seen_all()


async def test_messages_that_were_given_up_are_counted_by_reason(county: County) -> None:
    desk = OutboxDesk(county.bot.doors)
    await county.bot.doors.run(
        lambda work: work.rows.outbox.put(Outgoing(key="test:dead", chat_id=GRID.user_id, text=Html("x")))
    )
    (claimed,) = await desk.claim(county.clock.now(), "boot", 1, (), (0, 1, 2, 3))
    dead = Settlement(id=claimed.id, outcome=Outcome.DEAD, at=county.clock.now(), reason="bad_request")
    await desk.settle([dead], county.clock.now())
    told = (await found(county, ALL["traffic"]))["checkup.traffic.dead"]
    assert told.facts["reasons"] == [{"reason": "消息没有被接受", "number": 1}]


async def test_a_timeline_that_was_cut_short_is_found_by_the_witness(county: County) -> None:
    async def head(work: Work) -> tuple[int, str] | None:
        return await work.rows.timeline.head()  # type: ignore[attr-defined,no-any-return]

    await county.run(lambda work: work.note("test.noted", "test:1"))
    seq, line_hash = await county.run(head)
    assert list(await found(county, partial(history, witness=(seq, line_hash)))) == ["checkup.history.whole"]
    for witness in ((seq, "another"), (seq + 1, line_hash)):
        told = await found(county, partial(history, witness=witness))
        assert [(one.key, one.mark) for one in told.values()] == [("checkup.history.cut", Mark.BAD)]


async def test_points_without_anybody_to_walk_there_are_named(county: County) -> None:
    assert set(await found(county, POINT_EXAMS["points"])) == {"checkup.points.none"}
    await enter(county, replace(POND, number="SL-1", name="岭头山塘"))
    told = (await found(county, POINT_EXAMS["points"]))["checkup.points.nobody"]
    assert (told.mark, told.facts["names"]) == (Mark.WARN, ["岭头山塘（石梁镇·上坞村）"])
    await enter(county, replace(POND, number="SL-2", name="高山塘", patrollers=(county.ids[GRID.user_id],)))
    assert (await found(county, POINT_EXAMS["points"]))["checkup.points.nobody"].facts["number"] == 1
    await change(county, GRID, private_chat=PrivateChat.BLOCKED)
    told = (await found(county, POINT_EXAMS["points"]))["checkup.points.silent"]
    assert told.facts["names"] == ["高山塘（石梁镇·上坞村）"]
