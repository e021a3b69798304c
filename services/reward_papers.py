"""Cases of rewards as a sheet for the finance office: what was decided by whom. Who reported stands nowhere in it."""

from collections.abc import Mapping
from typing import Any

from domain.errors import NotAllowed
from domain.people import RIGHTS, Action, Person
from services.ledger_papers import XLSX
from services.papers import Bench, Made, Paper
from services.ports.papers import PaperJob
from services.reward_cards import reward_facts
from services.rewards import cases_of
from services.supervision_papers import Sheet, cell, write_sheet
from services.work import Work

REWARD_COLUMNS = (
    *(("case", "id"), ("number", "id"), ("place", "text"), ("category", "text"), ("state", "text")),
    *(("amount", "number"), ("over", "text"), ("proposer", "text"), ("approver", "text"), ("approved", "time")),
    *(("payer", "text"), ("paid", "time"), ("reason", "text")),
)
_MOST = 5000


class RewardSheet(Paper):
    kind = "reward_sheet"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:  # noqa: ARG002
        if not any(post.role in RIGHTS[Action.PAY_REWARD] for post in person.posts):
            raise NotAllowed("refused.no_right")

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        sheet = await bench.read(lambda work: _cases(work, job))
        out = await write_sheet(bench, sheet)

        async def made(work: Work) -> Made:
            at = work.local(work.now)
            caption = work.words.text("reward.sheet", job.language, number=len(sheet.rows), at=at)
            return Made(out, f"{sheet.title}{at:%Y%m%d-%H%M}.xlsx", XLSX, caption)

        return await bench.read(made)


async def _cases(work: Work, job: PaperJob) -> Sheet:
    person, lang, label = await work.rows.people.get(job.person_id), job.language, work.words.label
    assert person is not None  # allow() has asked him
    columns = [{"title": label(f"reward.column.{name}", lang), "kind": kind} for name, kind in REWARD_COLUMNS]
    rows = []
    for case in reversed(await cases_of(work, person, _MOST)):
        facts = await reward_facts(work, case, lang)
        facts["state"] = label(f"reward.state.{case.state.value}", lang)
        facts["over"] = label("reward.over", lang) if facts["over"] else ""
        rows.append([cell(facts[name]) for name, _ in REWARD_COLUMNS])
    return Sheet(label("paper.title.reward_sheet", lang), columns, rows)


REWARD_SHEET = RewardSheet()
