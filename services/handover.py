"""What somebody still owes goes to whoever carries his posts: when a leave begins, and when a person leaves office.

The absent person is excused, by a human's decision; the other one owes an answer of his own and is asked at once.
A spot check is not handed on: it asked after the person, and nobody else can answer that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.obligations import ObligationState
from domain.people import Person, PersonStatus
from domain.places import ancestors
from services.ladder import Voice
from services.ports import Obligation
from services.voices import VOICES
from services.work import Work

_NOT_HANDED_ON = frozenset({"check"})


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many questions were open, and how many of them the other one has now (he may have had some before)."""

    excused: int = 0
    given: int = 0


def kind_of(subject: str) -> str:
    return subject.partition(":")[0]


async def hand_over(
    work: Work, person: Person, to: Person | None, reason: str, voices: Mapping[str, Voice] = VOICES
) -> HandedOver:
    """Excuse everything the person owes and let `to` owe it instead; `reason` is kept on the rows.

    A question that was asked already is asked of the other one from now on, with its whole ladder; a deadline that
    lies ahead stays where it is.
    """
    owed = await work.rows.obligations.open_of_person(person.id)
    note = reason if to is None else f"{reason}:{to.id}"
    for one in owed:
        await work.rows.obligations.finish(one.id, ObligationState.EXCUSED, note)
        await work.rows.outbox.supersede(subject=one.subject, person_id=person.id)
        await work.rows.channels.supersede(one.subject, person.id)
        await work.rows.boards.mark(one.subject, [one.place, *ancestors(one.place)])
    given: list[Obligation] = []
    if to is not None and to.status is PersonStatus.ACTIVE:
        for one in owed:
            given += await _give(work, one, to)
        await ask(work, to, given, voices)
        if given and not to.reachable:
            await work.rows.obligations.wake(to.id, work.now)  # another channel may reach him at once
    if owed:
        await work.note("obligations.handed_over", f"person:{person.id}", None, open=len(owed), given=len(given))
    return HandedOver(len(owed), len(given))


async def _give(work: Work, owed: Obligation, to: Person) -> list[Obligation]:
    if kind_of(owed.subject) in _NOT_HANDED_ON:
        return []
    ids = await work.rows.obligations.open(
        subject=owed.subject,
        what=owed.what,
        plan=owed.plan,
        opened_at=max(work.now, owed.opened_at),
        owing=[(to.id, owed.place, to.reachable)],
    )
    found = [await work.rows.obligations.get(number) for number in ids]
    return [one for one in found if one is not None]


async def ask(work: Work, person: Person, owed: Sequence[Obligation], voices: Mapping[str, Voice] = VOICES) -> int:
    """Put these questions to the person now, one message for each kind. Nothing where he cannot be written to."""
    if not person.reachable:
        return 0
    kinds: dict[str, list[Obligation]] = {}
    for one in owed:
        kinds.setdefault(kind_of(one.subject), []).append(one)
    for kind, several in kinds.items():
        if kind in voices:
            await voices[kind].ask_again(work, person, several)
    return sum(len(several) for kind, several in kinds.items() if kind in voices)


async def ask_open(work: Work, person: Person, voices: Mapping[str, Voice] = VOICES) -> int:
    """Everything the person still owes: he has just become reachable."""
    return await ask(work, person, await work.rows.obligations.open_of_person(person.id), voices)
