"""叫应: what people answer to a warning, what the group sees of it, and how silence climbs.

One person's answer is his own. It counts from a button, a word, a link, or by the mouth of a helper who phoned or
knocked; the first one stands, a late one is marked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.errors import NotAllowed, Stale
from domain.obligations import Channel, ObligationState, Rung, is_late
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import RIGHTS, Action, Person, Role
from domain.places import Level, PlaceCode, PlaceTree, ancestors, is_within
from domain.text import Button, ButtonStyle, Html
from services.ports import Board, Obligation, WarningRow
from services.warning_asking import ACKNOWLEDGE, ask_message
from services.warning_texts import ask_buttons, post_buttons, post_facts
from services.work import Work

_ON_ITS_WAY = frozenset({"pending", "retry", "sending", "flood", "not_sent", "next_part"})
_PHONE_LIST = 12
"""so many silent persons are named in one message, each with his buttons"""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """How an acknowledgement was taken. `at` is the instant that counts."""

    warning: WarningRow
    kind: str
    """recorded · late · before (it had been recorded) · not_owing · over (superseded or ended)"""
    at: datetime


async def acknowledge(work: Work, person: Person, warning_id: int, channel: Channel) -> Acknowledged:
    """The person says that he has it. Raises Stale for a warning that does not exist."""
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    owed = await work.rows.obligations.find(row.subject, person.id, ACKNOWLEDGE)
    if owed is None:
        await work.note("warning.seen", row.subject, person, channel=channel.value)
        return Acknowledged(row, "not_owing", work.now)
    return await _record(work, row, owed, person, person, channel)


async def _record(
    work: Work,
    row: WarningRow,
    owed: Obligation,
    person: Person,
    by: Person,
    channel: Channel,
    note: str = "",
) -> Acknowledged:
    if owed.answered_at is not None:
        return Acknowledged(row, "before", owed.answered_at)
    late = is_late(owed.due_at, work.now)
    if not await work.rows.obligations.answer(owed.id, at=work.now, channel=channel, by=by.id, note=note, late=late):
        return Acknowledged(row, "over", work.now)
    await work.note("warning.acknowledged", row.subject, by, person=person.id, channel=channel.value, late=late)
    await work.rows.outbox.supersede(subject=row.subject, person_id=person.id)
    await work.rows.boards.mark(row.subject, [owed.place, *ancestors(owed.place)])
    await _settle_question(work, row, person)
    return Acknowledged(row, "late" if late else "recorded", work.now)


async def _settle_question(work: Work, row: WarningRow, person: Person) -> None:
    """The private question, where it was sent, says that it is answered and loses its buttons."""
    key = f"{row.subject}:ask:{person.id}"
    sent = await work.rows.outbox.message_of(key)
    if sent is None or person.user_id is None:
        return
    facts = await post_facts(work, row)
    await work.rows.outbox.put(
        Outgoing(
            key=f"{key}:answered",
            chat_id=person.user_id,
            kind=Kind.EDIT,
            policy=Policy.IDEMPOTENT,
            lane=Lane.REPLY,
            subject=f"{row.subject}:answered",
            target=key,
            text=work.words.card("warning_answered", person.language, answered_at=work.local(work.now), **facts),
        )
    )


async def acknowledge_all(work: Work, person: Person, channel: Channel) -> list[Acknowledged]:
    """A word like 收到 in the private chat answers everything the person was asked about and still owes."""
    taken = []
    for owed in await work.rows.obligations.open_of_person(person.id, ACKNOWLEDGE):
        row = await _warning_of(work, owed.subject)
        if row is not None:
            taken.append(await _record(work, row, owed, person, person, channel))
    return taken


async def acknowledge_in_group(work: Work, person: Person, chat_id: int) -> list[Acknowledged]:
    """The same word in a group answers what was posted in that group. Counted silently."""
    group = await work.rows.groups.get(chat_id)
    if group is None or group.place is None:
        return []
    taken = []
    for owed in await work.rows.obligations.open_of_person(person.id, ACKNOWLEDGE):
        row = await _warning_of(work, owed.subject)
        if row is not None and await work.rows.boards.get(row.subject, chat_id) is not None:
            taken.append(await _record(work, row, owed, person, person, Channel.TEXT))
    return taken


async def to_record(
    work: Work, helper: Person | None, warning_id: int, person_id: int
) -> tuple[WarningRow, Person, Obligation]:
    """Whom the helper may record an answer for, and whose name and number he may therefore see. Raises NotAllowed."""
    row = await work.rows.warnings.get(warning_id)
    person = await work.rows.people.get(person_id)
    owed = None if row is None else await work.rows.obligations.find(row.subject, person_id, ACKNOWLEDGE)
    if row is None or person is None or owed is None:
        raise Stale("refused.stale")
    if helper is None:
        raise NotAllowed("refused.not_enrolled")
    await _require_helper(work, helper, person, owed.place)
    return row, person, owed


async def record_for(
    work: Work, helper: Person | None, warning_id: int, person_id: int, channel: Channel
) -> tuple[Acknowledged, Person]:
    """A helper phoned or knocked and the other one knows now. Who, how and when is kept; it is the other's answer."""
    row, person, owed = await to_record(work, helper, warning_id, person_id)
    assert helper is not None
    return await _record(work, row, owed, person, helper, channel), person


