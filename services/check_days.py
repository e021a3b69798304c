"""The daily checks of response periods, by the clock: every body draws in every window of its level, at a minute that
its seed chooses. Everything is a row; a beat that was missed is made up by the next, within the window. What was missed
for good is recorded as the bot's own failing, and the body's leader is told once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.check_charges import Charge, charges
from domain.check_hours import slots
from domain.check_plans import Body, DailyState, Slot, moment_of
from domain.check_policy import CheckWindow, DailyChecks
from domain.response import Period
from services.check_asking import settle_question
from services.check_bodies import checker_of, departments
from services.check_daily import draw
from services.check_verdicts import close_if_done
from services.check_view import everyone
from services.ports import DailyRow
from services.work import Work

_EVERY = timedelta(minutes=1)
_PLANNED = "daily_checks"
_ENDED = "daily_checks_ended"
_MOST_AT_ONCE = 5
"""draws in one beat, so that nobody's reply waits for long; the rest follows in the next"""


async def plan_days(work: Work) -> int:
    """Once a minute: a row for each draw whose window has opened. A window that came and went while the bot did not
    run becomes a row too, as missed. Returns how many rows."""
    periods = await work.rows.responses.active()
    if not periods:
        return 0
    last = await work.rows.heartbeats.last(_PLANNED)
    if last is not None and timedelta() <= work.now - last < _EVERY:
        return 0
    await work.rows.heartbeats.heard(_PLANNED, work.now)
    added: list[DailyRow] = []
    for charge in await _charges(work, periods):
        known = await work.rows.daily_checks.known(charge.period.id)
        new = [
            _row(work, charge, slot)
            for slot in _slots(work, charge, last)
            if (charge.body.key, slot.day, slot.name) not in known
        ]
        added += await work.rows.daily_checks.add(new)
    for row in added:
        await work.note("daily_check.planned", row.subject, None, seed=f"{row.seed:016x}", period=row.period_id)
    missed = [row for row in added if row.state is DailyState.MISSED] + await _gone_by(work)
    await _tell_missed(work, missed)
    return len(added)


async def _charges(work: Work, periods: Sequence[Period]) -> list[Charge]:
    return charges(periods, await work.tree(), work.county, await departments(work))


def _plan(work: Work, charge: Charge) -> DailyChecks:
    """Of the level; without its nights where the county's table does not have people on duty round the clock then."""
    plan = work.policy.checks.daily.of(charge.period.level)
    if work.policy.response.levels[charge.period.level].round_the_clock:
        return plan
    return plan.model_copy(update={"windows": tuple(one for one in plan.windows if not one.at_night)})


def _slots(work: Work, charge: Charge, last: datetime | None) -> list[Slot]:
    """Windows that were open since the last look. One that was open already then, and was none of this body's, is new
    to it: the level was raised, or its place taken in. It is given the same while as after a start."""
    soon = timedelta(minutes=work.policy.checks.daily.not_before_minutes)
    began = charge.period.started_at
    since = began if last is None else max(began, last)
    found = []
    for slot in slots(
        _plan(work, charge), charge.body.kind, work.zone, not_before=began + soon, since=since, until=work.now
    ):
        new_to_it = last is not None and began < last and slot.opens_at < last
        opens_at = max(slot.opens_at, work.now + soon) if new_to_it else slot.opens_at
        if opens_at < slot.closes_at:
            found.append(Slot(slot.name, slot.day, opens_at, slot.closes_at))
    return found


def _row(work: Work, charge: Charge, slot: Slot) -> DailyRow:
    seed = work.chance.getrandbits(64)
    return DailyRow(
        id=0,
        period_id=charge.period.id,
        body=charge.body,
        day=slot.day,
        window=slot.name,
        opens_at=slot.opens_at,
        closes_at=slot.closes_at,
        due_at=moment_of(seed, slot.opens_at, slot.closes_at),
        seed=seed,
        state=DailyState.WAITING if slot.closes_at > work.now else DailyState.MISSED,
    )


