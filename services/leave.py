"""Leave and stand-in: who is away asks, or whoever carries his posts asks for him; a leader confirms with one tap.

Nobody inherits anything before that tap. From then on, and until the leave ends, the stand-in has the posts' rights
(services/work.py), is asked in place of the absent one, and has what was open when the leave began.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.errors import DomainError, NotAllowed, Stale
from domain.people import Action, Leave, Person, PersonStatus, Role
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle
from services.desk import keepers, places_of, require_over
from services.handover import hand_over
from services.ladder import Voice
from services.people_texts import duties_of
from services.ports import LeaveRequest
from services.voices import VOICES
from services.work import Work

LONGEST = timedelta(days=90)
"""a longer absence is a change of the roster, not a leave"""
_OFFERED = 24


# -- asking -----------------------------------------------------------------------------------------------------------


async def ask_leave(
    work: Work, asker: Person, person_id: int, stand_in_id: int, starts: datetime, ends: datetime
) -> LeaveRequest:
    """Put the question to the leaders. Raises DomainError with what is wrong with it, NotAllowed for other people's
    leave. An earlier question of the same person that nobody has answered is withdrawn."""
    people = await work.rows.people.many({person_id, stand_in_id})
    person, stand_in = people.get(person_id), people.get(stand_in_id)
    if person is None or stand_in is None or person.status is not PersonStatus.ACTIVE:
        raise Stale("refused.gone")
    if asker.id not in {person.id, stand_in.id}:
        raise NotAllowed("leave.not_yours")
    starts = max(starts, work.now)
    _check_span(work, starts, ends)
    await _check_stand_in(work, person, stand_in, starts, ends)
    told = await _leaders_for(work, person, stand_in)
    for earlier in await work.rows.leave.of_person(person.id, ("asked",)):
        await work.rows.leave.decide(earlier.id, "asked", "withdrawn", asker.id, work.now)
    request = await work.rows.leave.add(
        LeaveRequest(0, person.id, stand_in.id, asker.id, starts, ends, asked_at=work.now)
    )
    for leader in told:
        await _put_to(work, leader, request, person, stand_in)
    if asker.id != stand_in.id:
        await _tell(work, stand_in, request, "leave.stand_in.asked", name=person.name)
    await work.note("leave.asked", f"person:{person.id}", asker, stand_in=stand_in.id, request=request.id)
    return request


def _check_span(work: Work, starts: datetime, ends: datetime) -> None:
    if ends <= starts or ends <= work.now:
        raise DomainError("leave.ends_too_early")
    if ends - starts > LONGEST:
        raise DomainError("leave.too_long", days=LONGEST.days)


async def _check_stand_in(work: Work, person: Person, stand_in: Person, starts: datetime, ends: datetime) -> None:
    if person.id == stand_in.id:
        raise DomainError("leave.stand_in_error.self")
    if stand_in.status is not PersonStatus.ACTIVE or not await _near(work, person, stand_in):
        raise DomainError("leave.stand_in_error.unfit", name=stand_in.name)
    for leave in await _granted(work, stand_in.id):
        if leave.starts_at < ends and starts < leave.ends_at:
            raise DomainError("leave.stand_in_error.away", name=stand_in.name)
    for leave in await _granted(work, person.id):
        if leave.starts_at < ends and starts < leave.ends_at:
            raise DomainError("leave.overlaps", name=person.name, ends=work.local(leave.ends_at))


async def _granted(work: Work, person_id: int) -> list[LeaveRequest]:
    return [one for one in await work.rows.leave.of_person(person_id, ("granted",)) if one.ends_at > work.now]


async def _near(work: Work, person: Person, stand_in: Person) -> bool:
    """They serve in the same township, or both at the county, or the roster names the one as the other's deputy: a
    stranger to the place cannot stand in."""
    return person.deputy_id == stand_in.id or bool(await _units(work, person) & await _units(work, stand_in))


async def _units(work: Work, person: Person) -> set[PlaceCode]:
    tree = await work.tree()
    townships = [tree.township_of(post.place) for post in person.posts]
    return {work.county if township is None else township.code for township in townships}


async def _leaders_for(work: Work, person: Person, stand_in: Person) -> list[Person]:
    """Neither of the two decides on it himself."""
    for place in places_of(work, person):
        if told := await keepers(work, Action.GRANT_LEAVE, place, but=[person.id, stand_in.id]):
            return told
    raise DomainError("leave.nobody_to_grant")


async def _put_to(work: Work, leader: Person, request: LeaveRequest, person: Person, stand_in: Person) -> None:
    text = work.words.card(
        "leave_asked",
        leader.language,
        name=person.name,
        duties=await duties_of(work, person, leader.language),
        stand_in=stand_in.name,
        stand_in_duties=await duties_of(work, stand_in, leader.language),
        by_stand_in=request.asked_by == stand_in.id,
        starts=work.local(request.starts_at),
        ends=work.local(request.ends_at),
    )
    label = work.words.label
    buttons = (
        Button(label("leave.button.grant", leader.language), f"l:yes:{request.id}", style=ButtonStyle.SUCCESS),
        Button(label("leave.button.refuse", leader.language), f"l:no:{request.id}"),
    )
    await work.tell(leader, f"leave:{request.id}:ask:{leader.id}", text, buttons=(buttons,))


async def stand_ins_for(work: Work, person: Person, search: str = "") -> list[Person]:
    """Who could stand in: the deputy, the people of the same village or office, then, by name, of the township."""
    own = places_of(work, person)
    found: dict[int, Person] = {}
    if person.deputy_id is not None and not search:
        deputy = await work.rows.people.get(person.deputy_id)
        if deputy is not None:
            found[deputy.id] = deputy
    if search:
        for unit in sorted(await _units(work, person)):
            found |= {one.id: one for one in await work.rows.people.search(search, unit)}
    else:
        found |= {one.id: one for one in await neighbours(work, person, own)}
    away = {leave.person_id for leave in await work.rows.people.leaves(work.now)}
    fit = [one for one in found.values() if one.id != person.id and one.id not in away]
    return [one for one in fit if one.status is PersonStatus.ACTIVE][:_OFFERED]


async def neighbours(work: Work, person: Person, places: Sequence[PlaceCode] | None = None) -> list[Person]:
    """The others with a post in the same villages; for a township's or the county's people, in the same office."""
    tree = await work.tree()
    here = set[PlaceCode]()
    for place in places if places is not None else places_of(work, person):
        village = tree.village_of(place)
        here.update([place] if village is None else [village.code, *(one.code for one in tree.children(village.code))])
    return [one for one in await work.rows.people.holding(list(Role), here) if one.id != person.id]


# -- deciding ---------------------------------------------------------------------------------------------------------


async def grant_leave(
    work: Work, leader: Person | None, request_id: int, voices: Mapping[str, Voice] = VOICES
) -> LeaveRequest:
    """One tap. The first one decides; Stale for a request that is decided already, NotAllowed for one's own."""
    request, person, stand_in = await _open_request(work, leader, request_id)
    assert leader is not None
    if request.ends_at <= work.now:
        raise Stale("leave.over")
    await _check_stand_in(work, person, stand_in, request.starts_at, request.ends_at)
    if not await work.rows.leave.decide(request.id, "asked", "granted", leader.id, work.now):
        raise Stale("leave.decided")
    absence = Leave(person.id, stand_in.id, request.starts_at, request.ends_at)
    await work.rows.people.add_leave(absence, recorded_by=leader.id)
    await work.note("leave.granted", f"person:{person.id}", leader, stand_in=stand_in.id, request=request.id)
    facts: dict[str, object] = {"starts": work.local(request.starts_at), "ends": work.local(request.ends_at)}
    await _tell(work, person, request, "leave.granted", stand_in=stand_in.name, **facts)
    duties = await duties_of(work, person, stand_in.language)
    await _tell(work, stand_in, request, "leave.stand_in.granted", name=person.name, duties=duties, **facts)
    if request.starts_at <= work.now:
        await _begin(work, request, person, stand_in, voices)
    return request


