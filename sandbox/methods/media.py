"""Photos, documents, voice and the like: uploads, files sent again by file_id, albums, getFile."""

from typing import Any

from sandbox.bots import Bot
from sandbox.core import WorldCore
from sandbox.errors import bad
from sandbox.methods.sending import deliver, target
from sandbox.methods.texts import caption
from sandbox.model import Json, StoredFile, document
from sandbox.params import Params, Upload

_PERMISSIONS = {
    "photo": "can_send_photos", "document": "can_send_documents", "voice": "can_send_voice_notes",
    "audio": "can_send_audios", "video": "can_send_videos",
}  # fmt: skip
_MIMES = {"photo": "image/jpeg", "voice": "audio/ogg", "audio": "audio/mpeg", "video": "video/mp4"}
_NAMES = {"photo": "Photo", "document": "Document", "voice": "VoiceNote", "audio": "Audio", "video": "Video"}


def send_photo(world: WorldCore, bot: Bot, params: Params) -> Json:
    return _send(world, bot, params, "photo")


def send_document(world: WorldCore, bot: Bot, params: Params) -> Json:
    return _send(world, bot, params, "document")


def send_voice(world: WorldCore, bot: Bot, params: Params) -> Json:
    return _send(world, bot, params, "voice")


def send_audio(world: WorldCore, bot: Bot, params: Params) -> Json:
    return _send(world, bot, params, "audio")


def send_video(world: WorldCore, bot: Bot, params: Params) -> Json:
    return _send(world, bot, params, "video")


def _send(world: WorldCore, bot: Bot, params: Params, kind: str) -> Json:
    words = caption(world, bot, params)
    source = _source(params, kind)
    if source is None:
        raise bad(f"there is no {kind} in the request")
    where = target(world, bot, params, _PERMISSIONS[kind])
    file = _stored(world, source, kind, params)
    content = {**_content(file, kind, params), **words}
    return deliver(world, bot, where, content, file).payload


def _source(params: Params, name: str) -> Upload | str | None:
    """An upload, or the text that stands for a file (file_id or address); None when there is neither."""
    upload = params.upload(name)
    if upload is not None:
        return upload
    text = params.text(name)
    return None if not text or text.startswith("attach://") else text


def _stored(world: WorldCore, source: Upload | str, kind: str, params: Params) -> StoredFile:
    if isinstance(source, str):
        if source.startswith(("http://", "https://")):
            raise bad("Failed to get HTTP URL content")  # the sandbox has no way out
        file = world.files.find(source)
        if file.kind != kind:
            raise bad(f"Can't use file of type {_NAMES[file.kind]} as {_NAMES[kind]}")
        return file
    name, data, mime = source
    if not data:
        raise bad("file must be non-empty")
    if len(data) > world.limits.upload_bytes or (kind == "photo" and len(data) > world.limits.photo_bytes):
        raise bad("file is too big")
    mime = _MIMES.get(kind, mime or "application/octet-stream")
    return world.files.add(kind, name, mime, data, duration=params.integer("duration", 0, 0), strict=True)


def _content(file: StoredFile, kind: str, params: Params) -> Json:
    """The part of the Message object that shows the file."""
    if kind == "photo":
        return {"photo": file.sizes}
    if kind == "document":
        return {"document": document(file.ref, file.unique, file.name, file.mime, len(file.data))}
    body: Json = {
        "file_id": file.ref, "file_unique_id": file.unique, "duration": file.duration, "mime_type": file.mime,
        "file_size": len(file.data),
    }  # fmt: skip
    if kind == "audio":
        body.update({name: params.text(name) for name in ("title", "performer") if params.has(name)})
    if kind == "video":
        body.update(width=params.integer("width", 640, 1), height=params.integer("height", 360, 1))
    if kind != "voice":
        body["file_name"] = file.name
    return {kind: body}


def send_media_group(world: WorldCore, bot: Bot, params: Params) -> list[Json]:
    """An album of 2–10 photos and videos, or of documents, or of audio. It costs as many messages as it has items."""
    items = _album(params)
    prepared = [_item(world, bot, params, item) for item in items]
    kinds = {kind for kind, _, _, _ in prepared}
    for lonely in ("document", "audio"):
        if lonely in kinds and len(kinds) > 1:
            raise bad(f"{lonely} can't be mixed with other media types")
    where = target(world, bot, params, _PERMISSIONS[prepared[0][0]], count=len(prepared))
    group = str(world.rng.randrange(10**16, 10**17))
    files = [(kind, _stored(world, source, kind, inner), inner, words) for kind, source, inner, words in prepared]
    return [
        deliver(world, bot, where, {**_content(file, kind, inner), **words, "media_group_id": group}, file).payload
        for kind, file, inner, words in files
    ]


def _album(params: Params) -> list[Any]:
    items = params.array("media", "Can't parse media JSON object", "Expected an Array of InputMedia")
    if not items:
        raise bad("there are no messages to send")
    if len(items) > 10:
        raise bad("Too many messages to send as an album")
    if len(items) < 2:
        raise bad("media group must include 2-10 items")
    return items


def _item(world: WorldCore, bot: Bot, params: Params, item: Any) -> tuple[str, Upload | str, Params, Json]:
    if not isinstance(item, dict):
        raise bad("Can't parse InputMedia: expected an Object")
    inner = Params(item, params.files)
    kind = inner.text("type")
    source = _source(inner, "media")
    if source is None:
        raise bad("Can't parse InputMedia: media not found")
    if kind not in ("photo", "video", "document", "audio"):
        raise bad(f'Can\'t parse InputMedia: type "{kind}" is unsupported')
    return kind, source, inner, caption(world, bot, inner)


def get_file(world: WorldCore, _bot: Bot, params: Params) -> Json:
    return world.files.described(params.text("file_id"), world.limits.download_bytes)
