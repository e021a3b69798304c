"""演练: a leader opens one, a human or the clock begins and ends it, a real warning breaks it off.

While it runs the same engine plays what its organiser starts in it. What keeps it apart is in storage/drill_scope.py,
what is made of it afterwards in services/drill_record.py.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.action_cards import Family
from domain.drills import Content, Drill, DrillForm, DrillState
from domain.errors import DomainError, Stale
from domain.outgoing import Lane, Outgoing, Policy
from domain.people import Action, Person, PersonId, PersonStatus
from domain.places import PlaceCode, ancestors, is_within
from services.drill_closing import close_things
from services.drill_record import send_record
from services.drill_words import drill_facts, panel_buttons
from services.work import Work

_WOUND_UP = "drill_wound_up"
_UNTIL_WOUND_UP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DrillWish:
    """What a leader wants."""

    place: PlaceCode
    kind: Family
    form: DrillForm
    contents: tuple[Content, ...]
    blind: bool
    starts_at: datetime
    ends_at: datetime
    reason: str
    script: str = ""
    upward: bool = False
    elsewhere: bool = False


async def open_drill(work: Work, person: Person | None, wish: DrillWish) -> Drill:
    """Begun at once where its time has come. Raises NotAllowed, and DomainError where something real is on, another one
    lies over it, or its times are none."""
    person = await work.require(person, Action.RUN_DRILL, wish.place)
    longest = work.policy.drills.longest_hours
    starts = max(wish.starts_at, work.now)
    if wish.ends_at <= starts or wish.ends_at - starts > timedelta(hours=longest):
        raise DomainError("drill.refused.times", longest=longest)
    for other in await work.rows.drills.open():
        if other.touches(wish.place) and other.starts_at < wish.ends_at and starts < other.ends_at:
            if other.blind and other.opened_by != person.id:
                raise DomainError("drill.refused.not_then")  # he may be one of those whom it is to surprise
            raise DomainError("drill.refused.another", ends=work.local(other.ends_at))
    if starts <= work.now and (why := await in_earnest(work, wish.place)):
        raise DomainError("drill.refused.in_earnest", what=why)
    drill = await work.rows.drills.add(
        Drill(
            id=0,
            place=wish.place,
            kind=wish.kind,
            form=wish.form,
            contents=wish.contents,
            blind=wish.blind,
            reason=wish.reason,
            script=wish.script,
            starts_at=starts,
            ends_at=wish.ends_at,
            opened_by=person.id,
            opened_at=work.now,
            upward=wish.upward,
            elsewhere=wish.elsewhere,
        )
    )
    await work.note("drill.opened", drill.subject, person, place=drill.place, blind=drill.blind)
    await _enrol(work, drill)
    if starts <= work.now:
        return await _begin(work, drill)
    if not drill.blind:
        await _post(work, drill, "planned")
    return drill


async def in_earnest(work: Work, place: PlaceCode) -> str:
    """What is really on there and leaves no room for a drill; "" where nothing is."""
    with work.rows.drills.inside(None):
        for row in await work.rows.warnings.active(work.now):
            if not row.exercise and row.colour >= work.policy.drills.breaks_at and _touches(row.places, place):
                return row.number
        for period in await work.rows.responses.active():
            if period.touches(place):
                return period.number
    return ""


def _touches(places: Collection[PlaceCode], place: PlaceCode) -> bool:
    return any(is_within(one, place) or is_within(place, one) for one in places)


async def _enrol(work: Work, drill: Drill) -> None:
    """Everybody with a post there takes part, and the groups of these places; what lies above only where it was wanted.
    A double-blind one tells nobody."""
    tree = await work.tree()
    codes = {drill.place, *(one.code for one in tree.descendants(drill.place))}
    if drill.upward:
        codes |= set(ancestors(drill.place))
    people = {
        one.id
        for one in await work.rows.people.all()
        if one.status is PersonStatus.ACTIVE and any(post.place in codes for post in one.posts)
    }
    groups = await work.rows.groups.bound_to(codes)
    chats = {group.chat_id for group in groups if group.can_send and (drill.upward or not group.department)}
    await work.rows.drills.enrol(drill.id, people | {drill.opened_by}, chats)


async def _begin(work: Work, drill: Drill) -> Drill:
    if not await work.rows.drills.move(drill.id, DrillState.PLANNED, DrillState.RUNNING, work.now):
        raise Stale("refused.stale")
    await _enrol(work, drill)
    drill = replace(drill, state=DrillState.RUNNING, began_at=work.now)
    await work.note("drill.begun", drill.subject, None)
    if not drill.blind:
        await _post(work, drill, "begun")
    await show_panel(work, drill, "panel")
    return drill


async def show_panel(work: Work, drill: Drill, purpose: str) -> None:
    """The organiser's buttons, in his private chat."""
    organiser = await work.rows.people.get(drill.opened_by)
    if organiser is not None:
        facts = await drill_facts(work, drill, organiser.language)
        text = work.words.card("drill_panel", organiser.language, **facts)
        buttons = panel_buttons(work, drill, organiser.language)
        await work.tell(organiser, f"{drill.subject}:{purpose}", text, subject=drill.subject, buttons=buttons)


