"""The county leader who answers for a township is on the way up where lives hang on it, and checks its checker."""

from pathlib import Path

from domain.check_plans import Body, BodyKind
from domain.obligations import Plan, Rung
from domain.people import Role
from services.chain import assign
from services.check_bodies import checker_above
from services.ladder import resolve
from services.work import Work
from tests.support.county import (
    COUNTY,
    DUTY,
    ELSEWHERE,
    HEAD,
    LEADER,
    TOWNSHIP,
    VILLAGE,
    County,
    small_county,
    someone,
)

MAYOR = someone(120, "何副县长", (Role.COUNTY_LEADER, COUNTY))
OTHER = someone(121, "孙副县长", (Role.COUNTY_LEADER, COUNTY))
SILENT = someone(122, "没登记的", (Role.COUNTY_LEADER, COUNTY))


async def answering(county: County) -> None:
    """何副县长 answers for the township, 孙副县长 for the other one."""
    await county.join(MAYOR)
    await county.join(OTHER)
    duty = await county.person(DUTY)
    await county.run(lambda work: assign(work, duty, county.ids[MAYOR.user_id], TOWNSHIP))
    await county.run(lambda work: assign(work, duty, county.ids[OTHER.user_id], ELSEWHERE))


async def county_rung(county: County, subject: str) -> set[str]:
    async def ask(work: Work) -> set[str]:
        person = await work.rows.people.get(county.ids[HEAD.user_id])
        assert person is not None
        await work.rows.obligations.open(
            subject=subject,
            what="x",
            plan=Plan(answer_within=1),
            opened_at=work.now,
            owing=[(person.id, VILLAGE, True)],
        )
        owed = await work.rows.obligations.find(subject, person.id, "x")
        assert owed is not None
        return {one.name for one in await resolve(work, Rung.COUNTY, person, owed)}

    found = await county.run(ask)
    assert isinstance(found, set)
    return found


async def above(county: County, body: Body) -> str:
    leader = county.ids[LEADER.user_id]
    found = await county.run(lambda work: checker_above(work, body, but={leader}))
    return str(found.name)


async def test_a_warning_that_climbs_to_the_county_reaches_whoever_answers_for_the_township(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        assert await county_rung(county, "warning:7") == {DUTY.name}
        await answering(county)
        assert await county_rung(county, "warning:8") == {DUTY.name, MAYOR.name}
        assert await county_rung(county, "reply:8") == {DUTY.name, MAYOR.name}
        assert await county_rung(county, "patrol:8") == {DUTY.name}
        assert await county_rung(county, "hazard:8") == {DUTY.name}


async def test_a_drawn_checker_is_asked_by_the_leader_who_answers_for_his_township(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        township = Body(BodyKind.TOWNSHIP, TOWNSHIP)
        assert await above(county, township) == DUTY.name
        await answering(county)
        assert await above(county, township) == MAYOR.name
        assert await above(county, Body(BodyKind.TOWNSHIP, ELSEWHERE)) == OTHER.name
        assert await above(county, Body(BodyKind.DEPARTMENT, COUNTY, "水利")) != MAYOR.name


async def test_a_leader_whom_no_message_reaches_is_passed_over(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.join(SILENT, enrolled=False)
        duty = await county.person(DUTY)
        await county.run(lambda work: assign(work, duty, county.ids[SILENT.user_id], TOWNSHIP))
        assert await above(county, Body(BodyKind.TOWNSHIP, TOWNSHIP)) == DUTY.name
        assert await county_rung(county, "warning:8") == {DUTY.name}
