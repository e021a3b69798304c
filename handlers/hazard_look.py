"""A hazard looked at: 看详情 with its whole history, pictures and recordings, for those it concerns; its state for
whoever reported it.
"""

from collections.abc import Mapping

from domain.errors import NotAllowed, Stale
from domain.hazards import Grade, Move, Verification
from domain.people import Person
from domain.text import Button, ButtonStyle, Rows
from handlers.scene import Scene
from handlers.supervision import supervision_row
from messages.keyboards import stacked
from services.hazard_cards import buttons_for, hazard_facts, send_photos, send_recordings
from services.hazard_desk import concerns, moves_of, reported_by, sees_reporter
from services.ports import HazardEvent, HazardRow

REASONS = ("fine", "no_hazard", "not_found")
"""why something reported is 不属实"""


async def see(scene: Scene) -> None:
    """看详情: the whole history, pictures and recordings, for those it concerns."""
    row = await scene.work.rows.hazards.get(scene.number())
    user_id = scene.incoming.user_id
    if row is None or user_id is None:
        raise Stale("refused.stale")
    person = scene.person
    facts = await hazard_facts(scene.work, row, scene.lang, person)
    if person is None or not await concerns(scene.work, person, row):
        if not await reported_by(scene.work, user_id, row):
            raise NotAllowed("refused.no_right")
        await scene.say(scene.card("hazard_mine", **facts), subject=row.subject)
        return
    text = scene.card("hazard_detail", history=await _history(scene, row), **facts)
    await scene.say(
        text,
        stacked(
            await buttons_for(scene.work, row, person),
            await _grades(scene, row),
            await supervision_row(scene, row),
        ),
    )
    key = scene.next_key()
    await send_photos(scene.work, row, scene.incoming.chat_id, scene.lang, key)
    await send_recordings(scene.work, row, await scene.work.rows.hazards.reports_of(row.id), person, key)


async def _grades(scene: Scene, row: HazardRow) -> Rows:
    moves = await moves_of(scene.work, scene.known(), row)
    same = Button(scene.label("hazard.button.same"), f"h:same:{row.id}:{row.version}")
    merging: Rows = ((same,),) if Move.MERGE in moves else ()
    if Move.GRADE not in moves:
        return merging
    return (
        *merging,
        tuple(
            Button(
                scene.label(f"hazard.button.{one.value}"),
                f"h:grade:{row.id}:{row.version}:{one.value}",
                style=ButtonStyle.DANGER if one is Grade.MAJOR else None,
            )
            for one in (Grade.MAJOR, Grade.MINOR)
            if one is not row.grade
        ),
    )


async def _history(scene: Scene, row: HazardRow) -> list[dict[str, object]]:
    events = await scene.work.rows.hazards.events_of(row.id)
    people = await scene.work.rows.people.many({one.author for one in events if one.author is not None})
    first = (await scene.work.rows.hazards.reports_of(row.id))[0]
    hidden = first.unnamed and not await sees_reporter(scene.work, scene.person, row)
    stranger = scene.label("hazard.somebody") if hidden else first.name
    return [
        {
            "at": scene.work.local(one.at),
            "move": scene.label(f"hazard.move.{one.move}"),
            "who": _author(scene, one, people, stranger),
            "words": _words(scene, one.facts),
        }
        for one in events
    ]


_BY_REPORTERS = frozenset({"report", Move.SUPPLEMENT, Move.REOPEN})


def _author(scene: Scene, event: HazardEvent, people: Mapping[int, Person], stranger: str) -> str:
    if event.author is not None:
        return people[event.author].name
    return stranger if event.move in _BY_REPORTERS else scene.label("hazard.by_itself")


def _words(scene: Scene, facts: Mapping[str, object]) -> str:
    """What was said with a move: a reason, a measure, a department."""
    reason = facts.get("reason")
    if isinstance(reason, str) and reason in REASONS:
        return scene.label(f"hazard.reason.{reason}")
    if (marked := facts.get("mark")) is not None:
        return scene.label(f"hazard.marked.{marked}_{'on' if facts.get('on') else 'off'}")
    verified = facts.get("verified")
    if isinstance(verified, str) and verified in set(Verification):
        return scene.label(f"hazard.verified.{verified}")
    return next((str(facts[key]) for key in ("reason", "words", "measure", "department", "into") if facts.get(key)), "")
