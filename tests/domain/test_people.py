"""The table of rights: authority comes from a post and its place, and from nothing else."""

import pytest

from domain.people import (
    RIGHTS,
    Action,
    Person,
    PersonId,
    PersonStatus,
    Post,
    PrivateChat,
    Reach,
    Role,
    may,
)
from domain.places import PlaceCode

COUNTY, TOWN, OTHER = PlaceCode("331124"), PlaceCode("331124001"), PlaceCode("331124002")
VILLAGE, FAR = PlaceCode("331124001001"), PlaceCode("331124002001")


def holding(*posts: Post, status: PersonStatus = PersonStatus.ACTIVE) -> Person:
    return Person(PersonId(1), "某人", "13800000000", status=status, posts=posts)


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("role", list(Role))
def test_nobody_acts_outside_the_area_of_his_post(role: Role, action: Action) -> None:
    person = holding(Post(role, VILLAGE, "水利"))
    allowed = may(person, action, FAR, department="水利")
    assert allowed == (RIGHTS[action].get(role) is Reach.ANY)


@pytest.mark.parametrize("action", [a for a in Action if a is not Action.REPORT_HAZARD])
def test_who_has_left_and_who_is_unknown_may_nothing_but_report(action: Action) -> None:
    left = holding(Post(Role.STATION, TOWN), status=PersonStatus.LEFT)
    assert not may(left, action, TOWN)
    assert not may(None, action, TOWN)


def test_everybody_may_report_a_hazard() -> None:
    for person in (None, holding(), holding(Post(Role.GRID_MEMBER, FAR))):
        assert may(person, Action.REPORT_HAZARD, VILLAGE)


@pytest.mark.parametrize(
    ("role", "place", "action", "expected"),
    [
        (Role.COUNTY_DUTY, COUNTY, Action.POST_WARNING, True),
        (Role.STATION, TOWN, Action.POST_WARNING, True),
        (Role.VILLAGE_HEAD, VILLAGE, Action.POST_WARNING, False),
        (Role.GRID_MEMBER, VILLAGE, Action.SEE_MISSING, False),
        (Role.VILLAGE_HEAD, VILLAGE, Action.SEE_MISSING, True),
        (Role.STATION, TOWN, Action.ISSUE_CHECK, True),
        (Role.CONTACT_CADRE, VILLAGE, Action.ISSUE_CHECK, True),
        (Role.VILLAGE_HEAD, VILLAGE, Action.ISSUE_CHECK, False),
        (Role.STATION, TOWN, Action.RELEASE_HELD_WARNING, False),
    ],
)
def test_rows_of_the_fields_table(role: Role, place: PlaceCode, action: Action, expected: bool) -> None:
    assert may(holding(Post(role, place)), action, VILLAGE) is expected


def test_a_village_head_closes_ordinary_hazards_only() -> None:
    head = holding(Post(Role.VILLAGE_HEAD, VILLAGE))
    assert may(head, Action.CLOSE_HAZARD, VILLAGE)
    assert not may(head, Action.CLOSE_HAZARD, VILLAGE, grave=True)


def test_a_department_acts_on_its_own_categories_only() -> None:
    water = holding(Post(Role.DEPARTMENT, COUNTY, "水利"))
    assert may(water, Action.ASSIGN_HAZARD, VILLAGE, department="水利")
    assert not may(water, Action.ASSIGN_HAZARD, VILLAGE, department="住建")
    assert not may(water, Action.ASSIGN_HAZARD, VILLAGE)


def test_own_things_are_everybodys_own() -> None:
    monitor = holding(Post(Role.MONITOR, VILLAGE))
    assert may(monitor, Action.PATROL, VILLAGE, own=True)
    assert not may(monitor, Action.PATROL, VILLAGE)


def test_reachable_means_an_account_and_an_open_private_chat() -> None:
    known = Person(PersonId(1), "甲", "1", user_id=5, private_chat=PrivateChat.OPEN)
    assert known.reachable
    assert not Person(PersonId(1), "甲", "1", user_id=5, private_chat=PrivateChat.BLOCKED).reachable
    assert not Person(PersonId(1), "甲", "1").reachable
