"""The roster comes in: all of a file or nothing of it. Who is there already is updated, who is missing stays, unless
the file is said to be the complete list of a place.

A number is a person. A file speaks for the townships that its lines name (and for the county, where they name the
county): posts there become what the file says, posts elsewhere stay as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.channels import roster_columns
from domain.errors import DomainError
from domain.people import Person, PersonStatus, Post
from domain.phones import last_four
from domain.places import PlaceCode, PlaceTree, is_within
from domain.roster import Entry, Reading, read_roster
from domain.tables import Line, Problem
from domain.text import Html
from services.office import Departure, end_posts
from services.people_texts import duties_of
from services.roster_gaps import Note, gap_notes
from services.work import Work


@dataclass(frozen=True, slots=True)
class ImportResult:
    """With problems nothing was changed. Names stand in the order of the file."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    """what is worth looking at; nothing that keeps the file out"""
    leavers: tuple[Person, ...] = ()
    """missing from a complete list"""
    departures: tuple[Departure, ...] = ()
    """what became of the leavers, once confirmed"""

    @property
    def done(self) -> bool:
        return not self.problems


@dataclass(slots=True)
class _Done:
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


async def import_roster(
    work: Work, rows: Sequence[Line], *, complete_for: PlaceCode | None = None, confirm: bool = False
) -> ImportResult:
    """Bring a file in.

    1. Read every line; look for deputies and for what lies outside `complete_for`. Any problem: nothing is changed.
    2. Add who is new, update who is known by his number, leave alone who is the same.
    3. With `complete_for`, whoever has a post there and is not in the file is a leaver: reported, and let go only
       with `confirm`.
    4. Say what is worth looking at: villages without an emergency officer, other holes, numbers that seem to have
       changed.

    Raises DomainError when `complete_for` is no place of the county.
    """
    tree = await work.tree()
    if complete_for is not None and complete_for not in tree:
        raise DomainError("roster.problem.code_unknown", code=complete_for)
    reading = read_roster(rows, tree, work.county, roster_columns(work.policy.channels))
    known = {person.phone: person for person in await work.rows.people.all()}
    problems = sorted((*reading.problems, *_further(reading, known, tree, complete_for)), key=lambda one: one.line)
    if problems:
        return ImportResult(problems=tuple(problems))
    scope = _scope(reading.entries, tree, work.county, complete_for)
    done = _Done()
    for entry in reading.entries:
        await _bring_in(work, entry, known.get(entry.phone), reading.columns, scope, done)
    await _set_deputies(work, reading, done)
    await _set_addresses(work, reading, done)
    leavers = _leavers(known, reading.entries, complete_for)
    departures = [await _let_go(work, one, complete_for) for one in leavers] if confirm else []
    done.notes += _look_at(reading, known)
    done.notes += await gap_notes(work, scope)
    await work.note(
        "roster.imported",
        "roster",
        None,
        added=len(done.added),
        updated=len(done.updated),
        unchanged=len(done.unchanged),
        left=len(departures),
    )
    return ImportResult(
        tuple(done.added),
        tuple(done.updated),
        tuple(done.unchanged),
        (),
        tuple(done.notes),
        tuple(leavers),
        tuple(departures),
    )


# -- before anything is changed -------------------------------------------------------------------------------------


def _further(
    reading: Reading, known: Mapping[str, Person], tree: PlaceTree, complete_for: PlaceCode | None
) -> Iterable[Problem]:
    listed = {entry.phone for entry in reading.entries}
    for entry in reading.entries:
        deputy = known.get(entry.deputy_phone)
        there = deputy is not None and deputy.status is PersonStatus.ACTIVE
        if entry.deputy_phone and entry.deputy_phone not in listed and not there:
            facts = {"name": entry.name, "tail": last_four(entry.deputy_phone)}
            yield Problem(entry.line, "roster.problem.deputy_unknown", facts)
        for post in entry.posts:
            if complete_for is not None and not is_within(post.place, complete_for):
                facts = {"name": entry.name, "place": tree.path(post.place), "within": tree.path(complete_for)}
                yield Problem(entry.line, "roster.problem.outside", facts)


def _scope(
    entries: Sequence[Entry], tree: PlaceTree, county: PlaceCode, complete_for: PlaceCode | None
) -> frozenset[PlaceCode]:
    """What the file speaks for: townships with all below them, and the county without anything below it."""
    named = {_unit(post.place, tree, county) for entry in entries for post in entry.posts}
    if complete_for is not None:
        named |= {_unit(place.code, tree, county) for place in tree if is_within(place.code, complete_for)}
    return frozenset(named)


def _unit(place: PlaceCode, tree: PlaceTree, county: PlaceCode) -> PlaceCode:
    township = tree.township_of(place)
    return county if township is None else township.code


# -- one person -----------------------------------------------------------------------------------------------------


async def _bring_in(
    work: Work,
    entry: Entry,
    before: Person | None,
    columns: frozenset[str],
    scope: frozenset[PlaceCode],
    done: _Done,
) -> None:
    if before is None:
        number = await work.rows.people.add(
            name=entry.name, phone=entry.phone, title=entry.title, language=entry.language or "zh"
        )
        await work.rows.people.set_posts(number, entry.posts)
        await work.note("roster.added", f"person:{number}", None, posts=_facts(entry.posts))
        done.added.append(entry.name)
        return
    posts = await _posts_after(work, entry, before, scope)
    changed: dict[str, object] = {}
    if before.name != entry.name:
        changed["name"] = entry.name
        facts = {"before": before.name, "name": entry.name, "tail": last_four(entry.phone)}
        done.notes.append(Note("roster.note.renamed" if before.user_id else "roster.note.renamed_free", facts))
    if "title" in columns and before.title != entry.title:
        changed["title"] = entry.title
    if entry.language and before.language != entry.language:
        changed["language"] = entry.language
    if before.status is not PersonStatus.ACTIVE:
        changed["status"] = PersonStatus.ACTIVE.value
        done.notes.append(Note("roster.note.returned", {"name": entry.name}))
    if changed:
        await work.rows.people.update(before.id, **changed)
    if set(posts) != set(before.posts):
        await _change_posts(work, before, posts, done)
    elif not changed:
        done.unchanged.append(entry.name)
        return
    await work.note("roster.changed", f"person:{before.id}", None, fields=sorted(changed), posts=_facts(posts))
    done.updated.append(entry.name)


async def _posts_after(work: Work, entry: Entry, before: Person, scope: frozenset[PlaceCode]) -> tuple[Post, ...]:
    """What the file says, and the posts in places it does not speak for."""
    tree = await work.tree()
    elsewhere = (post for post in before.posts if _unit(post.place, tree, work.county) not in scope)
    return tuple(dict.fromkeys((*entry.posts, *elsewhere)))


async def _change_posts(work: Work, before: Person, posts: tuple[Post, ...], done: _Done) -> None:
    await work.rows.people.set_posts(before.id, posts)
    lost = tuple(post for post in before.posts if post not in posts)
    if lost:
        without = Person(before.id, before.name, before.phone, language=before.language, posts=lost)
        done.notes.append(Note("roster.note.lost", {"name": before.name, "duties": await duties_of(work, without)}))


async def _set_deputies(work: Work, reading: Reading, done: _Done) -> None:
    """After everybody is in: a deputy may stand further down in the same file."""
    if "deputy" not in reading.columns:
        return
    known = {person.phone: person for person in await work.rows.people.all()}
    for entry in reading.entries:
        person = known[entry.phone]
        deputy = known.get(entry.deputy_phone)
        wanted = None if deputy is None else deputy.id
        if person.deputy_id == wanted:
            continue
        await work.rows.people.update(person.id, deputy_id=wanted)
        if entry.name in done.unchanged:
            done.unchanged.remove(entry.name)
            done.updated.append(entry.name)


async def _set_addresses(work: Work, reading: Reading, done: _Done) -> None:
    """Where people are reached by other channels, as far as the file has columns for them."""
    for entry in (one for one in reading.entries if one.addresses):
        person = await work.rows.people.by_phone(entry.phone)
        assert person is not None  # everybody of the file is in by now
        had = await work.rows.channels.address_book(person.id)
        changed = [(channel, new) for channel, new in entry.addresses if had.get(channel, "") != new]
        for channel, new in changed:
            await work.rows.channels.set_address(person.id, channel, new)
        if changed and entry.name in done.unchanged:
            done.unchanged.remove(entry.name)
            done.updated.append(entry.name)


# -- who is missing, what is odd ------------------------------------------------------------------------------------


def _leavers(known: Mapping[str, Person], entries: Sequence[Entry], complete_for: PlaceCode | None) -> list[Person]:
    if complete_for is None:
        return []
    listed = {entry.phone for entry in entries}
    return [
        person
        for phone, person in known.items()
        if phone not in listed
        and person.status is PersonStatus.ACTIVE
        and any(is_within(post.place, complete_for) for post in person.posts)
    ]


async def _let_go(work: Work, person: Person, complete_for: PlaceCode | None) -> Departure:
    assert complete_for is not None
    return await end_posts(
        work, person, {post.place for post in person.posts if is_within(post.place, complete_for)}, None
    )


def _look_at(reading: Reading, known: Mapping[str, Person]) -> list[Note]:
    """Vacant posts, columns that were not read, and persons who seem to have got another number."""
    notes = [Note("roster.note.vacant", {"line": line, "post": post}) for line, post in reading.vacant]
    if reading.unused:
        notes.append(Note("roster.note.unused", {"columns": list(reading.unused)}))
    listed = {entry.phone for entry in reading.entries}
    for entry in reading.entries:
        if entry.phone in known:
            continue
        for person in known.values():
            same_seat = {(post.role, post.place) for post in person.posts} & {(p.role, p.place) for p in entry.posts}
            if person.name == entry.name and same_seat and person.phone not in listed:
                facts = {"name": entry.name, "tail": last_four(entry.phone), "before": last_four(person.phone)}
                notes.append(Note("roster.note.other_phone", facts))
    return notes


def _facts(posts: Iterable[Post]) -> list[str]:
    return [f"{post.role.value}@{post.place}" for post in posts]


# -- in words -------------------------------------------------------------------------------------------------------


def report(work: Work, result: ImportResult, lang: str = "zh") -> Html:
    """The result for the one who brought the file: every problem with its line, else what was done."""
    return work.words.card(
        "roster_imported",
        lang,
        added=list(result.added),
        updated=list(result.updated),
        unchanged=len(result.unchanged),
        problems=[{"line": one.line, "text": work.words.text(one.key, lang, **one.facts)} for one in result.problems],
        notes=[work.words.text(note.key, lang, **note.facts) for note in result.notes],
        leavers=[person.name for person in result.leavers],
        confirmed=bool(result.departures),
        groups=sorted({group.title for one in result.departures for group in one.groups}),
    )
