"""Papers: asked for, made one at a time beside everything else, and told about; across failures and restarts."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.errors import NotAllowed
from domain.papers import PaperState
from domain.people import Person
from services.paper_kinds import PAPERS
from services.paper_worker import PaperWorker
from services.papers import Bench, Made, Paper, ask_for_paper
from services.ports import PaperJob
from services.work import Work
from tests.support.county import GRID, STATION, County, small_county


class Note(Paper):
    """One line of text. `fails` so often, and `gone` once the right is lost."""

    kind = "hazard_ledger"

    def __init__(self, fails: int = 0) -> None:
        self.fails, self.gone, self.made = fails, False, 0

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:
        if self.gone:
            raise NotAllowed("refused.no_right")

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        self.made += 1
        if self.made <= self.fails:
            raise OSError("no room")
        await bench.progress(1, 2)
        out = bench.folder / "note.txt"
        out.write_text(f"for {job.person_id}")
        caption = await bench.read(_caption)
        return Made(out, "便条.txt", "text/plain", caption)


async def _caption(work: Work) -> Any:
    return work.words.text("ledger.caption", title="便条", number=1, at=work.local(work.now))


def worker(county: County, paper: Paper, boot: str = "here") -> PaperWorker:
    return PaperWorker(county.bot.doors, county.bot.shelf, {paper.kind: paper}, lambda: None, boot)


async def ask(county: County, paper: Paper, who: Any = STATION) -> int:
    person = await county.person(who)
    number = await county.run(lambda work: ask_for_paper(work, paper, {"span": "all"}, person))
    assert isinstance(number, int)
    return number


async def state(county: County, number: int) -> PaperState:
    job = await county.run(lambda work: work.rows.papers.get(number))
    assert isinstance(job, PaperJob)
    return job.state


async def test_a_paper_is_announced_made_and_sent_as_a_file(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        paper = Note()
        number = await ask(county, paper)
        assert county.new(STATION) == ["⏳ 隐患台账正在生成，做好了发给您。您可以先忙别的。"]
        assert await worker(county, paper).run_once()
        await county.settle()
        announced, file = county.messages(STATION.user_id)[-2:]
        assert announced.text == "✅ 隐患台账做好了，见下面的文件。"
        assert file.payload["document"]["file_name"] == "便条.txt"
        assert file.file is not None
        assert file.file.data.decode() == f"for {county.ids[STATION.user_id]}"
        assert await state(county, number) is PaperState.DONE
        assert not await worker(county, paper).run_once()
        county.seen_all()


async def test_who_asks_twice_while_it_is_made_gets_one(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        paper = Note()
        assert await ask(county, paper) == await ask(county, paper)
        assert len(county.new(STATION)) == 1


async def test_a_half_made_paper_is_begun_anew_after_a_restart(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        paper = Note()
        number = await ask(county, paper)
        await county.run(lambda work: work.rows.papers.begin(number, "the process that died", work.now))
        assert not await worker(county, paper).run_once()
        again = worker(county, paper)
        await again.begin()
        assert await again.run_once()
        assert await state(county, number) is PaperState.DONE
        await county.settle()
        county.seen_all()


async def test_what_fails_rests_and_is_tried_again(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        paper = Note(fails=1)
        number = await ask(county, paper)
        making = worker(county, paper)
        assert await making.run_once()
        assert not await making.run_once()
        await county.pass_time(minutes=1)
        assert await making.run_once()
        assert await state(county, number) is PaperState.DONE
        await county.settle()
        county.seen_all()


async def test_a_poisonous_one_is_put_aside_and_the_person_told(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        paper = Note(fails=99)
        number = await ask(county, paper)
        making = worker(county, paper)
        for _ in range(county.bot.doors.policy.papers.tries):
            assert await making.run_once()
            await county.pass_time(minutes=5)
        assert not await making.run_once()
        assert await state(county, number) is PaperState.ASIDE
        assert county.last(STATION).startswith("⚠️ 隐患台账试了几次都没有做成。")


async def test_a_paper_that_kills_the_process_is_not_tried_for_ever(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        paper = Note()
        number = await ask(county, paper)
        for boot in ("a", "b", "c"):
            await county.run(lambda work, boot=boot: work.rows.papers.begin(number, boot, work.now))
            await county.run(lambda work: work.rows.papers.recover("next"))
        assert await worker(county, paper).run_once()
        assert (await state(county, number), paper.made) == (PaperState.ASIDE, 0)
        await county.settle()
        county.seen_all()


async def test_rights_are_asked_again_when_it_is_made(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        paper = Note()
        number = await ask(county, paper)
        paper.gone = True
        assert await worker(county, paper).run_once()
        await county.settle()
        assert (await state(county, number), paper.made) == (PaperState.REFUSED, 0)
        assert "不在您名册登记的职责之内" in county.last(STATION)


async def test_who_may_not_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        person = await county.person(GRID)
        with pytest.raises(NotAllowed):
            await county.run(lambda work: ask_for_paper(work, PAPERS["hazard_ledger"], {}, person))
        assert county.new(GRID) == []


async def test_files_go_after_their_days_and_the_row_says_so(tmp_path: Path) -> None:
    async with small_county(tmp_path) as county:
        paper = Note()
        number = await ask(county, paper)
        making = worker(county, paper)
        await making.run_once()
        await county.settle()
        job = await county.run(lambda work: work.rows.papers.get(number))
        assert county.bot.shelf.path(job.file).is_file()
        county.clock.advance(timedelta(days=county.bot.doors.policy.papers.keep_days))
        assert await making.expire() == 1
        assert not county.bot.shelf.path(job.file).exists()
        assert (await county.run(lambda work: work.rows.files.get(job.file))).gone_at == county.clock.now()
        assert await making.expire() == 0
        county.seen_all()
