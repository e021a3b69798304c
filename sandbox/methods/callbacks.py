"""Answering a pressed button: once, within 15 seconds, without any rate limit."""

from sandbox.bots import Bot, Pressed
from sandbox.core import WorldCore
from sandbox.errors import bad
from sandbox.params import Params
from sandbox.urls import deep_link

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(world: WorldCore, bot: Bot, params: Params) -> bool:
    text, url = params.text("text"), params.text("url")
    alert = params.flag("show_alert")
    params.integer("cache_time")
    query = bot.queries.get(params.text("callback_query_id"))
    if query is None or query.expires <= world.clock.seconds() or query.answer.done():
        raise bad(TOO_OLD)
    if len(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    if url:
        link = deep_link(url)
        if link is None or world.bot_named(link.bot) is not bot:
            raise bad("URL_INVALID")
    query.answer.set_result(Pressed(answered=True, text=text or None, alert=alert, url=url or None))
    return True
