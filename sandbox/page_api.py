"""The page's own API under /api: a person looks at the world and acts in it. JSON in, JSON out, errors in words."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import urlsplit

from aiohttp import web

from sandbox import views
from sandbox.errors import WorldError
from sandbox.events import END, Subscription
from sandbox.model import Json, Message
from sandbox.params import Upload
from sandbox.wire import read_request
from sandbox.world import World

WORLD = web.AppKey("world", World)
HOSTS = web.AppKey("hosts", frozenset[str])  # Host names under which the page may be reached
HINT = web.AppKey("hint", dict[str, str])  # what the page says first, by language

_PRESS_REAL_SECONDS = 20.0
_HEARTBEAT_SECONDS = 15.0

Action = Callable[[World, int, Json, dict[str, Upload]], Awaitable[Json]]


def build(world: World, *, hosts: Iterable[str], hint: Mapping[str, str]) -> web.Application:
    """The application to be mounted at /api."""
    acts: dict[str, Action] = {
        "send": _send, "location": _location, "contact": _contact, "upload": _upload, "press": _press,
        "open": _open, "block": _block, "read": _read, "react": _react, "delete": _delete, "edit": _edit,
    }  # fmt: skip
    app = web.Application(middlewares=[_guard], client_max_size=world.limits.upload_bytes)
    app[WORLD] = world
    app[HOSTS] = frozenset({"127.0.0.1", "localhost", "::1", *hosts})
    app[HINT] = dict(hint)
    app.add_routes(
        [
            web.get("/state", _state),
            web.get("/hint", _hint),
            web.get("/users", _users),
            web.get("/chats/{chat_id}/messages", _messages),
            web.get("/chats/{chat_id}/members", _members),
            web.get("/events", _events),
            web.get("/file/{path:.+}", _file),
            web.post("/clock", _clock),
            *(web.post(f"/{name}", _acting(action)) for name, action in acts.items()),
        ]
    )
    return app


@web.middleware
async def _guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Keep other sites out of the page API, and turn refusals into JSON.

    The Host must be a local name (against DNS rebinding) and a POST's Origin must be this very server.
    """
    host = urlsplit(f"//{request.host}").hostname or ""
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if host not in request.app[HOSTS] or (request.method != "GET" and foreign):
        return web.json_response({"error": "来源不被允许"}, status=403)
    try:
        return await handler(request)
    except WorldError as error:
        return web.json_response({"error": str(error)}, status=400)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return web.json_response({"error": error.reason}, status=error.status)


def _world(request: web.Request) -> World:
    return request.app[WORLD]


def _viewer(request: web.Request) -> int:
    return views.viewer_of(_world(request), request.query.get("as"))


def _refuse(text: str) -> NoReturn:
    raise WorldError(text)


def _integer(raw: object, name: str) -> int:
    if isinstance(raw, bool) or raw is None:
        _refuse(f"缺少参数 {name}")
    try:
        return int(str(raw))
    except ValueError:
        _refuse(f"参数 {name} 应为整数")


def _optional_integer(raw: object, name: str) -> int | None:
    return None if raw in (None, "") else _integer(raw, name)


def _number(raw: object, name: str) -> float:
    try:
        return float(str(raw))
    except ValueError:
        _refuse(f"参数 {name} 应为数字")


# --- looking ---


async def _state(request: web.Request) -> web.Response:
    viewer = _viewer(request) if "as" in request.query else None
    return web.json_response(views.state_view(_world(request), viewer))


async def _hint(request: web.Request) -> web.Response:
    return web.json_response(request.app[HINT])


async def _users(request: web.Request) -> web.Response:
    limit = max(1, min(_integer(request.query.get("limit", "50"), "limit"), 500))
    users = views.search_users(_world(request), request.query.get("q", ""), limit)
    return web.json_response({"users": users})


async def _messages(request: web.Request) -> web.Response:
    world, viewer = _world(request), _viewer(request)
    chat = world.chat_for(viewer, _integer(request.match_info["chat_id"], "chat_id"))
    limit = max(1, min(_integer(request.query.get("limit", "50"), "limit"), 200))
    before = _optional_integer(request.query.get("before"), "before")
    return web.json_response(views.messages_view(world, chat, viewer, before, limit))


