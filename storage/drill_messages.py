"""What a message becomes that is said in a drill: marked at both ends, last in line, and for nobody who takes no part.

Done once, where a message becomes a row, so that nobody can forget it.
"""

from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.drills import MARKS, framed, mark_of
from domain.outgoing import Kind, Lane, Outgoing
from domain.text import Html
from storage.drill_scope import Reach, Scope
from storage.people import person

_FILES = frozenset({Kind.PHOTO, Kind.DOCUMENT, Kind.VOICE})
_SAYING = _FILES | {Kind.SEND, Kind.EDIT}


async def in_their_drills(
    connection: AsyncConnection, scope: Scope, messages: Iterable[Outgoing]
) -> list[tuple[Outgoing, int | None]]:
    """The messages as they go out, each with the drill in which it is said: that of its subject, or the one in which
    the transaction stands."""
    batch = list(messages)
    drills = await scope.drills_of([one.subject for one in batch])
    if not drills and scope.drill is None and not scope.marked:
        return [(one, None) for one in batch]
    placed = [(one, drills.get(one.subject, scope.drill)) for one in batch]
    placed = [(one, drill) for one, drill in placed if drill is None or _takes_part(one, await scope.reach_of(drill))]
    said = [one for one, drill in placed if drill is not None or scope.marked]
    languages = await _languages(connection, said)
    return [
        (_marked(one, languages.get(one.person_id or 0, "zh")) if drill is not None or scope.marked else one, drill)
        for one, drill in placed
    ]


def _takes_part(out: Outgoing, reach: Reach) -> bool:
    """In private whoever takes part, and whoever spoke to the bot himself; of the groups those of the drill."""
    if out.chat_id < 0:
        return out.chat_id in reach.chats
    return out.person_id is None or out.person_id in reach.people


def _marked(out: Outgoing, lang: str) -> Outgoing:
    """A real warning never waits behind one of a drill: these take the last lane, but for answers to what people do."""
    lane = out.lane if out.lane is Lane.REPLY else Lane.DIGEST
    if out.kind not in _SAYING:
        return replace(out, lane=lane)
    mark = mark_of(lang)
    text = framed(out.text, mark) or Html(mark if out.kind in _FILES else "")
    again = Html(f"{mark}{out.resend_mark}") if out.resend_mark and not out.resend_mark.startswith(mark) else None
    return replace(out, lane=lane, text=text, resend_mark=again or out.resend_mark)


async def _languages(connection: AsyncConnection, messages: Iterable[Outgoing]) -> dict[int, str]:
    """Of those who do not read Chinese; the mark is in the language of the words."""
    ids = {one.person_id for one in messages if one.person_id is not None}
    if not ids:
        return {}
    query = sa.select(person.c.id, person.c.language).where(person.c.id.in_(ids), person.c.language.in_(set(MARKS)))
    return {int(row.id): row.language for row in await connection.execute(query)}
