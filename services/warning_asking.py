"""Who owes an answer to a warning, and the private question to each of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.outgoing import Lane, Outgoing
from domain.people import Person, PersonId, PersonStatus, Role
from domain.places import PlaceCode, PlaceTree, is_within
from domain.points import PointDuty
from domain.text import Rows
from domain.warning_reach import is_outranked
from services.channels import hurry, ladder_of
from services.loudspeaker import loud_buttons
from services.ports import WarningRow
from services.warning_night import Night
from services.warning_posts import is_quiet, reach, villages_of
from services.warning_texts import actions_for, ask_buttons, correct_buttons, post_facts, relay_buttons
from services.warning_told import ask_key
from services.work import Work

ACKNOWLEDGE = "acknowledge"
_POSTS_OF: Mapping[PointDuty, frozenset[Role]] = {
    PointDuty.PATROL: frozenset({Role.PATROLLER, Role.MONITOR}),
    PointDuty.WARN: frozenset({Role.WARNER}),
    PointDuty.EVACUATE: frozenset({Role.EVACUATOR}),
}
"""who is in charge of a point answers like the holders of these posts"""
DESKS = frozenset({Role.COUNTY_DUTY, Role.COUNTY_LEADER})


@dataclass(frozen=True, slots=True)
class Owing:
    """One person who owes an answer, and the place he owes it for."""

    person: Person
    place: PlaceCode


async def owing_people(work: Work, tree: PlaceTree, row: WarningRow, spared: Collection[int] = ()) -> list[Owing]:
    """Everybody with a post for this colour in the covered places and above them, each once however many posts he
    has. Whoever is on leave is covered by his stand-in, who then owes for that place; where nobody stands in after
    all, he owes it himself. Where a graver warning of the same kind stands, nobody is asked for this one."""
    villages = villages_of(tree, row.places)
    codes = reach(tree, work.county, row.places)
    codes = {code for code in codes if not is_outranked(tree, code, villages, row.outranked)}
    roles = work.policy.warnings.answerers[row.colour]
    people = await work.rows.people.holding(roles, codes)
    away = {leave.person_id: leave.stand_in_id for leave in await work.rows.people.leaves(work.now)}
    stand_ins = await work.rows.people.many(set(away.values()))
    asked = {p.id: Owing(p, _place_of(p, roles, codes)) for p in people}
    for one in await _in_charge_of_points(work, tree, row, villages):
        asked.setdefault(one.person.id, one)
    owing = {number: one for number, one in asked.items() if number not in away}
    for absent in (one for number, one in asked.items() if number in away):
        carrier = _carrier(absent.person, away, stand_ins)
        owing.setdefault(carrier.id, Owing(carrier, absent.place))
    return [one for person_id, one in sorted(owing.items()) if person_id not in spared]


async def _in_charge_of_points(
    work: Work, tree: PlaceTree, row: WarningRow, villages: frozenset[PlaceCode]
) -> list[Owing]:
    """Whoever is in charge of a risk point there, wherever his post is, as far as such posts answer this colour."""
    roles = work.policy.warnings.answerers[row.colour]
    duties = [duty for duty, posts in _POSTS_OF.items() if roles & posts]
    held: dict[PersonId, PlaceCode] = {}
    beyond = (one for one in villages if not any(is_within(one, code) for code in row.places))
    for number, place in await work.rows.points.in_charge_at([*row.places, *beyond], duties):
        if not is_outranked(tree, place, villages, row.outranked):
            held.setdefault(number, place)
    people = await work.rows.people.many(held)
    return [Owing(one, held[one.id]) for one in people.values() if one.status is PersonStatus.ACTIVE]


def _carrier(absent: Person, away: Mapping[PersonId, PersonId], stand_ins: Mapping[int, Person]) -> Person:
    """Who carries the posts of somebody on leave: his stand-in, or that one's where he is on leave as well. Himself
    where all of them are away or have left."""
    seen, who = {absent.id}, away[absent.id]
    while who in away and who not in seen:
        seen.add(who)
        who = away[who]
    found = stand_ins.get(who)
    return absent if found is None or who in seen or found.status is not PersonStatus.ACTIVE else found


async def carriers(work: Work, people: Sequence[Person]) -> list[Person]:
    """These people, each one on leave replaced by whoever carries his posts."""
    away = {leave.person_id: leave.stand_in_id for leave in await work.rows.people.leaves(work.now)}
    stand_ins = await work.rows.people.many(set(away.values()))
    return [_carrier(one, away, stand_ins) if one.id in away else one for one in people]


def _place_of(person: Person, roles: frozenset[Role], codes: set[PlaceCode]) -> PlaceCode:
    """Of several posts the highest place, because that is the desk where he is looked for."""
    return min((p.place for p in person.posts if p.role in roles and p.place in codes), key=lambda c: (len(c), c))


async def ask(work: Work, row: WarningRow, owing: Sequence[Owing], night: Night | None = None) -> None:
    """One obligation and, where the private chat is open, one message for each person. Where the place lies in the
    quiet of a night that holds, both begin in the morning."""
    begins = {one.person.id: _begin(night, one) for one in owing}
    for at in sorted({at or work.now for at in begins.values()}):
        await work.rows.obligations.open(
            subject=row.subject,
            what=ACKNOWLEDGE,
            plan=ladder_of(work, row.colour),
            opened_at=at,
            owing=[
                (one.person.id, one.place, one.person.reachable)
                for one in owing
                if (begins[one.person.id] or work.now) == at
            ],
        )
    now = [one for one in owing if begins[one.person.id] is None]
    await hurry(work, row, [one.person for one in now if not one.person.reachable])
    facts = await post_facts(work, row)
    cards: dict[tuple[str, tuple[str, ...]], object] = {}
    messages = []
    for one in sorted(owing, key=lambda o: (len(o.place), o.person.id)):
        person = one.person
        if not person.reachable or person.user_id is None:
            continue
        what = person.language, actions_for(work, row, person)
        if what not in cards:
            cards[what] = work.words.card("warning_ask", what[0], again="", actions=what[1], **facts)
        buttons = question_buttons(work, row, person)
        asked = ask_message(work, row, person, ask_key(row, person.id), cards[what], buttons)
        rings = night is not None and night.awake(one.place)
        messages.append(replace(asked, not_before=begins[person.id], silent=asked.silent and not rings))
    await work.rows.outbox.put_many(messages)


def _begin(night: Night | None, one: Owing) -> datetime | None:
    """None: now."""
    return None if night is None else night.not_before(one.place, one.person)


def question_buttons(work: Work, row: WarningRow, person: Person) -> Rows:
    """The county's desk finds the way to take a wrong one back on its own question: nobody looks for it in a hurry."""
    return (*ask_buttons(work, row.id, person.language), *lasting_buttons(work, row, person))


def lasting_buttons(work: Work, row: WarningRow, person: Person) -> Rows:
    """What stays on the question after it is answered: the loudspeaker's text, passing it on, taking it back."""
    desk = correct_buttons(work, row, person.language) if person.holds(DESKS) else ()
    return (*loud_buttons(work, row, person), *relay_buttons(work, row, person), *desk)


def ask_message(work: Work, row: WarningRow, person: Person, key: str, text: object, buttons: object) -> Outgoing:
    """The private question. Never in the reddest lane: the groups come first."""
    assert person.user_id is not None
    return Outgoing(
        key=key,
        chat_id=person.user_id,
        person_id=PersonId(person.id),
        text=text,  # type: ignore[arg-type]
        subject=row.subject,
        lane=Lane.URGENT,
        buttons=buttons,  # type: ignore[arg-type]
        expires_at=row.expires,
        silent=is_quiet(work, row.colour) is not None,
        resend_mark=work.words.text("warning.resent", person.language, number=row.number),
    )
