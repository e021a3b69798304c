"""Rewards (举报奖励): a case for a villager's report that is taken up; people decide the amount; a code pays out."""

import hashlib
import hmac
from typing import Any

from domain.errors import DomainError, NotAllowed, Stale
from domain.hazards import Grade
from domain.outgoing import Outgoing
from domain.people import Action, Person, Role
from domain.rewards import (
    CODE_DIGITS,
    DECIDE,
    Reward,
    RewardMove,
    RewardState,
    is_on_duty,
    reward_after,
    within,
)
from domain.text import Button, ButtonStyle
from services.casework import allowed, holders, load, move, owe, page_of, settle
from services.ports import HazardReport, HazardRow
from services.reward_cards import follow_reward, show_reward
from services.work import Work

_STALE = "reward.moved"
_COST = 2**12
"""scrypt: eight digits are few, so that each guess shall be dear even for who holds the table"""


def _hash(code: str, salt: str) -> str:
    made = hashlib.scrypt(code.encode(), salt=salt.encode(), n=_COST, r=8, p=1, dklen=24)
    return f"{salt}:{made.hex()}"


def _fits(code: str, kept: str) -> bool:
    salt = kept.partition(":")[0]
    return bool(kept) and hmac.compare_digest(_hash(code, salt), kept)


async def open_case(work: Work, row: HazardRow) -> None:
    """Once for a hazard that a desk has taken up: for its first reporter, if reporting is not his duty."""
    if work.rows.drills.standing is not None:
        return  # nobody is rewarded in a drill
    if not work.policy.rewards.open_cases or await work.rows.supervision.rewards.of(hazard_id=row.id):
        return
    first = (await work.rows.hazards.reports_of(row.id))[0]
    reporter = None if first.person_id is None else await work.rows.people.get(first.person_id)
    if is_on_duty(reporter) and not work.policy.rewards.on_duty_too:
        return
    year = work.local(work.now).year
    number = f"JL{year}-{await work.rows.counters.next(f'reward:{year}'):04d}"
    case = Reward(0, row.id, row.place, RewardState.OPENED, 0, work.now, first.user_id, number=number)
    case = await work.rows.supervision.rewards.add(case, None, work.now)
    await work.note("reward.opened", case.subject, None, hazard=row.id)
    desk = await _desk(work, case)
    await owe(work, case.subject, DECIDE, work.policy.rewards.decide_ladder, work.now, desk, case.place)
    for person in desk:
        await show_reward(work, case, person, "opened", "opened")
    await _tell_reporter(work, case, first, "opened")


async def _desk(work: Work, case: Reward) -> list[Person]:
    township = (await work.tree()).township_of(case.place)
    found = [] if township is None else await holders(work, [Role.STATION], township.code)
    return found or await holders(work, [Role.COUNTY_DUTY], work.county)


async def _tell_reporter(work: Work, case: Reward, report: HazardReport | None, what: str, **facts: object) -> None:
    """In his own private chat, where that is open; his name stands nowhere."""
    if report is None or not report.private:
        return
    hazard = await work.rows.hazards.get(case.hazard_id)
    lang, number = report.language, "" if hazard is None else hazard.number
    button = Button(work.words.label("reward.button.code", lang), f"rw:code:{case.id}", style=ButtonStyle.PRIMARY)
    await work.rows.outbox.put(
        Outgoing(
            key=f"{case.subject}:{what}:{case.version}:reporter",
            chat_id=report.user_id,
            person_id=report.person_id,
            text=work.words.text(f"reward.told.{what}", lang, number=number, case=case.number, **facts),
            buttons=((button,),) if what != "refused" else (),
        )
    )


async def _first_report(work: Work, case: Reward) -> HazardReport | None:
    reports = await work.rows.hazards.reports_of(case.hazard_id)
    return reports[0] if reports else None


async def _move(work: Work, case: Reward, what: RewardMove, by: Person | None, **fields: Any) -> Reward:
    to = (what, reward_after(case.state, what))
    return await move(work, work.rows.supervision.rewards, case, to, by, stale=_STALE, **fields)


