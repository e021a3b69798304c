"""What people see of a hazard: a card that follows its state, with the buttons its reader may press, and a short word
to every reporter at every step. All of it in private: nothing of a hazard goes to a group.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from domain.hazards import OVER, HazardState, Move, Verification, leads_to
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Person
from domain.text import Button, ButtonStyle, Html, Rows
from services.hazard_desk import is_overdue, moves_of, sees_reporter
from services.hazard_enclosed import heard_of, shot_facts
from services.ports import HazardCard, HazardReport, HazardRow
from services.work import Work

_MOST_PHOTOS = 10
"""so many are sent along with the details"""
_MOST_FIXED = 3


async def hazard_facts(work: Work, row: HazardRow, lang: str, viewer: Person | None = None) -> dict[str, Any]:
    """Everything the texts of a hazard say. Reporters' telephone numbers are for desks, and so is the name of one who
    did not want it told."""
    tree, label = await work.tree(), work.words.label
    reports = await work.rows.hazards.reports_of(row.id)
    people = await work.rows.people.many(
        {
            one
            for one in (row.taken_by, row.assignee, row.recheck_by, *(r.person_id for r in reports))
            if one is not None
        }
    )
    first = reports[0]
    hidden = first.unnamed and not await sees_reporter(work, viewer, row)
    main = None if row.merged_into is None else await work.rows.hazards.get(row.merged_into)
    reporter = people.get(first.person_id) if first.person_id is not None else None
    return {
        "number": row.number,
        "category": label(f"report_hazard.category.choice.{row.category.value}", lang),
        "place": tree.path(row.place),
        "place_words": row.place_words,
        "place_guessed": row.place_guessed,
        "what": row.what,
        "voices": sum(1 for one in reports if one.voice),
        "heard": await heard_of(work, reports),
        "shot": await shot_facts(work, row),
        "photos": sum(len(one.photos) for one in reports),
        "households": row.households,
        "people": row.people,
        "nobody": (row.households, row.people) == (0, 0),
        "suspected": row.suspected and row.grade.value == "open",
        "grade": row.grade.value,
        "state": row.state.value,
        "state_text": label(f"hazard.state.{row.state.value}", lang),
        "reported": work.local(row.created_at),
        "reporter": label("hazard.somebody", lang) if hidden else first.name,
        "reporter_phone": "" if reporter is None else reporter.phone,
        "more_reporters": len({one.user_id for one in reports}) - 1,
        "department": row.department,
        "taken_by": "" if row.taken_by not in people else people[row.taken_by].name,
        "unit": row.unit,
        "assignee": "" if row.assignee not in people else people[row.assignee].name,
        "assignee_phone": "" if row.assignee not in people else people[row.assignee].phone,
        "measure": row.measure,
        "interim": row.interim,
        "consequence": row.consequence,
        "treatment": "" if row.treatment is None else label(f"hazard.treatment.{row.treatment.value}", lang),
        "fund": row.fund,
        "recheck_by": "" if row.recheck_by not in people else people[row.recheck_by].name,
        "wanted_until": None if row.extension_until is None else work.local(row.extension_until),
        "extensions": row.extensions,
        "at_once": row.at_once,
        "listed": row.listed,
        "whistled": row.whistled,
        "with_county": row.with_county,
        "main": "" if main is None else main.number,
        "found": None if row.found_at is None else work.local(row.found_at),
        "due": None if row.due_at is None else work.local(row.due_at),
        "overdue": is_overdue(work, row),
    }


# -- buttons ----------------------------------------------------------------------------------------------------


async def buttons_for(work: Work, row: HazardRow, person: Person) -> Rows:
    """Only what this person may press now. Each carries the version it was drawn for."""
    moves = await moves_of(work, person, row)

    def one(act: str, style: ButtonStyle | None = None) -> Button:
        label = work.words.label(f"hazard.button.{act}", person.language)
        return Button(label, f"h:{act}:{row.id}:{row.version}", style=style)

    rows: list[tuple[Button, ...]] = []
    if row.with_county and Move.DECIDE in moves:
        rows.append((one("decide", ButtonStyle.PRIMARY),))
    if Move.TAKE in moves:
        rows.append((one("take", ButtonStyle.PRIMARY),))
    if Move.ASSIGN in moves:
        rows.append((one("assign" if row.state is HazardState.TAKEN else "reassign", ButtonStyle.PRIMARY),))
    if Move.FIX in moves:
        rows += _fixing(row, person, one)
    if row.extension_until is not None and Move.EXTEND in moves and person.id != row.assignee:
        rows.append((one("extend", ButtonStyle.SUCCESS), one("no_time", ButtonStyle.DANGER)))
    if Move.CLOSE in moves:
        rows += await _closing(work, row, one)
    if Move.DESCRIBE in moves and not row.what:
        rows += await _describing(work, row, one)
    if Move.UNMERGE in moves:
        rows.append((one("unmerge"),))
    decide = [
        one(act)
        for act, move in (("refer", Move.REFER), ("reject", Move.REJECT), ("locate", Move.LOCATE))
        if move in moves and (act != "locate" or row.place_guessed or row.place == work.county)
    ]
    if decide:
        rows.append(tuple(decide))
    rows.append((one("see"),))
    return tuple(rows)


async def _describing(work: Work, row: HazardRow, one: "_OneButton") -> list[tuple[Button, ...]]:
    """What was only spoken is put into words by whoever listened; a machine's are offered."""
    reports = await work.rows.hazards.reports_of(row.id)
    if not any(report.voice for report in reports):
        return []
    return [(one("as_heard"), one("describe"))] if await heard_of(work, reports) else [(one("describe"),)]


