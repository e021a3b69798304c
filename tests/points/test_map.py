"""The map: a picture with the colours of the levels, and files that other programs read; for those who may."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from PIL import Image

from domain.errors import NotAllowed
from domain.points import RiskLevel
from messages.papers import canvas, geodata, point_map
from services.paper_worker import PaperWorker
from services.papers import ask_for_paper
from services.points_map import POINT_MAP
from services.work import Work
from tests.points.register import POND, enter
from tests.support.county import FAR_STATION, STATION, TOWNSHIP, County, Someone

HEAD: dict[str, Any] = {
    **dict.fromkeys(("subtitle", "footer", "plain", "font", "overdue", "outside", "more"), ""),
    "title": "石梁镇",
    "legend": dict.fromkeys(point_map.LEVELS, ""),
}


def drawn(n: int, level: str = "major", **more: Any) -> dict[str, Any]:
    one = {"n": n, "number": f"SL-{n:03d}", "name": "岭头<山塘>&", "note": "3户", "level": level, "glyph": "塘"}
    return {
        "point": {
            **one,
            "overdue": False,
            "lat": round(28.45 + n / 500, 6),
            "lon": 119.48,
            "properties": {"户": 3},
            **more,
        }
    }


def test_geojson_has_longitude_first_and_leaves_out_what_has_no_position(tmp_path: Path) -> None:
    geodata.geojson(iter([HEAD, drawn(1), drawn(2, lat=None, lon=None)]), tmp_path / "a")
    read = json.loads((tmp_path / "a").read_text("utf-8"))
    (feature,) = read["features"]
    assert (read["type"], feature["geometry"]) == (
        "FeatureCollection",
        {"type": "Point", "coordinates": [119.48, 28.452]},
    )
    assert (feature["properties"]["name"], feature["properties"]["marker-color"]) == ("岭头<山塘>&", "#d32f2f")


def test_kml_is_well_formed_and_each_point_has_the_colour_of_its_level(tmp_path: Path) -> None:
    geodata.kml(iter([HEAD, drawn(1), drawn(2, "low")]), tmp_path / "a")
    tree = etree.fromstring((tmp_path / "a").read_bytes())
    names = {"k": "http://www.opengis.net/kml/2.2"}
    assert tree.xpath("//k:Placemark/k:styleUrl/text()", namespaces=names) == ["#major", "#low"]
    assert tree.xpath("//k:Placemark/k:name/text()", namespaces=names)[0] == "岭头<山塘>&"
    assert tree.xpath("//k:coordinates/text()", namespaces=names)[0] == "119.48,28.452,0"
    assert tree.xpath("//k:Style[@id='major']//k:color/text()", namespaces=names) == ["ff2f2fd3"]


def colours(file: Path, at_least: int = 21) -> set[tuple[int, ...]]:
    with Image.open(file) as picture:
        found = picture.convert("RGB").getcolors(10_000_000)
        assert found is not None
        return {colour for many, colour in found if many >= at_least}


@pytest.mark.parametrize("font", ["", "none"])
def test_the_picture_shows_levels_by_colour_and_a_ring_where_nobody_went(
    tmp_path: Path, font: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if font:
        monkeypatch.setattr("messages.papers.canvas._KNOWN_FONTS", ())
    lines = [HEAD, *(drawn(n, level) for n, level in enumerate(point_map.LEVELS, 1)), drawn(9, overdue=True)]
    point_map.points(iter(lines), tmp_path / "a.png")
    found = colours(tmp_path / "a.png", at_least=1)
    assert set(point_map.LEVELS.values()) <= found
    assert any(abs(r - 96) + abs(g - 20) + abs(b - 120) < 30 for r, g, b in found)  # smoothed at its edges


def test_many_points_are_drawn_in_reasonable_time_and_one_slip_far_away_does_not_squeeze_them(tmp_path: Path) -> None:
    many = [drawn(n, lat=28.4 + n % 70 / 700, lon=119.4 + n % 50 / 500) for n in range(1, 5001)]
    point_map.points(iter([HEAD, *many, drawn(5001, lat=20.0, lon=100.0)]), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 100_000


def test_without_a_point_there_is_still_a_picture(tmp_path: Path) -> None:
    point_map.points(iter([HEAD]), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_coverage_is_shaded_by_share_and_grey_where_nothing_is_known(tmp_path: Path) -> None:
    villages = [
        {"value": {"name": "上坞村", "lat": 28.45 + n / 100, "lon": 119.4, "share": share, "text": "7/9"}}
        for n, share in enumerate((0.0, 1.0, None))
    ]
    point_map.coverage(iter([HEAD, *villages]), tmp_path / "a.png")
    assert {(198, 40, 40), (46, 125, 50), (222, 222, 222)} <= colours(tmp_path / "a.png")


async def ask(county: County, who: Someone, form: str = "picture") -> int:
    person = await county.person(who)

    async def work(work: Work) -> int:
        return await ask_for_paper(work, POINT_MAP, {"place": TOWNSHIP, "form": form}, person)

    number: int = await county.run(work)
    return number


async def test_the_map_comes_as_a_photo_with_what_matters_under_it(county: County) -> None:
    await enter(county, POND, replace(POND, number="2", level=RiskLevel.MAJOR, people=None, lat=None, lon=None))
    await ask(county, STATION)
    worker = PaperWorker(county.bot.doors, county.bot.shelf, {POINT_MAP.kind: POINT_MAP}, lambda: None, "here")
    await worker.run_once()
    await county.settle()
    caption = county.last(STATION)
    assert "石梁镇风险点分布图" in caption
    assert "2 处，威胁 6 户 11 人，1 处人数不清楚。" in caption
    assert "1 处没有坐标，只列了名称。" in caption


async def test_nobody_gets_the_map_of_another_township(county: County) -> None:
    with pytest.raises(NotAllowed):
        await ask(county, FAR_STATION)


async def test_the_word_map_is_enough(county: County) -> None:
    await county.say(STATION, "地图")
    said = county.new(STATION)
    assert "风险点地图正在生成" in said[0]
    assert "石梁镇的点也可以要文件" in said[1]
    await county.press(STATION, "KML")
    assert "正在生成" in county.last(STATION)


def test_without_a_chinese_font_a_sign_is_left_out_and_no_box_stands_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "_KNOWN_FONTS", ())

    def drawn(text: str) -> bytes:
        sheet = canvas.Sheet(120, 40, canvas.Letters())
        sheet.text(canvas.Spot(10, 20), text, 20)
        return sheet._image.tobytes()

    assert drawn("重大 3") == drawn(" 3")
    assert drawn("重大") == drawn("")
    assert drawn("3") != drawn("")


def test_names_of_villages_lie_neither_on_a_sign_nor_on_each_other() -> None:
    """Where signs crowd a village its name stands aside; it is left out rather than written over something."""
    sheet = canvas.Sheet(1200, 1000, canvas.Letters())
    chart = canvas.Chart([(28.4, 119.4), (28.5, 119.5)], canvas.Spot(0, 0), canvas.Spot(1200, 1000))
    labels = canvas.Labels(sheet, chart)
    middle = canvas.Spot(600, 500)
    signs = [canvas.Spot(600 + 40 * x, 500 + 40 * y) for x in range(-3, 4) for y in range(-3, 4)]
    for one in signs:
        labels.block(one, 19)
    assert not labels.put(middle, "上坞后山村", 24, 9)
    assert [labels.put_aside(middle, "上坞后山村", 24) for _ in range(6)] == [True] * 6
    names = labels.taken[len(signs) :]
    for at, one in enumerate(names):
        others = [*labels.taken[: len(signs)], *names[at + 1 :]]
        assert not any(one[0] < b[2] and b[0] < one[2] and one[1] < b[3] and b[1] < one[3] for b in others)
