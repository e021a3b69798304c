"""A source that fails is told to the county's desk once, and once more when it is well. Restarts neither repeat nor
forget it. A source that says "none" is well."""

from datetime import timedelta
from pathlib import Path

import pytest

from domain.policy import CountyPolicy
from domain.source_health import Trouble
from domain.sources import FOLDER, Source, SourceKind
from services.sources import begin_watching, failed, heard, patience_of, tell_unreadable
from services.work import Work
from tests.support.county import DUTY, HEAD, County

MET = Source(name="met", kind=SourceKind.CAP_INDEX, url="https://met.example.cn/cap.xml", silent_minutes=30)
PUSH = Source(name="push", kind=SourceKind.HOOK, secret_file=Path("secret"), silent_minutes=60)


@pytest.fixture
async def watched(county: County) -> County:
    """The county with two sources of its own, watched from now."""
    _configure(county)
    await county.run(lambda work: begin_watching(work, ["met", "push"]))
    return county


def _configure(county: County) -> None:
    object.__setattr__(county.bot.doors, "policy", CountyPolicy(sources=(MET, PUSH)))


async def good(county: County, notices: int = 0) -> None:
    async def service(work: Work) -> None:
        await heard(work, "met", notices=notices)

    await county.run(service)


async def bad(county: County, trouble: Trouble = Trouble.TIMEOUT) -> None:
    await county.run(lambda work: failed(work, "met", trouble))


async def keep_well(county: County, name: str, minutes: int) -> None:
    """The other source is not this test's business."""
    for _ in range(0, minutes, 10):
        await county.run(lambda work: heard(work, name))
        await county.pass_time(minutes=10, step=timedelta(minutes=5))


async def test_it_is_told_once_and_once_when_it_is_well(watched: County) -> None:
    await good(watched)
    await watched.pass_time(minutes=1)
    for _ in range(40):
        await bad(watched)
        await watched.pass_time(minutes=1)
    assert watched.new(DUTY) == [
        "⚠️ 预警来源“met”从6月20日 08:00起收不到：对方太慢，等不到答复。\n"
        "这段时间的预警请从别的渠道看。恢复后会再告诉您。"
    ]
    await good(watched)
    await good(watched)
    assert watched.new(DUTY) == [
        "✅ 预警来源“met”6月20日 08:41恢复正常，之前从6月20日 08:00起收不到。\n"
        "中间发布又解除的预警可能没有收到，请核对一遍。"
    ]


async def test_a_failure_that_passes_is_told_to_nobody(watched: County) -> None:
    for _ in range(5):
        await bad(watched)
        await watched.pass_time(minutes=20, step=timedelta(minutes=5))
        await good(watched)
        await watched.run(lambda work: heard(work, "push"))
    assert watched.new(DUTY) == []


async def test_a_source_that_says_none_is_well(watched: County) -> None:
    for _ in range(5):
        await good(watched, notices=0)
        await watched.run(lambda work: heard(work, "push"))
        await watched.pass_time(minutes=20, step=timedelta(minutes=10))
    assert watched.new(DUTY) == []


async def test_a_hook_that_never_calls_is_told_as_silent(watched: County) -> None:
    await keep_well(watched, "met", 61)
    (said,) = watched.new(DUTY)
    assert "“push”从6月20日 08:00起收不到：一直没有动静" in said


async def test_a_restart_neither_repeats_nor_forgets(watched: County) -> None:
    await good(watched)
    await bad(watched)
    await watched.pass_time(minutes=25, step=timedelta(minutes=5))
    await watched.restart()
    _configure(watched)
    await watched.run(lambda work: begin_watching(work, ["met", "push"]))
    assert watched.new(DUTY) == []
    await bad(watched)
    await watched.pass_time(minutes=10)
    assert len(watched.new(DUTY)) == 1, "the failure goes on: not forgotten"
    await watched.restart()
    _configure(watched)
    await watched.run(lambda work: begin_watching(work, ["met", "push"]))
    await bad(watched)
    await watched.pass_time(minutes=45, step=timedelta(minutes=5))
    assert watched.new(DUTY) == [], "told already: not repeated"
    await good(watched)
    assert "恢复正常" in watched.last(DUTY)


async def test_time_in_which_the_bot_did_not_run_is_not_the_sources(watched: County) -> None:
    await good(watched)
    watched.clock.advance(timedelta(hours=9))
    await watched.restart()
    _configure(watched)
    await watched.run(lambda work: begin_watching(work, ["met", "push"]))
    await watched.pass_time(minutes=20)
    assert watched.new(DUTY) == []
    await watched.pass_time(minutes=11)
    (said,) = watched.new(DUTY)
    assert "“met”从6月20日 08:00起收不到：一直没有动静" in said


async def test_a_source_taken_out_of_the_settings_is_told_no_more(watched: County) -> None:
    await bad(watched)
    object.__setattr__(watched.bot.doors, "policy", CountyPolicy())
    await watched.pass_time(hours=2, step=timedelta(minutes=10))
    assert watched.new(DUTY) == []


async def test_single_unreadable_notices_are_told_once_a_day(watched: County) -> None:
    for _ in range(3):
        await watched.run(lambda work: tell_unreadable(work, "met", "feed.unreadable.not_xml", 2))
    (said,) = watched.new(DUTY)
    assert said.startswith("⚠️ 预警来源“met”有 2 条来文读不了：不是完整的 XML。")


async def test_the_desk_sees_every_source_and_others_do_not(watched: County) -> None:
    await good(watched, notices=1)
    await watched.pass_time(minutes=5)
    await bad(watched, Trouble.CERTIFICATE)
    await watched.say(DUTY, "/sources")
    said = watched.last(DUTY)
    assert "❌ met　从6月20日 08:00起收不到：对方的证书有问题\n最近一次正常：6月20日 08:00" in said
    assert "⏳ push　还没有收到过\n最近一条来文：还没有" in said
    assert "预警文件夹" in said
    await watched.say(HEAD, "/sources")
    assert "没有" in watched.last(HEAD)
    await watched.say(DUTY, "/sources", watched.county_group)
    assert watched.new(watched.county_group) == []


def test_a_source_that_is_asked_seldom_is_not_late_before_it_was_asked_three_times() -> None:
    seldom = MET.model_copy(update={"every_seconds": 3600})
    policy = CountyPolicy(sources=(seldom, PUSH))
    assert patience_of(policy, "met") == timedelta(hours=3)
    assert patience_of(policy, "push") == timedelta(hours=1)
    assert patience_of(policy, FOLDER) == timedelta(minutes=10)
    assert patience_of(policy, "gone") is None