async def refuse_leave(work: Work, leader: Person | None, request_id: int) -> LeaveRequest:
    request, person, stand_in = await _open_request(work, leader, request_id)
    assert leader is not None
    if not await work.rows.leave.decide(request.id, "asked", "refused", leader.id, work.now):
        raise Stale("leave.decided")
    await work.note("leave.refused", f"person:{person.id}", leader, request=request.id)
    for one in {person.id: person, request.asked_by: stand_in if request.asked_by == stand_in.id else person}.values():
        await _tell(work, one, request, "leave.refused", name=person.name, leader=leader.name)
    return request


async def _open_request(work: Work, leader: Person | None, request_id: int) -> tuple[LeaveRequest, Person, Person]:
    request = await work.rows.leave.get(request_id)
    if request is None:
        raise Stale("refused.stale")
    people = await work.rows.people.many({request.person_id, request.stand_in_id})
    person, stand_in = people[request.person_id], people[request.stand_in_id]
    leader = await require_over(work, leader, Action.GRANT_LEAVE, person)
    if leader.id in {person.id, stand_in.id}:
        raise NotAllowed("leave.own")
    if request.state != "asked":
        raise Stale("leave.decided")
    return request, person, stand_in


async def begin_leaves(work: Work) -> int:
    """For the tick: leaves granted for later whose time has come. What is open goes to the stand-in."""
    begun = 0
    for request in await work.rows.leave.to_begin(work.now):
        people = await work.rows.people.many({request.person_id, request.stand_in_id})
        await _begin(work, request, people[request.person_id], people[request.stand_in_id], VOICES)
        begun += 1
    return begun


