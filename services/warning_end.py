"""How a warning ends: superseded, lifted or run out. Nothing is asked any more, and who was told is told."""

from collections.abc import Collection

from domain.channels import OtherChannel
from domain.colours import Colour
from domain.outgoing import Lane
from domain.people import Person
from domain.places import PlaceCode, PlaceTree
from services import warning_follow
from services.channels import end_elsewhere
from services.ports import WarningRow
from services.reach import desk_of
from services.warning_posts import reach
from services.warning_ranks import settle_ranks
from services.warning_still import tell_that_it_ran_out
from services.warning_texts import post_facts
from services.warning_told import answer_people, answer_posts, who_was_asked
from services.work import Work


async def close(work: Work, row: WarningRow) -> None:
    """Nothing is asked about this version any more: open questions end, unsent messages stay unsent."""
    await work.rows.obligations.close_subject(row.subject)
    for subject in (row.subject, f"{row.subject}:up"):
        await work.rows.outbox.supersede(subject=subject)
    await work.rows.channels.supersede(row.subject)
    await warning_follow.end(work, row)
    await work.rows.boards.mark_all(row.subject)


def is_outside(tree: PlaceTree, place: PlaceCode, dropped: Collection[PlaceCode]) -> bool:
    """Whether a person's place lies in what was dropped: a village does or does not; above it nobody is out."""
    village = tree.village_of(place)
    return village is not None and village.code in dropped


async def tell_the_end(
    work: Work,
    row: WarningRow,
    ended: str,
    by: str,
    *,
    purpose: str = "",
    but: Collection[int] = (),
    still: Collection[OtherChannel] = (),
    places: Collection[PlaceCode] = (),
) -> None:
    """`ended`: lifted, or dropped for these places. At orange and red a message to everybody who was asked; at blue and
    yellow the old question says it, without another message."""
    facts = {**await post_facts(work, row), "ended": ended, "by": by, "ended_at": work.local(work.now)}
    quiet = row.colour <= Colour.YELLOW
    text = work.words.card("warning_ended", **facts)
    await answer_posts(work, row, purpose or ended, text, silent=quiet, but=but)
    await end_elsewhere(work, row, ended, text, purpose=purpose, still=still)
    only: set[int] | None = None
    if ended != "lifted":
        tree = await work.tree()
        owed = await work.rows.obligations.of_subject(row.subject)
        only = {o.person_id for o in owed if is_outside(tree, o.place, places)}
    await answer_people(
        work,
        row,
        purpose or ended,
        lambda lang: work.words.card("warning_ended", lang, **facts),
        edit=quiet,
        silent=True,
        only=only,
    )


async def lift(work: Work, row: WarningRow, by: str) -> bool:
    """The warning is over: everybody who was told is told. False when it was not in force."""
    if not await work.rows.warnings.set_state(row.id, ["active", "expired"], "lifted"):
        return False
    await close(work, row)
    await tell_the_end(work, row, "lifted", by)
    await _tell_earlier(work, row, by)
    await work.note("warning.lifted", row.subject, None)
    await settle_ranks(work)
    return True


async def _tell_earlier(work: Work, row: WarningRow, by: str) -> None:
    """Who answered an earlier version was not asked again for this one; that it is over concerns him all the same."""
    asked = {person.id for person in await who_was_asked(work, row)}
    facts = {**await post_facts(work, row), "ended": "lifted", "by": by, "ended_at": work.local(work.now)}
    tree = await work.tree()
    covered = reach(tree, work.county, row.places)
    for before in reversed([v for v in await work.rows.warnings.of_event(row.event) if v.id < row.id]):
        owed = await work.rows.obligations.of_subject(before.subject)
        only = {o.person_id for o in owed if o.person_id not in asked and o.place in covered}
        await answer_people(
            work,
            before,
            f"lifted{row.id}",
            lambda lang: work.words.card("warning_ended", lang, **facts),
            edit=row.colour <= Colour.YELLOW,
            silent=True,
            only=only,
        )
        asked |= only


async def expire_due(work: Work) -> int:
    """Warnings whose end has passed stop asking. Nothing is posted: the end stood in the post."""
    ended = await work.rows.warnings.run_out(work.now)
    for row in ended:
        await work.rows.warnings.set_state(row.id, ["active"], "expired")
        await close(work, row)
        await _tell_of_silence(work, row)
        await tell_that_it_ran_out(work, row)
        await work.note("warning.expired", row.subject, None)
    if ended:
        await settle_ranks(work)
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
