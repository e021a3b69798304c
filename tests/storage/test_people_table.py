"""People, their posts and absences; places, groups, dialogues, boards."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.people import Leave, PersonId, PersonStatus, Post, PrivateChat, Role
from domain.places import Level, Place, PlaceCode
from services.ports import Board, DialogueRow, Group, Rows
from storage.store import SqlStore
from tests.storage.filling import COUNTY, PLACES, TOWNSHIP, VILLAGE
from tests.support.databases import START, Each

USER = 7_000_000_001
HEAD = Post(Role.VILLAGE_HEAD, VILLAGE)
WATER = Post(Role.DEPARTMENT, COUNTY, "水利")


@pytest.fixture
async def ana(each: Each) -> PersonId:
    """李书记, with two posts."""
    await each.places.save(PLACES)
    number = PersonId(await each.people.add(name="李书记", phone="13800000001", title="村支书"))
    await each.people.set_posts(number, [HEAD, WATER])
    return number


@pytest.fixture
async def bob(each: Each, ana: PersonId) -> PersonId:
    """王大爷, who has no post yet."""
    return PersonId(await each.people.add(name="王大爷", phone="13800000002", language="en"))


# -- people -----------------------------------------------------------------------------------------------------------


async def test_a_person_comes_out_as_he_went_in(each: Each, ana: PersonId, bob: PersonId) -> None:
    person = await each.people.get(ana)

    assert (person.id, person.name, person.phone, person.title) == (ana, "李书记", "13800000001", "村支书")
    assert (person.language, person.status, person.user_id) == ("zh", PersonStatus.ACTIVE, None)
    assert person.private_chat is PrivateChat.NEVER
    assert person.posts == (HEAD, WATER)
    assert (await each.people.get(bob)).language == "en"
    assert await each.people.get(99) is None
    assert (await each.people.by_phone("13800000002")).id == bob
    assert await each.people.by_phone("1") is None
    assert [p.id for p in await each.people.all()] == [ana, bob]


async def test_posts_are_replaced_as_a_whole_and_each_counts_once(each: Each, ana: PersonId, bob: PersonId) -> None:
    await each.people.set_posts(bob, [HEAD])
    await each.people.set_posts(ana, [WATER, WATER])

    assert (await each.people.get(ana)).posts == (WATER,)
    assert (await each.people.get(bob)).posts == (HEAD,)
    await each.people.set_posts(ana, [])
    assert (await each.people.get(ana)).posts == ()


async def test_two_people_never_share_a_telephone_number(each: Each, ana: PersonId) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        await each.people.add(name="冒名", phone="13800000001")


async def test_a_post_needs_a_place_that_exists(each: Each, ana: PersonId) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        await each.people.set_posts(ana, [Post(Role.GRID_MEMBER, PlaceCode("999999"))])

    assert (await each.people.get(ana)).posts == (HEAD, WATER)


async def test_many_are_found_however_many_are_asked_for(each: Each, store: SqlStore, ana: PersonId) -> None:
    async def add(rows: Rows) -> list[PersonId]:
        return [await rows.people.add(name=f"n{n}", phone=f"139{n:08d}") for n in range(520)]

    ids = await store.write(add)

    assert await each.people.many([]) == {}
    assert set(await each.people.many([*ids[:3], 99_999])) == set(ids[:3])
    found = await each.people.many([*ids, ana])
    assert set(found) == {*ids, ana}
    assert found[ana].posts == (HEAD, WATER)


async def test_who_holds_a_post_is_found_once_and_only_while_active(each: Each, ana: PersonId, bob: PersonId) -> None:
    await each.people.set_posts(bob, [HEAD, Post(Role.WARNER, VILLAGE)])
    roles = [Role.VILLAGE_HEAD, Role.WARNER]

    assert [p.id for p in await each.people.holding(roles, [VILLAGE, TOWNSHIP])] == [ana, bob]
    assert await each.people.holding(roles, [TOWNSHIP]) == []
    assert await each.people.holding([Role.DEPARTMENT], [VILLAGE]) == []
    assert await each.people.holding([], []) == []
    await each.people.update(bob, status=PersonStatus.LEFT.value)
    assert [p.id for p in await each.people.holding(roles, [VILLAGE])] == [ana]


async def test_people_are_searched_by_name_and_number_within_an_area(each: Each, ana: PersonId, bob: PersonId) -> None:
    await each.people.set_posts(bob, [Post(Role.GRID_MEMBER, VILLAGE)])

    assert [p.id for p in await each.people.search("李", VILLAGE)] == [ana]
    assert [p.id for p in await each.people.search("138", COUNTY)] == [ana, bob]
    assert [p.id for p in await each.people.search("138", COUNTY, limit=1)] == [ana]
    assert await each.people.search("%", COUNTY) == [], "no wildcards from people"
    assert await each.people.search("李", PlaceCode("331125")) == []


# -- enrolment --------------------------------------------------------------------------------------------------------


async def test_an_account_is_tied_to_one_person_only(each: Each, ana: PersonId, bob: PersonId) -> None:
    assert await each.people.enrol(ana, USER, START)
    assert await each.people.enrol(ana, USER, START), "again is no offence"
    assert not await each.people.enrol(ana, USER + 1, START), "tied elsewhere"
    assert not await each.people.enrol(bob, USER, START), "somebody else's"
    assert not await each.people.enrol(99, USER + 2, START)

    person = await each.people.by_user(USER)
    assert (person.id, person.user_id, person.private_chat) == (ana, USER, PrivateChat.OPEN)
    assert (await each.people.get(bob)).user_id is None


async def test_of_many_who_use_one_account_at_once_one_gets_it(each: Each, ana: PersonId, bob: PersonId) -> None:
    tied = await asyncio.gather(*(each.people.enrol(one, USER, START) for one in (ana, bob) * 10))

    assert (await each.people.by_user(USER)).id == ana
    assert tied == [True, False] * 10


async def test_an_account_that_was_let_go_can_be_tied_again(each: Each, ana: PersonId, bob: PersonId) -> None:
    await each.people.enrol(ana, USER, START)
    await each.people.release_account(ana)

    assert await each.people.by_user(USER) is None
    assert (await each.people.get(ana)).private_chat is PrivateChat.NEVER
    assert await each.people.enrol(bob, USER, START)
    assert (await each.people.by_user(USER)).id == bob


async def test_who_has_left_is_nobody_to_the_bot(each: Each, ana: PersonId) -> None:
    await each.people.enrol(ana, USER, START)
    await each.people.update(ana, status=PersonStatus.LEFT.value)

    assert await each.people.by_user(USER) is None


async def test_whether_the_private_chat_is_open_is_noted(each: Each, ana: PersonId) -> None:
    for state in PrivateChat:
        await each.people.set_private_chat(ana, state)
        assert (await each.people.get(ana)).private_chat is state


# -- leave ------------------------------------------------------------------------------------------------------------


async def test_a_leave_holds_from_its_first_instant_to_its_last(each: Each, ana: PersonId, bob: PersonId) -> None:
    leave = Leave(ana, bob, START, START + timedelta(days=2))
    await each.people.add_leave(leave, recorded_by=bob)

    assert await each.people.leaves(START - timedelta(microseconds=1)) == []
    assert await each.people.leaves(START) == [leave]
    assert await each.people.leaves(leave.ends_at) == []


async def test_a_leave_can_end_early(each: Each, ana: PersonId, bob: PersonId) -> None:
    await each.people.add_leave(Leave(ana, bob, START, START + timedelta(days=2)), recorded_by=bob)
    back = START + timedelta(days=1)

    assert not await each.people.end_leave(bob, back)
    assert await each.people.end_leave(ana, back)
    assert not await each.people.end_leave(ana, back + timedelta(hours=1))
    assert await each.people.leaves(back) == []
    assert len(await each.people.leaves(START)) == 1


async def test_a_leave_never_ends_before_it_begins(each: Each, ana: PersonId, bob: PersonId) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        await each.people.add_leave(Leave(ana, bob, START, START), recorded_by=bob)


# -- places -----------------------------------------------------------------------------------------------------------


async def test_the_tree_comes_out_as_it_went_in(each: Each) -> None:
    await each.places.save(reversed(PLACES))

    tree = await each.places.tree()

    assert [tree.get(place.code) for place in PLACES] == list(PLACES)


async def test_a_place_saved_again_is_changed_and_not_doubled(each: Each) -> None:
    await each.places.save(PLACES)
    await each.places.save([Place(VILLAGE, "新上坞村", Level.VILLAGE, TOWNSHIP, 1.5, 2.5)])
    await each.places.save([])

    place = (await each.places.tree()).get(VILLAGE)
    assert (place.name, place.lat, place.lon) == ("新上坞村", 1.5, 2.5)


# -- groups -----------------------------------------------------------------------------------------------------------


def group(chat_id: int, place: PlaceCode | None = VILLAGE, **fields: object) -> Group:
    return Group(chat_id, f"群{chat_id}", place, **fields)  # type: ignore[arg-type]


async def test_a_group_is_saved_again_and_again(each: Each, ana: PersonId) -> None:
    await each.groups.save(group(-1))
    changed = group(-1, TOWNSHIP, department="水利", can_send=False, can_pin=True, is_admin=True)
    await each.groups.save(changed)

    assert await each.groups.get(-1) == changed
    assert await each.groups.get(-2) is None
    assert await each.groups.all() == [changed]


async def test_only_active_groups_of_exactly_these_places_are_written_to(each: Each, ana: PersonId) -> None:
    await each.groups.save(group(-1))
    await each.groups.save(group(-2, TOWNSHIP))
    await each.groups.save(group(-3, status="left"))
    await each.groups.save(group(-4, None, status="unbound"))

    assert [g.chat_id for g in await each.groups.bound_to([VILLAGE])] == [-1]
    assert [g.chat_id for g in await each.groups.bound_to([VILLAGE, TOWNSHIP])] == [-2, -1]
    assert await each.groups.bound_to([]) == []


async def test_a_group_that_became_a_supergroup_keeps_what_it_stands_for(each: Each, ana: PersonId) -> None:
    await each.groups.save(group(-1, department="水利"))
    await each.groups.save(group(-100_1, None, status="unbound"))
    await each.groups.migrate(-1, -100_1)

    assert await each.groups.get(-1) is None
    moved = await each.groups.get(-100_1)
    assert (moved.place, moved.department, moved.status) == (VILLAGE, "水利", "active")


# -- dialogues --------------------------------------------------------------------------------------------------------


async def test_a_dialogue_is_kept_for_each_person_and_chat(each: Each) -> None:
    row = DialogueRow(USER, USER, "hazard", '{"at": "种类"}', "d:1", START)
    await each.dialogues.save(row)
    await each.dialogues.save(DialogueRow(USER, -1, "patrol", "{}", "d:2", START + timedelta(hours=1), reminded=True))
    changed = DialogueRow(USER, USER, "hazard", "{}", "d:3", START + timedelta(minutes=1))
    await each.dialogues.save(changed)

    assert await each.dialogues.get(USER, USER) == changed
    assert (await each.dialogues.get(USER, -1)).reminded
    assert await each.dialogues.get(USER, -2) is None
    assert [r.form for r in await each.dialogues.idle_since(START + timedelta(days=1))] == ["hazard", "patrol"]
    assert [r.form for r in await each.dialogues.idle_since(START + timedelta(hours=1))] == ["hazard"]


async def test_dialogues_are_dropped_one_by_one_or_all_of_a_person(each: Each) -> None:
    for chat in (1, 2, 3):
        await each.dialogues.save(DialogueRow(USER, chat, "hazard", "{}", "d", START))
    await each.dialogues.save(DialogueRow(USER + 1, 1, "hazard", "{}", "d", START))
    await each.dialogues.drop(USER, 1)
    await each.dialogues.drop(USER, 1)

    assert await each.dialogues.drop_user(USER) == 2
    assert await each.dialogues.get(USER + 1, 1) is not None


# -- boards -----------------------------------------------------------------------------------------------------------


async def test_a_board_is_drawn_only_after_something_changed_and_not_too_often(each: Each) -> None:
    boards = [Board("warning:1", chat, VILLAGE, f"post:{chat}", START) for chat in (-1, -2)]
    await each.boards.add([*boards, Board("warning:1", -3, TOWNSHIP, "post:-3", START)])
    await each.boards.add(boards)
    assert await each.boards.dirty(START) == []

    await each.boards.mark("warning:1", [VILLAGE])
    assert await each.boards.dirty(START - timedelta(seconds=1)) == []
    assert await each.boards.dirty(START) == sorted(boards, key=lambda b: b.chat_id)
    assert await each.boards.dirty(START, limit=1) == [boards[1]]

    later = START + timedelta(seconds=10)
    await each.boards.drawn("warning:1", -1, later)
    assert [b.chat_id for b in await each.boards.dirty(later)] == [-2]
    await each.boards.mark_all("warning:1")
    assert [(b.chat_id, b.times_drawn) for b in await each.boards.dirty(later)] == [(-3, 0), (-2, 0), (-1, 1)]
    await each.boards.mark("warning:2", [VILLAGE])
    await each.boards.add([])


async def test_the_boards_of_a_group_that_moved_go_with_it(each: Each) -> None:
    await each.boards.add([Board("warning:1", chat, VILLAGE, f"k{chat}", START) for chat in (-1, -2, -3)])
    await each.boards.add([Board("warning:2", -1, VILLAGE, "k", START)])
    for _ in range(2):
        await each.boards.move(-1, -2)

    found = await each.boards.of_subject("warning:1")
    assert [(b.chat_id, b.post_key) for b in found] == [(-3, "k-3"), (-2, "k-2")]
    assert await each.boards.get("warning:2", -2) == Board("warning:2", -2, VILLAGE, "k", START)
    assert await each.boards.get("warning:2", -1) is None
