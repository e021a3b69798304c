"""Is everything in place before the storm? Findings from the rows: who is missing, which group, which rung, what got
stuck. Reads only; what the machine and the network are like is looked at by the command line (console/).

Each exam gives its findings in words of messages/<lang>/checkup.toml. A good one is told too, in one line. Nothing here
judges people: a gap is a gap in the lists.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from domain.colours import Colour
from domain.obligations import TO_NOBODY_ELSE, ObligationState, Plan, Rung
from domain.people import Person, PersonId, PersonStatus, PrivateChat, Role
from domain.places import Place, PlaceCode
from services.channels import ladder_of
from services.ladder import resolve
from services.membership import Seen
from services.ports import Group, Obligation
from services.roster_gaps import coverage
from services.sources import overview, source_title
from services.voices import VOICES
from services.work import Work

_LOOK_BACK = timedelta(days=7)
_LATE = timedelta(minutes=5)
"""a message that should have been out for so long is stuck"""


class Mark(StrEnum):
    FINE = "fine"
    WARN = "warn"
    BAD = "bad"
    """something the bot needs does not work: `check` ends with exit code 1"""


@dataclass(frozen=True, slots=True)
class Finding:
    """`key` addresses its text, `facts` are the variables."""

    mark: Mark
    key: str
    facts: Mapping[str, object] = field(default_factory=dict)


Exam = Callable[[Work, str], Awaitable[list[Finding]]]
"""(the open transaction, the language of whoever reads)"""


# -- lists --------------------------------------------------------------------------------------------------------


async def lists(work: Work, lang: str) -> list[Finding]:  # noqa: ARG001 - every exam has this shape
    """Divisions and people at all."""
    tree = await work.tree()
    people = await _active(work)
    found = []
    villages = tree.villages_within(work.county)
    if not villages:
        found.append(Finding(Mark.BAD, "checkup.places.none", {"county": work.county}))
    else:
        facts = {"townships": len(tree.townships_within(work.county)), "villages": len(villages)}
        found.append(Finding(Mark.FINE, "checkup.places.there", facts))
    if not people:
        return [*found, Finding(Mark.BAD, "checkup.people.none")]
    enrolled = sum(1 for one in people if one.user_id is not None)
    return [*found, Finding(Mark.FINE, "checkup.people.there", {"people": len(people), "enrolled": enrolled})]


async def posts(work: Work, lang: str) -> list[Finding]:  # noqa: ARG001
    """Posts that everything else needs and nobody holds."""
    tree, people = await work.tree(), await _active(work)
    if not people or not len(tree):
        return []
    held = {(post.role, post.place) for person in people for post in person.posts}
    gaps = await coverage(work, work.county)
    no_station = [
        tree.path(place.code)
        for place in tree.townships_within(work.county)
        if (Role.STATION, place.code) not in held and tree.path(place.code) not in gaps.no_desk
    ]
    found = []
    if (Role.COUNTY_DUTY, work.county) not in held:
        found.append(Finding(Mark.BAD, "checkup.posts.no_county_duty"))
    judged: tuple[tuple[Mark, str, Sequence[str]], ...] = (
        (Mark.BAD, "checkup.posts.no_desk", gaps.no_desk),
        (Mark.WARN, "checkup.posts.no_station", no_station),
        (Mark.WARN, "checkup.posts.no_officer", gaps.no_officer),
        (Mark.WARN, "checkup.posts.no_head", gaps.no_head),
        (Mark.WARN, "checkup.posts.no_contact", gaps.no_contact),
    )
    found += [Finding(mark, key, {"places": list(places)}) for mark, key, places in judged if places]
    return found or [Finding(Mark.FINE, "checkup.posts.complete")]


async def _active(work: Work) -> list[Person]:
    return [person for person in await work.rows.people.all() if person.status is PersonStatus.ACTIVE]


# -- groups -------------------------------------------------------------------------------------------------------


def as_seen(group: Group, seen: Seen) -> Group:
    """What the rows know of a group, corrected by what Telegram has just said."""
    return replace(
        group,
        title=seen.title or group.title,
        status="left" if seen.gone else group.status,
        can_send=seen.can_send and not seen.gone,
        can_pin=seen.can_pin and not seen.gone,
        is_admin=seen.is_admin,
    )


async def groups(work: Work, lang: str, fresh: Mapping[int, Seen] = MappingProxyType({})) -> list[Finding]:  # noqa: ARG001
    """Places without a group, groups without a place, groups in which the bot cannot do its work. `fresh` is what
    Telegram says now, by chat id; where it is silent the rows are believed."""
    tree = await work.tree()
    known = [as_seen(one, fresh[one.chat_id]) if one.chat_id in fresh else one for one in await work.rows.groups.all()]
    bound = [one for one in known if one.place is not None]
    lost = [one for one in bound if one.status == "left" or not one.can_send]
    working = [one for one in bound if one not in lost]
    judged: tuple[tuple[Mark, str, str, Sequence[str]], ...] = (
        (Mark.BAD, "checkup.groups.lost", "groups", [one.title for one in lost]),
        (Mark.WARN, "checkup.groups.no_pin", "groups", [one.title for one in working if not one.can_pin]),
        (Mark.WARN, "checkup.groups.no_admin", "groups", [one.title for one in working if not one.is_admin]),
        (Mark.WARN, "checkup.groups.unbound", "groups", [one.title for one in known if one.status == "unbound"]),
        (Mark.WARN, "checkup.groups.no_township", "places", _without(tree.townships_within(work.county), working)),
        (
            Mark.WARN,
            "checkup.groups.no_village",
            "places",
            [tree.path(place) for place in _codes_without(tree.villages_within(work.county), working)],
        ),
    )
    found = [Finding(mark, key, {name: list(names)}) for mark, key, name, names in judged if names]
    return found or [Finding(Mark.FINE, "checkup.groups.fine", {"groups": len(working)})]


def _codes_without(places: Sequence[Place], working: Sequence[Group]) -> list[PlaceCode]:
    has = {one.place for one in working}
    return [place.code for place in places if place.code not in has]


def _without(places: Sequence[Place], working: Sequence[Group]) -> list[str]:
    missing = set(_codes_without(places, working))
    return [place.name for place in places if place.code in missing]


# -- people who cannot be reached ---------------------------------------------------------------------------------


async def reach(work: Work, lang: str) -> list[Finding]:  # noqa: ARG001
    """Whoever gets no private message, township by township."""
    tree, people = await work.tree(), await _active(work)
    silent = [person for person in people if not person.reachable]
    if not silent:
        return [Finding(Mark.FINE, "checkup.reach.everybody", {"people": len(people)})] if people else []
    by_unit: dict[str, list[Person]] = {}
    for person in silent:
        township = next((tree.township_of(post.place) for post in person.posts), None)
        by_unit.setdefault("" if township is None else township.code, []).append(person)
    found = []
    for unit, here in sorted(by_unit.items()):
        kinds = {kind: [one.name for one in here if _why_silent(one) == kind] for kind in ("never", "blocked", "gone")}
        place = tree.path(PlaceCode(unit)) if unit else tree.path(work.county)
        found.append(Finding(Mark.WARN, "checkup.reach.silent", {"place": place, "number": len(here), **kinds}))
    return found


def _why_silent(person: Person) -> str:
    if person.private_chat is PrivateChat.GONE:
        return "gone"
    return "blocked" if person.private_chat is PrivateChat.BLOCKED else "never"


# -- ladders ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Rungs:
    """For one rung: on which ladders it stands at which step, and from where it will be climbed to."""

    steps: list[tuple[Colour, int]] = field(default_factory=list)
    places: set[PlaceCode] = field(default_factory=set)
    people: dict[PersonId, Person] = field(default_factory=dict)


async def ladders(work: Work, lang: str) -> list[Finding]:
    """Rungs that would reach nobody, found as the climb itself would find them."""
    found = []
    asked = await _asked(work)
    for rung, where in asked.items():
        rung_name = work.words.label(f"checkup.rung.{rung.value}", lang)
        steps = [{"colour": colour, "step": step} for colour, step in where.steps]
        facts: dict[str, object] = {"rung": rung_name, "steps": steps}
        if rung is Rung.STAND_IN:
            alone = [one.name for one in where.people.values() if not await reaches(work, rung, one, work.county)]
            if alone:
                facts |= {"people": alone, "of": len(where.people)}
                found.append(Finding(Mark.WARN, "checkup.ladder.no_stand_in", facts))
            continue
        tree = await work.tree()
        empty = [tree.path(place) for place in sorted(where.places) if not await reaches(work, rung, NOBODY, place)]
        if empty:
            worst = Mark.BAD if rung in {Rung.DESK, Rung.COUNTY} else Mark.WARN
            found.append(Finding(worst, "checkup.ladder.hole", {**facts, "places": empty}))
    return found or ([Finding(Mark.FINE, "checkup.ladder.whole")] if asked else [])


NOBODY = Person(PersonId(0), "", "")
"""asks on behalf of everybody: a ladder never leads back to the one who owes"""


async def _asked(work: Work) -> dict[Rung, _Rungs]:
    """Every rung of every colour's ladder, with the places of those who would have to answer."""
    tree, people = await work.tree(), await _active(work)
    asked: dict[Rung, _Rungs] = {}
    for colour in work.policy.warnings.ladders:
        answering = [
            (person, post.place)
            for person in people
            for post in person.posts
            if post.role in work.policy.warnings.answerers[colour]
        ]
        for number, step in enumerate(ladder_of(work, colour).steps, 1):
            if step.rung in TO_NOBODY_ELSE or not answering:
                continue
            rungs = asked.setdefault(step.rung, _Rungs())
            rungs.steps.append((colour, number))
            for person, place in answering:
                rungs.people[person.id] = person
                unit = {Rung.COUNTY: tree.get(work.county), Rung.DESK: tree.township_of(place)}.get(
                    step.rung, tree.village_of(place)
                )
                if unit is not None:
                    rungs.places.add(unit.code)
    return asked


