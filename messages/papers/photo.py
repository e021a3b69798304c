"""Pictures people sent: made small, made harmless, and asked first where and when they were taken.

Runs in the press, so that a picture made to blow up ends nothing but its own process. What is stored carries nothing
but the picture itself: its position and camera are told to whoever asked for it, and stripped.
"""

import json
import math
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageOps

from messages.papers.canvas import font_file

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "MPO")
_MOST_POINTS = 60_000_000
_EXIF, _GPS = 0x8769, 0x8825
_TAKEN, _TAKEN_PLAIN = 0x9003, 0x0132
_GAP, _CAPTION = 12, 56
_PAIR_HEIGHT = 900


def _opened(path: str) -> Image.Image:
    """Raises for everything that is no picture, too large, or cut short."""
    Image.MAX_IMAGE_PIXELS = _MOST_POINTS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    picture = Image.open(path, formats=_FORMATS)
    if picture.width * picture.height > _MOST_POINTS:
        raise ValueError("too many points")
    return picture


def store(lines: Iterator[Any], out: Path) -> None:
    """One line: {"picture", "facts", "edge", "quality"}; the facts go to a file of their own, as JSON."""
    told = next(lines)
    for _ in lines:
        pass
    picture = _opened(told["picture"])
    exif = picture.getexif()
    edge = int(told["edge"])
    picture.draft("RGB", (edge, edge))
    small = ImageOps.exif_transpose(picture)
    small.thumbnail((edge, edge))
    small = _on_white(small)
    small.save(out, "JPEG", quality=int(told["quality"]), optimize=True)
    facts = {"width": small.width, "height": small.height, **_position(exif), "taken": _taken(exif)}
    Path(told["facts"]).write_text(json.dumps(facts), "utf-8")


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency, and without anything else that came with it."""
    whole = picture.convert("RGBA") if "A" in picture.getbands() or "transparency" in picture.info else None
    clean = Image.new("RGB", picture.size, "white")
    clean.paste(
        picture.convert("RGB") if whole is None else whole, mask=None if whole is None else whole.getchannel("A")
    )
    return clean


def _position(exif: Image.Exif) -> dict[str, float | None]:
    gps = exif.get_ifd(_GPS)
    lat, lon = _degrees(gps.get(2), gps.get(1), "S", 90), _degrees(gps.get(4), gps.get(3), "W", 180)
    if lat is None or lon is None or (lat, lon) == (0, 0):
        return {"lat": None, "lon": None}
    return {"lat": lat, "lon": lon}


def _degrees(parts: Any, half: Any, negative: str, most: int) -> float | None:
    """None for what no camera means: missing, not a number, off the globe."""
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= most:
        return None
    return round(-value if str(half).strip("\x00 ").upper() == negative else value, 6)


def _taken(exif: Image.Exif) -> str:
    """As the camera writes it, "2026:06:20 08:00:00", made an ISO text; "" for anything else."""
    written = str(exif.get_ifd(_EXIF).get(_TAKEN) or exif.get(_TAKEN_PLAIN) or "").strip("\x00 ")
    day, _, hour = written.partition(" ")
    parts = [*day.split(":"), *hour.split(":")]
    if len(parts) != 6 or not all(part.isdigit() for part in parts):
        return ""
    year, month, date, hours, minutes, seconds = parts
    return f"{year:0>4}-{month:0>2}-{date:0>2}T{hours:0>2}:{minutes:0>2}:{seconds:0>2}"[:19]


def pair(lines: Iterator[Any], out: Path) -> None:
    """Before and after beside each other: {"pictures": [two paths], "captions": [two], "font"}."""
    told = next(lines)
    for _ in lines:
        pass
    pictures = [_same_height(_opened(path)) for path in told["pictures"]]
    written = font_file(told.get("font", ""))
    font = None if written is None else ImageFont.truetype(written, _CAPTION * 5 // 8)
    top = _CAPTION if font is not None else 0
    width = sum(one.width for one in pictures) + _GAP * (len(pictures) - 1)
    sheet = Image.new("RGB", (width, _PAIR_HEIGHT + top), "white")
    draw, left = ImageDraw.Draw(sheet), 0
    for picture, caption in zip(pictures, told["captions"], strict=True):
        if font is not None:
            draw.text((left + _GAP, _GAP // 2), caption, "black", font)
        sheet.paste(picture, (left, top))
        left += picture.width + _GAP
    sheet.save(out, "JPEG", quality=85)


def _same_height(picture: Image.Image) -> Image.Image:
    upright = _on_white(ImageOps.exif_transpose(picture))
    width = min(max(1, round(upright.width * _PAIR_HEIGHT / upright.height)), _PAIR_HEIGHT * 2)
    return upright.resize((width, _PAIR_HEIGHT))
