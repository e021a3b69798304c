"""Seventy-two hours of a typhoon, row by row: what happens, when, and by whose hand.

The rows are those of the field's script; those that everybody plays by himself (rounds, checks drawn, answers) are not
here but in demo/manners.py.
Used by the demo and by the acceptance, so it knows people's screens only, never the bot's books.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from demo.notices import cap
from demo.players import Act
from demo.script import Play, Row, clock
from demo.typhoon_field import OutOfDoors
from domain.places import PlaceCode

_CUT_OFF = 5
"""so many villages lose their network in the second night"""
_ON_THE_DIKE = (43.2, 44.8)
"""hours of the second night: the round at which the dike seeps, and the one at which its patroller is away"""

Deliver = Callable[[str, str], Awaitable[None]]
"""puts a file of this name with this text into the watched folder"""


@dataclass(slots=True)
class Typhoon(OutOfDoors):
    deliver: Deliver
    _sent: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """warnings by their name here: identifier and time"""

    def is_busy(self, user: int) -> bool:
        """Whose answers are lines of the script just now; the crowd leaves them to it."""
        near, hours = self.cast.near, self._hours()
        if user == near.dike and _ON_THE_DIKE[0] <= hours < _ON_THE_DIKE[1]:
            return True
        parts = {near.villages[0].walker: 8, near.villages[2].officer: 15, near.villages[1].grid: 16, near.duty: 29}
        return user in parts and not {parts[user]} & {*self.played, *self.failed}

    def cut_off(self) -> tuple[PlaceCode, ...]:
        """The villages that have neither road nor power nor network at this moment."""
        return tuple(one.code for one in self.cast.far.villages[:_CUT_OFF]) if 39.5 <= self._hours() < 51 else ()

    def _hours(self) -> float:
        return (self.host.now() - self.began).total_seconds() / 3600

    def rows(self) -> Sequence[Row]:
        evacuation, incidents = "转移（四个100%）还没有做", "突发事件信息报告、灾情统计还没有做"
        return (
            Row(1, clock(1, "08:00"), "台风蓝色预警，全县", self.blue),
            Row(4, clock(1, "09:00"), "县值班员同意启动Ⅳ级响应", self.start),
            Row(5, clock(1, "09:10"), "应急站附言转发到村", self.relay),
            Row(6, clock(1, "09:40"), "应急站排第二天晚上的班", self.plan_shift),
            Row(7, clock(1, "10:06"), "岭下村书记住院，应急管理员顶岗", self.stand_in),
            Row(8, clock(1, "10:30"), "山塘巡查：溢洪道堵，水位31.2", self.blocked_spillway),
            Row(9, clock(1, "10:40"), "应急站交办", self.assign),
            Row(10, clock(1, "11:20"), "巡查员清好，包村干部复查销号", self.cleared),
            Row(11, clock(1, "13:10"), "网格员报工棚有人", self.shed),
            Row(12, clock(1, "13:20"), "另一个人也报工棚，加为补充", self.shed_again),
            Row(13, clock(1, "13:30"), "吹哨叫部门，领导确认，部门报到", self.whistle),
            Row(15, clock(1, "15:00"), "点名抽查，电话是空号", self.wrong_number),
            Row(16, clock(1, "16:10"), "点名抽查，人在县城", self.away),
            Row(17, clock(1, "17:31"), "日报", self.digest),
            Row(19, clock(2, "07:00"), "台风黄色预警", self.yellow),
            Row(20, clock(2, "08:00"), "升为Ⅲ级", self.raise_to_three),
            Row(21, clock(2, "08:30"), "转移清单核对", missing=evacuation),
            Row(28, clock(2, "20:00"), "台风橙色预警，升为Ⅱ级", self.orange),
            Row(29, clock(2, "20:55"), "交接班", self.shift),
            Row(30, clock(2, "23:40"), "两个乡镇暴雨红色预警", self.red),
            Row(32, clock(2, "23:52"), "大喇叭、敲门，报到户数", self.households),
            Row(33, clock(3, "00:20"), "云坑乡几个村断网断电，按失联处理", self.call_it_cut_off),
            Row(34, clock(3, "00:35"), "云坑乡用卫星电话联系上一个村，代为登记", self.by_satellite),
            Row(35, clock(3, "01:12"), "发语音：后山有响声，裂缝变宽", self.noise),
            Row(37, clock(3, "02:05"), "滑坡首报", missing=incidents),
            Row(38, clock(3, "02:20"), "堤防改为半小时一巡", self.dense),
            Row(39, clock(3, "03:31"), "堤防渗水", self.seepage),
            Row(40, clock(3, "04:41"), "去抢险，补报四点的巡查", self.fill_in),
            Row(43, clock(3, "08:00"), "降为Ⅲ级", self.lower),
            Row(45, clock(3, "11:00"), "云坑通信恢复", self.restored),
            Row(49, clock(3, "20:00"), "结束响应", self.end),
            Row(50, clock(4, "08:05"), "复盘单", self.review),
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
        warned = (0, partial(self._warn, "orange", "台风", "橙色", self.cast.townships, 20, "yellow"))
        return [warned, (1200, self._press(self.cast.duty, "同意，调到Ⅱ级"))]

    def red(self) -> Play:
        two = [(town.code, town.name) for town in (self.cast.near, self.cast.far)]
        return [(0, partial(self._warn, "red", "暴雨", "红色", two, 8))]

    # -- people ----------------------------------------------------------------------------------------------------

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

    def by_satellite(self) -> Play:
        return [(0, self._press(self.cast.far.station, "卫星电话"))]

    def restored(self) -> Play:
        return [(0, self._press(self.cast.far.station, "通信恢复"))]

    # -- the response ----------------------------------------------------------------------------------------------

    def start(self) -> Play:
        return [(0, self._press(self.cast.duty, "启动Ⅳ级"))]

    def raise_to_three(self) -> Play:
        return [(0, self._press(self.cast.duty, "同意，调到Ⅲ级"))]

    def lower(self) -> Play:
        return self._change("升级或降级", (15, self._say(self.cast.duty, "三级", "改成几级")), why="台风减弱")

    def end(self) -> Play:
        return self._change("结束响应", why="台风影响结束")

    def _change(self, what: str, *steps: tuple[float, Act], why: str) -> Play:
        duty = self.cast.duty
        return [
            (0, self._say(duty, "/response")),
            (15, self._press(duty, "调整或结束")),
            (15, self._press(duty, what)),
            *steps,
            (15, self._say(duty, why, "依据是什么")),
            (15, self._press(duty, "确认提交")),
        ]

    def review(self) -> Play:
        leader = self.cast.near.principal
        return [
            (0, self._sees(leader, "复盘：防台风")),
            (60, self._press(leader, "写整改意见")),
            (30, self._say(leader, "补齐监测员，分管领导负责，7月底前", "下一步怎么改")),
            (15, self._press(leader, "确认提交")),
        ]

    # -- checks and reports ----------------------------------------------------------------------------------------

    def wrong_number(self) -> Play:
        duty = self.cast.duty
        return [
            *self._check(self.cast.near.villages[2].officer),
            (1300, self._press(duty, "空号")),
            (30, self._press(duty, "号码错误")),
        ]

    def away(self) -> Play:
        duty, grid = self.cast.duty, self.cast.near.villages[1].grid
        return [
            *self._check(grid),
            (60, self._say(grid, "在县城办事", "抽查")),
            (120, self._press(duty, "看答复并判定")),
            (30, self._press(duty, "未及时到岗")),
            (30, self._press(duty, "填好了")),
            (30, self._press(duty, "确认提交")),
        ]

    def _check(self, who: int) -> Play:
        duty = self.cast.duty
        return [
            (0, self._say(duty, "/check")),
            (20, self._press(duty, "点名问一位")),
            (20, self._say(duty, self._phone(who), "问哪一位")),
            (20, self._press(duty, "2 人员到岗履职")),
            (20, self._press(duty, "确认提交")),
        ]

    def digest(self) -> Play:
        return [(0, self._sees(self.cast.near.principal, "日报"))]

    # -- duty ------------------------------------------------------------------------------------------------------

    def plan_shift(self) -> Play:
        near = self.cast.near
        return [
            (0, self._say(near.station, "/duty")),
            (20, self._press(near.station, "排一班")),
            (20, self._say(near.station, "明天21点", "从什么时候开始")),
            (20, self._press(near.station, "12小时")),
            (20, self._press(near.station, self._name(near.in_charge))),
            (20, self._press(near.station, self._name(near.duty))),
            (20, self._press(near.station, self._name(near.station))),
            (20, self._press(near.station, "填好了")),
            (20, self._press(near.station, "确认提交")),
        ]

    def shift(self) -> Play:
        return [(0, self._press(self.cast.near.duty, "我已到岗，接班"))]


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
