"""Fetching one document from a source, carefully. Every step is bounded: where it may lead, how long it may take, how
much may come.

- HTTPS alone, on the source's own port or 443, to hosts that its settings name; every redirect is judged anew.
- Only public addresses (feeds.addresses). No proxy, no cookies, no credentials in addresses.
- The limit of size holds for what comes and for what it unpacks to; it is watched while it comes.
- The key of a source is put in at the last moment, goes to the source's own host alone, and appears in no error.
"""

import asyncio
import ssl
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from domain.source_health import Trouble
from domain.sources import Source
from feeds.addresses import Judge, JudgingResolver, RefusedAddressError, is_public
from feeds.secrets import SecretError, secret_of
from feeds.xml_safety import MAX_BYTES

MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_KEY = "{key}"
_MOST_PIECES = 100
"""of one gzip file"""
_WAIT_AT_MOST = 3600.0
_STATUS = {401: Trouble.DENIED, 403: Trouble.DENIED, 404: Trouble.NOT_FOUND, 410: Trouble.NOT_FOUND, 429: Trouble.BUSY}


class FetchError(Exception):
    """Nothing good came. `detail` is one line for the technician, without addresses: they may hold a key. `wait`: so
    many seconds the other side asked to be left alone."""

    def __init__(self, trouble: Trouble, detail: str = "", wait: float = 0.0) -> None:
        super().__init__(f"{trouble.value}: {detail}" if detail else trouble.value)
        self.trouble = trouble
        self.detail = detail
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to recognise an unchanged document by."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    body: bytes
    url: str
    """where it was found in the end: links in it are relative to this. Never to be logged: a server may have put the
    key back into it"""
    validators: Validators


