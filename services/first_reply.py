"""首次回复: at orange and red each affected township's commander says within minutes who commands, how many villages
are affected, and whether anybody has been moved. Not known is an answer, and it is not 0.

The county's duty desk sees the replies of all townships on one list of its own, edited as they come.
"""

from dataclasses import dataclass

from domain.colours import Colour
from domain.errors import NotAllowed, Stale
from domain.obligations import Channel, ObligationState, is_late
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Action, Person, Role
from domain.places import PlaceCode, PlaceTree
from domain.text import Html
from services import answered_card
from services.answer_subjects import FIRST_REPLY, reply
from services.ports import FirstReply, Obligation, WarningRow
from services.warning_asking import carriers
from services.warning_texts import post_facts
from services.work import Work


def townships_of(tree: PlaceTree, row: WarningRow) -> list[PlaceCode]:
    """The townships that the warning touches, in the order of their codes."""
    found: set[PlaceCode] = set()
    for code in row.places:
        above = tree.township_of(code)
        found.update([above.code] if above is not None else [t.code for t in tree.townships_within(code)])
    return sorted(found)


def due_for(row: WarningRow) -> bool:
    return row.colour >= Colour.ORANGE


async def open_for(work: Work, row: WarningRow) -> None:
    """One reply is owed for each township: by its leader in charge, else by its principal, else by who stands in."""
    if not due_for(row):
        return
    tree, owing = await work.tree(), []
    for township in townships_of(tree, row):
        leader = await commander(work, township)
        if leader is not None:
            owing.append((leader.id, township, leader.reachable))
    await work.rows.obligations.open(
        subject=reply(row.id), what=FIRST_REPLY, plan=work.policy.answers.first_reply, opened_at=work.now, owing=owing
    )


async def commander(work: Work, township: PlaceCode) -> Person | None:
    for role in (Role.LEADER_IN_CHARGE, Role.PRINCIPAL):
        holders = await work.rows.people.holding([role], [township])
        if holders:
            carrying = await carriers(work, holders)
            return next((one for one in carrying if one.reachable), carrying[0])
    return None


@dataclass(frozen=True, slots=True)
class Said:
    """The three answers. None: not known."""

    commander: str
    villages: int | None
    moved: int | None


async def to_reply(work: Work, person: Person | None, warning_id: int, township: PlaceCode) -> WarningRow:
    """The warning, if the person may reply for the township: who owes it, or a desk that telephoned. Raises
    NotAllowed, or Stale for one that is over."""
    row = await work.rows.warnings.get(warning_id)
    if row is None or row.state != "active":
        raise Stale("answers.over")
    if person is None:
        raise NotAllowed("refused.not_enrolled")
    if await work.rows.obligations.find(reply(row.id), person.id, FIRST_REPLY) is None:
        await work.require(person, Action.RECORD_FOR_OTHERS, township)
    return row


async def give(work: Work, person: Person | None, warning_id: int, township: PlaceCode, said: Said) -> FirstReply:
    """Keep the reply; the newest counts, the first one's time stands on the obligation. Raises NotAllowed."""
    row = await to_reply(work, person, warning_id, township)
    assert person is not None
    owed = await _owed(work, row, township)
    owner = person if owed is None else (await work.rows.people.get(owed.person_id)) or person
    kept = await work.rows.answers.add_first_reply(
        FirstReply(0, row.id, township, owner.id, person.id, said.commander, said.villages, said.moved, work.now)
    )
    late = False
    if owed is not None and owed.answered_at is None:
        late = is_late(owed.due_at, work.now)
        channel = Channel.TEXT if owner.id == person.id else Channel.PHONE
        await work.rows.obligations.answer(owed.id, at=work.now, channel=channel, by=person.id, late=late)
        await work.rows.outbox.supersede(subject=reply(row.id), person_id=owner.id)
    await work.note("warning.first_reply", row.subject, person, township=township, late=late)
    await answered_card.redraw(work, row, owner)
    await show_county(work, row)
    return kept


async def _owed(work: Work, row: WarningRow, township: PlaceCode) -> Obligation | None:
    """Whoever owes it now: what was handed on to a stand-in is excused and his."""
    owed = await work.rows.obligations.of_subject(reply(row.id))
    alive = [one for one in owed if one.place == township and one.state is not ObligationState.EXCUSED]
    return alive[-1] if alive else None


async def show_county(work: Work, row: WarningRow) -> None:
    """The county's list of first replies: sent once to each duty officer, edited from then on."""
    for officer in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]):
        if not officer.reachable or officer.user_id is None:
            continue
        key, text = f"{reply(row.id)}:list:{officer.id}", await county_list(work, row, officer.language)
        if await work.rows.outbox.state_of(key) is None:
            await work.tell(officer, key, text, subject=f"{row.subject}:up", lane=Lane.URGENT, expires_at=row.expires)
            continue
        await work.rows.outbox.put(
            Outgoing(
                key=f"{key}:{work.new_id()}",
                chat_id=officer.user_id,
                kind=Kind.EDIT,
                policy=Policy.IDEMPOTENT,
                lane=Lane.REPLY,
                subject=f"{row.subject}:list",
                target=key,
                text=text,
            )
        )


async def county_list(work: Work, row: WarningRow, lang: str) -> Html:
    tree, replies = await work.tree(), await work.rows.answers.first_replies(row.id)
    owed = {one.place: one for one in await work.rows.obligations.of_subject(reply(row.id))}
    people = await work.rows.people.many({one.person_id for one in owed.values()})
    lines = []
    for township in townships_of(tree, row):
        given, one = replies.get(township), owed.get(township)
        who = None if one is None else people.get(one.person_id)
        lines.append(
            {
                "place": tree.path(township),
                "at": None if given is None else work.local(given.at),
                "late": one is not None and one.late,
                "commander": "" if given is None else given.commander,
                "villages": None if given is None else given.villages,
                "moved": None if given is None else given.moved,
                "name": "" if who is None else who.name,
                "phone": "" if who is None else who.phone,
            }
        )
    given_by = sum(1 for line in lines if line["at"] is not None)
    return work.words.card("first_replies", lang, lines=lines, given=given_by, **await post_facts(work, row))
