"""How the sources of warnings are: when each was last heard, and the county's duty desk told once when one fails and
once when it is well again. What a source may do is in services/source_trust.py.

Everything is in rows: a restart neither repeats nor forgets what was told.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from domain.errors import NotAllowed
from domain.people import Action, Person, Role
from domain.policy import CountyPolicy
from domain.source_health import Trouble, counts_from
from domain.sources import FOLDER, SourceKind
from domain.warnings import cross_source_key
from services.ports import Listed, SourceState
from services.source_trust import source_named
from services.warning_desk import ask_desk_to_lift
from services.work import Work

NO_LONGER_LISTED = "no_longer_listed"
"""why the desk is asked whether to lift: a key beside those of domain.warnings.Reason"""
_MISSES = 2
"""good lists in a row without a warning, before anybody is asked"""
_KEEP_SEEN = timedelta(days=60)
"""longer than any notice may hold: what is still listed is not taken in anew"""
_KEEP_NONCES = timedelta(hours=1)
"""a signature is good for minutes"""


def patience_of(policy: CountyPolicy, name: str) -> timedelta | None:
    """So long nothing good may come before it is told; None for a source that is configured no more. A source that is
    asked seldom is not late before it was asked three times."""
    if name == FOLDER:
        return timedelta(minutes=policy.warnings.folder_silent_minutes)
    source = source_named(policy, name)
    if source is None or source.kind is SourceKind.HOOK:
        return None if source is None else source.patience
    return max(source.patience, 3 * timedelta(seconds=source.every_seconds))


# -- what the feeds report ----------------------------------------------------------------------------------------


async def begin_watching(work: Work, names: Collection[str]) -> None:
    """From now on somebody listens: silence before that is nobody's fault."""
    for name in names:
        await work.rows.sources.save(replace(await _state(work, name), watched_since=work.now))


async def heard(work: Work, name: str, *, notices: int = 0) -> None:
    """A good answer, or a call; `notices`: how many of its notices were new."""
    before = await _state(work, name)
    after = replace(before, last_try=work.now, last_good=work.now, failing_since=None, last_error="", told_at=None)
    await work.rows.sources.save(replace(after, last_notice=work.now) if notices else after)
    if before.told_at is None:
        return
    await work.note("source.well", f"source:{name}")
    await _tell_desk(work, f"source:{name}:well:{_stamp(before.told_at)}", "source.well", before, at=work.now)


async def got_notice(work: Work, name: str) -> None:
    """A notice came, whatever else is wrong: a folder gives notices while its files cannot be moved away."""
    await work.rows.sources.save(replace(await _state(work, name), last_notice=work.now))


async def failed(work: Work, name: str, trouble: Trouble) -> None:
    """It was asked and nothing good came."""
    before = await _state(work, name)
    since = before.failing_since or work.now
    await work.rows.sources.save(
        replace(before, last_try=work.now, failing_since=since, last_error=trouble.value),
    )


async def tell_unreadable(work: Work, name: str, reason: str, number: int) -> None:
    """Single notices of a source could not be taken in, beside others that could. Told once a day for each reason:
    `reason` is the address of a text."""
    state, day = await _state(work, name), work.local(work.now).date().isoformat()
    key = f"source:{name}:bad:{sha256(reason.encode()).hexdigest()[:12]}:{day}"
    await _tell_desk(work, key, "source.bad_notices", state, reason=reason, number=number)


async def _state(work: Work, name: str) -> SourceState:
    return await work.rows.sources.state(name) or SourceState(name, watched_since=work.now)


# -- what the clock brings ----------------------------------------------------------------------------------------


async def watch_sources(work: Work) -> int:
    """Tell of every source that has been silent or failing for longer than its patience."""
    told = 0
    for state in await work.rows.sources.states():
        patience = patience_of(work.policy, state.name)
        if state.told_at is not None or patience is None or not _is_late(state, patience, work.now):
            continue
        await work.rows.sources.save(replace(state, told_at=work.now))
        await work.note("source.down", f"source:{state.name}", None, reason=_trouble(state))
        await _tell_desk(work, f"source:{state.name}:down:{_stamp(work.now)}", "source.down", state)
        told += 1
    return told


