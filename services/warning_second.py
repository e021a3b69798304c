"""Two persons: what the county composes at orange and red goes out when a second one agrees, and a warning is called
wrong by one and taken back by another. Nobody agrees with himself; nothing ever happens because nobody answered.

Here is who is asked and how the request climbs when it is not answered. What follows from the answer is in
services/warning_approval.py and services/warning_correction.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.obligations import Channel, ObligationState, Plan, Rung
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import COUNTY_ROLES, RIGHTS, Action, Person, Role, may
from domain.text import Button, ButtonStyle, Html, Rows
from services.ports import Obligation, WarningRow
from services.warning_asking import owing_people
from services.warning_posts import groups_of
from services.warning_texts import over_of, post_facts
from services.warning_told import posts_that_arrived, who_was_asked
from services.work import Work

AGREE = "agree"


class Asked(StrEnum):
    """What the second person is asked."""

    APPROVAL = "approval"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Seconds:
    """Who may be the second person: those who can be asked here, and those who have to be telephoned."""

    asked: tuple[Person, ...]
    to_phone: tuple[Person, ...]


def department_of(person: Person) -> str:
    """The trade a department's officer speaks for; nothing where he holds a desk of the county as well."""
    if person.holds([Role.COUNTY_DUTY]):
        return ""
    return next((post.department for post in person.posts if post.role is Role.DEPARTMENT), "")


async def speaks_for_county(work: Work, row: WarningRow) -> bool:
    """Whether an officer composed it with a post of the county, his own or one he stands in for."""
    author = None if row.composed_by is None else await work.rows.people.get(row.composed_by)
    if author is None:
        return False
    if any(post.role in COUNTY_ROLES and post.role in RIGHTS[Action.POST_WARNING] for post in author.posts):
        return True
    return not all(may(author, Action.POST_WARNING, place) for place in row.places)


async def may_be_second(work: Work, person: Person, row: WarningRow, asked: Asked) -> bool:
    """By his right alone; whether he is the first one himself is another question."""
    author = None if row.composed_by is None else await work.rows.people.get(row.composed_by)
    department = "" if author is None else department_of(author)
    township = asked is Asked.CORRECTION and author is not None and not await speaks_for_county(work, row)
    for who in (person, *await work.stood_in_for(person)):
        if may(who, Action.APPROVE_WARNING, work.county, department=department):
            return True
        if township and all(may(who, Action.POST_WARNING, place) for place in row.places):
            return True
    return False


async def seconds_for(work: Work, row: WarningRow, first: int, asked: Asked) -> Seconds:
    """Everybody who may, but the first one: county duty officers, county leaders, the author's own department; for a
    township's warning that is wrong also its officers. Whoever is on leave is covered by his stand-in."""
    roles = {*RIGHTS[Action.APPROVE_WARNING], *RIGHTS[Action.POST_WARNING]}
    tree = await work.tree()
    townships = {t.code for code in row.places if (t := tree.township_of(code)) is not None}
    holders = {p.id: p for p in await work.rows.people.holding(roles, [work.county, *townships])}
    away = {leave.person_id: leave.stand_in_id for leave in await work.rows.people.leaves(work.now)}
    stand_ins = await work.rows.people.many({away[number] for number in holders if number in away})
    holders.update((person.id, person) for person in stand_ins.values())
    found = [
        person
        for number, person in sorted(holders.items())
        if number != first and number not in away and await may_be_second(work, person, row, asked)
    ]
    return Seconds(tuple(p for p in found if p.reachable), tuple(p for p in found if not p.reachable))


async def subject_of(work: Work, row: WarningRow, asked: Asked) -> str:
    """Of the obligation. Who calls a warning wrong a second time asks anew."""
    if asked is Asked.APPROVAL:
        return f"{asked.value}:{row.id}"
    times = sum(act.what == "called_wrong" for act in await work.rows.warnings.acts(row.id))
    return f"{asked.value}:{row.id}:{times}"


