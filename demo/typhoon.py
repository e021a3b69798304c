"""Seventy-two hours of a typhoon, row by row: what happens, when, and by whose hand.

The rows are those of the field's script. Each is a little play of its own: acts, and the seconds between them. An actor
waits a while for what should be on his screen (`Host.patience`). What a row needs and does not find makes it fail by
name (`Typhoon.failed`), and the others go on. Rows of features that do not exist yet are listed with what is missing
and are never played.
Used by the demo and by the acceptance, so it knows people's screens only, never the bot's books.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from demo.cast import Cast
from demo.notices import cap
from demo.players import Act, Host, MissingError, Players
from domain.places import PlaceCode
from sandbox.errors import WorldError

log = logging.getLogger(__name__)

_CUT_OFF = 5
"""so many villages lose their network in the second night"""

Play = Sequence[tuple[float, Act]]
"""seconds to let pass, and what one does then"""
Deliver = Callable[[str, str], Awaitable[None]]
"""puts a file of this name with this text into the watched folder"""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the script. `play` None: what is missing is said in `missing`."""

    number: int
    at: timedelta
    """from eight in the morning of the first day"""
    what: str
    play: Callable[[], Play] | None = None
    missing: str = ""


def _at(day: int, clock: str) -> timedelta:
    hour, minute = clock.split(":")
    return timedelta(days=day - 1, hours=int(hour) - 8, minutes=int(minute))


@dataclass(slots=True)
class Typhoon:
    players: Players
    cast: Cast
    host: Host
    deliver: Deliver
    failed: dict[int, str] = field(default_factory=dict)
    played: list[int] = field(default_factory=list)
    began: datetime = field(init=False)
    _sent: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """warnings by their name here: identifier and time"""

    def begin(self, start: datetime) -> None:
        """Hand every row to the host, for its instant."""
        self.began = start
        for row in self.rows():
            if row.play is not None:
                self._next(row, row.play(), start + row.at)

    def _next(self, row: Row, play: Play, moment: datetime, tries: int = 0) -> None:
        """The play from its first act on, after this moment."""
        if not play:
            self.played.append(row.number)
            return
        (seconds, do), rest = play[0], play[1:]

        async def act() -> None:
            pause, times = self.host.patience()
            try:
                await do()
            except (MissingError, WorldError) as fault:
                if tries < times:
                    self._next(row, [(pause.total_seconds(), do), *rest], self.host.now(), tries + 1)
                    return
                self.failed[row.number] = f"{row.what}: {fault}"
                log.warning("row %s could not be played: %s", row.number, self.failed[row.number])
            else:
                self._next(row, rest, self.host.now())

        self.host.at(moment + timedelta(seconds=seconds), act)

    def cut_off(self) -> tuple[PlaceCode, ...]:
        """The villages that have neither road nor power nor network at this moment."""
        hours = (self.host.now() - self.began).total_seconds() / 3600
        return tuple(one.code for one in self.cast.far.villages[:_CUT_OFF]) if 39.5 <= hours < 51 else ()

    def rows(self) -> Sequence[Row]:
        evacuation, incidents = "转移（四个100%）还没有做", "突发事件信息报告、灾情统计还没有做"
        return (
            Row(1, _at(1, "08:00"), "台风蓝色预警，全县", self.blue),
            Row(5, _at(1, "09:10"), "应急站附言转发到村", self.relay),
            Row(7, _at(1, "10:06"), "岭下村书记住院，应急管理员顶岗", self.stand_in),
            Row(19, _at(2, "07:00"), "台风黄色预警", self.yellow),
            Row(21, _at(2, "08:30"), "转移清单核对", missing=evacuation),
            Row(28, _at(2, "20:00"), "台风橙色预警", self.orange),
            Row(30, _at(2, "23:40"), "两个乡镇暴雨红色预警", self.red),
            Row(33, _at(3, "00:20"), "云坑乡几个村断网断电，按失联处理", self.call_it_cut_off),
            Row(37, _at(3, "02:05"), "滑坡首报", missing=incidents),
            Row(45, _at(3, "11:00"), "云坑通信恢复", self.restored),
        )

    # -- warnings --------------------------------------------------------------------------------------------------

    async def _warn(
        self, name: str, kind: str, colour: str, where: Sequence[tuple[PlaceCode, str]], hours: float, follows: str = ""
    ) -> None:
        now = self.host.now()
        identifier, text = cap(
            now,
            kind=kind,
            colour=colour,
            areas=[(called, code.ljust(12, "0")) for code, called in where],
            text=_TEXTS[name],
            instruction=_MEASURES[name],
            hours=hours,
            follows=self._sent.get(follows),
        )
        self._sent[name] = identifier, now
        await self.deliver(f"{identifier}.xml", text)

    def blue(self) -> Play:
        return [(0, partial(self._warn, "blue", "台风", "蓝色", self.cast.townships, 36))]

    def yellow(self) -> Play:
        return [(0, partial(self._warn, "yellow", "台风", "黄色", self.cast.townships, 24, "blue"))]

    def orange(self) -> Play:
        return [(0, partial(self._warn, "orange", "台风", "橙色", self.cast.townships, 20, "yellow"))]

    def red(self) -> Play:
        two = [(town.code, town.name) for town in (self.cast.near, self.cast.far)]
        return [(0, partial(self._warn, "red", "暴雨", "红色", two, 8))]

    # -- people ----------------------------------------------------------------------------------------------------

    def _press(self, user: int, *labels: str) -> Act:
        return partial(self.players.press, user, *labels)

    def _say(self, user: int, text: str, seen: str = "") -> Act:
        return partial(self.players.say, user, text, seen=seen)

    def relay(self) -> Play:
        station = self.cast.near.station
        remark = self._say(station, "今天重点看山塘、工棚和后山", "附一句什么话")
        return [(0, self._press(station, "加附言转发")), (40, remark), (15, self._press(station, "确认提交"))]

    def stand_in(self) -> Play:
        officer, station = self.cast.near.villages[1].officer, self.cast.near.station
        return [
            (0, self._say(officer, "书记去县里住院，我顶")),
            (20, self._press(officer, "现在")),
            (20, self._press(officer, "共3天")),
            (10, self._press(officer, "确认提交")),
            (120, self._press(station, "同意")),
        ]

    def call_it_cut_off(self) -> Play:
        return [(0, self._press(self.cast.far.station, "是，按失联处理"))]

    def restored(self) -> Play:
        return [(0, self._press(self.cast.far.station, "通信恢复"))]


_TEXTS = {
    "blue": "今年第8号台风正向我省沿海靠近，预计明天起我县有大风和暴雨，请注意防范。",
    "yellow": "台风将于今天夜间影响我县，预计平均风力可达8级、阵风10级，过程雨量80到150毫米。",
    "orange": "台风今夜明晨严重影响我县，预计阵风12级，过程雨量150到250毫米，山区可能发生山洪和滑坡。",
    "red": "过去3小时两地降水量已达80毫米，预计未来3小时仍有100毫米以上，山洪和地质灾害风险很高。",
}
_MEASURES = {
    "blue": "1.检查责任人在岗。2.排查山塘、工棚、危旧房。",
    "yellow": "1.主要领导坐镇指挥，干部进村入户。2.转移危险区人员的准备工作今天完成。",
    "orange": "1.全员24小时在岗。2.危险区、危旧房、工棚人员全部转移到位。",
    "red": "1.责任人立即到岗。2.危险区有人的马上撤离。3.险情随时上报。",
}
