"""Reading Bot API requests off the wire: query string, urlencoded form, multipart form or JSON body."""

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from sandbox.errors import ApiError
from sandbox.params import Upload


async def read_request(request: web.Request, upload_limit: int) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Parameters and files. A parameter in the body wins over one in the query string."""
    params: dict[str, Any] = dict(request.query) if request.query_string else {}
    files: dict[str, Upload] = {}
    kind = request.content_type
    if request.method == "GET" or not request.can_read_body:
        return params, files
    if kind == "application/json":
        params.update(_json_object(await request.read()))
    elif kind == "multipart/form-data":
        await _read_multipart(request, params, files, upload_limit)
    elif kind in ("application/x-www-form-urlencoded", "application/octet-stream"):
        params.update(parse_qsl((await request.read()).decode("utf-8", "replace"), keep_blank_values=True))
    return params, files


def _json_object(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        value = json.loads(body)
    except ValueError:
        raise ApiError(400, "Bad Request: can't parse JSON object") from None
    if not isinstance(value, dict):
        raise ApiError(400, "Bad Request: JSON object expected")
    return value


async def _read_multipart(
    request: web.Request, params: dict[str, Any], files: dict[str, Upload], upload_limit: int
) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        data = bytearray()
        while chunk := await part.read_chunk(1 << 16):
            data += chunk
            if len(data) > upload_limit:
                raise ApiError(413, "Request Entity Too Large")
        if part.filename is None:
            params[part.name] = data.decode("utf-8", "replace")
        else:
            mime = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = (part.filename, bytes(data), mime)
