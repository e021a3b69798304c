"""Enrolment: how a Telegram account becomes that of one person in the roster. Two ways, and no third.

1. A one-time link, bound to one person, handed out on paper or by the station officer. Only its hash is kept.
2. The person shares his own number in the private chat, and it stands in the roster.

Never by a display name, never by being in a group. A failed try is a result and not an exception, because it must be
counted in the same transaction in which it failed.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from domain.enrolment import CODE_PREFIX, LONGEST_CODE, SHORTEST_CODE, IssuedLink
from domain.errors import DomainError
from domain.people import FORBIDDEN_ACCOUNTS, Action, Person, PersonStatus, PrivateChat
from domain.phones import last_four, read_mobile
from domain.places import PlaceCode, is_within
from domain.text import Button
from services.desk import keepers, places_of, tell_keepers
from services.handover import ask_open
from services.ladder import Voice
from services.people_texts import duties_of, help_of
from services.reach import private_chat_opened
from services.voices import VOICES
from services.work import Work

_HOUR = timedelta(hours=1)
_CODE = re.compile(rf"[A-Za-z0-9_-]{{{SHORTEST_CODE},{LONGEST_CODE}}}")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What became of a try.

    enrolled · already (this account, this person) · not_own (somebody else's contact) · not_listed · link_unknown ·
    link_expired · link_revoked · link_used · taken_account (the account is another person's) · taken_person (the
    person has another account) · locked (too many tries; `wait` is how long yet)
    """

    kind: str
    person: Person | None = None
    wait: timedelta = timedelta()

    @property
    def ok(self) -> bool:
        return self.kind in {"enrolled", "already"}


# -- links --------------------------------------------------------------------------------------------------------


async def issue_links(work: Work, officer: Person | None, place: PlaceCode) -> list[IssuedLink]:
    """New links for everybody with a post in the place who has no account yet; their older unused ones are void.
    Raises NotAllowed."""
    officer = await work.require(officer, Action.ISSUE_ENROLMENT, place)
    return await _issue(work, officer, await _without_account(work, place), place)


async def issue_links_at_console(work: Work, place: PlaceCode) -> list[IssuedLink]:
    """The same at the machine's own command line, where the first officers come from."""
    return await _issue(work, None, await _without_account(work, place), place)


async def _without_account(work: Work, place: PlaceCode) -> list[Person]:
    return [
        person
        for person in await work.rows.people.all()
        if person.status is PersonStatus.ACTIVE
        and person.user_id is None
        and any(is_within(post.place, place) for post in person.posts)
    ]


async def _issue(work: Work, officer: Person | None, people: Sequence[Person], place: PlaceCode) -> list[IssuedLink]:
    await work.rows.enrolment.revoke_links([person.id for person in people], work.now)
    expires = work.now + timedelta(hours=work.policy.enrolment.link_hours)
    links = []
    for person in people:
        code = work.new_secret()
        if not _CODE.fullmatch(code):
            raise ValueError("the source of secrets gives no code that fits a link")
        await work.rows.enrolment.add_link(
            code_hash=_hash(code),
            person_id=person.id,
            issued_by=None if officer is None else officer.id,
            issued_at=work.now,
            expires_at=expires,
        )
        village = await _listed_at(work, person, place)
        links.append(
            IssuedLink(
                person_id=person.id,
                name=person.name,
                tail=last_four(person.phone),
                village=village,
                village_name=(await work.tree()).path(village),
                duties=tuple(await duties_of(work, person)),
                expires_at=work.local(expires),
                url=work.link(CODE_PREFIX + code),
            )
        )
    await work.note("enrolment.issued", f"place:{place}", officer, links=len(links))
    return sorted(links, key=lambda link: (link.village, link.person_id))


async def _listed_at(work: Work, person: Person, place: PlaceCode) -> PlaceCode:
    """On whose sheet the person stands: that of the first village, township or county he has a post in there."""
    tree = await work.tree()
    at = next(post.place for post in person.posts if is_within(post.place, place))
    village = tree.village_of(at)
    return at if village is None else village.code


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


async def enrol_by_link(work: Work, user_id: int, code: str, voices: Mapping[str, Voice] = VOICES) -> Enrolment:
    """Somebody opened a link. Raises DomainError for accounts that stand for many people."""
    _refuse_shared_accounts(user_id)
    link = await work.rows.enrolment.link_of(_hash(code)) if _CODE.fullmatch(code) else None
    person = None if link is None else await work.rows.people.get(link.person_id)
    if person is not None and person.user_id == user_id:
        return await _already(work, person, voices)
    if (locked := await _locked(work, user_id, person)) is not None:
        return locked
    if link is None or person is None or person.status is not PersonStatus.ACTIVE:
        return await _failed(work, user_id, "link_unknown")
    if link.used_at is not None:
        return await _failed(work, user_id, "link_used", person)
    if link.revoked_at is not None:
        return await _failed(work, user_id, "link_revoked", person)
    if link.expires_at <= work.now:
        return await _failed(work, user_id, "link_expired", person)
    if (taken := await _taken(work, user_id, person)) is not None:
        return taken
    if not await work.rows.enrolment.use_link(link.id, user_id, work.now):
        return await _failed(work, user_id, "link_used", person)
    return await _enrolled(work, user_id, person, "link", voices)


# -- the own number -------------------------------------------------------------------------------------------------


