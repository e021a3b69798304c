"""挂牌督办 on the whole bot: decided by who may, counted in workdays, published by a human, lifted by another hand."""

from datetime import timedelta

from domain.listings import Listing, ListingState, fit_for_the_public
from tests.supervision.play import MAYOR, assigned, closed, hazard_of
from tests.support.county import CADRE, DUTY, FAR_STATION, GRID, LEADER, PATROLLER, STATION, County, Someone

DAY = timedelta(hours=6)


async def listing(county: County) -> Listing:
    found = await county.bot.doors.run(lambda work: work.rows.supervision.listings.get(1))
    assert found is not None
    return found


async def listed(county: County, by: Someone = DUTY, title: str = "上坞山塘溢洪道隐患") -> str:
    await assigned(county, days=60, major=True)
    await county.say(by, "/me")
    await county.forge(by, "sv:list:1:0")
    await county.say(by, "县安委会")
    await county.say(by, title)
    await county.press(by, "90 天")
    return (await county.press(by, "确认提交")).text or ""


async def test_the_station_proposes_and_the_principal_decides(county: County) -> None:
    await county.join(MAYOR)
    await listed(county, STATION)
    assert "请您定：要不要挂牌督办" in county.last(MAYOR)
    assert (await listing(county)).state is ListingState.PROPOSED
    for other in (STATION, LEADER, GRID, FAR_STATION):
        await county.say(other, "/me")
        assert (await county.forge(other, "ls:list:1:0")).alert
    await county.press(MAYOR, "挂牌")
    assert "您负责整改的隐患已挂牌督办" in county.last(PATROLLER)
    assert (await county.forge(MAYOR, "ls:list:1:0")).alert
    county.seen_all()


async def test_it_is_registered_and_published_by_hand_to_one_group_without_a_household(county: County) -> None:
    await listed(county)
    await county.pass_time(seconds=5)  # the hazard's own card follows; one message a second in a chat
    county.seen_all()
    await county.press(DUTY, "登记编号")
    assert (await listing(county)).number == "挂牌〔2026〕1号"
    await county.press(DUTY, "公示")
    shown = county.new(DUTY)
    assert "请核对" in shown[0]
    assert county.new(county.township_group) == []
    await county.press(DUTY, "石梁镇群")
    (post,) = county.new(county.township_group)
    assert "上坞山塘溢洪道隐患" in post
    assert "整改期限：9月18日" in post
    assert "溢洪道堵了" not in post  # what somebody wrote stays inside
    assert all(person not in post for person in ("山塘老徐", "王大爷", "138"))
    assert county.new(county.county_group) == []
    assert (await county.forge(DUTY, "ls:out:1:2:0")).alert
    county.seen_all()


async def test_a_name_that_tells_of_a_household_is_refused(county: County) -> None:
    assert [
        fit_for_the_public(one) for one in ("上坞后山滑坡隐患", "王大爷家中后墙", "户主李某", "电话13812345678")
    ] == [
        True,
        False,
        False,
        False,
    ]
    assert "不能有住户" in await listed(county, title="王某家中后墙裂缝")
    county.seen_all()


async def test_three_workdays_to_register_are_counted_without_the_weekend(county: County) -> None:
    await listed(county)  # a Saturday: three workdays end on Wednesday evening
    county.seen_all()
    await county.pass_time(DAY, days=4)
    assert county.new(DUTY) == []
    await county.pass_time(DAY, hours=18)
    assert "挂牌还没有登记" in "".join(county.new(DUTY))
    county.seen_all()


async def test_progress_is_asked_every_week_and_an_extension_is_answered(county: County) -> None:
    await listed(county)
    county.seen_all()
    await county.pass_time(DAY, days=7, hours=6)
    assert "现在改到哪一步" in "".join(county.new(PATROLLER))
    await county.press(PATROLLER, "报进展")
    await county.say(PATROLLER, "清了一半")
    await county.press(PATROLLER, "确认提交")
    await county.press(PATROLLER, "申请延期")
    await county.say(PATROLLER, "10月20日")
    await county.say(PATROLLER, "雨太多")
    await county.press(PATROLLER, "确认提交")
    assert "申请延期，请您答复" in county.last(DUTY)
    assert "清了一半" in county.last(DUTY)
    assert not (await listing(county)).asked_late
    await county.press(DUTY, "同意延期")
    assert "延期已同意" in county.last(PATROLLER)
    assert "10月20日" in county.last(PATROLLER)
    county.seen_all()


async def test_it_is_lifted_after_the_hazard_is_closed_by_another_hand(county: County) -> None:
    await county.join(MAYOR)
    await listed(county, MAYOR)
    row = await hazard_of(county)
    assert (await county.forge(DUTY, f"ls:lift:1:{(await listing(county)).version}")).alert  # not closed yet
    await closed(county, row, CADRE)
    await county.pass_time(seconds=30)  # what Telegram refused for its rate
    assert "摘牌" in county.last(MAYOR)
    assert (await county.forge(CADRE, f"ls:lift:1:{(await listing(county)).version}")).alert
    await county.restart()
    await county.press(MAYOR, "摘牌")
    assert (await listing(county)).state is ListingState.LIFTED
    county.seen_all()
