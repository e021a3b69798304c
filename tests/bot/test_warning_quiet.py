"""The quiet of the night and the cap of a group's day: blue and yellow wait, orange and red never do."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.county import DUTY, ELSEWHERE, HEAD, STATION, TOWNSHIP, VILLAGE, County, small_county

EVENING = datetime(2026, 6, 20, 14, 30, tzinfo=UTC)
"""22:30 in the county"""


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[County]:
    async with small_county(tmp_path, start=EVENING) as county:
        yield county


async def test_a_yellow_notice_of_the_night_waits_for_the_morning_and_the_desk_knows_at_once(night: County) -> None:
    await night.warn(colour="黄色", places=[TOWNSHIP])
    assert night.new(night.township_group) == []
    assert night.new(HEAD) == []
    said = night.last(DUTY)
    assert "夜间来文，6月21日 06:30自动发出" in said
    night.seen_all()
    await night.pass_time(timedelta(minutes=30), hours=7, minutes=30)
    assert night.new(night.township_group) == []
    await night.pass_time(timedelta(minutes=30), minutes=30)
    assert "暴雨黄色预警" in night.last(night.township_group)
    assert "暴雨黄色预警" in night.last(HEAD)
    night.seen_all()


async def test_the_desk_may_have_it_out_now(night: County) -> None:
    await night.warn(colour="黄色", places=[TOWNSHIP])
    await night.press(DUTY, "现在就发")
    assert "暴雨黄色预警" in night.last(night.township_group)
    assert night.messages(night.township_group)[-1].silent
    night.seen_all()
    await night.pass_time(timedelta(minutes=30), hours=9)
    assert len([t for t in night.texts(night.township_group) if "暴雨黄色预警" in t]) == 1
    night.seen_all()


async def test_a_restart_in_the_night_loses_nothing(night: County) -> None:
    await night.warn(colour="黄色", places=[TOWNSHIP])
    night.seen_all()
    night.clock.advance(timedelta(hours=9))
    await night.restart()
    await night.pass_time(seconds=30)
    assert "暴雨黄色预警" in night.last(night.township_group)
    night.seen_all()


async def test_orange_never_waits(night: County) -> None:
    await night.warn(colour="橙色", places=[VILLAGE])
    assert "暴雨橙色预警" in night.last(night.village_group)
    assert not night.messages(night.village_group)[-1].silent
    night.seen_all()


async def test_what_would_end_in_the_night_goes_out_at_once_without_a_sound(night: County) -> None:
    await night.warn(colour="黄色", places=[TOWNSHIP], hours=3)
    assert "暴雨黄色预警" in night.last(night.township_group)
    assert night.messages(night.township_group)[-1].silent
    assert night.messages(HEAD.user_id)[-1].silent
    night.seen_all()


async def test_blue_is_quiet_earlier_than_yellow(tmp_path: Path) -> None:
    async with small_county(tmp_path, start=EVENING - timedelta(hours=2)) as county:  # 20:30
        await county.warn(colour="蓝色", kind="大风", places=[ELSEWHERE])
        assert county.new(county.far_group) == []
        county.clock.advance(timedelta(minutes=1))
        await county.warn(colour="黄色", places=[TOWNSHIP])
        assert "暴雨黄色预警" in county.last(county.township_group)
        county.seen_all()


async def test_the_same_notice_by_another_source_in_the_night_is_one(night: County) -> None:
    identifier = await night.warn(colour="黄色", places=[TOWNSHIP])
    body = (night.folder / "done" / "warning-1.xml").read_text("utf-8")
    await night.drop("other.xml", body.replace(identifier, f"nmc_{identifier}"))
    night.seen_all()
    await night.pass_time(timedelta(minutes=30), hours=9)
    assert len([t for t in night.texts(night.township_group) if "暴雨黄色预警" in t]) == 1
    night.seen_all()


async def test_a_lifting_in_the_night_ends_what_waits_and_nobody_hears_of_it(night: County) -> None:
    first = night.clock.now()
    identifier = await night.warn(colour="黄色", places=[TOWNSHIP])
    night.clock.advance(timedelta(minutes=30))
    await night.warn(places=[TOWNSHIP], follows=(identifier, first), cancel=True)
    night.seen_all()
    await night.pass_time(timedelta(minutes=30), hours=9)
    assert night.new(night.township_group) == []
    pressed = await night.forge(DUTY, "w:release:1")
    assert "没有发布" in (pressed.text or "")
    night.seen_all()


async def test_an_orange_that_follows_in_the_night_goes_out_and_the_waiting_one_does_not(night: County) -> None:
    first = night.clock.now()
    identifier = await night.warn(colour="黄色", places=[TOWNSHIP])
    night.clock.advance(timedelta(minutes=30))
    await night.warn(colour="橙色", places=[TOWNSHIP], follows=(identifier, first))
    assert "暴雨橙色预警" in night.last(night.village_group)
    night.seen_all()
    await night.pass_time(timedelta(minutes=30), hours=9)
    assert not [t for t in night.texts(night.township_group) if "黄色预警" in t]
    night.seen_all()


async def test_a_lowering_in_the_night_is_told_at_once_and_silently(night: County) -> None:
    first = night.clock.now()
    identifier = await night.warn(colour="橙色", places=[TOWNSHIP])
    night.clock.advance(timedelta(minutes=30))
    await night.warn(colour="黄色", places=[TOWNSHIP], follows=(identifier, first))
    assert "【降级】" in night.last(night.village_group)
    assert night.messages(night.village_group)[-1].silent
    night.seen_all()


# -- the cap ----------------------------------------------------------------------------------------------------


async def fill(county: County, colour: str, times: int) -> None:
    for number in range(times):
        county.clock.advance(timedelta(minutes=1))
        await county.warn(colour=colour, kind=f"灾种{number}", places=[TOWNSHIP])


async def test_the_fourth_blue_of_a_day_waits_for_the_digest(county: County) -> None:
    await fill(county, "蓝色", 3)
    county.seen_all()
    county.clock.advance(timedelta(minutes=1))
    await county.warn(colour="蓝色", kind="大雾", places=[TOWNSHIP])
    assert county.new(county.township_group) == []
    assert "大雾蓝色预警" in county.last(HEAD)  # whoever owes an answer is asked all the same
    county.seen_all()
    await county.pass_time(timedelta(minutes=30), hours=4)
    said = county.new(county.township_group)
    assert len(said) == 1
    assert said[0].startswith("今天后来的预警，并在一起发")
    assert "大雾蓝色预警" in said[0]
    county.seen_all()


async def test_several_wait_for_one_digest_and_what_is_over_by_then_is_left_out(county: County) -> None:
    await fill(county, "蓝色", 3)
    first = county.clock.now() + timedelta(minutes=1)
    county.clock.advance(timedelta(minutes=1))
    identifier = await county.warn(colour="蓝色", kind="大雾", places=[TOWNSHIP])
    county.clock.advance(timedelta(minutes=1))
    await county.warn(colour="蓝色", kind="霜冻", places=[TOWNSHIP])
    county.clock.advance(timedelta(minutes=1))
    await county.warn(colour="蓝色", kind="寒潮", places=[TOWNSHIP])
    county.clock.advance(timedelta(minutes=1))
    await county.warn(kind="大雾", places=[TOWNSHIP], follows=(identifier, first), cancel=True)
    county.seen_all()
    await county.pass_time(timedelta(minutes=30), hours=4)
    digests = [t for t in county.new(county.township_group) if t.startswith("今天后来的预警")]
    assert len(digests) == 1
    assert "霜冻" in digests[0]
    assert "寒潮" in digests[0]
    assert "大雾" not in digests[0]
    county.seen_all()


async def test_orange_and_red_are_never_put_off(county: County) -> None:
    await fill(county, "橙色", 7)
    assert len([t for t in county.texts(county.village_group) if "橙色预警" in t]) == 7
    county.seen_all()


async def test_a_new_day_has_its_own_count(county: County) -> None:
    await fill(county, "蓝色", 3)
    await county.pass_time(timedelta(hours=1), hours=25)
    county.seen_all()
    await county.warn(colour="蓝色", kind="大雾", places=[TOWNSHIP])
    assert "大雾蓝色预警" in county.last(county.township_group)
    county.seen_all()


async def test_what_was_in_a_digest_is_lifted_below_it(county: County) -> None:
    await fill(county, "蓝色", 3)
    county.clock.advance(timedelta(minutes=1))
    first = county.clock.now()
    identifier = await county.warn(colour="蓝色", kind="大雾", places=[TOWNSHIP])
    await county.pass_time(timedelta(minutes=30), hours=4)
    county.seen_all()
    await county.warn(kind="大雾", places=[TOWNSHIP], follows=(identifier, first), cancel=True)
    answer = county.messages(county.township_group)[-1]
    assert "大雾蓝色预警已解除" in answer.text
    assert answer.payload["reply_to_message"]["text"].startswith("今天后来的预警")
    county.seen_all()


async def test_a_mention_of_everybody_is_never_made(county: County) -> None:
    await county.warn(colour="黄色", places=[TOWNSHIP], text="@所有人 注意防范 @all")
    await county.press(STATION, "转发到村")
    for group in (county.township_group, county.village_group):
        entities = county.messages(group)[-1].payload.get("entities", [])
        assert not [one for one in entities if one["type"] in {"mention", "text_mention"}]
    county.seen_all()


async def test_who_is_silent_about_yellow_is_asked_on_in_the_morning(tmp_path: Path) -> None:
    evening = datetime(2026, 6, 20, 13, 40, tzinfo=UTC)  # 21:40 in the county
    async with small_county(tmp_path, start=evening) as county:
        await county.warn(colour="黄色", places=[TOWNSHIP], hours=24)
        county.seen_all()
        await county.pass_time(timedelta(minutes=10), hours=8, minutes=40)  # 06:20
        assert county.new(HEAD) == []
        assert county.new(STATION) == []
        await county.pass_time(timedelta(minutes=1), minutes=15)
        assert len(county.new(HEAD)) == 1
        await county.pass_time(timedelta(minutes=1), minutes=45)
        assert "李书记" in "".join(county.new(STATION))
        county.seen_all()


async def test_who_is_silent_about_orange_is_asked_on_through_the_night(night: County) -> None:
    await night.warn(colour="橙色", places=[VILLAGE])
    night.seen_all()
    await night.pass_time(timedelta(minutes=1), minutes=11)
    assert len(night.new(HEAD)) == 1
    night.seen_all()
