"""Who has not answered a warning, and why as far as the bot can know: for leaders, privately."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from domain.errors import NotAllowed, Stale
from domain.obligations import CUT_OFF, ObligationState
from domain.people import RIGHTS, Action, Person
from domain.places import PlaceCode, is_within
from services.channels import channel_notes
from services.ports import Obligation, SideResult, WarningRow
from services.work import Work

ON_ITS_WAY = frozenset({"pending", "retry", "sending", "flood", "not_sent", "next_part"})
"""states and reasons of a message that may still arrive"""


@dataclass(frozen=True, slots=True)
class Missing:
    """One person without an answer, and why as far as the bot can know: never_started, blocked, deactivated,
    not_sent (still waiting to leave), not_delivered, silent, cut_off (which is nobody's fault)."""

    person: Person
    owed: Obligation
    why: str
    elsewhere: Sequence[SideResult] = ()
    """how it stands with what he was sent by other channels"""

    @property
    def place(self) -> PlaceCode:
        return self.owed.place


async def missing(work: Work, leader: Person | None, warning_id: int) -> tuple[WarningRow, list[Missing]]:
    """Who has not answered in the leader's area, with the reason. Raises NotAllowed."""
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    if leader is None:
        raise NotAllowed("refused.not_enrolled")
    areas = areas_of(leader)
    if not areas:
        raise NotAllowed("refused.no_right")
    owed = [
        o
        for o in await work.rows.obligations.of_subject(row.subject)
        if any(is_within(o.place, area) for area in areas)
    ]
    silent = [
        o for o in owed if o.answered_at is None and (o.state is not ObligationState.EXCUSED or o.note == CUT_OFF)
    ]
    people = await work.rows.people.many({o.person_id for o in silent})
    undelivered = await work.rows.outbox.undelivered(row.subject)
    elsewhere = await channel_notes(work, row.subject)
    found = [
        Missing(
            people[o.person_id],
            o,
            "cut_off" if o.note == CUT_OFF else why_silent(people[o.person_id], undelivered.get(o.person_id)),
            elsewhere.get(o.person_id, ()),
        )
        for o in silent
        if o.person_id in people
    ]
    return row, sorted(found, key=lambda m: (m.place, m.person.id))


async def answered_in(work: Work, row: WarningRow, areas: Collection[PlaceCode]) -> tuple[int, int]:
    """How many have answered in these areas, and how many owe there; who is excused is not counted."""
    counts = [
        pair
        for place, pair in (await work.rows.obligations.tally(row.subject)).items()
        if any(is_within(place, area) for area in areas)
    ]
    return sum(done for done, _ in counts), sum(owed for _, owed in counts)


def areas_of(leader: Person) -> list[PlaceCode]:
    return [p.place for p in leader.posts if p.role in RIGHTS[Action.SEE_MISSING]]


def why_silent(person: Person, undelivered: str | None) -> str:
    if person.user_id is None:
        return "never_started"
    if not person.reachable:
        return person.private_chat.value
    if undelivered is None:
        return "silent"
    return "not_sent" if undelivered in ON_ITS_WAY else "not_delivered"
