"""What people see of a letter: its words in full, how it stands, and the buttons that fit the reader."""

from datetime import datetime
from typing import Any

from domain.letters import IN_FORCE, Letter, LetterState
from domain.outgoing import Lane
from domain.people import Action, Person, Role
from domain.places import Place, short_name
from domain.text import Button, ButtonStyle, Html, Rows
from services.casework import allowed, holders, in_the_day
from services.hazard_desk import stands_in
from services.work import Work

_SIGNERS = {"county": (Role.COUNTY_LEADER, Role.COUNTY_DUTY), "township": (Role.PRINCIPAL,)}


async def issuer_name(work: Work, letter: Letter) -> str:
    """As the county has set it, else the names of place and department."""
    names, place = work.policy.letters.names, (await work.tree()).get(letter.place)
    own = names.get(letter.place, letter.place if place is None else place.name)
    return names.get(letter.department, own + letter.department) if letter.department else own


async def issuer_prefix(work: Work, letter: Letter) -> str:
    """What the number begins with: as the county has set it, else the short names of place and department."""
    prefixes = work.policy.letters.prefixes
    place: Place | None = (await work.tree()).get(letter.place)
    short = letter.place if place is None else short_name(place.name, place.level)
    own = prefixes.get(letter.place, short)
    return prefixes.get(letter.department, own + letter.department) if letter.department else own


async def letter_facts(work: Work, letter: Letter, lang: str) -> dict[str, Any]:
    """Everything card and document say."""
    people = await work.rows.people.many(
        {one for one in (letter.addressee, letter.drafted_by, letter.signed_by, letter.received_by) if one is not None}
    )

    def name(person_id: int | None) -> str:
        return "" if person_id not in people else people[person_id].name

    def at(instant: datetime | None) -> datetime | None:
        return None if instant is None else work.local(instant)

    hazard = None if letter.hazard_id is None else await work.rows.hazards.get(letter.hazard_id)
    replaced = None if letter.replaces is None else await work.rows.supervision.letters.get(letter.replaces)
    addressee = people.get(letter.addressee)
    return {
        "kind": letter.kind.value,
        "title": work.words.label(f"letter.kind.{letter.kind.value}", lang),
        "number": letter.number,
        "state": letter.state.value,
        "issuer": await issuer_name(work, letter),
        "unit": letter.unit,
        "addressee": name(letter.addressee),
        "addressee_phone": "" if addressee is None else addressee.phone,
        "reached": addressee is not None and addressee.reachable,
        "paragraphs": list(letter.paragraphs),
        "due": at(letter.due_at),
        "drafter": name(letter.drafted_by),
        "signer": name(letter.signed_by),
        "signed": at(letter.signed_at),
        "receiver": name(letter.received_by),
        "received": at(letter.received_at),
        "on_paper": letter.received_by is not None and letter.received_by != letter.addressee,
        "replaces": "" if replaced is None else replaced.number,
        "hazard": "" if hazard is None else hazard.number,
    }


async def may_sign(work: Work, person: Person, letter: Letter) -> bool:
    """Only for the unit the person himself belongs to: the county does not sign in a township's name."""
    own = [post.place for who in (person, *await work.stood_in_for(person)) for post in who.posts]
    return letter.place in own and await allowed(work, person, Action.SIGN_LETTER, letter.place, [letter.department])


async def may_draft(work: Work, person: Person, letter: Letter) -> bool:
    return await allowed(work, person, Action.DRAFT_LETTER, letter.place, [letter.department])


async def signers(work: Work, letter: Letter) -> list[Person]:
    """Who is asked to sign for the unit."""
    if letter.department:
        return await holders(work, [Role.DEPARTMENT], letter.place, letter.department)
    return await holders(work, _SIGNERS["county" if letter.place == work.county else "township"], letter.place)


async def takes_it(work: Work, person: Person, letter: Letter) -> bool:
    return person.id == letter.addressee or await stands_in(work, person, letter.addressee)


async def letter_buttons(work: Work, letter: Letter, person: Person) -> Rows:
    lang = person.language

    def one(act: str, style: ButtonStyle | None = None) -> Button:
        return Button(
            work.words.label(f"letter.button.{act}", lang), f"lt:{act}:{letter.id}:{letter.version}", style=style
        )

    signs, drafts = await may_sign(work, person, letter), await may_draft(work, person, letter)
    rows: list[tuple[Button, ...]] = []
    if letter.state is LetterState.DRAFT and signs:
        rows.append((one("sign", ButtonStyle.SUCCESS),))
    if letter.state is LetterState.DRAFT and (signs or drafts):
        rows.append((one("edit"), one("drop", ButtonStyle.DANGER)))
    if letter.state is LetterState.SIGNED:
        if await takes_it(work, person, letter):
            rows.append((one("receive", ButtonStyle.SUCCESS),))
        elif drafts:
            rows.append((one("paper"),))
    if letter.state in IN_FORCE and signs:
        rows.append((one("withdraw"),))
    if letter.state in IN_FORCE:
        rows.append((one("file"),))
    if letter.state is LetterState.WITHDRAWN and (signs or drafts):
        rows.append((one("again"),))
    return tuple(rows)


async def draw_letter(work: Work, letter: Letter, person: Person, heading: str = "") -> tuple[Html, Rows]:
    facts = await letter_facts(work, letter, person.language)
    title = work.words.label(f"letter.heading.{heading}", person.language) if heading else ""
    card = work.words.card("letter", person.language, heading=title, mine=person.id == letter.addressee, **facts)
    return card, await letter_buttons(work, letter, person)


async def show_letter(work: Work, letter: Letter, person: Person, purpose: str, heading: str = "") -> bool:
    """Once for this purpose. Silent where it would wake somebody. False where he cannot be written to."""
    text, buttons = await draw_letter(work, letter, person, heading)
    return await work.tell(
        person,
        f"{letter.subject}:{purpose}:{person.id}",
        text,
        subject=letter.subject,
        buttons=buttons,
        lane=Lane.REPLY,
        silent=in_the_day(work, work.now) != work.now,
    )
