"""How a message really leaves: what the gateway gets, and what its answer means. On loopback, apprise included."""

import logging
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apprise import Apprise

from delivery.gateways import Attempt, Letter, gateway_of
from domain.channels import ChannelKind, OtherChannel, Tried, fill_url
from domain.policy import CountyPolicy
from settings import load
from tests.channels.gateways import FakeGateway

PHONE = "13800000008"
LETTER = Letter("红色预警“速到岗”\n第二行", "标题", PHONE, "wang@x.cn")
PAGES = [Path(__file__).parents[2] / "docs" / name for name in ("operations.md", "operations.en.md")]


def sms(url: str, **more: Any) -> OtherChannel:
    body = '{"mobile": "{phone}", "content": "【县】{text}", "key": "{key}"}'
    return OtherChannel.model_validate(
        {"name": "sms", "label": "短信", "kind": "sms_json", "url": url, "body": body, "timeout_seconds": 1} | more
    )


def by_apprise(url: str, **more: Any) -> OtherChannel:
    return OtherChannel.model_validate(
        {"name": "web", "label": "网关", "kind": "apprise", "url": url, "timeout_seconds": 1} | more
    )


def outcome(found: Attempt) -> tuple[Tried, str]:
    return found.tried, found.reason


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(" s3cret \n")
    return file


@pytest.fixture
def log() -> Iterator[list[str]]:
    """Whatever gets to the handlers of the program, at every level. (pytest's own also listens to loggers that hand
    nothing on.)"""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    keep, root = Keep(), logging.getLogger()
    level = root.level
    root.addHandler(keep)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(keep)
    root.setLevel(level)


@pytest.fixture
def nobody() -> str:
    """A port at which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


# -- an SMS gateway by JSON -------------------------------------------------------------------------------------


async def test_the_gateway_gets_the_document_of_the_settings(gateway: FakeGateway, key: Path) -> None:
    channel = sms(gateway.url, secret_file=key, headers={"X-Token": "a {key}"}, accepted={"code": 0})
    assert outcome(await gateway_of(channel)(LETTER)) == (Tried.SENT, "")
    assert gateway.taken == [{"mobile": PHONE, "content": "【县】红色预警“速到岗”\n第二行", "key": "s3cret"}]
    assert gateway.headers[0]["X-Token"] == "a s3cret"


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        ((200, {"code": 0}), Tried.SENT),
        ((200, {"code": 7, "msg": "no credit"}), Tried.REFUSED),
        ((200, []), Tried.REFUSED),
        ((302, {}), Tried.REFUSED),
        ((400, {}), Tried.REFUSED),
        ((429, {}), Tried.AGAIN),
        ((500, {}), Tried.AGAIN),
        ((504, {}), Tried.UNKNOWN),
    ],
)
async def test_what_an_answer_means(gateway: FakeGateway, key: Path, answer: tuple[int, Any], means: Tried) -> None:
    gateway.answer = answer
    found = await gateway_of(sms(gateway.url, secret_file=key, accepted={"code": 0}))(LETTER)
    assert found.tried is means


async def test_a_gateway_that_cannot_be_reached_got_nothing(nobody: str, key: Path) -> None:
    found = await gateway_of(sms(f"http://{nobody}/send", secret_file=key))(LETTER)
    assert outcome(found) == (Tried.AGAIN, "not_sent")


async def test_a_connection_that_breaks_off_without_an_answer_leaves_a_doubt(gateway: FakeGateway, key: Path) -> None:
    gateway.answer = None
    gateway.let_go.set()
    found = await gateway_of(sms(gateway.url, secret_file=key))(LETTER)
    assert outcome(found) == (Tried.UNKNOWN, "timeout")


async def test_without_its_key_nothing_leaves(gateway: FakeGateway, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    for file in ("missing", "empty"):
        found = await gateway_of(sms(gateway.url, secret_file=tmp_path / file))(LETTER)
        assert outcome(found) == (Tried.AGAIN, "no_secret")
    assert gateway.taken == []


# -- what apprise knows -----------------------------------------------------------------------------------------


async def test_apprise_carries_title_and_words(gateway: FakeGateway) -> None:
    channel = by_apprise(f"json://127.0.0.1:{gateway.port}/to/{{phone}}")
    assert outcome(await gateway_of(channel)(LETTER)) == (Tried.SENT, "")
    (taken,) = gateway.taken
    assert (taken["title"], taken["message"]) == ("标题", "红色预警“速到岗”\n第二行")


async def test_what_apprise_is_refused_is_tried_again_and_a_lost_connection_is_a_doubt(
    gateway: FakeGateway, nobody: str, log: list[str]
) -> None:
    gateway.answer = (500, {})
    refused = await gateway_of(by_apprise(f"json://127.0.0.1:{gateway.port}/to/{{phone}}"))(LETTER)
    lost = await gateway_of(by_apprise(f"json://{nobody}/to/{{phone}}"))(LETTER)
    assert (outcome(refused), outcome(lost)) == ((Tried.AGAIN, "refused"), (Tried.UNKNOWN, "timeout"))
    assert [line for line in log if PHONE in line] == []


@pytest.mark.logs_errors
async def test_a_url_that_apprise_does_not_know_is_refused(gateway: FakeGateway) -> None:
    found = await gateway_of(by_apprise("nosuch://{phone}"))(LETTER)
    assert outcome(found) == (Tried.REFUSED, "refused")


# -- what the documents show ------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_the_documents_are_understood(page: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    (shown,) = [block for block in blocks if "[[channels]]" in block]
    file = tmp_path / "county.toml"
    file.write_text(shown, "utf-8")
    policy: CountyPolicy = load(_env_file=None, county_file=file).policy()
    values = {"key": "0123456789abcdef0123", "phone": PHONE, "address": "wang@x.cn"}
    unknown = [
        one.name
        for one in policy.channels
        if one.kind is ChannelKind.APPRISE and Apprise.instantiate(fill_url(one.url, values)) is None
    ]
    assert (len(policy.channels), unknown) == (6, [])


def test_the_commented_example_of_the_county_file_is_understood(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "county.example.toml").read_text("utf-8")
    start = text.index("# [[channels]]")
    file = tmp_path / "county.toml"
    lines = [line.removeprefix("# ") for line in text[start:].split("\n\n")[0].splitlines()]
    file.write_text("\n".join(lines), "utf-8")
    assert [one.name for one in load(_env_file=None, county_file=file).policy().channels] == ["sms"]
