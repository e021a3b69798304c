"""What stands beside a warning's row, on both databases."""

from datetime import timedelta

from domain.colours import Colour
from domain.places import PlaceCode
from services.ports import Evidence, GroupPost, WarningAct
from tests.storage.filling import warning as warning_row
from tests.support.databases import START, Each

VILLAGE = PlaceCode("331124001001")
HOUR = timedelta(hours=1)


async def test_acts_are_kept_in_their_order(each: Each) -> None:
    row = await each.warnings.add(warning_row(1))
    one = WarningAct(row.id, "called_wrong", 1, START)
    two = WarningAct(row.id, "relayed", 2, START, VILLAGE, "看山塘")
    await each.warnings.add_act(one)
    await each.warnings.add_act(two)
    assert await each.warnings.acts(row.id) == [one, two]
    assert await each.warnings.acts(row.id + 1) == []


async def test_what_most_warnings_have_none_of_is_kept_where_one_has_it(each: Each) -> None:
    plain = await each.warnings.add(warning_row(1))
    assert (plain.evidence, plain.corrected, dict(plain.outranked)) == (Evidence(), False, {})
    await each.warnings.outrank(plain.id, {VILLAGE: 7})
    seen = Evidence("headline", "code", ("check_area",), "zh-CN", "ab")
    await each.warnings.decide(plain.id, Colour.RED, [VILLAGE], seen)
    found = await each.warnings.get(plain.id)
    assert found is not None
    assert (found.colour, found.places, dict(found.outranked)) == (Colour.RED, {VILLAGE}, {VILLAGE: 7})
    assert found.evidence == seen
    assert found.evidence.check_area


async def test_only_what_went_out_is_corrected_and_only_once(each: Each) -> None:
    row = await each.warnings.add(warning_row(1))
    assert await each.warnings.mark_corrected(row.id)
    assert not await each.warnings.mark_corrected(row.id)
    found = await each.warnings.get(row.id)
    assert found is not None
    assert (found.state, found.corrected) == ("lifted", True)


async def test_each_officer_has_his_own_ticks(each: Each) -> None:
    row = await each.warnings.add(warning_row(1))
    await each.warnings.save_draft(row.id, 1, [VILLAGE])
    await each.warnings.save_draft(row.id, 2, [])
    assert await each.warnings.draft(row.id, 1) == {VILLAGE}
    assert await each.warnings.draft(row.id, 2) == frozenset()


async def test_posts_of_a_day_are_counted_and_digests_leave_once(each: Each) -> None:
    posted = GroupPost(-1, "warning:1", VILLAGE, "k1", START)
    waits = GroupPost(-1, "warning:2", VILLAGE, "k2", START, START + HOUR)
    await each.warnings.add_posts([posted, waits, posted])
    assert await each.warnings.posted_since(START) == {-1: 1}
    assert await each.warnings.posted_since(START + HOUR) == {}
    assert await each.warnings.digests_due(START) == []
    assert await each.warnings.digests_due(START + HOUR) == [waits]
    await each.warnings.digested(-1, ["warning:2"], "digest")
    assert await each.warnings.digests_due(START + HOUR) == []
    assert [one.key for one in await each.warnings.posts_of("warning:2")] == ["digest"]
    await each.warnings.move_posts(-1, -9)
    assert [one.chat_id for one in await each.warnings.posts_of("warning:1")] == [-9]


async def test_remarks_are_forgotten_and_that_they_were_made_is_not(each: Each) -> None:
    row = await each.warnings.add(warning_row(1))
    await each.warnings.add_act(WarningAct(row.id, "relayed", 2, START, VILLAGE, "看山塘"))
    assert await each.retention.forget_words(START, START + HOUR) == 1
    assert await each.warnings.acts(row.id) == [WarningAct(row.id, "relayed", 2, START, VILLAGE)]