async def _members(request: web.Request) -> web.Response:
    world = _world(request)
    chat_id = _integer(request.match_info["chat_id"], "chat_id")
    chat = world.chat_for(_viewer(request), chat_id) if "as" in request.query else world.group(chat_id)
    return web.json_response({"members": views.members_view(world, chat)})


async def _file(request: web.Request) -> web.Response:
    """A file as the page shows it. Only pictures and voice are shown in place; the rest is downloaded."""
    file = _world(request).files.at(request.match_info["path"])
    if file is None:
        raise web.HTTPNotFound
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
    inline = file.kind == "photo" or file.mime in ("audio/ogg", "audio/mpeg", "audio/webm")
    if not inline:
        headers["Content-Disposition"] = "attachment"
    mime = file.mime if inline and file.mime.startswith(("image/", "audio/")) else "application/octet-stream"
    return web.Response(body=file.data, content_type=mime, headers=headers)


async def _events(request: web.Request) -> web.StreamResponse:
    """text/event-stream of what concerns the viewer (without one: only the clock)."""
    world = _world(request)
    viewer = _viewer(request) if "as" in request.query else None
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    with world.subscribe() as subscription, contextlib.suppress(ConnectionResetError):
        await response.prepare(request)
        line = b": hello\n\n"
        while line:
            await response.write(line)
            line = await _next_line(world, subscription, viewer)
    return response


async def _next_line(world: World, subscription: Subscription, viewer: int | None) -> bytes:
    """The next event the viewer may see, a heartbeat after a while without one, or nothing at the end."""
    try:
        async with asyncio.timeout(_HEARTBEAT_SECONDS):
            while True:
                event = await subscription.next()
                if event["type"] == END:
                    return b""
                shown = views.event_view(world, event, viewer)
                if shown is not None:
                    return f"data: {json.dumps(shown, ensure_ascii=False)}\n\n".encode()
    except TimeoutError:
        return b": still here\n\n"


# --- acting ---


def _acting(action: Action) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        world = _world(request)
        body, files = await _body(request)
        viewer = views.viewer_of(world, body.get("as"))
        return web.json_response(await action(world, viewer, body, files))

    return handle


