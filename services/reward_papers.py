"""Cases of rewards as a sheet for the finance office: what was decided by whom. Who reported stands nowhere in it."""

from domain.people import Action, Person
from services.papers import Paper
from services.register_papers import Register, Sheet
from services.reward_cards import reward_facts
from services.rewards import cases_of
from services.supervision_papers import cell
from services.work import Work

REWARD_COLUMNS = (
    *(("case", "id"), ("number", "id"), ("place", "text"), ("category", "text"), ("state", "text")),
    *(("amount", "number"), ("over", "text"), ("proposer", "text"), ("approver", "text"), ("approved", "time")),
    *(("payer", "text"), ("paid", "time"), ("reason", "text")),
)
_MOST = 5000


class RewardSheet(Register, Paper):
    kind = "reward_sheet"
    right = Action.PAY_REWARD
    caption = "reward.sheet"

    async def sheet(self, work: Work, person: Person, lang: str) -> Sheet:
        label = work.words.label
        columns = [{"title": label(f"reward.column.{name}", lang), "kind": kind} for name, kind in REWARD_COLUMNS]
        rows = []
        for case in reversed(await cases_of(work, person, _MOST)):
            facts = await reward_facts(work, case, lang)
            facts["state"] = label(f"reward.state.{case.state.value}", lang)
            facts["over"] = label("reward.over", lang) if facts["over"] else ""
            rows.append([cell(facts[name]) for name, _ in REWARD_COLUMNS])
        return Sheet(label("paper.title.reward_sheet", lang), columns, rows)


REWARD_SHEET = RewardSheet()
