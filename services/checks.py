"""Spot checks (抽查): a leader draws people of his area, or names one, and one question goes to all of them at once.

Nobody hears of it beforehand (四不两直), nobody is asked at night unless the checker says so, and whoever has just been
heard of is left alone. Nothing of it reaches a group but figures, and those only when the checker wants them there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.check_minutes import CheckMinutes
from domain.checks import (
    LEAST_FOR_COUNTS,
    CheckState,
    Draw,
    Exclusion,
    Manner,
    Topic,
    Why,
    is_night,
    make_draw,
    next_topic,
    proposed_size,
)
from domain.errors import DomainError, Stale
from domain.obligations import due_at
from domain.outgoing import Lane, Outgoing, Policy
from domain.people import Person, Role
from domain.places import PlaceCode, is_within
from services.check_asking import settle_question
from services.check_opening import next_number, open_and_ask
from services.check_overview import redraw, show
from services.check_pool import Candidate, Pool, candidate_of, pool_of, scopes
from services.check_view import check_of, counts_of, everyone, require_issuer
from services.drills import require_inside
from services.ports import AskedRow, CheckRow
from services.response import level_at
from services.work import Work

_ROUND_DAYS = 365
"""draws older than this are forgotten: rosters are made anew every year"""


@dataclass(frozen=True, slots=True)
class Order:
    """What the leader wants: a draw of `size` from a place, of certain posts if given; one person; or a list."""

    topic: Topic | None
    """None: the subject he has used least recently (轮换)"""
    place: PlaceCode | None = None
    roles: frozenset[Role] = frozenset()
    size: int = 1
    person_id: int | None = None
    persons: tuple[int, ...] = ()
    """of a list: those who can be asked now are, the others are left out"""
    at_night: bool = False
    """he was told that it is night, and wants it"""


async def issue(work: Work, checker: Person | None, order: Order) -> CheckRow:
    """Ask now. Raises NotAllowed outside the checker's area, DomainError at night, for nobody to ask, and for a named
    person who is not to be disturbed.

    1. Who could be asked, and who is left alone. 2. The draw, from a fresh seed. 3. The row with everything the draw
    can be made again from. 4. One obligation and one message for each. 5. The overview for the checker.
    """
    held = await scopes(work, checker)
    assert checker is not None
    if night(work) and not order.at_night:
        raise DomainError("check.refused.night")
    if order.person_id is not None:
        place, record, chosen = await _named(work, checker, order.person_id)
    elif order.persons:
        place, record, chosen = await _listed(work, checker, order.persons)
    else:
        place = order.place or held[0].place
        await require_inside(work, [place])
        record, chosen = await _drawn(work, checker, order, place)
    trades = [scope.department for scope in held if is_within(place, scope.place)]
    check = await work.rows.checks.add(
        await _row(work, checker, order, place, record, trades[0] if all(trades) else ""),
        [AskedRow(0, one.person.id, one.post.place, one.post.role, one.standing_in_for) for one in chosen],
    )
    await open_and_ask(work, check, chosen, await minutes_at(work, place))
    await show(work, check.id, checker)
    await work.note("check.issued", check.subject, checker, topic=check.topic.value, **_facts(check))
    return await check_of(work, check.id)


async def _row(
    work: Work, checker: Person, order: Order, place: PlaceCode, record: Draw | None, department: str
) -> CheckRow:
    minutes = await minutes_at(work, place)
    topic = order.topic or await topic_in_turn(work, checker)
    return CheckRow(
        id=0,
        number=await next_number(work),
        issued_by=checker.id,
        issued_at=work.now,
        topic=topic,
        question=work.words.label(f"check.question.{topic.value}"),
        manner=Manner.NAMED if record is None else Manner.RANDOM,
        place=place,
        roles=tuple(sorted(order.roles, key=str)),
        department=department,
        draw=record,
        due_at=due_at(minutes.ladder, work.now),
        phone_at=work.now + timedelta(minutes=minutes.phone),
    )


async def minutes_at(work: Work, place: PlaceCode) -> CheckMinutes:
    """How long people there have to answer: while a response holds, by its level."""
    level, policy = await level_at(work, place), work.policy.checks
    return policy.minutes if level is None else policy.level_minutes(work.policy.response.levels[level].answer_minutes)


async def topic_in_turn(work: Work, checker: Person) -> Topic:
    """轮换: the subject that this checker has used least recently."""
    return next_topic(await work.rows.checks.topics_of(checker.id))


def night(work: Work) -> bool:
    """Whether it is night in the county: then a check has to be confirmed."""
    policy = work.policy.checks
    return is_night(work.local(work.now), policy.night_from_hour, policy.night_until_hour)


async def usual_size(work: Work, place: PlaceCode) -> int:
    """So many are proposed for a draw in this place, by the county's policy."""
    villages = len((await work.tree()).villages_within(place))
    return proposed_size(villages, work.policy.checks.share_of_villages, work.policy.checks.most_at_once)


def _facts(check: CheckRow) -> dict[str, object]:
    if check.draw is None:
        return {}
    return {"seed": f"{check.draw.seed:016x}", "pool": len(check.draw.pool), "drawn": list(check.draw.chosen)}


