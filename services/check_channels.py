"""The second attempt of a spot check by the county's other channels: whom to phone, and until when. An answer never
comes back this way; whoever checks records the call."""

from domain.channels import OtherChannel, first_fitting, for_checks, plain_text
from domain.people import Person
from domain.places import PlaceCode
from services.ports import CheckRow, SideMessage
from services.work import Work


async def channels_to(work: Work, person: Person) -> list[OtherChannel]:
    """Those that the county uses for checks and that have an address of the person."""
    found = []
    for one in for_checks(work.policy.channels):
        by_address = one.by_address and not await work.rows.channels.addresses(one.name, [person.id])
        if not by_address and (one.by_address or person.phone):
            found.append(one)
    return found


async def write_elsewhere(work: Work, check: CheckRow, person: Person, place: PlaceCode) -> list[str]:
    """Once for each channel. Returns their names."""
    channels, lang = await channels_to(work, person), person.language
    checker = await work.rows.people.get(check.issued_by)
    facts = {
        "name": person.name,
        "place": (await work.tree()).path(place),
        "checker": "" if checker is None else checker.name,
        "phone": "" if checker is None else checker.phone,
        "until": work.local(check.phone_at),
    }
    forms = [plain_text(work.words.text("check.elsewhere.whole", lang, **facts))]
    forms.append(work.words.label("check.elsewhere.short", lang, **facts))
    await work.rows.channels.put(
        SideMessage(
            key=f"{check.subject}:{one.name}:{person.id}",
            subject=check.subject,
            channel=one.name,
            body=first_fitting(forms, one.limit),
            title=work.words.label("check.elsewhere.title", lang),
            person_id=person.id,
            expires_at=check.phone_at,
        )
        for one in channels
    )
    return [one.name for one in channels]
