"""Bringing a roster and divisions in: all or nothing, updates, leavers, and what is worth looking at."""

from collections.abc import Sequence

import pytest

from domain.errors import DomainError
from domain.people import Person, PersonStatus, Post, Role
from domain.places import PlaceCode
from messages import markup
from services import places, roster
from services.places import PlacesResult, import_places
from services.roster import ImportResult, import_roster
from services.work import Work
from tests.roster.files import lines, person
from tests.support.county import (
    COUNTY,
    GRID,
    HEAD,
    NEIGHBOUR,
    OFFICER,
    TOWNSHIP,
    VILLAGE,
    County,
    Someone,
)


def row(who: Someone, posts: str, **more: str) -> tuple[str, ...]:
    return person(who.name, who.phone, posts, **more)


async def bring_in(county: County, *rows: Sequence[str], **how: object) -> ImportResult:
    async def service(work: Work) -> ImportResult:
        return await import_roster(work, lines(*rows), **how)  # type: ignore[arg-type]

    result: ImportResult = await county.run(service)
    return result


async def told(county: County, result: ImportResult) -> str:
    async def service(work: Work) -> str:
        return markup.plain(roster.report(work, result))

    text: str = await county.run(service)
    return text


async def with_number(county: County, phone: str) -> Person | None:
    async def find(work: Work) -> Person | None:
        return await work.rows.people.by_phone(phone)

    found: Person | None = await county.run(find)
    return found


async def everybody(county: County) -> list[Person]:
    async def find(work: Work) -> list[Person]:
        return await work.rows.people.all()

    found: list[Person] = await county.run(find)
    return found


# -- all or nothing -----------------------------------------------------------------------------------------------


async def test_one_bad_line_keeps_the_whole_file_out_and_changes_nothing(county: County) -> None:
    before = await everybody(county)
    result = await bring_in(county, person("新来的", "13900000001", "网格员"), row(HEAD, "网格员", 村="不存在村"))
    assert (result.done, result.added, result.updated) == (False, (), ())
    assert await told(county, result) == (
        "没有导入，名册没有任何改动。\n有 1 处要改：\n第 3 行：石梁镇没有“不存在村”，请核对名称。"
    )
    assert await everybody(county) == before


async def test_the_same_file_twice_changes_nothing_the_second_time(county: County) -> None:
    rows = (person("新来的", "13900000001", "网格员"), row(OFFICER, "应急管理员、预警员、信息报告员"))
    first = await bring_in(county, *rows)
    after = await everybody(county)
    second = await bring_in(county, *rows)
    assert (first.added, first.unchanged) == (("新来的",), ("陈应急",))
    assert (second.added, second.updated, second.unchanged) == ((), (), ("新来的", "陈应急"))
    assert await everybody(county) == after


# -- the same number is the same person ---------------------------------------------------------------------------


async def test_posts_title_and_name_follow_the_file_and_the_account_stays(county: County) -> None:
    result = await bring_in(county, person("王大伯", GRID.phone, "网格员、群测群防员", village="岭下村", 职务="护林员"))
    changed = await county.person(GRID)
    assert result.updated == ("王大伯",)
    assert (changed.name, changed.title, changed.user_id) == ("王大伯", "护林员", GRID.user_id)
    assert set(changed.posts) == {Post(Role.GRID_MEMBER, NEIGHBOUR), Post(Role.MONITOR, NEIGHBOUR)}
    text = await told(county, result)
    assert "尾号 0008：姓名由王大爷改为王大伯。如果是换了人，请用 /roster 找到他，先解除原来的账号。" in text
    assert "王大爷不再担任：石梁镇·上坞村的网格员。" in text


async def test_a_file_of_one_township_leaves_posts_in_another_alone(county: County) -> None:
    both = (Post(Role.GRID_MEMBER, VILLAGE), Post(Role.PATROLLER, PlaceCode("331124002001")))
    await county.run(lambda work: work.rows.people.set_posts(county.ids[GRID.user_id], both))
    await bring_in(county, row(GRID, "预警员"))
    assert set((await county.person(GRID)).posts) == {Post(Role.WARNER, VILLAGE), both[1]}


async def test_a_file_without_a_column_leaves_what_it_does_not_speak_of(county: County) -> None:
    await bring_in(county, row(GRID, "网格员", 职务="护林员", 代理人手机=HEAD.phone))
    header = ("姓名", "手机", "岗位", "乡镇", "村")
    await county.run(
        lambda work: import_roster(work, lines((GRID.name, GRID.phone, "网格员", "石梁镇", "上坞村"), header=header))
    )
    kept = await county.person(GRID)
    assert (kept.title, kept.deputy_id) == ("护林员", county.ids[HEAD.user_id])


