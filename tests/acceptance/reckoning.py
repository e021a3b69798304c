"""What one warning led to, from Telegram's books and the bot's, held against what the roster says it had to lead to."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from domain.obligations import ObligationState, Rung
from domain.people import PrivateChat
from domain.places import PlaceCode, is_within
from services.audit import audit
from services.ports import Obligation, WarningRow
from services.warning_voice import MOST_NAMED
from tests.acceptance import expected
from tests.acceptance.crowd import Crowd, Way
from tests.acceptance.expected import Owes
from tests.acceptance.stage import BEAT, Stage

SENT_LATE = timedelta(seconds=25)
"""a rung's message may wait so long for its turn among others"""
_TALLY = re.compile(r"应答 (\d+)/(\d+)")


@dataclass(slots=True)
class Ledger:
    """All figures of one warning. `violations`: promises that were not kept."""

    title: str = ""
    figures: dict[str, object] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def hold(self, what: str, broken: Iterable[object]) -> None:
        found = [str(one) for one in broken]
        if found:
            self.violations.append(f"{what}: {len(found)} ({', '.join(found[:4])})")

    def __str__(self) -> str:
        lines = [f"{name:>28}  {value}" for name, value in self.figures.items()]
        lines += [f"{'VIOLATION':>28}  {one}" for one in self.violations]
        verdict = "NOT KEPT" if self.violations else "every promise kept"
        return "\n".join([self.title, *lines, f"{'verdict':>28}  {verdict}"])


@dataclass(slots=True)
class Case:
    """One warning for some townships, and the time in which the bot could hear nothing."""

    stage: Stage
    crowd: Crowd
    townships: list[PlaceCode]
    started: datetime
    warning: WarningRow
    dark: list[tuple[datetime, datetime]] = field(default_factory=list)
    killed: int = 0
    """messages under way when the process was killed"""
    away: timedelta = timedelta()
    """how long it was gone while the questions were going out"""
    owed: dict[int, Obligation] = field(default_factory=dict)
    """account → what the bot's books say"""
    owes: dict[int, Owes] = field(default_factory=dict)
    """account → what the roster says"""

    @property
    def queue(self) -> timedelta:
        """How long a message may wait its turn when everybody is asked again at once."""
        return SENT_LATE + timedelta(seconds=len(self.owes) / self.stage.settings.send_rate)

    def counted(self, at: datetime) -> timedelta:
        """Time since the question was opened, without the time that counts against nobody."""
        lost = sum((max(timedelta(0), min(at, until) - since) for since, until in self.dark), timedelta(0))
        return at - self.started - lost


async def read(case: Case) -> None:
    subject = case.warning.subject
    rows = await case.stage.read(lambda work: work.rows.obligations.of_subject(subject))
    case.owed = {case.stage.county.residents[row.person_id - 1].user_id: row for row in rows}
    case.owes = expected.owing(case.stage.county, case.townships)


async def reckon(case: Case, title: str) -> Ledger:
    await read(case)
    ledger = Ledger(title)
    reach(case, ledger)
    times(case, ledger)
    answers(case, ledger)
    lateness(case, ledger)
    rungs(case, ledger)
    await boards(case, ledger)
    await traffic(case, ledger)
    return ledger


def _posts(case: Case) -> list[tuple[int, datetime, str]]:
    """(chat, instant, text) of every post of the warning in a group."""
    data = f"w:ack:{case.warning.id}"
    return [
        (int(call.params["chat_id"]), call.time, str(call.params["text"]))
        for call in case.stage.world.ledger.of("sendMessage")
        if call.ok and int(call.params["chat_id"]) < 0 and data in str(call.params.get("reply_markup", ""))
    ]


def reach(case: Case, ledger: Ledger) -> None:
    """Exactly its groups, exactly its people."""
    county, here = case.stage.county, Counter(chat for chat, _, text in _posts(case) if "【补发】" not in text)
    wanted = expected.groups(county, case.townships)
    ledger.hold("groups that have no post", wanted - set(here))
    ledger.hold("groups it does not concern", set(here) - wanted)
    ledger.hold("groups with two posts, unmarked", (chat for chat, count in here.items() if count > 1))
    asked = {user for user, warning in case.crowd.questions if warning == case.warning.id}
    open_chats = {user for user, owes in case.owes.items() if owes.one.chat is PrivateChat.OPEN}
    ledger.hold("people who were not asked", open_chats - asked)
    ledger.hold("people asked whom it does not concern", asked - set(case.owes))
    ledger.hold("obligations missing", set(case.owes) - set(case.owed))
    ledger.hold("obligations too many", set(case.owed) - set(case.owes))
    ledger.figures["groups · people"] = (
        f"{len(wanted)} of {len(county.groups)} · {len(case.owes)} of "
        f"{len(county.residents)}, {len(open_chats)} of them can be written to"
    )


