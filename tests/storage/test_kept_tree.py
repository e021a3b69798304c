"""The division tree is built once and kept, and is never another one than the database's."""

from dataclasses import replace

import pytest

from domain.places import Level, Place, PlaceCode, PlaceTree
from services.ports import Rows
from storage.database import Database
from storage.store import SqlStore
from tests.storage.filling import PLACES
from tests.support.databases import START

NEW = Place(PlaceCode("331124001099"), "新村", Level.VILLAGE, PlaceCode("331124001"))


def store_of(database: Database) -> SqlStore:
    return SqlStore(database, lambda: START)


async def tree(store: SqlStore) -> PlaceTree:
    return await store.read(lambda rows: rows.places.tree())


@pytest.fixture
async def store(database: Database) -> SqlStore:
    store = store_of(database)
    await store.write(lambda rows: rows.places.save(PLACES))
    return store


async def test_the_tree_is_built_once_for_many_transactions(store: SqlStore) -> None:
    first = await tree(store)
    assert [place.code for place in first] == sorted((p.code for p in PLACES), key=lambda code: (len(code), code))
    assert await tree(store) is first


async def test_what_was_saved_is_seen_at_once_inside_and_outside(store: SqlStore) -> None:
    await tree(store)

    async def save(rows: Rows) -> bool:
        await rows.places.save([NEW])
        return NEW.code in await rows.places.tree()

    assert await store.write(save)
    assert NEW.code in await tree(store)


async def test_what_was_undone_is_not_kept_whatever_is_saved_next(store: SqlStore) -> None:
    before = await tree(store)

    async def fail(rows: Rows) -> None:
        await rows.places.save([NEW])
        assert NEW.code in await rows.places.tree()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await store.write(fail)
    assert await tree(store) is before
    other = replace(NEW, code=PlaceCode("331124001098"))
    await store.write(lambda rows: rows.places.save([other]))
    assert NEW.code not in await tree(store)
    assert other.code in await tree(store)


async def test_another_process_s_places_are_seen(store: SqlStore, database: Database) -> None:
    await tree(store)
    await store_of(database).write(lambda rows: rows.places.save([replace(PLACES[-1], name="改名村"), NEW]))
    assert NEW.code in await tree(store)