async def _post(work: Work, drill: Drill, what: str, chats: Collection[int] | None = None) -> None:
    """A line to every group that takes part, or to these."""
    chats = await work.rows.drills.chats_of(drill.id) if chats is None else chats
    facts = await drill_facts(work, drill, "zh")
    await work.rows.outbox.put_many(
        Outgoing(
            key=f"{drill.subject}:{what}:{chat}",
            chat_id=chat,
            text=work.words.text(f"drill.post.{what}", **facts),
            subject=drill.subject,
            policy=Policy.AT_MOST_ONCE,
            silent=True,
        )
        for chat in sorted(chats)
    )


async def running_for(work: Work, person: Person | None, drill_id: int) -> Drill:
    """The running drill, for whoever may play it. Raises Stale, NotAllowed."""
    drill = await seen_by(work, person, drill_id)
    if drill.state is not DrillState.RUNNING:
        raise Stale("drill.refused.over")
    return drill


async def seen_by(work: Work, person: Person | None, drill_id: int) -> Drill:
    """Of a double-blind one that has not ended only its organiser knows."""
    drill = await work.rows.drills.get(drill_id)
    if drill is None:
        raise Stale("refused.gone")
    person = await work.require(person, Action.RUN_DRILL, drill.place)
    if drill.blind and drill.is_open and person.id != drill.opened_by:
        raise Stale("refused.gone")
    return drill


async def standing_in(work: Work) -> Drill | None:
    """The drill in which this happens."""
    standing = work.rows.drills.standing
    return None if standing is None else await work.rows.drills.get(standing)


async def require_inside(work: Work, places: Collection[PlaceCode]) -> None:
    """What is started in a drill stays in its places. Raises DomainError."""
    drill = await standing_in(work)
    if drill is not None and not all(drill.covers(place) for place in places):
        raise DomainError("drill.refused.outside", place=(await work.tree()).path(drill.place))


# -- the end ------------------------------------------------------------------------------------------------------


async def end_drill(work: Work, person: Person | None, drill_id: int) -> Drill:
    """A human ends it; one that has not begun is dropped. Raises NotAllowed, Stale."""
    drill = await seen_by(work, person, drill_id)
    assert person is not None
    if drill.state is DrillState.PLANNED:
        return await _drop(work, drill, person.id)
    drill = await _finish(work, drill, DrillState.ENDED, by=person.id)
    await wind_up(work, drill)
    return drill


async def _drop(work: Work, drill: Drill, by: PersonId | None = None) -> Drill:
    if not await work.rows.drills.move(drill.id, DrillState.PLANNED, DrillState.DROPPED, work.now, by=by):
        raise Stale("refused.stale")
    await work.note("drill.dropped", drill.subject, None)
    if not drill.blind:
        await _post(work, drill, "dropped")
    return replace(drill, state=DrillState.DROPPED)


async def _finish(
    work: Work, drill: Drill, to: DrillState, *, by: PersonId | None = None, stopped_by: str = "", what: str = ""
) -> Drill:
    """Everything of it closes; then whoever was asked something hears that it is over."""
    if not await work.rows.drills.move(drill.id, DrillState.RUNNING, to, work.now, by=by, stopped_by=stopped_by):
        raise Stale("drill.refused.over")
    drill = replace(drill, state=to, ended_at=work.now, ended_by=by, stopped_by=stopped_by)
    asked = {one.person_id for one in await work.rows.drills.owed_in(drill.id)} | {drill.opened_by}
    still_open = await work.rows.drills.close_all(drill.id)
    await work.note(f"drill.{to.value}", drill.subject, None, open=still_open)
    if to is DrillState.BROKEN_OFF:
        await _say_in_earnest(work, drill, asked, what)
    else:
        await _say_over(work, drill, asked)
    return drill


