"""The quiet of the night and the digests: blue and yellow notices that come late wait for the morning, and what a
group's day has no room for goes out in one post together. Deadlines are rows; the tick makes up what it missed.
"""

from domain.outgoing import Lane, Outgoing, Policy
from domain.warning_chains import change
from domain.warnings import Relation, RelationKind
from services.ports import GroupPost, WarningRow
from services.warning_force import put_in_force
from services.warning_night import Night, holding, night_of
from services.warning_posts import villages_of
from services.warning_texts import post_facts
from services.work import Work

QUIET = "quiet"
"""`held_because` of what waits for the morning"""
_CAN_WAIT = frozenset({RelationKind.NEW, RelationKind.RAISED, RelationKind.CHANGED_AREA, RelationKind.REISSUED})
"""A lowering or a correction of what people already have is no news to be woken by: it goes out at once, silently."""


async def waiting(work: Work, row: WarningRow, found: Relation) -> Night | None:
    """The quiet for which a notice waits, as a whole or with a part of its places; None when all of it goes out now.
    One that would be over before the quiet is goes out at once, without a sound; so does one that lies only in places
    whose response lifts the quiet."""
    night = await night_of(work, await work.tree(), row)
    if night is None or night.whole or found.kind not in _CAN_WAIT or row.expires <= night.until:
        return None
    return holding(night)


async def let_out(work: Work, row: WarningRow) -> None:
    """What was held goes into force now, as what it is to the version that is in force by then."""
    in_force = [v for v in await work.rows.warnings.of_event(row.event) if v.id != row.id and v.state == "active"]
    before = in_force[-1] if in_force else None
    tree = await work.tree()
    if before is None:
        found = Relation(RelationKind.NEW)
    else:
        found = change(row, before, villages_of(tree, row.places), villages_of(tree, before.places))
    await put_in_force(work, row, found, before)


async def release_quiet(work: Work) -> int:
    """The morning has come. What was overtaken or ran out meanwhile stays where it is."""
    released = 0
    for row in await work.rows.warnings.held():
        if row.held_because != QUIET or row.release_at is None or row.release_at > work.now:
            continue
        newer = [v for v in await work.rows.warnings.of_event(row.event) if v.state == "active" and v.sent > row.sent]
        if newer or row.expires <= work.now:
            await work.rows.warnings.set_state(row.id, ["held"], "superseded" if newer else "expired")
            await work.note("warning.quiet_over", row.subject, None, newer=bool(newer))
            continue
        await work.note("warning.quiet_released", row.subject, None)
        await let_out(work, row)
        released += 1
    return released


async def send_digests(work: Work) -> int:
    """One post for each group, of what it had no room for."""
    due: dict[int, list[GroupPost]] = {}
    for one in await work.rows.warnings.digests_due(work.now):
        due.setdefault(one.chat_id, []).append(one)
    rows: dict[str, WarningRow | None] = {}
    for chat_id, posts in due.items():
        key = f"digest:{chat_id}:{int(work.now.timestamp())}"
        found = []
        for one in posts:
            if one.subject not in rows:
                rows[one.subject] = await work.rows.warnings.get(int(one.subject.partition(":")[2]))
            row = rows[one.subject]
            if row is not None and row.state == "active" and row.expires > work.now:
                found.append(row)
        await work.rows.warnings.digested(chat_id, [one.subject for one in posts], key)
        if found:
            await work.rows.outbox.put(await _digest(work, chat_id, key, found))
    return len(due)


async def _digest(work: Work, chat_id: int, key: str, rows: list[WarningRow]) -> Outgoing:
    card = work.words.card("warning_digest", warnings=[await post_facts(work, row) for row in rows])
    return Outgoing(
        key=key,
        chat_id=chat_id,
        text=card,
        lane=Lane.DIGEST,
        policy=Policy.AT_MOST_ONCE,
        silent=True,
        expires_at=max(row.expires for row in rows),
    )