def times(case: Case, ledger: Ledger) -> None:
    """In the time that the sending limit allows. An outage or a death in between is not counted here."""
    rate = case.stage.settings.send_rate
    posts = [(at - case.started).total_seconds() for _, at, text in _posts(case) if "【补发】" not in text]
    firsts = [
        (at - case.started).total_seconds()
        for (user, warning), at in case.crowd.asked_at.items()
        if warning == case.warning.id and user in case.owes
    ]
    gone = 2 + 2 * case.away.total_seconds()  # and it finds the way anew
    # A fifth of the rate is kept for those who talk to the bot meanwhile.
    allowed = len(posts) / rate * 1.1 + gone, (len(posts) + len(firsts) / 0.8) / rate * 1.2 + gone
    ledger.figures["last post · question"] = (
        f"{max(posts):.1f} s · {max(firsts):.1f} s (the limit allows "
        f"{len(posts) / rate:.1f} s · {(len(posts) + len(firsts)) / rate:.1f} s)"
    )
    if max(posts) > allowed[0]:
        ledger.violations.append(f"the last group heard of it after {max(posts):.1f} s")
    if max(firsts) > allowed[1]:
        ledger.violations.append(f"the last person was asked after {max(firsts):.1f} s")


_CHANNELS = {Way.BUTTON: "button", Way.WORD: "text", Way.IN_GROUP: "text", Way.LINK: "link"}


def answers(case: Case, ledger: Ledger) -> None:
    """Who answers has answered, once and by his own way; who does not has not."""
    crowd, said = case.crowd, {a.user_id for a in case.crowd.answers if a.warning_id == case.warning.id}
    willing = {user for user in case.owes if crowd.way[user] is not Way.NEVER}
    done = {user for user, row in case.owed.items() if row.answered_at is not None}
    ledger.hold("answers without effect", (willing & said) - done)
    ledger.hold("people who would have answered and never could", willing - said)
    ledger.hold("answers of people who gave none", done - said)
    ledger.hold("answers that another person gave", (u for u in done if case.owed[u].answered_by != _person(u, case)))
    wrong = [user for user in done & said if str(case.owed[user].channel) != _CHANNELS[crowd.way[user]]]
    ledger.hold("answers under another channel", wrong)
    ways = Counter(crowd.way[user].value for user in done)
    ledger.figures["answered"] = (
        f"{len(done)} of {len(case.owes)} ({100 * len(done) / len(case.owes):.0f} %): "
        + ", ".join(f"{way} {count}" for way, count in sorted(ways.items()))
    )


def _person(user: int, case: Case) -> int:
    return user - case.stage.county.residents[0].user_id + 1


def lateness(case: Case, ledger: Ledger) -> None:
    """Late is who had the whole time and more; nobody for the time in which the bot could not hear."""
    limit = timedelta(seconds=next(iter(case.owed.values())).plan.answer_within)
    wrong = []
    for user, row in case.owed.items():
        if row.answered_at is None:
            continue
        over = case.counted(row.answered_at) - limit
        if abs(over) > BEAT * 2 and row.late != (over > timedelta(0)):
            wrong.append(f"{user} {'late' if row.late else 'in time'} {over.total_seconds():+.0f} s")
    ledger.hold("judged late or in time wrongly", wrong)
    ledger.figures["late"] = sum(row.late for row in case.owed.values())


_BEFORE = timedelta(seconds=1)


def rungs(case: Case, ledger: Ledger) -> None:
    """Every silent person's ladder to its end; nobody named before his time or after his answer."""
    steps = {step.rung: timedelta(seconds=step.after) for step in next(iter(case.owed.values())).plan.steps}
    silent = {user for user, row in case.owed.items() if row.answered_at is None}
    desk = expected.county_desk(case.stage.county)
    calls, worst, early, after, missed, strange = 0, timedelta(0), [], [], [], []
    for user, owes in case.owes.items():
        named = case.crowd.shown.get((case.warning.id, _person(user, case)), [])
        told, wanted = {who for who, _ in named} - desk, expected.called(case.stage.county, owes) - desk
        named = [(who, at) for who, at in named if who not in desk]
        calls += len(named)
        strange += [f"{who} of {user}" for who in told - wanted]
        if user in silent:
            missed += [f"{who} of {user}" for who in wanted - told]
        first = steps[Rung.STAND_IN if owes.one.chat is PrivateChat.OPEN else Rung.REMIND]
        early += [user for _, at in named if case.counted(at) < first - _BEFORE]
        answered = case.owed[user].answered_at
        after += [user for _, at in named if answered is not None and at > answered + case.queue + BEAT]
        if user in silent and named:
            worst = max(worst, case.counted(max(at for _, at in named)) - _last_step(case, owes, steps))
    ledger.hold("rungs that were not climbed", missed)
    untold = desk - _told_of_many(case) if len(silent) > MOST_NAMED else set()
    ledger.hold("desks of the county that were not told", untold)
    ledger.hold("rungs that nobody stands on", strange)
    ledger.hold("named before the time", early)
    ledger.hold("named after the answer", after)
    states = Counter(case.owed[user].state.value for user in silent)
    ledger.hold("ladders that have not ended", (u for u in silent if case.owed[u].state is not ObligationState.LAPSED))
    ledger.figures["silent"] = f"{len(silent)}, their ladders: {dict(states)}; named {calls} times"
    ledger.figures["slowest last rung"] = f"{worst.total_seconds():.0f} s after its time"
    if worst > BEAT + case.queue:
        ledger.violations.append(f"a rung came {worst.total_seconds():.0f} s late")


