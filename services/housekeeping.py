"""What has to be tidied up: dialogues nobody finished, updates long done, and the report of an update put aside."""

import json
from datetime import timedelta

from domain.outgoing import Lane, Outgoing, Policy
from domain.people import Role
from services.ports import DialogueRow
from services.sources import prune_sources
from services.work import Work

REMIND_AFTER = timedelta(minutes=30)
FORGET_AFTER = timedelta(hours=24)
"""an unfinished dialogue may hold a position or a name: it is not kept longer"""
KEEP_DONE = timedelta(days=8)
"""update ids repeat no sooner: after a week of silence Telegram begins anew at a random number"""
KEEP_OVERTAKEN = timedelta(days=30)
"""no warning lives longer (domain.warnings.SourcePolicy.max_life)"""
_PRUNE_EVERY = timedelta(hours=1)
_PRUNED = "pruned"


async def expire_dialogues(work: Work) -> int:
    """Remind once of an unfinished dialogue, and put it away after a day."""
    touched = 0
    for row in await work.rows.dialogues.idle_since(work.now - REMIND_AFTER):
        old = row.updated_at <= work.now - FORGET_AFTER
        if row.reminded and not old:
            continue
        person = await work.rows.people.by_user(row.user_id)
        lang = "zh" if person is None else person.language
        address = "dialogue.expired" if old else "dialogue.reminder"
        drill = _drill_of(row)
        if drill is not None and all(one.id != drill for one in await work.rows.drills.running()):
            await work.rows.dialogues.drop(row.user_id, row.chat_id)
            continue
        if row.chat_id > 0:
            with work.rows.drills.inside(drill):
                await _remind(work, row, address, lang)
        if old:
            await work.rows.dialogues.drop(row.user_id, row.chat_id)
        else:
            await work.rows.dialogues.mark_reminded(row.user_id, row.chat_id)
        touched += 1
    return touched


def _drill_of(row: DialogueRow) -> int | None:
    """The drill in which it began, which the session remembers."""
    drill = json.loads(row.session).get("context", {}).get("drill")
    return drill if isinstance(drill, int) else None


async def _remind(work: Work, row: DialogueRow, address: str, lang: str) -> None:
    title = work.words.label(f"{row.form}.title", lang)
    await work.rows.outbox.put(
        Outgoing(
            key=f"dialogue:{row.user_id}:{int(row.updated_at.timestamp())}:{address}",
            chat_id=row.chat_id,
            text=work.words.text(address, lang, title=title),
            lane=Lane.DIGEST,
            policy=Policy.AT_MOST_ONCE,
            silent=True,
        )
    )


async def prune(work: Work) -> int:
    """Once an hour: forget updates done long ago, enrolment links that have run out, what sources said long ago."""
    last = await work.rows.heartbeats.last(_PRUNED)
    if last is not None and work.now - last < _PRUNE_EVERY:
        return 0
    await work.rows.heartbeats.heard(_PRUNED, work.now)
    await work.rows.sent_tables.drop_older(work.now - FORGET_AFTER)
    await work.rows.ledger.forget_wishes(work.now - KEEP_DONE)
    await work.rows.warnings.forget_overtaken(work.now - KEEP_OVERTAKEN)
    links = await work.rows.enrolment.prune(work.now - KEEP_DONE) + await prune_sources(work)
    return links + await work.rows.inbox.prune(work.now - KEEP_DONE)


async def report_poison(work: Work, update_id: int) -> None:
    """The county's duty desk is told once that something a person sent could not be dealt with."""
    for person in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]):
        text = work.words.text("refused.put_aside", person.language, code=update_id)
        await work.tell(person, f"aside:{update_id}:{person.id}", text)
    await work.note("update.put_aside", f"update:{update_id}")