async def ask_seconds(work: Work, row: WarningRow, first: Person, asked: Asked, plan: Plan) -> Seconds:
    """The request to all of them at once, as an obligation with its own short ladder."""
    found = await seconds_for(work, row, first.id, asked)
    await work.rows.obligations.open(
        subject=await subject_of(work, row, asked),
        what=AGREE,
        plan=plan,
        opened_at=work.now,
        owing=[(p.id, work.county, p.reachable) for p in (*found.asked, *found.to_phone)],
    )
    for person in found.asked:
        await _ask(work, row, first, asked, person, "")
    return found


async def _ask(work: Work, row: WarningRow, first: Person, asked: Asked, person: Person, again: str) -> None:
    subject = await subject_of(work, row, asked)
    key = f"{subject}:ask:{person.id}" + (f":{again}" if again else "")
    text = await card_of(work, row, first, asked, person.language, again=bool(again))
    lane = Lane.RED if asked is Asked.CORRECTION else Lane.URGENT
    buttons = second_buttons(work, row, asked, person.language)
    await work.tell(person, key, text, subject=subject, buttons=buttons, lane=lane)


async def card_of(work: Work, row: WarningRow, first: Person, asked: Asked, lang: str, *, again: bool = False) -> Html:
    """The request: who asks, how far it would reach, and exactly what would be said."""
    if asked is Asked.APPROVAL:
        groups, people = await reach_of(work, row)
        words = work.words.card(
            "warning_post", lang, relation="new", check_area=False, tally=None, over="", **await post_facts(work, row)
        )
    else:
        groups, people = len(await posts_that_arrived(work, row)), len(await who_was_asked(work, row))
        words = await correction_words(work, row, lang, first)
    return work.words.card(
        "warning_second",
        lang,
        asked=asked.value,
        again=again,
        first=first.name,
        number=row.number,
        groups=groups,
        people=people,
        words=words,
    )


async def reach_of(work: Work, row: WarningRow) -> tuple[int, int]:
    """Groups and persons that a warning would go to now."""
    tree = await work.tree()
    return len(await groups_of(work, tree, row)), len(await owing_people(work, tree, row))


async def correction_words(
    work: Work, row: WarningRow, lang: str, by: Person, standing: WarningRow | None = None
) -> Html:
    """What a wrong warning is taken back with. Ready from the moment it goes out: nothing has to be written."""
    return work.words.card(
        "warning_corrected",
        lang,
        by=by.name,
        at=work.local(work.now),
        standing=None if standing is None else {"colour": standing.colour.value, "number": standing.number},
        **await post_facts(work, row),
    )


def second_buttons(work: Work, row: WarningRow, asked: Asked, lang: str) -> Rows:
    yes, no = ("agree", "return") if asked is Asked.APPROVAL else ("confirm", "right")
    return (
        (
            Button(work.words.label(f"second.button.{yes}", lang), f"w:{yes}:{row.id}", style=ButtonStyle.DANGER),
            Button(work.words.label(f"second.button.{no}", lang), f"w:{no}:{row.id}"),
        ),
    )


async def settle_request(work: Work, row: WarningRow, asked: Asked, by: Person, verdict: str) -> None:
    """One has decided: his answer is recorded, nobody else is asked, and their requests say who it was."""
    subject = await subject_of(work, row, asked)
    owed = await work.rows.obligations.find(subject, by.id, AGREE)
    if owed is not None:
        await work.rows.obligations.answer(owed.id, at=work.now, channel=Channel.BUTTON, by=by.id, late=False)
    others = await work.rows.obligations.of_subject(subject)
    await work.rows.obligations.close_subject(subject)
    await work.rows.outbox.supersede(subject=subject)
    people = await work.rows.people.many({o.person_id for o in others})
    for person in people.values():
        if person.id == by.id or person.user_id is None:
            continue
        await work.rows.outbox.put(
            Outgoing(
                key=f"{subject}:ask:{person.id}:settled",
                chat_id=person.user_id,
                kind=Kind.EDIT,
                policy=Policy.IDEMPOTENT,
                target=f"{subject}:ask:{person.id}",
                text=work.words.text(f"second.{verdict}", person.language, name=by.name, number=row.number),
            )
        )


