"""The 包保 chain comes in: all of a file or nothing of it. Who is missing in the file stays; other households for the
same person and place end the old assignment and make a new one, so that the record keeps both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.chain import Assignment, fits, tier_of
from domain.chain_rows import ChainLine, Reading, read_chain
from domain.people import Action, Person
from domain.tables import Line, Problem
from services.roster_gaps import Note
from services.roster_lookup import Roster
from services.table_imports import Imported, Rights
from services.work import Work


@dataclass(slots=True)
class _Plan:
    new: list[tuple[Assignment, str]] = field(default_factory=list)
    """with whom it names, for the report"""
    changed: list[tuple[Assignment, str]] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)


async def import_chain(
    work: Work, lines: Sequence[Line], author: Person | None = None, *, dry: bool = False
) -> Imported:
    """Bring a file in; `author` is nobody at the console. Any problem: nothing is changed."""
    reading = read_chain(lines, await work.tree(), work.county)
    plan = await _judged(work, reading, author)
    problems = sorted([*reading.problems, *plan.problems], key=lambda one: one.line)
    if problems:
        return Imported(problems=tuple(problems), dry=dry)
    if not dry:
        for one, _ in (*plan.new, *plan.changed):
            await work.rows.chain.assign(one)
            await work.note("chain.assigned", f"person:{one.person_id}", author, place=one.place, tier=one.tier.value)
        counts = {"added": len(plan.new), "updated": len(plan.changed), "unchanged": plan.unchanged}
        await work.note("chain.imported", "chain", author, **counts)
    notes = (Note("roster.note.unused", {"columns": list(reading.unused)}),) if reading.unused else ()
    added, changed = (tuple(named for _, named in rows) for rows in (plan.new, plan.changed))
    return Imported(added, changed, plan.unchanged, (), notes, dry)


async def _judged(work: Work, reading: Reading, author: Person | None) -> _Plan:
    lang = "zh" if author is None else author.language
    plan, rights, tree = _Plan(), Rights(work, author, Action.ASSIGN_CHAIN), await work.tree()
    roster = Roster(await work.rows.people.all(), tree)
    there = await work.rows.chain.of_places(sorted({entry.place for entry in reading.entries}))
    known = {(one.person_id, one.place): one for one in there}
    first_lines: dict[tuple[int, str], int] = {}
    for entry in reading.entries:
        who = roster.find(entry.person, entry.place)
        if isinstance(who, Note):
            plan.problems.append(Problem(entry.line, who.key, who.facts))
        elif not await rights.at(entry.place):
            plan.problems.append(Problem(entry.line, "table.not_yours", {"place": tree.path(entry.place)}))
        elif not fits(tier_of(who), entry.place, tree):
            plan.problems.append(Problem(entry.line, "chain.unfit", {"name": who.name}))
        elif (first := first_lines.setdefault((who.id, entry.place), entry.line)) != entry.line:
            plan.problems.append(Problem(entry.line, "chain.table.twice", {"name": who.name, "first_line": first}))
        else:
            before = known.get((who.id, entry.place))
            row = _row(work, entry, who, author, before)
            named = work.words.label("chain.table.line", lang, name=who.name, place=tree.path(entry.place))
            if before is not None and before.households == row.households:
                plan.unchanged += 1
            else:
                (plan.new if before is None else plan.changed).append((row, named))
    return plan


def _row(work: Work, entry: ChainLine, who: Person, author: Person | None, before: Assignment | None) -> Assignment:
    by, kept = None if author is None else author.id, "" if before is None else before.households
    households = kept if entry.households is None else entry.households
    return Assignment(0, who.id, tier_of(who), entry.place, households, made_by=by, made_at=work.now)
