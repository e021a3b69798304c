"""A pasted list as the subject of a leader's own check."""

from pathlib import Path

from domain.name_lists import read_names
from domain.people import Role
from services.check_list import Listed, read_list
from tests.support.county import (
    FAR_HEAD,
    GRID,
    HEAD,
    NEIGHBOUR,
    NEIGHBOUR_HEAD,
    OFFICER,
    PATROLLER,
    STATION,
    County,
    small_county,
    someone,
)

TWIN = someone(130, GRID.name, (Role.GRID_MEMBER, NEIGHBOUR))


async def read(county: County, text: str) -> Listed:
    station = await county.person(STATION)
    found = await county.run(lambda work: read_list(work, station, text))
    assert isinstance(found, Listed)
    return found


def test_a_list_is_read_as_people_paste_it() -> None:
    found = read_names("1. 李书记 上坞村书记 138 0000 0006\n（2）陈应急；王大爷、 王大爷\n\n三、13800000009\n---")
    assert [(one.words, one.phone) for one in found] == [
        (("李书记", "上坞村书记"), "13800000006"),
        (("陈应急",), ""),
        (("王大爷",), ""),
        (("三",), ""),
        ((), "13800000009"),
        (("---",), ""),
    ]


async def test_who_is_meant_may_be_meant_and_is_unknown(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.join(TWIN)
        found = await read(county, f"李书记、{GRID.name}、坑头书记\n没有这人 上坞村\n{PATROLLER.phone}")
        assert [one.name for one in found.found] == [HEAD.name, PATROLLER.name]
        assert {name: len(people) for name, people in found.several.items()} == {GRID.name: 2}
        assert found.unknown == (FAR_HEAD.name, "没有这人 上坞村")
        narrowed = await read(county, f"{GRID.name} 岭下")
        assert [one.id for one in narrowed.found] == [county.ids[TWIN.user_id]]
        by_number = await read(county, f"{GRID.name} {GRID.phone}\n{GRID.name}")
        assert [one.id for one in by_number.found] == [county.ids[GRID.user_id]]
        assert by_number.several == {}


async def test_a_leader_pastes_a_list_says_who_is_meant_and_sees_who_was_not_asked(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.join(TWIN)
        await county.say(STATION, "/check")
        await county.press(STATION, "贴一份名单")
        await county.say(STATION, f"李书记\n{GRID.name}\n{NEIGHBOUR_HEAD.name}\n没有这人")
        assert f"{GRID.name}有重名的" in county.last(STATION)
        await county.press(STATION, f"{GRID.name}（石梁镇·上坞村）")
        await county.press(STATION, "填好了")
        assert "名单对上 2 位" in county.last(STATION)
        assert "对不上的不问：没有这人" in county.last(STATION)
        await county.press(STATION, "人员到岗履职")
        assert county.new(HEAD) == []
        await county.press(STATION, "确认提交")
        said = "".join(county.texts(STATION))
        assert "名册里对不上、没有问的：没有这人" in said
        assert "应答 0/3" in said
        for who in (HEAD, GRID, NEIGHBOUR_HEAD):
            assert "【抽查】" in county.last(who)
        assert county.new(TWIN) == []
        assert county.new(OFFICER) == []
        county.seen_all()


async def test_a_list_nobody_of_which_is_his_sends_nothing(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.say(STATION, "/check")
        await county.press(STATION, "贴一份名单")
        await county.say(STATION, f"{FAR_HEAD.name}、路人甲")
        await county.press(STATION, "人员到岗履职")
        pressed = await county.press(STATION, "确认提交")
        assert pressed.alert
        assert pressed.text is not None
        assert "名单里没有您能抽查的人" in pressed.text
        assert county.new(FAR_HEAD) == []
        county.seen_all()
