"""A shift is called: each of its persons says with one tap that he is there, and takes over what is open.

1. Some minutes before it begins the hand-over is drafted from what is open, and shown to those who go and to those who
   come. 2. 接班 is one tap: he is there, and the hand-over is his. 3. Whoever does not answer is reminded, then the
   others of the shift and its leader are told, then the county's desk.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.duty import Shift
from domain.errors import NotAllowed, Stale
from domain.obligations import CUT_OFF, Channel, ObligationState, Rung, is_late
from domain.outgoing import Lane
from domain.people import Action, Person
from domain.places import PlaceCode
from domain.text import Button, ButtonStyle, Html, Rows
from services.desk import keepers
from services.duty import CONFIRM, hours_of, on_shift, subject_of
from services.duty_open import open_lines
from services.ports import Handover, Obligation
from services.work import Work

PAGE = 6
"""lines of a hand-over on one screen"""
_LATEST = timedelta(hours=2)
"""a shift that ended longer ago hands nothing over"""


async def call_shifts(work: Work) -> int:
    """For the tick: shifts that begin. Also one that began while the bot was down."""
    called = 0
    for shift in await work.rows.duty.to_call(work.now + timedelta(minutes=work.policy.duty.call_before_minutes)):
        if shift.ends_at <= work.now or not await work.rows.duty.called(shift.id):
            continue
        await _call(work, shift)
        called += 1
    return called


async def _call(work: Work, shift: Shift) -> None:
    people = await on_shift(work, shift.place, max(shift.starts_at, work.now))
    mine = set(shift.members)
    away = {leave.person_id: leave.stand_in_id for leave in await work.rows.people.leaves(work.now)}
    people = [one for one in people if one.id in mine or one.id in {away.get(member) for member in mine}]
    handover = await _draft(work, shift)
    await work.rows.obligations.open(
        subject=subject_of(shift),
        what=CONFIRM,
        plan=work.policy.duty.confirm_ladder,
        opened_at=work.now,
        owing=[(one.id, shift.place, one.reachable) for one in people],
    )
    for one in people:
        await ask_to_confirm(work, shift, handover, one, "call")
    await work.note("duty.called", subject_of(shift), None, people=[one.id for one in people])
    if handover is not None:
        await _tell_outgoing(work, shift, handover)


async def _draft(work: Work, shift: Shift) -> Handover | None:
    before = await work.rows.duty.last_before(shift.place, shift.starts_at)
    if before is not None and shift.starts_at - before.ends_at > _LATEST:
        before = None
    lines = await open_lines(work, shift.place)
    row = Handover(0, shift.place, shift.id, work.now, lines, None if before is None else before.id)
    return await work.rows.duty_log.add_handover(row)


async def _tell_outgoing(work: Work, shift: Shift, handover: Handover) -> None:
    before = None if handover.from_shift is None else await work.rows.duty.get(handover.from_shift)
    if before is None:
        return
    for person in (await work.rows.people.many(set(before.members) - set(shift.members))).values():
        text, more = await handover_card(work, shift, handover, person.language, "outgoing")
        words = Button(work.words.label("duty.button.words", person.language), f"du:words:{handover.id}")
        await work.tell(person, f"handover:{handover.id}:out:{person.id}", text, buttons=((words,), *more))


async def ask_to_confirm(work: Work, shift: Shift, handover: Handover | None, person: Person, purpose: str) -> bool:
    """One message: your shift begins, this is open, one tap."""
    text, more = await handover_card(work, shift, handover, person.language, "incoming")
    label = work.words.label
    buttons: Rows = (
        (Button(label("duty.button.here", person.language), f"du:here:{shift.id}", style=ButtonStyle.SUCCESS),),
        (Button(label("duty.button.not_yet", person.language), f"du:doubt:{shift.id}"),),
        *more,
    )
    key = f"{subject_of(shift)}:{purpose}:{person.id}"
    return await work.tell(
        person,
        key,
        text,
        subject=subject_of(shift),
        buttons=buttons,
        lane=Lane.REPLY,
        expires_at=max(shift.ends_at, work.now + timedelta(minutes=30)),
    )


async def handover_card(
    work: Work, shift: Shift, handover: Handover | None, lang: str, side: str, page: int = 0
) -> tuple[Html, Rows]:
    """At most one screen; what does not fit is on the next page."""
    lines = () if handover is None else tuple(handover.lines)
    shown = lines[page * PAGE : (page + 1) * PAGE]
    people = await work.rows.people.many(shift.members)
    said_by = None if handover is None or handover.said_by is None else handover.said_by
    speaker = None if said_by is None else await work.rows.people.get(said_by)
    text = work.words.card(
        "duty_handover",
        lang,
        side=side,
        place=(await work.tree()).path(shift.place),
        names=[people[one].name for one in shift.members if one in people],
        lines=[work.words.text(f"duty.open.{line['what']}", lang, **_facts(work, line, lang)) for line in shown],
        page=page + 1,
        pages=max(1, -(-len(lines) // PAGE)),
        words="" if handover is None else handover.words,
        voice=bool(handover and handover.voice),
        speaker="" if speaker is None else speaker.name,
        **hours_of(work, shift),
    )
    if handover is None or (page + 1) * PAGE >= len(lines):
        return text, ()
    return text, ((Button(work.words.label("duty.button.more", lang), f"du:more:{handover.id}:{page + 1}"),),)


def _facts(work: Work, line: Mapping[str, object], lang: str) -> dict[str, object]:
    facts = {key: value for key, value in line.items() if key != "what"}
    if "colour" in facts:
        facts["colour"] = work.words.label(f"warning.colour.{facts['colour']}", lang)
    return facts


# -- answers ------------------------------------------------------------------------------------------------------


async def take_over(work: Work, person: Person | None, shift_id: int) -> tuple[Shift, str]:
    """接班: there, and what is open is his. Returns how the answer counts: early, here, late, again."""
    shift = await work.rows.duty.get(shift_id)
    if person is None or shift is None:
        raise NotAllowed("duty.not_yours")
    owed = await work.rows.obligations.find(subject_of(shift), person.id, CONFIRM)
    if owed is None or owed.note in {"swapped", "changed"}:
        if person.id not in shift.members or not shift.called or shift.ends_at <= work.now:
            raise NotAllowed("duty.not_yours")
        owed = await _late_comer(work, shift, person)
    if owed.answered_at is not None:
        return shift, "again"
    late = is_late(owed.due_at, work.now)
    if not await work.rows.obligations.answer(owed.id, at=work.now, channel=Channel.BUTTON, by=person.id, late=late):
        raise Stale("refused.stale")
    await work.note("duty.here", subject_of(shift), person, late=late, early=work.now < shift.starts_at)
    await _accept(work, shift, person)
    return shift, "late" if late else "early" if work.now < shift.starts_at else "here"


async def _late_comer(work: Work, shift: Shift, person: Person) -> Obligation:
    """Put in after the shift was called."""
    await work.rows.obligations.open(
        subject=subject_of(shift),
        what=CONFIRM,
        plan=work.policy.duty.confirm_ladder,
        opened_at=work.now,
        owing=[(person.id, shift.place, person.reachable)],
    )
    owed = await work.rows.obligations.find(subject_of(shift), person.id, CONFIRM)
    if owed is None or owed.state is ObligationState.CLOSED:
        raise Stale("refused.stale")
    return owed


async def _accept(work: Work, shift: Shift, person: Person) -> None:
    handover = await work.rows.duty_log.handover_to(shift.id)
    if handover is None or not await work.rows.duty_log.decide(handover.id, "accepted", person.id, work.now):
        return
    await work.note("duty.handed_over", f"handover:{handover.id}", person, shift=shift.id, of=handover.from_shift)
    before = None if handover.from_shift is None else await work.rows.duty.get(handover.from_shift)
    if before is None:
        return
    for one in (await work.rows.people.many(set(before.members) - {person.id, *shift.members})).values():
        text = work.words.text("duty.taken_over", one.language, name=person.name)
        await work.tell(one, f"handover:{handover.id}:done:{one.id}", text, silent=True)


async def doubt(work: Work, person: Person | None, shift_id: int) -> Shift:
    """先不接: something has to be cleared first. Those who go and the leader are told with the number to phone."""
    shift = await work.rows.duty.get(shift_id)
    owed = None if person is None or shift is None else await _owed(work, shift, person)
    if person is None or shift is None or owed is None:
        raise NotAllowed("duty.not_yours")
    handover = await work.rows.duty_log.handover_to(shift.id)
    if handover is not None and not await work.rows.duty_log.decide(handover.id, "refused", person.id, work.now):
        raise Stale("duty.already_taken")
    await work.note("duty.refused", subject_of(shift), person)
    before = None if handover is None or handover.from_shift is None else await work.rows.duty.get(handover.from_shift)
    told = set(() if before is None else before.members) | ({shift.leader} if shift.leader else set())
    people = [one for one in (await work.rows.people.many(told - {person.id})).values() if one.reachable]
    for one in people or await keepers(work, Action.PLAN_DUTY, shift.place, but={person.id}):
        text = work.words.text("duty.doubted", one.language, name=person.name, phone=person.phone)
        await work.tell(one, f"{subject_of(shift)}:doubt:{person.id}:{one.id}", text, lane=Lane.URGENT)
    return shift


async def _owed(work: Work, shift: Shift, person: Person) -> Obligation | None:
    return await work.rows.obligations.find(subject_of(shift), person.id, CONFIRM)


async def add_words(work: Work, person: Person | None, handover_id: int, words: str, voice: str) -> int:
    """The outgoing officer adds what no row knows. Returns how many of the incoming are told."""
    handover = await may_add_words(work, person, handover_id)
    assert person is not None
    if not await work.rows.duty_log.say(handover.id, words, voice, person.id):
        raise Stale("duty.already_taken")
    await work.note("duty.words_added", f"handover:{handover.id}", person, voice=bool(voice))
    shift = await work.rows.duty.get(handover.to_shift)
    if shift is None:
        return 0
    told = 0
    for one in await on_shift(work, shift.place, shift.starts_at):
        text = work.words.text("duty.words", one.language, name=person.name, words=words, voice=bool(voice))
        told += await work.tell(one, f"handover:{handover.id}:words:{int(work.now.timestamp())}:{one.id}", text)
    return told


async def may_add_words(work: Work, person: Person | None, handover_id: int) -> Handover:
    handover = await work.rows.duty_log.handover(handover_id)
    before = None if handover is None or handover.from_shift is None else await work.rows.duty.get(handover.from_shift)
    if person is None or handover is None or before is None or person.id not in before.members:
        raise NotAllowed("duty.not_yours")
    if handover.state == "accepted":
        raise Stale("duty.already_taken")
    return handover


class DutyVoice:
    """services.ladder.Voice, Resolver and Resting for shifts."""

    async def resolve(self, work: Work, rung: Rung, owed: Obligation) -> list[Person] | None:
        """CHECKER: the others of the shift, its leader; where nobody of them can be told, who plans the shifts."""
        if rung is not Rung.CHECKER:
            return None
        shift = await _shift_of(work, owed)
        others = () if shift is None else tuple(one for one in shift.members if one != owed.person_id)
        found = [one for one in (await work.rows.people.many(others)).values() if one.reachable]
        return found or await keepers(work, Action.PLAN_DUTY, owed.place, but={owed.person_id})

    async def rests_until(self, work: Work, owed: Obligation) -> datetime | None:
        """Whose village or township is cut off is excused; a late answer still counts."""
        if not await _cut_off(work, owed.place):
            return None
        await work.rows.obligations.finish(owed.id, ObligationState.EXCUSED, CUT_OFF)
        await work.note("duty.excused", owed.subject, None, person=owed.person_id)
        return work.now + timedelta(hours=1)

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        await self._ask(work, owed, person, f"remind{owed.step}")

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            await self._ask(work, one, person, f"again{int(work.now.timestamp())}")

    async def _ask(self, work: Work, owed: Obligation, person: Person, purpose: str) -> None:
        shift = await _shift_of(work, owed)
        if shift is not None and shift.ends_at > work.now:
            await ask_to_confirm(work, shift, await work.rows.duty_log.handover_to(shift.id), person, purpose)

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        shift = await _shift_of(work, owed[0])
        if shift is None:
            return
        people = await work.rows.people.many({one.person_id for one in owed})
        text = work.words.text(
            "duty.silent",
            to.language,
            place=(await work.tree()).path(shift.place),
            people=[{"name": one.name, "phone": one.phone} for one in people.values()],
            **hours_of(work, shift),
        )
        key = f"{subject_of(shift)}:up:{rung.value}:{to.id}:{owed[0].id}"
        await work.tell(to, key, text, subject=f"{subject_of(shift)}:up", lane=Lane.URGENT)


async def _shift_of(work: Work, owed: Obligation) -> Shift | None:
    return await work.rows.duty.get(int(owed.subject.partition(":")[2]))


async def _cut_off(work: Work, place: PlaceCode) -> bool:
    """A village that is cut off, or a township of which every village is."""
    tree = await work.tree()
    lost = {one.place for one in await work.rows.cutoffs.now()}
    villages = [one.code for one in tree.villages_within(place)] or [place]
    return place != work.county and bool(lost) and all(one in lost for one in villages)
