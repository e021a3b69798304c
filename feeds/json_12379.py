"""The reader of the national platform's public list as JSON (`alertData`): headline, text, number and time."""

from feeds.errors import Unreadable, UnreadableNotice
from feeds.json_notice import Entry, Gathered
from feeds.json_safety import Fields, parse_json
from feeds.reading import Asked, Reading


def read_12379_list(body: bytes, asked: Asked) -> Reading:
    """feeds.reading.Reader of `alarm_list_all`."""
    answer, gathered = Fields.of(parse_json(body)), Gathered.begun(body, asked)
    if not isinstance(answer.values.get("alertData"), list):
        raise UnreadableNotice(Unreadable.UNKNOWN_FORMAT, "no alertData")
    gathered.take(answer.items("alertData"), "alertData", _entry)
    return gathered.reading(whole=False)


def _entry(row: Fields) -> Entry:
    return Entry(
        name=row.text("identifier"),
        headline=row.text("headline"),
        text=row.text("description"),
        stated=row.text("sendTime"),
    )
