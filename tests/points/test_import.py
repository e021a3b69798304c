"""Bringing the register in: all or nothing, again without doubling, persons from the roster, what is worth a look."""

from collections.abc import Sequence

from domain.points import PointAct, RiskLevel, RiskPoint
from messages import markup
from services.points_import import import_points, report
from services.table_imports import Imported
from services.work import Work
from tests.points.files import lines, row
from tests.support.county import GRID, HEAD, VILLAGE, County

WALKER = {"巡查责任人": GRID.name, "巡查责任人手机": GRID.phone}


async def bring_in(county: County, *rows: Sequence[str], **how: bool) -> Imported:
    async def service(work: Work) -> Imported:
        return await import_points(work, lines(*rows), **how)

    result: Imported = await county.run(service)
    return result


async def told(county: County, result: Imported) -> str:
    async def service(work: Work) -> str:
        return markup.plain(report(work, result))

    text: str = await county.run(service)
    return text


async def register(county: County) -> list[RiskPoint]:
    async def service(work: Work) -> list[RiskPoint]:
        return await work.rows.points.all()

    points: list[RiskPoint] = await county.run(service)
    return points


async def test_points_come_in_with_their_persons_and_the_department_that_owns_the_kind(county: County) -> None:
    result = await bring_in(
        county, row(**WALKER), row(编号="", 风险点名称="溪口堤防", 类别="H08", 转移责任人=HEAD.name)
    )
    assert (result.added, result.problems) == (("岭头山塘", "溪口堤防"), ())
    made, pond = await register(county)
    assert (pond.number, pond.place, pond.patrollers) == ("SL-001", VILLAGE, (county.ids[GRID.user_id],))
    assert (made.number, made.evacuators, made.department) == ("FX0001", (county.ids[HEAD.user_id],), "水利")
    assert pond.department == "水利"


async def test_one_wrong_line_and_nothing_comes_in(county: County) -> None:
    result = await bring_in(county, row(**WALKER), row(编号="2", 类别="东西"))
    assert await register(county) == []
    text = await told(county, result)
    assert text.splitlines()[:2] == ["没有导入，风险点没有任何改动。", "有 1 处要改："]
    assert "第 3 行：不认识类别“东西”" in text


async def test_bringing_it_in_again_changes_instead_of_doubling(county: County) -> None:
    await bring_in(county, row(**WALKER), row(编号="", 风险点名称="溪口堤防", 类别="H08"))
    again = await bring_in(county, row(人数="14", 风险等级=""), row(编号="", 风险点名称="溪口堤防", 类别="H08"))
    assert (again.added, again.updated, again.unchanged) == ((), ("岭头山塘",), 1)
    _, pond = await register(county)
    assert (pond.version, pond.people, pond.level, pond.patrollers) == (
        2,
        14,
        RiskLevel.LARGER,
        (county.ids[GRID.user_id],),
    )
    versions = await county.run(lambda work: work.rows.points.versions_of(pond.id))
    assert [(one.act, one.point.people) for one in versions] == [(PointAct.ADD, 11), (PointAct.CHANGE, 14)]


async def test_a_point_without_a_number_gets_that_of_the_register_later(county: County) -> None:
    await bring_in(county, row(编号=""))
    again = await bring_in(county, row(编号="SL-007"))
    (pond,) = await register(county)
    assert (again.added, pond.number) == ((), "SL-007")


async def test_nobody_is_taken_away_by_the_word_nobody_only(county: County) -> None:
    await bring_in(county, row(**WALKER))
    await bring_in(county, row(巡查责任人="无", 人数="无"))
    (pond,) = await register(county)
    assert (pond.patrollers, pond.people) == ((), 0)


async def test_persons_whom_the_roster_does_not_have_keep_the_file_out_unless_they_are_left_out(county: County) -> None:
    stranger = row(巡查责任人="赵无", 巡查责任人手机="13911112222")
    text = await told(county, await bring_in(county, stranger))
    assert "第 2 行：责任人赵无（尾号 2222）不在名册里。请先把他写进名册。" in text
    assert await register(county) == []
    result = await bring_in(county, stranger, leave_unknown=True)
    assert "第 2 行：责任人赵无（尾号 2222）不在名册里。请先把他写进名册。这个人先没有带进来。" in await told(
        county, result
    )
    assert [one.patrollers for one in await register(county)] == [()]


async def test_a_number_that_is_somebody_elses_is_told(county: County) -> None:
    text = await told(county, await bring_in(county, row(巡查责任人="赵无", 巡查责任人手机=GRID.phone)))
    assert f"在名册里是{GRID.name}的，请核对。" in text
    text = await told(county, await bring_in(county, row(巡查责任人=GRID.name, 巡查责任人手机="13911112222")))
    assert f"名册里是尾号 {GRID.phone[-4:]}，请核对。" in text


async def test_what_is_worth_a_look_is_said(county: County) -> None:
    result = await bring_in(
        county,
        row(纬度="119.4821", 经度="28.4512", 坐标系=""),
        row(编号="2", 风险等级="", 坐标系="高德", **WALKER),
        row(编号="3", 纬度="", 经度="", **WALKER),
    )
    text = await told(county, result)
    assert "这几行的经度和纬度写反了，已经调过来：2" in text
    assert "1 处是地图软件的坐标，已经换算，误差几米。" in text
    assert "1 处没有写坐标系，按 GPS 坐标收下。" in text
    assert "1 处没有坐标，地图上画不出来" in text
    assert "没有巡查责任人：岭头山塘" in text
    assert "1 处没有写风险等级，先按一般（黄）收下，请核对。" in text


async def test_a_whole_county_comes_in_with_few_questions_to_the_database(county: County) -> None:
    seen: list[tuple[int, int]] = []
    file = [row(编号="" if at % 2 else f"P{at}", 风险点名称=f"塘{at}", **WALKER) for at in range(1_201)]
    rows = lines(*file)

    async def service(work: Work) -> Imported:
        return await import_points(work, rows, progress=lambda done, total: seen.append((done, total)))

    result: Imported = await county.run(service)
    assert (len(result.added), result.problems) == (1_201, ())
    assert seen == [(500, 1_201), (1_000, 1_201), (1_201, 1_201)]
    points = await register(county)
    assert len({one.number for one in points}) == 1_201
    assert {one.patrollers for one in points} == {(county.ids[GRID.user_id],)}
    versions = await county.run(lambda work: work.rows.points.versions_of(points[-1].id))
    assert [(one.version, one.act, one.point) for one in versions] == [(1, PointAct.ADD, points[-1])]
