"""After a drill: its record, the organiser's words, the document, the year's count and the one reminder."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from pydantic import ValidationError

from domain.drill_policy import DrillPolicy
from services.drill_record import played
from services.drill_year import drills_of_year
from services.work import Work
from tests.drills.support import drill_warning, is_framed, open_drill
from tests.support.county import (
    COUNTY,
    FAR_STATION,
    GRID,
    HEAD,
    LEADER,
    OFFICER,
    STATION,
    County,
    Role,
    small_county,
    someone,
)

FAR_LEADER = someone(120, "云坑分管", (Role.LEADER_IN_CHARGE, FAR_STATION.posts[0].place))


async def a_drill(county: County) -> None:
    await open_drill(county)
    await drill_warning(county)
    await county.pass_time(timedelta(minutes=1), minutes=3)
    await county.press(HEAD, "收到")
    await county.pass_time(timedelta(minutes=1), minutes=9)
    await county.press(OFFICER, "收到")
    await county.press(LEADER, "结束演练")
    await county.pass_time(timedelta(seconds=10), minutes=1)


async def judged(county: County) -> None:
    await county.press(LEADER, "写评估")
    await county.press(LEADER, "基本达到")
    await county.say(LEADER, "25")
    await county.say(LEADER, "两个村没有人回")
    await county.say(LEADER, "包村干部上门，周五前")
    await county.press(LEADER, "跳过")
    await county.press(LEADER, "提交")


async def test_the_record_counts_what_can_be_counted_again(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await a_drill(county)
        text = next(text for text in county.texts(LEADER) if "防暴雨演练记录" in text)
        assert is_framed(text)
        assert "问到 8 人，答复 2 人；发到 3 个群" in text
        assert "暴雨橙色预警 2026-1001：问 8 人，答 2 人，超时 1 人，一般 8分钟" in text
        assert "没有答复 6 人：" in text
        assert GRID.name in text
        assert "请按“写评估”补上问题和评估。" in text

        async def by_hand(work: Work) -> tuple[int, int, int]:
            owed = await work.rows.obligations.of_subject("warning:1")
            return len(owed), sum(one.answered_at is not None for one in owed), sum(one.late for one in owed)

        async def line(work: Work) -> tuple[int, int, int]:
            drill = await work.rows.drills.get(1)
            assert drill is not None
            (only,) = await played(work, drill, "zh")
            return only.asked, only.answered, only.late

        assert await county.bot.doors.read(by_hand) == await county.bot.doors.read(line) == (8, 2, 1)
        county.seen_all()


async def test_the_organiser_writes_the_rest_and_gets_a_document(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await a_drill(county)
        await judged(county)
        assert county.last(LEADER) == "【演练】评估已记下。要文档请按“演练记录”。【演练】"
        await county.press(LEADER, "演练记录")
        await county.make_papers()
        await county.pass_time(timedelta(seconds=10), minutes=1)
        ((name, content),) = county.files(LEADER)
        assert name == "石梁镇防暴雨演练记录.docx"
        document = Document(BytesIO(content))
        paragraphs = [one.text for one in document.paragraphs]
        assert (paragraphs[0], paragraphs[-1]) == ("【演练】", "【演练】")
        fields = {row.cells[0].text: row.cells[1].text for row in document.tables[0].rows}
        assert fields["参加人数"] == "25"
        assert fields["发现的问题"] == "两个村没有人回"
        assert fields["整改措施"] == "包村干部上门，周五前"
        assert fields["评估"] == "基本达到"
        assert fields["应答"] == "问到 8 人，答复 2 人；发到 3 个群"
        assert "暴雨橙色预警 2026-1001" in document.tables[1].rows[0].cells[1].text
        county.seen_all()


async def test_who_has_no_say_there_gets_neither_record_nor_document(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await a_drill(county)
        county.seen_all()
        for data in ("dr:judge:1", "dr:paper:1", "dr:record:1"):
            pressed = await county.forge(STATION, data)
            assert pressed.text
        await county.pass_time(minutes=1)
        assert county.new(STATION) == []
        county.seen_all()


async def test_the_year_counts_every_township_it_touched_and_reminds_the_others_once(tmp_path: Path) -> None:
    autumn = datetime(2026, 9, 30, 1, tzinfo=UTC)
    async with small_county(tmp_path, start=autumn) as county:
        await county.join(FAR_LEADER)
        await a_drill(county)

        async def counted(work: Work) -> list[tuple[str, int, int]]:
            return [(one.township.name, one.drills, one.villages) for one in await drills_of_year(work, COUNTY)]

        assert await county.bot.doors.read(counted) == [("石梁镇", 1, 2), ("云坑乡", 0, 0)]
        await county.say(LEADER, "演练")
        assert "石梁镇：1 次；村 2／2" in county.last(LEADER)
        county.seen_all()
        await county.pass_time(timedelta(hours=1), hours=30)
        (told,) = county.new(FAR_LEADER)
        assert told.startswith("云坑乡今年做了 0 次演练，每年至少 1 次。")
        await county.pass_time(timedelta(hours=12), days=4)
        assert county.new(FAR_LEADER) == []
        county.seen_all()


def test_the_day_of_the_reminder_is_a_day() -> None:
    assert DrillPolicy(remind_on="02-29").remind_on == "02-29"
    for wrong in ("13-01", "2-3", "02-30", "sometime"):
        with pytest.raises(ValidationError):
            DrillPolicy(remind_on=wrong)
