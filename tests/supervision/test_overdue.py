"""What is not fixed in time climbs by itself, but never past a human's hand."""

from datetime import timedelta

from domain.hazards import HazardState
from domain.letters import LetterKind, LetterState
from tests.supervision.play import MAYOR, assigned, closed, hazard_of
from tests.supervision.test_letters import letter
from tests.support.county import CADRE, LEADER, PATROLLER, County

SIX_HOURS = timedelta(hours=6)


async def test_a_day_after_the_deadline_an_order_waits_for_the_mayors_signature(county: County) -> None:
    await county.join(MAYOR)
    await assigned(county, days=1)
    await county.pass_time(SIX_HOURS, days=1, hours=23)
    assert county.new(MAYOR) == []
    county.seen_all()
    await county.pass_time(SIX_HOURS, hours=6)
    row = await letter(county)
    assert (row.kind, row.state, row.drafted_by) == (LetterKind.ORDER, LetterState.DRAFT, None)
    assert "整改到期没完成" in county.last(MAYOR)
    assert "机器人起草，请人核对" in county.last(MAYOR)
    assert county.new(PATROLLER) == []  # only a human sends it
    county.seen_all()
    await county.press(MAYOR, "不发")
    await county.pass_time(SIX_HOURS, days=1)
    found = await county.bot.doors.run(lambda work: work.rows.supervision.letters.of(hazard_id=1))
    assert len(found) == 1  # what a human has dropped is not drafted again
    county.seen_all()


async def test_an_order_without_effect_is_on_the_leaders_list_once_and_in_private(county: County) -> None:
    await county.join(MAYOR)
    await assigned(county, days=1)
    await county.pass_time(SIX_HOURS, days=2, hours=3)
    county.seen_all()
    await county.pass_time(SIX_HOURS, days=4)
    for leader in (MAYOR, LEADER):
        lists = [text for text in county.new(leader) if "督办后仍没整改的" in text]
        assert len(lists) == 1
        assert "2026-0001 号 上坞村 山塘老徐" in lists[0]
        assert "督办单还没有签发" in lists[0]
    assert county.new(county.township_group) == []
    county.seen_all()


async def test_once_the_hazard_is_closed_a_draft_about_it_has_nothing_left_to_say(county: County) -> None:
    await county.join(MAYOR)
    row = await assigned(county, days=1)
    await county.pass_time(SIX_HOURS, days=2, hours=3)
    assert (await letter(county)).state is LetterState.DRAFT
    county.seen_all()
    await closed(county, row, CADRE)
    assert (await hazard_of(county)).state is HazardState.CLOSED
    assert (await letter(county)).state is LetterState.DROPPED
    assert (await county.forge(MAYOR, "lt:sign:1:0")).alert
    county.seen_all()