async def record_unreached(work: Work, helper: Person | None, warning_id: int, person_id: int, why: str) -> Person:
    """The helper tried and did not get through (no_answer, wrong_number). The ladder goes on."""
    row, person, _ = await to_record(work, helper, warning_id, person_id)
    await work.note("warning.unreached", row.subject, helper, person=person.id, why=why)
    return person


async def _require_helper(work: Work, helper: Person, person: Person, place: PlaceCode) -> None:
    stands_in = any(one.id == person.id for one in await work.stood_in_for(helper)) or person.deputy_id == helper.id
    if not stands_in:
        await work.require(helper, Action.RECORD_FOR_OTHERS, place)


async def call_for_help(work: Work, person: Person, warning_id: int) -> WarningRow:
    """需要支援: counts as the answer and goes to the township's desk at once."""
    taken = await acknowledge(work, person, warning_id, Channel.BUTTON)
    owed = await work.rows.obligations.find(taken.warning.subject, person.id, ACKNOWLEDGE)
    place = owed.place if owed is not None else (person.posts[0].place if person.posts else work.county)
    tree = await work.tree()
    for helper in await _desk(work, tree, place):
        text = work.words.text(
            "warning.help.desk", helper.language, name=person.name, phone=person.phone, place=tree.path(place)
        )
        await work.tell(helper, f"{taken.warning.subject}:help:{person.id}:{helper.id}", text, lane=Lane.URGENT)
    await work.note("warning.help", taken.warning.subject, person, place=place)
    return taken.warning


async def _desk(work: Work, tree: PlaceTree, place: PlaceCode) -> list[Person]:
    township = tree.township_of(place)
    where = work.county if township is None else township.code
    found = await work.rows.people.holding([Role.STATION, Role.DUTY], [where])
    found = [p for p in found if p.reachable]
    return found or [p for p in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]) if p.reachable]


async def _warning_of(work: Work, subject: str) -> WarningRow | None:
    kind, _, number = subject.partition(":")
    return await work.rows.warnings.get(int(number)) if kind == "warning" and number.isdigit() else None


async def active_for(work: Work, person: Person) -> list[WarningRow]:
    """Warnings in force that touch one of the person's places, oldest first."""
    tree = await work.tree()
    held = [p.place for p in person.posts]
    found = []
    for row in await work.rows.warnings.active(work.now):
        touched = {c for code in row.places for c in (code, *(p.code for p in tree.descendants(code)))}
        if any(place in touched or any(is_within(code, place) for code in row.places) for place in held):
            found.append(row)
    return found


