"""Who may read which part of a ledger, and its lines in words: what sheets and lists share."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.errors import NotAllowed
from domain.hazards import ALIVE, Category, Grade, HazardState
from domain.ledger import DISASTER_OF, FIELDS, NOT_BY_DEFAULT, WIDTHS, LedgerFilter
from domain.ledger_policy import LedgerColumn
from domain.ledger_words import Known, read_wish
from domain.people import RIGHTS, Action, Person, Reach
from domain.phones import last_four
from domain.places import PlaceCode, is_within
from services.ports.hazards import HazardRow
from services.ports.ledger import HazardLine, PatrolLine
from services.work import Work


async def scope(work: Work, person: Person | None, action: Action) -> LedgerFilter:
    """What of the ledgers this person may have, whoever he stands in for included. Raises NotAllowed."""
    places: list[PlaceCode] = []
    departments: list[tuple[PlaceCode, str]] = []
    for who in () if person is None else (person, *await work.stood_in_for(person)):
        for post in who.posts:
            reach = RIGHTS[action].get(post.role)
            if reach is Reach.AREA:
                places.append(post.place)
            elif reach is Reach.DEPARTMENT and post.department:
                departments.append((post.place, post.department))
    if places:
        return LedgerFilter(places=tuple(dict.fromkeys(places)))
    if departments:
        place, department = departments[0]
        return LedgerFilter(places=(place,), department=department, owns=owned_by(work, department))
    raise NotAllowed("refused.no_right")


def owned_by(work: Work, department: str) -> frozenset[Category]:
    return frozenset(one for one in Category if department in work.policy.hazards.owners_of(one))


_NOWHERE = (PlaceCode("-"),)


def narrowed(work: Work, own: LedgerFilter, wanted: LedgerFilter) -> LedgerFilter:
    """Never more than is one's own: of the places asked for what lies inside, of the departments one's own."""
    inside = tuple(place for place in wanted.places if any(is_within(place, one) for one in own.places))
    within = tuple(one for one in own.places if any(is_within(one, place) for place in wanted.places))
    places = (inside + within or _NOWHERE) if wanted.places else own.places
    department = own.department or wanted.department
    if own.department and wanted.department not in {"", own.department}:
        places = _NOWHERE
    owns = owned_by(work, department) if department else frozenset()
    return replace(wanted, places=tuple(dict.fromkeys(places)), department=department, owns=owns)


async def wish_of(work: Work, words: str, lang: str) -> LedgerFilter:
    """What somebody typed, read with the words of his language."""
    label = work.words.label
    states = {label(f"hazard.state.{state.value}", lang): frozenset({state}) for state in HazardState}
    known = Known(
        tree=await work.tree(),
        county=work.county,
        states=states,
        grades={label(f"ledger.grade.{grade.value}", lang): grade for grade in Grade},
        departments={owner for one in Category for owner in work.policy.hazards.owners_of(one)},
        overdue=label("ledger.span.overdue", lang),
        this_year=label("ledger.span.year", lang),
        open=label("ledger.span.open", lang),
    )
    return read_wish(words, known, work.local(work.now))


# -- columns and lines ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of one ledger as the county wants them."""

    columns: tuple[LedgerColumn, ...]
    heads: tuple[dict[str, Any], ...]

    def values(self, facts: Mapping[str, Any]) -> list[Any]:
        return [facts.get(one.field) if one.field else one.text for one in self.columns]


def _heading(work: Work, ledger: str, field: str, lang: str) -> str:
    match ledger:
        case "points":
            return work.words.label(f"ledger.point.{field}", lang)
        case "letters":
            return work.words.label(f"letter.column.{field}", lang)
    return work.words.label(f"ledger.column.{field}", lang)


def sheet_of(work: Work, ledger: str, lang: str) -> Sheet:
    fields = FIELDS[ledger]
    columns: tuple[LedgerColumn, ...] = getattr(work.policy.ledger, ledger)
    if not columns:
        columns = tuple(LedgerColumn(field=name) for name in fields if name not in NOT_BY_DEFAULT)
    heads = tuple(
        {
            "title": one.title or _heading(work, ledger, one.field, lang),
            "kind": fields[one.field].value if one.field else "text",
            "width": one.width or (None if one.title else WIDTHS.get(one.field)),
        }
        for one in columns
    )
    return Sheet(columns, heads)