async def leave_wound_up(work: Work, drill: Drill) -> None:
    """Of one that was entered afterwards there is nothing to end."""
    await work.rows.responses.day_done(_WOUND_UP, drill.place, str(drill.id), work.now)


async def wind_up(work: Work, drill: Drill) -> bool:
    """What was made in it ends, and its organiser gets the record. Once, and not in the transaction of a real warning
    that broke it off: nothing of a drill may hold that up."""
    if not await work.rows.responses.day_done(_WOUND_UP, drill.place, str(drill.id), work.now):
        return False
    with work.rows.drills.inside(drill.id):
        await close_things(work, drill)
    await send_record(work, drill)
    return True


async def _say_over(work: Work, drill: Drill, asked: Collection[int]) -> None:
    await _post(work, drill, "over", await work.rows.drills.chats_told(drill.id))
    for person in (await work.rows.people.many(asked)).values():
        text = work.words.text("drill.over.person", person.language)
        await work.tell(person, f"{drill.subject}:over:{person.id}", text, subject=drill.subject, silent=True)


async def _say_in_earnest(work: Work, drill: Drill, asked: Collection[int], what: str) -> None:
    """演练中止，转入实战: one message each, without the mark, because this is no drill. It goes behind the warning
    itself and before everything else."""
    place = (await work.tree()).path(drill.place)
    people: Sequence[Person] = list((await work.rows.people.many(asked)).values())
    with work.rows.drills.inside(None):
        for chat in sorted(await work.rows.drills.chats_told(drill.id)):
            text = work.words.text("drill.broken_off", place=place, what=what)
            await work.rows.outbox.put(Outgoing(f"broken_off:{drill.id}:{chat}", chat, text, lane=Lane.URGENT))
        for person in people:
            text = work.words.text("drill.broken_off", person.language, place=place, what=what)
            await work.tell(person, f"broken_off:{drill.id}:p{person.id}", text, lane=Lane.URGENT)


async def break_off(work: Work, places: Collection[PlaceCode], subject: str, what: str) -> int:
    """Something real is on in these places: every drill there ends now. Called by what is real, after its own
    messages. Returns how many."""
    if work.rows.drills.standing is not None:
        return 0
    stopped = 0
    for drill in await work.rows.drills.running():
        if _touches(places, drill.place):
            await _finish(work, drill, DrillState.BROKEN_OFF, stopped_by=subject, what=what)
            stopped += 1
    return stopped


async def move_drills(work: Work) -> int:
    """For the tick: those whose time has come begin, those whose time is over end, and neither lasts into something
    real."""
    moved = 0
    for drill in await work.rows.drills.open():
        if drill.state is DrillState.RUNNING and (why := await in_earnest(work, drill.place)):
            await _finish(work, drill, DrillState.BROKEN_OFF, what=why)
        elif drill.state is DrillState.RUNNING and drill.ends_at <= work.now:
            await _finish(work, drill, DrillState.ENDED)
        elif drill.state is DrillState.PLANNED and drill.starts_at <= work.now:
            await _begin_or_drop(work, drill)
        else:
            continue
        moved += 1
    return moved


async def wind_up_drills(work: Work) -> int:
    """For the tick, beside `move_drills`: what cannot be wound up keeps no other drill from its times."""
    return sum([await wind_up(work, one) for one in await work.rows.drills.over_since(work.now - _UNTIL_WOUND_UP)])


async def _begin_or_drop(work: Work, drill: Drill) -> None:
    why = await in_earnest(work, drill.place)
    if not why and drill.ends_at > work.now:
        await _begin(work, drill)
        return
    await _drop(work, drill)
    organiser = await work.rows.people.get(drill.opened_by)
    if organiser is not None:
        text = work.words.text("drill.not_begun", organiser.language, what=why)
        await work.tell(organiser, f"{drill.subject}:not_begun", text, subject=drill.subject)
