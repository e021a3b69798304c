"""The ladder's voice for warnings: reminding, handing up the silent with their numbers, asking again."""

from collections import Counter
from collections.abc import Sequence

from domain.obligations import Rung
from domain.outgoing import Lane
from domain.people import Person, Role
from services import phone_lists
from services.answer_subjects import warning_of
from services.channels import ByOtherChannels
from services.ports import Obligation, WarningRow
from services.warning_asking import ask_message
from services.warning_missing import ON_ITS_WAY
from services.warning_rest import RestsAtNight
from services.warning_texts import actions_for, ask_buttons, post_facts
from services.work import Work

MOST_NAMED = 3 * phone_lists.PAGE
"""more silent persons than these are told to the county as numbers by township: nobody telephones through fifty pages,
and each township's desk has its own list"""


class WarningVoice(RestsAtNight, ByOtherChannels):
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
            if rung is Rung.COUNTY and len(owed) > MOST_NAMED:
                await self._gather(work, row, to, owed, key)
                return
            await phone_lists.send(work, row, to, owed, heading=rung.value, key=key)

    async def _gather(self, work: Work, row: WarningRow, to: Person, owed: Sequence[Obligation], key: str) -> None:
        """How many are silent in each township, and whom to telephone there; the names are at /missing."""
        tree = await work.tree()
        silent = Counter(None if (t := tree.township_of(one.place)) is None else t.code for one in owed)
        desks = await work.rows.people.holding([Role.STATION, Role.DUTY], [code for code in silent if code is not None])
        listed = []
        for code, number in sorted(silent.items(), key=lambda item: item[0] or ""):
            desk = next((p for p in desks if any(post.place == code for post in p.posts)), None)
            listed.append(
                {
                    "place": tree.path(work.county if code is None else code),
                    "number": number,
                    "desk": "" if desk is None else f"{desk.name} {desk.phone}",
                }
            )
        text = work.words.card(
            "warning_gathered",
            to.language,
            left=len(owed),
            minutes=int((work.now - owed[0].opened_at - owed[0].stopped).total_seconds() // 60),
            counted=listed,
            **await post_facts(work, row),
        )
        await work.tell(
            to, f"{key}:{to.id}", text, subject=f"{row.subject}:up", lane=Lane.URGENT, expires_at=row.expires
        )
