"""通联测试: can the people in charge of every village be reached, and by which way? Before the season, by day only.

Each person is asked once, silently, with one button; it is marked as a test at both ends and counts as no warning.
Nobody is reminded and nothing climbs. When it closes, whoever began it gets the holes in private: a hole is a gap in
the lists, not somebody's fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from domain.calling import REACHES, CallResult
from domain.errors import DomainError, NotAllowed, Stale
from domain.obligations import Channel, Plan, Rung, Step, is_late
from domain.outgoing import Lane, Policy
from domain.people import VILLAGE_ROLES, Action, Person, PersonStatus, PrivateChat, Role
from domain.places import PlaceCode, is_within
from domain.text import Button, ButtonStyle, Html, Rows
from services.ports import Obligation, Rehearsal
from services.rehearsal_ways import write_elsewhere
from services.work import Work

REACH = "reach"
_ASKED = VILLAGE_ROLES | {Role.CONTACT_CADRE}
_LISTED = 10


async def in_charge(work: Work, area: PlaceCode) -> dict[int, tuple[Person, PlaceCode]]:
    """Everybody with a post in a village of the area, each once, with his first village there."""
    found: dict[int, tuple[Person, PlaceCode]] = {}
    tree = await work.tree()
    for person in await work.rows.people.all():
        if person.status is not PersonStatus.ACTIVE:
            continue
        for post in person.posts:
            village = tree.village_of(post.place)
            if post.role in _ASKED and village is not None and is_within(village.code, area):
                found.setdefault(person.id, (person, village.code))
    return found


def by_day(work: Work) -> bool:
    clock, policy = work.local(work.now).time(), work.policy.rehearsal
    return policy.day_from <= clock < policy.day_until


async def begin(
    work: Work, starter: Person | None, area: PlaceCode, *, elsewhere: bool = False
) -> tuple[Rehearsal, int, int]:
    """`elsewhere`: by the county's other channels as well, which may cost money. Returns the rehearsal, how many are
    asked, and how many no private message reaches."""
    starter = await work.require(starter, Action.REHEARSE, area)
    if not by_day(work):
        raise DomainError("rehearsal.at_night")
    for other in await work.rows.rehearsals.running():
        if is_within(other.place, area) or is_within(area, other.place):
            raise DomainError("rehearsal.running", closes=work.local(other.closes_at))
    people = await in_charge(work, area)
    if not people:
        raise DomainError("rehearsal.nobody")
    policy = work.policy.rehearsal
    closes = work.now + timedelta(hours=policy.hours)
    row = await work.rows.rehearsals.add(Rehearsal(0, area, starter.id, work.now, closes))
    plan = Plan(
        answer_within=policy.late_minutes * 60, steps=(Step(rung=Rung.LAPSE, after=max(1, policy.hours * 3600)),)
    )
    await work.rows.obligations.open(
        subject=row.subject,
        what=REACH,
        plan=plan,
        opened_at=work.now,
        owing=[(person.id, village, person.reachable) for person, village in people.values()],
    )
    asked = sum([await _ask(work, row, person, "ask") for person, _ in people.values()])
    if elsewhere:
        await write_elsewhere(work, row, [person for person, _ in people.values()])
    await work.note("rehearsal.begun", row.subject, starter, place=area, asked=asked, people=len(people))
    return row, asked, len(people) - asked


async def _ask(work: Work, row: Rehearsal, person: Person, purpose: str) -> bool:
    label = work.words.label("rehearsal.button.heard", person.language)
    return await work.tell(
        person,
        f"{row.subject}:{purpose}:{person.id}",
        work.words.text("rehearsal.ask", person.language),
        subject=row.subject,
        buttons=((Button(label, f"rt:ok:{row.id}", style=ButtonStyle.SUCCESS),),),
        lane=Lane.DIGEST,
        policy=Policy.AT_MOST_ONCE,
        expires_at=row.closes_at,
        silent=True,
    )


async def heard(work: Work, person: Person | None, rehearsal_id: int) -> bool:
    """The one tap. False when he has pressed before."""
    row = await work.rows.rehearsals.get(rehearsal_id)
    if person is None or row is None:
        raise NotAllowed("refused.not_enrolled")
    owed = await work.rows.obligations.find(row.subject, person.id, REACH)
    if owed is None:
        raise Stale("refused.stale")
    late = is_late(owed.due_at, work.now)
    return await work.rows.obligations.answer(owed.id, at=work.now, channel=Channel.BUTTON, by=person.id, late=late)


# -- the holes ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Holes:
    """Names by what is missing. Every person is in one list at most, beside `one_way`."""

    asked: int = 0
    reached: int = 0
    phoned: int = 0
    """of these, whom a call reached and no message"""
    villages: list[str] = field(default_factory=list)
    """nobody was reached there"""
    never: list[str] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """the number is not theirs: a task of the roster"""
    late: list[str] = field(default_factory=list)
    one_way: list[str] = field(default_factory=list)
    """no channel beside Telegram has an address of theirs"""
    people: dict[str, list[Person]] = field(default_factory=dict)
    """whom no answer came from, in the order of the names of that kind"""

    def listed(self, kind: str) -> Sequence[str]:
        return list(getattr(self, kind))


KINDS = ("villages", "never", "blocked", "gone", "silent", "wrong", "late", "one_way")
TO_PHONE = frozenset({"never", "blocked", "gone", "silent"})
"""whom somebody may telephone, and say what became of it"""


async def holes_of(work: Work, row: Rehearsal) -> Holes:
    owed = await work.rows.obligations.of_subject(row.subject)
    people, tree = await work.rows.people.many({one.person_id for one in owed}), await work.tree()
    calls = await work.rows.rehearsals.calls_of(row.id)
    heard_in = {one.place for one in owed if one.answered_at is not None or calls.get(one.person_id) in REACHES}
    found = Holes(asked=len(owed))
    found.villages = [tree.path(place) for place in sorted({one.place for one in owed} - heard_in)]
    other: set[int] = set()
    for channel in work.policy.channels:
        other |= set(await work.rows.channels.addresses(channel.name, list(people)))
    for one in owed:
        person = people[one.person_id]
        shown = f"{person.name}（{tree.path(one.place)}，{person.phone}）"
        call = calls.get(person.id)
        if one.answered_at is not None:
            found.reached += 1
            if one.late:
                found.late.append(shown)
        elif call in REACHES:
            found.reached, found.phoned = found.reached + 1, found.phoned + 1
        else:
            kind = why_not(person, call)
            getattr(found, kind).append(shown)
            found.people.setdefault(kind, []).append(person)
        if work.policy.channels and person.id not in other:
            found.one_way.append(shown)
    return found


def why_not(person: Person, call: CallResult | None) -> str:
    """The hole by which he is missed, as far as calls and his chat say it."""
    if call is CallResult.NO_SUCH_NUMBER:
        return "wrong"
    if person.user_id is None or person.private_chat is PrivateChat.NEVER:
        return "never"
    if person.private_chat is PrivateChat.GONE:
        return "gone"
    return "blocked" if person.private_chat is PrivateChat.BLOCKED else "silent"


async def close_rehearsals(work: Work) -> int:
    """For the tick: the time is over, the holes go to whoever began it."""
    closed = 0
    for row in await work.rows.rehearsals.running():
        if row.closes_at > work.now or not await work.rows.rehearsals.close(row.id):
            continue
        await work.rows.obligations.close_subject(row.subject)
        await work.rows.outbox.supersede(subject=row.subject)
        await work.rows.channels.supersede(row.subject)
        starter = await work.rows.people.get(row.started_by)
        if starter is not None:
            text, buttons = await report(work, replace(row, state="closed"), starter.language)
            await work.tell(starter, f"{row.subject}:report", text, buttons=buttons, lane=Lane.DIGEST, silent=True)
        await work.note("rehearsal.closed", row.subject, None)
        closed += 1
    return closed


async def report(work: Work, row: Rehearsal, lang: str) -> tuple[Html, Rows]:
    found = await holes_of(work, row)
    counts = {kind: len(found.listed(kind)) for kind in KINDS}
    text = work.words.card(
        "rehearsal_report",
        lang,
        place=(await work.tree()).path(row.place),
        running=row.state == "running",
        started=work.local(row.started_at),
        closes=work.local(row.closes_at),
        asked=found.asked,
        reached=found.reached,
        phoned=found.phoned,
        late_minutes=work.policy.rehearsal.late_minutes,
        first=found.villages[:_LISTED],
        **counts,
    )
    buttons = tuple(
        (Button(f"{work.words.label(f'rehearsal.hole.{kind}', lang)} {counts[kind]}", f"rt:list:{row.id}:{kind}:0"),)
        for kind in KINDS
        if counts[kind]
    )
    sheet = Button(work.words.label("rehearsal.button.sheet", lang), f"rt:sheet:{row.id}")
    return text, (*buttons, (sheet,))


async def seen_by(work: Work, person: Person | None, rehearsal_id: int) -> Rehearsal:
    row = await work.rows.rehearsals.get(rehearsal_id)
    if row is None:
        raise Stale("refused.stale")
    await work.require(person, Action.REHEARSE, row.place)
    return row


class RehearsalVoice:
    """services.ladder.Voice: nobody is reminded, nobody is told of somebody else."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        """Nobody is asked twice."""

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        """Nobody is told: the report says what is missing."""

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        """A press may have been lost while the bot was deaf: that would show as a hole that is none."""
        for one in owed:
            row = await work.rows.rehearsals.get(int(one.subject.partition(":")[2]))
            if row is not None and row.state == "running":
                await _ask(work, row, person, f"again{int(work.now.timestamp())}")