@dataclass(frozen=True, slots=True)
class Request:
    """What waits for a second person."""

    warning: WarningRow
    first: Person
    asked: Asked


async def requests_for(work: Work, person: Person) -> list[Request]:
    """What this person could decide now as the second one, whether or not he was ever written to."""
    waiting = [(row, Asked.APPROVAL) for row in await work.rows.warnings.held() if row.held_because == "approval"]
    waiting += [(row, Asked.CORRECTION) for row in await work.rows.warnings.active(work.now)]
    found = []
    for row, asked in waiting:
        number = await first_of(work, row, asked)
        first = None if number is None else await work.rows.people.get(number)
        others = first is not None and first.id != person.id and row.expires > work.now
        if first is not None and others and await may_be_second(work, person, row, asked):
            found.append(Request(row, first, asked))
    return found


class SecondVoice:
    """services.ladder.Voice and Resolver for both requests."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    async def resolve(self, work: Work, rung: Rung, owed: Obligation) -> list[Person] | None:
        found = await self._request(work, owed)
        if found is None or rung not in {Rung.COUNTY, Rung.CHECKER}:
            return []
        _, first = found
        if rung is Rung.CHECKER:
            return [first]
        leaders = await work.rows.people.holding([Role.COUNTY_LEADER], [work.county])
        return [person for person in leaders if person.id != first.id]

    async def _request(self, work: Work, owed: Obligation) -> tuple[WarningRow, Person] | None:
        row = await work.rows.warnings.get(int(owed.subject.split(":")[1]))
        number = None if row is None else await first_of(work, row, self._asked)
        first = None if number is None else await work.rows.people.get(number)
        waiting = row is not None and (row.state == "held" if self._asked is Asked.APPROVAL else not over_of(row))
        if row is None or first is None or not waiting or row.expires <= work.now:
            await work.rows.obligations.finish(owed.id, ObligationState.CLOSED)
            return None
        return row, first

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        if (found := await self._request(work, owed)) is not None:
            await _ask(work, found[0], found[1], self._asked, person, f"remind{owed.step}")

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            if (found := await self._request(work, one)) is not None:
                await _ask(work, found[0], found[1], self._asked, person, f"again{int(work.now.timestamp())}")

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        found = await self._request(work, owed[0])
        if found is None:
            return
        row, first = found
        minutes = int((work.now - owed[0].opened_at - owed[0].stopped).total_seconds() // 60)
        seconds = await seconds_for(work, row, first.id, self._asked)
        everybody = [p for p in (*seconds.asked, *seconds.to_phone) if p.id != to.id]
        text = work.words.text(
            f"second.silent.{'author' if rung is Rung.CHECKER else 'leader'}",
            to.language,
            first=first.name,
            number=row.number,
            minutes=minutes,
            people=_phones(everybody),
        )
        buttons = () if rung is Rung.CHECKER else second_buttons(work, row, self._asked, to.language)
        subject = owed[0].subject
        await work.tell(to, f"{subject}:up:{rung.value}:{to.id}", text, subject=subject, buttons=buttons, lane=Lane.RED)


async def first_of(work: Work, row: WarningRow, asked: Asked) -> int | None:
    """The one who began: the author, or whoever called it wrong and has not taken that back."""
    if asked is Asked.APPROVAL:
        return row.composed_by
    acts = [act for act in await work.rows.warnings.acts(row.id) if act.what in {"called_wrong", "called_right"}]
    return acts[-1].person_id if acts and acts[-1].what == "called_wrong" else None


def _phones(people: Sequence[Person]) -> list[str]:
    return [f"{person.name} {person.phone}" for person in people]


def whom_to_phone(seconds: Seconds) -> list[str]:
    """For the first one, when nobody can be asked here."""
    return _phones(seconds.to_phone)


SECOND_VOICES: Mapping[str, SecondVoice] = {asked.value: SecondVoice(asked) for asked in Asked}
