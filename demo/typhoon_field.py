"""The part of the typhoon that is played out of doors: patrols, hazards, the dike in the second night."""

from dataclasses import dataclass
from functools import partial

from demo.cast import Cast
from demo.players import Act, MissingError
from demo.script import Play, Script


@dataclass(slots=True)
class OutOfDoors(Script):
    cast: Cast

    # -- hands -----------------------------------------------------------------------------------------------------

    def _press(self, user: int, *labels: str) -> Act:
        return partial(self.players.press, user, *labels)

    def _say(self, user: int, text: str, seen: str = "") -> Act:
        return partial(self.players.say, user, text, seen=seen)

    def _shows(self, user: int, seen: str) -> Act:
        return partial(self.players.photo, user, seen=seen)

    def _speaks(self, user: int, seen: str) -> Act:
        return partial(self.players.voice, user, seen=seen)

    def _phone(self, user: int) -> str:
        """Of a name there may be two in a county, of a number not."""
        return (self.players.world.user(user).phone or "").removeprefix("+86")

    def _name(self, user: int) -> str:
        return self.players.world.user(user).first_name

    def _sees(self, user: int, words: str) -> Act:
        return partial(self.players.look, user, words)

    # -- patrols and hazards ---------------------------------------------------------------------------------------

    def blocked_spillway(self) -> Play:
        walker = self.cast.near.villages[0].walker
        return [
            (0, self._press(walker, "2 有异常")),
            (30, self._say(walker, "6，水位31.2", "有异常，是哪一样")),
            (30, self._say(walker, "下面3户", "受威胁")),
            (30, self._press(walker, "跳过")),
            (20, self._press(walker, "确认提交")),
        ]

    def assign(self) -> Play:
        station, walker = self.cast.near.station, self._name(self.cast.near.villages[0].walker)
        return [
            (0, self._press(station, "接办")),
            (20, self._press(station, walker)),
            (20, self._press(station, f"1 {self.cast.near.villages[0].name}")),
            (20, self._press(station, "人工清理")),
            (20, self._press(station, "今天")),
            (20, self._press(station, "确认提交")),
        ]

    def cleared(self) -> Play:
        walker, cadre = self.cast.near.villages[0].walker, self.cast.near.cadre
        return [
            (0, self._press(walker, "已整改")),
            (30, self._shows(walker, "现在的照片")),
            (20, self._say(walker, "通了", "还有什么要说的")),
            (10, self._press(walker, "确认提交")),
            (1800, self._press(cadre, "合格销号")),
        ]

    def shed(self) -> Play:
        return self._report(self.cast.near.villages[0].grid, "工棚", "高铁工棚还有人在干活，风来了屋顶要飞")

    def shed_again(self) -> Play:
        officer = self.cast.near.villages[0].officer
        return [*self._report(officer, "工棚", "")[:3], *self._same(officer)]

    def _same(self, user: int) -> Play:
        return [
            (20, self._press(user, "1 2026-")),
            (20, self._press(user, "跳过")),
            (20, self._press(user, "确认提交")),
        ]

    def _report(self, user: int, category: str, words: str) -> Play:
        return [
            (0, self._say(user, "/report")),
            (20, self._say(user, category, "是哪一类")),
            (20, self._press(user, self.cast.near.villages[0].name)),
            (20, self._say(user, words, "什么情况")),
            (20, self._say(user, "23人", "受威胁")),
            (20, self._press(user, "跳过")),
            (20, self._press(user, "确认提交")),
        ]

    def whistle(self) -> Play:
        station, leader, water = self.cast.near.station, self.cast.near.in_charge, self.cast.water
        return [
            (0, self._press(station, "接办")),
            (20, self._press(station, "取消")),
            (20, self._press(station, "看详情")),
            (20, self._press(station, "督办、吹哨")),
            (20, self._press(station, "吹哨，叫部门来")),
            (20, self._press(station, "水利")),
            (20, self._say(station, "工棚上方是山塘，要水利来人看", "为什么要吹哨")),
            (10, self._press(station, "确认提交")),
            (300, self._press(leader, "确认")),
            (660, self._press(water, "已派人")),
        ]

    def households(self) -> Play:
        officer = self.cast.near.villages[0].officer
        return [(0, self._say(officer, "41/42 大喇叭 敲门")), (30, self._sees(officer, "到户 41/42"))]

    def noise(self) -> Play:
        """The monitor telephones, the officer sends a voice: heard at the desk, and every step of it told to him."""
        officer, village = self.cast.near.villages[0].officer, self.cast.near.villages[0].name
        return [
            (0, self._say(officer, "/report")),
            (20, self._say(officer, "滑坡", "是哪一类")),
            (20, self._press(officer, village)),
            (20, self._speaks(officer, "什么情况")),
            (20, self._say(officer, "下面8户21人", "受威胁")),
            (20, self._press(officer, "跳过")),
            (20, self._press(officer, "确认提交")),
            (60, self._sees(self.cast.near.principal, "疑似重大")),
            (0, self._sees(self.cast.duty, "疑似重大")),
        ]

    # -- the dike --------------------------------------------------------------------------------------------------

    def _dike(self) -> int:
        if self.cast.near.dike is None:
            raise MissingError("nobody walks a dike there")
        return self.cast.near.dike

    def dense(self) -> Play:
        station = self.cast.near.station
        return [
            (0, self._say(station, "/patrols")),
            (20, self._press(station, "堤防半小时一巡")),
            (10, self._press(station, "确认，半小时一巡")),
        ]

    def seepage(self) -> Play:
        walker = self._dike()
        return [
            (0, self._press(walker, "2 有异常")),
            (30, self._say(walker, "3，清水", "有异常，是哪一样")),
            (30, self._press(walker, "没有人")),
            (30, self._press(walker, "跳过")),
            (20, self._press(walker, "确认提交")),
        ]

    def fill_in(self) -> Play:
        walker = self._dike()
        return [(0, self._say(walker, "去抢险了，补04:00 正常")), (30, self._sees(walker, "已补报：04:00"))]
