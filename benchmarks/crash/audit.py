"""The reckoning: what people did and Telegram saw, against what the bot's books say."""

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.county import BenchCounty
from benchmarks.crash.books import Books
from benchmarks.crash.crowd import Crowd
from benchmarks.crash.ledger import Ledger
from benchmarks.crash.lives import Life
from benchmarks.crash.recorder import RecordedQueue
from benchmarks.crash.weather import Issued
from domain.places import PlaceCode
from sandbox.ledger import Call
from sandbox.world import World


def audit_updates(ledger: Ledger, queue: RecordedQueue, books: Books) -> None:
    """Everything that was offered is done, unless Telegram itself let it go."""
    missing = [number for number in queue.offered if number not in books.inbox]
    ledger.updates_offered = len(queue.offered)
    ledger.updates_dropped = sum(1 for number in missing if number in queue.too_old)
    undone = sum(1 for number in queue.offered if books.inbox.get(number) == "new")
    ledger.updates_lost = len(missing) - ledger.updates_dropped + undone
    ledger.updates_aside = sum(1 for state in books.inbox.values() if state == "aside")


def audit_effects(ledger: Ledger, crowd: Crowd, issued: Sequence[Issued], books: Books) -> None:
    """Each answer and each submitted dialogue has its effect once, whatever happened in between."""
    taken = [one for one in crowd.acknowledgements if one.update_id in books.inbox]
    ledger.acknowledgements = len(taken)
    for one in taken:
        key = (f"warning:{one.warning_id}", one.user_id)
        if key not in books.excused and (not books.answered.get(key) or books.said[key] == 0):
            ledger.acknowledged_never += 1
    ledger.acknowledged_twice = sum(1 for count in books.said.values() if count > 1)
    submitted = {one.marker for one in crowd.submissions if one.update_id in books.inbox}
    ledger.submissions = len(submitted)
    texts = Counter(row.text for row in books.warnings)
    ledger.submitted_never = sum(1 for marker in submitted if texts[marker] == 0)
    ledger.submitted_twice = sum(1 for marker in submitted if texts[marker] > 1)
    known = Counter(row.identifier for row in books.warnings)
    ledger.warnings_issued = len(issued)
    ledger.warnings_missing = sum(1 for one in issued if known[one.identifier] == 0)
    ledger.warnings_twice = sum(1 for one in issued if known[one.identifier] > 1)


def audit_messages(
    ledger: Ledger, world: World, county: BenchCounty, crowd: Crowd, issued: Sequence[Issued], books: Books
) -> None:
    """Every row of the outbox arrived; and, without asking the bot's books, every group has its post."""
    accepted = {_identity(call) for call in _sends(world)}
    for row in books.messages:
        if row.kind == "send":
            ledger.messages_owed += 1
            here = row.state != "sent" or (row.chat_id, row.message_id) in accepted
            if not (here and _settled(row)):
                ledger.lost_messages.append(f"{row.key} {row.state} {row.reason}".rstrip())
        elif not _settled(row):
            ledger.lost_messages.append(f"{row.key} {row.kind} {row.state} {row.reason}".rstrip())
    ledger.posts_missing = sum(_missing_posts(world, county, one) for one in issued)
    answered = {row.key for row in books.messages if row.state == "sent"}
    taken = [number for number in crowd.talks if number in books.inbox]
    ledger.talks_unanswered = sum(1 for number in taken if f"u{number}.1" not in answered)


def _settled(row: Any) -> bool:
    return row.state in {"sent", "superseded"} or (row.state, row.policy) == ("ambiguous", "at_most_once")


def _missing_posts(world: World, county: BenchCounty, one: Issued) -> int:
    number = f"第{int(one.identifier.rpartition('-')[2])}份："
    below = [code for code in county.groups if code == one.township or code.startswith(one.township)]
    places: set[PlaceCode] = {PlaceCode(one.township[:6]), *below}
    posted = {
        call.result["chat"]["id"] for call in _sends(world) if number in str(call.params.get("text", ""))
    }  # fmt: skip
    return sum(1 for place in places if county.groups[place] not in posted)


def _sends(world: World) -> list[Call]:
    return [call for call in world.ledger.of("sendMessage") if call.ok]


def _identity(call: Call) -> tuple[int, int]:
    return call.result["chat"]["id"], call.result["message_id"]


def audit_duplicates(ledger: Ledger, world: World, lives: Sequence[Life], books: Books) -> None:
    """A copy that Telegram accepted and the books know nothing of is a duplicate; it belongs to the life in which it
    was sent, and so to the death that ended that life."""
    known: set[tuple[int, int]] = set()
    for row in books.messages:
        ids = json.loads(row.message_ids) if isinstance(row.message_ids, str) else row.message_ids or ()
        known.update((row.chat_id, number) for number in (row.message_id, *ids) if number is not None)
    begins = [life.began for life in lives]
    extra = Counter(bisect_right(begins, call.at) - 1 for call in _sends(world) if _identity(call) not in known)
    ledger.duplicates = sum(extra.values())
    for number, count in extra.items():
        life = lives[number]
        if life.end != "killed":
            ledger.duplicates_on_stop += count
            continue
        ledger.duplicates_over += max(0, count - life.in_flight)
        if count > ledger.duplicates_most:
            ledger.duplicates_most, ledger.in_flight_then = count, life.in_flight


def audit_lives(ledger: Ledger, lives: Sequence[Life], log: Path) -> None:
    deaths = [life for life in lives if life.end == "killed"]
    ledger.kills = len(deaths)
    ledger.by_place = dict(Counter(life.plan for life in deaths))
    ledger.stops = sum(1 for life in lives if life.end == "stopped")
    ledger.odd_ends = [life.end for life in lives if life.end not in {"killed", "stopped"}]
    for life in lives:
        if life.ready_after is not None:
            (ledger.cold_starts if life.cold else ledger.starts).append(life.ready_after)
    if log.exists():
        words = log.read_text("utf-8", "replace")
        ledger.errors_logged = sum(words.count(f" {level} ") for level in ("ERROR", "CRITICAL"))
