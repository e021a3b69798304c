"""One file of everything: {"files": [{"path", "name"}]} goes into a zip, with a manifest of their SHA-256.

Lines may come many; files are read in pieces and pictures are not pressed again.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PIECE = 1 << 20
_PRESSED = (".jpg", ".xlsx", ".docx", ".pdf", ".png")


def write(lines: Iterator[Any], out: Path) -> None:
    manifest: list[dict[str, Any]] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for line in lines:
            manifest.extend(_add(archive, Path(file["path"]), file["name"]) for file in line["files"])
        sums = "".join(f"{one['sha256']}  {one['name']}\n" for one in manifest)
        archive.writestr("SHA256SUMS", sums)
        archive.writestr("manifest.json", json.dumps({"files": manifest}, ensure_ascii=False, indent=1))


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(_PRESSED) else zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(entry, "w") as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            target.write(piece)
    return {"name": name, "sha256": digest.hexdigest(), "bytes": size}
