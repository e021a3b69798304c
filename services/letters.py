"""Letters: drafted, signed by a human of the unit, delivered in private, received by one tap; withdrawn visibly.

What they say comes from services/letter_draft.py, what people see from services/letter_cards.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from domain.errors import DomainError, NotAllowed, Stale
from domain.letters import (
    IN_FORCE,
    LIVE,
    MOST_PARAGRAPHS,
    RECEIPT,
    SIGN,
    Letter,
    LetterKind,
    LetterMove,
    LetterState,
    letter_after,
    number_of,
)
from domain.people import RIGHTS, Action, Person, PersonId, Post, Role
from domain.places import PlaceCode, is_within
from domain.points import RiskPoint
from services.casework import allowed, follow, holders, in_reality, in_the_day, load, move, owe, settle
from services.hazard_desk import has_right
from services.letter_cards import draw_letter, issuer_prefix, may_draft, may_sign, show_letter, signers, takes_it
from services.letter_draft import about_hazard, about_point, about_warning, in_own_words
from services.ports import HazardRow
from services.work import Work

_STALE = "letter.moved"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to be written. Without words of his own it is drafted from what it is about."""

    kind: LetterKind
    addressee: int
    unit: str
    about: str = ""
    """"hazard:3", "point:4", "warning:12", or "" """
    words: str = ""
    due_at: datetime | None = None
    replaces: int | None = None


async def issuing_post(work: Work, person: Person, place: PlaceCode | None = None) -> Post:
    """The post in whose unit's name the person drafts: nearest to the place. Raises NotAllowed."""
    held = [
        post
        for who in (person, *await work.stood_in_for(person))
        for post in who.posts
        if post.role in RIGHTS[Action.DRAFT_LETTER] and (place is None or is_within(place, post.place))
    ]
    if not held:
        raise NotAllowed("refused.no_right")
    return max(held, key=lambda post: len(post.place))


async def draft(work: Work, by: Person, wanted: Wanted) -> Letter:
    """A draft, before everybody who may sign it. Who may sign himself has it before him alone."""
    addressee = await work.rows.people.get(wanted.addressee)
    if addressee is None or (wanted.kind is LetterKind.ORDER and wanted.due_at is None):
        raise DomainError("letter.refused.not_whole")
    hazard = await _hazard_of(work, wanted.about)
    point = await _point_of(work, wanted.about)
    about = hazard or point
    post = await issuing_post(work, by, None if about is None else about.place)
    if point is not None and not await may_write_about(work, by, point):
        raise NotAllowed("refused.no_right")
    if hazard is not None and not await has_right(work, by, Action.DRAFT_LETTER, hazard):
        raise NotAllowed("refused.no_right")
    letter = Letter(
        id=0,
        kind=wanted.kind,
        place=post.place,
        department=post.department,
        state=LetterState.DRAFT,
        version=0,
        created_at=work.now,
        unit=wanted.unit,
        addressee=addressee.id,
        paragraphs=await _paragraphs(work, wanted),
        hazard_id=None if hazard is None else hazard.id,
        about="" if hazard is not None else wanted.about,
        due_at=wanted.due_at,
        drafted_by=by.id,
        replaces=wanted.replaces,
    )
    return await put_before_signers(work, letter, by)


async def _hazard_of(work: Work, about: str) -> HazardRow | None:
    kind, _, number = about.partition(":")
    return await work.rows.hazards.get(int(number)) if kind == "hazard" and number.isdigit() else None


async def _point_of(work: Work, about: str) -> RiskPoint | None:
    kind, _, number = about.partition(":")
    return await work.rows.points.get(int(number)) if kind == "point" and number.isdigit() else None


async def may_write_about(work: Work, person: Person, point: RiskPoint) -> bool:
    """Of the unit in whose area it lies, or of the department whose trade it is."""
    return await allowed(work, person, Action.DRAFT_LETTER, point.place, [point.department] if point.department else ())


