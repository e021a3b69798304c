"""One daily draw: whom the seed takes, which subject each is asked about, one message for whoever judges.

Whoever judges is the body's leader on duty. Where he is drawn himself, the next level asks and judges him.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta

from domain.check_charges import Charge
from domain.check_minutes import CheckMinutes
from domain.check_plans import Chosen, DailyState, PlanDraw, plan_draw
from domain.check_policy import CheckWindow, DailyChecks
from domain.check_topics import topic_in_turn, topics_for
from domain.checks import Draw, Manner, Topic, Why
from domain.obligations import due_at
from domain.people import Person
from services.check_bodies import Drawable, checker_above, checker_of, drawable
from services.check_opening import next_number, open_and_ask
from services.check_overview import show
from services.ports import AskedRow, CheckRow, DailyRow
from services.work import Work

_WARNING_DAYS = 3
"""a warning older than this is no subject any more"""


async def draw(work: Work, row: DailyRow, charge: Charge, plan: DailyChecks, window: CheckWindow) -> DailyRow | None:
    """Draw, write down what the draw came from, and ask. None when another hand settled the row first.

    1. Strata and exemptions of this moment. 2. The draw from the row's seed and what was drawn before. 3. The record.
    4. One check for whoever judges; one more of the next level where he himself was drawn.
    """
    from_ = await drawable(work, charge, plan, window)
    history = await work.rows.daily_checks.history(row.period_id, row.body.key)
    record = plan_draw(from_.strata, from_.excluded, history, row.seed)
    state = DailyState.DRAWN if record.chosen else DailyState.EMPTY
    settled = row.settled(state, level=charge.period.level.value, drawn_at=work.now, record=record)
    if not await work.rows.daily_checks.settle(settled):
        return None
    await work.note(f"daily_check.{state.value}", row.subject, None, seed=f"{row.seed:016x}", drawn=len(record.chosen))
    if not record.chosen:
        await _tell_empty(work, settled, record)
    else:
        answer = work.policy.response.levels[charge.period.level].answer_minutes
        await _ask(work, settled, from_, record, work.policy.checks.level_minutes(answer))
    return settled


async def _tell_empty(work: Work, row: DailyRow, record: PlanDraw) -> None:
    """Nobody was asked: whoever judges hears why. Where nobody holds a post there is nothing to say."""
    leader = await checker_of(work, row.body)
    whys = Counter(one.why for one in record.excluded.values())
    if leader is None or not whys:
        return
    named = {why: whys.pop(why, 0) for why in (Why.ACTIVE, Why.RESTING, Why.CUT_OFF)}
    place = row.body.department or (await work.tree()).path(row.body.place)
    text = work.words.text(
        "daily_check.empty",
        leader.language,
        place=place,
        active=named[Why.ACTIVE],
        resting=named[Why.RESTING],
        cut_off=named[Why.CUT_OFF],
        others=sum(whys.values()),
    )
    await work.tell(leader, f"{row.subject}:empty", text, subject="daily_check:empty", silent=True)


async def _ask(work: Work, row: DailyRow, from_: Drawable, record: PlanDraw, minutes: CheckMinutes) -> None:
    checker = await checker_of(work, row.body)
    if checker is None:
        await work.note("daily_check.nobody_judges", row.subject)
        return
    topics = await _topics(work, record)
    mine = [one for one in record.chosen if one.person != checker.id]
    his_own = [one for one in record.chosen if one.person == checker.id]
    if mine:
        await _issue(work, row, checker, from_, record, mine, topics, minutes)
    if his_own:
        above = await checker_above(work, row.body, but={checker.id})
        await _issue(work, row, above or checker, from_, record, his_own, topics, minutes)


async def _topics(work: Work, record: PlanDraw) -> dict[int, Topic]:
    """In turn for each, and nothing that nobody could answer: no warning, no question about it."""
    asked = await work.rows.checks.topics_asked([one.person for one in record.chosen])
    without = () if await _warned_lately(work) else (Topic.WARNINGS,)
    return {
        one.person: topic_in_turn(
            topics_for(one.role, without=without), asked.get(one.person, []), record.seed, one.person
        )
        for one in record.chosen
    }


async def _warned_lately(work: Work) -> bool:
    newest = await work.rows.checks.newest_warnings(1)
    row = await work.rows.warnings.get(newest[0]) if newest else None
    return row is not None and work.now - row.sent < timedelta(days=_WARNING_DAYS)


async def _issue(
    work: Work,
    row: DailyRow,
    checker: Person,
    from_: Drawable,
    record: PlanDraw,
    chosen: Sequence[Chosen],
    topics: dict[int, Topic],
    minutes: CheckMinutes,
) -> None:
    asked = [from_.candidates[one.stratum, one.person] for one in chosen]
    most = Counter(topics[one.person] for one in chosen).most_common(1)[0][0]
    check = await work.rows.checks.add(
        CheckRow(
            id=0,
            number=await next_number(work),
            issued_by=checker.id,
            issued_at=work.now,
            topic=most,
            question=work.words.label(f"check.question.{most.value}"),
            manner=Manner.RANDOM,
            place=row.body.place,
            roles=(),
            department=row.body.department,
            draw=_as_draw(record, [one.person for one in chosen]),
            due_at=due_at(minutes.ladder, work.now),
            phone_at=work.now + timedelta(minutes=minutes.phone),
            daily_id=row.id,
        ),
        [
            AskedRow(0, one.person.id, one.post.place, one.post.role, one.standing_in_for, topic=topics[one.person.id])
            for one in asked
        ],
    )
    await open_and_ask(work, check, asked, minutes)
    await show(work, check.id, checker)
    await work.note("check.issued", check.subject, checker, daily=row.id, drawn=[one.person for one in chosen])


def _as_draw(record: PlanDraw, chosen: Collection[int]) -> Draw:
    """What the overview shows of it, and what a leader's own draws know of whom the round has had. The record that is
    drawn again is the daily row's."""
    pool = {one.person for stratum in record.strata for cell in stratum.cells for one in cell.members}
    spent = {person for one in record.spent.values() for person in one.persons}
    return Draw(record.seed, len(chosen), tuple(sorted(pool)), record.excluded, tuple(sorted(spent)), tuple(chosen))
