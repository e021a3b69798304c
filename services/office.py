"""What the keeper of the roster does to one person: untie an account, correct a number, take leave of a leaver.

A leaver keeps his row and his history; he loses his posts, his account and everything that was still asked of him.
The bot cannot look into a group, so it says in which groups he may still be sitting.
"""

from dataclasses import dataclass

from domain.errors import DomainError, NotAllowed, Stale
from domain.outgoing import Outgoing
from domain.people import COUNTY_ROLES, Action, Person, PersonStatus, Post
from domain.phones import last_four
from domain.places import PlaceCode
from domain.roster import read_phone
from domain.text import Button
from services.desk import allowed, keepers, places_of, require_over, tell_keepers
from services.handover import hand_over
from services.people_texts import duties_of
from services.ports import Group
from services.work import Work


@dataclass(frozen=True, slots=True)
class Departure:
    """`kept` are posts elsewhere, over which the officer has no say: then the person stays, with those alone."""

    person: Person
    kept: tuple[Post, ...] = ()
    groups: tuple[Group, ...] = ()
    """bound groups in which he may still be"""
    excused: int = 0
    given: int = 0
    successor: Person | None = None
    """his stand-in or deputy, who has what was open"""


async def release_account(work: Work, officer: Person | None, person_id: int, user_id: int | None = None) -> Person:
    """Untie the Telegram account: a lost telephone, a number that changed hands, a wrong enrolment. `user_id`, where
    given, must be the account that is tied now: an old button must not untie a new one. Raises NotAllowed, Stale."""
    person = await work.rows.people.get(person_id)
    if person is None or person.user_id is None or (user_id is not None and person.user_id != user_id):
        raise Stale("refused.stale")
    officer = await require_over(work, officer, Action.ISSUE_ENROLMENT, person)
    await untie(work, person, "enrol.released")
    await work.rows.obligations.set_reachable(person.id, False)
    await work.rows.obligations.wake(person.id, work.now)
    await work.note("enrolment.released", f"person:{person.id}", officer, account=person.user_id)
    return person


async def untie(work: Work, person: Person, address: str) -> None:
    """Dialogues end, nothing that waits is sent any more, and the account itself is told why."""
    await work.rows.enrolment.revoke_links([person.id], work.now)
    if person.user_id is None:
        return
    await work.rows.dialogues.drop_user(person.user_id)
    await work.rows.outbox.abandon_chat(person.user_id, "released")
    await work.rows.people.release_account(person.id)
    await work.rows.outbox.put(
        Outgoing(
            key=f"person:{person.id}:{address}:{person.user_id}:{int(work.now.timestamp())}",
            chat_id=person.user_id,
            text=work.words.text(address, person.language, name=person.name),
        )
    )


async def correct_phone(work: Work, officer: Person | None, person_id: int, written: str) -> Person:
    """A number that was wrong, or is new. The account stays tied: it belongs to the person. Raises DomainError for
    what is no mobile number, or somebody else's."""
    person = await work.rows.people.get(person_id)
    if person is None:
        raise Stale("refused.gone")
    officer = await require_over(work, officer, Action.EDIT_ROSTER, person)
    phone = read_phone(written)
    other = await work.rows.people.by_phone(phone)
    if other is not None and other.id != person.id:
        raise DomainError("roster.phone_taken", name=other.name, tail=last_four(phone))
    await work.rows.people.update(person.id, phone=phone)
    await work.note("roster.phone_corrected", f"person:{person.id}", officer)
    changed = await work.rows.people.get(person.id)
    assert changed is not None
    return changed


async def report_wrong_number(work: Work, helper: Person | None, person_id: int) -> int:
    """Somebody phoned and the number is not this person's: a task for the roster's keeper, no fault of the person.
    Once a day. Returns how many keepers are told."""
    person = await work.rows.people.get(person_id)
    if person is None:
        raise Stale("refused.gone")
    await work.note("roster.wrong_number", f"person:{person.id}", helper)
    told = await keepers(work, Action.EDIT_ROSTER, places_of(work, person)[0])
    for keeper in told:
        text = work.words.text(
            "roster.wrong_number",
            keeper.language,
            name=person.name,
            phone=person.phone,
            duties=await duties_of(work, person, keeper.language),
        )
        button = Button(work.words.label("roster.button.phone", keeper.language), f"r:num:{person.id}")
        key = f"person:{person.id}:wrong_number:{work.now:%Y%m%d}:{keeper.id}"
        await work.tell(keeper, key, text, buttons=((button,),))
    return len(told)


