"""The village's loudspeaker: what is read aloud about a warning, at most twenty seconds of it, and the same spoken by a
machine where one is installed.
"""

from domain.action_cards import EVERYBODY, family_of
from domain.errors import Stale
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Person, Role
from domain.places import PlaceCode
from domain.text import Button, Html, Rows
from services.ports import WarningRow
from services.work import Work

READERS = frozenset({Role.VILLAGE_HEAD, Role.EMERGENCY_OFFICER, Role.WARNER, Role.GRID_MEMBER})
"""to whom the text is offered"""
LONGEST = {"zh": 73, "en": 200}
"""characters that take about twenty seconds; our measure, not a rule"""


def loud_buttons(work: Work, row: WarningRow, person: Person) -> Rows:
    """Under the private question of whoever may have to read it."""
    if not person.holds(READERS):
        return ()
    return ((Button(work.words.label("loudspeaker.button", person.language), f"w:loud:{row.id}"),),)


async def script(work: Work, row: WarningRow, place: PlaceCode, lang: str) -> str:
    """The words for one place. As many actions as twenty seconds take; the warning itself is never shortened."""
    tree = await work.tree()
    here = tree.village_of(place) or tree.township_of(place) or tree.get(place)
    facts = {
        "kind": row.kind,
        "colour": row.colour.value,
        "exercise": row.exercise,
        "place": "" if here is None else here.name,
    }
    if row.state == "lifted":
        return work.words.label("loudspeaker.lifted", lang, **facts)
    if row.state != "active" or row.corrected:
        raise Stale("loudspeaker.gone")
    actions = work.words.actions(lang).of(family_of(row.kind), row.colour, EVERYBODY)
    times = {"until": work.local(row.expires), "now": work.local(work.now)}
    # Whom to turn to is left out before the last action is.
    shorter = [(count, True) for count in range(len(actions), 0, -1)] + [(1, False), (0, False)]
    for count, call in shorter:
        said = work.words.label("loudspeaker.warning", lang, actions=actions[:count], call=call, **facts, **times)
        if len(said) <= LONGEST.get(lang, LONGEST["zh"]):
            break
    return said


async def read_aloud(work: Work, person: Person, warning_id: int, key: str) -> Html:
    """The text for the person's own place; the recording follows by itself where a machine can speak. Raises Stale."""
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    said = await script(work, row, _place_of(work, person), person.language)
    await work.note("warning.loudspeaker_text", row.subject, person)
    if person.user_id is not None and person.reachable:
        await work.rows.outbox.put(
            Outgoing(
                key=f"{key}:voice",
                chat_id=person.user_id,
                person_id=person.id,
                kind=Kind.VOICE,
                lane=Lane.DIGEST,
                policy=Policy.AT_MOST_ONCE,
                subject=row.subject,
                speak=said,
                text=work.words.text("loudspeaker.voice", person.language),
                expires_at=row.expires if row.state == "active" else None,
            )
        )
    return work.words.card("loudspeaker", person.language, said=said)


def _place_of(work: Work, person: Person) -> PlaceCode:
    """The village post comes first: that is where the loudspeaker is."""
    ordered = sorted(person.posts, key=lambda post: (post.role not in READERS, -len(post.place), post.place))
    return ordered[0].place if ordered else work.county
