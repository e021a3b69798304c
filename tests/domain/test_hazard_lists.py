"""What somebody sees of the open hazards follows from the table of rights alone."""

from domain.hazard_lists import HazardScope, OfDepartment, scope_of
from domain.hazards import Category
from domain.people import Person, PersonId, Post, Role
from domain.places import PlaceCode

COUNTY, TOWNSHIP, VILLAGE = PlaceCode("331124"), PlaceCode("331124001"), PlaceCode("331124001001")


def person(number: int, *posts: Post) -> Person:
    return Person(id=PersonId(number), name="某人", phone=f"1380000000{number}", posts=posts)


def owns(department: str) -> frozenset[Category]:
    return frozenset({Category.POND}) if department == "水利" else frozenset()


def test_each_post_sees_as_far_as_its_rights_reach():
    water = OfDepartment(COUNTY, "水利", frozenset({Category.POND}))
    for post, scope in (
        (Post(Role.STATION, TOWNSHIP), HazardScope(areas=(TOWNSHIP,))),
        (Post(Role.COUNTY_DUTY, COUNTY), HazardScope(areas=(COUNTY,))),
        (Post(Role.CONTACT_CADRE, VILLAGE), HazardScope(areas=(VILLAGE,))),
        (Post(Role.VILLAGE_HEAD, VILLAGE), HazardScope(lesser=(VILLAGE,))),
        (Post(Role.EMERGENCY_OFFICER, VILLAGE), HazardScope(at_once=(VILLAGE,))),
        (Post(Role.DEPARTMENT, COUNTY, "水利"), HazardScope(departments=(water,))),
        (Post(Role.GRID_MEMBER, VILLAGE), HazardScope()),
    ):
        seen = scope_of([person(1, post)], owns)
        assert (seen.areas, seen.lesser, seen.at_once, seen.departments) == (
            scope.areas,
            scope.lesser,
            scope.at_once,
            scope.departments,
        ), post.role
        assert seen.people == (PersonId(1),)


def test_whoever_stands_in_sees_what_the_absent_sees():
    seen = scope_of([person(1, Post(Role.GRID_MEMBER, VILLAGE)), person(2, Post(Role.STATION, TOWNSHIP))], owns)
    assert (seen.areas, seen.people) == ((TOWNSHIP,), (PersonId(1), PersonId(2)))
