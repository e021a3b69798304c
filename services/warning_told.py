"""Whoever got a warning is told what became of it: an answer below its post, a word to those whose question arrived.

Only to where it went out, or may have: nobody hears that something ended that he never heard of.
"""

from collections.abc import Callable, Collection

from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Person
from domain.text import Html
from services.ports import WarningRow
from services.work import Work


def ask_key(row: WarningRow, person_id: int) -> str:
    """Of the private question."""
    return f"{row.subject}:ask:{person_id}"


async def posts_that_arrived(work: Work, row: WarningRow) -> dict[int, str]:
    """chat → key of the message that carried the warning there: a post of its own, or a digest."""
    carried = {post.chat_id: post.key for post in await work.rows.warnings.posts_of(row.subject)}
    carried |= {board.chat_id: board.post_key for board in await work.rows.boards.of_subject(row.subject)}
    arrived = await work.rows.outbox.arrived(set(carried.values()))
    return {chat_id: key for chat_id, key in carried.items() if key in arrived}


async def answer_posts(
    work: Work, row: WarningRow, purpose: str, text: Html, *, silent: bool, but: Collection[int] = ()
) -> int:
    """Answer the posts in the groups that were told then, whatever these stand for by now. Returns how many."""
    mark = work.words.text("warning.resent", number=row.number)
    silenced = {g.chat_id for g in await work.rows.groups.all() if not g.can_send}
    told = {
        chat_id: key
        for chat_id, key in (await posts_that_arrived(work, row)).items()
        if chat_id not in silenced and chat_id not in but
    }
    await work.rows.outbox.put_many(
        Outgoing(
            key=f"{row.subject}:{purpose}:{chat_id}",
            chat_id=chat_id,
            text=text,
            subject=f"{row.subject}:end",
            lane=Lane.RED,
            target=key,
            reply=True,
            silent=silent,
            resend_mark=mark,
        )
        for chat_id, key in told.items()
    )
    return len(told)


async def who_was_asked(work: Work, row: WarningRow) -> list[Person]:
    """Those whose private question arrived and who can still be written to."""
    owed = await work.rows.obligations.of_subject(row.subject)
    keys = {ask_key(row, one.person_id): int(one.person_id) for one in owed}
    arrived = await work.rows.outbox.arrived(set(keys))
    people = await work.rows.people.many({keys[key] for key in arrived})
    return [person for _, person in sorted(people.items()) if person.reachable]


async def answer_people(
    work: Work,
    row: WarningRow,
    purpose: str,
    words: Callable[[str], Html],
    *,
    edit: bool = False,
    silent: bool = False,
    only: Collection[int] | None = None,
) -> int:
    """One word to each of them: a message of its own, or, where the matter is small, put over the old question."""
    said: dict[str, Html] = {}
    messages = []
    for person in await who_was_asked(work, row):
        if person.user_id is None or (only is not None and person.id not in only):
            continue
        lang = person.language
        if lang not in said:
            said[lang] = words(lang)
        messages.append(
            Outgoing(
                key=f"{row.subject}:{purpose}:p{person.id}",
                chat_id=person.user_id,
                person_id=person.id,
                text=said[lang],
                subject=f"{row.subject}:end",
                lane=Lane.URGENT,
                kind=Kind.EDIT if edit else Kind.SEND,
                policy=Policy.IDEMPOTENT if edit else Policy.AT_LEAST_ONCE,
                target=ask_key(row, person.id),
                reply=not edit,
                silent=silent,
                resend_mark=work.words.text("warning.resent", lang, number=row.number),
            )
        )
    await work.rows.outbox.put_many(messages)
    return len(messages)
