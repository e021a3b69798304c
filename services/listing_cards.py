"""What people see of a listing, what the public reads of it, and how silence about it climbs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from domain.hazards import HazardState, Move
from domain.listings import DUE, Listing, ListingMove, ListingState, to_ask_by
from domain.obligations import Rung
from domain.people import Action, Person, PersonId
from domain.text import Button, ButtonStyle, Html, Rows
from services.casework import allowed, follow, in_the_day
from services.hazard_desk import hand_of, has_right
from services.ports import HazardRow, Obligation
from services.work import Work

_SHOWN = 3


async def listing_facts(work: Work, listing: Listing, lang: str) -> dict[str, Any]:
    row = await work.rows.hazards.get(listing.hazard_id)
    assert row is not None  # a foreign key
    policy, calendar = work.policy.listings, work.policy.workdays

    def at(instant: datetime | None) -> datetime | None:
        return None if instant is None else work.local(instant)

    end = at(listing.due_at)
    events = await work.rows.supervision.listings.events_of(listing.subject)
    said = [one for one in events if one.move in {ListingMove.PROGRESS.value, ListingMove.ASK_EXTENSION.value}]
    return {
        "number": listing.number,
        "state": listing.state.value,
        "hazard": row.number,
        "hazard_state": work.words.label(f"hazard.state.{row.state.value}", lang),
        "closed": row.state is HazardState.CLOSED,
        "title": listing.title,
        "body": listing.body,
        "place": (await work.tree()).path(row.place),
        "unit": row.unit,
        "measure": row.measure,
        "days": listing.period_days,
        "due": end,
        "overdue": end is not None and listing.state is ListingState.LISTED and end < work.local(work.now),
        "ask_by": None if end is None else to_ask_by(end.date(), policy.extension_workdays, calendar),
        "calendar_known": end is None or calendar.knows(end.year),
        "registered": at(listing.registered_at),
        "published": at(listing.published_at),
        "asked_until": at(listing.asked_until),
        "asked_late": listing.asked_late,
        "lifted": at(listing.lifted_at),
        "said": [{"at": work.local(one.at), "words": str(one.facts.get("words", ""))} for one in said[-_SHOWN:]],
    }


async def public_text(work: Work, listing: Listing, row: HazardRow) -> Html:
    """公示: what, where, who answers for it, by when, under whose eyes. No person, no household, no reporter."""
    facts = await listing_facts(work, listing, "zh")
    category = work.words.label(f"report_hazard.category.choice.{row.category.value}")
    wanted = ("number", "title", "body", "place", "unit", "due")
    return work.words.card("listing_public", category=category, **{name: facts[name] for name in wanted})


async def listing_buttons(work: Work, listing: Listing, person: Person) -> Rows:
    row = await work.rows.hazards.get(listing.hazard_id)
    assert row is not None  # a foreign key

    def one(act: str, style: ButtonStyle | None = None) -> Button:
        label = work.words.label(f"listing.button.{act}", person.language)
        return Button(label, f"ls:{act}:{listing.id}:{listing.version}", style=style)

    decides = await has_right(work, person, Action.LIST_HAZARD, row)
    if listing.state is ListingState.PROPOSED and decides:
        return ((one("list", ButtonStyle.DANGER), one("refuse")),)
    if listing.state is not ListingState.LISTED:
        return ()
    rows: list[tuple[Button, ...]] = []
    if decides and listing.asked_until is not None:
        rows.append((one("extend", ButtonStyle.SUCCESS), one("no_extension")))
    desk = [] if listing.number or not decides else [one("register", ButtonStyle.PRIMARY)]
    if listing.published_at is None and await allowed(work, person, Action.PUBLISH_LISTING, listing.place):
        desk.append(one("public"))
    if desk:
        rows.append(tuple(desk))
    if row.state is HazardState.CLOSED:
        hands = {row.assignee, row.fixed_by, row.closed_by}
        return (*rows, (one("lift", ButtonStyle.SUCCESS),)) if decides and person.id not in hands else tuple(rows)
    fixes = row.assignee is not None and await hand_of(work, person, row, Move.FIX) == row.assignee
    if fixes or await has_right(work, person, Action.ASSIGN_HAZARD, row):
        asks = () if listing.asked_at is not None else (one("ask_extension"),)
        rows.append((one("progress"), *asks))
    return tuple(rows)


async def draw_listing(work: Work, listing: Listing, person: Person, heading: str = "") -> tuple[Html, Rows]:
    title = work.words.label(f"listing.heading.{heading}", person.language) if heading else ""
    facts = await listing_facts(work, listing, person.language)
    card = work.words.card("listing", person.language, heading=title, **facts)
    return card, await listing_buttons(work, listing, person)


async def show_listing(work: Work, listing: Listing, person: Person, purpose: str, heading: str) -> bool:
    text, buttons = await draw_listing(work, listing, person, heading)
    silent = in_the_day(work, work.now) != work.now
    key = f"{listing.subject}:{purpose}:{person.id}"
    return await work.tell(person, key, text, subject=listing.subject, buttons=buttons, silent=silent)


async def follow_listing(work: Work, listing: Listing, but: Iterable[int] = ()) -> None:
    skipped = [PersonId(one) for one in but]
    await follow(work, listing, lambda person: draw_listing(work, listing, person), skipped)


class ListingVoice:
    """services.ladder.Voice for listings."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        listing = await _open(work, owed)
        if listing is not None and await _still_his(work, listing, owed, person):
            await show_listing(work, listing, person, f"{owed.what}:{owed.step}", _heading(work, listing, owed))

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            if (listing := await _open(work, one)) is not None:
                stamp = int(work.now.timestamp())
                await show_listing(work, listing, person, f"{one.what}:again{stamp}", _heading(work, listing, one))

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        if (listing := await _open(work, owed[0])) is not None:
            await show_listing(work, listing, to, f"{owed[0].what}:up:{rung.value}", f"up_{_what(owed[0])}")


def _what(owed: Obligation) -> str:
    return owed.what.partition(".")[0]


def _heading(work: Work, listing: Listing, owed: Obligation) -> str:
    soon = _what(owed) == DUE and listing.due_at is not None and work.now < listing.due_at
    return "soon_due" if soon else f"remind_{_what(owed)}"


async def _still_his(work: Work, listing: Listing, owed: Obligation, person: Person) -> bool:
    """Whose the hazard is may have changed in a year."""
    row = await work.rows.hazards.get(listing.hazard_id)
    return _what(owed) != DUE or row is None or person.id in {row.assignee, listing.decided_by}


async def _open(work: Work, owed: Obligation) -> Listing | None:
    listing = await work.rows.supervision.listings.get(int(owed.subject.partition(":")[2]))
    return listing if listing is not None and listing.state is ListingState.LISTED else None
