"""The sandbox over HTTP: the Bot API, file downloads, the page and its API, webhook deliveries.

Bound to 127.0.0.1 unless told otherwise. One process, one event loop, everything in memory.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from pathlib import Path

import aiohttp
from aiohttp import web

from sandbox import page_api
from sandbox.errors import ApiError, ConnectionReset, LostResponse
from sandbox.events import END
from sandbox.methods.polling import end_poll
from sandbox.page_api import WORLD
from sandbox.webhook import Answer, WebhookSender
from sandbox.wire import read_request
from sandbox.world import Reply, World

CLOSING = web.AppKey("closing", asyncio.Event)  # set when the server stops: nobody hangs any longer
PAGE = Path(__file__).parent / "page"
_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_HANG_SECONDS = 3_600.0
_WEBHOOK_SECONDS = 60.0
_ANSWER_BYTES = 1 << 20


def build_app(
    world: World,
    *,
    page: Path = PAGE,
    hosts: Iterable[str] = (),
    hint: Mapping[str, str] | None = None,
) -> web.Application:
    """The whole door. `hosts` are further Host names under which the page may be reached; `hint` is what the page
    says first, by language ("zh", "en"), up to four lines each.
    """
    app = web.Application(client_max_size=world.limits.upload_bytes)
    app[WORLD] = world
    app[CLOSING] = asyncio.Event()
    app.add_routes(
        [
            web.route("*", "/bot{token}/{method}", _bot_api),
            web.get("/file/bot{token}/{path:.+}", _download),
        ]
    )
    app.add_subapp("/api", page_api.build(world, hosts=hosts, hint=hint or {}))
    app.cleanup_ctx.append(_webhooks)
    app.on_shutdown.append(_let_go)
    if page.is_dir():
        app.router.add_get("/", _page(page, "index.html"))
        app.router.add_get("/{name:[^/]+\\.[a-z0-9]+}", _page(page, None))
        app.router.add_static("/static/", page, follow_symlinks=False)
    return app


async def start(
    world: World,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    page: Path = PAGE,
    hosts: Iterable[str] = (),
    hint: Mapping[str, str] | None = None,
) -> tuple[web.AppRunner, int]:
    """Serve the world. Returns the runner (to `cleanup`) and the port that was bound."""
    runner = web.AppRunner(build_app(world, page=page, hosts=hosts, hint=hint), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    bound: int = runner.addresses[0][1]
    return runner, bound


async def _bot_api(request: web.Request) -> web.StreamResponse:
    world = request.app[WORLD]
    try:
        params, files = await read_request(request, world.limits.upload_bytes)
    except ApiError as error:
        return _answer(Reply(error.code, {"ok": False, "error_code": error.code, "description": error.description}))
    try:
        reply = await world.call(request.match_info["token"], request.match_info["method"], params, files)
    except LostResponse:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(request.app[CLOSING].wait(), _HANG_SECONDS)
        return _reset(request)
    except ConnectionReset:
        return _reset(request)
    return _answer(reply)


def _answer(reply: Reply) -> web.Response:
    return web.Response(body=reply.payload(), status=reply.status, content_type=reply.content_type)


def _reset(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)  # nobody is there to read it


async def _download(request: web.Request) -> web.Response:
    world = request.app[WORLD]
    if request.match_info["token"] not in world.by_token:
        return _answer(Reply(401, {"ok": False, "error_code": 401, "description": "Unauthorized"}))
    file = world.files.at(request.match_info["path"])
    if file is None or len(file.data) > world.limits.download_bytes:
        return _answer(Reply(404, {"ok": False, "error_code": 404, "description": "Not Found"}))
    return web.Response(body=file.data, content_type="application/octet-stream")


async def _webhooks(app: web.Application) -> AsyncIterator[None]:
    """Deliver updates to bots that have set a webhook, for as long as the server runs."""
    timeout = aiohttp.ClientTimeout(total=_WEBHOOK_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as session:

        async def post(url: str, headers: dict[str, str], body: bytes) -> Answer:
            try:
                async with session.post(url, data=body, headers=headers, allow_redirects=False) as reply:
                    waiting = reply.headers.get("Retry-After", "")
                    pause = float(waiting) if waiting.isdigit() else 0.0
                    return Answer(reply.status, reply.reason or "", pause, await reply.content.read(_ANSWER_BYTES))
            except TimeoutError:
                return Answer(0, "Read timeout expired")
            except aiohttp.ClientError:
                return Answer(0, "Can't connect to the webhook")

        sender = WebhookSender(app[WORLD], post)
        sender.start()
        yield
        await sender.stop()


async def _let_go(app: web.Application) -> None:
    """End the streams and the hanging requests, so that stopping takes no time."""
    app[CLOSING].set()
    app[WORLD].publish(END)
    for bot in app[WORLD].bots.values():
        end_poll(bot)


def _page(folder: Path, fixed: str | None) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        path = folder / (fixed or request.match_info["name"])
        if not path.is_file() or path.parent != folder:
            raise web.HTTPNotFound
        return web.FileResponse(path, headers=_PAGE_HEADERS)

    return serve
