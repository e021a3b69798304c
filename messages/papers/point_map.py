"""Maps of risk points and of coverage, as pictures to be pinned on a wall.

First line: {"title", "subtitle", "footer", "plain", "font", "legend": {level: words}, "overdue", "outside", "more",
"kinds": [[sign, words, how many]]}. Further lines: {"village": {name, lat, lon}}, and for `points` {"point": {n, name,
note, level, glyph, overdue, lat, lon}}, for `coverage` {"value": {name, lat, lon, share, text}}. A point without a
position is listed and not drawn. Without a Chinese font there are only figures.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from messages.papers.canvas import (
    INK,
    LINE,
    SOFT,
    WHITE,
    Chart,
    Colour,
    Labels,
    Letters,
    Sheet,
    Spot,
    frame,
    grid,
    spread,
)

LEVELS: Mapping[str, Colour] = {
    "major": (211, 47, 47),
    "larger": (245, 124, 0),
    "general": (251, 210, 60),
    "low": (66, 133, 214),
}
_DARK_INK = {"general"}
"""levels whose colour is too light for white letters"""
_OVERDUE = (96, 20, 120)
_WIDTH, _HEIGHT, _EDGE, _HEAD, _FOOT = 2560, 1810, 40, 130, 52
_COLUMN, _ROW, _KIND, _LEVEL = 430, 38, 44, 64
_RING = 7
"""of what is overdue, wider than the sign by so much"""
_LEGEND = _HEAD + 3 * _LEVEL + 30
"""where the kinds begin, below the levels and the ring"""
_FEW, _MANY = 110, 300
"""up to the first signs are large and all are listed; more than the second are drawn as dots without a sign"""


def points(lines: Iterator[Any], out: Path) -> None:
    head, villages, found = _read(lines, "point")
    letters = Letters(head.get("font", ""))
    sheet = Sheet(_WIDTH, _HEIGHT, letters)
    panel = _Panel(sheet, head, found)
    chart = _chart(sheet, [*villages, *found], _WIDTH - panel.width - 2 * _EDGE - 20)
    grid(sheet, chart)
    labels = Labels(sheet, chart)
    marked = [one for one in found if one.get("lat") is not None]
    drawn = _Drawn(sheet, chart, labels, len(marked))
    outside = drawn.place(marked)
    _villages(sheet, chart, labels, villages)
    drawn.numbers()
    frame(sheet, chart)
    _title(sheet, head)
    panel.draw()
    if outside:
        words = f"{head.get('outside', '')} {outside}" if letters.chinese else f"+{outside}"
        sheet.text(Spot(chart.high.x - 16, chart.high.y - 24), words, 20, SOFT, anchor="rm")
    sheet.save(out)


def coverage(lines: Iterator[Any], out: Path) -> None:
    """Villages as shaded circles: the darker the fuller; who is missing stands out in red."""
    head, _, found = _read(lines, "value")
    sheet = Sheet(1800, 1400, Letters(head.get("font", "")))
    chart = _chart(sheet, found, 1800 - 2 * _EDGE)
    grid(sheet, chart)
    labels = Labels(sheet, chart)
    inside = [(one, at) for one in found if chart.holds(at := chart.spot(one["lat"], one["lon"]))]
    radius = 26.0 if len(inside) <= 60 else 15.0
    for one, at in zip([one for one, _ in inside], spread([at for _, at in inside], radius * 2.1, chart), strict=True):
        share = one.get("share")
        sheet.disc(at, radius, _shade(share), INK, 1.2)
        labels.block(at, radius)
        if radius > 20 and one.get("text"):
            sheet.text(at, one["text"], 16, _ink_on(share), bold=True, anchor="mm")
        one["at"] = at
    if sheet.letters.chinese:
        for one, _ in sorted(inside, key=lambda pair: pair[0].get("share") or 0.0):
            labels.put(one["at"], one["name"], 18, radius + 4)
    frame(sheet, chart)
    _title(sheet, head)
    _scale_of_shades(sheet, chart)
    sheet.save(out)


def _ink_on(share: float | None) -> Colour:
    return WHITE if share is not None and (share >= 0.85 or share <= 0.2) else INK


def _shade(share: float | None) -> Colour:
    """From red over yellow to green; grey where nothing is known, which is not nil."""
    if share is None:
        return (222, 222, 222)
    stops = ((0.0, (198, 40, 40)), (0.5, (251, 210, 110)), (0.8, (156, 204, 101)), (1.0, (46, 125, 50)))
    for (low, first), (high, second) in pairwise(stops):
        if share <= high:
            part = (share - low) / (high - low)
            r, g, b = (round(a + (c - a) * part) for a, c in zip(first, second, strict=True))
            return r, g, b
    return stops[-1][1]


def _scale_of_shades(sheet: Sheet, chart: Chart) -> None:
    left, top = chart.high.x - 330, chart.high.y - 44
    sheet.box(Spot(left - 50, top - 14), Spot(chart.high.x - 14, top + 32), WHITE, LINE, 6)
    for step in range(40):
        x = left + step * 6
        sheet.box(Spot(x, top), Spot(x + 6, top + 18), _shade(step / 39))
    sheet.text(Spot(left - 8, top + 9), "0%", 18, anchor="rm")
    sheet.text(Spot(left + 248, top + 9), "100%", 18, anchor="lm")


# -- reading ----------------------------------------------------------------------------------------------------------


def _read(lines: Iterator[Any], wanted: str) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    head = next(lines)
    villages: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for line in lines:
        if one := line.get(wanted):
            found.append(one)
        elif one := line.get("village"):
            villages.append(one)
    return head, villages, found


def _chart(sheet: Sheet, things: Sequence[Mapping[str, Any]], width: float) -> Chart:
    positions = [(one["lat"], one["lon"]) for one in things if one.get("lat") is not None]
    return Chart(positions, Spot(_EDGE, _HEAD), Spot(_EDGE + width, sheet.height - _FOOT))


# -- the map ----------------------------------------------------------------------------------------------------------


class _Drawn:
    """The points on the map: signs, pushed apart where they lie on each other, with a line to where they are."""

    def __init__(self, sheet: Sheet, chart: Chart, labels: Labels, many: int) -> None:
        self._sheet, self._chart, self._labels = sheet, chart, labels
        self._small = many > _MANY
        self.radius = 7.0 if self._small else 13.0 if many > _FEW else 19.0
        self._placed: list[tuple[Mapping[str, Any], Spot]] = []

    def place(self, found: Sequence[Mapping[str, Any]]) -> int:
        """The gravest on top. Returns how many lie outside the chart."""
        inside = [(one, at) for one in found if self._chart.holds(at := self._chart.spot(one["lat"], one["lon"]))]
        true = [at for _, at in inside]
        apart = true if self._small else spread(true, self.radius * 2.15, self._chart)
        for real, at in zip(true, apart, strict=True):
            if abs(real.x - at.x) + abs(real.y - at.y) > self.radius:
                self._sheet.line([real, at], SOFT, 1.2)
                self._sheet.disc(real, 3, SOFT)
        for (one, _), at in sorted(zip(inside, apart, strict=True), key=lambda pair: -pair[0][0]["n"]):
            self._sign(one, at)
            self._placed.append((one, at))
            self._labels.block(at, self.radius + (_RING if one.get("overdue") else 0))
        return len(found) - len(inside)

    def _sign(self, one: Mapping[str, Any], at: Spot) -> None:
        if one.get("overdue"):
            self._sheet.disc(at, self.radius + _RING, None, _OVERDUE, 4)
        self._sheet.disc(at, self.radius, LEVELS[one["level"]], WHITE, 2)
        if self._small:
            return
        ink = INK if one["level"] in _DARK_INK else WHITE
        sign = one["glyph"] if self._sheet.letters.chinese else str(one["n"])
        size = self.radius * (1.05 if self._sheet.letters.chinese else 0.9)
        self._sheet.text(at, sign, int(size), ink, bold=True, anchor="mm")

    def numbers(self) -> None:
        """Beside the signs, as in the list; the gravest first to find room."""
        if self._small or not self._sheet.letters.chinese:
            return
        for one, at in reversed(self._placed):
            away = self.radius + (9 if one.get("overdue") else 3)
            self._labels.put(at, str(one["n"]), int(self.radius), away, bold=True)


def _villages(sheet: Sheet, chart: Chart, labels: Labels, villages: Sequence[Mapping[str, Any]]) -> None:
    many = len(villages) > 60
    for one in villages:
        at = chart.spot(one["lat"], one["lon"])
        if not chart.holds(at):
            continue
        sheet.box(Spot(at.x - 4, at.y - 4), Spot(at.x + 4, at.y + 4), SOFT)
        size, colour = (16, SOFT) if many else (24, INK)
        if sheet.letters.chinese and not labels.put(at, one["name"], size, 9, colour) and not many:
            labels.put_aside(at, one["name"], size, colour)


# -- round about ------------------------------------------------------------------------------------------------------


def _title(sheet: Sheet, head: Mapping[str, Any]) -> None:
    if not sheet.letters.chinese:
        sheet.text(Spot(_EDGE, 64), head.get("plain", ""), 34, bold=True)
        return
    room = sheet.width - 2 * _EDGE
    sheet.text(Spot(_EDGE, 56), sheet.letters.clipped(head["title"], 50, room, bold=True), 50, bold=True)
    sheet.text(Spot(_EDGE, 106), sheet.letters.clipped(head["subtitle"], 22, room), 22, SOFT)
    sheet.text(Spot(_EDGE, sheet.height - 26), sheet.letters.clipped(head["footer"], 18, room), 18, SOFT)


class _Panel:
    """Beside the map: the levels, what the signs mean, and the list, in as many columns as it takes."""

    def __init__(self, sheet: Sheet, head: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> None:
        self._sheet, self._head, self._found = sheet, head, found
        self._chinese = sheet.letters.chinese
        self._kinds = head.get("kinds", ()) if self._chinese else ()
        self._top = _LEGEND
        one = self._rows_below(1)
        self._columns = 1 if len(found) <= one else 2 if len(found) <= 2 * one or len(found) > _FEW else 3
        self._top += -(-len(self._kinds) // (2 * self._columns)) * _KIND + 30
        self._rows = min(self._rows_below(0), -(-len(found) // self._columns) or 1)
        self.width = self._columns * _COLUMN if self._chinese else 300

    def _rows_below(self, kinds: int) -> int:
        return int((_HEIGHT - self._top - kinds * 4 * _KIND - _FOOT) // _ROW)

    def draw(self) -> None:
        left = _WIDTH - _EDGE - self.width
        self._levels(left)
        for at, (sign, words, many) in enumerate(self._kinds):
            across, wide = 2 * self._columns, _COLUMN / 2
            spot = Spot(left + 20 + at % across * wide, _LEGEND + at // across * _KIND)
            self._sheet.disc(spot, 17, WHITE, SOFT, 1.2)
            self._sheet.text(spot, sign, 20, bold=True, anchor="mm")
            beside = f" {many}"
            room = wide - 50 - self._sheet.letters.width(beside, 24)
            named = self._sheet.letters.clipped(words, 24, room)
            self._sheet.text(Spot(spot.x + 26, spot.y), named + beside, 24)
        if self._chinese:
            self._list(left)

    def _levels(self, left: float) -> None:
        """With how many there are of each, two beside each other; and the ring."""
        size = 26 if self._columns == 1 else 36  # as large as two beside each other allow: it is read on a telephone
        for at, (level, colour) in enumerate(LEVELS.items()):
            many = sum(one["level"] == level for one in self._found)
            beside = (at % 2) * (self.width / 2) if self._chinese else 0
            spot = Spot(left + 24 + beside, _HEAD + 24 + (at // 2 if self._chinese else at) * _LEVEL)
            self._sheet.disc(spot, 22, colour, WHITE, 2)
            words = str(many)
            if self._chinese:
                room = self.width / 2 - 60 - self._sheet.letters.width(f" {many}", size)
                words = f"{self._sheet.letters.clipped(self._head['legend'][level], size, room)} {many}"
            self._sheet.text(Spot(spot.x + 34, spot.y), words, size)
        ring = Spot(left + 24, _HEAD + 24 + (2 if self._chinese else 4) * _LEVEL)
        self._sheet.disc(ring, 19, None, _OVERDUE, 6)
        late = sum(bool(one.get("overdue")) for one in self._found)
        words = f"{self._head['overdue']} {late}" if self._chinese else str(late)
        self._sheet.text(Spot(ring.x + 34, ring.y), words, size)

    def _list(self, left: float) -> None:
        """Number, sign, name and how many live there; the gravest first."""
        room = self._columns * self._rows
        shown = self._found if len(self._found) <= room else self._found[: room - 1]
        for at, one in enumerate(shown):
            self._line(one, self._cell(left, at))
        if len(shown) < len(self._found):
            spot = self._cell(left, len(shown))
            words = f"{self._head['more']} {len(self._found) - len(shown)}"
            self._sheet.text(Spot(spot.x + 86, spot.y), words, 20, SOFT)

    def _cell(self, left: float, at: int) -> Spot:
        return Spot(left + at // self._rows * _COLUMN, self._top + at % self._rows * _ROW)

    def _line(self, one: Mapping[str, Any], at: Spot) -> None:
        sheet, low = self._sheet, at.y + _ROW / 2
        sheet.line([Spot(at.x, low), Spot(at.x + _COLUMN - 20, low)], LINE, 0.8)
        sheet.text(Spot(at.x + 44, at.y), str(one["n"]), 20, bold=True, anchor="rm")
        sheet.disc(Spot(at.x + 64, at.y), 12, LEVELS[one["level"]])
        ink = INK if one["level"] in _DARK_INK else WHITE
        sheet.text(Spot(at.x + 64, at.y), one["glyph"], 14, ink, bold=True, anchor="mm")
        if one.get("overdue"):
            sheet.disc(Spot(at.x + 64, at.y), 16, None, _OVERDUE, 3)
        note = one.get("note", "")
        sheet.text(Spot(at.x + _COLUMN - 22, at.y), note, 18, SOFT, anchor="rm")
        room = _COLUMN - 118 - sheet.letters.width(note, 18)
        sheet.text(Spot(at.x + 86, at.y), sheet.letters.clipped(one["name"], 21, room), 21)
