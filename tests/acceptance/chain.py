"""One event in four steps, as a weather service sends them: orange for the county, raised to red for two townships,
lowered to yellow for the county, lifted. Our own files in the form of CAP 1.2."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from demo.notices import cap
from tests.acceptance.roster import COUNTY, LargeCounty
from tests.acceptance.stage import START, Stage

_GAP = timedelta(minutes=90)
_BEIJING = timezone(timedelta(hours=8))
_REFERENCES = re.compile("<references>.*</references>")
"""a message names every one before it"""
_TEXTS = {
    "橙色": "预计未来3小时全县大部分乡镇降水量将达50毫米以上。",
    "红色": "预计未来3小时两地降水量将达100毫米以上。",
    "黄色": "降雨减弱，变更为黄色。",
}


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    sent: datetime
    xml: str


def steps(county: LargeCounty) -> list[Step]:
    """Alert, Update (raised), Update (lowered), Cancel; each an hour and a half after the one before."""
    towns = county.townships[:2]
    plan = (("橙色", [COUNTY], False), ("红色", towns, False), ("黄色", [COUNTY], False), ("黄色", [COUNTY], True))
    made: list[Step] = []
    first, before = None, ""
    for number, (colour, places, cancel) in enumerate(plan):
        at = START + timedelta(minutes=1) + number * _GAP
        areas = [("", code.ljust(12, "0")) for code in places]
        text = "解除。" if cancel else _TEXTS[colour]
        identifier, xml = cap(
            at,
            kind="暴雨",
            colour=colour,
            areas=areas,
            text=text,
            instruction="注意防范。",
            hours=12,
            follows=first,
            cancel=cancel,
        )
        xml = _REFERENCES.sub(f"<references>{before.strip()}</references>", xml)
        first = first or (identifier, at)
        before += f" qxt@songyang.example,{identifier},{at.astimezone(_BEIJING).isoformat()}"
        made.append(Step(f"{number + 1}", at, xml))
    return made


async def deliver(stage: Stage, order: Sequence[Step]) -> None:
    """One after the other, none before it was sent, each given time to be posted."""
    stage.beat_every = timedelta(minutes=5)
    for number, step in enumerate(order):
        await stage.until(max(stage.clock.now(), step.sent + timedelta(seconds=5)))
        await stage.deliver(f"{number}-{step.name}.xml", step.xml)
        await stage.pass_time(minutes=2)


def said(stage: Stage) -> dict[int, list[str]]:
    """group → the kinds of posts that were sent there, in their order."""
    found: dict[int, list[str]] = {chat: [] for chat in stage.county.groups.values()}
    for call in stage.world.ledger.of("sendMessage"):
        if call.ok and int(call.params["chat_id"]) in found:
            found[int(call.params["chat_id"])].append(_kind(str(call.params["text"])))
    return found


_SIGNS = (
    ("已解除", "lifted"),
    ("已不在影响范围内", "dropped"),
    ("红色预警", "red"),
    ("橙色预警", "orange"),
    ("黄色预警", "yellow"),
)


def _kind(text: str) -> str:
    return next((name for sign, name in _SIGNS if sign in text), text[:40])


def summary(stage: Stage) -> Counter[tuple[str, str]]:
    """(level of the place, kinds in their order) → how many groups."""
    level = {chat: code for code, chat in stage.county.groups.items()}
    return Counter(
        ({6: "county", 9: "township", 12: "village"}[len(level[chat])], " ".join(kinds))
        for chat, kinds in said(stage).items()
    )
