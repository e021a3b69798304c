"""Asking: the question goes to the person alone, a second time by another message, then the telephone list comes back
to whoever checks. Nobody is told beforehand.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.checks import Call, CheckState, Topic, choices_of
from domain.obligations import Rung
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Action, Person
from domain.text import Button, ButtonStyle, Html, Rows
from services.check_channels import channels_to, write_elsewhere
from services.check_overview import redraw
from services.check_view import One, everyone
from services.desk import keepers
from services.ports import AskedRow, CheckRow, Obligation
from services.work import Work

_PHONE_LIST = 12
"""so many silent persons are named in one message"""
_PRESSED = {Topic.PRESENCE: ("here", "way", "leave"), Topic.EQUIPMENT: ("fine",)}
"""answers that need no typing"""


def question(work: Work, topic: Topic, lang: str) -> Html:
    """The question as it is put to people."""
    return work.words.text(f"check.question.{topic.value}", lang)


def topic_of(check: CheckRow, asked: AskedRow) -> Topic:
    """His own subject where everybody has one, else that of the check."""
    return asked.topic or check.topic


def asked_question(work: Work, check: CheckRow, asked: AskedRow, lang: str) -> Html:
    return question(work, topic_of(check, asked), lang)


def answer_buttons(work: Work, check: CheckRow, topic: Topic, lang: str) -> Rows:
    numbers = {
        choice.code: place if choice.number is None else choice.number
        for place, choice in enumerate(choices_of(topic), 1)
    }
    return tuple(
        (
            Button(
                f"{numbers[code]} {_choice(work, code, lang)}",
                f"c:a:{check.id}:{code}",
                style=ButtonStyle.PRIMARY,
            ),
        )
        for code in _PRESSED.get(topic, ())
    )


def _choice(work: Work, code: str, lang: str) -> str:
    return work.words.label(f"check.choice.{code}", lang)


async def ask(
    work: Work,
    check: CheckRow,
    asked: AskedRow,
    person: Person,
    *,
    until: datetime,
    purpose: str = "ask",
    again: str = "",
) -> None:
    """One message with the question. `again`: "" the first time, remind, deaf."""
    if not person.reachable or person.user_id is None:
        return
    absent = asked.standing_in_for
    named = await work.rows.people.many({check.issued_by, *([] if absent is None else [absent])})
    lang = person.language
    text = work.words.card(
        "check_ask",
        lang,
        again=again,
        checker=named[check.issued_by].name,
        absent="" if absent is None else named[absent].name,
        question=asked_question(work, check, asked, lang),
        proof=work.policy.checks.proof_wanted and topic_of(check, asked) is Topic.PRESENCE,
        until=work.local(until),
    )
    key = f"{check.subject}:{purpose}:{person.id}"
    await work.rows.outbox.put(
        Outgoing(
            key=key,
            chat_id=person.user_id,
            person_id=person.id,
            text=text,
            subject=check.subject,
            buttons=answer_buttons(work, check, topic_of(check, asked), lang),
            # a question that comes after the telephone call would be a question too many
            expires_at=work.now + (check.phone_at - check.issued_at),
            resend_mark=work.words.text("check.resent", lang),
        )
    )
    await work.rows.checks.set_question(check.id, person.id, key)


async def settle_question(work: Work, check: CheckRow, asked: AskedRow, person: Person, ended: str) -> None:
    """What is still unsent of the question stays unsent; where it was sent, it loses its buttons and says why:
    answered, judged, cancelled."""
    await work.rows.outbox.supersede(subject=check.subject, person_id=person.id)
    await work.rows.channels.supersede(check.subject, person.id)
    if person.user_id is None:
        return
    for key in dict.fromkeys((f"{check.subject}:ask:{person.id}", asked.question_key)):
        if not key or await work.rows.outbox.message_of(key) is None:
            continue
        await work.rows.outbox.put(
            Outgoing(
                key=f"{key}:{ended}",
                chat_id=person.user_id,
                kind=Kind.EDIT,
                policy=Policy.IDEMPOTENT,
                subject=f"{check.subject}:settled",
                target=key,
                text=work.words.card(
                    "check_settled",
                    person.language,
                    ended=ended,
                    at=work.local(work.now),
                    question=asked_question(work, check, asked, person.language),
                ),
            )
        )


class CheckVoice:
    """services.ladder.Voice, Resolver and Elsewhere for spot checks."""

    async def resolve(self, work: Work, rung: Rung, owed: Obligation) -> list[Person] | None:
        """The checker himself; where he cannot be written to, whoever else may judge there."""
        check = await _check_of(work, owed.subject)
        if rung is not Rung.CHECKER or check is None:
            return None
        checker = await work.rows.people.get(check.issued_by)
        if checker is not None and checker.reachable:
            return [checker]
        return await keepers(work, Action.JUDGE_CHECK, owed.place, but={owed.person_id})

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        await self._ask(work, owed, person, f"ask:remind{owed.step}", "remind")

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            await self._ask(work, one, person, f"ask:again{int(work.now.timestamp())}", "deaf")

    async def _ask(self, work: Work, owed: Obligation, person: Person, purpose: str, again: str) -> None:
        check = await _check_of(work, owed.subject)
        asked = None if check is None else await work.rows.checks.asked_one(check.id, person.id)
        if check is not None and asked is not None:
            await ask(work, check, asked, person, until=owed.due_at, purpose=purpose, again=again)

    async def has_address(self, work: Work, owed: Obligation, person: Person) -> bool:  # noqa: ARG002 - Elsewhere
        return bool(await channels_to(work, person))

    async def write_elsewhere(self, work: Work, owed: Obligation, person: Person) -> None:
        check = await _check_of(work, owed.subject)
        if check is not None:
            names = await write_elsewhere(work, check, person, owed.place)
            await work.note("check.elsewhere", check.subject, None, person=person.id, channels=",".join(names))

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        """请打电话核实: one message with everybody who has to be telephoned."""
        check = await _check_of(work, owed[0].subject)
        if check is None:
            return
        wanted = {one.person_id for one in owed}
        silent = [one for one in await everyone(work, check) if one.person.id in wanted]
        undelivered = await work.rows.outbox.undelivered(check.subject)
        for start in range(0, len(silent), _PHONE_LIST):
            part = silent[start : start + _PHONE_LIST]
            key = f"{check.subject}:up:{rung.value}:{to.id}:{part[0].person.id}"
            text, buttons = await phone_list(work, check, part, undelivered, to.language)
            await work.tell(to, key, text, subject=f"{check.subject}:up", buttons=buttons, lane=Lane.URGENT)
        await redraw(work, check.id)


async def _check_of(work: Work, subject: str) -> CheckRow | None:
    """The open check of a subject."""
    check = await work.rows.checks.get(int(subject.partition(":")[2]))
    return check if check is not None and check.state is CheckState.OPEN else None


async def phone_list(
    work: Work, check: CheckRow, people: Sequence[One], undelivered: Iterable[int], lang: str
) -> tuple[Html, Rows]:
    """Names and numbers. One person's call is recorded right here, several have a button each."""
    tree, lost = await work.tree(), set(undelivered)
    lines = [
        {
            "place": tree.path(one.asked.place),
            "name": one.person.name,
            "phone": one.person.phone,
            "why": "no_chat" if not one.person.reachable else "lost" if one.person.id in lost else "silent",
        }
        for one in people
    ]
    text = work.words.card("check_phone", lang, number=check.number, people=lines)
    if len(people) == 1:
        return text, call_buttons(work, check, people[0].person, lang)
    label = work.words.label
    return text, tuple(
        (
            Button(
                label("check.button.call", lang, name=one.person.name),
                f"c:for:{check.id}:{one.person.id}",
                style=ButtonStyle.PRIMARY,
            ),
        )
        for one in people
    )


def call_buttons(work: Work, check: CheckRow, person: Person, lang: str) -> Rows:
    """How the call went, two beside each other."""
    buttons = [
        Button(work.words.label(f"check.call.{call.value}", lang), f"c:call:{check.id}:{person.id}:{call.value}")
        for call in Call
    ]
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
