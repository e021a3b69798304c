"""Everything of a drill is marked at both ends, and reaches nobody who takes no part in it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from domain.drills import framed, is_marked, unframed
from domain.outgoing import Outgoing
from domain.text import Html
from services.work import Work
from tests.drills.support import drill_warning, heard_so_far, is_framed, open_drill, unmarked
from tests.support.county import (
    CADRE,
    DUTY,
    FAR_HEAD,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    NEIGHBOUR_HEAD,
    OFFICER,
    PATROLLER,
    STATION,
    WATER,
    small_county,
)

OUTSIDE = (DUTY, WATER, FAR_STATION, FAR_HEAD)


def test_a_text_is_framed_once_and_its_marks_can_be_taken_off_again() -> None:
    assert framed(Html("收到"), "【演练】") == "【演练】收到【演练】"
    assert framed(Html("一\n二"), "【演练】") == "【演练】\n一\n二\n【演练】"
    assert framed(framed(Html("一\n二"), "【演练】"), "【演练】") == "【演练】\n一\n二\n【演练】"
    assert framed(Html("【演练】一"), "【演练】") == "【演练】一【演练】"
    assert framed(Html(""), "【演练】") == ""
    assert unframed(Html("【演练】\n一\n二\n【演练】")) == ("一\n二", "【演练】")
    assert unframed(Html("【演练】一")) == ("【演练】一", "")
    assert is_marked("[DRILL] Rain")
    assert not is_marked("今天【演练】")


async def test_every_message_of_a_whole_drill_is_marked_at_both_ends(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        since = heard_so_far(county)
        await drill_warning(county)
        pressed = await county.press(HEAD, "收到")
        assert pressed.text == "【演练】已记录 08:00，李书记。【演练】"
        await county.say(OFFICER, "收到")
        assert county.last(OFFICER) == "【演练】已记录 08:00：2026-1001号预警。【演练】"
        await county.say(HEAD, "已到岗")
        await county.press(OFFICER, "已清点")
        await county.say(OFFICER, "32/35 大喇叭 敲门")
        await county.say(GRID, "收到", chat=county.village_group)
        await county.say(CADRE, "收到", chat=county.village_group)
        await county.pass_time(timedelta(minutes=1), minutes=45)
        await county.press(STATION, "接通")
        await county.press(LEADER, "看进度")
        await county.press(LEADER, "发演练预警")
        await county.press(LEADER, "取消")
        await county.press(LEADER, "结束演练")
        assert unmarked(county, since) == []
        for text in (*county.texts(STATION), *county.texts(county.village_group)):
            assert is_framed(text)
        for who in OUTSIDE:
            assert county.new(who) == []
        for group in (county.county_group, county.far_group, county.far_village_group):
            assert county.new(group) == []
        county.seen_all()


async def test_a_posts_tally_and_its_end_are_edited_into_a_marked_post(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)
        await county.press(HEAD, "收到", county.village_group)
        await county.pass_time(minutes=2)
        post = county.texts(county.village_group)[-1]
        assert "应答 1/" in post
        assert is_framed(post)
        county.seen_all()


async def test_the_mark_of_who_reads_english_is_english(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:

        async def english(work: object) -> None:
            await work.rows.people.update(county.ids[HEAD.user_id], language="en")  # type: ignore[attr-defined]

        await county.run(english)
        await open_drill(county)
        await drill_warning(county)
        assert county.last(HEAD).startswith("[DRILL]")
        assert county.last(HEAD).endswith("[DRILL]")
        pressed = await county.press(HEAD, "Received")
        assert pressed.text is not None
        assert is_framed(pressed.text)
        county.seen_all()


async def test_a_button_of_a_drill_that_is_over_is_answered_with_the_mark(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)
        await county.press(LEADER, "结束演练")
        pressed = await county.forge(NEIGHBOUR_HEAD, "w:ack:1")
        assert pressed.text is not None
        assert is_framed(pressed.text)
        assert await county.bot.doors.read(lambda work: work.rows.drills.running()) == []
        county.seen_all()


async def test_a_double_blind_one_tells_nobody_but_its_organiser_beforehand(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county, blind=True, start="09:00")
        assert "双盲" in county.last(LEADER)
        assert county.unseen() == {}
        await county.pass_time(timedelta(minutes=10), hours=1)
        assert "正在进行" in county.last(LEADER)
        assert county.unseen() == {}
        await drill_warning(county)
        assert is_framed(county.last(PATROLLER))
        assert is_framed(county.last(county.village_group))
        county.seen_all()


async def test_an_open_one_is_told_to_its_groups_beforehand_and_can_be_dropped(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county, start="明天上午9点")
        told = "【演练】6月21日 09:00 至 11:00，石梁镇做防暴雨演练（综合演练）。"
        assert county.last(county.village_group).startswith(told)
        await county.say(LEADER, "演练")
        await county.press(LEADER, "不做了")
        assert county.last(county.township_group) == "【演练】石梁镇原定 6月21日 09:00 的演练不做了。【演练】"
        await county.pass_time(timedelta(hours=1), hours=28)
        county.seen_all()
        assert await county.bot.doors.read(lambda work: work.rows.drills.open()) == []


async def test_a_long_text_of_a_drill_is_marked_at_both_ends_of_every_part(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        long = Outgoing("long", HEAD.user_id, Html("山洪\n" * 2500), subject="drill:1", resend_mark=Html("【补发】"))

        async def say(work: Work) -> int:
            return await work.rows.outbox.put(long)

        county.seen_all()
        await county.run(say)
        await county.pass_time(timedelta(seconds=10), minutes=1)
        parts = county.new(HEAD)
        assert len(parts) == 2
        assert all(is_framed(part) for part in parts)
        assert sum(part.count("山洪") for part in parts) == 2500
        county.seen_all()


async def test_a_half_written_warning_of_a_drill_is_reminded_of_with_the_mark(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await county.press(LEADER, "发演练预警")
        since = heard_so_far(county)
        await county.pass_time(timedelta(minutes=5), minutes=40)
        assert "填" in county.last(LEADER)
        assert unmarked(county, since) == []
        county.seen_all()


async def test_nobody_who_takes_no_part_is_written_to_whoever_tries(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)

        async def say(work: Work) -> int:
            mine = [Outgoing(f"x{who.user_id}", who.user_id, Html("词"), subject="drill:1:x") for who in (DUTY, HEAD)]
            known = [replace(one, person_id=county.ids[one.chat_id]) for one in mine]
            groups = [
                Outgoing(f"g{chat}", chat, Html("词"), subject="drill:1:x")
                for chat in (county.county_group, county.village_group)
            ]
            return await work.rows.outbox.put_many([*known, *groups])

        assert await county.run(say) == 2
        assert county.last(HEAD) == "【演练】词【演练】"
        assert county.last(county.village_group) == "【演练】词【演练】"
        assert county.new(DUTY) == county.new(county.county_group) == []
        county.seen_all()
