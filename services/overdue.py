"""What becomes of a hazard that is not fixed in time: its own ladder reminds and tells the desk; then a 整改督办单 is
drafted for a human's signature; then the leader gets it on a list, in private, in the morning.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from domain.letters import Letter, LetterKind, LetterMove, LetterState, letter_after
from domain.people import PersonId, Role
from domain.places import PlaceCode
from services.casework import follow, holders, in_the_day, move
from services.letter_cards import draw_letter, letter_facts
from services.letter_draft import about_hazard
from services.letters import put_before_signers
from services.listings import over_listings
from services.ports import HazardRow
from services.whistles import over_whistles
from services.work import Work

_END_OF_DAY = 18
_LISTED = 15


async def draft_orders(work: Work) -> int:
    """One for each hazard and deadline; never at night. Whoever is to sign may drop it."""
    policy = work.policy.letters
    if in_the_day(work, work.now) != work.now:
        return 0
    overdue = await work.rows.supervision.overdue_without_order(work.now - timedelta(hours=policy.order_after_hours))
    for row in overdue:
        await _draft_order(work, row)
    return len(overdue)


async def _draft_order(work: Work, row: HazardRow) -> None:
    assert row.assignee is not None  # what is assigned has somebody
    township = (await work.tree()).township_of(row.place)
    place = work.county if row.department or township is None else township.code
    due = (work.local(work.now) + timedelta(days=work.policy.letters.order_days)).replace(
        hour=_END_OF_DAY, minute=0, second=0, microsecond=0
    )
    letter = Letter(
        id=0,
        kind=LetterKind.ORDER,
        place=place,
        department=row.department,
        state=LetterState.DRAFT,
        version=0,
        created_at=work.now,
        unit=row.unit,
        addressee=row.assignee,
        paragraphs=await about_hazard(work, LetterKind.ORDER, row, due),
        hazard_id=row.id,
        due_at=due,
    )
    await put_before_signers(work, letter, None, "overdue")


async def list_for_leaders(work: Work) -> int:
    """The orders that had no effect, one list for each unit, once for each order: in the morning, in private."""
    policy, local = work.policy.letters, work.local(work.now)
    if not policy.leader_at <= local.time() < policy.day_until:
        return 0
    before = work.now - timedelta(hours=policy.leader_after_hours)
    found = await work.rows.supervision.without_effect(before, before)
    units: dict[tuple[PlaceCode, str], list[Letter]] = defaultdict(list)
    for letter in found:
        units[letter.place, letter.department].append(letter)
    for (place, _), letters in units.items():
        await _list_for(work, place, letters, local)
    return len(found)


async def _list_for(work: Work, place: PlaceCode, letters: list[Letter], local: datetime) -> None:
    roles = [Role.COUNTY_LEADER] if place == work.county else [Role.PRINCIPAL, Role.LEADER_IN_CHARGE]
    for leader in await holders(work, roles, place):
        lines = [await letter_facts(work, one, leader.language) for one in letters[:_LISTED]]
        card = work.words.card(
            "letter_overdue", leader.language, letters=lines, more=max(0, len(letters) - _LISTED), now=local
        )
        await work.tell(leader, f"letters:{place}:{letters[0].id}:{letters[-1].id}:{leader.id}", card)
    for letter in letters:
        to = (LetterMove.TO_LEADER, letter_after(letter.state, LetterMove.TO_LEADER))
        rows = work.rows.supervision.letters
        listed = await move(work, rows, letter, to, None, stale="letter.moved", listed_at=work.now)
        await _redraw(work, listed)


async def _redraw(work: Work, letter: Letter, but: tuple[PersonId, ...] = ()) -> None:
    await follow(work, letter, lambda person: draw_letter(work, letter, person), but)


async def over(work: Work, row: HazardRow) -> None:
    """The hazard is closed or was none: drafts about it have nothing left to say."""
    for letter in await work.rows.supervision.letters.of(hazard_id=row.id):
        if letter.state is LetterState.DRAFT:
            to = (LetterMove.DROP, letter_after(letter.state, LetterMove.DROP))
            dropped = await move(work, work.rows.supervision.letters, letter, to, None, stale="letter.moved")
            await work.rows.obligations.close_subject(letter.subject)
            await _redraw(work, dropped)
    await over_whistles(work, row)
    await over_listings(work, row)
