"""A roster of shifts comes in (值班表): all of a file or nothing of it. A shift of the same hours gets the people of
the file; who is missing in the file stays; what is over stays as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.duty import Shift, check_shift, overlapping
from domain.duty_rows import Reading, ShiftLine, read_shifts
from domain.people import Action, Person, PersonId
from domain.places import PlaceCode
from domain.table_persons import Wanted
from domain.tables import Line, Problem
from services.duty import made_shift, may_be_on_duty, put_shift, unit_of
from services.roster_gaps import Note
from services.roster_lookup import Roster
from services.table_imports import Imported, Rights
from services.work import Work


@dataclass(slots=True)
class _Plan:
    """What would be done, line by line."""

    new: list[Shift] = field(default_factory=list)
    changed: list[Shift] = field(default_factory=list)
    unchanged: int = 0
    past: int = 0
    problems: list[Problem] = field(default_factory=list)


async def import_duty(
    work: Work, lines: Sequence[Line], author: Person | None = None, *, dry: bool = False
) -> Imported:
    """Bring a file in; `author` is nobody at the console.

    1. Read every line; look for its people among those who may be on duty there, and for shifts in the way. Any
       problem: nothing is changed.
    2. Plan what is new, change the people of what is there, leave alone what is the same or over.
    3. Say which shifts have too few officers or no leader.
    """
    own = work.county if author is None else await unit_of(work, author) or work.county
    now = work.local(work.now)
    reading = read_shifts(lines, await work.tree(), work.county, own, now, work.policy.duty.changes_at)
    plan = await _judged(work, reading.entries, author)
    problems = sorted([*reading.problems, *plan.problems], key=lambda one: one.line)
    if problems:
        return Imported(problems=tuple(problems), dry=dry)
    if not dry:
        by = None if author is None else author.id
        for shift in (*plan.new, *plan.changed):
            await put_shift(work, shift, by)
        counts = {"added": len(plan.new), "updated": len(plan.changed), "unchanged": plan.unchanged}
        await work.note("duty.imported", "duty", author, **counts)
    lang = "zh" if author is None else author.language
    added, changed = (tuple(_named(work, one, lang) for one in shifts) for shifts in (plan.new, plan.changed))
    return Imported(added, changed, plan.unchanged, (), tuple(_look_at(work, reading, plan, lang)), dry)


async def _judged(work: Work, entries: Sequence[ShiftLine], author: Person | None) -> _Plan:
    plan, rights = _Plan(), Rights(work, author, Action.PLAN_DUTY)
    people = await _People.read(work, {entry.place for entry in entries})
    near = await _planned_near(work, entries)
    for entry in entries:
        shift = people.shift(entry, plan.problems, author)
        if not await rights.at(entry.place):
            place = (await work.tree()).path(entry.place)
            plan.problems.append(Problem(entry.line, "table.not_yours", {"place": place}))
        elif shift is not None:
            _sort_in(work, plan, entry.line, shift, near)
    return plan


async def _planned_near(work: Work, entries: Sequence[ShiftLine]) -> list[Shift]:
    if not entries:
        return []
    since, until = min(one.starts for one in entries), max(one.ends for one in entries)
    return await work.rows.duty.shifts_between(since, until, {one.place for one in entries})


def _sort_in(work: Work, plan: _Plan, line: int, shift: Shift, near: Sequence[Shift]) -> None:
    others = overlapping(shift, near)
    same = next((o for o in others if (o.starts_at, o.ends_at) == (shift.starts_at, shift.ends_at)), None)
    if same is not None and (same.leader, same.officers) == (shift.leader, shift.officers):
        plan.unchanged += 1
    elif shift.ends_at <= work.now:
        plan.past += 1
    elif same is not None:
        plan.changed.append(shift)
    elif others:
        first = others[0]
        facts = {"starts": work.local(first.starts_at), "ends": work.local(first.ends_at)}
        plan.problems.append(Problem(line, "duty.wrong.overlaps", facts))
    elif (wrong := check_shift(shift)) is not None:
        plan.problems.append(Problem(line, f"duty.wrong.{wrong}"))
    else:
        plan.new.append(shift)


@dataclass(slots=True)
class _People:
    """Who is meant, and who may be on duty where."""

    work: Work
    roster: Roster
    fit: Mapping[PlaceCode, frozenset[PersonId]]

    @classmethod
    async def read(cls, work: Work, places: Iterable[PlaceCode]) -> "_People":
        await work.tree()
        fit = {place: frozenset(one.id for one in await may_be_on_duty(work, place)) for place in places}
        return cls(work, Roster(await work.rows.people.all(), await work.tree()), fit)

    def shift(self, entry: ShiftLine, problems: list[Problem], author: Person | None) -> Shift | None:
        """The shift of a line; None where somebody of it is not known or not of this unit."""
        leader = self._ids(entry, entry.leader, problems)
        officers = self._ids(entry, entry.officers, problems)
        if leader is None or officers is None:
            return None
        by = None if author is None else author.id
        starts, ends = (_utc(self.work, at) for at in (entry.starts, entry.ends))
        return made_shift(self.work, entry.place, starts, ends, leader[0] if leader else None, officers, by)

    def _ids(self, entry: ShiftLine, wanted: Iterable[Wanted], problems: list[Problem]) -> list[PersonId] | None:
        before, found = len(problems), []
        for one in wanted:
            who = self.roster.find(one, entry.place, among=self.fit[entry.place])
            if isinstance(who, Note):
                problems.append(Problem(entry.line, who.key, who.facts))
            elif who.id not in self.fit[entry.place]:
                problems.append(Problem(entry.line, "duty.table.stranger", {"name": who.name}))
            else:
                found.append(who.id)
        return found if len(problems) == before else None


def _utc(work: Work, at: datetime) -> datetime:
    return at.astimezone(work.now.tzinfo)


def _named(work: Work, shift: Shift, lang: str) -> str:
    facts = {"starts": work.local(shift.starts_at), "ends": work.local(shift.ends_at)}
    return work.words.label("duty.table.shift", lang, **facts)


def _look_at(work: Work, reading: Reading, plan: _Plan, lang: str) -> Iterable[Note]:
    written = (*plan.new, *plan.changed)
    officers = work.policy.duty.officers
    if thin := [_named(work, one, lang) for one in written if len(one.officers) < officers]:
        yield Note("duty.table.thin", {"shifts": thin, "officers": officers})
    if unled := [_named(work, one, lang) for one in written if one.leader is None]:
        yield Note("duty.table.no_leader", {"shifts": unled})
    if plan.past:
        yield Note("duty.table.past", {"count": plan.past})
    if reading.unused:
        yield Note("roster.note.unused", {"columns": list(reading.unused)})
