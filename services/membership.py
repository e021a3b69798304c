"""The groups the bot is in: what each of them stands for, what it may do there, what became of it.

A group stands for a place, or for a department of the county, once a leader has said so by pressing a button. Nothing
is posted in a group that stands for nothing.
"""

import zlib
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.errors import NotAllowed, Stale
from domain.outgoing import Outgoing
from domain.people import RIGHTS, Action, Person, Reach, Role, may
from domain.places import Level, PlaceCode
from domain.text import Html
from domain.text import Rows as ButtonRows
from services.ports import Group
from services.reach import group_moved, tell_desk_of_group
from services.work import Work

_HELLO_DELAY = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Seen:
    """What Telegram says about the bot in a group. `status`: member, administrator, restricted, left, kicked …"""

    chat_id: int
    title: str
    status: str
    can_send: bool = True
    can_pin: bool = False

    @property
    def is_admin(self) -> bool:
        return self.status in {"administrator", "creator"}

    @property
    def gone(self) -> bool:
        return self.status in {"left", "kicked"}


async def bot_seen(work: Work, seen: Seen) -> str:
    """Take in what changed. Returns new (say hello) · back (bound before, and again) · gone · rights · nothing."""
    before = await work.rows.groups.get(seen.chat_id)
    if seen.gone:
        return await _gone(work, before, seen)
    now = Group(
        chat_id=seen.chat_id,
        title=seen.title or (before.title if before is not None else ""),
        place=None if before is None else before.place,
        department="" if before is None else before.department,
        status="unbound" if before is None or before.place is None else "active",
        can_send=seen.can_send,
        can_pin=seen.can_pin,
        is_admin=seen.is_admin,
    )
    await work.rows.groups.save(now)
    if before is None or before.status == "left":
        await work.note("group.joined", f"group:{seen.chat_id}", None, admin=seen.is_admin)
        return "back" if now.place is not None else "new"
    if (before.can_send, before.can_pin, before.is_admin) == (now.can_send, now.can_pin, now.is_admin):
        return "nothing"
    await work.note("group.rights", f"group:{seen.chat_id}", None, send=now.can_send, pin=now.can_pin)
    if before.can_send and not now.can_send and now.place is not None:
        await tell_desk_of_group(work, now.title, now.place, "no_rights", f"group:{seen.chat_id}:no_rights")
    return "rights"


async def greet(work: Work, chat_id: int, text: Html, buttons: ButtonRows) -> None:
    """The first words in a group, a moment late: when a group grows into a supergroup the bot is told of the new one
    as if it had been added, and only then that it is the old one."""
    await work.rows.outbox.put(
        Outgoing(
            key=f"group:{chat_id}:hello:{int(work.now.timestamp())}",
            chat_id=chat_id,
            text=text,
            buttons=buttons,
            subject=_hello(chat_id),
            not_before=work.now + _HELLO_DELAY,
        )
    )


def _hello(chat_id: int) -> str:
    return f"group:{chat_id}:hello"


async def _gone(work: Work, before: Group | None, seen: Seen) -> str:
    """Thrown out, or the group is no more. A group that was never known is nobody's loss."""
    if before is None or before.status == "left":
        return "nothing"
    await work.rows.outbox.abandon_chat(seen.chat_id, "kicked")
    await work.rows.groups.save(replace(before, status="left", can_send=False, can_pin=False, is_admin=False))
    await work.note("group.left", f"group:{seen.chat_id}", None, status=seen.status)
    if before.place is not None:
        await tell_desk_of_group(work, before.title, before.place, "kicked", f"group:{seen.chat_id}:kicked")
    return "gone"


async def moved(work: Work, old: int, new: int) -> None:
    """A group became a supergroup. Telegram may have told of the old one's end before."""
    await work.rows.outbox.supersede(subject=_hello(new))
    await group_moved(work, old, new)
    group = await work.rows.groups.get(new)
    if group is not None and group.status == "left" and group.place is not None:
        await work.rows.groups.save(replace(group, status="active", can_send=True))


async def retitled(work: Work, chat_id: int, title: str) -> bool:
    group = await work.rows.groups.get(chat_id)
    if group is None or not title or group.title == title:
        return False
    await work.rows.groups.save(replace(group, title=title))
    return True


async def member_left(work: Work, chat_id: int, user_id: int) -> None:
    """Somebody of the roster left a bound group: a note. His posts come from the roster, not from the group."""
    group = await work.rows.groups.get(chat_id)
    person = await work.rows.people.by_user(user_id)
    if group is not None and group.place is not None and person is not None:
        await work.note("group.member_left", f"group:{chat_id}", person, place=group.place)


# -- what a group can stand for -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """One button. bind: this place · department: this line of the county · open: show what lies in the place"""

    kind: str
    place: PlaceCode
    name: str
    department: str = ""


def department_mark(department: str) -> str:
    """A short name for a button, because Telegram takes only 64 bytes: looked up again among all departments."""
    return f"{zlib.crc32(department.encode()):08x}"


