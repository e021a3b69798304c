"""`Work` is what a service function works with: one open transaction, the instant, the words and the dice.

A door (handlers/, feeds/, scheduler/) makes one for each update, notice or tick and runs services on it inside one
transaction. What has to happen after the commit and outside the outbox, the answer to a button press, is left in
`toast`; the door carries it out.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.errors import NotAllowed
from domain.outgoing import Lane, Outgoing, Policy
from domain.people import Action, Person, may
from domain.places import PlaceCode, PlaceTree
from domain.policy import CountyPolicy
from domain.text import NO_TEXT, Html
from domain.text import Rows as ButtonRows
from services.ports import Chance, Rows, Words


@dataclass(frozen=True, slots=True)
class Toast:
    """The answer to a press: at most 200 characters; `alert` must be clicked away."""

    text: str
    alert: bool = False
    url: str | None = None


@dataclass(slots=True)
class Work:
    """One transaction's worth of work. `bot_name` is the bot's username, for deep links."""

    rows: Rows
    now: datetime
    words: Words
    chance: Chance
    new_id: Callable[[], str]
    new_secret: Callable[[], str]
    policy: CountyPolicy
    zone: ZoneInfo
    bot_name: str
    county: PlaceCode
    toast: Toast | None = None
    wake: set[str] = field(default_factory=set)
    _tree: PlaceTree | None = None

    async def tree(self) -> PlaceTree:
        """The division tree, read at most once in a transaction."""
        if self._tree is None:
            self._tree = await self.rows.places.tree()
        return self._tree

    def local(self, instant: datetime) -> datetime:
        """The instant on the county's clock."""
        return instant.astimezone(self.zone)

    def link(self, payload: str) -> str:
        """A deep link that opens the private chat with this payload (at most 64 of A-Z a-z 0-9 _ -)."""
        return f"https://t.me/{self.bot_name}?start={payload}"

    async def tell(
        self,
        person: Person,
        key: str,
        text: Html,
        *,
        subject: str = "",
        buttons: ButtonRows = (),
        lane: Lane = Lane.REPLY,
        policy: Policy = Policy.AT_LEAST_ONCE,
        expires_at: datetime | None = None,
        silent: bool = False,
        resend_mark: Html = NO_TEXT,
    ) -> bool:
        """One private message to one person, once for this key. False when the private chat is not open: then
        nothing is queued and the caller goes another way."""
        if not person.reachable or person.user_id is None:
            return False
        await self.rows.outbox.put(
            Outgoing(
                key=key,
                chat_id=person.user_id,
                person_id=person.id,
                text=text,
                buttons=buttons,
                subject=subject,
                lane=lane,
                policy=policy,
                expires_at=expires_at,
                silent=silent,
                resend_mark=resend_mark,
            )
        )
        return True

    async def require(
        self,
        person: Person | None,
        action: Action,
        place: PlaceCode,
        *,
        own: bool = False,
        grave: bool = False,
        department: str = "",
    ) -> Person:
        """The person if he may, standing in for somebody on leave included; NotAllowed otherwise."""
        if person is not None:
            for who in (person, *await self.stood_in_for(person)):
                if may(who, action, place, own=own, grave=grave, department=department):
                    return person
        raise NotAllowed("refused.no_right")

    async def stood_in_for(self, person: Person) -> list[Person]:
        """Those on leave now whose posts the person carries."""
        absent = [
            leave.person_id for leave in await self.rows.people.leaves(self.now) if leave.stand_in_id == person.id
        ]
        return list((await self.rows.people.many(absent)).values())

    async def note(self, what: str, subject: str, actor: Person | None = None, **facts: object) -> None:
        """One line on the timeline. Facts are ids, states and numbers, never what people wrote."""
        if self.rows.drills.standing is not None:
            facts["drill"] = self.rows.drills.standing
        await self.rows.timeline.add(
            what, subject=subject, actor=None if actor is None else actor.id, at=self.now, facts=facts
        )

    async def groups_for(self, places: Collection[PlaceCode]) -> list[int]:
        return [g.chat_id for g in await self.rows.groups.bound_to(places)]