def _told_of_many(case: Case) -> set[int]:
    """Accounts that got the numbers by township."""
    found = set()
    for user in expected.county_desk(case.stage.county):
        chat = case.stage.world.chat_for(user, user)
        texts = [message.text for message in chat.messages.values()]
        if any("按乡镇列数" in text and case.warning.number in text for text in texts):
            found.add(user)
    return found


def _last_step(case: Case, owes: Owes, steps: dict[Rung, timedelta]) -> timedelta:
    return steps[Rung.DESK]


async def boards(case: Case, ledger: Ledger) -> None:
    """What stands in each group is what the rows say."""
    wrong, shown = [], 0
    for code in expected.covered(case.stage.county, case.townships):
        chat = case.stage.world.group(case.stage.county.groups[code])
        texts = [m.text for m in chat.messages.values() if m.bot_id is not None and case.warning.number in m.text]
        tallies = [found.groups() for text in texts if (found := _TALLY.search(text))]
        here = [row for row in case.owed.values() if is_within(row.place, code)]
        true = (str(sum(row.answered_at is not None for row in here)), str(len(here)))
        shown += bool(tallies)
        if any(row.answered_at is not None for row in here) and true not in tallies:
            wrong.append(f"{code} shows {tallies}, rows say {true}")
    ledger.hold("boards that say something else than the rows", wrong)
    ledger.figures["boards"] = f"{shown} drawn"


async def _unmarked_copies(stage: Stage) -> list[str]:
    """A message that Telegram took and the books know nothing of was sent again, and the second one had to say so. (The
    same words on purpose, at another time, are a message of their own and in the books.)"""
    known: set[tuple[int, int]] = set()

    async def look(connection: Any) -> None:
        rows = await connection.execute(sa.text("SELECT chat_id, message_id FROM outbox WHERE message_id IS NOT NULL"))
        known.update((row.chat_id, row.message_id) for row in rows)

    await stage.bot.database.read(look)
    sends = [call for call in stage.world.ledger.of("sendMessage") if call.ok]
    words = {(call.result["chat"]["id"], call.result["message_id"]): str(call.params["text"]) for call in sends}
    lost = {where: text for where, text in words.items() if where not in known}
    return [
        f"{chat}: {text[:30]!r}"
        for (chat, number), text in lost.items()
        if any(other == text and where[0] == chat and where[1] > number for where, other in words.items())
    ]


async def traffic(case: Case, ledger: Ledger) -> None:
    """Nothing lost, nothing twice without its mark, nothing stuck, nothing refused by the second judge."""
    stage = case.stage
    said: Counter[tuple[int, str]] = Counter()
    for chat in (*stage.world.groups.values(), *stage.world.privates.values()):
        said.update((chat.id, m.text) for m in chat.messages.values() if m.bot_id is not None)
    marked = sum(count for (_, text), count in said.items() if "【补发】" in text)
    twice = await _unmarked_copies(stage)
    ledger.hold("messages repeated without the mark", twice)
    ledger.figures["messages"] = (
        f"{sum(said.values())} stand in chats, {marked} of them marked 【补发】; "
        f"{case.killed} were under way at the kill"
    )
    states: dict[str, int] = {}

    async def look(connection: Any) -> None:
        query = "SELECT state, kind, count(*) FROM outbox GROUP BY state, kind"
        states.update({f"{row[0]} {row[1]}": row[2] for row in await connection.execute(sa.text(query))})

    await stage.bot.database.read(look)
    ledger.figures["outbox"] = ", ".join(f"{name} {count}" for name, count in sorted(states.items()))
    unsent = [
        f"{name}: {count}" for name, count in states.items() if name.split()[0] not in {"sent", "superseded", "dead"}
    ]
    ledger.hold("messages that are not settled", unsent)
    ledger.hold("invariants of the books", (str(one) for one in await stage.read(audit)))
    broken = await stage.bot.store.read(lambda rows: rows.timeline.verify())
    ledger.hold("the timeline is broken at", [] if broken is None else [broken])
    ledger.hold("requests that the second judge refused", stage.complaints)