async def answered_and_owed(work: Work, row: WarningRow) -> tuple[int, int]:
    counts = (await work.rows.obligations.tally(row.subject)).values()
    return sum(done for done, _ in counts), sum(owed for _, owed in counts)


# -- who is missing ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Missing:
    """One person without an answer, and why as far as the bot can know: never_started, blocked, deactivated,
    not_sent (still waiting to leave), not_delivered, silent."""

    person: Person
    place: PlaceCode
    why: str


async def missing(work: Work, leader: Person | None, warning_id: int) -> tuple[WarningRow, list[Missing], int]:
    """Who has not answered in the leader's area, with the reason; and how many owe there. Raises NotAllowed."""
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    if leader is None:
        raise NotAllowed("refused.not_enrolled")
    areas = _areas_of(leader)
    if not areas:
        raise NotAllowed("refused.no_right")
    owed = [
        o
        for o in await work.rows.obligations.of_subject(row.subject)
        if any(is_within(o.place, area) for area in areas)
    ]
    silent = [o for o in owed if o.answered_at is None and o.state is not ObligationState.EXCUSED]
    people = await work.rows.people.many({o.person_id for o in silent})
    undelivered = await work.rows.outbox.undelivered(row.subject)
    found = [
        Missing(people[o.person_id], o.place, _why(people[o.person_id], undelivered.get(o.person_id)))
        for o in silent
        if o.person_id in people
    ]
    return row, sorted(found, key=lambda m: (m.place, m.person.id)), len(owed)


def _areas_of(leader: Person) -> list[PlaceCode]:
    return [p.place for p in leader.posts if p.role in RIGHTS[Action.SEE_MISSING]]


def _why(person: Person, undelivered: str | None) -> str:
    if person.user_id is None:
        return "never_started"
    if not person.reachable:
        return person.private_chat.value
    if undelivered is None:
        return "silent"
    return "not_sent" if undelivered in _ON_ITS_WAY else "not_delivered"


# -- the live tally ---------------------------------------------------------------------------------------------


async def draw_boards(work: Work) -> int:
    """Redraw the tallies that have changed, each no oftener than the county's setting."""
    before = work.now - timedelta(seconds=work.policy.warnings.board_every_seconds)
    drawn = 0
    facts: dict[str, tuple[WarningRow, dict[str, Any], Mapping[PlaceCode, tuple[int, int]]]] = {}
    for board in await work.rows.boards.dirty(before):
        await work.rows.boards.drawn(board.subject, board.chat_id, work.now)
        if board.subject not in facts:
            row = await _warning_of(work, board.subject)
            if row is None:
                continue
            facts[board.subject] = (
                row,
                await post_facts(work, row),
                await work.rows.obligations.tally(row.subject),
            )
        await _draw(work, board, *facts[board.subject])
        drawn += 1
    return drawn


