"""Rounds of a response in a village whose network goes down, and comes back."""

from datetime import timedelta

from domain.obligations import ObligationState
from domain.patrols import TaskState
from tests.bot.test_answers_cutoff import silent_villages
from tests.bot.test_patrol_rounds import begin, point, states, tasks
from tests.support.county import GRID, STATION, County


async def test_nobody_is_asked_for_rounds_where_the_network_is_down(county: County) -> None:
    await point(county, 1, "岭头山塘", GRID)
    await begin(county)
    await silent_villages(county)
    await county.press(STATION, "是，按失联处理")
    (task,) = [
        one for one in await tasks(county) if one.state is not TaskState.ENDED
    ]  # red asked for a round of its own
    assert task.state is TaskState.EXCUSED
    owed = await county.run(lambda work: work.rows.obligations.find(task.subject, county.ids[GRID.user_id], "check_in"))
    assert (owed.state, owed.note) == (ObligationState.EXCUSED, "cut_off")
    county.seen_all()
    await county.pass_time(step=timedelta(minutes=20), hours=3)
    assert not [text for text in county.new(GRID) if "岭头山塘" in text]
    assert not [text for text in county.new(STATION) if "岭头山塘" in text]
    assert await states(county) == [TaskState.ENDED, TaskState.EXCUSED]
    county.seen_all()
    await county.press(STATION, "通信恢复")
    await county.pass_time(minutes=2)
    assert any("岭头山塘" in text for text in county.new(GRID))
    assert (await states(county)).count(TaskState.OPEN) == 1
    county.seen_all()
