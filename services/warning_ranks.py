"""Two warnings of one kind over one village: the graver one counts there. For the other the village is neither posted
to nor asked, and that is kept; when the graver one ends, the other comes into its own.
"""

from collections.abc import Collection, Sequence

from domain.obligations import ObligationState
from domain.places import PlaceCode, PlaceTree
from domain.warning_reach import is_outranked, outranked
from services.ports import WarningRow
from services.warning_asking import ask, owing_people
from services.warning_posts import Passing, groups_of, post, villages_of
from services.work import Work


def ranks_of(tree: PlaceTree, row: WarningRow, active: Sequence[WarningRow]) -> dict[PlaceCode, int]:
    graver = [
        (other.id, other.colour, villages_of(tree, other.places))
        for other in active
        if other.event != row.event
        and other.kind.strip() == row.kind.strip()
        and other.exercise == row.exercise
        and other.colour > row.colour
    ]
    return outranked(villages_of(tree, row.places), graver) if graver else {}


async def settle_ranks(work: Work) -> None:
    """After one came, changed or ended: every other one of its kind is looked at again."""
    active = await work.rows.warnings.active(work.now)
    if len(active) < 2 and not any(row.outranked for row in active):
        return
    tree = await work.tree()
    for row in active:
        ranks = ranks_of(tree, row, active)
        if ranks == dict(row.outranked):
            continue
        await work.rows.warnings.outrank(row.id, ranks)
        gained, freed = ranks.keys() - row.outranked.keys(), row.outranked.keys() - ranks.keys()
        await work.note("warning.outranked", row.subject, None, villages=len(ranks), freed=len(freed))
        now = await work.rows.warnings.get(row.id)
        assert now is not None
        if gained:
            await _stand_back(work, tree, now, ranks)
        if freed:
            await _come_forward(work, tree, now)


async def _stand_back(work: Work, tree: PlaceTree, row: WarningRow, ranks: dict[PlaceCode, int]) -> None:
    """Nobody there is asked for the lesser one any more: he owes for the graver."""
    villages = villages_of(tree, row.places)
    for owed in await work.rows.obligations.of_subject(row.subject):
        if owed.state is ObligationState.OPEN and is_outranked(tree, owed.place, villages, ranks):
            await work.rows.obligations.finish(owed.id, ObligationState.EXCUSED, "outranked")
            await work.rows.outbox.supersede(subject=row.subject, person_id=owed.person_id)
            await work.rows.channels.supersede(row.subject, owed.person_id)
    await work.rows.boards.mark_all(row.subject)


async def _come_forward(work: Work, tree: PlaceTree, row: WarningRow) -> None:
    """The graver one is over: whoever was left out until now gets this one, posts and questions alike."""
    had = {board.chat_id for board in await work.rows.boards.of_subject(row.subject)}
    had |= {one.chat_id for one in await work.rows.warnings.posts_of(row.subject)}
    groups = [group for group in await groups_of(work, tree, row) if group.chat_id not in had]
    await post(work, row, groups, Passing("new"))
    asked: Collection[int] = {int(o.person_id) for o in await work.rows.obligations.of_subject(row.subject)}
    await ask(work, row, await owing_people(work, tree, row, asked))
    await work.rows.boards.mark_all(row.subject)