class Web:
    """The way to the sources. `judge` and `resolver` are given by tests; certificates are always checked."""

    def __init__(
        self,
        *,
        judge: Judge = is_public,
        resolver: AbstractResolver | None = None,
        seconds: float = 20.0,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._judge = judge
        self._resolver = resolver
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._trust: dict[Path | None, ssl.SSLContext] = {}

    async def get(self, source: Source, url: str = "", known: Validators | None = None) -> Page | None:
        """The document at the address (the source's own where none is given); None: unchanged since `known`. Raises
        FetchError."""
        resolver = JudgingResolver(self._judge, self._resolver)
        try:
            async with asyncio.timeout(self._seconds):
                key = await asyncio.to_thread(_key_of, source)
                async with self._session(await self._context(source), resolver) as session:
                    return await self._follow(session, source, url or source.url, key, known)
        except FetchError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing good came
            raise _explained(error, resolver) from None

    async def _context(self, source: Source) -> ssl.SSLContext:
        if source.ca_file not in self._trust:
            try:
                self._trust[source.ca_file] = await asyncio.to_thread(_context_with, source.ca_file)
            except (OSError, ssl.SSLError) as error:
                raise FetchError(Trouble.CERTIFICATE, f"ca_file: {type(error).__name__}") from None
        return self._trust[source.ca_file]

    def _session(self, context: ssl.SSLContext, resolver: JudgingResolver) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            ssl=context, resolver=resolver, socket_factory=resolver.socket, use_dns_cache=False, force_close=True
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None),  # one limit for all of it stands around the whole
        )

    async def _follow(
        self, session: aiohttp.ClientSession, source: Source, address: str, key: str, known: Validators | None
    ) -> Page | None:
        url = _judged(source, address)
        for _ in range(MOST_REDIRECTS + 1):
            headers = _headers(source, url, key, known)
            target = _with_key(source, url, key)
            async with session.get(target, headers=headers, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    return await self._answer(response, url, known)
                # without a key there is nothing to hide in the address the server made of it
                url = _judged(source, str(target.join(URL(response.headers.get("Location", "")))))
        raise FetchError(Trouble.REDIRECTS)

    async def _answer(self, response: aiohttp.ClientResponse, url: URL, known: Validators | None) -> Page | None:
        if response.status == 304 and known is not None:
            return None
        if response.status != 200:
            trouble = Trouble.SERVER if response.status >= 500 else _STATUS.get(response.status, Trouble.STATUS)
            raise FetchError(trouble, f"status {response.status}", _retry_after(response))
        body = await self._read(response)
        validators = Validators(response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
        return Page(body, str(url), validators)

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        if (response.content_length or 0) > self._max_bytes:
            raise FetchError(Trouble.TOO_LARGE, f"{response.content_length} bytes announced")
        raw = bytearray()
        async for chunk in response.content.iter_any():
            raw += chunk
            if len(raw) > self._max_bytes:
                raise FetchError(Trouble.TOO_LARGE, f"more than {self._max_bytes} bytes")
        return unpack(bytes(raw), response.headers.get("Content-Encoding", ""), self._max_bytes)


def unpack(raw: bytes, encoding: str, most: int) -> bytes:
    """The document itself. Never more than `most` bytes are made. Raises FetchError."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return raw
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise FetchError(Trouble.CUT_OFF, "packed in a way that was not asked for")
    gzip = encoding != "deflate"
    bare = not gzip and raw[:1] != b"\x78"  # some servers leave the two bytes of a head out
    made = bytearray()
    for _ in range(_MOST_PIECES):
        unpacking = zlib.decompressobj(31 if gzip else -15 if bare else 15)
        try:
            made += unpacking.decompress(raw, most + 1 - len(made))
        except zlib.error:
            raise FetchError(Trouble.CUT_OFF, f"no {encoding}") from None
        if len(made) > most:
            raise FetchError(Trouble.TOO_LARGE, f"unpacks to more than {most} bytes")
        if not unpacking.eof:
            raise FetchError(Trouble.CUT_OFF, f"{encoding} ends too early")
        if not gzip or not unpacking.unused_data:
            return bytes(made)
        raw = unpacking.unused_data
    raise FetchError(Trouble.CUT_OFF, f"{encoding} in too many pieces")


def _judged(source: Source, address: str) -> URL:
    """The address, if the source's settings let it be asked. One parser reads it for the judgement and for the
    request. Raises FetchError."""
    if any(c.isspace() or not c.isprintable() or c == "\\" for c in address):
        raise FetchError(Trouble.NOT_ALLOWED, "an address with odd characters")
    try:
        url, own = URL(address), URL(source.url)
        host = (url.raw_host or "").lower()
    except ValueError:
        raise FetchError(Trouble.NOT_ALLOWED, "no address") from None
    if url.scheme != "https" or not host:
        raise FetchError(Trouble.NOT_ALLOWED, "not https")
    if url.user is not None or url.password is not None:
        raise FetchError(Trouble.NOT_ALLOWED, "credentials in the address")
    if host not in {*source.allowed_hosts, own.raw_host}:
        raise FetchError(Trouble.NOT_ALLOWED, f"host {host[:80]} is not in the settings")
    if url.port not in {443, own.port}:
        raise FetchError(Trouble.NOT_ALLOWED, f"port {url.port}")
    return url.with_fragment(None)


def _is_own(source: Source, url: URL) -> bool:
    return url.origin() == URL(source.url).origin()


def _with_key(source: Source, url: URL, key: str) -> URL:
    """{key} stands for itself until here; it is never sent to another host."""
    written = str(url)
    for placeholder in (_KEY, quote(_KEY)):
        if placeholder in written:
            if not _is_own(source, url):
                raise FetchError(Trouble.NOT_ALLOWED, "the key asked for by another host")
            return URL(written.replace(placeholder, quote(key, safe="")), encoded=True)
    return url


def _headers(source: Source, url: URL, key: str, known: Validators | None) -> dict[str, str]:
    own = _is_own(source, url)
    headers = {"User-Agent": "shouwang", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
    for name, value in source.headers.items():
        if own or _KEY not in value:
            headers[name] = value.replace(_KEY, key)
    if known is not None and known.etag:
        headers["If-None-Match"] = known.etag
    if known is not None and known.modified:
        headers["If-Modified-Since"] = known.modified
    return headers


def _key_of(source: Source) -> str:
    try:
        return secret_of(source)
    except SecretError as error:
        raise FetchError(Trouble.SECRET, str(error)) from None


def _context_with(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=str(ca_file))
    return context


def _retry_after(response: aiohttp.ClientResponse) -> float:
    with suppress(ValueError):
        return min(max(float(response.headers.get("Retry-After", "0")), 0.0), _WAIT_AT_MOST)
    return 0.0


_BY_ERROR: Mapping[type[Exception], Trouble] = {
    TimeoutError: Trouble.TIMEOUT,
    aiohttp.ClientConnectorCertificateError: Trouble.CERTIFICATE,
    aiohttp.ClientConnectorSSLError: Trouble.CERTIFICATE,
    aiohttp.ClientConnectorDNSError: Trouble.NO_SUCH_HOST,
    aiohttp.ClientConnectorError: Trouble.UNREACHABLE,
    aiohttp.InvalidURL: Trouble.NOT_ALLOWED,
    aiohttp.ClientError: Trouble.CUT_OFF,
    OSError: Trouble.UNREACHABLE,
    ValueError: Trouble.NOT_ALLOWED,
}
"""in this order: the special before the general"""


def _explained(error: Exception, resolver: JudgingResolver) -> FetchError:
    """Without the words of the error: they repeat addresses."""
    if resolver.refused or isinstance(error, RefusedAddressError):
        return FetchError(Trouble.INNER_ADDRESS, type(error).__name__)
    trouble = next((found for kind, found in _BY_ERROR.items() if isinstance(error, kind)), Trouble.UNREACHABLE)
    return FetchError(trouble, type(error).__name__)
