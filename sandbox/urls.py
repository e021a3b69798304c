"""Links as Telegram accepts them in texts and buttons, and its deep links."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HOST = re.compile(r"[\w.-]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class DeepLink:
    bot: str
    kind: str  # "start" or "startgroup"
    payload: str


def mentioned_user(url: str) -> int | None:
    """The user of a tg://user?id=N link."""
    match = re.fullmatch(r"tg:(?://)?user\?id=([1-9][0-9]{0,15})", url.strip(), re.IGNORECASE)
    return int(match.group(1)) if match else None


def checked_link(url: str) -> str:
    """The link as Telegram would store it. ValueError carries Telegram's reason ("URL host is empty" …)."""
    url = url.strip()
    lowered = url.lower()
    if lowered.startswith("tg:") or lowered.startswith("ton:"):
        rest = url.split(":", 1)[1].lstrip("/")
        if not rest:
            raise ValueError(f"URL '{url}' is invalid: Empty link")
        return f"{lowered.split(':', 1)[0]}://{rest}"
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*)://", url)
    if scheme and scheme.group(1).lower() not in ("http", "https"):
        raise ValueError(f"URL '{url}' is invalid: Unsupported URL protocol")
    if re.match(r"(javascript|data|vbscript|file|mailto|tel):", lowered):
        raise ValueError(f"URL '{url}' is invalid: Unsupported URL protocol")
    full = url if scheme else f"http://{url}"
    try:
        parts = urlsplit(full)
        port = parts.port
    except ValueError:
        raise ValueError(f"URL '{url}' is invalid: Wrong port number specified in the URL") from None
    host = parts.hostname or ""
    if not host:
        raise ValueError(f"URL '{url}' is invalid: URL host is empty")
    if any(char.isspace() for char in full) or not (_HOST.fullmatch(host) or ":" in host):
        raise ValueError(f"URL '{url}' is invalid: Wrong HTTP URL")
    if "." not in host and ":" not in host:
        raise ValueError(f"URL '{url}' is invalid: Wrong HTTP URL")
    if port == 0:
        raise ValueError(f"URL '{url}' is invalid: Wrong port number specified in the URL")
    return full if parts.path or parts.query else f"{full}/"


def deep_link(url: str) -> DeepLink | None:
    """A t.me/<bot>?start=… (or startgroup) link, in any of its spellings; None when it is something else."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    query = parse_qs(parts.query, keep_blank_values=True)
    if parts.scheme == "tg" and parts.netloc == "resolve":
        bot = query.get("domain", [""])[0]
    elif parts.scheme in ("http", "https") and (parts.hostname or "") in ("t.me", "telegram.me"):
        bot = unquote(parts.path).strip("/")
    else:
        return None
    if not bot or "/" in bot:
        return None
    for kind in ("startgroup", "start"):
        if kind in query:
            payload = query[kind][0]
            if payload and not _PAYLOAD.fullmatch(payload):
                return None  # clients ignore a payload that Telegram would not carry
            return DeepLink(bot, kind, payload)
    return DeepLink(bot, "start", "")
