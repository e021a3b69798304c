"""举报奖励 on the whole bot: opened for a villager's report, decided by two, paid against a code nobody else knows."""

from datetime import timedelta
from io import BytesIO

from openpyxl import load_workbook

from domain.rewards import Reward, RewardState
from tests.supervision.play import MAYOR, taken
from tests.support.county import FAR_STATION, GRID, HEAD, LEADER, STATION, STRANGER, County, Someone


async def case(county: County) -> Reward:
    found = await county.bot.doors.run(lambda work: work.rows.supervision.rewards.get(1))
    assert found is not None
    return found


async def opened(county: County) -> None:
    await county.say(STRANGER, "/start")
    await taken(county, reporter=STRANGER)


async def a_code(county: County) -> str:
    toast = await county.press(STRANGER, "要领奖码")
    assert toast.alert
    return toast.text.split("领奖码 ")[1][:9]


async def proposed(county: County, amount: str = "300") -> str:
    await county.press(STATION, "提金额")
    await county.say(STATION, amount)
    return (await county.press(STATION, "确认提交")).text or ""


async def approved(county: County, by: Someone = LEADER) -> None:
    await proposed(county)
    await county.press(by, "同意")


async def pay(county: County, code: str) -> str:
    await county.press(STATION, "凭码发放")
    await county.say(STATION, code)
    pressed = await county.press(STATION, "确认提交")
    await county.pass_time(seconds=30)  # what Telegram refused for its rate
    return (pressed.text or "") + county.last(STATION)


async def test_a_villagers_report_opens_a_case_and_his_name_is_on_no_card(county: County) -> None:
    await county.say(STRANGER, "/start")
    county.seen_all()
    await taken(county, reporter=STRANGER)
    assert any("可能有奖励" in text for text in county.texts(STRANGER))
    card = county.last(STATION)
    assert "群众举报已核实" in card
    assert STRANGER.name not in card
    await county.press(STATION, "看报告人")
    assert "外地游客" in county.last(STATION)
    await county.say(HEAD, "/me")
    assert (await county.forge(HEAD, "rw:who:1")).alert
    county.seen_all()


async def test_reporting_as_a_duty_opens_none(county: County) -> None:
    await taken(county, reporter=GRID)
    assert await county.bot.doors.run(lambda work: work.rows.supervision.rewards.get(1)) is None


async def test_two_hands_decide_and_the_code_pays_once(county: County) -> None:
    await opened(county)
    code = await a_code(county)
    assert code not in str(await case(county))  # only a hash is kept
    await approved(county)
    assert any("300 元已批准" in text for text in county.texts(STRANGER))
    assert "领奖码不对" in await pay(county, "0000 0000")
    assert "已记发放" in await pay(county, code)
    assert (await case(county)).state is RewardState.PAID
    assert (await county.forge(STATION, "rw:pay_known:1:9")).alert
    county.seen_all()


async def test_a_new_code_makes_the_old_one_worthless_and_nobody_else_gets_one(county: County) -> None:
    await opened(county)
    old = await a_code(county)
    await county.restart()
    new = await a_code(county)
    assert old != new
    await county.say(GRID, "/me")
    assert (await county.forge(GRID, "rw:code:1")).alert
    await approved(county)
    assert "领奖码不对" in await pay(county, old)
    for _ in range(4):
        assert "领奖码不对" in await pay(county, "11111111")
    assert "换新码" in await pay(county, new)  # guessed at too often
    assert (await case(county)).state is RewardState.APPROVED
    county.seen_all()


async def test_the_amount_stays_in_the_countys_table_and_may_go_back(county: County) -> None:
    await opened(county)
    assert "100 元到 500 元" in await proposed(county, "5000")
    await county.say(STATION, "/cancel")
    await proposed(county, "500")
    await county.press(LEADER, "退回")
    assert "金额退回" in county.last(STATION)
    assert (await case(county)).amount is None
    await county.press(STATION, "不奖励")
    await county.press(STATION, "早已登记")
    await county.press(STATION, "确认提交")
    assert "这次没有奖励：早已登记在册" in county.last(STRANGER)
    county.seen_all()


async def test_nobody_approves_what_he_proposed_and_others_may_nothing(county: County) -> None:
    await county.join(MAYOR)
    await opened(county)
    await proposed(county)
    for other in (STATION, HEAD, FAR_STATION, GRID):
        await county.say(other, "/me")
        assert (await county.forge(other, "rw:approve:1:1")).alert
    assert (await case(county)).state is RewardState.PROPOSED
    county.seen_all()


async def test_silence_is_reminded_and_finance_gets_a_sheet_without_names(county: County) -> None:
    await opened(county)
    county.seen_all()
    await county.pass_time(timedelta(hours=12), days=3, hours=1)
    assert "还没有办" in county.last(STATION)
    await approved(county)
    await county.say(STATION, "/rewards")
    await county.press(STATION, "导出给财务")
    await county.make_papers()
    await county.pass_time(seconds=30)
    book = load_workbook(BytesIO(county.files(STATION)[0][1]))
    lines = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert lines[1][:6] == ["JL2026-0001", "2026-0001", "石梁镇·上坞村", "山塘水库", "待发放", 300]
    assert STRANGER.name not in str(lines)
    county.seen_all()
