"""Seeds: a world from a file, checked before it is built, and the command that serves it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sandbox import World, WorldClock, seed
from sandbox.__main__ import main
from tests.sandbox.scene import START, kinds

SEED: dict[str, Any] = {
    "now": "2026-07-02T08:00:00+08:00",
    "speed": 0,
    "hint": {"zh": "按 收到"},
    "bots": [{"token": "700000:token-of-a-seeded-bot", "username": "seeded_bot", "name": "守望"}],
    "users": [
        {"id": 1, "first_name": "王强", "username": "wq", "note": "青石镇书记", "started": ["seeded_bot"]},
        {"id": 2, "first_name": "李梅"},
    ],
    "groups": [{"title": "青石镇", "members": [2, "seeded_bot"], "admins": ["@wq"], "kind": "group", "note": "镇级"}],
}


def write(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "seed.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


async def test_a_seed_grows_into_a_world(tmp_path: Path) -> None:
    world = World(WorldClock.manual(START))
    seed.plant(world, seed.load(write(tmp_path, SEED)))
    (group,) = world.groups.values()
    assert (group.kind, group.title, group.note) == ("group", "青石镇", "镇级")
    assert {uid: member.status for uid, member in group.members.items()} == {
        1: "creator",
        2: "member",
        700000: "member",
    }
    assert world.clock.now() == datetime(2026, 7, 2, tzinfo=UTC)
    token = SEED["bots"][0]["token"]
    assert kinds((await world.call(token, "getUpdates")).result) == ["my_chat_member"]
    assert (await world.call(token, "sendMessage", {"chat_id": 1, "text": "早"})).ok
    assert (await world.call(token, "sendMessage", {"chat_id": 2, "text": "早"})).status == 403


@pytest.mark.parametrize(
    "broken",
    [
        {"bots": [{"token": "x", "username": "a_bot", "name": "A"}]},
        {"bots": [{"token": "700000:token-of-a-seeded-bot", "username": "nobody", "name": "A"}]},
        {"users": [{"id": -1, "first_name": "A"}]},
        {"groups": [{"title": "", "members": []}]},
        {"colour": "red"},
    ],
)
def test_a_wrong_seed_is_refused_before_anything_is_built(tmp_path: Path, broken: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        seed.load(write(tmp_path, {**SEED, **broken}))


@pytest.mark.parametrize("member", [99, "nobody"])
def test_an_unknown_member_is_named(member: object) -> None:
    world = World(WorldClock.manual(START))
    groups = [{"title": "A", "members": [member]}]
    with pytest.raises(ValueError, match=str(member)):
        seed.plant(world, seed.Seed.model_validate({**SEED, "groups": groups}))


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    assert "--seed" in capsys.readouterr().out
