"""After the end of a warning: how it was answered, privately to the county's desk and to each township's for its own
part. Every figure is counted from rows and can be counted again; unknown is never nil; the bot's own deaf time is said.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.households import sum_up
from domain.obligations import CUT_OFF, ObligationState
from domain.outgoing import Lane, Policy
from domain.people import Person, Role
from domain.places import PlaceCode, PlaceTree, is_within
from domain.warning_figures import Figures, Owed, figures
from services.answer_subjects import acting, reply
from services.first_reply import due_for, townships_of
from services.households import villages_of
from services.ports import Obligation, ReportDue, WarningRow
from services.warning_missing import why_silent
from services.warning_texts import post_facts
from services.warning_told import posts_that_arrived
from services.work import Work

_NAMED = 20
"""so many silent persons are named, privately"""


async def note_the_end(work: Work, warning_id: int) -> None:
    """A warning ended, and was not merely replaced by a newer version: it is to be reported on."""
    if work.rows.drills.standing is not None:
        return  # a drill has its own record
    row = await work.rows.warnings.get(warning_id)
    if row is not None and (row.corrected or row.state in {"lifted", "expired"}):
        await work.rows.reports.ended(row.id, work.now, "retracted" if row.corrected else row.state)


async def report_due(work: Work) -> int:
    """The reports whose time has come, one message to each desk. Returns how many warnings."""
    before = work.now - timedelta(minutes=work.policy.answers.report_minutes)
    due = await work.rows.reports.due(before)
    for one in due:
        await work.rows.reports.made(one.warning_id, work.now)
        row = await work.rows.warnings.get(one.warning_id)
        if row is not None:
            await _report(work, row, one)
    return len(due)


async def _report(work: Work, row: WarningRow, due: ReportDue) -> None:
    tree, sent = await work.tree(), set[int]()
    for area, roles in [
        (work.county, {Role.COUNTY_DUTY}),
        *((township, {Role.STATION, Role.DUTY}) for township in townships_of(tree, row)),
    ]:
        readers = [one for one in await work.rows.people.holding(roles, [area]) if one.id not in sent]
        if not any(one.reachable for one in readers):
            continue
        facts = await facts_for(work, row, due, area)
        for reader in readers:
            sent.add(reader.id)
            text = work.words.card(
                "warning_report",
                reader.language,
                how_text=work.words.label(f"report.how.{due.how}", reader.language),
                silent_people=await _silent(work, tree, facts["missed"], row, reader.language),
                **facts,
                **await post_facts(work, row),
            )
            await work.tell(reader, f"report:{row.id}:{reader.id}", text, lane=Lane.DIGEST, policy=Policy.AT_LEAST_ONCE)
    await work.note("warning.reported", row.subject, None, desks=len(sent))


async def facts_for(work: Work, row: WarningRow, due: ReportDue, area: PlaceCode) -> dict[str, Any]:
    """All figures of one area, from the rows."""
    tree, told = await work.tree(), await work.rows.outbox.told(row.subject)
    everybody = await work.rows.obligations.of_subject(row.subject)
    asked = [one for one in everybody if is_within(one.place, area)]
    answers = figures(_owed(one, told, due.ended_at) for one in asked)
    begun = min((one.opened_at for one in everybody), default=row.created_at)
    acts = [
        one
        for one in await work.rows.obligations.of_subject(acting(row.id))
        if is_within(one.place, area) and one.state is not ObligationState.EXCUSED
    ]
    replies = [o for o in await work.rows.obligations.of_subject(reply(row.id)) if is_within(o.place, area)]
    boards = [b for b in await work.rows.boards.of_subject(row.subject) if is_within(b.place, area)]
    carried = await posts_that_arrived(work, row)
    missed = [
        one
        for one in asked
        if one.answered_at is None
        and one.state is not ObligationState.EXCUSED
        and (one.due_at <= due.ended_at or one.person_id not in told)
    ]
    return {
        "area": tree.path(area),
        "answers": answers,
        "rate": _percent(answers),
        "missed": missed,
        "groups": len(boards),
        "groups_reached": sum(1 for b in boards if b.chat_id in carried),
        "acted": sum(1 for o in acts if o.answered_at is not None),
        "acted_late": sum(1 for o in acts if o.late),
        "to_act": len(acts),
        "replied": sum(1 for o in replies if o.answered_at is not None),
        "replied_late": sum(1 for o in replies if o.late),
        "to_reply": len([t for t in townships_of(tree, row) if is_within(t, area)]) if due_for(row) else 0,
        "households": await _households(work, row, tree, area),
        "cut_offs": await _cut_offs(work, tree, area, begun, due.ended_at),
        "deaf": timedelta(seconds=await work.rows.heartbeats.deaf_between(begun, due.ended_at)),
        "earlier": await _earlier(work, row, area, told),
        "posted_at": work.local(begun),
        "ended_at": work.local(due.ended_at),
    }


def _owed(one: Obligation, told: set[int], ended_at: datetime) -> Owed:
    return Owed(
        asked_at=one.opened_at + one.stopped,
        answered_at=one.answered_at,
        late=one.late,
        helped=one.answered_by is not None and one.answered_by != one.person_id,
        excused=one.state is ObligationState.EXCUSED,
        cut_off=one.note == CUT_OFF,
        told=one.person_id in told,
        had_time=one.due_at > ended_at,
    )


def _percent(of: Figures) -> int | None:
    owed = of.asked - of.excused
    return round(100 * of.answered / owed) if owed else None


async def _households(work: Work, row: WarningRow, tree: PlaceTree, area: PlaceCode) -> object:
    villages = [village for village in villages_of(tree, row) if is_within(village, area)]
    reports = await work.rows.answers.households_of(row.id)
    return sum_up([(reports[v].reached, reports[v].total) for v in villages if v in reports], len(villages))


async def _cut_offs(
    work: Work, tree: PlaceTree, area: PlaceCode, begun: datetime, ended: datetime
) -> list[dict[str, object]]:
    """The villages that were cut off at any time between the two instants, by township."""
    found = [one for one in await work.rows.cutoffs.between(begun, ended) if is_within(one.place, area)]
    by_span: dict[tuple[PlaceCode, datetime, datetime | None], list[str]] = {}
    for one in found:
        village = tree.get(one.place)
        span = (one.township, one.since or one.asked_at, one.until)
        by_span.setdefault(span, []).append("" if village is None else village.name)
    return [
        {
            "place": tree.path(township),
            "villages": names,
            "since": work.local(since),
            "until": None if until is None else work.local(until),
        }
        for (township, since, until), names in sorted(by_span.items(), key=lambda item: item[0][:2])
    ]


async def _earlier(work: Work, row: WarningRow, area: PlaceCode, told: set[int]) -> list[dict[str, object]]:
    """The versions before it, in one line each: whoever had answered them was not asked again."""
    lines: list[dict[str, object]] = []
    for version in await work.rows.warnings.of_event(row.event):
        owed = await work.rows.obligations.of_subject(version.subject) if version.id < row.id else []
        counted = figures(_owed(one, told, row.created_at) for one in owed if is_within(one.place, area))
        if counted.asked:
            facts = {"colour": version.colour.value, "at": work.local(version.created_at)}
            lines.append({**facts, "answered": counted.answered, "asked": counted.asked})
    return lines


async def _silent(
    work: Work, tree: PlaceTree, missed: Sequence[Obligation], row: WarningRow, lang: str
) -> list[dict[str, object]]:
    """Who did not answer, with the reason; those whom no message reached are said to be such."""
    told, people = await work.rows.outbox.told(row.subject), await work.rows.people.many({o.person_id for o in missed})
    return [
        {
            "place": tree.path(one.place),
            "name": people[one.person_id].name,
            "why_text": work.words.label(f"warning.why.{_why(people[one.person_id], one.person_id in told)}", lang),
        }
        for one in missed[:_NAMED]
        if one.person_id in people
    ]


def _why(person: Person, told: bool) -> str:
    if told:
        return "silent"
    return why_silent(person, "not_delivered")