async def _draw(
    work: Work,
    board: Board,
    row: WarningRow,
    facts: Mapping[str, Any],
    tally: Mapping[PlaceCode, tuple[int, int]],
) -> None:
    tree = await work.tree()
    shown = tally_for(tree, board.place, tally)
    over = row.state if row.state in {"superseded", "lifted", "expired"} else ""
    text: Html = work.words.card("warning_post", relation="", check_area=False, tally=shown, over=over, **facts)
    await work.rows.outbox.put(
        Outgoing(
            key=f"{board.post_key}:board:{board.times_drawn + 1}",
            chat_id=board.chat_id,
            kind=Kind.EDIT,
            policy=Policy.IDEMPOTENT,
            lane=Lane.DIGEST,
            subject=f"{board.subject}:board",
            target=board.post_key,
            text=text,
            buttons=() if over else post_buttons(work, row.id),
        )
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers of one group's place: the sum, and the places below with something missing, by name order."""

    answered: int
    owed: int
    open: tuple[tuple[str, int, int], ...]
    more: int


def tally_for(tree: PlaceTree, place: PlaceCode, tally: Mapping[PlaceCode, tuple[int, int]], named: int = 12) -> Tally:
    """Pure: what a group of this place is shown. A township sees its villages, the county its townships."""
    within = {code: counts for code, counts in tally.items() if is_within(code, place)}
    answered, owed = (sum(counts[i] for counts in within.values()) for i in (0, 1))
    here = tree.get(place)
    if here is None or here.level not in {Level.COUNTY, Level.TOWNSHIP}:
        return Tally(answered, owed, (), 0)
    below: dict[PlaceCode, tuple[int, int]] = {}
    for code, (done, all_) in within.items():
        unit = tree.township_of(code) if here.level is Level.COUNTY else tree.village_of(code)
        if unit is not None:
            had = below.get(unit.code, (0, 0))
            below[unit.code] = (had[0] + done, had[1] + all_)
    unfinished = [(code, *counts) for code, counts in sorted(below.items()) if counts[0] < counts[1]]
    names = [(p.name, done, all_) for code, done, all_ in unfinished if (p := tree.get(code)) is not None]
    return Tally(answered, owed, tuple(names[:named]), max(0, len(names) - named))


# -- the ladder's voice -----------------------------------------------------------------------------------------


class WarningVoice:
    """services.ladder.Voice for warnings."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        await self._ask(work, owed, person, f"remind{owed.step}", "remind")

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            await self._ask(work, one, person, f"again{int(work.now.timestamp())}", "deaf")

    async def _ask(self, work: Work, owed: Obligation, person: Person, purpose: str, again: str) -> None:
        row = await _warning_of(work, owed.subject)
        if row is None or row.state != "active" or not person.reachable:
            return
        first = await work.rows.outbox.state_of(f"{row.subject}:ask:{person.id}")
        if first is not None and first[0] in _ON_ITS_WAY:
            return  # nobody is reminded of what has not reached him yet
        if first is None or first[0] != "sent":
            again = ""  # he never had it: all of it, and no word of an answer that is missing
        text = work.words.card("warning_ask", person.language, again=again, **await post_facts(work, row))
        key = f"{row.subject}:ask:{person.id}:{purpose}"
        message = ask_message(work, row, person, key, text, ask_buttons(work, row.id, person.language))
        await work.rows.outbox.put(message)

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        row = await _warning_of(work, owed[0].subject)
        if row is None or row.state != "active":
            return
        tree = await work.tree()
        people = await work.rows.people.many({o.person_id for o in owed})
        undelivered = await work.rows.outbox.undelivered(row.subject)
        listed = [(o, people[o.person_id]) for o in owed if o.person_id in people]
        facts = await post_facts(work, row)
        for start in range(0, len(listed), _PHONE_LIST):
            part = listed[start : start + _PHONE_LIST]
            text = work.words.card(
                "warning_silent",
                to.language,
                rung_text=work.words.label(f"warning.rung.{rung.value}", to.language),
                minutes=int((work.now - owed[0].opened_at - owed[0].stopped).total_seconds() // 60),
                silent=[
                    {
                        "name": p.name,
                        "phone": p.phone,
                        "place": tree.path(o.place),
                        "why_text": work.words.label(f"warning.why.{_why(p, undelivered.get(p.id))}", to.language),
                    }
                    for o, p in part
                ],
                **facts,
            )
            await work.tell(
                to,
                f"{row.subject}:up:{rung.value}:{to.id}:{part[0][0].id}",
                text,
                subject=f"{row.subject}:up",  # not the question he owes an answer to himself: his own does not end it
                buttons=tuple(
                    (
                        Button(
                            work.words.label("warning.button.reached", to.language, name=p.name),
                            f"w:for:{row.id}:{p.id}",
                            style=ButtonStyle.PRIMARY,
                        ),
                    )
                    for _, p in part
                ),
                lane=Lane.URGENT,
                expires_at=row.expires,
            )
