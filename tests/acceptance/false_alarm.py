"""A red warning that was wrong: one officer says so, another confirms, and how long until the last group knows."""

from datetime import timedelta
from pathlib import Path

from domain.people import PrivateChat
from tests.acceptance import expected
from tests.acceptance.crowd import Crowd
from tests.acceptance.night import warn
from tests.acceptance.reckoning import Ledger
from tests.acceptance.roster import FIRST_USER, Size, make
from tests.acceptance.stage import Stage, stage_of

ALLOWED = timedelta(minutes=2)
FIRST_TAP, SECOND_TAP = "发错了，更正", "确认更正"
_DUTY, _OTHER_DUTY = FIRST_USER, FIRST_USER + 1


async def press(stage: Stage, user: int, label: str) -> None:
    """The newest button of that name in the person's private chat."""
    messages = stage.world.chat_for(user, user).messages
    for number in sorted(messages, reverse=True):
        for row in messages[number].buttons:
            for button in row:
                if button["text"] == label:
                    await stage.world.press(user, user, number, button["callback_data"], wait=False)
                    return
    raise AssertionError(f"no button {label!r}")


async def false_alarm(size: Size, folder: Path, title: str = "", noticed_after: float = 20) -> Ledger:
    """Whole county at red; noticed while the questions are still going out. Nobody else answers."""
    county, ledger = make(size), Ledger(title)
    async with stage_of(county, folder) as stage:
        crowd = Crowd(stage)
        started = stage.clock.now()
        await warn(stage, county.townships)
        await stage.until(started + timedelta(seconds=noticed_after))
        await stage.world.say(_DUTY, _DUTY, "/warnings")
        await stage.pass_time(seconds=10)
        first = stage.clock.now()
        await press(stage, _DUTY, FIRST_TAP)
        await stage.pass_time(seconds=15)  # the other one reads it
        await press(stage, _OTHER_DUTY, SECOND_TAP)
        second = stage.clock.now()
        await stage.pass_time(minutes=6)
        wrong = [c for c in stage.world.ledger.of("sendMessage") if c.ok and "【更正】" in str(c.params["text"])]
        groups = {int(c.params["chat_id"]): c.time for c in wrong if int(c.params["chat_id"]) < 0}
        people = {int(c.params["chat_id"]): c.time for c in wrong if int(c.params["chat_id"]) > 0}
        asked = {user for user, _ in crowd.questions}
        after = {user for (user, _), at in crowd.asked_at.items() if at > second + timedelta(seconds=2)}
        ledger.hold("groups that were not told", set(county.groups.values()) - set(groups))
        ledger.hold("groups told that had no warning", set(groups) - expected.groups(county, county.townships))
        able = {one.user_id for one in county.residents if one.chat is PrivateChat.OPEN}
        ledger.hold("people who were asked and not told", asked & able - set(people) - {_DUTY, _OTHER_DUTY})
        ledger.hold("people asked after it was taken back", after)
        slowest = max(groups.values()) - first
        if slowest > ALLOWED:
            ledger.violations.append(f"the last group was told {slowest.total_seconds():.0f} s after the first tap")
        ledger.figures["groups told"] = (
            f"{len(groups)}, the last {slowest.total_seconds():.0f} s after the first tap, "
            f"{(max(groups.values()) - second).total_seconds():.0f} s after the second"
        )
        ledger.figures["people told"] = f"{len(people)} of {len(asked)} who had been asked by then"
    return ledger
