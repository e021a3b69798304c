"""A draw made again from its record, for whoever audits it: does the seed choose these people, at that minute, after
those before? Reads only. What has been changed afterwards shows, whoever changed it.
"""

from domain.check_plans import RULE, PlanDraw, moment_of, rule_that_fits, spent_again
from domain.checks import drawn_again
from services.checkup import Finding, Mark
from services.ports import CheckRow, DailyRow
from services.work import Work


async def audit_draw(work: Work, number: str) -> list[Finding]:
    """By the number of the check."""
    check = await work.rows.checks.by_number(number)
    if check is None:
        return [Finding(Mark.BAD, "draw.unknown", {"number": number})]
    if check.draw is None:
        return [Finding(Mark.FINE, "draw.named", {"number": number})]
    row = None if check.daily_id is None else await work.rows.daily_checks.get(check.daily_id)
    if row is None:
        return [*await _shown(work, [check], check.draw.seed), *await _own(work, check)]
    checks = await work.rows.checks.of_daily(row.id)
    return [*await _shown(work, checks, row.seed), *await _daily(work, row, checks)]


async def _shown(work: Work, checks: list[CheckRow], seed: int) -> list[Finding]:
    tree = await work.tree()
    chosen = [person for check in checks if check.draw is not None for person in check.draw.chosen]
    people = await work.rows.people.many(chosen)
    names = [people[person].name for person in chosen if person in people]
    pool = {person for check in checks if check.draw is not None for person in check.draw.pool}
    facts = {
        "numbers": sorted(check.number for check in checks),
        "place": checks[0].department or tree.path(checks[0].place),
        "at": work.local(checks[0].issued_at),
        "seed": f"{seed:016x}",
        "pool": len(pool),
        "names": names,
    }
    return [Finding(Mark.FINE, "draw.shown", facts)]


async def _own(work: Work, check: CheckRow) -> list[Finding]:
    """A leader's own draw."""
    assert check.draw is not None
    asked = {one.person_id for one in await work.rows.checks.asked(check.id)}
    return [
        _said("same", drawn_again(check.draw) == check.draw.chosen),
        _said("asked", asked == set(check.draw.chosen)),
    ]


async def _daily(work: Work, row: DailyRow, checks: list[CheckRow]) -> list[Finding]:
    record = row.record
    if record is None:
        return [_said("same", fits=False)]
    before = await work.rows.daily_checks.history(row.period_id, row.body.key, before=row.id)
    asked = [one.person_id for check in checks for one in await work.rows.checks.asked(check.id)]
    return [
        _drawn_again(record),
        _said("rounds", spent_again(record, before)),
        _said("minute", moment_of(row.seed, row.opens_at, row.closes_at) == row.due_at),
        _said("asked", sorted(asked) == sorted(one.person for one in record.chosen)),
    ]


def _drawn_again(record: PlanDraw) -> Finding:
    """By the rule of its time: what has changed since in the program is no forgery."""
    if record.rule is not None and record.rule > RULE:
        return Finding(Mark.WARN, "draw.same.newer", {"rule": record.rule})
    fits = rule_that_fits(record)
    if fits is not None and fits < RULE:
        return Finding(Mark.FINE, "draw.same.older", {"rule": fits})
    return _said("same", fits is not None)


def _said(what: str, fits: bool) -> Finding:
    return Finding(Mark.FINE if fits else Mark.BAD, f"draw.{what}.{'fits' if fits else 'differs'}")