async def enrol_by_contact(
    work: Work,
    user_id: int,
    phone: str,
    contact_of: int | None,
    *,
    forwarded: bool = False,
    voices: Mapping[str, Voice] = VOICES,
) -> Enrolment:
    """Somebody shared a contact in the private chat. It counts only when Telegram says that it is his own."""
    _refuse_shared_accounts(user_id)
    if forwarded or contact_of != user_id:
        return Enrolment("not_own")
    number = read_mobile(phone)
    person = None if number is None else await work.rows.people.by_phone(number)
    if person is not None and person.user_id == user_id:
        return await _already(work, person, voices)
    if (locked := await _locked(work, user_id, person)) is not None:
        return locked
    if person is None or person.status is not PersonStatus.ACTIVE:
        return await _failed(work, user_id, "not_listed")
    if (taken := await _taken(work, user_id, person)) is not None:
        return taken
    return await _enrolled(work, user_id, person, "phone", voices)


# -- what both ways share -------------------------------------------------------------------------------------------


def _refuse_shared_accounts(user_id: int) -> None:
    if user_id in FORBIDDEN_ACCOUNTS or user_id <= 0:
        raise DomainError("enrol.impossible")


async def _locked(work: Work, user_id: int, person: Person | None) -> Enrolment | None:
    """After so many failed tries in an hour no further one is looked at, and the desk hears of it."""
    tries = await work.rows.enrolment.tries_since(user_id, work.now - _HOUR)
    if len(tries) < work.policy.enrolment.tries_per_hour:
        return None
    told = await keepers(work, Action.ISSUE_ENROLMENT, work.county if person is None else places_of(work, person)[0])
    facts: dict[str, object] = {"account": f"tg://user?id={user_id}", "tries": len(tries)}
    await tell_keepers(work, told, f"enrol:{user_id}:locked:{tries[0]:%Y%m%d%H%M}", "enrol.desk.locked", facts)
    return Enrolment("locked", wait=tries[-work.policy.enrolment.tries_per_hour] + _HOUR - work.now)


async def _failed(work: Work, user_id: int, kind: str, person: Person | None = None) -> Enrolment:
    await work.rows.enrolment.add_try(user_id, work.now)
    subject = "enrolment" if person is None else f"person:{person.id}"
    await work.note("enrolment.failed", subject, None, why=kind, account=user_id)
    if kind == "link_used" and person is not None:
        await _tell_desk(work, user_id, person, "link_used", person)
    return Enrolment(kind)


async def _taken(work: Work, user_id: int, person: Person) -> Enrolment | None:
    """One account, one person, in both directions. Only the desk can untie what is tied."""
    holder = await work.rows.people.by_user(user_id)
    if holder is not None:
        await _tell_desk(work, user_id, person, "taken_account", holder)
        return await _failed(work, user_id, "taken_account", person)
    if person.user_id is not None:
        await _tell_desk(work, user_id, person, "taken_person", person)
        return await _failed(work, user_id, "taken_person", person)
    return None


async def _tell_desk(work: Work, user_id: int, person: Person, why: str, tied: Person) -> None:
    """What happened, with a button that unties the account standing in the way. Once a day for the same pair."""
    for keeper in await keepers(work, Action.ISSUE_ENROLMENT, places_of(work, person)[0], but=[tied.id]):
        text = work.words.card(
            "enrol_conflict",
            keeper.language,
            why=why,
            name=person.name,
            duties=await duties_of(work, person, keeper.language),
            other=tied.name,
            account=f"tg://user?id={user_id}",
        )
        label = work.words.label("enrol.button.release", keeper.language, name=tied.name)
        await work.tell(
            keeper,
            f"person:{person.id}:enrol_{why}:{user_id}:{work.now:%Y%m%d}:{keeper.id}",
            text,
            buttons=() if tied.user_id is None else ((Button(label, f"r:free:{tied.id}:{tied.user_id}"),),),
        )


async def _already(work: Work, person: Person, voices: Mapping[str, Voice]) -> Enrolment:
    assert person.user_id is not None
    await reopen(work, person.user_id, voices)
    return Enrolment("already", await work.rows.people.get(person.id))


async def _enrolled(work: Work, user_id: int, person: Person, way: str, voices: Mapping[str, Voice]) -> Enrolment:
    if not await work.rows.people.enrol(person.id, user_id, work.now):
        return await _failed(work, user_id, "taken_person", person)
    await work.rows.enrolment.revoke_links([person.id], work.now)
    await work.rows.obligations.set_reachable(person.id, True)
    await work.note("enrolment.done", f"person:{person.id}", person, way=way)
    enrolled = await work.rows.people.get(person.id)
    assert enrolled is not None
    await greet(work, enrolled)
    await ask_open(work, enrolled, voices)
    return Enrolment("enrolled", enrolled)


async def greet(work: Work, person: Person) -> None:
    """The first words to somebody who is in: his posts, and what he can do here. Before any question."""
    from_help = work.words.text(help_of(person), person.language)
    text = work.words.card(
        "enrolled", person.language, name=person.name, duties=await duties_of(work, person), can_do=from_help
    )
    await work.tell(person, f"person:{person.id}:enrolled:{person.user_id}:{int(work.now.timestamp())}", text)


async def reopen(work: Work, user_id: int, voices: Mapping[str, Voice] = VOICES) -> bool:
    """The private chat can be written to (again): what is open is asked at once. False when it was open already, or
    when nobody is known by this account."""
    before = await work.rows.people.by_user(user_id)
    if before is None or before.private_chat is PrivateChat.OPEN:
        return False
    await private_chat_opened(work, user_id)
    person = await work.rows.people.by_user(user_id)
    assert person is not None
    await ask_open(work, person, voices)
    return True
