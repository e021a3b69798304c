"""The register by dialogue: listed, found, changed, proposed, confirmed, retired; by those who may."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.hazards import Category
from domain.points import PointStatus, RiskLevel
from tests.points.register import POND, enter, now, pond
from tests.support.county import (
    DUTY,
    FAR_STATION,
    FAR_VILLAGE,
    GRID,
    HEAD,
    NEIGHBOUR,
    PATROLLER,
    STATION,
    VILLAGE,
    WATER,
    County,
)


@pytest.fixture(autouse=True)
def nothing_unseen(county: County) -> Iterator[None]:
    """What these tests do not look at is not their business."""
    yield
    county.seen_all()


async def a_few(county: County) -> None:
    await enter(
        county,
        POND,
        replace(POND, number="SL-002", name="后山滑坡", category=Category.GEOHAZARD, level=RiskLevel.MAJOR),
        replace(POND, number="SL-003", name="溪口山塘", place=NEIGHBOUR, level=RiskLevel.LOW),
        replace(POND, number="YK-001", name="坑头堤防", category=Category.DIKE, place=FAR_VILLAGE),
    )


async def test_everybody_sees_the_points_of_his_area_and_kind(county: County) -> None:
    await a_few(county)
    await county.say(STATION, "/points")
    said = county.last(STATION)
    assert [number in said for number in ("SL-001", "SL-002", "SL-003", "YK-001")] == [True, True, True, False]
    assert "重大（红） 1，较大（橙） 1，低（蓝） 1" in said
    await county.say(WATER, "风险点")
    assert [number in county.last(WATER) for number in ("SL-001", "SL-002", "YK-001")] == [True, False, True]
    await county.say(FAR_STATION, "风险点")
    assert "共" not in county.last(FAR_STATION)


async def test_a_patroller_sees_his_own_points_and_somebody_without_any_is_refused(county: County) -> None:
    await pond(county, patrollers=(county.ids[PATROLLER.user_id],))
    await county.say(PATROLLER, "风险点")
    assert "您负责的风险点" in county.last(PATROLLER)
    await county.press(PATROLLER, "SL-001")
    assert "改一项" not in str(county.messages(PATROLLER.user_id)[-1].buttons)
    await county.say(GRID, "风险点")
    assert "不在您名册登记的职责之内" in county.last(GRID)


async def test_points_are_found_by_number_name_and_village(county: County) -> None:
    await a_few(county)
    for words, found in (("山塘", 2), ("sl-002", 1), ("岭下村", 1), ("没有的", 0)):
        await county.say(STATION, f"风险点 {words}")
        assert county.last(STATION).count("SL-") == found


async def test_the_list_is_narrowed_by_area_disaster_trade_and_level(county: County) -> None:
    await a_few(county)
    await county.say(DUTY, "/points")
    await county.press(DUTY, "按区域")
    await county.press(DUTY, "石梁镇")
    assert county.last(DUTY).count("SL-") == 3
    await county.press(DUTY, "按灾种")
    await county.press(DUTY, "洪涝山洪")
    assert county.last(DUTY).count("SL-") == 2
    await county.press(DUTY, "按等级")
    await county.press(DUTY, "低（蓝）")
    assert ("SL-003" in county.last(DUTY), county.last(DUTY).count("SL-")) == (True, 1)
    await county.press(DUTY, "按行业")
    await county.press(DUTY, "自然资源")
    assert "没有这样的风险点" in county.last(DUTY)


async def test_pages_follow_each_other(county: County) -> None:
    await enter(county, *(replace(POND, number=f"SL-{n:03d}") for n in range(1, 12)))
    await county.say(STATION, "/points")
    assert "第 1–8 处，共 11 处。" in county.last(STATION)
    await county.press(STATION, "后面的")
    assert "第 9–11 处，共 11 处。" in county.last(STATION)


async def test_a_station_changes_one_thing_and_the_version_says_who(county: County) -> None:
    point = await pond(county)
    await county.say(STATION, "风险点 山塘")
    await county.press(STATION, "SL-001")
    await county.press(STATION, "改一项")
    await county.press(STATION, "威胁户数、人数")
    await county.say(STATION, "4户15人")
    await county.press(STATION, "确认提交")
    assert "岭头山塘已改好" in county.last(STATION)
    after = await now(county, point)
    assert (after.households, after.people, after.version) == (4, 15, 2)
    await county.say(STATION, "风险点 山塘")
    await county.press(STATION, "SL-001")
    await county.press(STATION, "修改记录")
    said = county.last(STATION)
    assert "修改，吴站长" in said
    assert "威胁人数：11 → 15" in said


async def test_a_village_proposes_and_the_station_agrees_with_one_tap(county: County) -> None:
    point = await pond(county)
    await county.say(HEAD, "风险点 山塘")
    await county.press(HEAD, "SL-001")
    await county.press(HEAD, "改一项")
    await county.press(HEAD, "巡查责任人")
    await county.press(HEAD, "山塘老徐")
    await county.press(HEAD, "确认提交")
    assert "已报乡镇应急站" in county.last(HEAD)
    assert (await now(county, point)).patrollers == ()
    assert "李书记提请修改风险点" in county.last(STATION)
    assert "巡查责任人：山塘老徐" in county.last(STATION)
    await county.press(STATION, "同意")
    after = await now(county, point)
    assert (after.patrollers, after.updated_by) == ((county.ids[PATROLLER.user_id],), county.ids[STATION.user_id])
    assert "已同意" in county.last(HEAD)
    versions = await county.run(lambda work: work.rows.points.versions_of(point.id))
    assert versions[-1].reason == "李书记提的"


async def test_what_was_changed_meanwhile_is_not_overwritten_by_a_proposal(county: County) -> None:
    point = await pond(county)
    await county.say(HEAD, "风险点 山塘")
    await county.press(HEAD, "SL-001")
    await county.press(HEAD, "注销")
    await county.press(HEAD, "已治理")
    await county.press(HEAD, "确认提交")
    await county.run(lambda work: work.rows.points.change(point, author=None, at=work.now, people=99))
    await county.press(STATION, "同意")
    assert (await now(county, point)).status is PointStatus.ACTIVE
    assert "没有改上" in county.last(HEAD)


async def test_a_point_is_retired_with_a_reason_and_stays_in_the_record(county: County) -> None:
    point = await pond(county)
    await county.say(WATER, "风险点 山塘")
    await county.press(WATER, "SL-001")
    await county.press(WATER, "注销")
    await county.say(WATER, "去年已经除险加固")
    await county.press(WATER, "确认提交")
    assert (await now(county, point)).status is PointStatus.RETIRED
    versions = await county.run(lambda work: work.rows.points.versions_of(point.id))
    assert versions[-1].reason == "去年已经除险加固"


async def test_still_right_is_one_tap(county: County) -> None:
    point = await pond(county)
    await county.pass_time(timedelta(hours=1), hours=2)
    await county.say(HEAD, "风险点 山塘")
    await county.press(HEAD, "SL-001")
    await county.press(HEAD, "没有变化")
    after = await now(county, point)
    assert (after.version, after.confirmed_at > point.confirmed_at, after.people) == (2, True, 11)


async def test_a_new_point_takes_a_few_answers(county: County) -> None:
    await county.say(STATION, "/points")
    await county.press(STATION, "登记一处")
    await county.press(STATION, "山塘水库")
    await county.press(STATION, "上坞村")
    await county.say(STATION, "外坞山塘")
    await county.press(STATION, "较大")
    await county.say(STATION, "3户11人")
    await county.press(STATION, "山塘老徐")
    await county.say(STATION, "跳过")
    await county.press(STATION, "确认提交")
    assert "外坞山塘已登记" in county.last(STATION)
    points = await county.run(lambda work: work.rows.points.in_places([VILLAGE]))
    (point,) = points
    assert (point.name, point.number, point.department) == ("外坞山塘", "FX0001", "水利")
    assert (point.households, point.patrollers) == (3, (county.ids[PATROLLER.user_id],))


async def test_an_old_button_changes_nothing(county: County) -> None:
    point = await pond(county)
    await county.say(STATION, "风险点 山塘")
    await county.press(STATION, "SL-001")
    await county.run(lambda work: work.rows.points.change(point, author=None, at=work.now, people=99))
    pressed = await county.press(STATION, "没有变化")
    assert "刚才已被改过" in str(pressed)
    assert (await now(county, point)).version == 2


async def test_forged_presses_are_refused(county: County) -> None:
    point = await pond(county, place=VILLAGE)
    await county.say(FAR_STATION, "/points")
    for data in (f"pt:c:{point.id}:1", f"pt:s:{point.id}", f"pt:map:{VILLAGE}", "pt:ok:1", "pt:l:x:y:z:w:0", "pt"):
        await county.forge(FAR_STATION, data)
    assert await now(county, point) == point
    county.seen_all()
