"""A check-in by voice: kept as it was spoken, heard by the village officer, who says with 1 or 0 what it says. Whoever
spoke has reported; what he found is written down once somebody has listened.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import NotAllowed, Stale
from domain.obligations import Channel, ObligationState, Rung, is_late
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.patrols import CHECK_IN, LISTEN, Finding, SpokenState
from domain.people import Action, Person, Role
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle, Html, Rows
from services.desk import allowed, keepers
from services.listening import put_before_engine
from services.patrol_texts import in_order, task_facts, together
from services.patrols import CheckedIn, Report, check_in
from services.ports import Obligation, PatrolTask, SpokenCheckIn
from services.work import Work

_LISTENERS = (Role.EMERGENCY_OFFICER, Role.VILLAGE_HEAD)


@dataclass(frozen=True, slots=True)
class Kept:
    spoken: SpokenCheckIn
    listener: Person | None
    """None: nobody can be written to; a telephone call is needed"""


def subject_of(spoken_id: int) -> str:
    return f"spoken:{spoken_id}"


async def keep(work: Work, person: Person, tasks: Sequence[PatrolTask], file_id: str, seconds: int) -> Kept:
    """The voice stands for all tasks of the message in hand. Their questions are answered: he has reported."""
    first = (await in_order(work, tasks))[0]
    row = await work.rows.rounds.add_spoken(SpokenCheckIn(0, first.id, person.id, work.now, file_id, seconds))
    for task in tasks:
        owed = await work.rows.obligations.find(task.subject, person.id, CHECK_IN)
        if owed is not None:
            late = is_late(owed.due_at, work.now)
            await work.rows.obligations.answer(owed.id, at=work.now, channel=Channel.VOICE, by=person.id, late=late)
    listener = await _listener(work, first.place, person)
    if listener is not None:
        await work.rows.obligations.open(
            subject=subject_of(row.id),
            what=LISTEN,
            plan=work.policy.patrols.spoken_ladder,
            opened_at=work.now,
            owing=[(listener.id, first.place, listener.reachable)],
        )
        await ask(work, row, listener, "ask")
    await put_before_engine(work, subject_of(row.id), file_id, seconds)
    await work.note("patrol.spoken", first.subject, person, spoken=row.id)
    return Kept(row, listener)


async def _listener(work: Work, place: PlaceCode, speaker: Person) -> Person | None:
    """The village's emergency officer, else its head, else the township's desk."""
    for role in _LISTENERS:
        for one in await work.rows.people.holding([role], [place]):
            if one.reachable and one.id != speaker.id:
                return one
    desk = await keepers(work, Action.RECORD_FOR_OTHERS, place, but={speaker.id})
    return desk[0] if desk else None


async def ask(work: Work, row: SpokenCheckIn, to: Person, purpose: str, heading: str = "ask") -> None:
    """The recording itself, and under it the two answers."""
    task = await work.rows.patrols.task(row.task_id)
    speaker = await work.rows.people.get(row.person_id)
    if task is None or speaker is None or to.user_id is None:
        return
    lang, key = to.language, f"{subject_of(row.id)}:{purpose}:{to.id}"
    text = work.words.text(f"spoken.{heading}", lang, **await _facts(work, row, task, speaker, lang))
    await work.rows.outbox.put(
        Outgoing(
            key=f"{key}:voice",
            chat_id=to.user_id,
            person_id=to.id,
            kind=Kind.VOICE,
            text=Html(""),
            file=row.file_id,
            lane=Lane.URGENT,
            subject=subject_of(row.id),
        )
    )
    buttons = answers(work, row, lang)
    await work.tell(to, key, text, subject=subject_of(row.id), buttons=buttons, lane=Lane.URGENT)


async def _facts(work: Work, row: SpokenCheckIn, task: PatrolTask, speaker: Person, lang: str) -> dict[str, object]:
    facts = await task_facts(work, task, lang)
    others = len(await together(work, task)) - 1
    return {
        "name": speaker.name,
        "phone": speaker.phone,
        "place": facts["place"],
        "phase": facts["phase"],
        "others": max(0, others),
        "seconds": row.seconds,
        "heard": row.heard,
    }


def answers(work: Work, row: SpokenCheckIn, lang: str) -> Rows:
    """Where a machine has read it, 0 comes in two kinds: its words are right, or he says what it was himself."""

    def one(which: str, digit: str, style: ButtonStyle) -> tuple[Button]:
        return (Button(work.words.label(f"spoken.button.{which}", lang), f"p:heard:{row.id}:{digit}", style=style),)

    fine, bad = one("fine", "1", ButtonStyle.SUCCESS), one("bad", "0", ButtonStyle.DANGER)
    return (fine, one("as_heard", "2", ButtonStyle.DANGER), bad) if row.heard else (fine, bad)


async def follow_heard(work: Work, spoken_id: int, words: str) -> None:
    """A machine has read it: the words are kept, and stand in the message of whoever is to listen."""
    await work.rows.rounds.heard(spoken_id, words)
    row = await work.rows.rounds.spoken(spoken_id)
    task = None if row is None else await work.rows.patrols.task(row.task_id)
    speaker = None if row is None else await work.rows.people.get(row.person_id)
    if row is None or task is None or speaker is None or row.state is not SpokenState.WAITING:
        return
    subject = subject_of(row.id)
    owed = await work.rows.obligations.of_subject(subject)
    for one in (await work.rows.people.many({one.person_id for one in owed})).values():
        if one.user_id is None:
            continue
        target = await work.rows.outbox.newest_to(subject, one.id) or f"{subject}:ask:{one.id}"
        text = work.words.text("spoken.ask", one.language, **await _facts(work, row, task, speaker, one.language))
        await work.rows.outbox.put(
            Outgoing(
                key=f"{target}:heard",
                chat_id=one.user_id,
                kind=Kind.EDIT,
                policy=Policy.IDEMPOTENT,
                lane=Lane.REPLY,
                subject=subject,
                target=target,
                text=text,
                buttons=answers(work, row, one.language),
            )
        )


async def settle(work: Work, officer: Person, spoken_id: int, *, fine: bool, words: str = "") -> list[CheckedIn]:
    """What the officer heard: 一切正常 for every task of that message, or 有问题 at the first of them, with the words
    that he vouches for. Raises NotAllowed, and Stale where another hand was first."""
    row = await work.rows.rounds.spoken(spoken_id)
    task = None if row is None else await work.rows.patrols.task(row.task_id)
    if row is None or task is None:
        raise Stale("refused.stale")
    if row.person_id == officer.id or not await allowed(work, officer, Action.RECORD_FOR_OTHERS, task.place):
        raise NotAllowed("refused.not_yours")
    if not await work.rows.rounds.settle_spoken(row.id, SpokenState.CONFIRMED, officer.id, work.now):
        raise Stale("spoken.refused.settled")
    await _heard(work, row, officer)
    finding = Finding.NORMAL if fine else Finding.ABNORMAL
    tasks = [task, *(one for one in await together(work, task) if fine and one.id != task.id)]
    report = Report(finding, Channel.VOICE, words=words, spoken_at=row.at)
    done = [await check_in(work, one.id, officer, report) for one in tasks if one.check_in_id is None]
    speaker = await work.rows.people.get(row.person_id)
    if speaker is not None:
        facts = await _facts(work, row, task, speaker, speaker.language)
        state = work.words.label(f"patrol.state.{finding.value}", speaker.language)
        text = work.words.text("spoken.told", speaker.language, by=officer.name, state=state, **facts)
        await work.tell(speaker, f"{subject_of(row.id)}:told:{speaker.id}", text, subject=subject_of(row.id))
    return done


async def _heard(work: Work, row: SpokenCheckIn, officer: Person) -> None:
    for owed in await work.rows.obligations.of_subject(subject_of(row.id)):
        if owed.person_id == officer.id:
            late = is_late(owed.due_at, work.now)
            await work.rows.obligations.answer(
                owed.id, at=work.now, channel=Channel.BUTTON, by=officer.id, note="heard", late=late
            )
        else:
            await work.rows.obligations.finish(owed.id, ObligationState.CLOSED, "done_by_another")
    await work.rows.outbox.supersede(subject=subject_of(row.id))


async def newest_waiting(work: Work, officer: Person) -> SpokenCheckIn | None:
    """The newest voice that he is to listen to."""
    owed = await work.rows.obligations.open_of_person(officer.id, LISTEN)
    return None if not owed else await _of(work, owed[-1])


async def _of(work: Work, owed: Obligation) -> SpokenCheckIn | None:
    number = owed.subject.partition(":")[2]
    row = await work.rows.rounds.spoken(int(number)) if number.isdigit() else None
    return row if row is not None and row.state is SpokenState.WAITING else None


async def reading_of(work: Work, spoken_id: int) -> str:
    """What a machine made of it."""
    row = await work.rows.rounds.spoken(spoken_id)
    return "" if row is None else row.heard


class SpokenVoice:
    """services.ladder.Voice for voices that nobody has listened to yet."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        if (row := await _of(work, owed)) is not None:
            await ask(work, row, person, f"remind{owed.step}", "remind")

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            if (row := await _of(work, one)) is not None:
                await ask(work, row, person, f"again{int(work.now.timestamp())}", "remind")

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            if (row := await _of(work, one)) is not None:
                await ask(work, row, to, f"up:{rung.value}", "up")
