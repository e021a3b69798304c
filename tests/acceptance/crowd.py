"""How the county's people behave: most answer, each in his own way and time; some never do.

A person acts on what he sees: a question with a green button in his private chat, or the post in his village's group.
Who has answered and is asked again, because his press was lost, answers again.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from demo.manners import Deed, deed_for, step_for
from domain.people import PrivateChat
from sandbox.errors import WorldError
from sandbox.model import Json, Message
from tests.acceptance.roster import Resident
from tests.acceptance.stage import Stage

ANSWERING = 0.87
"""of those who can be reached; with the others that leaves four of five"""


class Way(StrEnum):
    """The channel it is recorded as is the value."""

    BUTTON = "button"
    WORD = "text"
    IN_GROUP = "group"
    LINK = "link"
    NEVER = "never"


_MIX = ((Way.BUTTON, 0.6), (Way.WORD, 0.2), (Way.IN_GROUP, 0.12), (Way.LINK, 0.08))
_CHECK = ("【抽查】", "请您回答")
_WORDS = ("收到", "收到！", "1", "好的，收到", "村里收到")


@dataclass(frozen=True, slots=True)
class Answer:
    """One attempt of one person, whether Telegram kept it or not."""

    user_id: int
    warning_id: int
    way: Way
    at: datetime


class Crowd:
    def __init__(self, stage: Stage, seed: int = 20, *, goes_on: bool = False) -> None:
        """`goes_on`: they also report what they do, walk their rounds and answer checks."""
        self.goes_on = goes_on
        self._stage = stage
        self._chance = random.Random(seed)
        self._events = stage.world.subscribe()
        self._people = {one.user_id: one for one in stage.county.residents}
        self.way = {one.user_id: self._temper(one) for one in stage.county.residents}
        self.answers: list[Answer] = []
        self.questions: Counter[tuple[int, int]] = Counter()
        """(account, warning) → how often it was asked"""
        self.asked_at: dict[tuple[int, int], datetime] = {}
        self.shown: dict[tuple[int, int], list[tuple[int, datetime]]] = defaultdict(list)
        """(warning, person) → to whom the silent one was named, and when"""
        self.checked: list[tuple[int, datetime]] = []
        """whom a check asked, and when; the message itself is rewritten when it is answered"""
        self.is_cut_off: Callable[[Resident], bool] = lambda _: False
        """who can neither read nor write just now"""
        self.is_busy: Callable[[int], bool] = lambda _: False
        """whose hands somebody else moves just now"""
        stage.watch = self.look

    def _temper(self, one: Resident) -> Way:
        if one.chat is PrivateChat.NEVER:
            return Way.NEVER
        if one.chat is PrivateChat.BLOCKED:  # he still reads his village's group
            return Way.IN_GROUP if self._chance.random() < 0.5 else Way.NEVER
        if self._chance.random() > ANSWERING:
            return Way.NEVER
        ways, weights = zip(*_MIX, strict=True)
        return self._chance.choices(ways, weights)[0]

    def look(self) -> None:
        """What has been said since the last look."""
        for event in self._events.drain():
            if event["type"] != "message" or event["about"].bot_id is None:
                continue
            message: Message = event["about"]
            if event["chat_id"] > 0 and all(words in message.text for words in _CHECK):
                self.checked.append((event["chat_id"], self._stage.clock.now()))
            buttons = [button.get("callback_data", "") for row in message.buttons for button in row]
            named = {tuple(data.split(":")[2:4]) for data in buttons if data.startswith("w:rec:")}
            for warning, person in named:  # a line of buttons for each silent one
                self.shown[int(warning), int(person)].append((event["chat_id"], self._stage.clock.now()))
            asked = next((data for data in buttons if data.startswith("w:ack:")), None)
            if asked is not None:
                self._asked(event["chat_id"], message.id, int(asked.rpartition(":")[2]))
            elif event["chat_id"] > 0 and self.goes_on and deed_for(message) is not None:
                self._later(event["chat_id"], message.id, deed_for)

    def _asked(self, chat_id: int, message_id: int, warning_id: int) -> None:
        if chat_id < 0:
            for one in self._people.values():
                if one.chat is PrivateChat.BLOCKED and self._village_group(one) == chat_id:
                    self._decide(one, message_id, warning_id)
            return
        key = (chat_id, warning_id)
        self.questions[key] += 1
        self.asked_at.setdefault(key, self._stage.clock.now())
        self._decide(self._people[chat_id], message_id, warning_id)

    def _decide(self, one: Resident, message_id: int, warning_id: int) -> None:
        if self.way[one.user_id] is Way.NEVER or self.is_cut_off(one):
            return
        seconds = min(self._chance.lognormvariate(4.3, 0.9), 3000.0)
        act = partial(self._answer, one, message_id, warning_id)
        self._stage.at(self._stage.clock.now() + timedelta(seconds=seconds), act)

    async def _answer(self, one: Resident, message_id: int, warning_id: int) -> None:
        world, way, user = self._stage.world, self.way[one.user_id], one.user_id
        with suppress(WorldError):  # answered by then: the button is gone
            if way is Way.BUTTON:
                await world.press(user, user, message_id, f"w:ack:{warning_id}", wait=False)
            elif way is Way.WORD:
                if self._is_settled(user, message_id):
                    return
                await world.say(user, user, self._chance.choice(_WORDS))
            elif way is Way.IN_GROUP:
                await world.say(user, self._village_group(one), self._chance.choice(_WORDS[:2]))
            else:
                await world.open_link(user, f"https://t.me/shouwang_county_bot?start=a_{warning_id}")
            self.answers.append(Answer(user, warning_id, way, self._stage.clock.now()))
        if self.goes_on and way is not Way.IN_GROUP:
            self._later(user, message_id, step_for)

    def _is_settled(self, user: int, message_id: int) -> bool:
        message = self._stage.world.chat_for(user, user).messages.get(message_id)
        return message is None or not _has_ack(message.payload)

    # -- patrols, checks, shifts: the same manners as the neighbours of the demo --------------------------------------

    def _later(self, user: int, message_id: int, what: Callable[[Message], Deed | None]) -> None:
        if self.way[user] is Way.NEVER or self.is_cut_off(self._people[user]):
            return
        seconds = min(self._chance.lognormvariate(4.3, 0.9), 3000.0)
        moment = self._stage.clock.now() + timedelta(seconds=seconds)
        self._stage.at(moment, partial(self._do, user, message_id, what))

    async def _do(self, user: int, message_id: int, what: Callable[[Message], Deed | None]) -> None:
        world = self._stage.world
        message = world.chat_for(user, user).messages.get(message_id)
        deed = None if message is None or self.is_cut_off(self._people[user]) else what(message)
        if deed is None or self.is_busy(user):
            return
        with suppress(WorldError):  # settled by then: the button is gone
            if deed.press:
                await world.press(user, user, message_id, deed.press, wait=False)
            else:
                await world.say(user, user, deed.say)

    def _village_group(self, one: Resident) -> int:
        return self._stage.county.groups[one.posts[0].place]


def _has_ack(payload: Json) -> bool:
    rows = payload.get("reply_markup", {}).get("inline_keyboard", [])
    return any(str(button.get("callback_data", "")).startswith("w:ack:") for row in rows for button in row)
