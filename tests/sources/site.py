"""A source for tests: a small HTTPS server on loopback with a certificate made for the day, that answers what a test
tells it to and remembers what it was asked."""

import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from domain.sources import Source, SourceKind
from feeds.web import Web

HOST, OTHER = "met.test", "other.test"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    certificate, key = folder / "site.pem", folder / "site.key"
    names = f"subjectAltName=DNS:{HOST},DNS:{OTHER},IP:127.0.0.1"
    command = ("openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    to = ("-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", f"/CN={HOST}", "-addext", names)
    subprocess.run([*command, *to], check=True, capture_output=True)
    return certificate, key


class Names(AbstractResolver):
    """Every name leads to loopback, or where the test says; each question gets the next of its answers."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        self.asked.append(host)
        answers = self._answers.get(host.partition(".")[0], [["127.0.0.1"]])
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            {"hostname": host, "host": one, "port": port, "family": 10 if ":" in one else 2, "proto": 0, "flags": 0}
            for one in found
        ]

    async def close(self) -> None: ...


@dataclass
class Site:
    port: int
    certificate: Path
    pages: dict[str, Handler] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)

    def url(self, path: str = "/", host: str = HOST) -> str:
        return f"https://{host}:{self.port}{path}"

    def source(self, path: str = "/", **more: Any) -> Source:
        kind = more.pop("kind", SourceKind.CAP_INDEX)
        return Source(name="met", kind=kind, url=self.url(path), ca_file=self.certificate, **more)

    def client(self, *, names: Names | None = None, **more: Any) -> Web:
        """Loopback is a public address here."""
        return Web(judge=more.pop("judge", lambda address: address == "127.0.0.1"), resolver=names or Names(), **more)

    def serve(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> None:
        """The same answer every time; underscores in the names of headers are dashes."""
        raw = body.encode() if isinstance(body, str) else body
        given = {name.replace("_", "-"): value for name, value in headers.items()}

        async def answer(_request: web.Request) -> web.Response:
            return web.Response(body=raw, status=status, headers=given)

        self.pages[path] = answer

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        page = self.pages.get(request.path)
        return web.Response(status=404) if page is None else await page(request)


@asynccontextmanager
async def open_site(certificate: Path, key: Path) -> AsyncIterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    app = web.Application()
    site = Site(0, certificate)
    app.router.add_route("*", "/{path:.*}", site.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await listening.start()
    assert listening._server is not None
    site.port = listening._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    try:
        yield site
    finally:
        await runner.cleanup()
