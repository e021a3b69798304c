"""Papers and pictures as queues, files as rows: on both databases."""

from datetime import timedelta

from domain.papers import FileKind, PaperState, PhotoState
from services.ports import PaperJob, Photo, StoredFile
from storage.store import SqlStore
from tests.storage.filling import people
from tests.support.databases import Each, Hands


async def job(store: SqlStore, each: Each, clock: Hands, kind: str = "ledger") -> PaperJob:
    (person,) = await store.write(lambda rows: people(rows, 1))
    made: PaperJob = await each.papers.add(PaperJob(0, kind, {"span": "all"}, person, 77, "zh", clock.now()))
    return made


async def test_a_paper_is_begun_by_one_and_finished_once(store: SqlStore, each: Each, clock: Hands) -> None:
    asked = await job(store, each, clock)
    assert await each.papers.next_waiting(clock.now()) == asked
    assert [one.id for one in await each.papers.unfinished(asked.person_id)] == [asked.id]
    begun = await each.papers.begin(asked.id, "boot", clock.now())
    assert (begun.state, begun.attempts, dict(begun.args)) == (PaperState.MAKING, 1, {"span": "all"})
    assert await each.papers.begin(asked.id, "other", clock.now()) is None
    assert await each.papers.next_waiting(clock.now()) is None
    await each.papers.advance(asked.id, 5, 9, clock.now())
    assert await each.papers.finish(asked.id, PaperState.DONE, clock.now(), "ab", "a.xlsx")
    assert not await each.papers.finish(asked.id, PaperState.ASIDE, clock.now())
    done = await each.papers.get(asked.id)
    assert (done.state, done.done, done.total, done.file, done.file_name) == (PaperState.DONE, 5, 9, "ab", "a.xlsx")
    assert await each.papers.unfinished(asked.person_id) == []


async def test_one_that_rests_lets_the_others_pass(store: SqlStore, each: Each, clock: Hands) -> None:
    first = await job(store, each, clock)
    second = await each.papers.add(PaperJob(0, "map", {}, first.person_id, 77, "zh", clock.now()))
    await each.papers.begin(first.id, "boot", clock.now())
    await each.papers.wait_again(first.id, clock.now() + timedelta(minutes=1))
    assert (await each.papers.next_waiting(clock.now())).id == second.id
    clock.advance(seconds=61)
    assert (await each.papers.next_waiting(clock.now())).id == first.id


async def test_only_what_another_process_made_waits_again(store: SqlStore, each: Each, clock: Hands) -> None:
    first = await job(store, each, clock)
    second = await each.papers.add(PaperJob(0, "map", {}, first.person_id, 77, "zh", clock.now()))
    await each.papers.begin(first.id, "old", clock.now())
    await each.papers.begin(second.id, "new", clock.now())
    assert await each.papers.recover("new") == 1
    assert (await each.papers.get(first.id)).state is PaperState.WAITING
    assert (await each.papers.get(second.id)).state is PaperState.MAKING


def stored(clock: Hands, days: int | None, name: str = "ab") -> StoredFile:
    until = None if days is None else clock.now() + timedelta(days=days)
    return StoredFile(name, 3, "image/jpeg", FileKind.PHOTO, clock.now(), until)


async def test_a_file_named_twice_has_the_longer_life(each: Each, clock: Hands) -> None:
    await each.files.add(stored(clock, 9))
    await each.files.add(stored(clock, 2))
    assert (await each.files.get("ab")).expires_at == clock.now() + timedelta(days=9)
    await each.files.add(stored(clock, None))
    await each.files.add(stored(clock, 2))
    assert (await each.files.get("ab")).expires_at is None


async def test_what_is_gone_may_come_again(each: Each, clock: Hands) -> None:
    await each.files.add(stored(clock, 1))
    clock.advance(days=1)
    assert [one.sha256 for one in await each.files.expired(clock.now())] == ["ab"]
    await each.files.mark_gone(["ab"], clock.now())
    assert await each.files.expired(clock.now()) == []
    assert await each.files.present(["ab", "cd"]) == set()
    await each.files.add(stored(clock, 1))
    assert await each.files.present(["ab", "cd"]) == {"ab"}
    assert (await each.files.get("ab")).expires_at == clock.now() + timedelta(days=1)


async def test_a_picture_is_wanted_once_and_settled(each: Each, clock: Hands) -> None:
    wanted = [Photo("f1", "hazard:1", clock.now(), role="before"), Photo("f2", "hazard:1", clock.now())]
    assert await each.photos.want(wanted) == 2
    assert await each.photos.want(wanted) == 0
    await each.photos.wait_again("f1", clock.now() + timedelta(minutes=1))
    assert (await each.photos.next_waiting(clock.now())).file_id == "f2"
    kept = Photo("f2", "hazard:1", clock.now(), PhotoState.STORED, sha256="ab", width=4, height=3, lat=28.4, lon=119.4)
    await each.photos.settle(kept)
    first, second = await each.photos.of(["hazard:1", "hazard:2"])
    assert (first.attempts, first.role, first.state) == (1, "before", PhotoState.WAITING)
    assert (second.sha256, second.lat, second.state) == ("ab", 28.4, PhotoState.STORED)
    assert await each.photos.of([]) == []
