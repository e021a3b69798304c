"""即查即改: fixed where it was found, by one tap after the report, and closed by another hand of the village."""

from domain.hazards import HazardState
from tests.support.county import CADRE, GRID, HEAD, OFFICER, PATROLLER, STATION, STRANGER, County
from tests.support.hazards import events, hazard, report


async def test_one_tap_after_the_report_says_that_it_is_fixed_and_the_village_closes_it(county: County) -> None:
    await report(county)
    assert "当场已经改好的，按下面" in county.last(GRID)
    await county.press(GRID, "清理好了")
    assert "2026-0001 号记下了：当场改好，清理好了。" in county.last(GRID)
    row = await hazard(county)
    assert (row.state, row.fixed_by, row.measure, row.unit) == (
        HazardState.FIXED,
        county.ids[GRID.user_id],
        "清理好了",
        "上坞村",
    )
    assert "2026-0001 当场改好了，请您看一眼" in county.last(OFFICER)
    assert "当场改好：王大爷" in county.last(HEAD)
    assert "待复查" in county.last(STATION)  # the desk's card follows: nothing is left to give out

    refused = await county.forge(GRID, f"h:close_field:1:{row.version}")
    assert refused.text == "您整改的，要由别人来复查销号。"
    await county.press(OFFICER, "现场看过")
    done = await hazard(county)
    assert (done.state, done.closed_by) == (HazardState.CLOSED, county.ids[OFFICER.user_id])
    assert [one.move for one in await events(county)] == ["report", "at_once", "close"]
    await county.pass_time(seconds=5)
    assert "现场复查合格，已销号" in county.last(GRID)
    county.seen_all()


async def test_it_is_said_in_words_with_a_photo_and_counts_after_the_desk_took_it(county: County) -> None:
    await report(county)
    await county.press(STATION, "接办")  # two people at the same thing at once
    await county.press(GRID, "别的办法、发照片")
    await county.say(GRID, "石头")
    await county.say(GRID, "上一步")
    await county.say(GRID, "石头撬开了，水通了")
    await county.photo(GRID, data=b"clear")
    await county.press(GRID, "确认提交")
    row = await hazard(county)
    assert (row.state, row.measure, row.at_once) == (HazardState.FIXED, "石头撬开了，水通了", True)
    assert any("photo" in m.payload for m in county.messages(OFFICER.user_id, OFFICER))
    await county.press(CADRE, "看照片，合格销号")
    assert (await events(county))[-1].facts == {"verified": "photo"}
    county.seen_all()


async def test_without_a_picture_it_is_closed_only_by_who_went_there(county: County) -> None:
    await report(county)
    await county.press(GRID, "清理好了")
    buttons = [one["text"] for row in county.messages(OFFICER.user_id, OFFICER)[-1].buttons for one in row]
    assert [one for one in buttons if "销号" in one] == ["✅ 现场看过，合格销号"]
    refused = await county.forge(OFFICER, f"h:close_photo:1:{(await hazard(county)).version}")
    assert refused.text == "2026-0001 号没有整改后的照片。到现场看过再销号。"
    county.seen_all()


async def test_what_did_not_pass_is_the_desks_and_never_lost(county: County) -> None:
    await report(county)
    await county.press(GRID, "清理好了")
    county.seen_all()
    await county.press(OFFICER, "不合格退回")
    await county.press(OFFICER, "没做完")
    await county.press(OFFICER, "确认")
    row = await hazard(county)
    assert (row.state, row.assignee, row.at_once, row.unit) == (HazardState.REPORTED, None, False, "")
    assert "2026-0001 当场没改好，请处理" in county.last(STATION)
    assert "还没改好" in " ".join(county.texts(GRID))
    await county.press(STATION, "接办")
    county.seen_all()


async def test_only_who_reported_it_says_so_and_a_stranger_is_not_asked(county: County) -> None:
    await report(county)
    await county.say(PATROLLER, "/help")
    refused = await county.forge(PATROLLER, "h:once:1:0:clear")
    assert refused.alert
    assert (await hazard(county)).state is HazardState.REPORTED
    await county.say(STRANGER, "/report")
    await county.press(STRANGER, "道路")
    await county.say(STRANGER, "大桥头拐弯处")
    await county.say(STRANGER, "路面塌了一块")
    await county.press(STRANGER, "没有人")
    await county.press(STRANGER, "跳过")
    await county.press(STRANGER, "确认提交")
    assert "当场" not in county.last(STRANGER)
    county.seen_all()


async def test_a_grave_one_fixed_on_the_spot_is_not_the_villages_to_close(county: County) -> None:
    await report(county, threatened="下面3户11人")
    await county.press(GRID, "清理好了")
    row = await hazard(county)
    await county.say(OFFICER, "/help")
    refused = await county.forge(OFFICER, f"h:close_field:1:{row.version}")
    assert refused.alert
    buttons = [one["text"] for line in county.messages(CADRE.user_id, CADRE)[-1].buttons for one in line]
    assert not [one for one in buttons if "看照片" in one]
    await county.press(CADRE, "现场看过")
    assert (await hazard(county)).state is HazardState.CLOSED
    county.seen_all()
