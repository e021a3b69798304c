"""What happened in one event (事件) as sheets: responses, warnings and how they were answered, checks as counts, the
duty log, daily digests, letters. Nobody is in it who is not already in the lists its reader may open; of households
there is nothing, of checks no name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from domain.checks import Result
from domain.ledger import FieldKind
from domain.people import Person
from domain.places import PlaceCode, is_within
from domain.response import Period
from services.event_digests import digest_lines
from services.event_scope import Event
from services.ledgers import place_facts, sheet_of
from services.letters import register_of
from services.ports import CheckRow, WarningRow
from services.supervision_papers import letter_line
from services.work import Work

_K = FieldKind
_LETTERS = 2_000
EVENT_FIELDS: Final[Mapping[str, Mapping[str, FieldKind]]] = MappingProxyType(
    {
        "responses": {
            "number": _K.ID,
            "kind": _K.TEXT,
            "move": _K.TEXT,
            "level": _K.TEXT,
            "at": _K.TIME,
            "by": _K.TEXT,
            "reason": _K.TEXT,
            "places": _K.TEXT,
        },
        "warnings": {
            "number": _K.ID,
            "kind": _K.TEXT,
            "colour": _K.TEXT,
            "issuer": _K.TEXT,
            "headline": _K.TEXT,
            "sent": _K.TIME,
            "expires": _K.TIME,
            "state": _K.TEXT,
        },
        "answers": {
            "number": _K.ID,
            "township": _K.TEXT,
            "village": _K.TEXT,
            "person": _K.TEXT,
            "asked": _K.TIME,
            "due": _K.TIME,
            "answered": _K.TIME,
            "state": _K.TEXT,
            "late": _K.TEXT,
            "how": _K.TEXT,
        },
        "checks": {"number": _K.ID, "at": _K.TIME, "places": _K.TEXT, "asked_number": _K.NUMBER}
        | {result.value: _K.NUMBER for result in Result},
        "log": {
            "at": _K.TIME,
            "caller": _K.TEXT,
            "content": _K.TEXT,
            "proposal": _K.TEXT,
            "result": _K.TEXT,
            "by": _K.TEXT,
        },
        "digests": {
            "places": _K.TEXT,
            "day": _K.TEXT,
            "at": _K.TIME,
            "readers": _K.TEXT,
            "not_reached": _K.TEXT,
            "words": _K.TEXT,
        },
    }
)


@dataclass(frozen=True, slots=True)
class EventSheet:
    title: str
    columns: list[dict[str, Any]]
    rows: list[list[Any]]


def _sheet(work: Work, name: str, lang: str, lines: Sequence[Mapping[str, Any]]) -> EventSheet:
    fields = EVENT_FIELDS[name]
    columns = [
        {"title": work.words.label(f"ledger.event_column.{field}", lang), "kind": kind.value}
        for field, kind in fields.items()
    ]
    rows = [[line.get(field) for field in fields] for line in lines]
    return EventSheet(work.words.label(f"ledger.event_sheet.{name}", lang), columns, rows)


async def event_sheets(work: Work, person: Person, event: Event, lang: str) -> list[EventSheet]:
    warnings = await _warnings(work, event)
    sheets = []
    if event.period is not None:
        sheets.append(_sheet(work, "responses", lang, await _responses(work, event.period, lang)))
    sheets.append(_sheet(work, "warnings", lang, [_warning(work, one, lang) for one in warnings]))
    if not event.own.department:  # a department reads its hazards, and nobody's answers
        sheets.append(_sheet(work, "answers", lang, await _answers(work, event, warnings, lang)))
        sheets.append(_sheet(work, "checks", lang, await _checks(work, event)))
        sheets.append(_sheet(work, "log", lang, await _log(work, event)))
        sheets.append(_sheet(work, "digests", lang, await digest_lines(work, event, lang)))
    form = sheet_of(work, "letters", lang)
    letters = [
        form.values(await letter_line(work, one, lang))
        for one in reversed(await register_of(work, person, _LETTERS))
        if event.since <= one.created_at < event.until
    ]
    return [*sheets, EventSheet(work.words.label("ledger.event_sheet.letters", lang), list(form.heads), letters)]


async def _responses(work: Work, period: Period, lang: str) -> list[dict[str, Any]]:
    changes = await work.rows.responses.changes_of(period.id)
    people, tree = await work.rows.people.many({one.by for one in changes}), await work.tree()
    between = work.words.label("ledger.between", lang)
    return [
        {
            "number": period.number,
            "kind": work.words.label(f"response.kind.{period.hazard_kind.value}", lang),
            "move": work.words.label(f"response.move.{one.move.value}", lang),
            "level": one.level.sign,
            "at": work.local(one.at).isoformat(),
            "by": people[one.by].name if one.by in people else "",
            "reason": one.reason,
            "places": between.join(tree.path(place) for place in one.places),
        }
        for one in changes
    ]


async def _warnings(work: Work, event: Event) -> list[WarningRow]:
    """Those of the event's chains, and what else was issued in its time and places."""
    found = {one.id: one for chain in event.chains for one in await work.rows.warnings.of_event(chain)}
    if event.period is not None or not event.chains:
        for number in await work.rows.ledger.warnings_between(event.since, event.until):
            row = await work.rows.warnings.get(number)
            if row is not None and any(event.holds(one) or _above(event, one) for one in row.places):
                found[row.id] = row
    return [found[number] for number in sorted(found)]


