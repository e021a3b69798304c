"""What Telegram says of us, asked at this moment: the token, the way there, the clock, the webhook, our rights in the
groups. Findings for `check`."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from aiohttp_socks import ProxyConnector
from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from clock import Clock
from delivery.redaction import redact
from delivery.transport import AiohttpRequest
from services.checkup import Finding, Mark
from services.membership import Seen
from services.ports import Group
from settings import Settings

OFF_SECONDS = 30
"""a clock further off makes deadlines wrong"""
_AT_ONCE = 8
_PATIENCE = ClientTimeout(total=20)


def bot_of(settings: Settings) -> Bot:
    """A bot to ask a few questions with; `async with` it. Raises SettingsError."""
    request = AiohttpRequest(proxy=settings.telegram_proxy, connections=_AT_ONCE)
    polling = AiohttpRequest(proxy=settings.telegram_proxy, connections=1)
    url = settings.telegram_api_url
    return Bot(settings.token(), f"{url}/bot", f"{url}/file/bot", request=request, get_updates_request=polling)


async def greet(settings: Settings, bot: Bot) -> list[Finding]:
    """Who we are there. The bot is initialised when the answer is good."""
    try:
        await bot.initialize()
    except InvalidToken:
        return [Finding(Mark.BAD, "setting.token_refused")]
    except TelegramError as error:
        key = "checkup.telegram.proxy_unreachable" if settings.telegram_proxy else "checkup.telegram.unreachable"
        return [Finding(Mark.BAD, key, {"reason": redact(str(error.__cause__ or error))})]
    found = [Finding(Mark.FINE, "checkup.telegram.fine", {"bot": bot.username, "name": bot.first_name})]
    if not bot.can_join_groups:
        found.append(Finding(Mark.BAD, "checkup.telegram.no_groups"))
    return found


def privacy(bot: Bot, groups: Sequence[Group]) -> list[Finding]:
    """With privacy mode on, ordinary words only reach a bot that is an administrator."""
    hidden = [one for one in groups if one.place is not None and not one.is_admin]
    if bot.can_read_all_group_messages or not hidden:
        return []
    return [Finding(Mark.WARN, "checkup.telegram.privacy")]


async def webhook(settings: Settings, bot: Bot) -> list[Finding]:
    try:
        info = await bot.get_webhook_info()
    except TelegramError:
        return []
    if settings.webhook_url is None:
        return [Finding(Mark.WARN, "checkup.telegram.hook_left")] if info.url else []
    if not info.url:
        return [Finding(Mark.WARN, "checkup.telegram.hook_missing")]
    if info.last_error_message and info.pending_update_count:
        return [Finding(Mark.BAD, "checkup.telegram.hook_failing", {"reason": redact(info.last_error_message)})]
    return []


async def compare_clocks(settings: Settings, clock: Clock) -> Finding:
    """This machine's time beside the Date of an answer of Telegram's server (whole seconds)."""
    before = clock.now()
    theirs = await _date_of(settings)
    if theirs is None:
        return Finding(Mark.WARN, "checkup.telegram.clock_unknown")
    ours = before + (clock.now() - before) / 2
    off = round(abs((ours - theirs).total_seconds()))
    if off > OFF_SECONDS:
        return Finding(Mark.BAD, "checkup.telegram.clock_off", {"seconds": off})
    return Finding(Mark.FINE, "checkup.telegram.clock", {"seconds": max(off, 2)})


async def _date_of(settings: Settings) -> datetime | None:
    proxy = settings.telegram_proxy
    socks = proxy is not None and proxy.startswith("socks")
    connector: TCPConnector = TCPConnector()
    if socks and proxy is not None:
        connector = ProxyConnector.from_url(proxy.replace("socks5h:", "socks5:", 1), rdns=True)
    try:
        async with (
            ClientSession(connector=connector, timeout=_PATIENCE, trust_env=False) as session,
            session.head(settings.telegram_api_url, proxy=None if socks else proxy, allow_redirects=False) as answer,
        ):
            return parsedate_to_datetime(answer.headers["Date"])
    except (ClientError, OSError, TimeoutError, KeyError, ValueError):
        return None
    except Exception as error:
        if "socks" in type(error).__module__:  # a proxy's errors have no base class of their own
            return None
        raise


async def rights(bot: Bot, groups: Sequence[Group]) -> dict[int, Seen]:
    """What the bot is in each group now. A group that Telegram does not answer about is left out."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def ask(group: Group) -> Seen | None:
        async with turn:
            try:
                member = await bot.get_chat_member(group.chat_id, bot.id)
            except (Forbidden, BadRequest):  # thrown out, or no such chat any more
                return Seen(group.chat_id, group.title, "left", can_send=False)
            except TelegramError:
                return None
        admin = member.status in {"administrator", "creator"}
        return Seen(
            chat_id=group.chat_id,
            title=group.title,
            status=member.status,
            can_send=bool(getattr(member, "can_send_messages", True)),
            can_pin=bool(getattr(member, "can_pin_messages", admin)),
        )

    found = await asyncio.gather(*(ask(one) for one in groups if one.status != "left"))
    return {one.chat_id: one for one in found if one is not None}