async def _paragraphs(work: Work, wanted: Wanted) -> tuple[str, ...]:
    kind, _, number = wanted.about.partition(":")
    said: tuple[str, ...] = ()
    if wanted.words.strip():
        said = in_own_words(work, wanted.words, wanted.due_at)
    elif kind == "hazard" and (hazard := await work.rows.hazards.get(int(number))) is not None:
        said = await about_hazard(work, wanted.kind, hazard, wanted.due_at)
    elif kind == "point" and (point := await work.rows.points.get(int(number))) is not None:
        said = await about_point(work, wanted.kind, point, wanted.due_at)
    elif kind == "warning" and (warning := await work.rows.warnings.get(int(number))) is not None:
        said = await about_warning(work, wanted.kind, warning, wanted.due_at)
    if not said:
        raise DomainError("letter.refused.not_whole")
    return said[:MOST_PARAGRAPHS]


async def put_before_signers(work: Work, letter: Letter, by: Person | None, heading: str = "sign") -> Letter:
    in_reality(work)
    letter = await work.rows.supervision.letters.add(letter, None if by is None else by.id, work.now)
    await work.note("letter.drafted", letter.subject, by, letter=letter.kind.value, hazard=letter.hazard_id)
    asked = [by] if by is not None and await may_sign(work, by, letter) else await signers(work, letter)
    since = in_the_day(work, work.now)
    await owe(work, letter.subject, SIGN, work.policy.letters.sign_ladder, since, asked, letter.place)
    for person in asked:
        await show_letter(work, letter, person, "sign", heading)
    if by is None and not asked:
        for person in await holders(work, [Role.STATION, Role.COUNTY_DUTY], letter.place):
            await show_letter(work, letter, person, "sign", "no_signer")
    if by is not None and by.id not in {person.id for person in asked}:
        await show_letter(work, letter, by, "drafted", "drafted" if asked else "no_signer")
    return letter


# -- before it is signed ----------------------------------------------------------------------------------------


async def edit(work: Work, by: Person, letter_id: int, version: int, words: str) -> Letter:
    """Other words, by whoever drafts or signs. What it said before stays in its history."""
    letter = await load(work.rows.supervision.letters, letter_id, version, _STALE)
    if not (await may_sign(work, by, letter) or await may_draft(work, by, letter)):
        raise NotAllowed("refused.no_right")
    paragraphs = in_own_words(work, words, None)[:MOST_PARAGRAPHS]
    if not paragraphs:
        raise DomainError("letter.refused.not_whole")
    before = {"before": list(letter.paragraphs)}
    letter = await _move(work, letter, LetterMove.EDIT, by, before, paragraphs=paragraphs)
    await _follow(work, letter)
    return letter


async def drop(work: Work, by: Person, letter_id: int, version: int) -> Letter:
    letter = await load(work.rows.supervision.letters, letter_id, version, _STALE)
    if not (await may_sign(work, by, letter) or await may_draft(work, by, letter)):
        raise NotAllowed("refused.no_right")
    letter = await _move(work, letter, LetterMove.DROP, by)
    await settle(work, letter.subject, SIGN, by)
    await _follow(work, letter)
    return letter


async def sign(work: Work, by: Person, letter_id: int, version: int) -> Letter:
    """签发: it gets its number and goes to whom it is for."""
    letters = work.rows.supervision.letters
    letter = await load(letters, letter_id, version, _STALE)
    if not await may_sign(work, by, letter):
        raise NotAllowed("refused.no_right")
    year, prefix = work.local(work.now).year, await issuer_prefix(work, letter)
    mark = work.policy.letters.marks.get(letter.kind, "")
    serial = await work.rows.counters.next(f"letter:{letter.kind.value}:{letter.place}:{letter.department}:{year}")
    number = number_of(prefix, mark, year, serial)
    letter = await _move(
        work, letter, LetterMove.SIGN, by, {"number": number}, number=number, signed_by=by.id, signed_at=work.now
    )
    await settle(work, letter.subject, SIGN, by)
    if letter.replaces is not None and (old := await letters.get(letter.replaces)) is not None:
        await _follow(work, old)
    await _deliver(work, letter)
    return letter


async def _deliver(work: Work, letter: Letter) -> None:
    addressee = await work.rows.people.get(letter.addressee)
    since = in_the_day(work, work.now)
    new: list[PersonId] = []
    if addressee is not None:
        await owe(work, letter.subject, RECEIPT, work.policy.letters.receipt_ladder, since, [addressee], letter.place)
        if await show_letter(work, letter, addressee, "deliver", "deliver"):
            new.append(addressee.id)
    await _follow(work, letter, new)


