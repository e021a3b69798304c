"""The ladder's voice for warnings: reminding, handing up the silent with their numbers, asking again."""

from collections.abc import Sequence

from domain.obligations import Rung
from domain.outgoing import Lane
from domain.people import Person
from domain.text import Button, ButtonStyle
from services.acknowledge import warning_of
from services.channels import ByOtherChannels, channel_notes, why_with_notes
from services.ports import Obligation
from services.warning_asking import ask_message
from services.warning_missing import ON_ITS_WAY, why_silent
from services.warning_texts import ask_buttons, post_facts
from services.work import Work

_PHONE_LIST = 12
"""so many silent persons are named in one message, each with his buttons"""


class WarningVoice(ByOtherChannels):
    """services.ladder.Voice for warnings."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        await self._ask(work, owed, person, f"remind{owed.step}", "remind")

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
        text = work.words.card("warning_ask", person.language, again=again, actions=(), **await post_facts(work, row))
        key = f"{row.subject}:ask:{person.id}:{purpose}"
        message = ask_message(work, row, person, key, text, ask_buttons(work, row.id, person.language))
        await work.rows.outbox.put(message)

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        row = await warning_of(work, owed[0].subject)
        if row is None or row.state != "active":
            return
        tree = await work.tree()
        people = await work.rows.people.many({o.person_id for o in owed})
        undelivered = await work.rows.outbox.undelivered(row.subject)
        elsewhere = await channel_notes(work, row.subject)
        listed = [(o, people[o.person_id]) for o in owed if o.person_id in people]
        facts = await post_facts(work, row)
        for start in range(0, len(listed), _PHONE_LIST):
            part = listed[start : start + _PHONE_LIST]
            text = work.words.card(
                "warning_silent",
                to.language,
                rung_text=work.words.label(f"warning.rung.{rung.value}", to.language),
                minutes=int((work.now - owed[0].opened_at - owed[0].stopped).total_seconds() // 60),
                silent=[
                    {
                        "name": p.name,
                        "phone": p.phone,
                        "place": tree.path(o.place),
                        "why_text": why_with_notes(
                            work, why_silent(p, undelivered.get(p.id)), elsewhere.get(p.id, ()), to.language
                        ),
                    }
                    for o, p in part
                ],
                **facts,
            )
            await work.tell(
                to,
                f"{row.subject}:up:{rung.value}:{to.id}:{part[0][0].id}",
                text,
                subject=f"{row.subject}:up",  # not the question he owes an answer to himself: his own does not end it
                buttons=tuple(
                    (
                        Button(
                            work.words.label("warning.button.reached", to.language, name=p.name),
                            f"w:for:{row.id}:{p.id}",
                            style=ButtonStyle.PRIMARY,
                        ),
                    )
                    for _, p in part
                ),
                lane=Lane.URGENT,
                expires_at=row.expires,
            )
