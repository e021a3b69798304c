"""Points for other map programs: GeoJSON (RFC 7946: longitude first, WGS-84) and KML (colours by level).

First line: {"title", "legend": {level: words}}. Further lines: {"point": {number, name, level, lat, lon, properties:
{title: value}}}. Points without a position are left out of both: neither form has a way to say "nowhere".
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

COLOURS: Mapping[str, str] = {"major": "d32f2f", "larger": "f57c00", "general": "fbd23c", "low": "4285d6"}
_ICON = "http://maps.google.com/mapfiles/kml/shapes/shaded_dot.png"


def _points(lines: Iterator[Any]) -> Iterator[dict[str, Any]]:
    return (one for line in lines if (one := line.get("point")) and one.get("lat") is not None)


def geojson(lines: Iterator[Any], out: Path) -> None:
    head = next(lines)
    with out.open("w", encoding="utf-8") as file:
        file.write(f'{{"type":"FeatureCollection","name":{json.dumps(head["title"], ensure_ascii=False)},"features":[')
        for at, one in enumerate(_points(lines)):
            feature = {
                "type": "Feature",
                "id": one["number"],
                "geometry": {"type": "Point", "coordinates": [one["lon"], one["lat"]]},
                "properties": {
                    "name": one["name"],
                    "level": one["level"],
                    "marker-color": f"#{COLOURS[one['level']]}",
                    **one["properties"],
                },
            }
            file.write(("," if at else "") + "\n" + json.dumps(feature, ensure_ascii=False))
        file.write("\n]}\n")


def kml(lines: Iterator[Any], out: Path) -> None:
    head = next(lines)
    with out.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n')
        file.write(f"<name>{_text(head['title'])}</name>\n")
        for level, colour in COLOURS.items():
            file.write(_style(level, colour))
        for one in _points(lines):
            file.write(_placemark(one))
        file.write("</Document>\n</kml>\n")


def _style(level: str, colour: str) -> str:
    turned = f"ff{colour[4:6]}{colour[2:4]}{colour[0:2]}"  # aabbggrr
    icon = f"<IconStyle><color>{turned}</color><scale>1.1</scale><Icon><href>{_ICON}</href></Icon></IconStyle>"
    return f'<Style id="{level}">{icon}<LabelStyle><scale>0.8</scale></LabelStyle></Style>\n'


def _placemark(one: Mapping[str, Any]) -> str:
    data = "".join(
        f"<Data name={quoteattr(_clean(title))}><value>{_text(value)}</value></Data>"
        for title, value in one["properties"].items()
    )
    return (
        f"<Placemark><name>{_text(one['name'])}</name><styleUrl>#{one['level']}</styleUrl>"
        f"<ExtendedData>{data}</ExtendedData>"
        f"<Point><coordinates>{one['lon']},{one['lat']},0</coordinates></Point></Placemark>\n"
    )


def _text(value: object) -> str:
    return escape(_clean(value))


def _clean(value: object) -> str:
    """Without what XML cannot hold."""
    return "".join(char for char in str(value) if char >= " " or char in "\t\n")