async def _body(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    limit = _world(request).limits.upload_bytes
    if request.content_type == "multipart/form-data":
        return await read_request(request, limit)
    if request.content_type != "application/json":
        _refuse("请求应为 JSON")
    try:
        body = await request.json()
    except ValueError:
        _refuse("请求不是有效的 JSON")
    if not isinstance(body, dict):
        _refuse("请求应为 JSON 对象")
    return body, {}


def _shown(world: World, viewer: int, message: Message) -> Json:
    return {"message": views.message_view(world, message, viewer)}


async def _send(world: World, viewer: int, body: Json, _files: dict[str, Upload]) -> Json:
    message = await world.say(
        viewer,
        _integer(body.get("chat_id"), "chat_id"),
        str(body.get("text", "")),
        reply_to=_optional_integer(body.get("reply_to"), "reply_to"),
        as_anonymous_admin=body.get("anonymous") is True,
    )
    return _shown(world, viewer, message)


async def _edit(world: World, viewer: int, body: Json, _files: dict[str, Upload]) -> Json:
    chat_id, message_id = _where(body)
    return _shown(world, viewer, await world.edit_message(viewer, chat_id, message_id, str(body.get("text", ""))))


async def _location(world: World, viewer: int, body: Json, _files: dict[str, Upload]) -> Json:
    message = await world.send_location(
        viewer,
        _integer(body.get("chat_id"), "chat_id"),
        _number(body.get("lat"), "lat"),
        _number(body.get("lon"), "lon"),
        live_period=_optional_integer(body.get("live_period"), "live_period"),
        reply_to=_optional_integer(body.get("reply_to"), "reply_to"),
    )
    return _shown(world, viewer, message)


async def _contact(world: World, viewer: int, body: Json, _files: dict[str, Upload]) -> Json:
    reply_to = _optional_integer(body.get("reply_to"), "reply_to")
    chat_id = _integer(body.get("chat_id"), "chat_id")
    return _shown(world, viewer, await world.send_contact(viewer, chat_id, reply_to=reply_to))


async def _upload(world: World, viewer: int, body: Json, files: dict[str, Upload]) -> Json:
    file = files.get("file") or _refuse("没有收到文件")
    name, data, mime = file
    chat_id = _integer(body.get("chat_id"), "chat_id")
    caption = str(body.get("caption", ""))
    reply_to = _optional_integer(body.get("reply_to"), "reply_to")
    kind = body.get("kind")
    if kind == "photo":
        message = await world.send_photo(viewer, chat_id, data, caption=caption, reply_to=reply_to)
    elif kind == "voice":
        message = await world.send_voice(viewer, chat_id, data, caption=caption, reply_to=reply_to)
    elif kind == "document":
        message = await world.send_document(
            viewer, chat_id, data, name=name, mime=mime, caption=caption, reply_to=reply_to
        )
    else:
        _refuse("参数 kind 应为 photo、document 或 voice")
    return _shown(world, viewer, message)


async def _press(world: World, viewer: int, body: Json, _files: dict[str, Upload]) -> Json:
    chat_id, message_id = _where(body)
    place = (_integer(body.get("row"), "row"), _integer(body.get("col"), "col"))
    answer: Any = None
    try:
        async with asyncio.timeout(_PRESS_REAL_SECONDS):
            answer = await world.press(viewer, chat_id, message_id, place)
    except TimeoutError:
        return {"answered": False, "text": None, "alert": False, "url": None}
    return {"answered": answer.answered, "text": answer.text, "alert": answer.alert, "url": answer.url}


async def _open(world: World, viewer: int, body: Json, _files: dict[str, Upload]) -> Json:
    group_id = _optional_integer(body.get("chat_id"), "chat_id")
    chat = await world.open_link(viewer, str(body.get("url", "")), group_id=group_id)
    return {"chat_id": world.page_chat_id(chat)}


async def _block(world: World, viewer: int, body: Json, _files: dict[str, Upload]) -> Json:
    bot_id = _integer(body.get("bot_id"), "bot_id")
    if bot_id not in world.bots:
        _refuse("没有这个机器人")
    blocked = body.get("blocked")
    if not isinstance(blocked, bool):
        _refuse("参数 blocked 应为 true 或 false")
    (world.block_bot if blocked else world.unblock_bot)(viewer, bot_id)
    return {"blocked": blocked}


async def _read(world: World, viewer: int, body: Json, _files: dict[str, Upload]) -> Json:
    world.read(viewer, _integer(body.get("chat_id"), "chat_id"))
    return {"ok": True}


async def _react(world: World, viewer: int, body: Json, _files: dict[str, Upload]) -> Json:
    chat_id, message_id = _where(body)
    emoji = body.get("emoji")
    await world.react(viewer, chat_id, message_id, str(emoji)[:16] if emoji else None)
    return {"ok": True}


async def _delete(world: World, viewer: int, body: Json, _files: dict[str, Upload]) -> Json:
    await world.delete_message(viewer, *_where(body))
    return {"ok": True}


def _where(body: Json) -> tuple[int, int]:
    return _integer(body.get("chat_id"), "chat_id"), _integer(body.get("message_id"), "message_id")


async def _clock(request: web.Request) -> web.Response:
    """Change speed, push time on, or set it. Answers with the clock as it is now."""
    world = _world(request)
    body, _ = await _body(request)
    try:
        if "speed" in body:
            world.clock.set_speed(_number(body["speed"], "speed"))
        if "now" in body:
            world.clock.set(datetime.fromisoformat(str(body["now"])))
        if "advance_seconds" in body:
            world.clock.advance(timedelta(seconds=_number(body["advance_seconds"], "advance_seconds")))
    except (ValueError, OverflowError) as error:
        _refuse(f"时钟设置无效：{error}")
    return web.json_response(views.clock_view(world))
