"""Warnings of the demo, in the real form of CAP 1.2 as a county's weather service issues them, dated now."""

from datetime import datetime, timedelta, timezone
from xml.sax.saxutils import escape

BEIJING = timezone(timedelta(hours=8))

_FORM = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>{identifier}</identifier>
  <sender>qxt@songyang.example</sender>
  <sent>{sent}</sent>
  <status>Actual</status>
  <msgType>{msg_type}</msgType>
  <scope>Public</scope>
{references}  <info>
    <language>zh-CN</language>
    <category>Met</category>
    <event>{kind}</event>
    <urgency>Immediate</urgency>
    <severity>{severity}</severity>
    <certainty>Likely</certainty>
    <effective>{sent}</effective>
    <expires>{expires}</expires>
    <senderName>松阳县气象台</senderName>
    <headline>{headline}</headline>
    <description>{text}</description>
    <instruction>{instruction}</instruction>
{areas}
  </info>
</alert>
"""
_SEVERITY = {"蓝色": "Minor", "黄色": "Moderate", "橙色": "Severe", "红色": "Extreme"}


def cap(
    now: datetime,
    *,
    kind: str,
    colour: str,
    areas: list[tuple[str, str]],
    text: str,
    instruction: str,
    hours: float = 12,
    follows: tuple[str, datetime] | None = None,
    cancel: bool = False,
) -> tuple[str, str]:
    """(identifier, XML). areas: (name, code). follows: identifier and time of the message it updates or cancels."""
    sent = now.astimezone(BEIJING).replace(microsecond=0)
    identifier = f"33112441600000_{sent:%Y%m%d%H%M%S}"
    if follows is None:
        references, msg_type = "", "Alert"
    else:
        earlier = follows[1].astimezone(BEIJING).replace(microsecond=0).isoformat()
        references = f"  <references>qxt@songyang.example,{follows[0]},{earlier}</references>\n"
        msg_type = "Cancel" if cancel else "Update"
    verb = "解除" if cancel else "发布"
    return identifier, _FORM.format(
        identifier=identifier,
        sent=sent.isoformat(),
        expires=(sent + timedelta(hours=hours)).isoformat(),
        msg_type=msg_type,
        references=references,
        kind=escape(kind),
        severity=_SEVERITY[colour],
        headline=escape(f"松阳县气象台{verb}{kind}{colour}预警信号"),
        text=escape(text),
        instruction=escape(instruction),
        areas="\n".join(
            f"    <area><areaDesc>{escape(name)}</areaDesc><geocode><valueName>CPEAS Geographic Code</valueName>"
            f"<value>{code}</value></geocode></area>"
            for name, code in areas
        ),
    )