async def prune_sources(work: Work) -> int:
    return await work.rows.sources.prune(work.now - _KEEP_SEEN, work.now - _KEEP_NONCES)


def _counts_from(state: SourceState) -> datetime:
    return counts_from(state.watched_since, state.last_try, state.last_good, state.failing_since)


def _is_late(state: SourceState, patience: timedelta, now: datetime) -> bool:
    """The folder is silent by nature: there only a fault counts."""
    if state.name == FOLDER and not state.last_error:
        return False
    return now - _counts_from(state) >= patience


def _trouble(state: SourceState) -> str:
    return state.last_error or Trouble.SILENT.value


def _stamp(at: datetime) -> int:
    return int(at.timestamp())


async def _tell_desk(
    work: Work, key: str, address: str, state: SourceState, *, reason: str = "", **facts: object
) -> None:
    since = work.local(state.last_good or state.failing_since or state.watched_since)
    for person in await work.rows.people.holding([Role.COUNTY_DUTY], [work.county]):
        lang = person.language
        why = work.words.label(reason or f"source.why.{_trouble(state)}", lang)
        name = source_title(work, state.name, lang)
        shown = {fact: work.local(value) if isinstance(value, datetime) else value for fact, value in facts.items()}
        text = work.words.text(address, lang, name=name, since=since, why=why, **shown)
        await work.tell(person, f"{key}:{person.id}", text, subject=f"source:{state.name}")


def source_title(work: Work, name: str, lang: str) -> str:
    """How people know it: the folder by a word, the others by the name in the county's settings."""
    return work.words.label("source.folder", lang) if name == FOLDER else name


# -- what disappears from a list ----------------------------------------------------------------------------------


async def no_longer_listed(work: Work, source: str, listed: Collection[str]) -> None:
    """`listed`: all that the source says is in force now. A warning of its own that it has listed before and that is
    missing in two good lists in a row is never lifted silently: the desk is asked, once."""
    here = {cross_source_key(identifier) or identifier for identifier in listed}
    known = await work.rows.sources.listed(source)
    for row in await work.rows.warnings.active(work.now):
        if row.source != source:
            continue
        before = known.get(row.id)
        if (cross_source_key(row.identifier) or row.identifier) in here:
            if before is None or before.misses:
                await work.rows.sources.save_listed(Listed(row.id, source, asked=before is not None and before.asked))
        elif before is not None and not before.asked:
            misses = before.misses + 1
            await work.rows.sources.save_listed(Listed(row.id, source, misses, asked=misses >= _MISSES))
            if misses >= _MISSES:
                await ask_desk_to_lift(work, row, "", NO_LONGER_LISTED)


# -- what people are shown ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source as the desk and the checkup see it. `trouble` is empty while it is well; `waits`: nothing was heard
    of it yet, and its patience has not run out."""

    name: str
    kind: str
    last_good: datetime | None
    last_notice: datetime | None
    trouble: str = ""
    since: datetime | None = None
    waits: bool = False


async def overview(work: Work) -> Sequence[SourceView]:
    """Every configured source, the folder first."""
    known = {state.name: state for state in await work.rows.sources.states()}
    configured = ((FOLDER, FOLDER), *((source.name, source.kind.value) for source in work.policy.sources))
    return tuple(_view(work, name, kind, known.get(name)) for name, kind in configured)


def _view(work: Work, name: str, kind: str, state: SourceState | None) -> SourceView:
    if state is None:
        return SourceView(name, kind, None, None, waits=True)
    patience = patience_of(work.policy, name)
    late = patience is not None and _is_late(state, patience, work.now)
    fails = late or bool(state.last_error)
    return SourceView(
        name,
        kind,
        state.last_good,
        state.last_notice,
        trouble=_trouble(state) if fails else "",
        since=(state.last_good or state.failing_since or state.watched_since) if fails else None,
        waits=not fails and state.last_good is None,
    )


async def overview_for(work: Work, officer: Person | None) -> Sequence[SourceView]:
    """For the county's duty officers. Raises NotAllowed."""
    if officer is None:
        raise NotAllowed("refused.not_enrolled")
    await work.require(officer, Action.RELEASE_HELD_WARNING, work.county)
    return await overview(work)
