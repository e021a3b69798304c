"""Where a warning is posted: one post in each of exactly its groups, with the tally that will be edited into it."""

from collections.abc import Iterable, Sequence

from domain.colours import Colour
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.places import PlaceCode, PlaceTree
from domain.warnings import Relation
from services.ports import Board, Group, WarningRow
from services.warning_texts import post_buttons, post_facts
from services.work import Work


def lane_of(colour: Colour) -> Lane:
    return Lane.RED if colour is Colour.RED else Lane.URGENT


def reach(tree: PlaceTree, county: PlaceCode, covered: Iterable[PlaceCode]) -> set[PlaceCode]:
    """The covered places, everything below them, and the villages, townships and county above them."""
    codes = {county}
    for code in covered:
        around = (tree.get(code), tree.village_of(code), tree.township_of(code), *tree.descendants(code))
        codes.update(place.code for place in around if place is not None)
    return codes


async def groups_of(work: Work, tree: PlaceTree, covered: Iterable[PlaceCode]) -> list[Group]:
    """The groups of exactly these places: the villages', their townships', and the county's own. A department's group
    stands for its trade, not for a place."""
    bound = await work.rows.groups.bound_to(reach(tree, work.county, covered))
    return [g for g in bound if g.can_send and not g.department]


async def post(
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
