"""What happens to an update: kept, done once, tried again, put aside; and what survives a restart."""

from datetime import timedelta

import pytest
from telegram import Update

from handlers.inbox import DurableQueue
from handlers.scene import Scene
from tests.support.county import DUTY, GRID, STATION, VILLAGE, County


async def boom(_scene: Scene) -> None:
    raise ValueError("a fault of ours")


@pytest.mark.logs_errors
async def test_an_update_that_always_fails_is_put_aside_told_once_and_stops_nobody(county: County) -> None:
    county.bot.door._commands["boom"] = boom
    await county.say(GRID, "/boom")
    assert "没有办成" in county.last(GRID)
    assert "有一条消息试了几次都没能处理" in county.last(DUTY)
    await county.say(STATION, "/warn")
    assert "哪一种灾害" in county.last(STATION)
    aside = await county.run(lambda work: work.rows.inbox.aside())
    assert [error for _, error in aside] == ["ValueError"]


@pytest.mark.logs_errors
async def test_an_update_that_fails_for_a_while_is_done_in_the_end(county: County) -> None:
    tries = []

    async def shaky(scene: Scene) -> None:
        tries.append(scene.incoming.update_id)
        if len(tries) < 3:
            raise OSError("not yet")
        await scene.say(scene.text("dialogue.closed"))

    county.bot.door._commands["shaky"] = shaky
    await county.say(GRID, "/shaky")
    assert county.new(GRID) == ["这份填写已经结束，需要时请重新开始。"]
    assert len(tries) == 3


async def test_the_same_update_twice_is_done_once(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    await county.world.say(GRID.user_id, GRID.user_id, "收到")
    raw = (await county.bot.bot.get_updates(offset=county._offset, timeout=0))[-1].to_dict()
    queue = county.bot.application.update_queue
    assert isinstance(queue, DurableQueue)
    for _ in range(3):
        update = Update.de_json(raw, county.bot.bot)
        await queue.put(update)
        await county.bot.inbox.process(update)
    await county.settle()
    assert len(county.new(GRID)) == 1


async def test_what_was_kept_but_not_done_is_done_after_a_restart(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    await county.world.say(GRID.user_id, GRID.user_id, "收到")
    queue = county.bot.application.update_queue
    assert isinstance(queue, DurableQueue)
    for update in await county.bot.bot.get_updates(offset=county._offset, timeout=0):
        await queue.keep([update.to_dict()])
        county._offset = update.update_id + 1
    await county.restart()
    assert county.new(GRID) == ["已记录 08:00：2026-001号预警。"]
    county.seen_all()


async def test_a_dialogue_goes_on_after_a_restart(county: County) -> None:
    await county.say(STATION, "/warn")
    await county.press(STATION, "山洪")
    await county.restart()
    await county.press(STATION, "橙色")
    assert "影响哪些地方" in county.last(STATION)


async def test_a_restart_repeats_nothing_and_forgets_no_rung(county: County) -> None:
    await county.warn(colour="红色", places=[VILLAGE])
    county.seen_all()
    await county.restart()
    assert county.unseen() == {}
    await county.pass_time(minutes=3)
    assert len(county.new(GRID)) == 1
    county.seen_all()


async def test_an_unfinished_dialogue_is_reminded_of_once_and_forgotten_after_a_day(county: County) -> None:
    await county.say(STATION, "/warn")
    county.seen_all()
    await county.pass_time(timedelta(minutes=10), hours=2)
    assert county.new(STATION) == ["您的“发布预警”还差几步没填完，已保存，随时可以接着填。"]
    await county.pass_time(timedelta(hours=1), hours=24)
    assert county.new(STATION) == ["“发布预警”长时间没有填完，已收起，没有提交。需要时请重新开始。"]


async def test_two_dialogues_at_once_are_not_begun(county: County) -> None:
    await county.say(STATION, "/warn")
    await county.say(STATION, "/warn")
    assert "还没填完" in county.last(STATION)
    await county.press(STATION, "不填了")
    await county.say(STATION, "/warn")
    assert "哪一种灾害" in county.last(STATION)


async def test_a_press_on_an_old_question_changes_nothing(county: County) -> None:
    await county.say(STATION, "/warn")
    _, data = county.button(STATION.user_id, "山洪")
    await county.press(STATION, "台风")
    pressed = await county.forge(STATION, data)
    assert pressed.text == "这个按钮是前面一步的，请看最新的一条。"
    assert "什么颜色" in county.last(STATION)


async def test_somebody_elses_dialogue_cannot_be_pressed(county: County) -> None:
    await county.say(STATION, "/warn")
    _, data = county.button(STATION.user_id, "山洪")
    pressed = await county.forge(GRID, data) if county.messages(GRID.user_id) else None
    assert pressed is None or pressed.answered
    assert "哪一种灾害" in county.last(STATION)
    county.seen_all()


async def test_one_person_who_floods_is_told_once_and_may_still_answer_a_warning(county: County) -> None:
    await county.warn(places=[VILLAGE])
    county.seen_all()
    for number in range(40):
        await county.world.say(GRID.user_id, GRID.user_id, f"第{number}句")
    await county.settle()
    await county.pass_time(minutes=2)  # one private chat takes about one message a second
    said = [text for text in county.new(GRID) if "没看明白" in text or "次数较多" in text]
    assert [text for text in said if "次数较多" in text] == ["次数较多，请过 1分钟 再试。"]
    assert len(said) == 21
    pressed = await county.press(GRID, "收到")
    assert "已记录" in (pressed.text or "")
    county.seen_all()


async def test_the_menu_shows_what_the_person_may_do(county: County) -> None:
    await county.say(GRID, "/menu")
    grid = {b["text"] for row in county.messages(GRID.user_id)[-1].buttons for b in row}
    await county.say(STATION, "菜单")
    station = {b["text"] for row in county.messages(STATION.user_id)[-1].buttons for b in row}
    assert "📢 发布预警" in station - grid
    await county.press(STATION, "发布预警")
    assert "哪一种灾害" in county.last(STATION)
    county.seen_all()
