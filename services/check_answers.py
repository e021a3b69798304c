"""What comes back: the answer, supplements to it, and afterwards the person's own explanation.

The first answer is never overwritten; whatever follows stands beside it. Late counts, and is marked.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.answers import is_only_received
from domain.checks import ANSWER, CheckState, Topic, choices_of, codes_in
from domain.errors import NotAllowed, Stale
from domain.geometry import Point, distance_km
from domain.obligations import Channel
from domain.outgoing import Kind, Outgoing
from domain.papers import PhotoRole
from domain.people import Person
from domain.places import PlaceCode, ancestors
from domain.text import Button, ButtonStyle
from services.check_asking import settle_question, topic_of
from services.check_facts import facts_of
from services.check_overview import redraw
from services.check_texts import judge_card
from services.check_view import One, check_of, one_of
from services.photos import want
from services.ports import AskedRow, CheckEntry, CheckRow, Obligation
from services.work import Work

_ENCLOSED = {Channel.PHOTO: Kind.PHOTO, Channel.VOICE: Kind.VOICE}
_REMEMBERED_DAYS = 30
"""so long a reply to a question still finds its check"""

_NEARER = 50
"""metres: a live position that has come nearer by less changes nothing"""


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the person, or one press (`code`)."""

    channel: Channel
    text: str = ""
    code: str = ""
    file_id: str = ""
    seconds: int = 0
    lat: float | None = None
    lon: float | None = None
    vouched: bool = False
    """the position is live and was not forwarded"""
    live_message: int | None = None
    """the message whose live position it is"""


@dataclass(frozen=True, slots=True)
class Taken:
    """How it was taken: answer · late · supplement · same (said before) · bare (收到 and no more: the question stands).

    `codes`: which choices it names."""

    kind: str
    check: CheckRow
    at: datetime
    codes: tuple[str, ...] = ()
    topic: Topic = Topic.PRESENCE
    """of a bare one: what is still to be answered"""


async def question_replied_to(work: Work, person: Person, message_id: int) -> int | None:
    """The check whose question that message was."""
    since = work.now - timedelta(days=_REMEMBERED_DAYS)
    checks = {check.subject: check.id for check, _ in await work.rows.checks.newest_asked(person.id, since)}
    if not checks:
        return None
    subject = await work.rows.checks.question_of(person.id, message_id, checks)
    return None if subject is None else checks[subject]


async def question_open_to(work: Work, person: Person) -> int | None:
    """The check that the person's next message answers: the newest he owes an answer to; else the one he has just
    answered, which it supplements as long as its minutes run."""
    owed = await question_owed_by(work, person)
    if owed is not None:
        return owed
    minutes = timedelta(minutes=work.policy.checks.answer_minutes)
    for check, _ in await work.rows.checks.newest_asked(person.id, work.now - 2 * minutes):
        one = await one_of(work, check, person.id)
        if one.answer is not None and one.verdict is None and work.now <= one.answer.at + minutes:
            return check.id
    return None


async def question_owed_by(work: Work, person: Person) -> int | None:
    """The newest check to which he still owes an answer."""
    owed = [one for one in await work.rows.obligations.open_of_person(person.id, ANSWER) if _is_check(one)]
    return int(max(owed, key=lambda one: one.opened_at).subject.partition(":")[2]) if owed else None


def _is_check(owed: Obligation) -> bool:
    return owed.subject.startswith("check:")


async def take(work: Work, person: Person, check_id: int, said: Said) -> Taken:
    """Keep what the person says to the question. Raises NotAllowed for somebody who was not asked, Stale for a
    cancelled check.

    1. Words that only say 收到 answer nothing: the question stands. 2. The first answer closes the obligation.
    3. What the bot knows itself is noted beside it. 4. The question loses its buttons, the overview follows.
    """
    check = await check_of(work, check_id)
    asked = await work.rows.checks.asked_one(check.id, person.id)
    if asked is None:
        raise NotAllowed("refused.not_yours")
    if check.state is CheckState.CANCELLED:
        raise Stale("check.refused.cancelled")
    codes = _codes(check, asked, said)
    if said.channel is Channel.TEXT and not codes and is_only_received(said.text):
        return Taken("bare", check, work.now, topic=topic_of(check, asked))
    one = await one_of(work, check, person.id)
    if one.answer is not None and said.code and one.answer.codes == codes:
        return Taken("same", check, one.answer.at, codes)
    entry = await _entry(work, one, said, codes)
    await work.rows.checks.add_entry(entry)
    await want(work, check.subject, [said.file_id] if said.channel is Channel.PHOTO else [], PhotoRole.PROOF)
    await work.note("check.answered", check.subject, person, kind=entry.kind, late=entry.late)
    if entry.kind == ANSWER:
        await _first(work, check, one, entry)
        await redraw(work, check.id)
    return Taken("late" if entry.late else entry.kind, check, entry.at, codes)


def _codes(check: CheckRow, asked: AskedRow, said: Said) -> tuple[str, ...]:
    topic = topic_of(check, asked)
    if not said.code:
        return codes_in(topic, said.text)
    if said.code not in {choice.code for choice in choices_of(topic)}:
        raise Stale("refused.stale")
    return (said.code,)


