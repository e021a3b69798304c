"""What people see of a whistle: one live card with the buttons of whoever reads it; and how silence about it climbs."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from domain.obligations import Rung
from domain.outgoing import Lane
from domain.people import Action, Person, PersonId
from domain.text import Button, ButtonStyle, Html, Rows
from domain.whistles import Called, CallState, Whistle, WhistleState, latency
from services.casework import allowed, follow
from services.hazard_cards import hazard_facts
from services.ports import Obligation
from services.work import Work

_OVER = frozenset({WhistleState.REFUSED, WhistleState.ENDED})


async def is_officer(work: Work, person: Person, called: Called) -> bool:
    held = [post.department for who in (person, *await work.stood_in_for(person)) for post in who.posts]
    return called.department in held


async def whistle_facts(work: Work, whistle: Whistle, lang: str) -> dict[str, Any]:
    people = await work.rows.people.many(
        [one for one in (whistle.asked_by, whistle.confirmed_by, whistle.ended_by) if one is not None]
    )
    hazard = await work.rows.hazards.get(whistle.hazard_id)
    assert hazard is not None  # a foreign key
    asker, since, policy = people[whistle.asked_by], whistle.confirmed_at, work.policy.whistles
    facts = await hazard_facts(work, hazard, lang)
    place = (await work.tree()).get(whistle.place)
    return {
        **{name: facts[name] for name in ("number", "category", "place", "what", "households", "people", "nobody")},
        "township": "" if place is None else place.name,
        "state": whistle.state.value,
        "reason": whistle.reason,
        "asker": asker.name,
        "asker_phone": asker.phone,
        "leader": "" if whistle.confirmed_by is None else people[whistle.confirmed_by].name,
        "since": None if since is None else work.local(since),
        "due": None if since is None else work.local(since + timedelta(minutes=policy.report_minutes)),
        "assemble": None if since is None else work.local(since + timedelta(minutes=policy.assemble_minutes)),
        "on_site": None if whistle.on_site_at is None else work.local(whistle.on_site_at),
        "result": whistle.result,
        "lines": [_line(work, one, whistle) for one in await work.rows.supervision.called.of(whistle_id=whistle.id)],
    }


def _line(work: Work, called: Called, whistle: Whistle) -> dict[str, Any]:
    return {
        "department": called.department,
        "state": called.state.value,
        "words": called.words,
        "reported": None if called.reported_at is None else work.local(called.reported_at),
        "took": latency(called, whistle.confirmed_at),
        "arrived": None if called.arrived_at is None else work.local(called.arrived_at),
    }


async def whistle_buttons(work: Work, whistle: Whistle, person: Person) -> Rows:
    lang = person.language

    def one(act: str, of: Whistle | Called, style: ButtonStyle | None = None, **facts: object) -> Button:
        return Button(
            work.words.label(f"whistle.button.{act}", lang, **facts), f"wh:{act}:{of.id}:{of.version}", style=style
        )

    if whistle.state in _OVER:
        return ()
    if whistle.state is WhistleState.ASKED:
        if not await allowed(work, person, Action.CONFIRM_WHISTLE, whistle.place):
            return ()
        return ((one("confirm", whistle, ButtonStyle.DANGER), one("refuse", whistle)),)
    rows: list[tuple[Button, ...]] = []
    calls = await work.rows.supervision.called.of(whistle_id=whistle.id)
    for called in [each for each in calls if await is_officer(work, person, each)]:
        if called.state is CallState.WAITING:
            rows.append((one("sent", called, ButtonStyle.SUCCESS), one("going", called, ButtonStyle.SUCCESS)))
            rows.append((one("word", called), one("cannot", called)))
        elif called.state is CallState.REPORTED:
            rows.append((one("arrive", called, ButtonStyle.SUCCESS),))
        elif called.state is CallState.CANNOT:
            rows.append((one("sent", called), one("going", called)))
    if await allowed(work, person, Action.BLOW_WHISTLE, whistle.place):
        waiting = [each for each in calls if each.state is CallState.WAITING]
        rows += [(one("for", each, department=each.department),) for each in waiting]
        last = () if whistle.on_site_at is not None else (one("on_site", whistle),)
        rows.append((*last, one("end", whistle)))
    return tuple(rows)


async def draw_whistle(work: Work, whistle: Whistle, person: Person, heading: str = "") -> tuple[Html, Rows]:
    title = work.words.label(f"whistle.heading.{heading}", person.language) if heading else ""
    facts = await whistle_facts(work, whistle, person.language)
    card = work.words.card("whistle", person.language, heading=title, **facts)
    return card, await whistle_buttons(work, whistle, person)


async def show_whistle(work: Work, whistle: Whistle, person: Person, purpose: str, heading: str) -> bool:
    text, buttons = await draw_whistle(work, whistle, person, heading)
    key = f"{whistle.subject}:{purpose}:{person.id}"
    return await work.tell(person, key, text, subject=whistle.subject, buttons=buttons, lane=Lane.URGENT)


async def follow_whistle(work: Work, whistle: Whistle, but: Iterable[int] = ()) -> None:
    """Every card lives, also when it is a department and not the whistle itself that has moved."""
    calls = await work.rows.supervision.called.of(whistle_id=whistle.id)
    mark = sum(one.version for one in calls)
    skipped = [PersonId(one) for one in but]
    await follow(work, whistle, lambda person: draw_whistle(work, whistle, person), skipped, mark=f".{mark}")


class WhistleVoice:
    """services.ladder.Voice and Resolver for whistles: asked again, then whoever called, then the county's desk."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        if (whistle := await _open(work, owed)) is not None:
            what = owed.what.partition(".")[0]
            await show_whistle(work, whistle, person, f"{owed.what}:{owed.step}", f"remind_{what}")

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in {each.subject: each for each in owed}.values():
            if (whistle := await _open(work, one)) is not None:
                what = one.what.partition(".")[0]
                stamp = int(work.now.timestamp())
                await show_whistle(work, whistle, person, f"again{stamp}", f"remind_{what}")

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        if (whistle := await _open(work, owed[0])) is not None:
            what = owed[0].what
            await show_whistle(work, whistle, to, f"{what}:up:{rung.value}", f"up_{what.partition('.')[0]}")

    async def resolve(self, work: Work, rung: Rung, owed: Obligation) -> list[Person] | None:
        """CHECKER is whoever called."""
        whistle = await _open(work, owed)
        if rung is not Rung.CHECKER or whistle is None:
            return None
        return list((await work.rows.people.many([whistle.asked_by])).values())


async def _open(work: Work, owed: Obligation) -> Whistle | None:
    whistle = await work.rows.supervision.whistles.get(int(owed.subject.partition(":")[2]))
    return None if whistle is None or whistle.state in _OVER else whistle
