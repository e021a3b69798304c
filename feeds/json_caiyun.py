"""The reader of Caiyun: the alerts inside the v2 weather, one alert of v1, the alerts of a place in v3, and what its
pushes say.

Neither push signs the words, the level or the place. A push is therefore never a warning: it is a reason to ask again,
over HTTPS, for what it speaks of.
"""

from datetime import UTC, datetime

from domain.notices import MsgType
from feeds.cap import line
from feeds.errors import Unreadable, UnreadableNotice
from feeds.json_notice import Entry, Gathered, level_colour, painted_colour
from feeds.json_safety import Fields, parse_json
from feeds.reading import Asked, Link, Reading

_LIFTED = {"预警解除", "已解除", "解除"}
_IN_FORCE = {"", "预警中"}


def read_caiyun(body: bytes, asked: Asked) -> Reading:
    """feeds.reading.Reader of Caiyun, the form by what the answer holds."""
    answer = Fields.of(parse_json(body))
    gathered = Gathered.begun(body, asked)
    if "event" in answer:
        return Reading(links=(_first_push(answer),))
    if "sign" in answer:
        return Reading(links=(_third_push(answer, asked),))
    if answer.text("status") not in {"", "ok"}:
        raise UnreadableNotice(Unreadable.SOURCE_ERROR, f"{answer.text('status')} {answer.text('error')}"[:100])
    if "alerts" in answer:
        gathered.take(answer.items("alerts"), "alerts", _third)
    elif "alert" in answer:
        gathered.take([answer.values["alert"]], "alert", _first)
    else:
        alert = answer.inner("result").inner("alert")
        if alert.text("status") not in {"", "ok"}:
            raise UnreadableNotice(Unreadable.SOURCE_ERROR, f"result.alert.status {alert.text('status')}"[:100])
        if "content" not in alert:
            raise UnreadableNotice(Unreadable.UNKNOWN_FORMAT, "no alerts in it")
        gathered.take(alert.items("content"), "content", _second)
    return gathered.reading(whole=False)


def _second(row: Fields) -> Entry:
    """v2: the code is AABB, kind and level; "无" stands for no county; text and title are the office's."""
    return Entry(
        name=row.text("alertId"),
        headline=row.text("title"),
        text=row.text("description"),
        stated=_moment(row, "pubtimestamp"),
        colours=(level_colour(row.code("code")[-2:]),),
        codes=_codes(row, "adcode"),
        region=row.text("location"),
        msg_type=_done(row.text("status")),
    )


def _first(row: Fields) -> Entry:
    """v1: the times as text are the ones to go by; the timestamps beside them say something else."""
    return Entry(
        name=row.text("alert_id"),
        headline=row.text("title"),
        text=row.text("description"),
        stated=row.text("published_time"),
        expires=row.text("expired_time"),
        colours=(level_colour(row.code("code")[-2:]),),
        codes=_codes(row, "ad_code"),
        region=row.text("location"),
        msg_type=_done(row.text("status")),
    )


def _third(row: Fields) -> Entry:
    """v3: words by language, the colour as paint whose zero parts are left out."""
    words = _chinese(row)
    paint = row.inner("color")
    parts = [paint.number(name) or 0 for name in ("red", "green", "blue")]
    return Entry(
        name=row.text("id"),
        headline=words.text("title") or words.text("name"),
        text=words.text("text"),
        stated=_moment(row, "publish_time"),
        expires=_moment(row, "expire_time"),
        colours=(words.text("level"), painted_colour(*parts)),
        event_code=row.code("alert_type"),
        codes=_codes(row, "area_code"),
    )


def _chinese(row: Fields) -> Fields:
    blocks = [Fields.of(value, "data") for value in row.items("data")]
    if not blocks:
        raise UnreadableNotice(Unreadable.MISSING_FIELD, "data")
    return min(blocks, key=lambda block: not block.text("language_code").lower().startswith("zh"))


def _codes(row: Fields, name: str) -> tuple[str, ...]:
    code = row.code(name)
    return (code,) if code and code != "0" else ()


def _done(status: str) -> MsgType | None:
    """None: the title says what is done. A status that nobody knows is for a person."""
    if status in _LIFTED:
        return MsgType.CANCEL
    return None if status in _IN_FORCE else MsgType.UNKNOWN


def _moment(row: Fields, name: str) -> datetime | str:
    """Seconds since 1970; "" where nothing was said, or nonsense."""
    seconds = row.number(name)
    if not seconds:
        return ""
    if not 631_152_000 <= seconds <= 4_102_444_800:  # 1990 to 2100
        raise UnreadableNotice(Unreadable.BAD_SENT, f"{name} {seconds}")
    return datetime.fromtimestamp(int(seconds), UTC)


def _first_push(push: Fields) -> Link:
    """v1 names the address of the alert; whoever fetches it judges the host."""
    address, alert = push.text("url"), push.text("alert_id")
    if not address or not alert:
        raise UnreadableNotice(Unreadable.MISSING_FIELD, "url" if alert else "alert_id")
    if not address.startswith("https://") or len(address) > 2_000 or not address.isprintable():
        raise UnreadableNotice(Unreadable.BAD_LINK, address[:100])
    event = line(push.text("event"))
    return Link(address, line(f"{event} {push.text('time')}")[:200], {"id": line(alert)[:200], "event": event[:40]})


def _third_push(push: Fields, asked: Asked) -> Link:
    """v3 names no address: the source's own is asked again."""
    alert = push.inner("alert")
    name = alert.text("id")
    if not name:
        raise UnreadableNotice(Unreadable.MISSING_FIELD, "alert.id")
    version = f"{name} {alert.code('publish_time')} {alert.code('status')}"
    return Link(asked.source.url, line(version)[:200], {"id": line(name)[:200], "event": "push"})
