"""The ladders' voices for what follows 收到: stage two, the first reply of a township, households in a village."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from domain.obligations import Rung
from domain.outgoing import Lane
from domain.people import Person
from domain.text import Button, ButtonStyle
from services import answered_card, phone_lists
from services.answer_subjects import warning_of
from services.first_reply import show_county
from services.ports import Obligation, WarningRow
from services.warning_rest import RestsAtNight
from services.warning_texts import post_facts
from services.work import Work

_BUTTONS = 20
"""so many townships have a button of their own"""


def naming(work: Work, row: WarningRow, person: Person) -> dict[str, object]:
    """What a short reminder needs to name the warning."""
    return {
        "kind": row.kind,
        "colour": work.words.label(f"warning.colour.{row.colour.value}", person.language),
        "number": row.number,
        "exercise": row.exercise,
    }


def _reply_button(row: WarningRow, owed: Obligation, label: str) -> Button:
    return Button(label, f"w:first:{row.id}:{owed.place}", style=ButtonStyle.PRIMARY)


class _Asking(RestsAtNight, ABC):
    """Reminding, and asking again after deafness: the same question under another key."""

    async def remind(self, work: Work, owed: Obligation, person: Person) -> None:
        await self._ask(work, owed, person, f"remind{owed.step}:{int(owed.opened_at.timestamp())}")

    async def ask_again(self, work: Work, person: Person, owed: Sequence[Obligation]) -> None:
        for one in owed:
            await self._ask(work, one, person, f"again{int(work.now.timestamp())}")

    @abstractmethod
    async def _ask(self, work: Work, owed: Obligation, person: Person, purpose: str) -> None: ...


class ActingVoice(_Asking):
    """services.ladder.Voice for stage two."""

    async def _ask(self, work: Work, owed: Obligation, person: Person, purpose: str) -> None:
        row = await warning_of(work, owed.subject)
        if row is None or row.state != "active":
            return
        text = work.words.text("answers.act.remind", person.language, **naming(work, row, person))
        buttons = (answered_card.measure_buttons(work, row.id, person.language, set()),)
        key = f"{owed.subject}:{person.id}:{purpose}"
        await work.tell(
            person, key, text, subject=owed.subject, buttons=buttons, lane=Lane.URGENT, expires_at=row.expires
        )

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        row = await warning_of(work, owed[0].subject)
        if row is not None and row.state == "active":
            await phone_lists.send(work, row, to, owed, heading="act", key=f"{row.subject}:up:act:{rung.value}")


class ReplyVoice(_Asking):
    """services.ladder.Voice for first replies."""

    async def _ask(self, work: Work, owed: Obligation, person: Person, purpose: str) -> None:
        row = await warning_of(work, owed.subject)
        if row is None or row.state != "active":
            return
        place = (await work.tree()).path(owed.place)
        text = work.words.text("answers.first_reply.remind", person.language, place=place, **naming(work, row, person))
        buttons = ((_reply_button(row, owed, work.words.label("answers.button.first_reply", person.language)),),)
        await work.tell(
            person,
            f"{owed.subject}:{person.id}:{purpose}",
            text,
            subject=owed.subject,
            buttons=buttons,
            lane=Lane.URGENT,
            expires_at=row.expires,
        )

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:  # noqa: ARG002
        row = await warning_of(work, owed[0].subject)
        if row is None or row.state != "active":
            return
        tree, people = await work.tree(), await work.rows.people.many({one.person_id for one in owed})
        missing = [
            {"place": tree.path(one.place), "name": people[one.person_id].name, "phone": people[one.person_id].phone}
            for one in owed
            if one.person_id in people
        ]
        text = work.words.card("first_replies_missing", to.language, missing=missing, **await post_facts(work, row))
        key = f"{owed[0].subject}:up:{to.id}:{owed[0].id}"
        label = work.words.label
        buttons = tuple(
            (_reply_button(row, one, label("answers.button.reply_for", to.language, place=tree.path(one.place))),)
            for one in owed[:_BUTTONS]
        )
        await work.tell(
            to, key, text, subject=f"{row.subject}:up", buttons=buttons, lane=Lane.URGENT, expires_at=row.expires
        )
        await show_county(work, row)


class RelayVoice(_Asking):
    """services.ladder.Voice for households. Nobody further up is asked: the township sees the numbers."""

    async def _ask(self, work: Work, owed: Obligation, person: Person, purpose: str) -> None:
        row = await warning_of(work, owed.subject)
        if row is None or row.state != "active":
            return
        place = (await work.tree()).path(owed.place)
        text = work.words.text("answers.relay.remind", person.language, place=place, **naming(work, row, person))
        label = work.words.label("answers.button.households", person.language)
        await work.tell(
            person,
            f"{owed.subject}:{person.id}:{purpose}",
            text,
            subject=owed.subject,
            buttons=((Button(label, f"w:homes:{row.id}:{owed.place}", style=ButtonStyle.PRIMARY),),),
            lane=Lane.URGENT,
            expires_at=row.expires,
        )

    async def hand_up(self, work: Work, rung: Rung, to: Person, owed: Sequence[Obligation]) -> None:
        """A county that puts a desk on this ladder: one line about the villages that have not reported."""
        row = await warning_of(work, owed[0].subject)
        if row is None or row.state != "active":
            return
        tree = await work.tree()
        places = [tree.path(one.place) for one in owed]
        text = work.words.text("answers.relay.missing", to.language, places=places, **naming(work, row, to))
        key = f"{owed[0].subject}:up:{rung.value}:{to.id}:{owed[0].id}"
        await work.tell(to, key, text, subject=f"{row.subject}:up", lane=Lane.URGENT, expires_at=row.expires)
