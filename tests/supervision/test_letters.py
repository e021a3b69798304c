"""A letter on the whole bot: drafted from the ledger, signed by a human of the unit, received by one tap."""

import asyncio
from datetime import timedelta

from domain.letters import Letter, LetterKind, LetterState
from services.ports.supervision import CaseEvent
from tests.points.register import pond
from tests.supervision.play import MAYOR, assigned
from tests.support.county import (
    CADRE,
    DUTY,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    PATROLLER,
    STATION,
    WATER,
    County,
    Someone,
)


async def letter(county: County, number: int = 1) -> Letter:
    found = await county.bot.doors.run(lambda work: work.rows.supervision.letters.get(number))
    assert found is not None
    return found


async def history(county: County, number: int = 1) -> list[CaseEvent]:
    return await county.bot.doors.run(lambda work: work.rows.supervision.letters.events_of(f"letter:{number}"))


async def drafted(county: County, by: Someone = STATION, to: str = "山塘老徐") -> None:
    """An order about the first hazard, from the ledger, in five taps."""
    await county.say(by, "/letter")
    await county.press(by, "整改督办单")
    await county.press(by, "2026-0001")
    await county.press(by, to)
    await county.press(by, "上坞村")
    await county.press(by, "跳过")
    await county.press(by, "7天")
    await county.press(by, "确认提交")


async def signed(county: County) -> Letter:
    await county.join(MAYOR)
    await assigned(county)
    await drafted(county)
    await county.press(MAYOR, "签发")
    return await letter(county)


async def test_the_station_drafts_the_mayor_signs_and_the_addressee_receives(county: County) -> None:
    await county.join(MAYOR)
    await assigned(county)
    await drafted(county)
    assert "已请负责人签发" in "".join(county.new(STATION))
    card = county.last(MAYOR)
    assert "请您签发" in card
    assert "草稿，没有编号" in card
    assert "溢洪道堵了" in card
    assert county.new(PATROLLER) == []  # nothing goes out before it is signed
    await county.press(MAYOR, "签发")
    delivered = county.last(PATROLLER)
    assert "整改督办单　石梁督〔2026〕1号" in delivered
    assert "等待签收" in delivered
    await county.press(PATROLLER, "签收")
    row = await letter(county)
    assert (row.state, row.received_by) == (LetterState.RECEIVED, (await county.person(PATROLLER)).id)
    for reader in (STATION, MAYOR, PATROLLER):
        assert any("山塘老徐签收" in text for text in county.texts(reader))
    assert [one.move for one in await history(county)] == ["begin", "sign", "receive"]


async def test_numbers_run_by_kind_and_unit_and_drafts_have_none(county: County) -> None:
    await signed(county)
    await drafted(county)
    await county.press(MAYOR, "不发")
    assert (await letter(county, 2)).number == ""
    await drafted(county)
    await county.press(MAYOR, "签发")
    assert (await letter(county, 3)).number == "石梁督〔2026〕2号"
    await county.say(WATER, "/letter")
    await county.press(WATER, "风险提示单")
    await county.press(WATER, "2026-0001")
    await county.press(WATER, "山塘老徐")
    await county.press(WATER, "上坞村")
    await county.press(WATER, "跳过")
    await county.press(WATER, "3天")
    await county.press(WATER, "确认提交")
    await county.press(WATER, "签发")  # an officer of the department signs for it himself
    assert (await letter(county, 4)).number == "松阳水利提〔2026〕1号"
    county.seen_all()


async def test_who_may_not_can_neither_draft_nor_sign(county: County) -> None:
    await county.join(MAYOR)
    await assigned(county)
    await county.say(GRID, "/letter")
    assert "没有" in county.last(GRID)
    await drafted(county)
    for stranger in (GRID, LEADER, STATION, FAR_STATION, WATER, DUTY):
        await county.say(stranger, "/me")
        assert (await county.forge(stranger, "lt:sign:1:0")).alert
    assert (await letter(county)).state is LetterState.DRAFT
    await county.say(CADRE, "/me")
    assert (await county.forge(CADRE, "lt:see:1:0")).alert  # nobody else reads a draft
    county.seen_all()


async def test_nobody_receives_for_another(county: County) -> None:
    row = await signed(county)
    await county.say(HEAD, "/me")
    assert (await county.forge(HEAD, f"lt:receive:{row.id}:{row.version}")).alert
    assert (await county.forge(HEAD, f"lt:paper:{row.id}:{row.version}")).alert
    assert (await letter(county)).state is LetterState.SIGNED
    await county.press(STATION, "已送纸质件")
    assert "已送纸质件" in county.last(PATROLLER)
    stale = await county.forge(PATROLLER, f"lt:receive:{row.id}:{row.version}")
    assert stale.alert
    county.seen_all()


async def test_two_sign_at_once_and_one_number_is_given(county: County) -> None:
    await county.join(MAYOR)
    await assigned(county)
    await drafted(county)
    message, data = county.button(MAYOR.user_id, "签发", MAYOR)
    pressed = [
        asyncio.ensure_future(county.world.press(MAYOR.user_id, MAYOR.user_id, message.id, data)) for _ in range(2)
    ]
    await asyncio.sleep(0)
    await county.settle()
    await asyncio.wait(pressed, timeout=1)
    assert [one.move for one in await history(county)] == ["begin", "sign"]
    assert sum("石梁督〔2026〕1号" in text for text in county.new(PATROLLER)) == 1
    county.seen_all()


