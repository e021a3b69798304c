"""The whole life of a check on the other database."""

from tests.bot.test_check import test_from_the_question_to_a_result_revised_after_an_explanation as live
from tests.bot.test_check_silence import (
    test_the_draw_can_be_made_again_from_its_record_and_spares_who_was_drawn as draw_twice,
)
from tests.support.county import County


async def test_a_check_lives_the_same_on_postgresql(county_on_postgresql: County) -> None:
    await live(county_on_postgresql)
    await draw_twice(county_on_postgresql)
