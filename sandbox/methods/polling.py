"""getUpdates and the webhook's settings. Long polls wait in real seconds; expiry is a matter of world time."""

import asyncio
import time
from urllib.parse import urlsplit

from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.errors import ApiError, bad
from sandbox.model import Json
from sandbox.params import Params

_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
_OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_SET_WEBHOOK = "Conflict: terminated by setWebhook request"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")  # where plain http and any port will do, as on a local server
_PORTS = (80, 88, 443, 8443)
_SECRET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


async def get_updates(world: WorldCore, bot: Bot, params: Params) -> list[Json]:
    if bot.webhook.url:
        raise ApiError(409, _WEBHOOK_ACTIVE)
    offset = params.integer("offset")
    limit = params.integer("limit", 100, 1, 100)
    timeout = float(params.integer("timeout", 0, 0, int(world.limits.long_poll_seconds)))
    _allow(bot, params)
    if world.limits.repeated_poll_throttle:
        timeout, limit = _throttled(bot, offset, timeout, limit)
    found = bot.queue.take(offset, limit, world.clock.seconds())
    if found or timeout <= 0:
        return found
    await _wait(bot, timeout, world.limits.conflict_pause_seconds)
    return bot.queue.take(offset, limit, world.clock.seconds())


def _throttled(bot: Bot, offset: int, timeout: float, limit: int) -> tuple[float, int]:
    """The real server slows down a poller that asks for the same offset again at once."""
    now = time.monotonic()
    before, when = bot.last_poll
    bot.last_poll = (offset, now)
    if offset == before and now < when + 3.0:
        return max(timeout, 3.0), 1 if now < when + 0.5 else limit
    return timeout, limit


async def _wait(bot: Bot, seconds: float, pause: float) -> None:
    abort_poll(bot, _OTHER_POLLER)
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[None] = loop.create_future()
    bot.queue.waiting = waiting
    timer = loop.call_later(seconds, _finish, waiting)
    try:
        await waiting
    except ApiError:
        now = time.monotonic()
        if now < bot.last_conflict + pause:
            await asyncio.sleep(pause)
        else:
            bot.last_conflict = now
        raise
    finally:
        timer.cancel()
        if bot.queue.waiting is waiting:
            bot.queue.waiting = None


def _finish(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def abort_poll(bot: Bot, reason: str) -> None:
    """Send the poller that waits away with 409."""
    waiting = bot.queue.waiting
    if waiting is not None and not waiting.done():
        waiting.set_exception(ApiError(409, reason))


def end_poll(bot: Bot) -> None:
    """Let the poller that waits go home with what there is."""
    if bot.queue.waiting is not None:
        _finish(bot.queue.waiting)


def _allow(bot: Bot, params: Params) -> None:
    if params.raw.get("allowed_updates") in (None, ""):
        return
    kinds = params.structure("allowed_updates", "Can't parse allowed updates JSON object")
    if isinstance(kinds, list):
        bot.queue.allow([kind.lower() for kind in kinds if isinstance(kind, str)])


def set_webhook(world: WorldCore, bot: Bot, params: Params) -> bool:
    url = params.text("url")
    if not url:
        return delete_webhook(world, bot, params)
    secret = params.text("secret_token")
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if not parts.hostname:
        raise bad("invalid webhook URL specified")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.hostname not in _LOOPBACK and (parts.port or 443) not in _PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not set(secret) <= _SECRET:
        raise bad("secret token contains unallowed characters")
    if params.flag("drop_pending_updates"):
        bot.queue.clear()
    abort_poll(bot, _SET_WEBHOOK)
    hook = bot.webhook
    hook.url, hook.secret = parts.geturl(), secret
    hook.max_connections = params.integer("max_connections", 40, 1, 100)
    hook.ip_address = params.text("ip_address")
    hook.last_error, hook.last_error_at = "", 0
    hook.generation += 1
    _allow(bot, params)
    if bot.webhook_changed is not None:
        bot.webhook_changed(bot)
    return True


def delete_webhook(_world: WorldCore, bot: Bot, params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        bot.queue.clear()
    bot.webhook.url = bot.webhook.secret = bot.webhook.ip_address = ""
    bot.webhook.generation += 1
    if bot.webhook_changed is not None:
        bot.webhook_changed(bot)
    return True


def get_webhook_info(world: WorldCore, bot: Bot, _params: Params) -> Json:
    hook = bot.webhook
    info: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": bot.queue.pending(world.clock.seconds()),
    }
    if hook.url:
        info["max_connections"] = hook.max_connections
        if hook.ip_address:
            info["ip_address"] = hook.ip_address
        if hook.last_error_at:
            info.update(last_error_date=hook.last_error_at, last_error_message=hook.last_error)
    info["allowed_updates"] = sorted(bot.queue.allowed)
    return info
