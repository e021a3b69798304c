"""Files on disk: known by what they contain, there for good before anybody names them, orphans swept."""

from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from domain.papers import stored_name
from storage.shelf import Shelf


async def nothing(_hashes: Collection[str]) -> set[str]:
    return set()


async def everything(hashes: Collection[str]) -> set[str]:
    return set(hashes)


async def test_the_same_content_is_one_file(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    first, second = await shelf.keep_bytes("照片".encode()), await shelf.keep_bytes("照片".encode())
    name = sha256("照片".encode()).hexdigest()
    assert first == second
    assert (first.sha256, first.size) == (name, 6)
    assert (tmp_path / stored_name(name)).read_bytes() == "照片".encode()
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == [shelf.path(name)]


async def test_a_file_cut_short_by_a_crash_is_replaced(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    kept = await shelf.keep_bytes(b"whole")
    shelf.path(kept.sha256).write_bytes(b"who")
    await shelf.keep_bytes(b"whole")
    assert shelf.path(kept.sha256).read_bytes() == b"whole"


async def test_an_orphan_is_swept_when_it_was_seen_twice(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    kept = await shelf.keep_bytes(b"nobody names it")
    assert await shelf.sweep(nothing) == 0
    assert await shelf.sweep(nothing) == 1
    assert not shelf.path(kept.sha256).exists()


async def test_what_a_row_names_in_between_is_kept(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    kept = await shelf.keep_bytes(b"its row commits in a moment")
    await shelf.sweep(nothing)
    assert await shelf.sweep(everything) == 0
    assert await shelf.sweep(nothing) == 0
    assert shelf.path(kept.sha256).is_file()


async def test_what_a_dead_process_left_unfinished_goes_at_start(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    left = tmp_path / "files" / "unfinished" / "tmp1"
    left.mkdir(parents=True)
    (left / "half.xlsx").write_bytes(b"half")
    shelf.clear_scratch()
    assert not left.exists()
    with shelf.scratch() as folder:
        (folder / "new").write_bytes(b"")
    assert not folder.exists()
