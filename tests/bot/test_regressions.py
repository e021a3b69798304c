"""Faults that were found by looking for them, each held by the test that showed it. What is about the line to Telegram
and to the database is in test_regressions_line.py."""

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.obligations import ObligationState, Plan, Rung, Standing, Step, Wait, decide
from domain.people import Leave, PersonId, PersonStatus
from domain.policy import CountyPolicy, WarningPolicy
from tests.support.county import (
    DUTY,
    ELSEWHERE,
    FAR_HEAD,
    GRID,
    HEAD,
    OFFICER,
    PATROLLER,
    STATION,
    STRANGER,
    VILLAGE,
    County,
    Someone,
    small_county,
)
from tests.support.databases import Databases

# -- forged presses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [STRANGER, FAR_HEAD, PATROLLER])
async def test_a_forged_press_never_shows_somebodys_telephone(county: County, who: Someone) -> None:
    await county.warn(places=[VILLAGE])
    await county.say(who, "/help")
    county.seen_all()
    pressed = await county.forge(who, f"w:for:1:{county.ids[GRID.user_id]}")
    assert pressed.alert
    assert county.new(who) == []
    county.seen_all()


@pytest.mark.parametrize("data", ["w:keep:1", "w:lift:1", "w:rec:1:8:p", "w:for:1:8", "r:lang:en", "d:discard"])
async def test_no_forged_press_writes_over_a_warning_in_a_group(county: County, data: str) -> None:
    await county.warn(places=[VILLAGE])
    before = county.texts(county.village_group)
    for who in (GRID, HEAD):
        await county.say(who, "/warn")
        await county.forge(who, data, county.village_group)
    assert county.texts(county.village_group) == before
    county.seen_all()


@pytest.mark.parametrize(
    "data", ["w:ack:{}", "w:rec:1:{}:p", "r:release:{}", "l:yes:{}", "p:ok:{}", "p:ok:²", "g:t:1:²"]
)
async def test_a_forged_number_is_out_of_date_and_no_alarm_for_the_duty_desk(county: County, data: str) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    for who in (GRID, STATION):
        assert (await county.forge(who, data.format("9" * 40))).answered
    assert county.new(DUTY) == []
    county.seen_all()


# -- notices that wait for a person, come twice, or come late -------------------------------------------------------

