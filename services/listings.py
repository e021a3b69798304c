"""Listed supervision (挂牌督办): proposed, decided, registered, made public, asked about, extended, lifted.

Humans do each of these; the bot counts the workdays, drafts the public text and asks. The public text holds neither a
household nor a person, and only who has the right lets it out, to one group that he names.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from domain.errors import DomainError, NotAllowed, Stale
from domain.hazards import ALIVE, OVER, Grade, HazardState, Mark, Move
from domain.listings import (
    DUE,
    EXTENSION,
    LIFT,
    PROGRESS,
    PUBLISH,
    REGISTER,
    UNDER_WAY,
    Listing,
    ListingMove,
    ListingState,
    asked_in_time,
    fit_for_the_public,
    listing_after,
    to_ask_by,
)
from domain.outgoing import Lane, Outgoing
from domain.people import Action, Person, Role
from domain.workdays import workdays_after
from services.casework import holders, in_reality, in_the_day, load, move, owe, page_of, settle
from services.hazard_cards import follow
from services.hazard_desk import hand_of, has_right
from services.hazard_marks import mark
from services.hazard_writing import write
from services.listing_cards import follow_listing, public_text, show_listing
from services.ports import Group, HazardRow
from services.work import Work

_STALE = "listing.moved"
_END_OF_DAY = time(18)


async def _hazard(work: Work, listing: Listing) -> HazardRow:
    row = await work.rows.hazards.get(listing.hazard_id)
    assert row is not None  # a foreign key
    return row


async def _decides(work: Work, by: Person, listing: Listing) -> HazardRow:
    row = await _hazard(work, listing)
    if not await has_right(work, by, Action.LIST_HAZARD, row):
        raise NotAllowed("refused.no_right")
    return row


async def _move(work: Work, listing: Listing, what: ListingMove, by: Person | None, **fields: Any) -> Listing:
    facts = fields.pop("facts", None)
    to = (what, listing_after(listing.state, what))
    rows = work.rows.supervision.listings
    return await move(work, rows, listing, to, by, stale=_STALE, facts=facts, **fields)


def _end_of(work: Work, day: date) -> datetime:
    """The end of the working day, on the county's clock."""
    return datetime.combine(day, _END_OF_DAY, work.zone).astimezone(work.now.tzinfo)


def _last_workday(work: Work, count: int) -> datetime:
    return _end_of(work, workdays_after(work.local(work.now).date(), count, work.policy.workdays))


# -- listing ----------------------------------------------------------------------------------------------------


async def propose(work: Work, by: Person, hazard_id: int, body: str, title: str, days: int) -> Listing:
    """Who has the right lists at once; the station's proposal waits for the principal."""
    row = await work.rows.hazards.get(hazard_id)
    if row is None or row.state not in ALIVE:
        raise Stale("refused.stale")
    if not await has_right(work, by, Action.DRAFT_LETTER, row):
        raise NotAllowed("refused.no_right")
    if row.grade is not Grade.MAJOR:
        raise DomainError("listing.refused.not_major")
    if not fit_for_the_public(title):
        raise DomainError("listing.refused.private")
    if not 1 <= days <= work.policy.listings.longest_days:
        raise DomainError("listing.refused.period", days=work.policy.listings.longest_days)
    listings = work.rows.supervision.listings
    if any(one.state in UNDER_WAY for one in await listings.of(hazard_id=row.id)):
        raise Stale("listing.refused.listed")
    made = Listing(
        0, row.id, row.place, ListingState.PROPOSED, 0, work.now, body=body, title=title, period_days=days,
        proposed_by=by.id,
    )  # fmt: skip
    in_reality(work)
    made = await listings.add(made, by.id, work.now)
    await work.note("listing.proposed", made.subject, by, hazard=row.id)
    if await has_right(work, by, Action.LIST_HAZARD, row):
        return await _list(work, made, by)
    leaders = await _principals(work, row)
    for person in leaders:
        await show_listing(work, made, person, "decide", "decide")
    await show_listing(work, made, by, "proposed", "proposed" if leaders else "no_leader")
    return made


async def _principals(work: Work, row: HazardRow) -> list[Person]:
    township = (await work.tree()).township_of(row.place)
    found = [] if township is None else await holders(work, [Role.PRINCIPAL], township.code)
    return found or await holders(work, [Role.COUNTY_LEADER, Role.COUNTY_DUTY], work.county)