async def _may(work: Work, by: Person, case: Reward, action: Action) -> None:
    hazard = await work.rows.hazards.get(case.hazard_id)
    owners = () if hazard is None else work.policy.hazards.owners_of(hazard.category)
    if not await allowed(work, by, action, case.place, owners):
        raise NotAllowed("refused.no_right")


# -- the reporter's code ----------------------------------------------------------------------------------------


async def new_code(work: Work, user_id: int, case_id: int) -> str:
    """A fresh code for the reporter, which stands nowhere but in the answer to his press; the one before is worth
    nothing any more."""
    case = await load(work.rows.supervision.rewards, case_id, None, _STALE)
    if case.user_id != user_id:
        raise NotAllowed("reward.refused.not_yours")
    digits = int.from_bytes(hashlib.sha256(work.new_secret().encode()).digest()[:8]) % 10**CODE_DIGITS
    code = f"{digits:0{CODE_DIGITS}d}"
    kept = _hash(code, work.new_id())
    case = await _move(work, case, RewardMove.CODE, None, code_hash=kept, wrong_tries=0)
    await follow_reward(work, case)
    return f"{code[:4]} {code[4:]}"


async def must_decide(work: Work, by: Person, case: Reward) -> None:
    """Raises NotAllowed for who may decide nothing about the case."""
    for action in (Action.PROPOSE_REWARD, Action.APPROVE_REWARD, Action.PAY_REWARD):
        try:
            return await _may(work, by, case, action)
        except NotAllowed:
            continue
    raise NotAllowed("refused.no_right")


# -- deciding ---------------------------------------------------------------------------------------------------


async def amounts(work: Work, case: Reward) -> tuple[int, int]:
    """The county's table for the hazard's grade."""
    hazard = await work.rows.hazards.get(case.hazard_id)
    major = hazard is not None and hazard.grade is Grade.MAJOR
    return work.policy.rewards.major_yuan if major else work.policy.rewards.minor_yuan


async def propose(work: Work, by: Person, case_id: int, version: int, amount: int) -> Reward:
    case = await load(work.rows.supervision.rewards, case_id, version, _STALE)
    await _may(work, by, case, Action.PROPOSE_REWARD)
    low, high = table = await amounts(work, case)
    if not within(amount, table):
        raise DomainError("reward.refused.amount", low=low, high=high)
    case = await _move(work, case, RewardMove.PROPOSE, by, amount=amount, proposed_by=by.id)
    await settle(work, case.subject, DECIDE, by)
    leaders = [one for one in await _leaders(work, case) if one.id != by.id]
    await owe(
        work,
        case.subject,
        f"{DECIDE}.{case.version}",
        work.policy.rewards.decide_ladder,
        work.now,
        leaders,
        case.place,
    )
    for person in leaders:
        await show_reward(work, case, person, f"proposed{case.version}", "proposed")
    await follow_reward(work, case, [one.id for one in leaders])
    return case


async def _leaders(work: Work, case: Reward) -> list[Person]:
    township = (await work.tree()).township_of(case.place)
    roles = [Role.PRINCIPAL, Role.LEADER_IN_CHARGE]
    found = [] if township is None else await holders(work, roles, township.code)
    return found or await holders(work, [Role.COUNTY_LEADER], work.county)


async def approve(work: Work, by: Person, case_id: int, version: int) -> Reward:
    """By another hand than the one that proposed."""
    case = await load(work.rows.supervision.rewards, case_id, version, _STALE)
    await _may(work, by, case, Action.APPROVE_REWARD)
    if by.id == case.proposed_by:
        raise NotAllowed("reward.refused.own_proposal")
    case = await _move(work, case, RewardMove.APPROVE, by, approved_by=by.id, approved_at=work.now)
    await settle(work, case.subject, DECIDE, by)
    await _tell_reporter(work, case, await _first_report(work, case), "approved", amount=case.amount)
    await follow_reward(work, case)
    return case