async def offers(work: Work, person: Person, within: PlaceCode | None = None) -> list[Offer]:
    """What this person may bind a group to. `within` opens one place of a list. NotAllowed for people without the
    right anywhere."""
    if within is not None:
        await work.require(person, Action.BIND_GROUP, within)
        return await _inside(work, within)
    found: list[Offer] = []
    holders = (person, *await work.stood_in_for(person))
    for post in (post for who in holders for post in who.posts):
        reach = RIGHTS[Action.BIND_GROUP].get(post.role)
        if reach is Reach.DEPARTMENT and post.department:
            found.append(Offer("department", work.county, post.department, post.department))
        elif reach is Reach.AREA:
            found += await _inside(work, post.place)
    if not found:
        raise NotAllowed("refused.no_right")
    return list(dict.fromkeys(found))


async def _itself(work: Work, place: PlaceCode) -> list[Offer]:
    here = (await work.tree()).get(place)
    return [] if here is None else [Offer("bind", here.code, here.name)]


async def _inside(work: Work, place: PlaceCode) -> list[Offer]:
    """The place itself, its departments where it is the county, then what lies directly in it, down to villages."""
    tree = await work.tree()
    here = tree.get(place)
    if here is None:
        return []
    found = await _itself(work, place)
    if here.level is Level.COUNTY:
        found += [Offer("department", here.code, name, name) for name in await departments(work)]
        found += [Offer("open", one.code, one.name) for one in tree.children(place)]
    elif here.level is Level.TOWNSHIP:
        found += [Offer("bind", one.code, one.name) for one in tree.children(place)]
    return found


async def departments(work: Work) -> list[str]:
    """The county's line departments, as the roster has them."""
    people = await work.rows.people.holding([Role.DEPARTMENT], [work.county])
    return sorted({post.department for one in people for post in one.posts if post.role is Role.DEPARTMENT})


# -- binding ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bound:
    """bound: done, `lacks` says which rights are missing (no_send, no_admin, no_pin) · same: it was so already ·
    occupied: `others` stand for it already, nothing was changed."""

    kind: str
    group: Group
    lacks: tuple[str, ...] = ()
    others: tuple[Group, ...] = ()


async def bind_group(
    work: Work, person: Person | None, seen: Seen, place: PlaceCode, department: str = "", how: str = "ask"
) -> Bound:
    """This group stands for the place from now on. `how`, where others do already: ask · add · swap (the others do
    no longer). Raises NotAllowed, Stale.

    Whoever takes a group away from a place must have the right there too: a village's head cannot make the
    township's group his own.
    """
    if (await work.tree()).get(place) is None:
        raise Stale("refused.stale")
    person = await work.require(person, Action.BIND_GROUP, place, department=department)
    before = await work.rows.groups.get(seen.chat_id) or Group(seen.chat_id, seen.title, None, status="unbound")
    if (before.place, before.department, before.status) == (place, department, "active"):
        return Bound("same", before, lacks(before))
    if before.place is not None:
        await _require_old(work, person, before)
    others = [
        group
        for group in await work.rows.groups.bound_to([place])
        if group.chat_id != seen.chat_id and group.department == department
    ]
    if others and how == "ask":
        return Bound("occupied", before, others=tuple(others))
    if how == "swap":
        await _set_free(work, others, place, seen.title)
    title = seen.title or before.title
    group = replace(before, title=title, place=place, department=department, status="active")
    await work.rows.groups.save(group)
    await work.note("group.bound", f"group:{seen.chat_id}", person, place=place, before=before.place)
    return Bound("bound", group, lacks(group))


async def _require_old(work: Work, person: Person, group: Group) -> None:
    assert group.place is not None
    holders = (person, *await work.stood_in_for(person))
    if not any(may(who, Action.BIND_GROUP, group.place, department=group.department) for who in holders):
        raise NotAllowed("group.not_yours", place=(await work.tree()).path(group.place))


async def _set_free(work: Work, groups: list[Group], place: PlaceCode, new_title: str) -> None:
    """Their warnings go elsewhere from now on, which they are told."""
    name = (await work.tree()).path(place)
    for group in groups:
        await work.rows.groups.save(replace(group, place=None, department="", status="unbound"))
        text = work.words.text("group.freed", place=name, title=new_title)
        key = f"group:{group.chat_id}:freed:{int(work.now.timestamp())}"
        await work.rows.outbox.put(Outgoing(key=key, chat_id=group.chat_id, text=text))
        await work.note("group.freed", f"group:{group.chat_id}", None, place=place)


async def unbind_group(work: Work, person: Person | None, chat_id: int) -> Group:
    """The group stands for nothing any more. Raises NotAllowed, Stale."""
    group = await work.rows.groups.get(chat_id)
    if group is None or group.place is None:
        raise Stale("group.unbound_already")
    if person is None:
        raise NotAllowed("refused.not_enrolled")
    await _require_old(work, person, group)
    await work.rows.groups.save(replace(group, place=None, department="", status="unbound"))
    await work.note("group.unbound", f"group:{chat_id}", person, place=group.place)
    return group


def lacks(group: Group) -> tuple[str, ...]:
    """Which rights the bot misses in the group, the gravest first."""
    found = [] if group.can_send else ["no_send"]
    if not group.is_admin:
        return (*found, "no_admin")
    return (*found,) if group.can_pin else (*found, "no_pin")
