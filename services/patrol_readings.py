"""What was measured and ticked at a point: kept with the check-in, compared with the last figure and the threshold, and
told at once to the walker and to the desk where it is too much. What follows from a figure is decided by people."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from domain.checklists import Alarm, PointKind, Seen, alarms, kind_of, measure_of, take_reading
from domain.outgoing import Lane
from domain.patrols import Asking
from domain.people import Person
from domain.points import RiskPoint
from services.patrol_desk import duty_desk
from services.ports import CheckIn, PatrolTask
from services.work import Work


@dataclass(frozen=True, slots=True)
class Compared:
    reading: Decimal
    alarms: tuple[Alarm, ...]
    last: Decimal | None
    warning_level: Decimal | None


async def point_of(work: Work, task: PatrolTask) -> RiskPoint | None:
    return None if task.point_id is None else await work.rows.points.get(task.point_id)


async def kind_at(work: Work, task: PatrolTask) -> PointKind:
    point = await point_of(work, task)
    return PointKind.OTHER if point is None else kind_of(point.category)


async def with_reading(work: Work, task: PatrolTask, words: str) -> Seen:
    """ "正常 水位31.2": the figure in what was said beside the finding."""
    taken = take_reading(words, await kind_at(work, task)) if words else None
    return Seen() if taken is None or taken[0] is None else Seen(reading=taken[0])


async def keep_seen(work: Work, task: PatrolTask, row: CheckIn, seen: Seen, walker: Person) -> Compared | None:
    """Add to the check-in what was ticked and measured; the desk is told of a figure that is too much."""
    kind = await kind_at(work, task)
    measure = measure_of(kind) if seen.reading is not None else None
    words = " ".join(filter(None, (row.words, seen.words)))
    row = replace(row, items=seen.items, measure=measure, reading=seen.reading, stake=seen.stake, words=words)
    await work.rows.patrols.supplement(row.id, row)
    await work.rows.patrols.ask(task.id, Asking.NOTHING)
    if seen.reading is None or task.point_id is None:
        return None
    compared = await _compare(work, task, row)
    if compared is not None and compared.alarms:
        await _tell_desk(work, task, walker, row, compared)
    return compared


async def _compare(work: Work, task: PatrolTask, row: CheckIn) -> Compared | None:
    point = await point_of(work, task)
    if point is None or row.reading is None:
        return None
    before = await work.rows.patrols.last_reading(point.id, but=row.id)
    recent = timedelta(hours=work.policy.patrols.compare_hours)
    last = before.reading if before is not None and row.seen_at - before.seen_at <= recent else None
    rise = Decimal(str(work.policy.patrols.sharp_rise_metres))
    if kind_of(point.category) not in {PointKind.POND, PointKind.DIKE}:
        return Compared(row.reading, (), last, None)
    return Compared(row.reading, alarms(row.reading, point.warning_level, last, rise), last, point.warning_level)


async def _tell_desk(work: Work, task: PatrolTask, walker: Person, row: CheckIn, compared: Compared) -> None:
    point = await point_of(work, task)
    assert point is not None
    tree = await work.tree()
    for helper in await duty_desk(work, task.place):
        if helper.id == walker.id:
            continue
        text = work.words.text(
            "patrol.desk_level",
            helper.language,
            place=f"{tree.path(task.place)} {point.name}",
            level=format(compared.reading.normalize(), "f"),
            over=Alarm.OVER in compared.alarms,
            warning=_shown(compared.warning_level),
            sharp=Alarm.SHARP in compared.alarms,
            last=_shown(compared.last),
            name=walker.name,
            phone=walker.phone,
        )
        key = f"{task.subject}:level:{row.id}:{helper.id}"
        await work.tell(helper, key, text, subject=task.subject, lane=Lane.URGENT)
    await work.note("patrol.level", task.subject, walker, alarms=[one.value for one in compared.alarms])


def _shown(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


def alarm_facts(compared: Compared | None) -> dict[str, object]:
    """For the walker's own answer."""
    found = () if compared is None else compared.alarms
    return {
        "over": Alarm.OVER in found,
        "sharp": Alarm.SHARP in found,
        "level": "" if compared is None else _shown(compared.reading),
        "warning": "" if compared is None else _shown(compared.warning_level),
        "last": "" if compared is None else _shown(compared.last),
    }