async def _named(work: Work, checker: Person, person_id: int) -> tuple[PlaceCode, None, list[Candidate]]:
    person = await work.rows.people.get(person_id)
    if person is None:
        raise Stale("refused.gone")
    pool = await candidate_of(work, checker, person)
    if not pool.eligible:
        raise _nobody(work, pool, person.name)
    chosen = pool.candidates[pool.eligible[0]]
    return chosen.post.place, None, [chosen]


async def _listed(work: Work, checker: Person, persons: Sequence[int]) -> tuple[PlaceCode, None, list[Candidate]]:
    """Everybody of the list whom he may check and who is not to be left alone."""
    most = work.policy.checks.most_at_once
    if len(persons) > most:
        raise DomainError("check.refused.size", most=most)
    chosen: dict[int, Candidate] = {}
    spared: dict[int, Exclusion] = {}
    for person in (await work.rows.people.many(persons)).values():
        pool = await candidate_of(work, checker, person)
        spared |= pool.excluded
        chosen |= {number: pool.candidates[number] for number in pool.eligible}
    if not chosen:
        raise _nobody(work, Pool({}, spared), "")
    held = await scopes(work, checker)
    return held[0].place, None, list(chosen.values())


async def _drawn(work: Work, checker: Person, order: Order, place: PlaceCode) -> tuple[Draw, list[Candidate]]:
    if not 1 <= order.size <= work.policy.checks.most_at_once:
        raise DomainError("check.refused.size", most=work.policy.checks.most_at_once)
    pool = await pool_of(work, checker, place, order.roles)
    history = await work.rows.checks.drawn_since(work.now - timedelta(days=_ROUND_DAYS))
    record = make_draw(pool.everybody, pool.excluded, history, order.size, work.chance.getrandbits(64))
    if not record.chosen:
        raise _nobody(work, pool, "")
    return record, [pool.candidates[number] for number in record.chosen]


def _nobody(work: Work, pool: Pool, name: str) -> DomainError:
    """Why nobody is asked: of a named person the very reason, of a pool how many there are of each."""
    whys = [one.why for one in pool.excluded.values()]
    if not name:
        counts = {why.value: whys.count(why) for why in Why}
        return DomainError("check.refused.nobody", **counts)
    at: list[datetime] = [one.at for one in pool.excluded.values() if one.at is not None]
    if at:
        return DomainError("check.refused.active", name=name, at=work.local(at[0]))
    if Why.CUT_OFF in whys:
        return DomainError("check.refused.cut_off", name=name)
    if Why.ASKED in whys:
        return DomainError("check.refused.asked", name=name)
    return DomainError("check.refused.on_leave" if Why.LEAVE in whys else "check.refused.yourself", name=name)


# -- the end ------------------------------------------------------------------------------------------------------


async def cancel(work: Work, checker: Person | None, check_id: int) -> CheckRow:
    """The checker takes it back: nobody owes anything any more, and whoever was asked is told. What came back stays.
    Raises NotAllowed, Stale."""
    check = await check_of(work, check_id)
    checker = await require_issuer(work, checker, check)
    if not await work.rows.checks.set_state(check.id, CheckState.OPEN, CheckState.CANCELLED):
        raise Stale("refused.stale")
    await work.rows.obligations.close_subject(check.subject)
    for one in await everyone(work, check):
        sent = await work.rows.outbox.message_of(f"{check.subject}:ask:{one.person.id}")
        await settle_question(work, check, one.asked, one.person, "cancelled")
        if sent is not None and one.verdict is None:
            text = work.words.text(
                "check.cancelled.person", one.person.language, checker=checker.name, at=work.local(check.issued_at)
            )
            await work.tell(one.person, f"{check.subject}:cancelled:{one.person.id}", text)
    await redraw(work, check.id)
    await work.note("check.cancelled", check.subject, checker)
    return check


@dataclass(frozen=True, slots=True)
class Posted:
    """`groups`: titles of the groups the figures go to now; none where they went before, or there is no group."""

    groups: tuple[str, ...]
    before: bool


async def post_counts(work: Work, checker: Person | None, check_id: int) -> Posted:
    """通报数字到群: how many were asked and how many answered, no name, to the groups of the place that was drawn from.
    Once. Raises NotAllowed, and DomainError where so few were asked that figures would name them."""
    check = await check_of(work, check_id)
    checker = await require_issuer(work, checker, check)
    counts = counts_of(await everyone(work, check))
    if check.state is CheckState.CANCELLED or check.manner is not Manner.RANDOM:
        raise Stale("refused.stale")
    if counts.asked < LEAST_FOR_COUNTS:
        raise DomainError("check.refused.too_few", least=LEAST_FOR_COUNTS)
    place = (await work.tree()).path(check.place)
    posted: list[str] = []
    groups = [group for group in await work.rows.groups.bound_to([check.place]) if group.can_send]
    for group in groups:
        text = work.words.text(
            "check.counts.post",
            day=work.local(check.issued_at),
            place=place,
            answered=counts.answered,
            asked=counts.asked,
        )
        new = await work.rows.outbox.put(
            Outgoing(
                key=f"{check.subject}:counts:{group.chat_id}",
                chat_id=group.chat_id,
                text=text,
                subject=f"{check.subject}:counts",
                lane=Lane.DIGEST,
                policy=Policy.AT_MOST_ONCE,
                silent=True,
            )
        )
        if new:
            posted.append(group.title)
    if posted:
        await work.note("check.counts_posted", check.subject, checker, groups=len(posted), asked=counts.asked)
    return Posted(tuple(posted), before=bool(groups) and not posted)
