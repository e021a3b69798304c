"""The holes of a rehearsal as a workbook: by village who can be reached and by which way, then person by person."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.calling import REACHES
from domain.channels import SideState
from domain.people import Person
from domain.places import PlaceCode, PlaceTree
from services.ledger_papers import XLSX
from services.papers import Bench, Made, Paper
from services.ports import Rehearsal, SideResult
from services.ports.papers import PaperJob
from services.rehearsal import seen_by, why_not
from services.supervision_papers import cell
from services.work import Work

VILLAGE_COLUMNS = (
    *(("township", "text"), ("village", "text"), ("asked", "number"), ("reached", "number"), ("ways", "text")),
    ("state", "text"),
)
PERSON_COLUMNS = (
    *(("township", "text"), ("village", "text"), ("name", "text"), ("phone", "id"), ("duties", "text")),
    *(("state", "text"), ("answered", "time"), ("elsewhere", "text"), ("call", "text")),
)
_TAKEN = frozenset({SideState.SENT})
_UNDER_WAY = frozenset({SideState.PENDING, SideState.SENDING, SideState.RETRY})


class ReachSheet(Paper):
    """args: rehearsal"""

    kind = "reach_sheet"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:
        await seen_by(work, person, int(args["rehearsal"]))

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        sheets, out = await bench.read(lambda work: _sheets(work, job)), bench.folder / "reach.xlsx"
        async with bench.printing("book:write", out) as under_way:
            await under_way.put({"sheets": [{"title": one["title"], "columns": one["columns"]} for one in sheets]})
            for number, one in enumerate(sheets):
                await under_way.put([number, one["rows"]])

        async def made(work: Work) -> Made:
            at = work.local(work.now)
            caption = work.words.text("rehearsal.sheet.caption", job.language, at=at)
            title = work.words.label("paper.title.reach_sheet", job.language)
            return Made(out, f"{title}{at:%Y%m%d}.xlsx", XLSX, caption)

        return await bench.read(made)


async def _sheets(work: Work, job: PaperJob) -> list[dict[str, Any]]:
    row = await work.rows.rehearsals.get(int(job.args["rehearsal"]))
    assert row is not None  # allow() has found it
    lang, lines = job.language, await _people(work, row, job.language)
    return [
        _sheet(work, "villages", VILLAGE_COLUMNS, _villages(work, lines, lang), lang),
        _sheet(work, "people", PERSON_COLUMNS, lines, lang),
    ]


def _sheet(
    work: Work, name: str, columns: Sequence[tuple[str, str]], lines: Sequence[Mapping[str, Any]], lang: str
) -> dict[str, Any]:
    label = work.words.label
    return {
        "title": label(f"rehearsal.sheet.{name}", lang),
        "columns": [{"title": label(f"rehearsal.column.{column}", lang), "kind": kind} for column, kind in columns],
        "rows": [[cell(line[column]) for column, _ in columns] for line in lines],
    }


async def _people(work: Work, row: Rehearsal, lang: str) -> list[dict[str, Any]]:
    owed = await work.rows.obligations.of_subject(row.subject)
    people = await work.rows.people.many({one.person_id for one in owed})
    calls, tree = await work.rows.rehearsals.calls_of(row.id), await work.tree()
    sides: dict[int, list[SideResult]] = {}
    for side in await work.rows.channels.of_subject(row.subject):
        if side.person_id is not None:
            sides.setdefault(side.person_id, []).append(side)
    lines = []
    for one in sorted(owed, key=lambda o: (o.place, o.person_id)):
        person, call = people[one.person_id], calls.get(one.person_id)
        if one.answered_at is not None:
            state, way = "late" if one.late else "heard", "message"
        elif call in REACHES:
            state, way = "phoned", "phone"
        else:
            state, way = why_not(person, call), ""
        lines.append(
            {
                **_place(tree, one.place),
                "place": one.place,
                "way": way,
                "name": person.name,
                "phone": person.phone,
                "duties": work.words.label(
                    "rehearsal.sheet.listed",
                    lang,
                    names=sorted({work.words.label(f"role.name.{post.role.value}", lang) for post in person.posts}),
                ),
                "state": work.words.label(f"rehearsal.state.{state}", lang),
                "answered": None if one.answered_at is None else work.local(one.answered_at),
                "elsewhere": _elsewhere(work, sides.get(person.id, ()), lang),
                "call": "" if call is None else work.words.label(f"rehearsal.call.{call.value}", lang),
            }
        )
    return lines


def _place(tree: PlaceTree, place: PlaceCode) -> dict[str, str]:
    village, township = tree.get(place), tree.township_of(place)
    return {
        "village": "" if village is None else village.name,
        "township": "" if township is None else township.name,
    }


def _elsewhere(work: Work, sides: Sequence[SideResult], lang: str) -> str:
    known = {one.name: one.label for one in work.policy.channels}
    said = []
    for one in sides:
        how = "taken" if one.state in _TAKEN else "under_way" if one.state in _UNDER_WAY else "failed"
        said.append(work.words.label(f"rehearsal.side.{how}", lang, channel=known.get(one.channel, one.channel)))
    return work.words.label("rehearsal.sheet.listed", lang, names=said) if said else ""


def _villages(work: Work, lines: Sequence[Mapping[str, Any]], lang: str) -> list[dict[str, Any]]:
    """A village whose people in charge nobody found stands out by its last column."""
    by_place: dict[str, list[Mapping[str, Any]]] = {}
    for line in lines:
        by_place.setdefault(line["place"], []).append(line)
    found = []
    for here in by_place.values():
        used = sorted({line["way"] for line in here if line["way"]})
        names = [work.words.label(f"rehearsal.way.{way}", lang) for way in used]
        found.append(
            {
                "township": here[0]["township"],
                "village": here[0]["village"],
                "asked": len(here),
                "reached": sum(bool(line["way"]) for line in here),
                "ways": work.words.label("rehearsal.sheet.listed", lang, names=names) if names else "",
                "state": work.words.label(f"rehearsal.village.{'reached' if used else 'nobody'}", lang),
            }
        )
    return found


REACH_SHEET = ReachSheet()
