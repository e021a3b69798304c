"""The reader of weather.cma.cn: the national map `api/map/alarm` and the warnings inside `api/weather/view`."""

from typing import Any

from feeds.errors import Unreadable, UnreadableNotice
from feeds.json_notice import Entry, Gathered, pictured_colour
from feeds.json_safety import Fields, parse_json
from feeds.reading import Asked, Reading
from feeds.titles import read_title


def read_cma(body: bytes, asked: Asked) -> Reading:
    """feeds.reading.Reader of weather.cma.cn. What is lifted disappears from its lists."""
    answer = Fields.of(parse_json(body))
    if answer.code("code") not in {"", "0", "200"}:
        raise UnreadableNotice(Unreadable.SOURCE_ERROR, f"code {answer.code('code')} {answer.text('msg')}"[:100])
    gathered = Gathered.begun(body, asked)
    gathered.take(_rows(answer), "alarm", lambda row: _entry(row, asked))
    return gathered.reading(whole=True)


def _rows(answer: Fields) -> list[Any]:
    if isinstance(answer.values.get("data"), list):
        return answer.items("data")
    view = answer.inner("data")
    if not isinstance(view.values.get("alarm"), list):
        raise UnreadableNotice(Unreadable.UNKNOWN_FORMAT, "neither a list of warnings nor data.alarm")
    return view.items("alarm")


def _entry(row: Fields, asked: Asked) -> Entry:
    """`headline` names the office, `title` its whole region; the view has the title only."""
    title = row.text("title")
    return Entry(
        name=row.text("id"),
        headline=row.text("headline") or title,
        text=row.text("description"),
        stated=row.text("effective"),
        onset=row.text("effective"),
        colours=(row.text("signallevel"), row.text("severity"), pictured_colour(row.text("type"))),
        kind=row.text("signaltype"),
        event_code=row.text("eventType"),
        region=read_title(title, asked.zone).region,
    )