async def test_the_words_are_changed_before_the_signature_and_the_old_ones_kept(county: County) -> None:
    await county.join(MAYOR)
    await assigned(county)
    await drafted(county)
    await county.press(MAYOR, "改文字")
    await county.say(MAYOR, "请立即清理溢洪道。\n每天报一次。")
    await county.press(MAYOR, "确认提交")
    row = await letter(county)
    assert row.paragraphs == ("请立即清理溢洪道。", "每天报一次。")
    assert "溢洪道堵了" in (await history(county))[1].facts["before"]
    await county.press(MAYOR, "签发")
    assert "每天报一次。" in county.last(PATROLLER)
    assert (await county.forge(MAYOR, f"lt:edit:{row.id}:{row.version + 1}")).alert  # signed: nothing changes any more
    county.seen_all()


async def test_a_withdrawn_letter_stays_visible_and_another_number_takes_its_place(county: County) -> None:
    await signed(county)
    await county.press(MAYOR, "撤回")
    await county.press(MAYOR, "内容有误")
    await county.press(MAYOR, "确认提交")
    said = county.new(PATROLLER)
    assert "石梁督〔2026〕1号 已撤回" in said[-1]
    assert "已撤回，不用再办" in said[-2]  # and so says the letter itself
    county.seen_all()
    await county.press(MAYOR, "重新起草")
    assert (await county.press(STATION, "重新起草")).alert  # one is drafted already
    await county.press(MAYOR, "签发")
    row = await letter(county, 2)
    assert (row.number, row.replaces) == ("石梁督〔2026〕2号", 1)
    assert "代替 石梁督〔2026〕1号" in county.last(PATROLLER)
    county.seen_all()


async def test_silence_is_reminded_and_then_the_desk_hands_it_over(county: County) -> None:
    await signed(county)
    county.seen_all()
    await county.pass_time(timedelta(minutes=61), hours=24.4)
    assert "还没有签收" in county.last(PATROLLER)
    await county.pass_time(timedelta(minutes=61), hours=24)
    assert "请打电话或送纸质件" in county.last(STATION)
    await county.press(STATION, "已送纸质件")
    assert (await letter(county)).state is LetterState.RECEIVED
    county.seen_all()


async def test_a_letter_survives_a_restart_and_the_register_lists_it(county: County) -> None:
    await county.join(MAYOR)
    await assigned(county)
    await drafted(county)
    await county.restart()
    await county.press(MAYOR, "签发")
    county.seen_all()
    await county.say(STATION, "/letters")
    assert "石梁督〔2026〕1号 整改督办单 → 上坞村" in county.last(STATION)
    await county.say(PATROLLER, "/letters")
    assert "待签收" in county.last(PATROLLER)
    await county.say(FAR_STATION, "/letters")
    assert "还没有函单" in county.last(FAR_STATION)
    await county.press(STATION, "石梁督〔2026〕1号")
    assert "等待签收" in county.last(STATION)


async def test_one_writes_about_something_else_in_his_own_words(county: County) -> None:
    await county.join(MAYOR)
    await county.say(MAYOR, "/letter")
    await county.press(MAYOR, "工作告知函")
    await county.press(MAYOR, "其他事项")
    await county.press(MAYOR, "李书记")
    await county.press(MAYOR, "上坞村")
    await county.say(MAYOR, "<b>6月25日</b>前报送避灾点名单。")
    await county.press(MAYOR, "3天")
    await county.press(MAYOR, "确认提交")
    await county.press(MAYOR, "签发")
    assert "石梁告〔2026〕1号" in county.last(HEAD)
    assert "<b>6月25日</b>前报送" in county.last(HEAD)  # as typed, never as markup
    county.seen_all()


async def test_a_note_of_risk_is_drafted_from_the_card_of_a_point_and_received(
    county: County,
) -> None:
    await county.join(MAYOR)
    await pond(county, threshold="警戒水位31.5米", route="走后山路", shelter="村小学")
    await county.say(STATION, "/points 岭头")
    await county.press(STATION, "岭头山塘")
    await county.press(STATION, "风险提示单")
    await county.press(STATION, HEAD.name)
    await county.press(STATION, "上坞村")
    await county.press(STATION, "跳过")
    await county.press(STATION, "7天")
    await county.press(STATION, "确认提交")
    card = county.last(MAYOR)
    for said in (
        *("石梁镇·上坞村岭头山塘（风险点 SL-001，", "列为较大（橙）风险，受威胁 3 户 11 人。"),
        *("预警阈值：警戒水位31.5米。", "撤离路线：走后山路。", "安置点：村小学。"),
    ):
        assert said in card
    await county.press(MAYOR, "签发")
    assert "风险提示单　石梁提〔2026〕1号" in county.last(HEAD)
    await county.press(HEAD, "签收")
    row = await letter(county)
    assert (row.kind, row.about, row.state) == (LetterKind.RISK, "point:1", LetterState.RECEIVED)
    county.seen_all()


async def test_who_may_not_write_letters_begins_none_about_a_point(county: County) -> None:
    await pond(county)
    for who in (GRID, FAR_STATION):
        await county.say(who, "/me")
        await county.forge(who, "pt:letter:1")
        assert await county.run(lambda work: work.rows.supervision.letters.get(1)) is None
        assert "起草函单" not in county.last(who)
    county.seen_all()
