"""What the township orders about patrols until it takes it back: 暂停巡查（人员安全）, when nobody goes out and nobody
counts as missing. A new round begins only after it."""

from datetime import timedelta

from domain.errors import DomainError, Stale
from domain.obligations import ObligationState
from domain.patrols import OrderKind, TaskState
from domain.people import Action, Person
from domain.places import PlaceCode, is_within
from services.patrol_desk import areas_of
from services.patrol_rounds import orders_in_force
from services.ports import PatrolOrder
from services.work import Work

_LOOK_BACK = timedelta(days=2)


async def pause(work: Work, officer: Person, place: PlaceCode) -> int:
    """Everybody with an open task there is told once to stay; returns how many tasks are excused. Raises NotAllowed,
    Stale where it is paused already."""
    await work.require(officer, Action.PLAN_PATROL, place)
    if any(one.kind is OrderKind.PAUSE and one.place == place for one in await work.rows.rounds.orders()):
        raise Stale("patrol.order.already")
    order = PatrolOrder(0, OrderKind.PAUSE, place, None, "", officer.id, work.now)
    order = await work.rows.rounds.add_order(order)
    tasks = [
        one
        for one in await work.rows.patrols.unfinished([place], work.now - _LOOK_BACK)
        if one.state is TaskState.OPEN and await work.rows.rounds.finish(one.id, TaskState.EXCUSED)
    ]
    for task in tasks:
        await work.rows.obligations.close_subject(task.subject, ObligationState.EXCUSED)
    area = (await work.tree()).path(place)
    for person in (await work.rows.people.many({one.person_id for one in tasks})).values():
        text = work.words.text("patrol.order.stay", person.language, place=area)
        await work.tell(person, f"patrol-order:{order.id}:{person.id}", text, subject=f"patrol-order:{order.id}")
    await work.note("patrol.paused", f"patrol-order:{order.id}", officer, tasks=len(tasks))
    return len(tasks)


async def make_dense(work: Work, officer: Person, place: PlaceCode) -> PatrolOrder:
    """Dikes there are walked every half hour until it is taken back or runs out; a response has to be on. Raises
    NotAllowed, Stale where it holds already, DomainError without a response."""
    await work.require(officer, Action.PLAN_PATROL, place)
    if any(one.kind is OrderKind.DENSE and one.place == place for one in await orders_in_force(work)):
        raise Stale("patrol.order.dense_already")
    if not any(one.touches(place) for one in await work.rows.responses.active()):
        raise DomainError("patrol.order.no_response")
    order = await work.rows.rounds.add_order(PatrolOrder(0, OrderKind.DENSE, place, None, "", officer.id, work.now))
    await work.note("patrol.dense", f"patrol-order:{order.id}", officer, place=place)
    return order


async def resume(work: Work, officer: Person, order_id: int) -> PatrolOrder:
    """Raises NotAllowed, Stale when it does not hold any more."""
    order = next((one for one in await work.rows.rounds.orders() if one.id == order_id), None)
    if order is None:
        raise Stale("refused.stale")
    await work.require(officer, Action.PLAN_PATROL, order.place)
    if not await work.rows.rounds.end_order(order_id, officer.id, work.now):
        raise Stale("refused.stale")
    await work.note("patrol.resumed", f"patrol-order:{order.id}", officer)
    return order


async def orders_of(work: Work, officer: Person) -> list[PatrolOrder]:
    areas = areas_of(officer)
    return [one for one in await orders_in_force(work) if any(is_within(one.place, area) for area in areas)]