async def draft_again(work: Work, by: Person, letter_id: int, version: int) -> Letter:
    """The words of a withdrawn letter as a new draft, which names the one it replaces. One at a time."""
    letters = work.rows.supervision.letters
    old = await load(letters, letter_id, version, _STALE)
    if not (await may_sign(work, by, old) or await may_draft(work, by, old)):
        raise NotAllowed("refused.no_right")
    if old.state is not LetterState.WITHDRAWN or any(one.state in LIVE for one in await letters.of(replaces=old.id)):
        raise Stale(_STALE)
    gone = ("signed_by", "signed_at", "received_by", "received_at", "listed_at")
    fresh = replace(
        old,
        id=0,
        state=LetterState.DRAFT,
        version=0,
        created_at=work.now,
        drafted_by=by.id,
        number="",
        replaces=old.id,
        **dict.fromkeys(gone),  # type: ignore[arg-type]
    )
    return await put_before_signers(work, fresh, by)


# -- after it is signed -----------------------------------------------------------------------------------------


async def receive(work: Work, by: Person, letter_id: int, version: int, *, on_paper: bool = False) -> Letter:
    """签收, by the addressee or his stand-in; or `on_paper` by the unit that sent it, who handed it over."""
    letter = await load(work.rows.supervision.letters, letter_id, version, _STALE)
    own = await takes_it(work, by, letter)
    if not (own or (on_paper and await may_draft(work, by, letter))):
        raise NotAllowed("refused.no_right")
    facts = {"on_paper": not own}
    letter = await _move(work, letter, LetterMove.RECEIVE, by, facts, received_by=by.id, received_at=work.now)
    await settle(work, letter.subject, RECEIPT, by)
    await _follow(work, letter)
    return letter


async def withdraw(work: Work, by: Person, letter_id: int, version: int, reason: str) -> Letter:
    """撤回, with the reason, visible to everybody who was shown it. Another one may take its place."""
    letter = await load(work.rows.supervision.letters, letter_id, version, _STALE)
    if not await may_sign(work, by, letter):
        raise NotAllowed("refused.no_right")
    letter = await _move(work, letter, LetterMove.WITHDRAW, by, {"reason": reason})
    await settle(work, letter.subject, RECEIPT)
    addressee = await work.rows.people.get(letter.addressee)
    if addressee is not None:
        lang = addressee.language
        text = work.words.text("letter.withdrawn", lang, number=letter.number, reason=reason)
        await work.tell(addressee, f"{letter.subject}:withdrawn", text, subject=f"{letter.subject}:cards")
    await _follow(work, letter)
    return letter


async def _move(
    work: Work, letter: Letter, what: LetterMove, by: Person | None, facts: dict[str, Any] | None = None, **fields: Any
) -> Letter:
    to = (what, letter_after(letter.state, what))
    return await move(work, work.rows.supervision.letters, letter, to, by, stale=_STALE, facts=facts, **fields)


async def _follow(work: Work, letter: Letter, but: list[PersonId] | None = None) -> None:
    await follow(work, letter, lambda person: draw_letter(work, letter, person), but or ())


# -- the register -----------------------------------------------------------------------------------------------


async def register_of(work: Work, person: Person, limit: int = 60) -> list[Letter]:
    """What concerns the person: to sign and signed in his units, and what is addressed to him. The newest first."""
    areas = [post.place for post in person.posts if post.role in RIGHTS[Action.DRAFT_LETTER]]
    letters = work.rows.supervision.letters
    found = {one.id: one for one in await letters.of(addressee=person.id) if one.state in IN_FORCE}
    for one in await letters.within(areas, [state.value for state in LetterState], limit):
        if await may_draft(work, person, one):
            found[one.id] = one
    return sorted(found.values(), key=lambda one: -one.id)[:limit]


async def visible_letter(work: Work, person: Person, letter_id: int) -> Letter:
    """For who drafts or signs in its unit, and for the addressee once it is signed. Raises NotAllowed."""
    letter = await work.rows.supervision.letters.get(letter_id)
    if letter is None:
        raise Stale("refused.stale")
    if await may_draft(work, person, letter) or await may_sign(work, person, letter):
        return letter
    if letter.signed_at is not None and await takes_it(work, person, letter):
        return letter
    raise NotAllowed("refused.no_right")