async def test_a_deputy_may_stand_further_down_and_must_be_somebody(county: County) -> None:
    result = await bring_in(
        county,
        person("新书记", "13900000001", "村书记", 代理人手机="13900000002"),
        person("新主任", "13900000002", "应急管理员"),
    )
    deputy = await with_number(county, "13900000002")
    secretary = await with_number(county, "13900000001")
    assert result.done
    assert secretary is not None
    assert deputy is not None
    assert secretary.deputy_id == deputy.id
    unknown = await bring_in(county, row(HEAD, "村书记", 代理人手机="13900000009"))
    assert "第 2 行：李书记的代理人（尾号 0009）不在名册里，请先把代理人写进来。" in await told(county, unknown)


async def test_a_new_number_of_a_known_person_is_pointed_out(county: County) -> None:
    result = await bring_in(county, person(HEAD.name, "13900000077", "村书记"))
    assert result.added == ("李书记",)
    assert (
        "李书记多了一条：原来尾号 0006，这份名册写的是尾号 0077。如果是同一人换了号码，请把旧的那条办离任。"
        in await told(county, result)
    )


# -- leavers --------------------------------------------------------------------------------------------------------


async def test_who_is_missing_from_a_part_of_the_roster_stays(county: County) -> None:
    result = await bring_in(county, row(HEAD, "村书记"))
    assert result.leavers == ()
    assert (await county.person(GRID)).status is PersonStatus.ACTIVE


async def test_who_is_missing_from_a_complete_list_goes_only_when_confirmed(county: County) -> None:
    rows = (row(HEAD, "村书记"), row(OFFICER, "应急管理员、预警员、信息报告员"))
    asked = await bring_in(county, *rows, complete_for=VILLAGE)
    assert [one.name for one in asked.leavers] == ["包村小刘", "王大爷", "山塘老徐"]
    assert "还没有办离任，确认后才办。" in await told(county, asked)
    assert (await county.person(GRID)).user_id == GRID.user_id
    done = await bring_in(county, *rows, complete_for=VILLAGE, confirm=True)
    left = await county.person(GRID)
    assert (left.status, left.user_id, left.posts) == (PersonStatus.LEFT, None, ())
    text = await told(county, done)
    assert "已办离任：包村小刘、王大爷、山塘老徐。" in text
    assert "请群主移出：上坞村群、石梁镇群。" in text
    assert county.last(GRID) == "王大爷，您已不在责任人名册里，这里不再给您发预警和任务。感谢您这些年的付出。"
    county.seen_all()


async def test_a_leaver_with_a_post_elsewhere_keeps_that_post_and_his_account(county: County) -> None:
    elsewhere = Post(Role.PATROLLER, PlaceCode("331124002001"))
    await county.run(
        lambda work: work.rows.people.set_posts(county.ids[GRID.user_id], (Post(Role.GRID_MEMBER, VILLAGE), elsewhere))
    )
    await bring_in(county, row(HEAD, "村书记"), complete_for=VILLAGE, confirm=True)
    kept = await county.person(GRID)
    assert (kept.status, kept.user_id, kept.posts) == (PersonStatus.ACTIVE, GRID.user_id, (elsewhere,))
    county.seen_all()


async def test_a_line_outside_the_place_of_a_complete_list_keeps_the_file_out(county: County) -> None:
    result = await bring_in(county, row(HEAD, "村书记", 村="岭下村"), complete_for=VILLAGE)
    assert "第 2 行：李书记的岗位在石梁镇·岭下村，而这份名册说的是石梁镇·上坞村。" in await told(county, result)
    with pytest.raises(DomainError):
        await bring_in(county, row(HEAD, "村书记"), complete_for=PlaceCode("331124009"))


async def test_somebody_who_left_comes_back_with_the_next_roster(county: County) -> None:
    await bring_in(county, row(HEAD, "村书记"), complete_for=VILLAGE, confirm=True)
    result = await bring_in(county, row(GRID, "网格员"))
    assert "王大爷原已离任，现重新列入。" in await told(county, result)
    assert (await county.person(GRID)).status is PersonStatus.ACTIVE
    county.seen_all()


# -- what is worth looking at ----------------------------------------------------------------------------------------