async def decide(work: Work, by: Person, listing_id: int, version: int) -> Listing:
    listing = await load(work.rows.supervision.listings, listing_id, version, _STALE)
    await _decides(work, by, listing)
    return await _list(work, listing, by)


async def _list(work: Work, listing: Listing, by: Person) -> Listing:
    policy = work.policy.listings
    due = _end_of(work, work.local(work.now).date() + timedelta(days=listing.period_days))
    listing = await _move(
        work, listing, ListingMove.LIST, by, decided_by=by.id, decided_at=work.now, due_at=due, progress_at=work.now
    )
    await _owe_the_end(work, listing)
    for what, count in ((REGISTER, policy.register_workdays), (PUBLISH, policy.publish_workdays)):
        await owe(work, listing.subject, what, policy.desk_ladder, _last_workday(work, count), [by], listing.place)
    await show_listing(work, listing, by, "listed", "listed")
    told = {by.id}
    row = await _hazard(work, listing)
    fixer = None if row.assignee is None else await work.rows.people.get(row.assignee)
    if fixer is not None and fixer.id != by.id:
        await show_listing(work, listing, fixer, "listed", "yours")
        told.add(fixer.id)
    await follow_listing(work, listing, told)
    await mark(work, listing.hazard_id, Mark.LISTED, by, on=True)
    return listing


async def _owe_the_end(work: Work, listing: Listing) -> None:
    """The end of the period is owed by whoever fixes and whoever listed it, with a word while more time can still be
    asked for."""
    assert listing.due_at is not None  # it is listed
    await settle(work, listing.subject, DUE)
    policy, row = work.policy.listings, await _hazard(work, listing)
    people = await work.rows.people.many([one for one in (row.assignee, listing.decided_by) if one is not None])
    last = to_ask_by(work.local(listing.due_at).date(), policy.extension_workdays, work.policy.workdays)
    notice = _end_of(work, last - timedelta(days=policy.notice_days))
    since, plan = listing.due_at, policy.due_ladder
    if work.now < notice < listing.due_at:
        since, plan = notice, plan.with_notice(int((listing.due_at - notice).total_seconds()))
    what = f"{DUE}.{listing.version}"
    await owe(work, listing.subject, what, plan, since, people.values(), listing.place)


async def refuse(work: Work, by: Person, listing_id: int, version: int) -> Listing:
    listing = await load(work.rows.supervision.listings, listing_id, version, _STALE)
    await _decides(work, by, listing)
    listing = await _move(work, listing, ListingMove.REFUSE, by, decided_by=by.id, decided_at=work.now)
    await follow_listing(work, listing)
    return listing


async def register(work: Work, by: Person, listing_id: int, version: int) -> Listing:
    """登记: its number in the register."""
    listing = await load(work.rows.supervision.listings, listing_id, version, _STALE)
    await _decides(work, by, listing)
    if listing.number:
        raise Stale(_STALE)
    year = work.local(work.now).year
    serial = await work.rows.counters.next(f"listing:{year}")
    number = work.words.label("listing.number", year=year, serial=serial)
    listing = await _move(work, listing, ListingMove.REGISTER, by, number=number, registered_at=work.now)
    await settle(work, listing.subject, REGISTER, by)
    await follow_listing(work, listing)
    return listing


# -- the public -------------------------------------------------------------------------------------------------


async def groups_for_the_public(work: Work, by: Person, listing: Listing) -> list[Group]:
    """Groups of the hazard's own village, township and county. Raises NotAllowed."""
    if listing.state is not ListingState.LISTED or listing.published_at is not None:
        raise Stale(_STALE)
    await work.require(by, Action.PUBLISH_LISTING, listing.place)
    tree = await work.tree()
    places = [tree.village_of(listing.place), tree.township_of(listing.place), tree.get(work.county)]
    found = await work.rows.groups.bound_to([one.code for one in places if one is not None])
    return [one for one in found if one.status == "active" and one.can_send]