async def ways_to_close(work: Work, row: HazardRow) -> list[Verification]:
    """As the county has it for this grade; by pictures only where there are some."""
    demanded = work.policy.hazards.verification(row.grade, suspected=row.suspected)
    by_photo = demanded is Verification.PHOTO and await after_photos(work, row)
    return [Verification.FIELD, Verification.PHOTO] if by_photo else [Verification.FIELD]


async def _closing(work: Work, row: HazardRow, one: "_OneButton") -> list[tuple[Button, ...]]:
    """How it was seen is the button that closes it, so that nobody is asked one question more."""
    ways = [one(f"close_{way.value}", ButtonStyle.SUCCESS) for way in await ways_to_close(work, row)]
    return [*((way,) for way in ways), (one("back", ButtonStyle.DANGER),)]


class _OneButton(Protocol):
    def __call__(self, act: str, style: ButtonStyle | None = None) -> Button: ...


def _fixing(row: HazardRow, person: Person, one: _OneButton) -> list[tuple[Button, ...]]:
    """For the one who fixes, and for whoever records it for him."""
    if person.id != row.assignee:
        return [(one("fix_for"),)]
    more = () if row.extension_until is not None else (one("more_time"),)
    return [(one("fix", ButtonStyle.SUCCESS),), (*more, one("steady"))]


# -- cards ------------------------------------------------------------------------------------------------------


async def show_card(
    work: Work, row: HazardRow, person: Person, purpose: str, *, heading: str = "", words: str = ""
) -> bool:
    """A new card for this person, once for this purpose. The one he had before loses its buttons. False where he
    cannot be written to."""
    key = f"{row.subject}:{purpose}:{person.id}"
    before = [card for card in await work.rows.hazards.cards_of(row.id) if card.person_id == person.id]
    text = await _card(work, row, person, heading, words)
    told = await work.tell(
        person, key, text, subject=row.subject, buttons=await buttons_for(work, row, person), lane=Lane.URGENT
    )
    if told:
        await work.rows.hazards.add_card(HazardCard(row.id, person.id, key, row.version))
        if before and before[-1].key != key:
            await _edit(work, row, person, before[-1].key, await _card(work, row, person, "", ""), (), "old")
    return told


async def _card(work: Work, row: HazardRow, person: Person, heading: str, words: str) -> Html:
    facts = await hazard_facts(work, row, person.language, person)
    title = work.words.label(f"hazard.heading.{heading}", person.language, number=row.number) if heading else ""
    return work.words.card(
        "hazard", person.language, heading=title, words=words, mine=person.id == row.assignee, **facts
    )


async def follow(work: Work, row: HazardRow) -> None:
    """Every card shown so far says how it stands now, with the buttons that fit. One that was drawn for this very
    version keeps its heading."""
    every = {card.person_id: card for card in await work.rows.hazards.cards_of(row.id)}
    newest = {person_id: card for person_id, card in every.items() if card.version < row.version}
    people = await work.rows.people.many(newest)
    for person_id, card in newest.items():
        if (person := people.get(person_id)) is not None:
            text = await _card(work, row, person, "", "")
            await _edit(work, row, person, card.key, text, await buttons_for(work, row, person), f"v{row.version}")


async def follow_news(work: Work, hazard_id: int) -> None:
    """A machine has listened to a voice, a picture has said where it was taken: it stands on every card. No message is
    added."""
    row = await work.rows.hazards.get(hazard_id)
    if row is None or row.state in OVER:
        return
    newest = {card.person_id: card for card in await work.rows.hazards.cards_of(row.id)}
    people = await work.rows.people.many(newest)
    for person_id, card in newest.items():
        if (person := people.get(person_id)) is not None:
            text, buttons = await _card(work, row, person, "", ""), await buttons_for(work, row, person)
            await _edit(work, row, person, card.key, text, buttons, f"news:{work.new_id()}")


async def _edit(work: Work, row: HazardRow, person: Person, key: str, text: Html, buttons: Rows, purpose: str) -> None:
    if person.user_id is None:
        return
    await work.rows.outbox.put(
        Outgoing(
            key=f"{key}:{purpose}",
            chat_id=person.user_id,
            kind=Kind.EDIT,
            policy=Policy.IDEMPOTENT,
            lane=Lane.REPLY,
            subject=f"{row.subject}:cards",
            target=key,
            text=text,
            buttons=buttons,
        )
    )


# -- reporters --------------------------------------------------------------------------------------------------


