"""Rows of enrolment: one-time links and the tries that were made. The code of a link is nowhere, only its hash."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.people import PersonId


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One enrolment link, bound to one person. Usable once, until `expires_at`, unless revoked."""

    id: int
    person_id: PersonId
    issued_by: int | None
    """None: issued at the machine's own command line"""
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by: int | None = None
    """the Telegram account"""
    revoked_at: datetime | None = None


class EnrolmentRows(Protocol):
    async def add_link(
        self, *, code_hash: str, person_id: int, issued_by: int | None, issued_at: datetime, expires_at: datetime
    ) -> int: ...
    async def link_of(self, code_hash: str) -> LinkRow | None: ...
    async def use_link(self, link_id: int, user_id: int, at: datetime) -> bool:
        """Compare-and-set: False when it is used, revoked or expired by now."""
        ...

    async def revoke_links(self, person_ids: Collection[int], at: datetime) -> int:
        """Unused links of these persons are void from now on."""
        ...

    async def add_try(self, user_id: int, at: datetime) -> None: ...
    async def tries_since(self, user_id: int, since: datetime) -> list[datetime]:
        """The instants of this account's failed tries after `since`, oldest first."""
        ...

    async def prune(self, before: datetime) -> int:
        """Forget tries, and links that ended, before this instant."""
        ...
