"""A rehearsal by the county's other channels. That a gateway took an SMS is told as that, never as somebody reached."""

from collections.abc import Iterable

from domain.channels import OtherChannel, first_fitting, plain_text
from domain.people import Person
from services.ports import Rehearsal, SideMessage
from services.work import Work


def ways(work: Work) -> list[OtherChannel]:
    """The county's channels that go to persons."""
    return [one for one in work.policy.channels if one.place is None]


async def write_elsewhere(work: Work, row: Rehearsal, people: Iterable[Person]) -> int:
    """One test message to each by every channel that has a number or address of his. Returns how many."""
    everybody, messages = list(people), list[SideMessage]()
    for channel in ways(work):
        addresses = await work.rows.channels.addresses(channel.name, [one.id for one in everybody])
        for person in everybody:
            if not (person.id in addresses if channel.by_address else person.phone):
                continue
            text = work.words.text("rehearsal.elsewhere", person.language)
            short = work.words.label("rehearsal.elsewhere_short", person.language)
            messages.append(
                SideMessage(
                    key=f"{row.subject}:{channel.name}:{person.id}",
                    subject=row.subject,
                    channel=channel.name,
                    body=first_fitting([plain_text(text), short], channel.limit),
                    title=work.words.label("rehearsal.elsewhere_title", person.language),
                    person_id=person.id,
                    expires_at=row.closes_at,
                )
            )
    return await work.rows.channels.put(messages)
