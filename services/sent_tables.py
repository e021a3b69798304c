"""A table that somebody sent in his private chat: fetched and judged by services/table_worker.py, told line by line,
and brought in only after one more tap. Between the two the lines are kept in the row and nowhere else.
"""

from collections.abc import Sequence

from domain.errors import DomainError, NotAllowed, Stale
from domain.outgoing import Kind, Outgoing, Policy
from domain.people import RIGHTS, Person, PersonId
from domain.tables import Line
from domain.text import Button, ButtonStyle, Html, Rows
from services.ports.sent_tables import SentTable
from services.table_imports import Imported, imported_card
from services.table_kinds import TABLES, TableKind
from services.work import Work

MEGABYTES = 2
"""a county's shifts of a year are a tenth of it"""
_TOLD = 20
"""problems that are named; a message has an end"""


async def may_send(work: Work, person: Person | None) -> list[TableKind]:
    """Whose task a table is, whoever stands in for him included. Where he may, each line says."""
    if person is None:
        return []
    held = {post.role for one in (person, *await work.stood_in_for(person)) for post in one.posts}
    return [kind for kind in TABLES.values() if held & set(RIGHTS[kind.action])]


async def receive(work: Work, person: Person, chat_id: int, file_id: str, size: int) -> SentTable:
    """Have it fetched. One message says so; the same message will say what was found."""
    if size > MEGABYTES << 20:
        raise DomainError("table.file.too_big", megabytes=MEGABYTES)
    row = await work.rows.sent_tables.add(SentTable(0, PersonId(person.id), chat_id, file_id, work.now))
    text = work.words.text("table.sent.reading", person.language)
    await work.rows.outbox.put(
        Outgoing(key=row.message_key, chat_id=chat_id, person_id=person.id, text=text, subject=row.subject)
    )
    return row


async def judge(work: Work, row: SentTable, kind: TableKind, lines: Sequence[Line]) -> None:
    """What would be done, with the button that does it; or what is wrong, and nothing to press."""
    person = await _sender(work, row)
    result = await kind.bring_in(work, lines, person, dry=True)
    if not result.done:
        if await work.rows.sent_tables.settle(row.id, "refused", "waiting"):
            await _show(work, row, person, kind, result, again=True)
        return
    if not await work.rows.sent_tables.judged(row.id, kind.name, lines):
        return
    label = work.words.label
    buttons = (
        (Button(label("table.button.yes", person.language), f"tb:yes:{row.id}", style=ButtonStyle.SUCCESS),),
        (Button(label("table.button.no", person.language), f"tb:no:{row.id}"),),
    )
    await _show(work, row, person, kind, result, buttons)


async def refuse(work: Work, row: SentTable, why: DomainError) -> None:
    """The file as a whole cannot be used."""
    if await work.rows.sent_tables.settle(row.id, "refused", "waiting"):
        person = await _sender(work, row)
        await _edit(work, row, work.words.text(why.key, person.language, **why.facts))


async def decide(work: Work, person: Person | None, table_id: int, *, take: bool) -> tuple[TableKind, Imported | None]:
    """One tap. What changed since the judging is judged anew, and still it is all or nothing."""
    row = await work.rows.sent_tables.get(table_id)
    if row is None or person is None or row.person_id != person.id:
        raise NotAllowed("refused.no_right")
    if row.state != "asked":
        raise Stale("refused.stale")
    kind = TABLES[row.kind]
    if not take:
        await work.rows.sent_tables.settle(row.id, "dropped", "asked")
        return kind, None
    result = await kind.bring_in(work, row.lines, person)
    await work.rows.sent_tables.settle(row.id, "imported" if result.done else "refused", "asked")
    return kind, result


def told(work: Work, kind: TableKind, result: Imported, lang: str, *, again: bool = False) -> Html:
    """`again`: a corrected file is to be sent."""
    return imported_card(work, kind.name, result, lang, _TOLD, again=again)


async def _sender(work: Work, row: SentTable) -> Person:
    person = await work.rows.people.get(row.person_id)
    if person is None:
        raise NotAllowed("refused.no_right")
    return person


async def _show(
    work: Work,
    row: SentTable,
    person: Person,
    kind: TableKind,
    result: Imported,
    buttons: Rows = (),
    *,
    again: bool = False,
) -> None:
    await _edit(work, row, told(work, kind, result, person.language, again=again), buttons)


async def _edit(work: Work, row: SentTable, text: Html, buttons: Rows = ()) -> None:
    await work.rows.outbox.put(
        Outgoing(
            key=f"{row.subject}:told",
            chat_id=row.chat_id,
            kind=Kind.EDIT,
            policy=Policy.IDEMPOTENT,
            text=text,
            buttons=buttons,
            target=row.message_key,
            subject=row.subject,
        )
    )
