"""The duty officer places a held notice: the whole county or single townships by toggles, villages by name. What he has
ticked so far is kept for him alone, until he lets it out.
"""

from domain.errors import Stale
from domain.people import Action, Person
from domain.places import PlaceCode, PlaceTree, ancestors
from domain.text import Button, ButtonStyle, Html, Rows
from domain.warnings import Reason
from services.ports import WarningRow
from services.warning_texts import place_names, post_facts
from services.work import Work

WITHOUT_PLACE = frozenset({Reason.NO_AREA.value, Reason.AREA_NOT_FOUND.value})
"""here an area has to be chosen before it can go out"""
TO_BE_PLACED = WITHOUT_PLACE | {Reason.TOO_MANY_PLACES.value}
_PAGE = 16
_PER_ROW = 2


async def toggle(work: Work, officer: Person | None, warning_id: int, code: str) -> WarningRow:
    """One tick more or less. The whole county and single townships exclude each other. Raises NotAllowed or Stale."""
    officer = await work.require(officer, Action.RELEASE_HELD_WARNING, work.county)
    row = await held_row(work, warning_id)
    tree = await work.tree()
    place = tree.get(PlaceCode(code))
    if place is None:
        raise Stale("refused.stale")
    ticked = set(await work.rows.warnings.draft(row.id, officer.id))
    if place.code in ticked:
        ticked.discard(place.code)
    else:
        above, below = set(ancestors(place.code)), {p.code for p in tree.descendants(place.code)}
        ticked = {one for one in ticked if one not in above and one not in below} | {place.code}
    await work.rows.warnings.save_draft(row.id, officer.id, ticked)
    return row


async def held_row(work: Work, warning_id: int) -> WarningRow:
    row = await work.rows.warnings.get(warning_id)
    if row is None or row.state != "held":
        raise Stale("warning.held.decided")
    return row


async def held_card(work: Work, row: WarningRow, person: Person, reason: str) -> Html:
    """The notice, why it is held, what else is doubtful about it, and what the officer has ticked."""
    tree = await work.tree()
    chosen, more = place_names(tree, await work.rows.warnings.draft(row.id, person.id))
    doubts = [work.words.label(f"held.doubt.{doubt}", person.language) for doubt in row.evidence.doubts]
    return work.words.card(
        "warning_held",
        person.language,
        reason=reason,
        reason_text=work.words.label(f"warning.held.reason.{reason}", person.language),
        doubts=doubts,
        chosen=chosen,
        more_chosen=more,
        **await post_facts(work, row),
    )


async def area_buttons(work: Work, row: WarningRow, person: Person, page: int = 0) -> Rows:
    """[全县], the townships as toggles, villages by name, then out or not."""
    tree, lang, label = await work.tree(), person.language, work.words.label
    ticked = await work.rows.warnings.draft(row.id, person.id)
    everywhere = _toggle(row, label("warning.held.release_county", lang), work.county, ticked)
    townships = [_toggle(row, place.name, place.code, ticked) for place in tree.townships_within(work.county)]
    last = max(0, (len(townships) - 1) // _PAGE)
    page = min(max(0, page), last)
    shown = townships[page * _PAGE : (page + 1) * _PAGE]
    rows = [(everywhere,)] + [tuple(shown[i : i + _PER_ROW]) for i in range(0, len(shown), _PER_ROW)]
    if last:
        turns = [(page - 1, "button.previous_page"), (page + 1, "button.next_page")]
        found = [Button(label(key, lang), f"w:areas:{row.id}:{to}") for to, key in turns if 0 <= to <= last]
        rows.append(tuple(found))
    rows.append((Button(label("held.button.villages", lang), f"w:villages:{row.id}"),))
    out = Button(label("warning.held.release", lang), f"w:release:{row.id}", style=ButtonStyle.DANGER)
    rows.append((out, Button(label("warning.held.refuse", lang), f"w:refuse:{row.id}")))
    return tuple(rows)


def _toggle(row: WarningRow, name: str, code: PlaceCode, ticked: frozenset[PlaceCode]) -> Button:
    return Button(f"{'☑ ' if code in ticked else ''}{name}", f"w:area:{row.id}:{code}")


def village_choices(tree: PlaceTree, county: PlaceCode, search: str) -> list[tuple[PlaceCode, str]]:
    return [(hit.code, tree.path(hit.code)) for hit in tree.find_by_name(search, within=county)]
