"""Checks issued without the dialogue, and what became of them."""

from domain.checks import Topic
from services.checks import Order, issue
from services.ports import CheckRow, VerdictRow
from tests.support.county import (
    CADRE,
    DUTY,
    FAR_HEAD,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR_HEAD,
    OFFICER,
    PATROLLER,
    STATION,
    County,
    Someone,
)

VILLAGE_PEOPLE = (HEAD, OFFICER, GRID, PATROLLER, NEIGHBOUR_HEAD)


async def named(county: County, checker: Someone, whom: Someone, topic: Topic, **more: bool) -> CheckRow:
    """A check of one person, issued without the dialogue."""
    by = await county.person(checker)
    order = Order(topic, person_id=county.ids[whom.user_id], **more)
    check = await county.run(lambda work: issue(work, by, order))
    assert isinstance(check, CheckRow)
    return check


async def drawn(county: County, checker: Someone, size: int, topic: Topic = Topic.HAZARDS) -> CheckRow:
    by = await county.person(checker)
    check = await county.run(lambda work: issue(work, by, Order(topic, by.posts[0].place, size=size)))
    assert isinstance(check, CheckRow)
    return check


async def verdicts(county: County, check: CheckRow) -> list[VerdictRow]:
    return list(await county.run(lambda work: work.rows.checks.verdicts(check.id)))


async def asked_of(county: County, check: CheckRow) -> set[Someone]:
    rows = await county.run(lambda work: work.rows.checks.asked(check.id))
    people = {county.ids[who.user_id]: who for who in (*VILLAGE_PEOPLE, CADRE, STATION, LEADER, DUTY, FAR_HEAD)}
    return {people[row.person_id] for row in rows}


def overview(county: County, checker: Someone) -> str:
    return next(text for text in reversed(county.texts(checker)) if text.startswith("抽查 2026") and "应答 " in text)
