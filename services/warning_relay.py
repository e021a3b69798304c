"""Relay: what does not go to the villages by itself is passed on by a township, or by a village for itself. One tap;
the words stay as issued, a remark stands apart and says whose it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotAllowed, Stale
from domain.outgoing import Outgoing
from domain.people import RIGHTS, Action, Person
from domain.places import Level, PlaceCode, PlaceTree, ancestors, is_within
from domain.warning_reach import is_outranked
from services.ports import Group, WarningAct, WarningRow
from services.warning_posts import Passing, is_silent, lane_of, post, villages_of
from services.work import Work

RELAYED = "relayed"


@dataclass(frozen=True, slots=True)
class PassedOn:
    """One relay: by whom, for which place, when, with which words of his own."""

    by: str
    place: PlaceCode
    at: datetime
    remark: str


@dataclass(frozen=True, slots=True)
class Relayed:
    """How far it reached: groups that got it now, warned villages without a group, and the relay before this one
    where nothing was left to do."""

    warning: WarningRow
    groups: int
    without: tuple[str, ...]
    before: PassedOn | None = None


async def relay(work: Work, person: Person | None, warning_id: int, remark: str = "") -> Relayed:
    """Into the groups of exactly the warned villages of the person's area. Again with a remark: those that have it
    already get the remark below. Raises NotAllowed, or Stale when the warning is over."""
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    tree = await work.tree()
    areas = await _areas(work, person)
    villages = villages_of(tree, row.places)
    mine = [code for code in sorted(villages) if any(is_within(code, area) for area in areas)]
    if person is None or not mine:
        raise NotAllowed("refused.no_right")
    if row.state != "active" or row.expires <= work.now:
        raise Stale("warning.over")
    mine = [code for code in mine if not is_outranked(tree, code, villages, row.outranked)]
    groups = await _groups_in(work, tree, mine)
    had = {board.chat_id for board in await work.rows.boards.of_subject(row.subject)}
    had |= {one.chat_id for one in await work.rows.warnings.posts_of(row.subject)}
    fresh = [group for group in groups if group.chat_id not in had]
    held = {village.code for g in groups if g.place and (village := tree.village_of(g.place)) is not None}
    without = tuple(tree.path(code) for code in mine if code not in held)
    if not fresh and not (remark and groups):
        earlier = [one for one in await passed_on(work, row) if any(is_within(one.place, a) for a in areas)]
        return Relayed(row, 0, without, earlier[0] if earlier and groups else None)
    said = {"by": _signature(tree, person, areas), "text": remark} if remark else None
    await post(work, row, fresh, Passing("new", remark=said))
    if said is not None:
        await _add_remark(work, row, person, [g for g in groups if g.chat_id in had], said)
    for area in areas:
        await work.rows.warnings.add_act(WarningAct(row.id, RELAYED, person.id, work.now, area, remark))
        await work.rows.boards.mark(row.subject, [area, *ancestors(area)])
    await work.note("warning.relayed", row.subject, person, groups=len(fresh), remark=bool(remark))
    return Relayed(row, len(fresh) or len(groups), without)


async def _areas(work: Work, person: Person | None) -> list[PlaceCode]:
    if person is None:
        return []
    everyone = (person, *await work.stood_in_for(person))
    rights = RIGHTS[Action.RELAY_WARNING]
    found = {p.place for who in everyone for p in who.posts if p.role in rights}
    return sorted(code for code in found if not found & set(ancestors(code)))


async def _groups_in(work: Work, tree: PlaceTree, villages: Sequence[PlaceCode]) -> list[Group]:
    below = {place.code for code in villages for place in tree.descendants(code)}
    bound = await work.rows.groups.bound_to({*villages, *below})
    return [group for group in bound if group.can_send and not group.department]


def _signature(tree: PlaceTree, person: Person, areas: Sequence[PlaceCode]) -> str:
    return f"{tree.path(areas[0])} {person.name}"


async def _add_remark(
    work: Work, row: WarningRow, person: Person, groups: Sequence[Group], said: Mapping[str, str]
) -> None:
    await work.rows.outbox.put_many(
        Outgoing(
            key=f"{row.subject}:remark:{person.id}:{int(work.now.timestamp())}:{group.chat_id}",
            chat_id=group.chat_id,
            text=work.words.text("relay.remark", **said),
            subject=row.subject,
            lane=lane_of(row.colour),
            target=f"{row.subject}:post:{group.chat_id}",
            reply=True,
            silent=is_silent(work, row.colour),
            expires_at=row.expires,
        )
        for group in groups
    )


# -- what the posts show of it ------------------------------------------------------------------------------------


async def passed_on(work: Work, row: WarningRow) -> list[PassedOn]:
    acts = [act for act in await work.rows.warnings.acts(row.id) if act.what == RELAYED and act.place is not None]
    if not acts:
        return []
    tree = await work.tree()
    people = await work.rows.people.many({act.person_id for act in acts})
    return [
        PassedOn(_signature(tree, people[act.person_id], [act.place]), act.place, act.at, act.note)
        for act in acts
        if act.place is not None and act.person_id in people
    ]


def at_place(work: Work, relays: Sequence[PassedOn], place: PlaceCode, level: Level | None) -> Mapping[str, object]:
    """What the post of one group shows: a township and the county who passed it on, a village the remark that it came
    with."""
    if level in {Level.VILLAGE, Level.GRID}:
        first = next((one for one in relays if is_within(place, one.place)), None)
        remark = None if first is None or not first.remark else {"by": first.by, "text": first.remark}
        return {"remark": remark, "relays": ()}
    shown = [
        work.words.label("relay.who", by=one.by, at=work.local(one.at)) for one in relays if is_within(one.place, place)
    ]
    return {"remark": None, "relays": shown}
