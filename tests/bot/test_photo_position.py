"""Where pictures of a hazard were taken, by their own account: a distance on the card, and no message for it."""

from tests.bot.test_hazard_report import hazard
from tests.papers.test_photos import picture
from tests.support.county import GRID, STATION, County


async def reported(county: County, spot: tuple[float, float] | None) -> str:
    """The station's card of a hazard with a picture of 28.455, 119.48."""
    await county.say(GRID, "/report")
    await county.press(GRID, "滑坡、崩塌")
    if spot is None:
        await county.press(GRID, "上坞村")
    else:
        await county.location(GRID, *spot)
    await county.say(GRID, "后山裂缝变宽")
    await county.press(GRID, "没有人")
    await county.world.send_document(
        GRID.user_id, GRID.user_id, picture(400, 300, located=True), name="p.jpg", mime="image/jpeg"
    )
    await county.settle()
    await county.press(GRID, "确认提交")
    assert (await hazard(county)).what
    before = len(county.messages(STATION.user_id))
    await county.fetch_photos()
    await county.settle()
    assert len(county.messages(STATION.user_id)) == before
    return next(one.text for one in reversed(county.messages(STATION.user_id)) if "后山裂缝变宽" in one.text)


async def test_the_card_tells_how_far_from_the_reported_spot(county: County) -> None:
    card = await reported(county, (28.4557, 119.48))
    assert "📍 照片拍摄处距报告处约 80 米（照片自带的位置，仅供参考）" in card
    county.seen_all()


async def test_one_that_was_taken_far_away_is_marked_and_taken_all_the_same(county: County) -> None:
    card = await reported(county, (28.40, 119.48))
    assert "米，请核对（照片自带的位置，仅供参考）" in card
    assert (await hazard(county)).state.value == "reported"
    county.seen_all()
