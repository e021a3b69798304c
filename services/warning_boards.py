"""The live tally: what a group sees of the answers, edited into its post no oftener than the county allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.places import Level, PlaceCode, PlaceTree, is_within
from domain.text import Html
from services.acknowledge import warning_of
from services.ports import Board, WarningRow
from services.warning_relay import PassedOn, at_place, passed_on
from services.warning_texts import over_of, post_buttons, post_facts
from services.work import Work


async def draw_boards(work: Work) -> int:
    """Redraw the tallies that have changed, each no oftener than the county's setting."""
    before = work.now - timedelta(seconds=work.policy.warnings.board_every_seconds)
    drawn = 0
    facts: dict[str, tuple[WarningRow, dict[str, Any], Mapping[PlaceCode, tuple[int, int]]]] = {}
    for board in await work.rows.boards.dirty(before):
        await work.rows.boards.drawn(board.subject, board.chat_id, work.now)
        if board.subject not in facts:
            row = await warning_of(work, board.subject)
            if row is None:
                continue
            facts[board.subject] = (
                row,
                {**await post_facts(work, row), "passed": await passed_on(work, row)},
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
    over = over_of(row)
    here = tree.get(board.place)
    relays: Sequence[PassedOn] = facts["passed"]
    said: dict[str, Any] = {**facts, **at_place(work, relays, board.place, None if here is None else here.level)}
    del said["passed"]
    text: Html = work.words.card(
        "warning_post", relation="", check_area=row.evidence.check_area, tally=shown, over=over, **said
    )
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
            buttons=() if over else post_buttons(work, row, township=here is not None and here.level is Level.TOWNSHIP),
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