async def reaches(work: Work, rung: Rung, person: Person, place: PlaceCode, kind: str = "warning") -> bool:
    """Whether this rung of a ladder of this kind of subject would find somebody for the place."""
    owed = Obligation(
        id=0,
        subject=f"{kind}:0",
        person_id=person.id,
        what="acknowledge",
        place=place,
        plan=Plan(answer_within=1),
        opened_at=work.now,
        due_at=work.now,
        stopped=timedelta(),
        step=0,
        next_step_at=None,
        state=ObligationState.OPEN,
    )
    return bool(await resolve(work, rung, person, owed, VOICES[kind]))


# -- what got stuck -----------------------------------------------------------------------------------------------


async def traffic(work: Work, lang: str) -> list[Finding]:
    """Messages that wait, that were given up; updates that could not be dealt with."""
    found = []
    queue = await work.rows.checkup.queue(work.now)
    if queue.due_since is not None and work.now - queue.due_since > _LATE:
        late = work.now - queue.due_since
        found.append(Finding(Mark.WARN, "checkup.traffic.stuck", {"waiting": queue.waiting, "late": late}))
    else:
        found.append(Finding(Mark.FINE, "checkup.traffic.flowing", {"waiting": queue.waiting}))
    if dead := await work.rows.checkup.dead(work.now - _LOOK_BACK):
        reasons = [{"reason": _reason(work, reason, lang), "number": number} for reason, number in dead.items()]
        facts = {"number": sum(dead.values()), "days": _LOOK_BACK.days, "reasons": reasons}
        found.append(Finding(Mark.WARN, "checkup.traffic.dead", facts))
    if aside := await work.rows.checkup.put_aside(work.now - _LOOK_BACK):
        numbers = [str(number) for number in aside]
        found.append(Finding(Mark.WARN, "checkup.traffic.aside", {"days": _LOOK_BACK.days, "numbers": numbers}))
    return found


