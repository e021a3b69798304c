"""Something real breaks a drill off at once; else its time ends it, and a restart in the middle changes nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.drills import DrillState
from domain.outgoing import Lane
from storage.outbox import outbox
from tests.drills.support import drill_warning, everything_said, is_framed, open_drill
from tests.support.county import (
    COUNTY,
    ELSEWHERE,
    FAR_VILLAGE,
    HEAD,
    LEADER,
    OFFICER,
    STATION,
    VILLAGE,
    County,
    small_county,
)

IN_EARNEST = "演练中止，转入实战。"


async def state(county: County) -> DrillState:
    found = await county.bot.doors.read(lambda work: work.rows.drills.get(1))
    assert found is not None
    return found.state


async def owed(county: County, *, is_open: bool = True) -> list[str]:
    rows = await county.bot.doors.read(lambda work: work.rows.drills.owed_in(1))
    return [one.subject for one in rows if (one.state.value == "open") == is_open]


async def test_a_real_orange_warning_ends_the_drill_before_anything_else_is_asked(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)
        assert await owed(county)
        county.seen_all()
        await county.warn(colour="橙色", places=[VILLAGE])
        assert await state(county) is DrillState.BROKEN_OFF
        assert await owed(county) == []
        for where in (county.village_group, HEAD, OFFICER):
            real, stopped = county.new(where)[:2]
            assert "暴雨橙色预警" in real
            assert not is_framed(real)
            assert stopped.startswith(IN_EARNEST)
            assert "石梁镇：暴雨橙色预警（2026-001）是真的，不是演练。" in stopped
            assert "【演练】" not in stopped
        neighbour = county.new(county.neighbour_group)
        assert [one.startswith(IN_EARNEST) for one in neighbour] == [True]
        await county.pass_time(timedelta(seconds=10), minutes=1)
        assert "6月20日 08:00 至 6月20日 08:00，中止，转入实战" in county.last(LEADER)
        county.seen_all()
        await county.pass_time(timedelta(minutes=1), minutes=40)
        assert [text for chat in county._chats() for text in county.new(chat) if is_framed(text)] == []


@pytest.mark.logs_errors
async def test_nothing_of_a_drill_can_hold_a_real_warning_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(*_: object) -> None:
        raise LookupError("something of the drill cannot be closed")

    monkeypatch.setattr("services.drills.close_things", breaks)
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)
        await county.warn(colour="橙色", places=[VILLAGE])
        assert "2026-001" in county.texts(county.village_group)[-2]
        await county.pass_time(minutes=1)
        assert await state(county) is DrillState.BROKEN_OFF
        county.seen_all()


async def test_whoever_answers_afterwards_answers_what_is_real(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)
        await county.warn(colour="红色", places=[COUNTY])
        await county.say(HEAD, "收到")
        assert county.texts(HEAD)[-1] == "已记录 08:00：2026-001号预警。"
        county.seen_all()


async def test_a_blue_one_and_one_elsewhere_leave_it_alone(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)
        await county.warn(colour="黄色", places=[VILLAGE])
        await county.warn(colour="红色", places=[ELSEWHERE])
        assert await state(county) is DrillState.RUNNING
        assert [text for text in everything_said(county) if text.startswith(IN_EARNEST)] == []
        county.seen_all()


async def test_of_a_real_and_a_drilled_question_a_word_answers_the_real_one(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)
        await county.warn(colour="黄色", places=[VILLAGE])
        await county.say(HEAD, "收到")
        assert county.last(HEAD) == "已记录 08:00：2026-001号预警。"
        still = await owed(county)
        assert still
        await county.say(HEAD, "收到")
        assert county.last(HEAD) == "【演练】已记录 08:00：2026-1001号预警。【演练】"
        county.seen_all()


async def test_a_real_response_ends_it_too(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)
        await county.say(LEADER, "/response")
        for label in ("启动响应", "暴雨", "Ⅲ级", "石梁镇"):
            await county.press(LEADER, label)
        await county.press(LEADER, "填好了")
        await county.say(LEADER, "雨太大")
        await county.press(LEADER, "提交")
        assert await state(county) is DrillState.BROKEN_OFF
        said = county.last(county.village_group)
        assert said.startswith(IN_EARNEST)
        county.seen_all()


async def test_where_something_real_is_on_no_drill_is_opened(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.warn(colour="橙色", places=[VILLAGE])
        county.seen_all()
        assert await open_drill(county) == "这里有正在进行的实战（2026-001），现在不做演练。"
        county.seen_all()


async def test_a_planned_one_does_not_begin_into_something_real(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county, start="09:00")
        await county.warn(colour="橙色", places=[VILLAGE])
        await county.pass_time(timedelta(minutes=10), hours=1)
        assert await state(county) is DrillState.DROPPED
        assert any("到时间了，演练没有开始：这里有正在进行的实战（2026-001）" in text for text in county.texts(LEADER))
        county.seen_all()


async def test_its_time_ends_it_and_everything_open_closes(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)
        county.seen_all()
        await county.pass_time(timedelta(minutes=10), hours=2, minutes=10)
        assert await state(county) is DrillState.ENDED
        assert await owed(county) == []
        assert county.last(HEAD) == "【演练】演练结束，谢谢。演练的消息不用再回。【演练】"
        county.seen_all()
        await county.pass_time(timedelta(minutes=30), hours=12)
        assert county.unseen() == {}


async def test_a_restart_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await drill_warning(county)
        for label in ("发演练预警", "暴雨", "红"):
            await county.press(LEADER, label)
        county.seen_all()
        await county.restart()
        await county.press(LEADER, "石梁镇")
        assert is_framed(county.last(LEADER))
        await county.press(HEAD, "收到")
        await county.pass_time(timedelta(minutes=1), minutes=30)
        assert all(is_framed(text) for text in county.new(STATION))
        assert await state(county) is DrillState.RUNNING
        await county.pass_time(timedelta(minutes=10), hours=2)
        assert await state(county) is DrillState.ENDED
        county.seen_all()


async def test_a_dialogue_of_a_drill_that_ended_is_over_with_it(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        await county.press(LEADER, "发演练预警")
        await county.press(LEADER, "结束演练")
        await county.say(LEADER, "暴雨")
        rows = await county.bot.doors.read(lambda work: work.rows.warnings.active(work.now))
        assert rows == []
        assert await county.bot.doors.read(lambda work: work.rows.dialogues.get(LEADER.user_id, LEADER.user_id)) is None
        county.seen_all()


async def test_messages_of_a_drill_stand_behind_real_warnings(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await open_drill(county)
        for label in ("发演练预警", "暴雨", "红", "石梁镇", "填好了"):
            await county.press(LEADER, label)
        await county.say(LEADER, "预计未来三小时有大暴雨，注意防范。")
        await county.press(LEADER, "跳过")
        await county.say(LEADER, "今天18点")
        await county.press(LEADER, "提交")

        async def lanes(work: object) -> set[int]:
            query = sa.select(outbox.c.lane).where(outbox.c.subject == "warning:1").distinct()
            return set((await work.rows.outbox._db.scalars(query)).all())  # type: ignore[attr-defined]

        assert await county.bot.doors.read(lanes) == {int(Lane.DIGEST)}
        county.seen_all()


async def test_who_may_not_open_one_is_told(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.say(STATION, "/drill")
        assert "权" in county.last(STATION) or "不" in county.last(STATION)
        await open_drill(county)
        await drill_warning(county)
        county.seen_all()
        pressed = await county.forge(HEAD, "dr:end:1")
        assert pressed.text is not None
        assert await state(county) is DrillState.RUNNING
        await county.forge(STATION, "dr:warn:1")
        county.seen_all()
        assert FAR_VILLAGE not in (await county.bot.doors.read(lambda work: work.rows.drills.get(1))).place
