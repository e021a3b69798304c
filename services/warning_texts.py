"""The facts a warning's texts need, gathered once, and its buttons."""

from collections.abc import Iterable
from typing import Any

from domain.action_cards import EVERYBODY, family_of
from domain.colours import Colour
from domain.people import RIGHTS, Action, Person
from domain.places import Level, PlaceCode, PlaceTree
from domain.text import Button, ButtonStyle, Rows
from services.ports import WarningRow
from services.work import Work

NAMED = 20
"""so many places are named in a post; the rest is counted"""


def place_names(tree: PlaceTree, places: Iterable[PlaceCode]) -> tuple[list[str], int]:
    """Names of the places as stated, higher ones first, and how many more there are. The whole county is one name
    with its townships counted at this moment."""
    known = [place for code in sorted(places, key=lambda c: (len(c), c)) if (place := tree.get(code)) is not None]
    names = [tree.path(p.code) if p.level in {Level.VILLAGE, Level.GRID} else p.name for p in known]
    return names[:NAMED], max(0, len(names) - NAMED)


def townships_if_whole_county(tree: PlaceTree, places: Iterable[PlaceCode]) -> int:
    """How many townships the county has when all of it is meant, else 0."""
    for code in places:
        place = tree.get(code)
        if place is not None and place.level is Level.COUNTY:
            return len(tree.townships_within(code))
    return 0


async def post_facts(work: Work, row: WarningRow) -> dict[str, Any]:
    """The eight elements of a warning (kind, level, begin, area, validity, matter, measures, issuer) and its number."""
    tree = await work.tree()
    names, more = place_names(tree, row.places)
    return {
        "id": row.id,
        "number": row.number,
        "kind": row.kind,
        "colour": row.colour.value,
        "colour_conflict": row.colour_conflict,
        "issuer": row.issuer,
        "headline": row.headline,
        "body": row.text,
        "instruction": row.instruction,
        "begins": work.local(row.onset or row.sent),
        "issued": work.local(row.sent),
        "expires": work.local(row.expires),
        "expires_assumed": row.expires_assumed,
        "places": names,
        "more_places": more,
        "townships": townships_if_whole_county(tree, row.places),
        "advice": () if row.instruction else work.words.actions().of(family_of(row.kind), row.colour, EVERYBODY),
        "exercise": row.exercise,
        "composed": row.composed_by is not None,
        "ack_link": work.link(f"a_{row.id}"),
        "remark": None,
        "relays": (),
    }


def actions_for(work: Work, row: WarningRow, person: Person) -> tuple[str, ...]:
    """What his posts do now: at most four actions, for the private question."""
    roles = [post.role for post in person.posts]
    return work.words.actions(person.language).for_roles(family_of(row.kind), row.colour, roles)


def ask_buttons(work: Work, warning_id: int, lang: str) -> Rows:
    label = work.words.label
    return (
        (Button(label("warning.button.received", lang), f"w:ack:{warning_id}", style=ButtonStyle.SUCCESS),),
        (
            Button(label("warning.button.need_help", lang), f"w:help:{warning_id}", style=ButtonStyle.DANGER),
            Button(label("warning.button.report", lang), url=work.link("h")),
        ),
    )


def post_buttons(work: Work, row: WarningRow, *, township: bool = False) -> Rows:
    """Under a group's post. A township's group passes on what does not go to the villages by itself."""
    label = work.words.label
    rows: Rows = (
        (Button(label("warning.button.received"), f"w:ack:{row.id}", style=ButtonStyle.SUCCESS),),
        (
            Button(label("warning.button.missing"), f"w:missing:{row.id}"),
            Button(label("warning.button.report"), url=work.link("h")),
        ),
    )
    if not township or row.colour in work.policy.warnings.straight_down:
        return rows
    pass_on = Button(label("relay.button.pass_on"), f"w:relay:{row.id}", style=ButtonStyle.PRIMARY)
    return (*rows, (pass_on, Button(label("relay.button.remark"), url=work.link(f"r_{row.id}"))))


def relay_buttons(work: Work, row: WarningRow, person: Person) -> Rows:
    """The same in the private chat of somebody who may."""
    if row.colour in work.policy.warnings.straight_down or not person.holds(RIGHTS[Action.RELAY_WARNING]):
        return ()
    label = work.words.label
    pass_on = Button(label("relay.button.pass_on", person.language), f"w:relay:{row.id}")
    return ((pass_on, Button(label("relay.button.remark", person.language), f"w:remark:{row.id}")),)


def correct_buttons(work: Work, row: WarningRow, lang: str) -> Rows:
    """Under what tells an officer that a grave warning is out: the way to take it back."""
    if row.colour < Colour.ORANGE:
        return ()
    return ((Button(work.words.label("second.button.wrong", lang), f"w:wrong:{row.id}"),),)


def over_of(row: WarningRow) -> str:
    """How it ended, as the posts say it; nothing while it is in force."""
    if row.corrected:
        return "corrected"
    return row.state if row.state in {"superseded", "lifted", "expired"} else ""


async def next_number(work: Work) -> str:
    """The county's own running number of the year, as 2026-017: what people quote on the phone."""
    year = work.local(work.now).year
    return f"{year}-{await work.rows.counters.next(f'warning:{year}'):03d}"


async def issuer_name(work: Work, officer: Person) -> str:
    """The body an officer speaks for: his place's headquarters, as people know it."""
    tree = await work.tree()
    places = [p.place for p in officer.posts if tree.get(p.place) is not None]
    highest = tree.get(min(places, key=len)) if places else None
    if highest is None:
        return officer.name
    key = "warning.issuer.county" if highest.level is Level.COUNTY else "warning.issuer.township"
    return work.words.label(key, place=highest.name)
