"""The live tally: what a group sees of the answers, edited into its post no oftener than the county allows."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.places import Level
from domain.text import Html
from domain.warning_tally import Now, tally_for
from services.answer_subjects import acting, warning_of
from services.cutoff import cut_off_within
from services.households import villages_of
from services.ports import Board, WarningRow
from services.warning_relay import PassedOn, at_place, passed_on
from services.warning_texts import over_of, post_buttons, post_facts
from services.work import Work


async def draw_boards(work: Work) -> int:
    """Redraw the tallies that have changed, each no oftener than the county's setting."""
    before = work.now - timedelta(seconds=work.policy.warnings.board_every_seconds)
    drawn = 0
    known: dict[str, tuple[WarningRow, dict[str, Any], Now]] = {}
    for board in await work.rows.boards.dirty(before):
        if board.subject not in known:
            row = await warning_of(work, board.subject)
            if row is None:
                await work.rows.boards.drawn(board.subject, board.chat_id, work.now)
                continue
            facts = {**await post_facts(work, row), "passed": await passed_on(work, row)}
            known[board.subject] = (row, facts, await standing(work, row))
        changed = await _draw(work, board, *known[board.subject])
        await work.rows.boards.drawn(board.subject, board.chat_id, work.now, changed=changed)
        drawn += 1
    return drawn


async def standing(work: Work, row: WarningRow) -> Now:
    """How the warning stands by place, straight from the rows."""
    villages, reports = villages_of(await work.tree(), row), await work.rows.answers.households_of(row.id)
    return Now(
        answers=await work.rows.obligations.counts(row.subject),
        acting=await work.rows.obligations.tally(acting(row.id)),
        households={village: (one.reached, one.total) for village, one in reports.items()},
        villages=villages,
        cut_off=await cut_off_within(work, villages) if row.state == "active" else (),
    )


async def _draw(work: Work, board: Board, row: WarningRow, facts: Mapping[str, Any], now: Now) -> bool:
    """False where the post says all of it already: what was marked concerned others, or no figure."""
    tree = await work.tree()
    shown = tally_for(tree, board.place, now)
    over = over_of(row)
    here = tree.get(board.place)
    relays: Sequence[PassedOn] = facts["passed"]
    said: dict[str, Any] = {**facts, **at_place(work, relays, board.place, None if here is None else here.level)}
    del said["passed"]
    text: Html = work.words.card(
        "warning_post", relation="", check_area=row.evidence.check_area, tally=shown, over=over, **said
    )
    edit = Outgoing(
        key=_key(board, board.times_drawn + 1),
        chat_id=board.chat_id,
        kind=Kind.EDIT,
        policy=Policy.IDEMPOTENT,
        lane=Lane.DIGEST,
        subject=f"{board.subject}:board",
        target=board.post_key,
        text=text,
        buttons=() if over else post_buttons(work, row, township=here is not None and here.level is Level.TOWNSHIP),
    )
    if await work.rows.boards.shows(_key(board, board.times_drawn), edit):
        return False
    await work.rows.outbox.put(edit)
    return True


def _key(board: Board, times: int) -> str:
    return f"{board.post_key}:board:{times}"
