"""A world from a JSON file: `{"bots": [...], "users": [...], "groups": [...]}`. Checked before anything is built."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.world import World


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SeedBot(_Strict):
    token: str = Field(pattern=r"^[0-9]{5,12}:[A-Za-z0-9_-]{10,64}$")
    username: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{3,30}[Bb][Oo][Tt]$")
    name: str = Field(min_length=1, max_length=64)
    can_read_all_group_messages: bool = False


class SeedUser(_Strict):
    id: int | None = Field(default=None, gt=0)
    first_name: str = Field(min_length=1, max_length=64)
    last_name: str = ""
    username: str | None = None
    language_code: str = "zh-hans"
    phone: str | None = None
    note: str = ""
    started: list[str] = Field(default_factory=list, description="usernames of bots he has already started")


class SeedGroup(_Strict):
    id: int | None = Field(default=None, lt=0)
    title: str = Field(min_length=1, max_length=128)
    kind: Literal["group", "supergroup"] = "supergroup"
    members: list[int | str] = Field(description="user ids or usernames; bots by username")
    admins: list[int | str] = Field(default_factory=list)
    note: str = ""


class Seed(_Strict):
    now: datetime | None = None
    speed: float | None = Field(default=None, ge=0, le=600)
    hint: dict[str, str] = Field(default_factory=dict, description="what the page says first, by language")
    bots: list[SeedBot] = Field(default_factory=list)
    users: list[SeedUser] = Field(default_factory=list)
    groups: list[SeedGroup] = Field(default_factory=list)


def load(path: Path) -> Seed:
    """Read and check a seed file. Raises pydantic.ValidationError or OSError."""
    return Seed.model_validate_json(path.read_bytes())


def plant(world: World, seed: Seed) -> None:
    """Put the seed's bots, people and groups into the world. Raises ValueError for an unknown member."""
    if seed.now is not None:
        world.clock.set(seed.now)
    if seed.speed is not None:
        world.clock.set_speed(seed.speed)
    for bot in seed.bots:
        world.add_bot(bot.token, bot.username, bot.name, can_read_all_group_messages=bot.can_read_all_group_messages)
    for person in seed.users:
        user = world.add_user(
            person.first_name,
            last_name=person.last_name,
            username=person.username,
            user_id=person.id,
            language_code=person.language_code,
            phone=person.phone,
            note=person.note,
        )
        for name in person.started:
            known = world.bot_named(name)
            if known is None:
                raise ValueError(f"no bot is called {name}")
            world.private_chat(user.id, known.id).opened = True
    names = {(user.username or "").lower(): user.id for user in world.users.values() if user.username}
    for group in seed.groups:
        world.add_group(
            group.title,
            members=[_member(world, names, who) for who in group.members],
            admins=[_member(world, names, who) for who in group.admins],
            kind=group.kind,
            chat_id=group.id,
            note=group.note,
        )


def _member(world: World, names: dict[str, int], who: int | str) -> int:
    user_id = who if isinstance(who, int) else names.get(who.lstrip("@").lower())
    if user_id is None or user_id not in world.users:
        raise ValueError(f"nobody is called {who}")
    return user_id