# -- leaving --------------------------------------------------------------------------------------------------------


async def leave_office(work: Work, officer: Person | None, person_id: int) -> Departure:
    """The person has no post any more, as far as the officer's area goes. Raises NotAllowed, Stale."""
    person = await work.rows.people.get(person_id)
    if person is None or person.status is PersonStatus.LEFT:
        raise Stale("refused.gone")
    if officer is None:
        raise NotAllowed("refused.not_enrolled")
    over = {place for place in places_of(work, person) if await allowed(work, officer, Action.EDIT_ROSTER, place)}
    if not over:
        raise NotAllowed("refused.no_right")
    return await end_posts(work, person, over, officer)


async def end_posts(work: Work, person: Person, over: set[PlaceCode], officer: Person | None) -> Departure:
    """Take away the posts at these places; whoever has none left, leaves."""
    kept = tuple(post for post in person.posts if post.place not in over)
    if not kept:
        return await _leave(work, person, officer)
    gone = [post for post in person.posts if post.place in over]
    await work.rows.people.set_posts(person.id, kept)
    await work.note("roster.posts_ended", f"person:{person.id}", officer, posts=[_fact(post) for post in gone])
    return Departure(person, kept, tuple(await _groups(work, gone)))


async def _leave(work: Work, person: Person, officer: Person | None) -> Departure:
    successor = await _successor(work, person)
    handed = await hand_over(work, person, successor, "left_office")
    groups = await _groups(work, person.posts)
    await _end_leaves(work, person)
    await _forget_as_deputy(work, person)
    await untie(work, person, "roster.farewell")
    await work.rows.people.set_posts(person.id, ())
    await work.rows.channels.forget_addresses(person.id)
    await work.rows.people.update(person.id, status=PersonStatus.LEFT.value, deputy_id=None)
    await work.note("roster.left", f"person:{person.id}", officer, posts=[_fact(post) for post in person.posts])
    return Departure(person, (), tuple(groups), handed.excused, handed.given, successor)


async def _successor(work: Work, person: Person) -> Person | None:
    """Whoever stands in now, else the deputy."""
    ids = [leave.stand_in_id for leave in await work.rows.people.leaves(work.now) if leave.person_id == person.id]
    if person.deputy_id is not None:
        ids.append(person.deputy_id)
    found = await work.rows.people.many(ids)
    return next((found[one] for one in ids if one in found and found[one].status is PersonStatus.ACTIVE), None)


async def _groups(work: Work, posts: tuple[Post, ...] | list[Post]) -> list[Group]:
    """The groups of the posts' places, their villages and townships; the county's for the county's people."""
    tree = await work.tree()
    codes: set[PlaceCode] = set()
    for post in posts:
        around = (tree.get(post.place), tree.village_of(post.place), tree.township_of(post.place))
        codes.update(place.code for place in around if place is not None)
        if post.role in COUNTY_ROLES:
            codes.add(work.county)
    return await work.rows.groups.bound_to(codes)


async def _end_leaves(work: Work, person: Person) -> None:
    """His own leave is over; those for whom he stood in have nobody now, which the desk must know."""
    await work.rows.people.end_leave(person.id, work.now)
    await work.rows.leave.cancel_future(person.id, work.now)
    for request in await work.rows.leave.of_person(person.id, ("asked", "granted")):
        await work.rows.leave.decide(request.id, request.state, "ended", person.id, work.now)
    absent = {one for one, _ in await work.rows.leave.standing_in(person.id, work.now)}
    for other in (await work.rows.people.many(absent)).values():
        await work.rows.people.end_leave(other.id, work.now)
        await work.rows.leave.cancel_future(other.id, work.now)
        for request in await work.rows.leave.of_person(other.id, ("asked", "granted")):
            if request.stand_in_id == person.id:
                await work.rows.leave.decide(request.id, request.state, "ended", person.id, work.now)
        told = await keepers(work, Action.GRANT_LEAVE, places_of(work, other)[0], but=[person.id])
        facts: dict[str, object] = {"name": person.name, "other": other.name, "duties": await duties_of(work, other)}
        key = f"person:{other.id}:no_stand_in:{int(work.now.timestamp())}"
        await tell_keepers(work, told, key, "leave.desk.stand_in_left", facts)


async def _forget_as_deputy(work: Work, person: Person) -> None:
    for other in await work.rows.people.all():
        if other.deputy_id == person.id:
            await work.rows.people.update(other.id, deputy_id=None)


def _fact(post: Post) -> str:
    return f"{post.role.value}@{post.place}"
