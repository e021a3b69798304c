"""What an SMS says: complete and within 70 characters, however long the names are."""

from dataclasses import replace

import pytest

from domain.channels import OtherChannel
from domain.colours import Colour
from domain.people import Person, PersonId
from domain.places import Level, Place, PlaceCode
from services.channel_texts import ask_texts, end_text, resend_mark, title
from services.ports import WarningRow
from services.work import Work
from tests.support.county import GRID, STATION, VILLAGE, County

SMS = OtherChannel(
    name="sms",
    label="短信",
    kind="sms_json",  # type: ignore[arg-type]
    url="https://x.example/",
    body='{"to": "{phone}", "text": "{text}"}',
)
LONG = PlaceCode("331124001099")


async def texts(county: County, lang: str, **more: object) -> dict[str, str]:
    """Of the worst case: an exercise with a long kind at a place with a long name."""
    await county.warn(colour="红色", places=[VILLAGE])

    async def word(work: Work) -> dict[str, str]:
        name = "黄南畲族苗族自治乡联合行政村第二居民委员会"
        await work.rows.places.save([Place(LONG, name, Level.VILLAGE, PlaceCode(VILLAGE[:9]))])
        row = await work.rows.warnings.get(1)
        assert isinstance(row, WarningRow)
        row = replace(row, **more)  # type: ignore[arg-type]
        person = Person(PersonId(county.ids[GRID.user_id]), GRID.name, GRID.phone, language=lang)
        said = await ask_texts(work, row, person, LONG, [SMS])
        return {
            "ask": said["sms"],
            "mark": resend_mark(work, lang),
            "lifted": end_text(work, row, "lifted", lang),
            "corrected": end_text(work, row, "corrected", lang),
            "title": title(work, row, lang),
        }

    found: dict[str, str] = await county.run(word)
    county.seen_all()
    return found


@pytest.mark.parametrize("colour", Colour)
async def test_the_worst_case_still_fits_with_the_mark_of_a_second_copy(county: County, colour: Colour) -> None:
    said = await texts(county, "zh", kind="强对流天气与山洪地质灾害", exercise=True, colour=colour, number="2026-1234")
    assert len(said["ask"] + (said["mark"] if colour is Colour.RED else "")) <= 70
    assert "2026-1234号" in said["ask"]
    assert said["ask"].endswith(f"收到请打{STATION.phone}登记。【演练】")
    assert len(said["lifted"]) <= 70
    assert len(said["corrected"]) <= 70


async def test_the_drill_is_marked_at_both_ends(county: County) -> None:
    said = await texts(county, "zh", exercise=True)
    assert [one for one in ("ask", "lifted", "corrected") if said[one].count("【演练】") != 2] == []
    assert said["title"].startswith("【演练】")


async def test_english_has_the_number_and_whom_to_phone_too(county: County) -> None:
    said = await texts(county, "en")
    assert said["ask"].startswith("2026-001 red 暴雨")
    assert said["ask"].endswith(f"Confirm: {STATION.phone}")