async def tell_reporters(work: Work, row: HazardRow, step: str, *, but: int | None = None, **facts: object) -> int:
    """A short word to everybody who reported it, in his own private chat, once for this step. `but` is the account
    that did it. Who reported from a group and never opened the private chat cannot be told."""
    told = 0
    reports = {one.user_id: one for one in await work.rows.hazards.reports_of(row.id)}
    people = await work.rows.people.many({r.person_id for r in reports.values() if r.person_id is not None})
    for user_id, report in reports.items():
        person = None if report.person_id is None else people.get(report.person_id)
        open_chat = report.private if person is None else person.reachable
        if user_id == but or not open_chat:
            continue
        lang = report.language if person is None else person.language
        say = {key: work.local(fact) if isinstance(fact, datetime) else fact for key, fact in facts.items()}
        if "reason" in say:
            say["reason"] = work.words.label(f"hazard.reason.{say['reason']}", lang)
        text = work.words.text(
            f"hazard.told.{step}",
            lang,
            number=row.number,
            category=work.words.label(f"report_hazard.category.choice.{row.category.value}", lang),
            **say,
        )
        told += await work.rows.outbox.put(
            Outgoing(
                key=f"{row.subject}:told{row.version}:{user_id}",
                chat_id=user_id,
                person_id=None if person is None else person.id,
                text=text,
                subject=row.subject,
                buttons=_reporter_buttons(work, row, lang),
            )
        )
    return told


def _reporter_buttons(work: Work, row: HazardRow, lang: str) -> Rows:
    """How it stands; and where it can be opened again, 还没好 for whoever reported it."""
    see = Button(work.words.label("hazard.button.progress", lang), f"h:see:{row.id}:{row.version}")
    if leads_to(row.state, Move.REOPEN) is None:  # merged with another, it goes on there
        return ((see,),)
    return ((Button(work.words.label("hazard.button.not_over", lang), f"h:again:{row.id}:{row.version}"), see),)


# -- pictures and recordings ------------------------------------------------------------------------------------


async def send_recordings(work: Work, row: HazardRow, reports: Sequence[HazardReport], to: Person, key: str) -> None:
    """What was spoken, as it was spoken: whoever decides listens himself."""
    for report in reports:
        if report.voice and to.reachable and to.user_id is not None:
            hidden = report.unnamed and not await sees_reporter(work, to, row)
            name = work.words.label("hazard.somebody", to.language) if hidden else report.name
            caption = work.words.text("hazard.recording", to.language, number=row.number, name=name)
            await work.rows.outbox.put(
                Outgoing(
                    key=f"{row.subject}:{key}:voice{report.id}:{to.id}",
                    chat_id=to.user_id,
                    person_id=to.id,
                    kind=Kind.VOICE,
                    text=caption,
                    file=report.voice,
                    subject=row.subject,
                )
            )


async def after_photos(work: Work, row: HazardRow) -> list[str]:
    """The pictures that the last one who fixed it sent."""
    for event in reversed(await work.rows.hazards.events_of(row.id)):
        if event.move in {Move.FIX, Move.AT_ONCE}:
            return [str(photo) for photo in event.facts.get("photos", ())]
    return []


async def send_photos(work: Work, row: HazardRow, chat_id: int, lang: str, key: str) -> int:
    """The newest pictures: what was reported, and what was fixed."""
    reports = await work.rows.hazards.reports_of(row.id)
    fixed = [event for event in await work.rows.hazards.events_of(row.id) if event.move in {Move.FIX, Move.AT_ONCE}]
    pictures = [(photo, "hazard.photo.reported") for report in reports for photo in report.photos]
    pictures += [(photo, "hazard.photo.fixed") for event in fixed for photo in event.facts.get("photos", ())]
    for number, (photo, caption) in enumerate(pictures[-_MOST_PHOTOS:]):
        await _put_photo(
            work, row, chat_id, f"{key}:photo{number}", [photo], work.words.text(caption, lang, number=row.number)
        )
    return len(pictures)


async def show_fixed(work: Work, row: HazardRow, photos: Sequence[str], to: Person) -> None:
    """How it was and how it looks now, side by side in one message, for whoever judges it."""
    if not to.reachable or to.user_id is None or not photos:
        return
    after = list(photos[:_MOST_FIXED])
    reports = await work.rows.hazards.reports_of(row.id)
    before = [photo for report in reports for photo in report.photos][:_MOST_FIXED]
    address = "hazard.photo.both" if before else "hazard.photo.fixed"
    caption = work.words.text(address, to.language, number=row.number, before=len(before), after=len(after))
    key = f"{row.subject}:fixed{row.version}:{to.id}"
    await _put_photo(work, row, to.user_id, key, [*before, *after], caption)


async def _put_photo(work: Work, row: HazardRow, chat_id: int, key: str, photos: Sequence[str], caption: Html) -> None:
    first, *more = photos
    await work.rows.outbox.put(
        Outgoing(
            key=key,
            chat_id=chat_id,
            kind=Kind.PHOTO,
            text=caption,
            file=first,
            more=tuple(more),
            subject=row.subject,
        )
    )
