"""A warning from the folder to the last silent person, on the whole bot."""

from tests.support.county import (
    CADRE,
    DUTY,
    FAR_VILLAGE,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR_HEAD,
    OFFICER,
    PATROLLER,
    STATION,
    STRANGER,
    TOWNSHIP,
    VILLAGE,
    WATER,
    County,
)


async def test_a_warning_reaches_exactly_the_groups_of_its_places(county: County) -> None:
    await county.warn(colour="橙色", places=[VILLAGE])
    for group in (county.county_group, county.township_group, county.village_group):
        assert len(county.new(group)) == 1
    for group in (county.neighbour_group, county.far_group, county.far_village_group):
        assert county.new(group) == []
    county.seen_all()


async def test_one_person_with_three_posts_is_asked_once_and_counts_once(county: County) -> None:
    await county.warn(places=[VILLAGE])
    assert len(county.new(OFFICER)) == 1
    pressed = await county.press(OFFICER, "收到")
    assert pressed.text == "已记录 08:00，陈应急。"
    assert "已应答 08:00" in county.last(OFFICER)
    await county.pass_time(seconds=30)
    assert "应答 1/6" in county.last(county.village_group)
    county.seen_all()


async def test_who_has_no_duty_there_is_not_asked(county: County) -> None:
    await county.warn(places=[VILLAGE])
    assert county.new(WATER) == []
    assert county.new(NEIGHBOUR_HEAD) == []
    assert county.new(STRANGER) == []
    county.seen_all()
