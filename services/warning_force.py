"""A warning in force, version by version: posted where it belongs, asked of whom it concerns, the one before it over.

Where it goes is in services/warning_posts.py, who is asked in services/warning_asking.py, how it ends in
services/warning_end.py.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from domain.channels import OtherChannel
from domain.colours import Colour
from domain.places import PlaceTree, is_within
from domain.warning_reach import is_outranked
from domain.warnings import Relation, RelationKind
from services import warning_follow
from services.channels import post_elsewhere
from services.drills import break_off
from services.ports import Group, WarningRow
from services.warning_asking import ask, owing_people
from services.warning_end import close, is_outside, tell_the_end
from services.warning_night import Night, night_of
from services.warning_posts import Passing, groups_of, post, reach, villages_of
from services.warning_ranks import ranks_of, settle_ranks
from services.warning_texts import post_facts
from services.warning_told import answer_people
from services.work import Work

_REPLIES = frozenset({RelationKind.LOWERED, RelationKind.CORRECTION, RelationKind.REISSUED, RelationKind.CHANGED_AREA})
"""these follow as an answer to the post they change; a raised level is a post of its own"""


async def put_in_force(
    work: Work, row: WarningRow, found: Relation, before: WarningRow | None, night: Night | None = None
) -> None:
    """Post it where it belongs and ask everybody who owes an answer.

    The version before it is superseded: its open questions close, its unsent messages are withdrawn. Who answered it
    is not asked again, unless the level was raised or his place is newly covered. What others of its kind cover more
    gravely is left to these. `night`: what lies in its quiet waits for the morning; without one nothing waits.
    """
    await work.rows.warnings.set_state(row.id, ["held"], "active")
    spared = frozenset[int]() if before is None else await _supersede(work, before, found)
    tree = await work.tree()
    if ranks := ranks_of(tree, row, await work.rows.warnings.active(work.now)):
        await work.rows.warnings.outrank(row.id, ranks)
        await work.note("warning.outranked", row.subject, None, villages=len(ranks), freed=0)
        row = replace(row, outranked=ranks)
    groups = await _groups_for(work, tree, row, before)
    night = night or await night_of(work, tree, row)
    await post(work, row, groups, Passing(found.kind.value, before if found.kind in _REPLIES else None, night=night))
    elsewhere = await post_elsewhere(work, row, found.kind.value, check_area=row.evidence.check_area)
    owing = await owing_people(work, tree, row, spared)
    await ask(work, row, owing, night)
    await warning_follow.begin(work, row)
    if before is not None:
        told = _Told({g.chat_id for g in groups}, elsewhere, {one.person.id for one in owing})
        await _tell_of_the_change(work, tree, row, found, before, told)
    await settle_ranks(work)
    await work.note(
        "warning.posted",
        row.subject,
        None,
        relation=found.kind.value,
        colour=row.colour.value,
        groups=len(groups),
        owing=len(owing),
    )
    if row.colour >= work.policy.drills.breaks_at and not row.exercise:
        colour = work.words.label(f"warning.colour.{row.colour.value}")
        what = work.words.label("drill.by_warning", kind=row.kind, colour=colour, number=row.number)
        await break_off(work, row.places, row.subject, what)


async def _groups_for(work: Work, tree: PlaceTree, row: WarningRow, before: WarningRow | None) -> list[Group]:
    """Those that get it by themselves, and those that got the version before it, by whatever way: whoever was told of a
    warning is told how it goes on."""
    groups = await groups_of(work, tree, row)
    if before is None:
        return groups
    reached, known = reach(tree, work.county, row.places), {group.chat_id for group in groups}
    told = {board.chat_id for board in await work.rows.boards.of_subject(before.subject)} - known
    more = [g for g in await work.rows.groups.bound_to(reached) if g.chat_id in told and g.can_send]
    villages = villages_of(tree, row.places)
    return groups + [g for g in more if not is_outranked(tree, g.place or work.county, villages, row.outranked)]


@dataclass(frozen=True, slots=True)
class _Told:
    """Who has the new version already: groups, channels elsewhere, persons who are asked anew."""

    groups: Collection[int]
    elsewhere: Collection[OtherChannel]
    asked: Collection[int]


async def _tell_of_the_change(
    work: Work, tree: PlaceTree, row: WarningRow, found: Relation, before: WarningRow, told: _Told
) -> None:
    """Dropped places hear that they are out of it, in the group and in private; whoever had answered hears privately
    that a grave one was lowered, without being asked for anything."""
    if found.dropped:
        await tell_the_end(
            work,
            before,
            "dropped",
            row.issuer,
            purpose=f"dropped{row.id}",
            but=told.groups,
            still=told.elsewhere,
            places=found.dropped,
        )
    if found.kind is not RelationKind.LOWERED or before.colour < Colour.ORANGE:
        return
    facts = {**await post_facts(work, row), "was": before.colour.value}
    await answer_people(
        work,
        before,
        f"lowered{row.id}",
        lambda lang: work.words.card("warning_lowered", lang, **facts),
        silent=True,
        only={
            o.person_id
            for o in await work.rows.obligations.of_subject(before.subject)
            if o.person_id not in told.asked and not is_outside(tree, o.place, found.dropped)
        },
    )


async def _supersede(work: Work, before: WarningRow, found: Relation) -> frozenset[int]:
    """Close the earlier version; returns the persons who need not be asked again."""
    answered = [o for o in await work.rows.obligations.of_subject(before.subject) if o.answered_at is not None]
    await work.rows.warnings.set_state(before.id, ["active", "expired", "lifted"], "superseded")
    await close(work, before)
    if found.kind not in _REPLIES:
        return frozenset()
    return frozenset(o.person_id for o in answered if not any(is_within(code, o.place) for code in found.added))
