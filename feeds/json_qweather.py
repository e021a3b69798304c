"""The reader of QWeather: `v7/warning/now`, in its older and newer forms, and `weatheralert/v1/current`.

Both answer for one place that was asked for; the place is in the address and not in the answer. What is no longer
returned has ended. Values that the service has not documented are not guessed at: a person decides.
"""

from domain.notices import MsgType
from feeds.errors import Unreadable, UnreadableNotice
from feeds.json_notice import Entry, Gathered, painted_colour
from feeds.json_safety import Fields, parse_json
from feeds.reading import Asked, Reading

_DONE = {
    "": None,
    "active": None,
    "预警中": None,
    "alert": MsgType.ALERT,
    "update": MsgType.UPDATE,
    "更新": MsgType.UPDATE,
    "cancel": MsgType.CANCEL,
    "解除": MsgType.CANCEL,
    "预警解除": MsgType.CANCEL,
}
"""None: the title says what is done"""


def read_qweather(body: bytes, asked: Asked) -> Reading:
    """feeds.reading.Reader of QWeather."""
    answer = Fields.of(parse_json(body))
    gathered = Gathered.begun(body, asked)
    if "error" in answer:
        error = answer.inner("error")
        raise UnreadableNotice(Unreadable.SOURCE_ERROR, f"{error.code('status')} {error.text('title')}"[:100])
    if isinstance(answer.values.get("alerts"), list):
        _check_zero(answer)
        gathered.take(answer.items("alerts"), "alerts", _alert)
        return gathered.reading(whole=True)
    if answer.code("code") != "200":
        raise UnreadableNotice(Unreadable.SOURCE_ERROR, f"code {answer.code('code')[:20]}")
    if not isinstance(answer.values.get("warning"), list):
        raise UnreadableNotice(Unreadable.UNKNOWN_FORMAT, "neither alerts nor warning")
    gathered.take(answer.items("warning"), "warning", _warning)
    return gathered.reading(whole=True)


def _check_zero(answer: Fields) -> None:
    zero = answer.inner("metadata").values.get("zeroResult")
    if not answer.items("alerts") and zero is False:
        raise UnreadableNotice(Unreadable.COUNT_DIFFERS, "zeroResult false, no alert")


def _warning(row: Fields) -> Entry:
    return Entry(
        name=row.text("id"),
        sender=row.text("sender"),
        headline=row.text("title"),
        text=row.text("text"),
        stated=row.text("pubTime"),
        onset=row.text("startTime"),
        expires=row.text("endTime"),
        colours=(row.text("severityColor"), row.text("level")),
        severity=row.text("severity"),
        kind=row.text("typeName"),
        event_code=row.code("type"),
        msg_type=_DONE.get(row.text("status").lower(), MsgType.UNKNOWN),
        references=(row.text("related"),),
    )


def _alert(row: Fields) -> Entry:
    message, event, paint = row.inner("messageType"), row.inner("eventType"), row.inner("color")
    parts = [paint.number(name) or 0 for name in ("red", "green", "blue")]
    said = paint.text("code") or (painted_colour(*parts) if "red" in paint or "blue" in paint else "")
    return Entry(
        name=row.text("id"),
        headline=row.text("headline"),
        text=row.text("description"),
        instruction=row.text("instruction"),
        office=row.text("senderName"),
        stated=row.text("issuedTime"),
        onset=row.text("onsetTime") or row.text("effectiveTime"),
        expires=row.text("expiredTime") or row.text("expireTime"),
        colours=(said,),
        severity=row.text("severity"),
        kind=event.text("name"),
        event_code=event.code("code"),
        msg_type=_DONE.get(message.text("code").lower(), MsgType.UNKNOWN),
        references=tuple(message.texts("supersedes")),
    )
