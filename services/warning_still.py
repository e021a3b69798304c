"""A warning that named no end: before the assumed one the desk is asked whether it is still in force, and when nobody
answers it ends as its posts said, with a word to the desk. Nothing ever vanishes.
"""

from datetime import timedelta

from domain.errors import Stale
from domain.outgoing import Lane
from domain.people import Action, Person, Role
from domain.text import Button, Rows
from services.ports import WarningAct, WarningRow
from services.warning_ranks import settle_ranks
from services.warning_texts import post_facts
from services.work import Work

BEFORE = timedelta(hours=1)


async def ask_whether_still(work: Work) -> int:
    """Once for each assumed end."""
    asked = 0
    for row in await work.rows.warnings.active(work.now):
        if row.expires_assumed and row.expires - BEFORE <= work.now:
            asked += await _ask(work, row, "still")
    return asked


async def tell_that_it_ran_out(work: Work, row: WarningRow) -> None:
    """The assumed end has come: the desk may still say that it goes on."""
    if row.expires_assumed:
        await _ask(work, row, "ran_out")


async def _ask(work: Work, row: WarningRow, what: str) -> int:
    told = 0
    facts = await post_facts(work, row)
    for person in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]):
        key = f"{row.subject}:{what}:{int(row.expires.timestamp())}:{person.id}"
        if not person.reachable or await work.rows.outbox.state_of(key) is not None:
            continue
        text = work.words.card("warning_still", person.language, what=what, **facts)
        buttons = _buttons(work, row, person.language, ended=what == "ran_out")
        told += await work.tell(person, key, text, buttons=buttons, lane=Lane.URGENT)
    return told


def _buttons(work: Work, row: WarningRow, lang: str, *, ended: bool) -> Rows:
    label = work.words.label
    hours = work.policy.warnings.extend_hours
    goes_on = Button(label("held.button.extend", lang, hours=hours), f"w:extend:{row.id}")
    return ((goes_on,) if ended else (goes_on, Button(label("held.button.over", lang), f"w:lift:{row.id}")),)


async def extend(work: Work, officer: Person | None, warning_id: int) -> WarningRow:
    """It goes on for some hours more. Raises NotAllowed, or Stale when it was lifted or replaced."""
    officer = await work.require(officer, Action.RELEASE_HELD_WARNING, work.county)
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    newer = [v for v in await work.rows.warnings.of_event(row.event) if v.id > row.id and v.state == "active"]
    until = max(row.expires, work.now) + timedelta(hours=work.policy.warnings.extend_hours)
    if newer or not await work.rows.warnings.extend(row.id, until):
        raise Stale("warning.over")
    await work.rows.warnings.add_act(WarningAct(row.id, "extended", officer.id, work.now))
    await work.rows.boards.mark_all(row.subject)
    await work.note("warning.extended", row.subject, officer, hours=work.policy.warnings.extend_hours)
    await settle_ranks(work)
    again = await work.rows.warnings.get(warning_id)
    assert again is not None
    return again
