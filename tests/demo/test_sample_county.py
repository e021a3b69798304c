"""The sample county is what the demo says it is."""

from collections import Counter

from demo.county import build
from domain.people import Role
from domain.places import Level


def test_it_has_the_real_townships_and_villages() -> None:
    levels = Counter(place.level for place in build().places)
    assert levels == {Level.COUNTY: 1, Level.TOWNSHIP: 19, Level.VILLAGE: 214}


def test_every_village_has_a_head_and_an_emergency_officer_with_several_posts() -> None:
    county = build()
    for place in county.places:
        if place.level is Level.VILLAGE:
            county.holding(Role.VILLAGE_HEAD, place.code)
            assert len(county.holding(Role.EMERGENCY_OFFICER, place.code).posts) == 3


def test_the_same_seed_makes_the_same_people_and_nobody_twice() -> None:
    first, second = build(1).residents, build(1).residents
    assert first == second
    assert len({one.name for one in first}) == len({one.phone for one in first}) == len(first)
