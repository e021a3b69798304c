"""Rows of storage/checks.py as services see them, and a draw as JSON."""

from datetime import datetime
from typing import Any

from domain.checks import CheckState, Draw, Exclusion, Manner, Reason, Result, Topic, Why
from domain.obligations import Channel
from domain.people import PersonId, Role
from domain.places import PlaceCode
from services.ports.checks import AskedRow, CheckEntry, CheckRow, VerdictRow


def draw_json(made: Draw) -> dict[str, Any]:
    """The seed as hex digits: JSON has no 64-bit integers that every reader keeps."""
    return {
        "seed": f"{made.seed:016x}",
        "size": made.size,
        "pool": list(made.pool),
        "excluded": [
            [person, one.why.value, None if one.at is None else one.at.isoformat()]
            for person, one in sorted(made.excluded.items())
        ],
        "spent": list(made.spent),
        "chosen": list(made.chosen),
    }


def _draw(record: dict[str, Any]) -> Draw:
    return Draw(
        seed=int(record["seed"], 16),
        size=record["size"],
        pool=tuple(record["pool"]),
        excluded={
            person: Exclusion(Why(why), None if at is None else datetime.fromisoformat(at))
            for person, why, at in record["excluded"]
        },
        spent=tuple(record["spent"]),
        chosen=tuple(record["chosen"]),
    )


def check(row: Any) -> CheckRow:
    return CheckRow(
        id=row.id,
        number=row.number,
        issued_by=PersonId(row.issued_by),
        issued_at=row.issued_at,
        topic=Topic(row.topic),
        question=row.question,
        manner=Manner(row.manner),
        place=PlaceCode(row.place),
        roles=tuple(Role(role) for role in row.roles),
        department=row.department,
        draw=None if row.draw is None else _draw(row.draw),
        due_at=row.due_at,
        phone_at=row.phone_at,
        state=CheckState(row.state),
        overview_key=row.overview_key,
        revision=row.revision,
        daily_id=row.daily_id,
    )


def asked(row: Any) -> AskedRow:
    return AskedRow(
        check_id=row.check_id,
        person_id=PersonId(row.person_id),
        place=PlaceCode(row.place),
        role=Role(row.role),
        standing_in_for=None if row.standing_in_for is None else PersonId(row.standing_in_for),
        question_key=row.question_key,
        topic=None if row.topic is None else Topic(row.topic),
        facts=None if row.facts is None else tuple(row.facts),
    )


def entry(row: Any) -> CheckEntry:
    return CheckEntry(
        id=row.id,
        check_id=row.check_id,
        person_id=PersonId(row.person_id),
        kind=row.kind,
        at=row.at,
        by=PersonId(row.author),
        channel=Channel(row.channel),
        late=row.late,
        text=row.text,
        codes=tuple(row.codes),
        file_id=row.file_id,
        seconds=row.seconds,
        lat=row.lat,
        lon=row.lon,
        vouched=row.vouched,
        metres=row.metres,
        live_message=row.live_message,
        nearest=row.nearest,
    )


def verdict(row: Any) -> VerdictRow:
    return VerdictRow(
        check_id=row.check_id,
        person_id=PersonId(row.person_id),
        version=row.version,
        result=Result(row.result),
        reasons=tuple(Reason(reason) for reason in row.reasons),
        other=row.other,
        by=PersonId(row.author),
        at=row.at,
        upheld=row.upheld,
        leave_missing=row.leave_missing,
    )
