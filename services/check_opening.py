"""The opening of every check, a leader's own or the daily one: its number, what each owes, and the question."""

from collections.abc import Sequence

from domain.check_minutes import CheckMinutes
from domain.checks import ANSWER
from domain.obligations import Plan, Rung
from domain.people import PersonId
from domain.places import PlaceCode
from services.check_asking import ask
from services.check_channels import channels_to
from services.check_pool import Candidate
from services.ports import CheckRow
from services.work import Work


async def next_number(work: Work) -> str:
    """2026-003"""
    year = work.local(work.now).year
    return f"{year}-{await work.rows.counters.next(f'check:{year}'):03d}"


async def open_and_ask(work: Work, check: CheckRow, chosen: Sequence[Candidate], minutes: CheckMinutes) -> None:
    """Open what they owe and put the question. Whoever cannot be written to is written to elsewhere, or is on the
    telephone list at once; his clock does not count."""
    plans: dict[tuple[bool, Plan], list[tuple[PersonId, PlaceCode, bool]]] = {}
    for one in chosen:
        reachable, elsewhere = one.person.reachable, bool(await channels_to(work, one.person))
        plan = minutes.ladder if reachable else minutes.unreachable(elsewhere=elsewhere)
        plan = plan if elsewhere else plan.without(Rung.CHANNEL)
        plans.setdefault((reachable, plan), []).append((one.person.id, one.post.place, reachable))
    for (_, plan), owing in plans.items():
        await work.rows.obligations.open(subject=check.subject, what=ANSWER, plan=plan, opened_at=work.now, owing=owing)
    people = {one.person.id: one.person for one in chosen}
    for asked in await work.rows.checks.asked(check.id):
        await ask(work, check, asked, people[asked.person_id], until=check.due_at)