_REASONS: Collection[str] = frozenset(
    {
        *("never_started", "blocked", "deactivated", "kicked", "no_rights", "chat_not_found", "bad_request", "expired"),
        *("flood", "not_sent", "target_gone", "too_long", "file_missing", "migrated", "token_refused", "fault"),
        "restart",
    }
)
"""why a message is given up; anything else is told as unknown"""


def _reason(work: Work, reason: str, lang: str) -> str:
    return work.words.label(f"undelivered.reason.{reason if reason in _REASONS else 'unknown'}", lang)


async def sources_kept(work: Work, lang: str) -> list[Finding]:
    """Sources of warnings that failed when they were last asked, or have been silent for too long."""
    views = [one for one in await overview(work) if not one.waits]
    found = []
    for one in views:
        if one.trouble and one.since is not None:
            why, name = work.words.label(f"source.why.{one.trouble}", lang), source_title(work, one.name, lang)
            facts = {"name": name, "since": work.local(one.since), "why": why}
            found.append(Finding(Mark.WARN, "checkup.sources.down", facts))
    return found or ([Finding(Mark.FINE, "checkup.sources.well", {"number": len(views)})] if views else [])


async def history(work: Work, lang: str, witness: tuple[int, str] | None = None) -> list[Finding]:  # noqa: ARG001
    """The timeline's chain. `witness` is a line noted elsewhere: without one a cut-off end does not show."""
    broken = await work.rows.timeline.verify()
    if broken is not None:
        return [Finding(Mark.BAD, "checkup.history.broken", {"seq": broken})]
    if witness is not None and await work.rows.checkup.line_hash(witness[0]) != witness[1]:
        return [Finding(Mark.BAD, "checkup.history.cut", {"seq": witness[0]})]
    return [Finding(Mark.FINE, "checkup.history.whole")]


EXAMS: Sequence[tuple[str, Exam]] = (
    ("lists", lists),
    ("posts", posts),
    ("reach", reach),
    ("ladders", ladders),
    ("traffic", traffic),
    ("sources_kept", sources_kept),
)
"""those that need nothing but the rows; groups and history are given what was learnt elsewhere"""
