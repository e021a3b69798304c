"""A bot as Telegram's side of it: its account, its queue, its webhook, its settings, its budgets."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.limits import Budget, Limits
from sandbox.model import Json, User
from sandbox.updates import UpdateQueue


@dataclass(slots=True)
class Webhook:
    url: str = ""
    secret: str = ""
    max_connections: int = 40
    ip_address: str = ""
    last_error: str = ""
    last_error_at: int = 0
    generation: int = 0  # a new setWebhook makes older deliveries stop


@dataclass(slots=True)
class Pressed:
    """What the person saw after pressing: a toast or an alert, a link to open, or nothing in time."""

    answered: bool
    text: str | None = None
    alert: bool = False
    url: str | None = None


@dataclass(slots=True)
class Query:
    """A button press that waits for answerCallbackQuery."""

    id: str
    user_id: int
    expires: float
    answer: asyncio.Future[Pressed]


@dataclass(slots=True)
class Bot:
    user: User
    token: str
    reads_all: bool
    limits: Limits
    rng: random.Random
    queue: UpdateQueue = field(init=False)
    budget: Budget = field(init=False)
    webhook: Webhook = field(default_factory=Webhook)
    webhook_changed: Callable[["Bot"], None] | None = None
    met: set[int] = field(default_factory=set)  # people the bot has heard of
    queries: dict[str, Query] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)  # (scope, language)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)  # (name|description|short, language)
    default_rights: dict[str, Json] = field(default_factory=dict)
    menu_buttons: dict[int, Json] = field(default_factory=dict)
    logged_out: bool = False
    last_conflict: float = float("-inf")  # real seconds
    last_poll: tuple[int, float] = (-1, float("-inf"))  # offset, real seconds

    def __post_init__(self) -> None:
        self.queue = UpdateQueue(self.rng, self.limits.updates_kept)
        self.budget = Budget(self.limits)

    @property
    def id(self) -> int:
        return self.user.id

    def me(self) -> Json:
        """The answer to getMe."""
        return {
            **self.user.api, "can_join_groups": True, "can_read_all_group_messages": self.reads_all,
            "supports_guest_queries": False, "supports_inline_queries": False, "can_connect_to_business": False,
            "has_main_web_app": False, "has_topics_enabled": False, "allows_users_to_create_topics": False,
            "can_manage_bots": False,
        }  # fmt: skip
