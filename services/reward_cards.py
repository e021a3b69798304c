"""What desks see of a case. Who reported stands on none of these cards."""

from collections.abc import Iterable, Sequence
from typing import Any

from domain.hazards import Grade
from domain.obligations import Rung
from domain.people import Action, Person, PersonId
from domain.rewards import Reward, RewardState, over_the_cap
from domain.text import Button, ButtonStyle, Html, Rows
from services.casework import allowed, follow, in_the_day
from services.ports import HazardRow, Obligation
from services.work import Work

_DECIDED = frozenset({RewardState.APPROVED, RewardState.PAID, RewardState.REFUSED})


async def reward_facts(work: Work, case: Reward, lang: str) -> dict[str, Any]:
    hazard = await work.rows.hazards.get(case.hazard_id)
    assert hazard is not None  # a foreign key
    people = await work.rows.people.many(
        [one for one in (case.proposed_by, case.approved_by, case.paid_by) if one is not None]
    )

    def name(person_id: int | None) -> str:
        return "" if person_id not in people else people[person_id].name

    label, policy = work.words.label, work.policy.rewards
    low, high = policy.major_yuan if hazard.grade is Grade.MAJOR else policy.minor_yuan
    return {
        "case": case.number,
        "state": case.state.value,
        "number": hazard.number,
        "category": label(f"report_hazard.category.choice.{hazard.category.value}", lang),
        "place": (await work.tree()).path(hazard.place),
        "grade": hazard.grade.value,
        "hazard_state": label(f"hazard.state.{hazard.state.value}", lang),
        "reports": len(await work.rows.hazards.reports_of(hazard.id)),
        "low": low,
        "high": high,
        "amount": case.amount,
        "over": await _is_over(work, case),
        "cap": policy.month_cap_yuan,
        "has_code": bool(case.code_hash),
        "proposer": name(case.proposed_by),
        "approver": name(case.approved_by),
        "payer": name(case.paid_by),
        "approved": None if case.approved_at is None else work.local(case.approved_at),
        "paid": None if case.paid_at is None else work.local(case.paid_at),
        "reason": case.reason,
    }


async def _is_over(work: Work, case: Reward) -> bool:
    if case.amount is None:
        return False
    first = work.local(case.approved_at or work.now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    others = sum(await work.rows.supervision.paid_in(case.user_id, first, after))
    others -= case.amount if case.approved_at is not None else 0
    return over_the_cap(case.amount, [others], work.policy.rewards.month_cap_yuan)


async def owners_of(work: Work, case: Reward) -> tuple[str, ...]:
    hazard: HazardRow | None = await work.rows.hazards.get(case.hazard_id)
    return () if hazard is None else work.policy.hazards.owners_of(hazard.category)


async def reward_buttons(work: Work, case: Reward, person: Person) -> Rows:
    owners = await owners_of(work, case)

    async def may(action: Action) -> bool:
        return await allowed(work, person, action, case.place, owners)

    def one(act: str, style: ButtonStyle | None = None) -> Button:
        label = work.words.label(f"reward.button.{act}", person.language)
        return Button(label, f"rw:{act}:{case.id}:{case.version}", style=style)

    rows: list[tuple[Button, ...]] = []
    if case.state is RewardState.OPENED and await may(Action.PROPOSE_REWARD):
        rows.append((one("propose", ButtonStyle.PRIMARY), one("refuse")))
    if case.state is RewardState.PROPOSED and await may(Action.APPROVE_REWARD) and person.id != case.proposed_by:
        rows.append((one("approve", ButtonStyle.SUCCESS), one("back"), one("refuse")))
    if case.state is RewardState.APPROVED and await may(Action.PAY_REWARD):
        known = (one("pay_known"),) if await may(Action.SEE_REPORTER) else ()
        rows.append((one("pay", ButtonStyle.SUCCESS), *known))
    if await may(Action.SEE_REPORTER):
        rows.append((one("who"),))
    return tuple(rows)


async def draw_reward(work: Work, case: Reward, person: Person, heading: str = "") -> tuple[Html, Rows]:
    title = work.words.label(f"reward.heading.{heading}", person.language) if heading else ""
    facts = await reward_facts(work, case, person.language)
    return work.words.card("reward", person.language, heading=title, **facts), await reward_buttons(work, case, person)


async def show_reward(work: Work, case: Reward, person: Person, purpose: str, heading: str) -> bool:
    text, buttons = await draw_reward(work, case, person, heading)
    silent = in_the_day(work, work.now) != work.now
    key = f"{case.subject}:{purpose}:{person.id}"
    return await work.tell(person, key, text, subject=case.subject, buttons=buttons, silent=silent)


async def follow_reward(work: Work, case: Reward, but: Iterable[PersonId] = ()) -> None:
    await follow(work, case, lambda person: draw_reward(work, case, person), but)


class RewardVoice:
    """services.ladder.Voice for cases: whoever has to decide is asked again, then the desk."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        if (case := await _open(work, owed)) is not None:
            await show_reward(work, case, person, f"{owed.what}:{owed.step}", "remind")

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            if (case := await _open(work, one)) is not None:
                await show_reward(work, case, person, f"again{int(work.now.timestamp())}", "remind")

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        if (case := await _open(work, owed[0])) is not None:
            await show_reward(work, case, to, f"{owed[0].what}:up:{rung.value}", "remind")


async def _open(work: Work, owed: Obligation) -> Reward | None:
    case = await work.rows.supervision.rewards.get(int(owed.subject.partition(":")[2]))
    return None if case is None or case.state in _DECIDED else case