async def test_villages_without_an_emergency_officer_and_other_holes_are_named(county: County) -> None:
    result = await bring_in(county, row(OFFICER, "应急管理员"), person("空缺", "", "网格员"))
    assert await told(county, result) == (
        "名册已导入。\n新加 0 人\n更新 1 人：陈应急\n没有变化 0 人\n请看一下：\n"
        "· 陈应急不再担任：石梁镇·上坞村的预警员、信息报告员。\n"
        "· 第 3 行：网格员空缺。\n"
        "· 没有应急管理员的村（每村至少一名）：石梁镇·岭下村。\n"
        "· 没有包村干部的村：石梁镇·岭下村。"
    )


async def test_a_roster_before_any_divisions_says_what_comes_first(county: County) -> None:
    async def service(work: Work) -> ImportResult:
        work.county = PlaceCode("331199")
        return await import_roster(work, lines(person("张三", "13900000001", "网格员")))

    result = await county.run(service)
    assert [one.key for one in result.problems] == ["roster.problem.no_places"]


# -- divisions -------------------------------------------------------------------------------------------------------

DIVISIONS = ("代码", "名称", "级别", "上级代码", "纬度", "经度")


async def bring_places(county: County, *rows: Sequence[str], header: Sequence[str] = DIVISIONS) -> PlacesResult:
    result: PlacesResult = await county.run(lambda work: import_places(work, lines(*rows, header=header)))
    return result


async def said_of_places(county: County, result: PlacesResult) -> str:
    async def service(work: Work) -> str:
        return markup.plain(places.report(work, result))

    text: str = await county.run(service)
    return text


async def test_divisions_are_added_and_renamed_grids_too_and_positions_stay(county: County) -> None:
    result = await bring_places(
        county,
        (COUNTY, "松阳县", "县", "3311", "", ""),
        (VILLAGE, "上坞社区", "5", TOWNSHIP, "", ""),
        ("331124001003", "新塘村", "村", "", "28.47", "119.51"),
        ("331124001003-7", "新塘山塘", "网格", "", "", ""),
    )
    assert (result.added, result.updated, result.unchanged) == (2, 1, 1)
    tree = await county.run(lambda work: work.rows.places.tree())
    assert (tree.get(VILLAGE).name, tree.get(VILLAGE).lat) == ("上坞社区", 28.45)
    assert tree.get(PlaceCode("33112400100307")).parent == "331124001003"


async def test_every_bad_division_is_told_and_none_is_taken(county: County) -> None:
    result = await bring_places(
        county,
        ("331124001009", "好村", "", "", "", ""),
        ("", "无码村", "", "", "", ""),
        ("12345", "乱码村", "", "", "", ""),
        ("330106001", "外地镇", "", "", "", ""),
        ("331124001010", "12", "", "", "", ""),
        ("331124001011", "级别村", "乡镇", "", "", ""),
        ("331124001012", "上级村", "", "331124002", "", ""),
        ("331124005001", "孤村", "", "", "", ""),
        ("331124001013", "半边村", "", "", "28.4", ""),
        ("331124001014", "反了村", "", "", "119.5", "28.4"),
        ("331124001015", "海外村", "", "", "1.0", "2.0"),
        ("331124001016", "北纬村", "", "", "北", "119"),
        ("331124001009", "另一个好村", "", "", "", ""),
    )
    text = await said_of_places(county, result)
    assert text.splitlines()[2:] == [
        "第 3 行：没有写代码。",
        "第 4 行：代码“12345”不对，应为 6、9 或 12 位数字，网格再加编号。",
        "第 5 行：代码 330106001 不属于本县。",
        "第 6 行：名称“12”不对，应为 1 到 40 个字。",
        "第 7 行：代码 331124001011 不是“乡镇”。请核对代码和级别。",
        "第 8 行：代码 331124001012 不在上级“331124002”下面，请核对。",
        "第 9 行：孤村（331124005001）的上一级还没有，请把上一级也写进来。",
        "第 10 行：纬度和经度要么都写，要么都不写。",
        "第 11 行：纬度 119.5、经度 28.4 看起来写反了。",
        "第 12 行：纬度 1.0、经度 2.0 不在国内，请核对。",
        "第 13 行：经纬度“北”不是数字。",
        "第 14 行：代码 331124001009 在第 2 行已经有了，名称是好村。",
    ]
    tree = await county.run(lambda work: work.rows.places.tree())
    assert PlaceCode("331124001009") not in tree


async def test_two_villages_of_one_name_under_one_township_are_pointed_out(county: County) -> None:
    result = await bring_places(county, ("331124001020", "上坞村", "", "", "", ""))
    assert "有重名，名册里请写代码：石梁镇·上坞村。" in await said_of_places(county, result)
