"""The weather service of the crash test: puts CAP files into the bot's folder, whether the bot is alive or not."""

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path

from benchmarks.county import COUNTY, BenchCounty
from demo.notices import cap
from domain.places import PlaceCode
from sandbox.world import World

_COLOURS = ("黄色", "橙色", "橙色", "红色")
_AHEAD = 3
_KINDS = ("暴雨", "大风", "雷电", "地质灾害气象风险")


@dataclass(frozen=True, slots=True)
class Issued:
    identifier: str
    township: PlaceCode


class Weather:
    """One warning for a township every `seconds` or so, unless the county's group still waits for the last few: a
    storm no bot keeps up with would show nothing about crashes. `quiet` set: none any more."""

    def __init__(self, folder: Path, world: World, county: BenchCounty, chance: random.Random, seconds: float) -> None:
        self._folder = folder
        self._world = world
        self._county = county
        self._chance = chance
        self._seconds = seconds
        self.quiet = False
        self.issued: list[Issued] = []

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self._seconds * self._chance.uniform(0.5, 1.5))
            if not self.quiet and len(self.issued) - self._posted() < _AHEAD:
                self._issue()

    def _posted(self) -> int:
        """Warnings that the county's group has seen, copies counted too."""
        group = self._world.group(self._county.groups[COUNTY])
        return sum(1 for message in group.messages.values() if message.bot_id is not None)

    def waiting(self) -> bool:
        """Whether files lie in the folder that the bot has not taken in."""
        return any(self._folder.glob("*.xml"))

    def _issue(self) -> None:
        place = self._chance.choice(self._county.townships)
        number = len(self.issued) + 1
        stamped, text = cap(
            self._world.clock.now(),
            kind=f"{self._chance.choice(_KINDS)}{number}",  # of the same kind the graver one would count
            colour=self._chance.choice(_COLOURS),
            areas=[(place.name, place.code.ljust(12, "0"))],
            text=f"第{number}份：预计未来3小时{place.name}降水量将达50毫米以上。",
            instruction="责任人立即到岗，加密巡查。",
        )
        identifier = f"crash-{number:05d}"  # the form's own number has only seconds in it
        text = text.replace(stamped, identifier)
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished = self._folder / f".{number}.part"
        unfinished.write_text(text, "utf-8")
        unfinished.rename(self._folder / f"{number:05d}.xml")
        self.issued.append(Issued(identifier, place.code))