async def _entry(work: Work, one: One, said: Said, codes: tuple[str, ...]) -> CheckEntry:
    first = one.answer is None
    entry = CheckEntry(
        id=0,
        check_id=one.asked.check_id,
        person_id=one.person.id,
        kind=ANSWER if first else "supplement",
        at=work.now,
        by=one.person.id,
        channel=said.channel,
        late=first and one.is_late(work.now),
        text=said.text,
        codes=codes,
        file_id=said.file_id,
        seconds=said.seconds,
    )
    if said.lat is None or said.lon is None:
        return entry
    metres = await _metres(work, one.asked.place, Point(said.lat, said.lon))
    return replace(
        entry, lat=said.lat, lon=said.lon, vouched=said.vouched, metres=metres, live_message=said.live_message
    )


async def come_nearer(work: Work, person: Person, message_id: int, spot: Point) -> None:
    """The live position that came with an answer goes on: how near it came stands beside the answer."""
    entry = await work.rows.checks.entry_of_live(person.id, message_id)
    asked = None if entry is None else await work.rows.checks.asked_one(entry.check_id, person.id)
    if entry is None or entry.metres is None or asked is None:
        return
    metres = await _metres(work, asked.place, spot)
    before = entry.metres if entry.nearest is None else entry.nearest
    if metres is not None and before - metres >= _NEARER:
        await work.rows.checks.came_nearer(entry.id, metres)
        await redraw(work, entry.check_id)


async def _metres(work: Work, place: PlaceCode, spot: Point) -> int | None:
    """From the post's place, or the village it lies in, where its position is known."""
    tree = await work.tree()
    for code in (place, *ancestors(place)):
        here = tree.get(code)
        if here is not None and here.position is not None:
            return round(distance_km(here.position, spot) * 1000)
    return None


async def _first(work: Work, check: CheckRow, one: One, entry: CheckEntry) -> None:
    owed = one.owed
    if owed is not None:
        await work.rows.obligations.answer(
            owed.id, at=work.now, channel=entry.channel, by=one.person.id, late=entry.late
        )
    await keep_facts(work, check, one.asked, one.person)
    await settle_question(work, check, one.asked, one.person, "answered")
    if one.verdict is not None:
        await _tell_afterwards(work, check, one)


async def keep_facts(work: Work, check: CheckRow, asked: AskedRow, person: Person) -> None:
    """Note beside the first answer what the bot knows itself; a second call changes nothing."""
    if asked.facts is None:
        await work.rows.checks.keep_facts(check.id, person.id, await facts_of(work, check, asked, person))


async def _tell_afterwards(work: Work, check: CheckRow, one: One) -> None:
    """He has been judged, and now an answer has come after all: whoever judged may look again."""
    assert one.verdict is not None
    judge = await work.rows.people.get(one.verdict.by)
    if judge is None:
        return
    label = work.words.label("check.button.see", judge.language, name=one.person.name)
    button = Button(label, f"c:see:{check.id}:{one.person.id}", style=ButtonStyle.PRIMARY)
    text = work.words.text("check.afterwards", judge.language, number=check.number, name=one.person.name)
    await work.tell(judge, f"{check.subject}:afterwards:{one.person.id}", text, buttons=((button,),))


async def send_enclosures(work: Work, check: CheckRow, one: One, judge: Person) -> None:
    """The pictures and the recordings that came with his words, each once to each judge."""
    if judge.user_id is None:
        return
    for entry in one.entries:
        kind = _ENCLOSED.get(entry.channel)
        if kind is None or not entry.file_id:
            continue
        await work.rows.outbox.put(
            Outgoing(
                key=f"{check.subject}:enclosed:{entry.id}:{judge.id}",
                chat_id=judge.user_id,
                person_id=judge.id,
                kind=kind,
                text=work.words.text("check.enclosed", judge.language, name=one.person.name, at=work.local(entry.at)),
                file=entry.file_id,
                subject=f"{check.subject}:enclosed",
            )
        )


# -- his own explanation ------------------------------------------------------------------------------------------


async def may_explain(work: Work, person: Person | None, check_id: int) -> One:
    """The person's own line, once it has been judged. Raises NotAllowed for anybody else's."""
    check = await check_of(work, check_id)
    asked = None if person is None else await work.rows.checks.asked_one(check.id, person.id)
    if person is None or asked is None:
        raise NotAllowed("refused.not_yours")
    one = await one_of(work, check, person.id)
    if one.verdict is None:
        raise Stale("refused.stale")
    return one


async def explain(work: Work, person: Person | None, check_id: int, said: Said) -> Person | None:
    """我要说明: kept with the check and put before whoever judged, who may think again. Returns him, None where he
    cannot be told."""
    one = await may_explain(work, person, check_id)
    check = await check_of(work, check_id)
    assert one.verdict is not None
    entry = await work.rows.checks.add_entry(
        CheckEntry(
            id=0,
            check_id=check.id,
            person_id=one.person.id,
            kind="explanation",
            at=work.now,
            by=one.person.id,
            channel=said.channel,
            text=said.text,
            file_id=said.file_id,
            seconds=said.seconds,
        )
    )
    await work.note("check.explained", check.subject, one.person, version=one.verdict.version)
    judge = await _who_reads(work, check, one)
    if judge is None:
        return None
    again = await one_of(work, check, one.person.id)
    await send_enclosures(work, check, again, judge)
    text, buttons = await judge_card(work, check, again, judge.language)
    await work.tell(judge, f"{check.subject}:explained:{one.person.id}:{entry.id}", text, buttons=buttons)
    return judge


async def _who_reads(work: Work, check: CheckRow, one: One) -> Person | None:
    """Whoever judged last; where he cannot be told, whoever checked."""
    assert one.verdict is not None
    people = await work.rows.people.many({one.verdict.by, check.issued_by})
    reachable = [people[number] for number in (one.verdict.by, check.issued_by) if number in people]
    return next((person for person in reachable if person.reachable), None)