async def _begin(
    work: Work, request: LeaveRequest, person: Person, stand_in: Person, voices: Mapping[str, Voice]
) -> None:
    if await work.rows.leave.handed_over(request.id):
        await hand_over(work, person, stand_in, "on_leave", voices)


# -- coming back ------------------------------------------------------------------------------------------------------


async def come_back(work: Work, person: Person) -> list[Person]:
    """The person is back early, or does not go at all. Returns who stood in, or would have; nobody: there was no
    leave. What the stand-in has been asked stays with him; from now on the person is asked himself."""
    requests = [
        one
        for one in await work.rows.leave.of_person(person.id, ("asked", "granted"))
        if one.ends_at > work.now or one.state == "asked"
    ]
    for one in requests:
        begun = one.state == "granted" and one.starts_at <= work.now
        await work.rows.leave.decide(one.id, one.state, "ended" if begun else "withdrawn", person.id, work.now)
    ended = await work.rows.people.end_leave(person.id, work.now)
    cancelled = await work.rows.leave.cancel_future(person.id, work.now)
    if not (requests or ended or cancelled):
        return []
    await work.note("leave.ended", f"person:{person.id}", person, requests=[one.id for one in requests])
    stood_in = list((await work.rows.people.many({one.stand_in_id for one in requests})).values())
    for stand_in in stood_in:
        text = work.words.text("leave.stand_in.over", stand_in.language, name=person.name)
        await work.tell(stand_in, f"leave:{requests[-1].id}:over:{stand_in.id}", text)
    return stood_in


async def leave_of(work: Work, person: Person) -> LeaveRequest | None:
    """The leave that runs, is to come, or is asked for; the nearest one."""
    found = [one for one in await work.rows.leave.of_person(person.id, ("asked", "granted")) if one.ends_at > work.now]
    return min(found, key=lambda one: one.starts_at, default=None)


async def absent_meant(work: Work, speaker: Person, text: str) -> list[Person]:
    """Whom "书记去县里住院，我顶" may mean: the one named, or holding the post that is named, else everybody of the
    speaker's village or office."""
    others = await neighbours(work, speaker)
    named = [one for one in others if one.name in text]
    if named:
        return named
    posted = [
        one
        for one in others
        if any(_said(work.words.label(f"role.name.{post.role.value}"), text) for post in one.posts)
    ]
    return posted or others[:_OFFERED]


def _said(label: str, text: str) -> bool:
    """村书记 is said as 书记 too."""
    return label in text or (len(label) > 2 and label.removeprefix("村") in text)


async def _tell(work: Work, person: Person, request: LeaveRequest, address: str, **facts: object) -> None:
    text = work.words.text(address, person.language, **facts)
    await work.tell(person, f"leave:{request.id}:{address}:{person.id}", text)