async def publish(work: Work, by: Person, listing_id: int, version: int, chat_id: int | None) -> Listing:
    """公示: to one of these groups, or None where a human says that it was published elsewhere."""
    listing = await load(work.rows.supervision.listings, listing_id, version, _STALE)
    groups = await groups_for_the_public(work, by, listing)
    if chat_id is not None:
        if chat_id not in {one.chat_id for one in groups}:
            raise NotAllowed("refused.no_right")
        await work.rows.outbox.put(
            Outgoing(
                key=f"{listing.subject}:public:{chat_id}",
                chat_id=chat_id,
                text=await public_text(work, listing, await _hazard(work, listing)),
                subject=listing.subject,
                lane=Lane.DIGEST,
            )
        )
    listing = await _move(work, listing, ListingMove.PUBLISH, by, published_at=work.now, published_in=chat_id)
    await settle(work, listing.subject, PUBLISH, by)
    await follow_listing(work, listing)
    return listing


# -- while it lasts ---------------------------------------------------------------------------------------------


async def ask_progress(work: Work) -> int:
    """Once a week or as the county has it: whoever has to fix it is asked how far it is. Never at night."""
    policy = work.policy.listings
    if in_the_day(work, work.now) != work.now:
        return 0
    due = await work.rows.supervision.progress_due(work.now - timedelta(days=policy.progress_days))
    for listing in due:
        row = await _hazard(work, listing)
        fixer = None if row.assignee is None else await work.rows.people.get(row.assignee)
        asked = await _move(work, listing, ListingMove.ASK, None, progress_at=work.now)
        if fixer is not None and row.state is HazardState.ASSIGNED:
            what = f"{PROGRESS}.{asked.version}"
            await owe(work, asked.subject, what, policy.progress_ladder, work.now, [fixer], asked.place)
            await show_listing(work, asked, fixer, what, "progress")
        await follow_listing(work, asked, () if fixer is None else (fixer.id,))
    return len(due)


async def _fixes(work: Work, by: Person, listing: Listing) -> HazardRow:
    """Whoever has to fix it, his stand-in, or the township's desk for him."""
    row = await _hazard(work, listing)
    if await is_fixer(work, by, row) or await has_right(work, by, Action.ASSIGN_HAZARD, row):
        return row
    raise NotAllowed("refused.no_right")


async def is_fixer(work: Work, by: Person, row: HazardRow) -> bool:
    return row.assignee is not None and await hand_of(work, by, row, Move.FIX) == row.assignee


async def report_progress(work: Work, by: Person, listing_id: int, words: str) -> Listing:
    """It stands in the hazard's history as well, so that nobody asks for it twice."""
    listing = await load(work.rows.supervision.listings, listing_id, None, _STALE)
    row = await _fixes(work, by, listing)
    listing = await _heard(work, listing, by, words)
    if row.state is HazardState.ASSIGNED:
        await follow(work, await write(work, row, Move.PROGRESS, by, {"words": words}))
    return listing


async def _heard(work: Work, listing: Listing, by: Person, words: str) -> Listing:
    listing = await _move(work, listing, ListingMove.PROGRESS, by, facts={"words": words}, progress_at=work.now)
    await settle(work, listing.subject, PROGRESS, by)
    await follow_listing(work, listing)
    return listing


async def progress_heard(work: Work, by: Person, row: HazardRow, words: str) -> None:
    """How a hazard goes was told on the hazard itself: its listing need not ask."""
    for listing in await work.rows.supervision.listings.of(hazard_id=row.id, state=ListingState.LISTED.value):
        await _heard(work, listing, by, words)


async def ask_extension(work: Work, by: Person, listing_id: int, version: int, until: datetime, why: str) -> Listing:
    """延期: asked in workdays before the end; later it is taken all the same, marked. All in all a year at most."""
    listing = await load(work.rows.supervision.listings, listing_id, version, _STALE)
    await _fixes(work, by, listing)
    policy = work.policy.listings
    if listing.state is not ListingState.LISTED or listing.asked_at is not None:
        raise Stale(_STALE)
    assert listing.decided_at is not None  # it is listed
    assert listing.due_at is not None
    if not listing.due_at < until <= listing.decided_at + timedelta(days=policy.longest_days):
        raise DomainError("listing.refused.period", days=policy.longest_days)
    today, end = work.local(work.now).date(), work.local(listing.due_at).date()
    late = not asked_in_time(today, end, policy.extension_workdays, work.policy.workdays)
    listing = await _move(
        work, listing, ListingMove.ASK_EXTENSION, by, facts={"words": why}, asked_at=work.now, asked_until=until,
        asked_late=late,
    )  # fmt: skip
    decider = await _decider(work, listing)
    due = _last_workday(work, policy.answer_workdays)
    what = f"{EXTENSION}.{listing.version}"
    await owe(work, listing.subject, what, policy.desk_ladder, due, decider, listing.place)
    for person in decider:
        await show_listing(work, listing, person, what, "extension")
    await follow_listing(work, listing, [one.id for one in decider])
    return listing


