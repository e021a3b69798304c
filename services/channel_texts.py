"""What is said by other channels than Telegram: to a person the fullest form that his channel takes, to a group
elsewhere the words of the post, and how each fared in words for those who look after the silent."""

from collections.abc import Iterable, Mapping
from typing import Any

from domain.channels import OtherChannel, SideState, first_fitting, plain_text
from domain.people import Person, Role
from domain.places import PlaceCode
from services.ports import SideResult, WarningRow
from services.warning_texts import post_facts
from services.work import Work

_KIND, _PLACE = 6, 8
"""characters of a kind and a place that are kept where it is tight"""
_REASONS = frozenset(
    {"no_address", "no_secret", "no_channel", "refused", "not_sent", "timeout", "restart", "expired", "fault"}
)


async def ask_texts(
    work: Work, row: WarningRow, person: Person, place: PlaceCode, channels: Iterable[OtherChannel]
) -> Mapping[str, str]:
    """channel → the question to the person: whole where there is room, the complete short form where there is not."""
    lang, tree = person.language, await work.tree()
    facts = await post_facts(work, row)
    more = {
        "what": work.words.label(f"elsewhere.what.{row.colour.value}", lang),
        "phone": await _desk_phone(work, place, person),
    }
    whole = plain_text(
        work.words.card("elsewhere_ask", lang, name=person.name, place=tree.path(place), **more, **facts)
    )
    here = tree.get(place)
    name = "" if here is None else here.name
    tight = [(tree.path(place), row.kind), (name, row.kind), (name[:_PLACE], row.kind[:_KIND]), ("", row.kind[:_KIND])]
    short = [
        work.words.label("elsewhere.sms.ask", lang, **_sms_facts(row), place=where, kind=kind, **more)
        for where, kind in tight
    ]
    mark = len(resend_mark(work, lang))
    return {
        one.name: first_fitting([whole, *short], one.limit - (mark if one.repeats_in_doubt(row.colour) else 0))
        for one in channels
    }


def _sms_facts(row: WarningRow) -> dict[str, Any]:
    return {"number": row.number, "colour": row.colour.value, "exercise": row.exercise}


def resend_mark(work: Work, lang: str = "zh") -> str:
    return work.words.label("elsewhere.again", lang)


def title(work: Work, row: WarningRow, lang: str = "zh") -> str:
    return work.words.label("elsewhere.title", lang, **_sms_facts(row), kind=row.kind)


def end_text(work: Work, row: WarningRow, ended: str, lang: str) -> str:
    return work.words.label(f"elsewhere.sms.{ended}", lang, **_sms_facts(row), kind=row.kind[:_KIND])


async def _desk_phone(work: Work, place: PlaceCode, but: Person) -> str:
    """Whom to phone so that the answer is recorded: the township's desk, or the county's."""
    township = (await work.tree()).township_of(place)
    found = [] if township is None else await work.rows.people.holding([Role.STATION, Role.DUTY], [township.code])
    found += await work.rows.people.holding([Role.COUNTY_DUTY], [work.county])
    able = [one for one in found if one.id != but.id]
    return next((one.phone for one in able if one.reachable), able[0].phone if able else "")


def note(work: Work, result: SideResult, lang: str = "zh") -> str:
    """短信已发 23:44, or why it was not."""
    label = next((one.label for one in work.policy.channels if one.name == result.channel), result.channel)
    facts = {"label": label, "at": work.local(result.at), "reason": reason(work, result.reason, lang)}
    return work.words.label(f"elsewhere.note.{_how(result)}", lang, **facts)


def reason(work: Work, key: str, lang: str = "zh") -> str:
    return work.words.label(f"elsewhere.reason.{key if key in _REASONS else 'refused'}", lang)


def _how(result: SideResult) -> str:
    if result.state is SideState.FAILED and result.reason in {"timeout", "restart"}:
        return "unknown"
    return {
        SideState.SENT: "sent",
        SideState.FAILED: "failed",
        SideState.EXPIRED: "failed",
    }.get(result.state, "waiting")