async def hazard_facts(work: Work, line: HazardLine, lang: str) -> dict[str, Any]:
    """Every field of F6 that is known of a hazard; what is not known stays empty and is never nil."""
    row, label = line.row, work.words.label
    return {
        **await place_facts(work, row.place),
        "number": row.number,
        "found_at": work.local(row.found_at or row.created_at).isoformat(),
        "reported_at": work.local(row.created_at).isoformat(),
        "point": line.point,
        "point_number": line.point_number,
        "consequence": row.consequence,
        "spot": row.place_words,
        "category": label(f"report_hazard.category.choice.{row.category.value}", lang),
        "category_code": row.category.value,
        "disaster": label(f"ledger.disaster.{DISASTER_OF[row.category].value}", lang),
        "trade": trade_of(work, row, lang),
        "what": row.what,
        "grade": label(f"ledger.grade.{row.grade.value}", lang),
        "households": row.households,
        "people": row.people,
        "state": label(f"hazard.state.{row.state.value}", lang),
        "unit": row.unit,
        "assignee": line.assignee,
        "assignee_phone": shown_phone(work, line.assignee_phone),
        "measure": row.measure,
        "treatment": "" if row.treatment is None else label(f"hazard.treatment.{row.treatment.value}", lang),
        "fund": row.fund,
        "interim": row.interim,
        "due": None if row.due_at is None else work.local(row.due_at).date().isoformat(),
        "overdue": label("ledger.yes", lang) if is_overdue(work, row) else "",
        "extensions": row.extensions or None,
        "listed": label("ledger.yes", lang) if row.listed else "",
        "reporter": line.reporter or label("ledger.public", lang),
        "taken_by": line.taken_by,
        "fixed_by": line.fixed_by,
        "recheck_by": line.recheck_by,
        "closed_by": line.closed_by,
        "closed_how": label(f"hazard.verified.{line.closed_how}", lang) if line.closed_how else "",
        "closed_at": None if row.closed_at is None else work.local(row.closed_at).isoformat(),
        "lat": row.lat,
        "lon": row.lon,
    }


async def patrol_facts(work: Work, line: PatrolLine, lang: str) -> dict[str, Any]:
    label = work.words.label
    yes = label("ledger.yes", lang)
    return {
        **await place_facts(work, PlaceCode(line.place)),
        "seen_at": work.local(line.seen_at).isoformat(),
        "said_at": work.local(line.said_at).isoformat(),
        "patroller": line.patroller,
        "recorder": line.recorder,
        "phase": label(f"patrol.phase.{line.phase}", lang),
        "finding": label(f"patrol.state.{line.finding}", lang),
        "hindrance": label(f"patrol.hindrance.{line.hindrance}", lang) if line.hindrance else "",
        "words": line.words,
        "late": yes if line.late else "",
        "filled_in": yes if line.filled_in else "",
        "hazard": line.hazard,
    }


async def place_facts(work: Work, code: PlaceCode) -> dict[str, Any]:
    tree = await work.tree()
    township, village, place = tree.township_of(code), tree.village_of(code), tree.get(code)
    below = place.name if place is not None and village is not None and place.code != village.code else ""
    return {
        "township": "" if township is None else township.name,
        "village": ("" if village is None else village.name) + below,
        "place_code": code,
    }


def trade_of(work: Work, row: HazardRow, lang: str) -> str:
    """Whose trade it is: the department it was passed to, else the first that owns its category."""
    owners = (row.department,) if row.department else work.policy.hazards.owners_of(row.category)
    return owners[0] if owners else work.words.label("ledger.township_itself", lang)


def shown_phone(work: Work, phone: str) -> str:
    """A roster's number stands in sheets by its last digits, unless the county wants all of it."""
    if not phone or work.policy.ledger.full_phones:
        return phone
    return f"*******{last_four(phone)}"


def is_overdue(work: Work, row: HazardRow) -> bool:
    return row.due_at is not None and row.state in ALIVE and row.due_at < work.now
