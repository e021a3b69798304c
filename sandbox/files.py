"""The files Telegram keeps: uploads by people and bots, found again by file_id or download path."""

import hashlib
import random
import struct
from collections import OrderedDict

from sandbox.errors import bad
from sandbox.model import Json, StoredFile

_FOLDERS = {"photo": "photos", "document": "documents", "voice": "voice", "audio": "music", "video": "videos"}
_SUFFIXES = {"photo": ".jpg", "voice": ".oga", "audio": ".mp3", "video": ".mp4"}
_THUMBNAILS = (90, 320, 800, 1280)  # the longer side of a photo's sizes
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Files:
    """Bounded: when `kept_bytes` is exceeded the oldest files are forgotten."""

    def __init__(self, rng: random.Random, kept_bytes: int) -> None:
        self._rng = rng
        self._kept_bytes = kept_bytes
        self._bytes = 0
        self._number = 0
        self._files: OrderedDict[str, StoredFile] = OrderedDict()
        self._refs: dict[str, tuple[StoredFile, int]] = {}  # any file_id, also of a photo's sizes
        self._paths: dict[str, StoredFile] = {}

    def add(
        self, kind: str, name: str, mime: str, data: bytes, *, duration: int = 0, strict: bool = False
    ) -> StoredFile:
        """Keep an upload. `strict` refuses a photo that is no picture, as the Bot API does."""
        self._number += 1
        ref = self._token("BQAC" if kind != "photo" else "AgAC", 72)
        suffix = _SUFFIXES.get(kind) or (f".{name.rsplit('.', 1)[1]}" if "." in name else "")
        path = f"{_FOLDERS.get(kind, kind)}/file_{self._number}{suffix[:16]}"
        file = StoredFile(ref, self._token("AgAD", 15), kind, name, mime, data, path, duration=duration)
        if kind == "photo":
            file.sizes = self._sizes(file, _dimensions(data), strict=strict)
        self._remember(file)
        return file

    def find(self, ref: str) -> StoredFile:
        """By file_id. ApiError as Telegram words it when there is no such file."""
        found = self._refs.get(ref)
        if found is None:
            raise bad("Wrong file identifier/HTTP URL specified")
        return found[0]

    def described(self, ref: str, limit: int) -> Json:
        """The File object of getFile."""
        if not ref:
            raise bad("file_id not specified")
        found = self._refs.get(ref)
        if found is None:
            raise bad("invalid file_id")
        file, size = found
        if size > limit:
            raise bad("file is too big")
        unique = next((s["file_unique_id"] for s in file.sizes if s["file_id"] == ref), file.unique)
        return {"file_id": ref, "file_unique_id": unique, "file_size": size, "file_path": file.path}

    def at(self, path: str) -> StoredFile | None:
        """By download path."""
        return self._paths.get(path)

    def _remember(self, file: StoredFile) -> None:
        self._files[file.ref] = file
        self._paths[file.path] = file
        self._refs[file.ref] = (file, len(file.data))
        for size in file.sizes:
            self._refs[size["file_id"]] = (file, size["file_size"])
        self._bytes += len(file.data)
        while self._bytes > self._kept_bytes and len(self._files) > 1:
            _, oldest = self._files.popitem(last=False)
            self._bytes -= len(oldest.data)
            self._paths.pop(oldest.path, None)
            for ref in (oldest.ref, *(size["file_id"] for size in oldest.sizes)):
                self._refs.pop(ref, None)

    def _sizes(self, file: StoredFile, dimensions: tuple[int, int] | None, *, strict: bool) -> list[Json]:
        """The PhotoSize objects. Only the numbers shrink: every size downloads as the original."""
        if dimensions is None:
            if strict:
                raise bad("IMAGE_PROCESS_FAILED")
            dimensions = (1280, 960)
        width, height = dimensions
        if strict and (width + height > 10_000 or max(width, height) > 20 * min(width, height)):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        longer = max(width, height)
        sides = [side for side in _THUMBNAILS if side < longer] + [min(longer, 2560)]
        sizes = []
        for side in sides:
            last = side == sides[-1]
            sizes.append({
                "file_id": file.ref if last else self._token("AgAC", 72),
                "file_unique_id": file.unique if last else self._token("AQAD", 15),
                "width": max(1, width * side // longer), "height": max(1, height * side // longer),
                "file_size": len(file.data) if last else max(1, len(file.data) * side * side // (longer * longer)),
            })  # fmt: skip
        return sizes

    def _token(self, prefix: str, length: int) -> str:
        digest = hashlib.sha256(f"{prefix}{self._number}{self._rng.random()}".encode()).digest() * 3
        return (prefix + "".join(_ALPHABET[byte & 63] for byte in digest))[:length]


def _dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF, JPEG or WebP, from its header."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        width, height = struct.unpack("<HH", data[6:10])
        return int(width), int(height)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and data[12:16] == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return 512, 512  # simple WebP: the exact size does not matter here
    if data[:2] == b"\xff\xd8":
        return _jpeg_dimensions(data)
    return None


def _jpeg_dimensions(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            at += 1
            continue
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        if marker == 0xFF or 0xD0 <= marker <= 0xD9 or marker == 0x01:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None
