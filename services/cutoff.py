"""Cut-off areas: several whole villages of one township silent at once are not sixty failures.

The desk is asked once. A yes excuses what is owed there, stops the ladders and shows 失联 in place of numbers; what is
heard of them by satellite phone can still be recorded. When the network is back, services/cutoff_over.py asks anew.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta

from domain.cutoff import Asked, suspected
from domain.errors import Stale
from domain.obligations import CUT_OFF, ObligationState
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Action, Person
from domain.places import PlaceCode, PlaceTree
from domain.text import Button, ButtonStyle, Html, Rows
from services import phone_lists
from services.answer_subjects import acting, relay
from services.patrol_cutoff import excuse_rounds
from services.ports import Cutoff, Obligation, WarningRow
from services.reach import desk_of
from services.warning_texts import post_facts
from services.work import Work

_EVERY = timedelta(minutes=1)
_LOOKED = "cutoff_watch"


async def watch(work: Work) -> int:
    """Once a minute: townships in which whole villages have fallen silent. Their desks are asked, once for each
    warning. Returns how many."""
    last = await work.rows.heartbeats.last(_LOOKED)
    if last is not None and work.now - last < _EVERY:
        return 0
    await work.rows.heartbeats.heard(_LOOKED, work.now)
    asked = 0
    for row in await work.rows.warnings.active(work.now):
        quiet = await work.rows.obligations.quiet_places(row.subject, work.policy.answers.cutoff_rungs)
        if len(quiet) < 2:
            continue
        before = {one.township for one in await work.rows.cutoffs.of(row.id)}
        for township, villages in (await _suspected(work, row)).items():
            if township not in before:
                await _ask(work, row, township, villages)
                asked += 1
    return asked


async def _suspected(work: Work, row: WarningRow) -> dict[PlaceCode, frozenset[PlaceCode]]:
    tree, told = await work.tree(), await work.rows.outbox.told(row.subject)
    asked = []
    for owed in await work.rows.obligations.of_subject(row.subject):
        village, township = tree.village_of(owed.place), tree.township_of(owed.place)
        if village is not None and township is not None and owed.state is not ObligationState.EXCUSED:
            answered = owed.answered_at is not None
            asked.append(Asked(village.code, township.code, answered, owed.person_id in told, owed.step))
    ours = work.policy.answers
    return dict(suspected(asked, villages=ours.cutoff_villages, share=ours.cutoff_share, steps=ours.cutoff_rungs))


async def _ask(work: Work, row: WarningRow, township: PlaceCode, villages: Collection[PlaceCode]) -> None:
    await work.rows.cutoffs.ask(row.id, township, villages, work.now)
    await work.note("cutoff.asked", row.subject, None, township=township, villages=len(villages))
    for person in await desk_of(work, township):
        text, buttons = await _question(work, row, township, person.language)
        await work.tell(
            person,
            _key(row, township, person),
            text,
            subject=f"{row.subject}:up",
            buttons=buttons,
            lane=Lane.URGENT,
        )


def _key(row: WarningRow, township: PlaceCode, person: Person) -> str:
    return f"cutoff:{row.id}:{township}:{person.id}"


async def _question(work: Work, row: WarningRow, township: PlaceCode, lang: str) -> tuple[Html, Rows]:
    tree, label = await work.tree(), work.words.label
    rows = await work.rows.cutoffs.of(row.id, township)
    state = rows[0].state if rows else "over"
    by = None if not rows or rows[0].by is None else await work.rows.people.get(rows[0].by)
    text = work.words.card(
        "cutoff",
        lang,
        place=tree.path(township),
        villages=[village.name for one in rows if (village := tree.get(one.place)) is not None],
        state=state,
        by="" if by is None else by.name,
        since=_local(work, rows, "since"),
        until=_local(work, rows, "until"),
        **await post_facts(work, row),
    )
    here = f"{row.id}:{township}"
    if state == "asked":
        yes = Button(label("cutoff.button.yes", lang), f"w:cut:{here}", style=ButtonStyle.DANGER)
        return text, ((yes,), (Button(label("cutoff.button.no", lang), f"w:nocut:{here}"),))
    if state == "cut_off":
        return text, ((Button(label("cutoff.button.over", lang), f"w:back:{here}", style=ButtonStyle.SUCCESS),),)
    return text, ()


def _local(work: Work, rows: list[Cutoff], which: str) -> object:
    at = getattr(rows[0], which) if rows else None
    return None if at is None else work.local(at)


async def show(work: Work, row: WarningRow, township: PlaceCode) -> None:
    """Everybody who was asked sees what was decided, in the same message."""
    for person in await desk_of(work, township):
        key = _key(row, township, person)
        if person.user_id is None or await work.rows.outbox.state_of(key) is None:
            continue
        text, buttons = await _question(work, row, township, person.language)
        await work.rows.outbox.put(
            Outgoing(
                key=f"{key}:{work.new_id()}",
                chat_id=person.user_id,
                kind=Kind.EDIT,
                policy=Policy.IDEMPOTENT,
                lane=Lane.REPLY,
                subject=f"{row.subject}:list",
                target=key,
                text=text,
                buttons=buttons,
            )
        )


async def decide(work: Work, officer: Person | None, warning_id: int, township: PlaceCode, *, yes: bool) -> int:
    """是，按失联处理 or 不是，照常联系. Raises NotAllowed, or Stale when another hand was first. Returns how many
    villages it is about."""
    officer = await work.require(officer, Action.RECORD_FOR_OTHERS, township)
    row = await work.rows.warnings.get(warning_id)
    state = "cut_off" if yes else "denied"
    if row is None or not await work.rows.cutoffs.decide(row.id, township, state, work.now, officer.id):
        raise Stale("cutoff.decided")
    rows = await work.rows.cutoffs.of(row.id, township)
    await work.note(f"cutoff.{state}", row.subject, officer, township=township, villages=len(rows))
    if yes:
        for one in await work.rows.warnings.active(work.now):
            await _excuse(work, one, {cut.place for cut in rows})
        await excuse_rounds(work, {cut.place for cut in rows}, CUT_OFF)
    await show(work, row, township)
    return len(rows)


async def _excuse(work: Work, row: WarningRow, villages: Collection[PlaceCode]) -> int:
    """What is open in these villages is excused, with the note that says why; a late answer still counts."""
    tree, excused = await work.tree(), list[Obligation]()
    for subject in (row.subject, acting(row.id), relay(row.id)):
        for owed in await work.rows.obligations.of_subject(subject):
            if _in(tree, owed.place, villages) and owed.answered_at is None:
                done = await work.rows.obligations.finish(owed.id, ObligationState.EXCUSED, CUT_OFF)
                excused += [owed] if done else []
    if excused:
        await work.rows.boards.mark_all(row.subject)
        await phone_lists.redraw_all(work, row, [one.person_id for one in excused])
    return len(excused)


def _in(tree: PlaceTree, place: PlaceCode, villages: Collection[PlaceCode]) -> bool:
    village = tree.village_of(place)
    return village is not None and village.code in villages


async def excuse_new(work: Work, row: WarningRow) -> int:
    """A new warning for places that are cut off already: it is sent, and nobody there is counted as missing."""
    cut_off = {one.place for one in await work.rows.cutoffs.now()}
    return await _excuse(work, row, cut_off) if cut_off else 0


async def cut_off_within(work: Work, places: Iterable[PlaceCode]) -> set[PlaceCode]:
    """Which of these villages are cut off now."""
    return {one.place for one in await work.rows.cutoffs.now()} & set(places)
