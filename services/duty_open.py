"""What is open in a body's area at this moment: the draft of a hand-over. Keys and figures, no words of people."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from domain.hazards import Grade
from domain.obligations import ObligationState
from domain.places import Place, PlaceCode, is_within
from services.answer_subjects import ACT, acting
from services.response import level_at, periods_at
from services.warning_asking import ACKNOWLEDGE
from services.work import Work

Lines = list[dict[str, Any]]
_PATROL_DAYS = timedelta(days=2)
_UNANSWERED = frozenset({ObligationState.OPEN, ObligationState.LAPSED})


async def open_lines(work: Work, place: PlaceCode) -> Lines:
    """The most urgent first."""
    tree = await work.tree()
    villages = tree.villages_within(place)
    return [
        *await _levels(work, place),
        *await _warnings(work, place),
        *await _phone_lists(work, place),
        *await _checks(work, place),
        *await _cut_off(work, place),
        *await _hazards(work, villages, place),
        *await _patrols(work, villages, place),
    ]


async def _levels(work: Work, place: PlaceCode) -> Lines:
    """What holds at the place; below it only where it is graver than that."""
    here = await level_at(work, place)
    tree, found = await work.tree(), []
    for period in await periods_at(work, place):
        whole = period.holds_at(place)
        if not whole and here is not None and period.level <= here:
            continue
        within = [] if whole else sorted(tree.path(code) for code in period.places if is_within(code, place))
        found.append({"what": "level", "level": period.level.sign, "number": period.number, "places": within})
    return found


async def _warnings(work: Work, place: PlaceCode) -> Lines:
    found = []
    for row in await work.rows.warnings.active(work.now):
        owed = [one for one in await work.rows.obligations.of_subject(row.subject) if is_within(one.place, place)]
        if not owed and not any(is_within(one, place) or is_within(place, one) for one in row.places):
            continue
        silent = sum(one.answered_at is None and one.state in _UNANSWERED for one in owed)
        line = {"what": "warning", "number": row.number, "colour": row.colour.value, "silent": silent, "of": len(owed)}
        found.append(line)
    return found


async def _phone_lists(work: Work, place: PlaceCode) -> Lines:
    """Of each warning, how many of the place stand on somebody's phone list and have not been reached."""
    found: Lines = []
    for row in await work.rows.warnings.active(work.now):
        open_ones: set[int] = set()
        for subject, what in ((row.subject, ACKNOWLEDGE), (acting(row.id), ACT)):
            silent = {
                one.person_id
                for one in await work.rows.obligations.of_subject(subject)
                if one.what == what and one.answered_at is None and one.state in _UNANSWERED
                if is_within(one.place, place)
            }
            listed = await work.rows.answers.lists_with(row.id, silent, what) if silent else []
            open_ones |= silent & {member for one in listed for member in one.members}
        if open_ones:
            found.append({"what": "phone_list", "number": row.number, "count": len(open_ones)})
    return found


async def _checks(work: Work, place: PlaceCode) -> Lines:
    """How many of the place owe an answer to a spot check. Who, is the checker's affair."""
    people = await work.rows.people.many(await work.rows.checks.owing())
    count = sum(any(is_within(post.place, place) for post in one.posts) for one in people.values())
    return [{"what": "checks", "count": count}] if count else []


async def _cut_off(work: Work, place: PlaceCode) -> Lines:
    names = set()
    tree = await work.tree()
    for one in await work.rows.cutoffs.now():
        if is_within(one.place, place):
            names.add(tree.path(one.place))
    return [{"what": "cut_off", "places": sorted(names)}] if names else []


def _codes(villages: Sequence[Place], place: PlaceCode) -> list[PlaceCode]:
    return [place, *(village.code for village in villages)]


async def _hazards(work: Work, villages: Sequence[Place], place: PlaceCode) -> Lines:
    found: Lines = []
    rows = await work.rows.hazards.alive_in(_codes(villages, place))
    overdue = [row for row in rows if row.due_at is not None and row.due_at < work.now]
    major = [row for row in rows if row.grade is Grade.MAJOR]
    if major:
        found.append({"what": "major", "numbers": [row.number for row in major]})
    if overdue:
        found.append({"what": "overdue", "numbers": [row.number for row in overdue]})
    rest = len(rows) - len({row.id for row in (*major, *overdue)})
    return [*found, *([{"what": "hazards", "count": rest}] if rest else [])]


async def _patrols(work: Work, villages: Sequence[Place], place: PlaceCode) -> Lines:
    tasks = await work.rows.patrols.unfinished(_codes(villages, place), work.now - _PATROL_DAYS)
    missed = [task for task in tasks if task.due_at < work.now]
    tree = await work.tree()
    names = sorted({tree.path(task.place) for task in missed})
    return [{"what": "patrols", "count": len(missed), "places": names}] if missed else []