async def give_back(work: Work, by: Person, case_id: int, version: int) -> Reward:
    """再想想: the amount goes back to the desk."""
    case = await load(work.rows.supervision.rewards, case_id, version, _STALE)
    await _may(work, by, case, Action.APPROVE_REWARD)
    case = await _move(work, case, RewardMove.RETURN, by, amount=None, proposed_by=None)
    await settle(work, case.subject, DECIDE, by)
    desk = await _desk(work, case)
    what, plan = f"{DECIDE}.{case.version}", work.policy.rewards.decide_ladder
    await owe(work, case.subject, what, plan, work.now, desk, case.place)
    for person in desk:
        await show_reward(work, case, person, f"back{case.version}", "back")
    await follow_reward(work, case, [one.id for one in desk])
    return case


async def refuse(work: Work, by: Person, case_id: int, version: int, reason: str) -> Reward:
    case = await load(work.rows.supervision.rewards, case_id, version, _STALE)
    action = Action.PROPOSE_REWARD if case.state is RewardState.OPENED else Action.APPROVE_REWARD
    await _may(work, by, case, action)
    case = await _move(work, case, RewardMove.REFUSE, by, reason=reason)
    await settle(work, case.subject, DECIDE, by)
    await _tell_reporter(work, case, await _first_report(work, case), "refused", reason=reason)
    await follow_reward(work, case)
    return case


# -- paying out -------------------------------------------------------------------------------------------------


async def pay(work: Work, by: Person, case_id: int, version: int, code: str) -> Reward | None:
    """Handed out against the code. None for a wrong one, which is counted: after so many a new code is needed."""
    case = await load(work.rows.supervision.rewards, case_id, version, _STALE)
    await _may(work, by, case, Action.PAY_REWARD)
    if case.state is not RewardState.APPROVED:
        raise Stale(_STALE)
    if not case.code_hash or case.wrong_tries >= work.policy.rewards.code_tries:
        raise DomainError("reward.refused.new_code")
    if not _fits("".join(one for one in code if one.isdigit()), case.code_hash):
        case = await _move(work, case, RewardMove.TRY, by, wrong_tries=case.wrong_tries + 1)
        await follow_reward(work, case)
        return None
    return await _paid(work, case, by)


async def pay_known(work: Work, by: Person, case_id: int, version: int) -> Reward:
    """Without a code, by somebody who may know who the reporter is and has him before him."""
    case = await load(work.rows.supervision.rewards, case_id, version, _STALE)
    await _may(work, by, case, Action.PAY_REWARD)
    await _may(work, by, case, Action.SEE_REPORTER)
    return await _paid(work, case, by)


async def _paid(work: Work, case: Reward, by: Person) -> Reward:
    case = await _move(work, case, RewardMove.PAY, by, paid_by=by.id, paid_at=work.now, code_hash="")
    await follow_reward(work, case)
    return case


async def reporter_of(work: Work, by: Person, case_id: int) -> tuple[Reward, HazardReport]:
    """Who it was. Looking is on the record."""
    case = await load(work.rows.supervision.rewards, case_id, None, _STALE)
    await _may(work, by, case, Action.SEE_REPORTER)
    report = await _first_report(work, case)
    assert report is not None  # a hazard has its first report
    await work.note("reward.reporter_seen", case.subject, by)
    return case, report


async def cases_of(work: Work, person: Person, limit: int, before: int | None = None) -> list[Reward]:
    """Of the person's area, the newest first; `before` reads on."""
    states = [state.value for state in RewardState]
    return await page_of(work, person, work.rows.supervision.rewards, states, sees_case, limit, before)


async def sees_case(work: Work, person: Person, case: Reward) -> bool:
    try:
        await _may(work, person, case, Action.PROPOSE_REWARD)
    except NotAllowed:
        return await allowed(work, person, Action.APPROVE_REWARD, case.place)
    return True
