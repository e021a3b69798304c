"""A hazard comes in: from anybody, in his own words, as a new line of the ledger or beside one that is known."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.answers import Headcount
from domain.geometry import Point
from domain.hazards import ALIVE, Category, Move, is_suspected
from domain.papers import PhotoRole
from domain.people import Person
from domain.places import PlaceCode
from services.hazard_cards import follow, send_recordings, show_card
from services.hazard_desk import desk_of
from services.hazard_moves import put_before_desk
from services.hazard_where import locate
from services.hazard_writing import write
from services.listening import put_before_engine
from services.patrols import became_hazard
from services.photos import want
from services.ports import HazardReport, HazardRow
from services.work import Work


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reports. A stranger is an account and the name it shows."""

    user_id: int
    person: Person | None
    name: str
    language: str
    private: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody reports. The place as chosen, or in words, or as a position; `same_as` an open hazard."""

    category: Category
    place: PlaceCode | None = None
    place_words: str = ""
    spot: Point | None = None
    point_id: int | None = None
    """of the register of risk points"""
    found_at: datetime | None = None
    """when it was seen, where that was earlier"""
    what: str = ""
    voice: str = ""
    seconds: int = 0
    threatened: Headcount = field(default_factory=Headcount)
    photos: tuple[str, ...] = ()
    task_id: int | None = None
    same_as: int | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    row: HazardRow
    joined: bool
    """it became one more report of a hazard that was known"""


async def report_hazard(work: Work, by: Reporter, told: Told) -> Reported:
    """Anybody may. A new line in the ledger with its own number, or a supplement to one that is still open."""
    if told.same_as is not None:
        known = await work.rows.hazards.get(told.same_as)
        if known is not None and known.state in ALIVE:
            return Reported(await _supplement(work, known, by, told), joined=True)
    place, guessed = await locate(work, by.person, told.place, told.place_words, told.spot)
    number = await work.rows.counters.next(f"hazard:{work.local(work.now).year}")
    row = HazardRow(
        id=0,
        number=f"{work.local(work.now).year}-{number:04d}",
        category=told.category,
        place=place,
        place_words=told.place_words,
        place_guessed=guessed,
        what=told.what,
        households=told.threatened.households,
        people=told.threatened.people,
        suspected=is_suspected(told.category, told.threatened, told.what),
        created_at=work.now,
        lat=None if told.spot is None else told.spot.lat,
        lon=None if told.spot is None else told.spot.lon,
        point_id=told.point_id,
        found_at=told.found_at,
    )
    row = await work.rows.hazards.add(row, _report(work, by, told, 0))
    await want(work, row.subject, told.photos, PhotoRole.BEFORE)
    await put_before_engine(work, row.subject, told.voice, told.seconds)
    await work.note("hazard.reported", row.subject, by.person, category=row.category.value, place=row.place)
    await _tie_patrol(work, row, by, told)
    await put_before_desk(work, row, "new")
    return Reported(row, joined=False)


def _report(work: Work, by: Reporter, told: Told, hazard_id: int) -> HazardReport:
    return HazardReport(
        id=0,
        hazard_id=hazard_id,
        at=work.now,
        user_id=by.user_id,
        person_id=None if by.person is None else by.person.id,
        name=by.name,
        language=by.language,
        private=by.private,
        what=told.what,
        voice=told.voice,
        seconds=told.seconds,
        photos=told.photos,
        unnamed=by.person is None,
        households=told.threatened.households,
        people=told.threatened.people,
    )


async def _tie_patrol(work: Work, row: HazardRow, by: Reporter, told: Told) -> None:
    if told.task_id is not None:
        await became_hazard(work, told.task_id, row.id, by.person)


def known_of_point(
    category: Category,
    place: PlaceCode,
    *,
    point_id: int | None = None,
    what: str = "",
    task_id: int | None = None,
    found_at: datetime | None = None,
) -> dict[str, object]:
    """What the dialogue need not ask: a patroller stood at the point and said what he saw. Two answers are left."""
    known = {"category": category.value, "place": place, "point": point_id, "task": task_id}
    known |= {"what": what if len(what) > 1 else None, "found_at": None if found_at is None else found_at.isoformat()}
    return {key: value for key, value in known.items() if value is not None}


async def _supplement(work: Work, row: HazardRow, by: Reporter, told: Told) -> HazardRow:
    """The numbers of the first report stay as they were told; what is new stands beside them."""
    suspected = row.suspected or is_suspected(told.category, told.threatened, told.what)
    report = await work.rows.hazards.add_report(_report(work, by, told, row.id))
    await want(work, row.subject, told.photos, PhotoRole.BEFORE)
    await put_before_engine(work, row.subject, told.voice, told.seconds)
    moved = await write(work, row, Move.SUPPLEMENT, by.person, {"report": report.id}, suspected=suspected)
    await _tie_patrol(work, row, by, told)
    for person in await desk_of(work, moved):
        await show_card(work, moved, person, f"more{moved.version}", heading="more", words=told.what)
        await send_recordings(work, moved, [report], person, "more")
    await follow(work, moved)
    return moved