# -- drawing ------------------------------------------------------------------------------------------------------


async def draw_due(work: Work) -> int:
    """Whatever's minute has come, in its window. Returns how many draws were made. Not while the bot is deaf: nobody
    could be asked."""
    due = [row for row in await work.rows.daily_checks.waiting() if row.due_at <= work.now < row.closes_at]
    if not due:
        return 0
    by_body = {(one.period.id, one.body.key): one for one in await _charges(work, await work.rows.responses.active())}
    made = 0
    for row in due[:_MOST_AT_ONCE]:
        charge = by_body.get((row.period_id, row.body.key))
        window = None if charge is None else _window(_plan(work, charge), row)
        if charge is None or window is None:
            await _drop(work, row)
        elif await draw(work, row, charge, _plan(work, charge), window) is not None:
            made += 1
    return made


def _window(plan: DailyChecks, row: DailyRow) -> CheckWindow | None:
    """The level may have changed since: a window that it does not have is not drawn."""
    return next((one for one in plan.windows if one.name == row.window and row.body.kind in one.bodies), None)


async def _drop(work: Work, row: DailyRow) -> None:
    if await work.rows.daily_checks.settle(row.settled(DailyState.DROPPED)):
        await work.note("daily_check.dropped", row.subject, None, period=row.period_id)


# -- missed -------------------------------------------------------------------------------------------------------


async def _gone_by(work: Work) -> list[DailyRow]:
    """Waiting ones whose window has closed."""
    late = [row for row in await work.rows.daily_checks.waiting() if row.closes_at <= work.now]
    return [row for row in late if await work.rows.daily_checks.settle(row.settled(DailyState.MISSED))]


async def _tell_missed(work: Work, rows: Sequence[DailyRow]) -> None:
    """机器人漏抽: one message for each body, however many were missed."""
    by_body: dict[Body, list[DailyRow]] = {}
    for row in rows:
        by_body.setdefault(row.body, []).append(row)
        await work.note("daily_check.missed", row.subject, None, period=row.period_id)
    tree = await work.tree()
    for body, missed in by_body.items():
        leader = await checker_of(work, body)
        if leader is None:
            continue
        text = work.words.text(
            "daily_check.missed",
            leader.language,
            place=body.department or tree.path(body.place),
            windows=[_when(work, row) for row in missed],
        )
        await work.tell(leader, f"{missed[0].subject}:missed", text, subject="daily_check:missed", silent=True)


def _when(work: Work, row: DailyRow) -> Mapping[str, object]:
    return {"since": work.local(row.opens_at), "until": work.local(row.closes_at)}


# -- the end ------------------------------------------------------------------------------------------------------


async def end_over(work: Work) -> int:
    """Once a minute: periods that are over, and still have something of theirs open. Returns how many."""
    last = await work.rows.heartbeats.last(_ENDED)
    if last is not None and timedelta() <= work.now - last < _EVERY:
        return 0
    await work.rows.heartbeats.heard(_ENDED, work.now)
    unfinished = await work.rows.daily_checks.unfinished()
    running = {one.id for one in await work.rows.responses.active()} if unfinished else set()
    over = [number for number in sorted(unfinished) if number not in running]
    for number in over:
        await end_daily(work, number)
    return len(over)


async def end_daily(work: Work, period_id: int) -> int:
    """A response has ended. What waits is not drawn; whoever has not answered yet is asked no more and judged for
    nothing. What came back stays, and is judged by the human whose affair it is. Returns how many draws were dropped.
    """
    waiting = await work.rows.daily_checks.of_period(period_id, [DailyState.WAITING])
    for row in waiting:
        await _drop(work, row)
    for check in await work.rows.checks.open_of_period(period_id):
        people = {one.person.id: one for one in await everyone(work, check)}
        closed = await work.rows.obligations.close_subject(check.subject)
        for owed in closed:
            one = people[owed.person_id]
            await settle_question(work, check, one.asked, one.person, "over")
        if closed:
            await close_if_done(work, check)
    return len(waiting)