async def _decider(work: Work, listing: Listing) -> list[Person]:
    found = await work.rows.people.many([one for one in (listing.decided_by,) if one is not None])
    return [one for one in found.values() if one.reachable] or await holders(work, [Role.COUNTY_DUTY], work.county)


async def answer_extension(work: Work, by: Person, listing_id: int, version: int, *, granted: bool) -> Listing:
    listing = await load(work.rows.supervision.listings, listing_id, version, _STALE)
    await _decides(work, by, listing)
    if listing.asked_until is None:
        raise Stale(_STALE)
    what = ListingMove.EXTEND if granted else ListingMove.NO_EXTENSION
    due = listing.asked_until if granted else listing.due_at
    listing = await _move(work, listing, what, by, due_at=due, asked_at=None, asked_until=None, asked_late=False)
    await settle(work, listing.subject, EXTENSION, by)
    if granted:
        await _owe_the_end(work, listing)
    row = await _hazard(work, listing)
    fixer = None if row.assignee is None else await work.rows.people.get(row.assignee)
    told = []
    if fixer is not None:
        await show_listing(work, listing, fixer, f"answer{listing.version}", "extended" if granted else "not_extended")
        told.append(fixer.id)
    await follow_listing(work, listing, told)
    return listing


# -- the end ----------------------------------------------------------------------------------------------------


async def lift(work: Work, by: Person, listing_id: int, version: int) -> Listing:
    """摘牌, once the hazard is over, by another hand than those that fixed and closed it."""
    listing = await load(work.rows.supervision.listings, listing_id, version, _STALE)
    row = await _decides(work, by, listing)
    if row.state not in OVER:
        raise DomainError("listing.refused.not_closed")
    if by.id in {row.assignee, row.fixed_by, row.closed_by}:
        raise NotAllowed("listing.refused.own_work")
    listing = await _move(work, listing, ListingMove.LIFT, by, lifted_by=by.id, lifted_at=work.now)
    await settle(work, listing.subject, LIFT, by)
    await mark(work, listing.hazard_id, Mark.LISTED, by, on=False)
    await work.rows.obligations.close_subject(listing.subject)
    await follow_listing(work, listing)
    return listing


async def over_listings(work: Work, row: HazardRow) -> None:
    """The hazard is closed or was none: whoever supervises may lift. Nothing more is asked about progress."""
    for listing in await work.rows.supervision.listings.of(hazard_id=row.id):
        if listing.state is ListingState.PROPOSED:
            await follow_listing(work, await _move(work, listing, ListingMove.REFUSE, None))
        if listing.state is not ListingState.LISTED:
            continue
        await settle(work, listing.subject, PROGRESS)
        await settle(work, listing.subject, DUE)
        people = [one for one in await _decider(work, listing) if one.id not in {row.fixed_by, row.closed_by}]
        people = people or await holders(work, [Role.COUNTY_LEADER, Role.COUNTY_DUTY], work.county)
        ladder = work.policy.listings.desk_ladder
        await owe(work, listing.subject, LIFT, ladder, _last_workday(work, 1), people, listing.place)
        for person in people:
            await show_listing(work, listing, person, f"lift{row.version}", "lift")
        await follow_listing(work, listing, [one.id for one in people])


async def begun_again(work: Work, row: HazardRow) -> None:
    """The hazard is open again: nobody is asked to lift its listing, and the end of the period is owed anew."""
    for listing in await work.rows.supervision.listings.of(hazard_id=row.id, state=ListingState.LISTED.value):
        await settle(work, listing.subject, LIFT)
        await _owe_the_end(work, listing)
        await follow_listing(work, listing)


async def listings_of(work: Work, person: Person, limit: int, before: int | None = None) -> list[Listing]:
    """Of the person's area or department, and those he has to fix. The newest first; `before` reads on."""
    states = [state.value for state in ListingState]
    return await page_of(work, person, work.rows.supervision.listings, states, sees_listing, limit, before)


async def sees_listing(work: Work, person: Person, listing: Listing) -> bool:
    row = await _hazard(work, listing)
    return await has_right(work, person, Action.DRAFT_LETTER, row) or await is_fixer(work, person, row)
