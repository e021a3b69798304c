"""A warning in force: one post in each of exactly its groups, one question to each responsible person, and its end."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.colours import Colour
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Person, PersonId, PersonStatus, Role
from domain.places import PlaceCode, PlaceTree, is_within
from domain.warnings import Relation, RelationKind
from services.ports import Board, Group, WarningRow
from services.reach import desk_of
from services.warning_texts import ask_buttons, post_buttons, post_facts
from services.work import Work

ACKNOWLEDGE = "acknowledge"

_REPLIES = frozenset({RelationKind.LOWERED, RelationKind.CORRECTION, RelationKind.REISSUED, RelationKind.CHANGED_AREA})
"""these follow as an answer to the post they change; a raised level is a post of its own"""


def lane_of(colour: Colour) -> Lane:
    return Lane.RED if colour is Colour.RED else Lane.URGENT


async def put_in_force(
    work: Work, row: WarningRow, found: Relation, before: WarningRow | None, *, check_area: bool = False
) -> None:
    """Post it where it belongs and ask everybody who owes an answer.

    The version before it is superseded: its open questions close, its unsent messages are withdrawn. Who answered it
    is not asked again, unless the level was raised or his place is newly covered.
    """
    await work.rows.warnings.set_state(row.id, ["held"], "active")
    spared = frozenset[int]() if before is None else await _supersede(work, before, found)
    tree = await work.tree()
    groups = await groups_of(work, tree, row.places)
    await _post(work, row, groups, before if found.kind in _REPLIES else None, found, check_area=check_area)
    owing = await owing_people(work, tree, row, spared)
    await _ask(work, row, owing)
    if before is not None and found.dropped:
        still = {g.chat_id for g in groups}
        await _reply_to_posts(work, before, f"dropped{row.id}", ended="dropped", by=row.issuer, but=still)
    await work.note(
        "warning.posted",
        row.subject,
        None,
        relation=found.kind.value,
        colour=row.colour.value,
        groups=len(groups),
        owing=len(owing),
    )


async def _supersede(work: Work, before: WarningRow, found: Relation) -> frozenset[int]:
    """Close the earlier version; returns the persons who need not be asked again."""
    answered = [o for o in await work.rows.obligations.of_subject(before.subject) if o.answered_at is not None]
    await work.rows.warnings.set_state(before.id, ["active", "expired", "lifted"], "superseded")
    await close(work, before)
    if found.kind not in _REPLIES:
        return frozenset()
    return frozenset(o.person_id for o in answered if not any(is_within(code, o.place) for code in found.added))


async def close(work: Work, row: WarningRow) -> None:
    """Nothing is asked about this version any more: open questions end, unsent messages stay unsent."""
    await work.rows.obligations.close_subject(row.subject)
    for subject in (row.subject, f"{row.subject}:up"):
        await work.rows.outbox.supersede(subject=subject)
    await work.rows.boards.mark_all(row.subject)


# -- where ------------------------------------------------------------------------------------------------------


def _reach(tree: PlaceTree, county: PlaceCode, covered: Iterable[PlaceCode]) -> set[PlaceCode]:
    """The covered places, everything below them, and the villages, townships and county above them."""
    codes = {county}
    for code in covered:
        around = (tree.get(code), tree.village_of(code), tree.township_of(code), *tree.descendants(code))
        codes.update(place.code for place in around if place is not None)
    return codes


async def groups_of(work: Work, tree: PlaceTree, covered: Iterable[PlaceCode]) -> list[Group]:
    """The groups of exactly these places: the villages', their townships', and the county's own. A department's group
    stands for its trade, not for a place."""
    bound = await work.rows.groups.bound_to(_reach(tree, work.county, covered))
    return [g for g in bound if g.can_send and not g.department]


async def _post(
    work: Work,
    row: WarningRow,
    groups: Sequence[Group],
    answers: WarningRow | None,
    found: Relation,
    *,
    check_area: bool,
) -> None:
    """One post for each group, with the tally that will be edited into it. Orange and red are pinned."""
    facts = await post_facts(work, row)
    card = work.words.card(
        "warning_post", relation=found.kind.value, check_area=check_area, tally=None, over="", **facts
    )
    mark = work.words.text("warning.resent", number=row.number)
    messages: list[Outgoing] = []
    boards: list[Board] = []
    for group in groups:
        key = f"{row.subject}:post:{group.chat_id}"
        messages.append(
            Outgoing(
                key=key,
                chat_id=group.chat_id,
                text=card,
                subject=row.subject,
                lane=lane_of(row.colour),
                buttons=post_buttons(work, row.id),
                expires_at=row.expires,
                target=None if answers is None else f"{answers.subject}:post:{group.chat_id}",
                reply=answers is not None,
                silent=row.colour is Colour.BLUE,
                resend_mark=mark,
            )
        )
        if group.can_pin and row.colour >= Colour.ORANGE:
            messages.append(_pin(row, group.chat_id, key))
        boards.append(Board(row.subject, group.chat_id, group.place or work.county, key, work.now))
    await work.rows.outbox.put_many(messages)
    await work.rows.boards.add(boards)


def _pin(row: WarningRow, chat_id: int, post_key: str) -> Outgoing:
    return Outgoing(
        key=f"{post_key}:pin",
        chat_id=chat_id,
        kind=Kind.PIN,
        policy=Policy.IDEMPOTENT,
        lane=Lane.DIGEST,
        subject=row.subject,
        target=post_key,
        silent=row.colour is not Colour.RED,  # a loud pin wakes everybody: red only
        expires_at=row.expires,
    )


# -- who --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Owing:
    """One person who owes an answer, and the place he owes it for."""

    person: Person
    place: PlaceCode


async def owing_people(work: Work, tree: PlaceTree, row: WarningRow, spared: Collection[int] = ()) -> list[Owing]:
    """Everybody with a post for this colour in the covered places and above them, each once however many posts he
    has. Whoever is on leave is covered by his stand-in, who then owes for that place; where nobody stands in after
    all, he owes it himself."""
    codes = _reach(tree, work.county, row.places)
    roles = work.policy.warnings.answerers[row.colour]
    people = await work.rows.people.holding(roles, codes)
    away = {leave.person_id: leave.stand_in_id for leave in await work.rows.people.leaves(work.now)}
    stand_ins = await work.rows.people.many(set(away.values()))
    owing = {p.id: Owing(p, _place_of(p, roles, codes)) for p in people if p.id not in away}
    for absent in (p for p in people if p.id in away):
        carrier = _carrier(absent, away, stand_ins)
        owing.setdefault(carrier.id, Owing(carrier, _place_of(absent, roles, codes)))
    return [one for person_id, one in sorted(owing.items()) if person_id not in spared]


def _carrier(absent: Person, away: Mapping[PersonId, PersonId], stand_ins: Mapping[int, Person]) -> Person:
    """Who carries the posts of somebody on leave: his stand-in, or that one's where he is on leave as well. Himself
    where all of them are away or have left."""
    seen, who = {absent.id}, away[absent.id]
    while who in away and who not in seen:
        seen.add(who)
        who = away[who]
    found = stand_ins.get(who)
    return absent if found is None or who in seen or found.status is not PersonStatus.ACTIVE else found


def _place_of(person: Person, roles: frozenset[Role], codes: set[PlaceCode]) -> PlaceCode:
    """Of several posts the highest place, because that is the desk where he is looked for."""
    return min((p.place for p in person.posts if p.role in roles and p.place in codes), key=lambda c: (len(c), c))


async def _ask(work: Work, row: WarningRow, owing: Sequence[Owing]) -> None:
    """One obligation and, where the private chat is open, one message for each person."""
    await work.rows.obligations.open(
        subject=row.subject,
        what=ACKNOWLEDGE,
        plan=work.policy.warnings.ladders[row.colour],
        opened_at=work.now,
        owing=[(one.person.id, one.place, one.person.reachable) for one in owing],
    )
    facts = await post_facts(work, row)
    cards: dict[str, tuple[object, object]] = {}
    messages = []
    for person in (one.person for one in sorted(owing, key=lambda o: (len(o.place), o.person.id))):
        if not person.reachable or person.user_id is None:
            continue
        lang = person.language
        if lang not in cards:
            cards[lang] = (
                work.words.card("warning_ask", lang, again="", **facts),
                ask_buttons(work, row.id, lang),
            )
        messages.append(ask_message(work, row, person, f"{row.subject}:ask:{person.id}", *cards[lang]))
    await work.rows.outbox.put_many(messages)


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
        resend_mark=work.words.text("warning.resent", person.language, number=row.number),
    )


# -- the end ----------------------------------------------------------------------------------------------------


async def _reply_to_posts(
    work: Work, row: WarningRow, purpose: str, *, ended: str, by: str, but: Collection[int] = ()
) -> None:
    """Answer the posts that went out or may have, in the groups that were told then, whatever they stand for by now;
    where the post never left, nothing is said."""
    facts = await post_facts(work, row)
    text = work.words.card("warning_ended", ended=ended, by=by, ended_at=work.local(work.now), **facts)
    mark = work.words.text("warning.resent", number=row.number)
    silenced = {g.chat_id for g in await work.rows.groups.all() if not g.can_send}
    boards = await work.rows.boards.of_subject(row.subject)
    arrived = await work.rows.outbox.arrived([board.post_key for board in boards])
    await work.rows.outbox.put_many(
        Outgoing(
            key=f"{row.subject}:{purpose}:{board.chat_id}",
            chat_id=board.chat_id,
            text=text,
            subject=f"{row.subject}:end",
            lane=Lane.RED,
            target=board.post_key,
            reply=True,
            silent=row.colour <= Colour.YELLOW,
            resend_mark=mark,
        )
        for board in boards
        if board.post_key in arrived and board.chat_id not in silenced and board.chat_id not in but
    )


async def lift(work: Work, row: WarningRow, by: str) -> bool:
    """The warning is over: everybody who was told is told. False when it was not in force."""
    if not await work.rows.warnings.set_state(row.id, ["active", "expired"], "lifted"):
        return False
    await close(work, row)
    await _reply_to_posts(work, row, "lifted", ended="lifted", by=by)
    await work.note("warning.lifted", row.subject, None)
    return True


async def expire_due(work: Work) -> int:
    """Warnings whose end has passed stop asking. Nothing is posted: the end stood in the post."""
    ended = await work.rows.warnings.run_out(work.now)
    for row in ended:
        await work.rows.warnings.set_state(row.id, ["active"], "expired")
        await close(work, row)
        await _tell_of_silence(work, row)
        await work.note("warning.expired", row.subject, None)
    return len(ended)


async def _tell_of_silence(work: Work, row: WarningRow) -> None:
    """A grave warning that never got to some groups is not passed over: their desks are told, each in one message."""
    if row.colour < Colour.ORANGE or row.exercise:
        return
    boards = await work.rows.boards.of_subject(row.subject)
    arrived = await work.rows.outbox.arrived([board.post_key for board in boards])
    groups = {g.chat_id: g for g in await work.rows.groups.all()}
    missed: dict[int, tuple[Person, list[str]]] = {}
    for board in boards:
        group = groups.get(board.chat_id)
        if group is None or board.post_key in arrived:
            continue
        for person in await desk_of(work, board.place):
            missed.setdefault(person.id, (person, []))[1].append(group.title)
    for person, titles in missed.values():
        text = work.words.text("undelivered.note.never_posted", person.language, number=row.number, names=titles)
        await work.tell(person, f"{row.subject}:never_posted:{person.id}", text, lane=Lane.URGENT)
