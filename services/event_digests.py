"""The daily digests (日报) of an event, word for word as leaders had them, for its archive. They hold numbers only."""

from typing import Any

from domain.channels import plain_text
from domain.places import is_within
from domain.text import Html
from services.event_scope import Event
from services.ports.ledger import DigestLine
from services.work import Work


async def digest_lines(work: Work, event: Event, lang: str) -> list[dict[str, Any]]:
    """One for each digest, and where its readers had different words (another language, one that they missed) one for
    each wording. Those that were not sent are there too, and why."""
    first, last = (work.local(at).date().isoformat() for at in (event.since, event.until))
    tree, found = await work.tree(), list[dict[str, Any]]()
    for one in await work.rows.ledger.digests_between(first, last):
        if not _concerned(event, one):
            continue
        fixed = {"places": tree.path(one.place), "day": one.day, "at": work.local(one.made_at).isoformat()}
        found += [fixed | told for told in await _told(work, one, lang)]
    return found


def _concerned(event: Event, one: DigestLine) -> bool:
    """Of a body whose papers the reader may have, in the event's places or above them."""
    his = any(is_within(one.place, desk) for desk in event.desks)
    return his and (event.holds(one.place) or any(is_within(place, one.place) for place in event.own.places))


async def _told(work: Work, one: DigestLine, lang: str) -> list[dict[str, Any]]:
    label = work.words.label
    people = await work.rows.people.many({*(copy.person_id for copy in one.copies), *one.without})
    names = {number: person.name for number, person in people.items()}
    between, lines = label("ledger.between", lang), list[dict[str, Any]]()
    if not one.copies or one.without:
        sent = "nobody" if one.without else "not_kept"
        why = sent if one.outcome == "sent" else one.outcome
        unreached = between.join(names.get(number, "") for number in one.without)
        lines.append({"not_reached": unreached, "words": label(f"ledger.event_digest.{why}", lang)})
    for text in dict.fromkeys(copy.text for copy in one.copies):
        same = [copy for copy in one.copies if copy.text == text]
        had, not_had = (
            between.join(names.get(copy.person_id, "") for copy in same if copy.arrived is arrived)
            for arrived in (True, False)
        )
        words = plain_text(Html(text)) or label("ledger.event_digest.forgotten", lang)
        lines.append({"readers": had, "not_reached": not_had, "words": words})
    return lines
