"""`try-channel`, and what `check` says about other channels."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels.gateways import SETTINGS, FakeGateway, fake_gateway
from tests.cli.conftest import TOKEN, Terminal

PHONE = "13800000001"


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    """On a loop and a thread of its own: a command has the present one."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    serving = fake_gateway()
    made = asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result()
    yield made
    asyncio.run_coroutine_threadsafe(serving.__aexit__(None, None, None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def county(terminal: Terminal, gateway: FakeGateway) -> Path:
    """A county with an SMS gateway, an address channel and a township's robot."""
    key = terminal.folder / "sms.key"
    key.write_text("s3cret\n")
    key.chmod(0o600)
    file = terminal.folder / "county.toml"
    file.write_text(SETTINGS.format(url=gateway.url, folder=terminal.folder, township="331124001"), "utf-8")
    terminal.set(BOT_TOKEN=TOKEN, COUNTY_FILE=str(file))
    return file


def test_a_trial_is_one_marked_message(terminal: Terminal, county: Path, gateway: FakeGateway) -> None:
    said = terminal("try-channel", "sms", PHONE)
    assert (said.code, said.out) == (0, "短信：对方已接收，请看收到没有。\n")
    (text,) = gateway.texts(PHONE)
    assert text.startswith("【测试】")


def test_a_trial_that_is_refused_says_what_the_gateway_said_without_the_key(
    terminal: Terminal, county: Path, gateway: FakeGateway
) -> None:
    gateway.answer = (200, {"code": 7, "msg": "token s3cret has no credit"})
    said = terminal("try-channel", "sms", PHONE)
    assert said.code == 1
    assert said.err.startswith("短信：没发出去，对方没有接收。")
    assert "token *** has no credit" in said.err


def test_a_robot_needs_no_number_and_a_person_does(terminal: Terminal, county: Path, gateway: FakeGateway) -> None:
    assert terminal("try-channel", "robot").code == 0
    assert len(gateway.texts("robot")) == 1
    said = terminal("try-channel", "sms")
    assert (said.code, said.err) == (2, "短信要写发给谁：手机号或地址。\n")


def test_an_unknown_channel_is_told_with_those_that_are_there(terminal: Terminal, county: Path) -> None:
    said = terminal("try-channel", "fax", PHONE)
    assert (said.code, said.err) == (2, "没有叫 fax 的渠道。现有：sms、work、robot\n")


def test_without_any_channel_it_says_so(terminal: Terminal) -> None:
    said = terminal("try-channel", "sms", PHONE)
    assert (said.code, said.err) == (2, "没有设置其他渠道（COUNTY_FILE 里的 [[channels]]）。\n")


def test_check_tells_whom_each_channel_reaches(terminal: Terminal, county: Path, tmp_path: Path) -> None:
    places = tmp_path / "places.csv"
    places.write_text("代码,名称\n331124,松阳县\n331124001,石梁镇\n331124001001,上坞村\n", "utf-8")
    assert terminal("import-places", places).code == 0
    said = terminal("check", "--offline").out
    assert "短信：按名册手机号发，0 人。" in said
    assert "政务微信：0 人里有 0 人填了“政务微信”，没填的发不到。" in said
    assert "石梁镇企业微信群：发给石梁镇的群。" in said
    assert "短信：网关地址是 http://" in said


def test_check_finds_a_key_that_cannot_be_read(terminal: Terminal, county: Path) -> None:
    (terminal.folder / "sms.key").unlink()
    said = terminal("check", "--offline")
    assert said.code == 1
    assert "❌ 短信：密钥文件读不了" in said.out


def test_check_says_nothing_of_channels_where_there_are_none(terminal: Terminal) -> None:
    terminal.set(BOT_TOKEN=TOKEN)
    assert "其他渠道" not in terminal("check", "--offline").out


def test_a_channel_that_could_not_work_is_one_line_at_the_start(terminal: Terminal, county: Path) -> None:
    county.write_text(county.read_text("utf-8").replace('column = "政务微信"', ""), "utf-8")
    said = terminal("try-channel", "sms", PHONE)
    assert said.code == 2
    assert len(said.err.splitlines()) == 1
    assert "column" in said.err