_FORM = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{number}</identifier><sender>a@b</sender>
<sent>2026-06-20T{at}:00+08:00</sent><status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>{refers}
<info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Immediate</urgency>
<severity>Unknown</severity><certainty>Likely</certainty><expires>2026-06-20T12:00:00+08:00</expires>
<senderName>县气象台</senderName><headline>县气象台{verb}暴雨{colour}预警</headline><description>有雨</description>
<area><areaDesc>石梁镇</areaDesc><geocode><valueName>c</valueName><value>331124001</value></geocode></area>
</info></alert>"""
FIRST = "<references>a@b,x1,2026-06-20T08:00:00+08:00</references>"


def notice(
    number: str = "x1",
    at: str = "08:00",
    *,
    status: str = "Actual",
    kind: str = "Alert",
    refers: str = "",
    verb: str = "发布",
    colour: str = "",
) -> str:
    """Without a colour it waits for the duty officer."""
    return _FORM.format(number=number, at=at, status=status, kind=kind, refers=refers, verb=verb, colour=colour)


async def states(county: County, *numbers: int) -> list[str]:
    rows = [await county.run(lambda work, number=number: work.rows.warnings.get(number)) for number in numbers]
    return [row.state for row in rows]


async def test_a_held_exercise_goes_out_as_an_exercise(tmp_path: Path, databases: Databases) -> None:
    policy = CountyPolicy(warnings=WarningPolicy(post_exercises=True))
    with databases.fresh("sqlite", tmp_path) as url:
        async with small_county(tmp_path, database_url=url) as county:
            county.bot.doors = dataclasses.replace(county.bot.doors, policy=policy)
            county.bot.intake._doors = county.bot.doors
            await county.drop("exercise.xml", notice(status="Exercise"))
            await county.press(DUTY, "黄色")
            assert county.last(county.township_group).startswith("【演练】")
            county.seen_all()


async def test_an_exercise_never_lifts_a_real_warning(tmp_path: Path, databases: Databases) -> None:
    policy = CountyPolicy(warnings=WarningPolicy(post_exercises=True))
    with databases.fresh("sqlite", tmp_path) as url:
        async with small_county(tmp_path, database_url=url) as county:
            county.bot.doors = dataclasses.replace(county.bot.doors, policy=policy)
            county.bot.intake._doors = county.bot.doors
            await county.drop("real.xml", notice(colour="红色"))
            county.seen_all()
            end = notice("x2", "08:10", status="Exercise", kind="Cancel", refers=FIRST, verb="解除")
            await county.drop("end.xml", end)
            assert await states(county, 1) == ["active"]
            assert county.unseen() == {}


async def test_an_older_held_notice_does_not_replace_a_newer_warning(county: County) -> None:
    await county.drop("1.xml", notice(colour="橙色"))
    await county.drop("2.xml", notice("x2", "08:10", kind="Update", refers=FIRST))
    county.clock.advance(timedelta(minutes=20))
    await county.drop("3.xml", notice("x3", "08:20", kind="Update", refers=FIRST, colour="红色"))
    county.seen_all()
    pressed = await county.press(DUTY, "黄色")
    assert pressed.text == "后面已有新的来文，这条没有发布。"
    assert await states(county, 1, 2, 3) == ["superseded", "held", "active"]
    assert county.unseen() == {}


async def test_a_held_notice_past_its_end_is_not_released(county: County) -> None:
    await county.drop("1.xml", notice())
    county.seen_all()
    county.clock.advance(timedelta(hours=5))
    pressed = await county.press(DUTY, "黄色")
    assert pressed.text == "这条来文已过有效期，没有发布。"
    assert await states(county, 1) == ["held"]
    assert county.unseen() == {}


@pytest.mark.parametrize("then", [{"kind": "Cancel", "verb": "解除"}, {"kind": "Update", "colour": "红色"}])
async def test_what_its_sender_took_back_or_replaced_is_not_released(county: County, then: dict[str, str]) -> None:
    await county.drop("1.xml", notice())
    county.clock.advance(timedelta(minutes=10))
    await county.drop("2.xml", notice("x2", "08:10", refers=FIRST, **then))
    county.seen_all()
    pressed = await county.press(DUTY, "蓝色")
    assert pressed.text == "后面已有新的来文，这条没有发布。"
    assert await states(county, 1) == ["superseded"]
    assert county.unseen() == {}


async def test_a_refused_notice_that_comes_again_asks_nobody_again(county: County) -> None:
    await county.drop("1.xml", notice())
    await county.press(DUTY, "不发布")
    county.seen_all()
    await county.drop("2.xml", notice())
    assert county.unseen() == {}


async def test_a_cancellation_ends_all_parts_of_a_message(county: County) -> None:
    body = notice(colour="橙色")
    block = body[body.index("<info>") : body.index("</alert>")]
    other = block.replace("331124001", ELSEWHERE).replace("石梁镇", "云坑乡").replace("橙色", "红色")
    await county.drop("1.xml", body.replace("</alert>", other + "</alert>"))
    county.seen_all()
    county.clock.advance(timedelta(minutes=10))
    await county.drop("2.xml", notice("x2", "08:10", kind="Cancel", refers=FIRST, verb="解除", colour="橙色"))
    assert await states(county, 1, 2) == ["lifted", "lifted"]
    assert "预警已解除" in county.new(county.far_group)[-1]
    county.seen_all()


@pytest.mark.parametrize("then", [{"kind": "Cancel", "verb": "解除"}, {"kind": "Update", "colour": "红色"}])
async def test_another_copy_of_what_is_over_brings_nothing_back(county: County, then: dict[str, str]) -> None:
    await county.drop("1.xml", notice(colour="橙色"))
    county.clock.advance(timedelta(minutes=10))
    await county.drop("2.xml", notice("x2", "08:10", refers=FIRST, **then))
    county.seen_all()
    await county.drop("3.xml", notice(colour="橙色").replace("有雨", "有大雨"))
    assert county.unseen() == {}


async def test_the_same_warning_passed_on_by_another_source_is_one(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    body = (county.folder / "done" / "warning-1.xml").read_text("utf-8")
    passed_on = body.replace("<identifier>", "<identifier>nmc_").replace("qxt@songyang.example", "nmc@example")
    await county.drop("again.xml", passed_on)
    assert county.unseen() == {}


# -- who is asked, and when the asking ends -------------------------------------------------------------------------


async def asked_when_away(county: County, *leaves: tuple[Someone, Someone]) -> set[int]:
    """Who owes an answer, of the people of the village, by Telegram account."""
    for away, stand_in in leaves:
        absence = Leave(
            PersonId(county.ids[away.user_id]),
            PersonId(county.ids[stand_in.user_id]),
            county.clock.now(),
            county.clock.now() + timedelta(days=1),
        )
        await county.run(lambda work, absence=absence: work.rows.people.add_leave(absence, 1))
    await county.warn(colour="蓝色", places=[VILLAGE])
    owed = await county.run(lambda work: work.rows.obligations.of_subject("warning:1"))
    county.seen_all()
    return {one.person_id for one in owed}


async def test_where_the_stand_in_has_left_the_absent_one_is_asked_himself(county: County) -> None:
    gone = county.ids[PATROLLER.user_id]
    await county.run(lambda work: work.rows.people.update(gone, status=PersonStatus.LEFT.value))
    asked = await asked_when_away(county, (HEAD, PATROLLER))
    assert county.ids[HEAD.user_id] in asked
    assert gone not in asked


async def test_where_the_stand_in_is_away_too_his_own_is_asked(county: County) -> None:
    asked = await asked_when_away(county, (HEAD, PATROLLER), (PATROLLER, GRID))
    assert county.ids[GRID.user_id] in asked
    assert not asked & {county.ids[HEAD.user_id], county.ids[PATROLLER.user_id]}


async def test_where_two_stand_in_for_each_other_both_are_asked(county: County) -> None:
    asked = await asked_when_away(county, (HEAD, OFFICER), (OFFICER, HEAD))
    assert {county.ids[HEAD.user_id], county.ids[OFFICER.user_id]} <= asked


def test_the_end_of_a_ladder_does_not_come_early_for_who_cannot_be_written_to() -> None:
    plan = Plan(answer_within=60, steps=(Step(rung=Rung.REMIND, after=60), Step(rung=Rung.LAPSE, after=600)))
    opened = datetime(2026, 6, 20, tzinfo=UTC)
    standing = Standing(opened, timedelta(), 0, ObligationState.OPEN, reachable=False)
    assert decide(plan, standing, opened + timedelta(seconds=90)) == Wait(opened + timedelta(seconds=600))


async def test_a_grave_warning_that_never_got_to_a_group_is_told_to_its_desks(county: County) -> None:
    county.world.faults.too_many("sendMessage", retry_after=3600, chat_id=county.village_group)
    await county.warn(colour="红色", places=[VILLAGE], hours=0.1)
    county.seen_all()
    for _ in range(14):
        county.clock.advance(timedelta(seconds=30))
        await county.bot.beat()
    await county.settle()
    for desk in (STATION, DUTY):
        told = [text for text in county.new(desk) if "到期前没能发到" in text]
        assert told == ["2026-001号预警到期前没能发到：上坞村群，也不会再发。请核实当地是否已用电话等办法通知。"]
    county.seen_all()
