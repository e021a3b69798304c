"""Other channels: whoever cannot be reached on Telegram, or does not answer there, gets the question by SMS, mail or
what else the county has; groups of its places on other services get the warning itself.

Everything goes into a queue of its own (storage/channels.py, delivery/channels.py): nothing here is ever waited for.
An answer does not come back this way: the text says whom to phone, and a helper records it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from domain.channels import OtherChannel, SideState, plain_text, to_persons, to_places
from domain.colours import Colour
from domain.obligations import Climb, Plan, Rung, Standing, decide
from domain.people import Person
from domain.places import PlaceCode
from domain.text import Html
from services import channel_texts
from services.ports import Obligation, SideMessage, SideResult, WarningRow
from services.warning_texts import post_facts
from services.work import Work

_PERHAPS_THERE = frozenset({SideState.SENT, SideState.SENDING})
_MOST_AT_ONCE = 2000
_IN_DOUBT = frozenset({"timeout", "restart"})


def ladder_of(work: Work, colour: Colour) -> Plan:
    """The ladder as it is frozen for a warning: without a rung that the county has nothing for."""
    plan = work.policy.warnings.ladders[colour]
    return plan if to_persons(work.policy.channels, colour) else plan.without(Rung.CHANNEL)


async def hurry(work: Work, row: WarningRow, unreachable: Iterable[Person]) -> None:
    """Whom no private message reaches is written to elsewhere at once: the tick looks at his ladder now."""
    if to_persons(work.policy.channels, row.colour):
        for person in unreachable:
            await work.rows.obligations.wake(person.id, work.now)


async def channels_to(work: Work, row: WarningRow, person: Person) -> list[OtherChannel]:
    """Those of the county that are used for this colour and have an address of the person."""
    found = []
    for one in to_persons(work.policy.channels, row.colour):
        by_address = one.by_address and not await work.rows.channels.addresses(one.name, [person.id])
        if not by_address and (one.by_address or person.phone):
            found.append(one)
    return found


class ByOtherChannels:
    """services.ladder.Elsewhere for warnings."""

    async def has_address(self, work: Work, owed: Obligation, person: Person) -> bool:
        if not work.policy.channels:
            return False
        row = await _warning_of(work, owed.subject)
        return row is not None and row.state == "active" and bool(await channels_to(work, row, person))

    async def write_elsewhere(self, work: Work, owed: Obligation, person: Person) -> None:
        row = await _warning_of(work, owed.subject)
        if row is None or row.state != "active":
            return
        channels = await channels_to(work, row, person)
        texts = await channel_texts.ask_texts(work, row, person, owed.place, channels)
        await work.rows.channels.put(
            _message(
                work, row, one, texts[one.name], f"ask{owed.step}:{int(owed.opened_at.timestamp())}:{person.id}", person
            )
            for one in channels
        )
        names = ",".join(one.name for one in channels)
        await work.note("ladder.elsewhere", row.subject, None, person=person.id, channels=names)


async def write_while_deaf(work: Work) -> int:
    """Telegram is away, so no ladder climbs: whoever seems silent may have answered. But whom the question has not
    reached has nothing to answer, and is not made to wait for Telegram. Returns how many were written to."""
    if not any(one.place is None for one in work.policy.channels):
        return 0
    written, voice = 0, ByOtherChannels()
    undelivered: dict[str, Collection[int]] = {}
    due = [one for one in await work.rows.obligations.due(work.now, _MOST_AT_ONCE) if _may_go_elsewhere(one)]
    people = await work.rows.people.many({one.person_id for one in due})
    for owed in due:
        person = people.get(owed.person_id)
        if owed.subject not in undelivered:
            undelivered[owed.subject] = set(await work.rows.outbox.undelivered(owed.subject))
        if person is None or (person.reachable and person.id not in undelivered[owed.subject]):
            continue
        if not await voice.has_address(work, owed, person):
            continue
        standing = Standing(owed.opened_at, owed.stopped, owed.step, owed.state, reachable=False, elsewhere=True)
        climb = decide(owed.plan, standing, work.now)
        if not isinstance(climb, Climb) or climb.rung is not Rung.CHANNEL:
            continue
        if await work.rows.obligations.climbed(owed.id, owed.step, climb.next_step, climb.next_at):
            await voice.write_elsewhere(work, owed, person)
            written += 1
    return written


def _may_go_elsewhere(owed: Obligation) -> bool:
    ahead = owed.plan.steps[owed.step :]
    return owed.subject.startswith("warning:") and any(step.rung is Rung.CHANNEL for step in ahead)


async def _warning_of(work: Work, subject: str) -> WarningRow | None:
    kind, _, number = subject.partition(":")
    return await work.rows.warnings.get(int(number)) if kind == "warning" and number.isdigit() else None


def _message(
    work: Work,
    row: WarningRow,
    channel: OtherChannel,
    body: str,
    purpose: str,
    person: Person | None = None,
    *,
    subject: str = "",
) -> SideMessage:
    lang = "zh" if person is None else person.language
    return SideMessage(
        key=f"{row.subject}:{channel.name}:{purpose}",
        subject=subject or row.subject,
        channel=channel.name,
        body=body,
        title=channel_texts.title(work, row, lang),
        person_id=None if person is None else person.id,
        expires_at=row.expires,
        repeats=channel.repeats_in_doubt(row.colour),
        resend_mark=channel_texts.resend_mark(work, lang),
    )


# -- groups elsewhere ---------------------------------------------------------------------------------------------


async def post_elsewhere(work: Work, row: WarningRow, relation: str, *, check_area: bool) -> list[OtherChannel]:
    """The post itself, word for word, to the groups that the places have on other services."""
    channels = to_places(work.policy.channels, row.colour, row.places)
    if channels:
        facts = await post_facts(work, row)
        card = work.words.card("elsewhere_post", relation=relation, check_area=check_area, **facts)
        text = plain_text(card)
        await work.rows.channels.put(_message(work, row, one, text, "post") for one in channels)
    return channels


async def end_elsewhere(
    work: Work, row: WarningRow, ended: str, words: Html, *, purpose: str = "", still: Collection[OtherChannel] = ()
) -> None:
    """Groups where the post went out, or may have, hear the words of the end: lifted, dropped (but not those that are
    `still` covered), corrected. Of a person's own channels: who was written to there and cannot read it here hears that
    it is lifted, and everybody there that it was wrong."""
    told = [one for one in await work.rows.channels.of_subject(row.subject) if _may_have_arrived(one)]
    known = {one.name: one for one in work.policy.channels}
    people = await work.rows.people.many({one.person_id for one in told if one.person_id is not None})
    purpose, subject = purpose or ended, f"{row.subject}:end"
    messages = []
    for one in (one for one in told if one.channel in known):
        channel = known[one.channel]
        if one.person_id is None:
            if channel not in still:
                messages.append(_message(work, row, channel, plain_text(words), purpose, subject=subject))
        elif (person := people.get(one.person_id)) is not None and _hears(ended, person):
            text = channel_texts.end_text(work, row, ended, person.language)
            messages.append(_message(work, row, channel, text, f"{purpose}:{person.id}", person, subject=subject))
    await work.rows.channels.put(messages)


def _hears(ended: str, person: Person) -> bool:
    return ended == "corrected" or (ended == "lifted" and not person.reachable)


def _may_have_arrived(result: SideResult) -> bool:
    return result.state in _PERHAPS_THERE or (
        result.reason in _IN_DOUBT and result.state in {SideState.FAILED, SideState.RETRY}
    )


# -- how they fared -------------------------------------------------------------------------------------------------


async def channel_notes(work: Work, subject: str) -> Mapping[int, Sequence[SideResult]]:
    """person → how each of his messages by other channels stands, oldest first; what was withdrawn is left out."""
    notes: dict[int, list[SideResult]] = {}
    if work.policy.channels:
        for one in await work.rows.channels.of_subject(subject):
            if one.person_id is not None and one.state is not SideState.SUPERSEDED:
                notes.setdefault(one.person_id, []).append(one)
    return notes


def why_with_notes(work: Work, why: str, notes: Sequence[SideResult], lang: str = "zh") -> str:
    """The reason why somebody is silent (a key), in words, with what was tried elsewhere."""
    why = work.words.label(f"warning.why.{why}", lang)
    said = [channel_texts.note(work, one, lang) for one in notes]
    return work.words.label("elsewhere.why", lang, why=why, notes=said) if said else why


def place_label(work: Work, channel: str) -> tuple[str, PlaceCode | None]:
    """What people call the channel, and the place whose group it is."""
    return next(((one.label, one.place) for one in work.policy.channels if one.name == channel), (channel, None))
