"""A drill held without the bot is entered afterwards; photos of drills stand in the record; a double-blind one that
runs is given away by no refusal."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from PIL import Image

from domain.action_cards import Family
from domain.drills import Content, DrillForm
from domain.errors import DomainError
from domain.people import Role
from services.drill_year import drills_of_year
from services.drills import DrillWish, open_drill
from services.work import Work
from tests.drills.support import drill_warning, is_framed
from tests.drills.support import open_drill as opened_by_hand
from tests.support.county import COUNTY, GRID, HEAD, LEADER, TOWNSHIP, County, small_county, someone


def picture(colour: str) -> bytes:
    made = BytesIO()
    Image.new("RGB", (640, 480), colour).save(made, "JPEG")
    return made.getvalue()


async def record_of(county: County) -> tuple[list[str], int]:
    """The cells of the newest document, and how many pictures are in it."""
    document = Document(BytesIO(county.files(LEADER)[-1][1]))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return cells, len(document.inline_shapes)


async def test_a_drill_without_the_bot_is_entered_counts_and_has_its_record_with_photos(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await county.say(LEADER, "/drill")
        await county.press(LEADER, "补登线下演练")
        for label in ("石梁镇", "暴雨", "综合演练"):
            await county.press(LEADER, label)
        await county.say(LEADER, "昨天9点")
        await county.say(LEADER, "86")
        for label in ("先期处置", "转移避险", "自救互救", "填好了", "基本达到"):
            await county.press(LEADER, label)
        await county.say(LEADER, "喇叭声音小")
        await county.photo(LEADER, data=picture("red"))
        await county.photo(LEADER, data=picture("blue"))
        await county.press(LEADER, "提交")
        assert "已补登：6月19日的演练，照片 2 张，算进今年次数。" in "".join(county.texts(LEADER))
        year = await county.run(lambda work: drills_of_year(work, COUNTY))
        assert [(one.township.name, one.drills, one.villages) for one in year] == [("石梁镇", 1, 2), ("云坑乡", 0, 0)]
        await county.fetch_photos()
        await county.press(LEADER, "演练记录")
        await county.make_papers()
        await county.pass_time(seconds=5)
        cells, pictures = await record_of(county)
        assert "86" in cells
        assert "没有用机器人，事后补登。" in cells
        assert "喇叭声音小" in cells
        assert pictures == 2
        county.texts(LEADER)
        await county.pass_time(minutes=5)  # nobody hears of it


async def test_photos_of_participants_during_a_drill_are_in_its_record(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        await opened_by_hand(county)
        await drill_warning(county)
        await county.press(HEAD, "收到")
        await county.photo(GRID, data=picture("green"))
        assert "照片已存到演练记录" in county.last(GRID)
        assert is_framed(county.last(GRID))
        await county.fetch_photos()
        await county.press(LEADER, "结束演练")
        await county.pass_time(timedelta(seconds=10), minutes=1)
        await county.press(LEADER, "演练记录")
        await county.make_papers()
        _, pictures = await record_of(county)
        assert pictures == 1
        county.seen_all()
        await county.photo(GRID, data=picture("white"))
        assert not [text for text in county.new(GRID) if "演练记录" in text]  # it is over
        county.seen_all()


async def test_a_double_blind_drill_is_given_away_by_nothing(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        head_of_county = someone(140, "钱县长", (Role.COUNTY_LEADER, COUNTY))
        await county.join(head_of_county)
        desk = await county.person(head_of_county)
        leader = await county.person(LEADER)

        async def wanted(work: Work, by: object, *, blind: bool) -> None:
            ends = work.now + timedelta(hours=2)
            wish = DrillWish(TOWNSHIP, Family.RAIN, DrillForm.SPECIAL, (Content.CALLING,), blind, work.now, ends, "练")
            await open_drill(work, by, wish)  # type: ignore[arg-type]

        await county.run(lambda work: wanted(work, desk, blind=True))
        county.seen_all()
        with pytest.raises(DomainError) as refused:
            await county.run(lambda work: wanted(work, leader, blind=False))
        assert (refused.value.key, refused.value.facts) == ("drill.refused.not_then", {})
        with pytest.raises(DomainError) as own:
            await county.run(lambda work: wanted(work, desk, blind=False))
        assert own.value.key == "drill.refused.another"  # its organiser knows
        await county.say(LEADER, "/drill")
        assert not [text for text in county.new(LEADER) if "正在进行" in text or "防暴雨" in text]
        await county.photo(GRID, data=picture("green"))
        assert not [text for text in county.new(GRID) if "演练" in text]
        county.seen_all()
