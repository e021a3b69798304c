"""The ladder's voice for warnings: reminding, handing up the silent with their numbers, asking again."""

from collections.abc import Sequence

from domain.obligations import Rung
from domain.people import Person
from services import phone_lists
from services.answer_subjects import warning_of
from services.channels import ByOtherChannels
from services.ports import Obligation
from services.warning_asking import ask_message
from services.warning_missing import ON_ITS_WAY
from services.warning_texts import actions_for, ask_buttons, post_facts
from services.work import Work


class WarningVoice(ByOtherChannels):
    """services.ladder.Voice for warnings."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        await self._ask(work, owed, person, f"remind{owed.step}:{int(owed.opened_at.timestamp())}", "remind")

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            await self._ask(work, one, person, f"again{int(work.now.timestamp())}", "deaf")

    async def _ask(self, work: Work, owed: Obligation, person: Person, purpose: str, again: str) -> None:
        row = await warning_of(work, owed.subject)
        if row is None or row.state != "active" or not person.reachable:
            return
        first = await work.rows.outbox.state_of(f"{row.subject}:ask:{person.id}")
        if first is not None and first[0] in ON_ITS_WAY:
            return  # nobody is reminded of what has not reached him yet
        if first is None or first[0] != "sent":
            again = ""  # he never had it: all of it, and no word of an answer that is missing
        actions = () if again else actions_for(work, row, person)
        facts = await post_facts(work, row)
        text = work.words.card("warning_ask", person.language, again=again, actions=actions, **facts)
        key = f"{row.subject}:ask:{person.id}:{purpose}"
        message = ask_message(work, row, person, key, text, ask_buttons(work, row.id, person.language))
        await work.rows.outbox.put(message)

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        row = await warning_of(work, owed[0].subject)
        if row is not None and row.state == "active":
            key = f"{row.subject}:up:{rung.value}:{int(owed[0].opened_at.timestamp())}"
            await phone_lists.send(work, row, to, owed, heading=rung.value, key=key)