def _above(event: Event, place: PlaceCode) -> bool:
    return any(is_within(one, place) for one in event.own.places)


def _warning(work: Work, row: WarningRow, lang: str) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "colour": work.words.label(f"warning.colour.{row.colour.value}", lang),
        "issuer": row.issuer,
        "headline": row.headline,
        "sent": work.local(row.sent).isoformat(),
        "expires": work.local(row.expires).isoformat(),
        "state": work.words.label(f"ledger.event_warning.{row.state}", lang),
    }


async def _answers(work: Work, event: Event, warnings: Sequence[WarningRow], lang: str) -> list[dict[str, Any]]:
    lines, label = [], work.words.label
    for row in warnings:
        owed = [one for one in await work.rows.obligations.of_subject(row.subject) if event.holds(one.place)]
        people = await work.rows.people.many({one.person_id for one in owed})
        for one in owed:
            line = {
                **await place_facts(work, one.place),
                "number": row.number,
                "person": people[one.person_id].name if one.person_id in people else "",
                "asked": work.local(one.opened_at).isoformat(),
                "due": work.local(one.due_at).isoformat(),
                "answered": None if one.answered_at is None else work.local(one.answered_at).isoformat(),
                "state": label(f"ledger.event_answer.{one.state.value}", lang),
                "late": label("ledger.yes", lang) if one.late else "",
                "how": "" if one.channel is None else label(f"channel.name.{one.channel.value}", lang),
            }
            lines.append(line)
    return lines


async def _checks(work: Work, event: Event) -> list[dict[str, Any]]:
    found: list[CheckRow | None] = [
        await work.rows.checks.get(number) for number in await work.rows.ledger.checks_between(event.since, event.until)
    ]
    tree, lines = await work.tree(), []
    for check in found:
        if check is None or not (event.holds(check.place) or check.place in event.desks):
            continue
        newest = {one.person_id: one.result.value for one in await work.rows.checks.verdicts(check.id)}
        line = {"number": check.number, "at": work.local(check.issued_at).isoformat(), "places": tree.path(check.place)}
        asked = len(await work.rows.checks.asked(check.id))
        lines.append({**line, "asked_number": asked, **Counter(newest.values())})
    return lines


async def _log(work: Work, event: Event) -> list[dict[str, Any]]:
    """Of the desks in his own area; the caller's telephone number stays out."""
    entries = [
        one
        for place in sorted({*event.desks, *event.own.places})
        for one in await work.rows.duty_log.entries(place, event.since, event.until)
    ]
    people = await work.rows.people.many({one.author for one in entries})
    return [
        {
            "at": work.local(one.heard_at).isoformat(),
            "caller": one.caller,
            "content": one.content,
            "proposal": one.proposal,
            "result": one.result,
            "by": people[one.author].name if one.author in people else "",
        }
        for one in entries
    ]
