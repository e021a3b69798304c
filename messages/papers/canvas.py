"""What our maps are drawn with: a chart without a base map, letters, dots, a scale bar, a north arrow. Knows no trade.

Everything is drawn twice as large and made smaller at the end, which smooths its edges.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from math import cos, hypot, log10, pi, radians, sin
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

TWICE = 2
INK = (38, 42, 48)
SOFT = (120, 126, 134)
LINE = (214, 218, 210)
PAPER = (250, 249, 243)
WHITE = (255, 255, 255)
_KM_PER_DEGREE = 111.195
_BEYOND_LATIN = "\u0250"
_KNOWN_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simsun.ttc",
)
_CHINESE_FACE = {"NotoSansCJK-Regular.ttc": 2, "NotoSansCJK-Bold.ttc": 2}
"""the face of a collection that writes simplified Chinese"""

Colour = tuple[int, int, int]


class Spot(NamedTuple):
    """A place on the sheet, in its own units."""

    x: float
    y: float


def font_file(given: str = "") -> str | None:
    """The county's font, else one that is known to have Chinese letters; None where there is none."""
    return next((path for path in (given, *_KNOWN_FONTS) if path and Path(path).is_file()), None)


class Letters:
    """Text of any size. Without a Chinese font only figures and Latin letters can be written: `chinese` says so."""

    def __init__(self, given: str = "") -> None:
        self._file = font_file(given)
        bold = None if self._file is None else self._file.replace("Regular", "Bold")
        self._bold = bold if bold is not None and Path(bold).is_file() else self._file
        self.chinese = self._file is not None
        self._at = cache(self._load)

    def _load(self, size: int, bold: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        path = self._bold if bold else self._file
        if path is None:
            return ImageFont.load_default(size * TWICE)
        return ImageFont.truetype(path, size * TWICE, index=_CHINESE_FACE.get(Path(path).name, 0))

    def of(self, size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        return self._at(size, bold)

    def width(self, text: str, size: int, *, bold: bool = False) -> float:
        return self.of(size, bold=bold).getlength(text) / TWICE

    def clipped(self, text: str, size: int, room: float, *, bold: bool = False) -> str:
        """As much of it as fits."""
        if self.width(text, size, bold=bold) <= room:
            return text
        while text and self.width(text + "…", size, bold=bold) > room:
            text = text[:-1]
        return text + "…"


class Sheet:
    """One picture under way. Measures are those of the finished picture."""

    def __init__(self, width: int, height: int, letters: Letters) -> None:
        self.width, self.height, self.letters = width, height, letters
        self._image = Image.new("RGB", (width * TWICE, height * TWICE), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def text(
        self,
        at: Spot,
        text: str,
        size: int,
        colour: Colour = INK,
        *,
        bold: bool = False,
        anchor: str = "lm",
        halo: bool = False,
    ) -> None:
        if not self.letters.chinese:
            text = "".join(one for one in text if one < _BEYOND_LATIN)  # what the font lacks would be an empty box
        font = self.letters.of(size, bold=bold)
        edge = {"stroke_width": 3 * TWICE, "stroke_fill": PAPER} if halo else {}
        self._draw.text((at.x * TWICE, at.y * TWICE), text, colour, font, anchor=anchor, **edge)  # type: ignore[arg-type]

    def line(self, points: Sequence[Spot], colour: Colour, width: float = 1.0) -> None:
        flat = [(one.x * TWICE, one.y * TWICE) for one in points]
        self._draw.line(flat, colour, max(1, round(width * TWICE)), joint="curve")

    def box(self, low: Spot, high: Spot, fill: Colour | None, edge: Colour | None = None, round_: float = 0.0) -> None:
        corners = [low.x * TWICE, low.y * TWICE, high.x * TWICE, high.y * TWICE]
        self._draw.rounded_rectangle(corners, round_ * TWICE, fill, edge, TWICE)

    def disc(self, at: Spot, radius: float, fill: Colour | None, edge: Colour | None = None, width: float = 2) -> None:
        low, high = (at.x - radius) * TWICE, (at.y - radius) * TWICE
        corners = [low, high, (at.x + radius) * TWICE, (at.y + radius) * TWICE]
        self._draw.ellipse(corners, fill, edge, round(width * TWICE))

    def shape(self, points: Sequence[Spot], fill: Colour) -> None:
        self._draw.polygon([(one.x * TWICE, one.y * TWICE) for one in points], fill)

    def save(self, out: Path) -> None:
        smaller = self._image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        smaller.save(out, "PNG", optimize=True)


class Chart:
    """Where a position in degrees lies on the sheet. Plate carrée, right for a county."""

    def __init__(self, positions: Sequence[tuple[float, float]], low: Spot, high: Spot) -> None:
        self.low, self.high = low, high
        south, north = _span([lat for lat, _ in positions] or [0.0])
        west, east = _span([lon for _, lon in positions] or [0.0])
        self._lat, self._lon = (south + north) / 2, (west + east) / 2
        self._narrow = max(0.05, cos(radians(self._lat)))
        tall = max(0.01, north - south) * _KM_PER_DEGREE * 1.16
        wide = max(0.01, east - west) * _KM_PER_DEGREE * self._narrow * 1.16
        self.per_km = min((high.x - low.x) / wide, (high.y - low.y) / tall)

    def spot(self, lat: float, lon: float) -> Spot:
        east = (lon - self._lon) * _KM_PER_DEGREE * self._narrow
        north = (lat - self._lat) * _KM_PER_DEGREE
        middle = Spot((self.low.x + self.high.x) / 2, (self.low.y + self.high.y) / 2)
        return Spot(middle.x + east * self.per_km, middle.y - north * self.per_km)

    def holds(self, at: Spot, margin: float = 0.0) -> bool:
        inside = self.low.x + margin <= at.x <= self.high.x - margin
        return inside and self.low.y + margin <= at.y <= self.high.y - margin

    def kilometres(self, share: float = 0.2) -> float:
        """A round number of kilometres that takes about this share of the chart."""
        wanted = (self.high.x - self.low.x) * share / self.per_km
        step = 10.0 ** int(log10(wanted) if wanted >= 1 else log10(wanted) - 1)
        return next(step * n for n in (5, 2, 1) if step * n <= wanted or n == 1)


def _span(values: Sequence[float]) -> tuple[float, float]:
    """From the lowest to the highest, a slip far away left out: it would squeeze all others into a corner."""
    ordered = sorted(values)
    middle = ordered[len(ordered) // 2]
    spread = sorted(abs(one - middle) for one in ordered)[int(len(ordered) * 0.9)]
    near = [one for one in ordered if abs(one - middle) <= max(4 * spread, 0.02)]
    return near[0], near[-1]


def grid(sheet: Sheet, chart: Chart) -> None:
    """Squares of a round number of kilometres: the eye needs something to measure by."""
    sheet.box(chart.low, chart.high, WHITE)
    step = chart.kilometres() * chart.per_km
    x = chart.low.x + step
    while x < chart.high.x:
        sheet.line([Spot(x, chart.low.y), Spot(x, chart.high.y)], LINE, 0.8)
        x += step
    y = chart.high.y - step
    while y > chart.low.y:
        sheet.line([Spot(chart.low.x, y), Spot(chart.high.x, y)], LINE, 0.8)
        y -= step


def frame(sheet: Sheet, chart: Chart) -> None:
    """The edge, north, and the scale."""
    sheet.box(chart.low, chart.high, None, SOFT)
    _north(sheet, Spot(chart.high.x - 44, chart.low.y + 66))
    _scale(sheet, chart)


def _north(sheet: Sheet, at: Spot) -> None:
    sheet.disc(at, 38, WHITE, LINE, 1)
    sheet.shape([Spot(at.x, at.y - 20), Spot(at.x - 12, at.y + 24), Spot(at.x, at.y + 14)], INK)
    sheet.shape([Spot(at.x, at.y - 20), Spot(at.x + 12, at.y + 24), Spot(at.x, at.y + 14)], SOFT)
    sheet.text(Spot(at.x, at.y - 28), "N", 18, bold=True, anchor="mm")


def _scale(sheet: Sheet, chart: Chart) -> None:
    km = chart.kilometres()
    long, at = km * chart.per_km, Spot(chart.low.x + 28, chart.high.y - 30)
    sheet.box(Spot(at.x - 14, at.y - 34), Spot(at.x + long + 20, at.y + 18), WHITE, LINE, 6)
    half = Spot(at.x + long / 2, at.y + 8)
    sheet.box(at, half, INK)
    sheet.box(Spot(half.x, at.y), Spot(at.x + long, at.y + 8), WHITE, INK)
    words = f"{km:g} km" if km >= 1 else f"{km * 1000:g} m"
    sheet.text(Spot(at.x + long / 2, at.y - 16), words, 20, anchor="mm")


def spread(spots: Sequence[Spot], reach: float, chart: Chart, rounds: int = 60) -> list[Spot]:
    """The same spots, pushed apart until none lies on another; each stays near where it is."""
    moved = [[one.x, one.y] for one in spots]
    for _ in range(rounds):
        pushed = False
        for a, b in _neighbours(moved, reach):
            across, down = moved[b][0] - moved[a][0], moved[b][1] - moved[a][1]
            far = hypot(across, down)
            if far >= reach:
                continue
            if far < 0.01:
                across, down, far = 1.0 + 0.37 * (b % 7), 0.3 + 0.61 * (a % 5), 1.0
            push = (reach - far) / 2 / max(far, 0.01) * 0.6
            moved[a][0] -= across * push
            moved[a][1] -= down * push
            moved[b][0] += across * push
            moved[b][1] += down * push
            pushed = True
        for one in moved:
            one[0] = min(max(one[0], chart.low.x + reach), chart.high.x - reach)
            one[1] = min(max(one[1], chart.low.y + reach), chart.high.y - reach)
        if not pushed:
            break
    return [Spot(*one) for one in moved]


def _neighbours(moved: Sequence[Sequence[float]], reach: float) -> Iterable[tuple[int, int]]:
    """Pairs that may lie on each other, by squares of that size."""
    squares: dict[tuple[int, int], list[int]] = {}
    for number, (x, y) in enumerate(moved):
        squares.setdefault((int(x // reach), int(y // reach)), []).append(number)
    for (column, row), here in squares.items():
        around = [squares.get((column + a, row + b), ()) for a, b in ((1, 0), (0, 1), (1, 1), (-1, 1))]
        for at, one in enumerate(here):
            yield from ((one, other) for other in here[at + 1 :])
            yield from ((one, other) for others in around for other in others)


class Labels:
    """Names beside things, where nothing else stands yet."""

    def __init__(self, sheet: Sheet, chart: Chart) -> None:
        self._sheet, self._chart = sheet, chart
        self.taken: list[tuple[float, float, float, float]] = []

    def block(self, at: Spot, radius: float) -> None:
        self.taken.append((at.x - radius, at.y - radius, at.x + radius, at.y + radius))

    def put(self, at: Spot, text: str, size: int, away: float, colour: Colour = INK, *, bold: bool = False) -> bool:
        """Right, left, above or below; False where there is no room for it."""
        wide, tall = self._sheet.letters.width(text, size, bold=bold), size * 1.1
        for x, y, anchor in (
            (at.x + away, at.y, "lm"),
            (at.x - away, at.y, "rm"),
            (at.x, at.y - away - tall / 2, "mm"),
            (at.x, at.y + away + tall / 2, "mm"),
        ):
            left = x if anchor == "lm" else x - wide if anchor == "rm" else x - wide / 2
            box = (left, y - tall / 2, left + wide, y + tall / 2)
            if self._free(box):
                self._sheet.text(Spot(x, y), text, size, colour, bold=bold, anchor=anchor, halo=True)
                self.taken.append(box)
                return True
        return False

    def put_aside(self, at: Spot, text: str, size: int, colour: Colour = INK) -> bool:
        """Where nothing beside it is free: the nearest free room around, with a line to what is named."""
        wide, tall = self._sheet.letters.width(text, size), size * 1.1
        for away in range(30, 331, 15):
            for turn in range(16):
                middle = Spot(at.x + away * cos(turn * pi / 8), at.y + away * sin(turn * pi / 8))
                box = (middle.x - wide / 2, middle.y - tall / 2, middle.x + wide / 2, middle.y + tall / 2)
                if not self._free(box):
                    continue
                near = Spot(min(max(at.x, box[0]), box[2]), min(max(at.y, box[1]), box[3]))
                self._sheet.line([at, near], SOFT, 1.2)
                self._sheet.text(middle, text, size, colour, anchor="mm", halo=True)
                self.taken.append(box)
                return True
        return False

    def _free(self, box: tuple[float, float, float, float]) -> bool:
        inside = self._chart.holds(Spot(box[0], box[1]), 4) and self._chart.holds(Spot(box[2], box[3]), 4)
        return inside and not any(_overlap(box, other) for other in self.taken)


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
