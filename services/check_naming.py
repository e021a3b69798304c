"""点名通报: after a check was judged against somebody, a leader may decide that he is named in a group. Never else.

One decision for one person, shown word for word and confirmed: his name, post, village and result, and whose decision
it is; no number, no household, nothing of what he wrote. In the cadres' group of the township (of the county for a
county's own check), not in a village's. An explanation that nobody has read yet comes first; where the verdict changes
afterwards in his favour, the group is told so below the post.
"""

from dataclasses import dataclass

from domain.checks import UNQUALIFIED, CheckState
from domain.errors import DomainError, Stale
from domain.outgoing import Lane, Outgoing, Policy
from domain.people import Action, Person
from domain.places import Level, PlaceCode
from domain.text import Html
from services.check_view import One, check_of, one_of, require_judge
from services.desk import allowed
from services.ports import CheckRow, Group
from services.work import Work


@dataclass(frozen=True, slots=True)
class Naming:
    """What would be posted where. `version`: the verdict that the leader saw."""

    check: CheckRow
    one: One
    text: Html
    groups: tuple[Group, ...]
    version: int


async def may_name(work: Work, leader: Person, one: One) -> bool:
    """Whether the button is offered: a leader of the area, and a verdict against the person."""
    against = one.verdict is not None and one.verdict.result in UNQUALIFIED
    return against and await allowed(work, leader, Action.NAME_IN_GROUP, one.asked.place)


async def naming(work: Work, leader: Person | None, check_id: int, person_id: int) -> Naming:
    """For the look before the decision. Raises NotAllowed, Stale, and DomainError where something stands in the way."""
    check = await check_of(work, check_id)
    one = await one_of(work, check, person_id)
    await require_judge(work, leader, check, one)
    leader = await work.require(leader, Action.NAME_IN_GROUP, one.asked.place)
    verdict = one.verdict
    if verdict is None or verdict.result not in UNQUALIFIED or check.state is CheckState.CANCELLED:
        raise Stale("refused.stale")
    if any(entry.kind == "explanation" and entry.at >= verdict.at for entry in one.entries):
        raise DomainError("check.naming.unread", name=one.person.name)
    groups = await _groups(work, check, one)
    if not groups:
        raise DomainError("check.naming.no_group")
    facts = await _facts(work, check, one)
    text = work.words.text("check.naming.post", "zh", result=verdict.result.value, leader=leader.name, **facts)
    return Naming(check, one, text, groups, verdict.version)


async def name_in_group(
    work: Work, leader: Person | None, check_id: int, person_id: int, *, version: int
) -> tuple[Naming, bool]:
    """The decision, confirmed. False where he was named for this verdict before. Raises as `naming` does."""
    found = await naming(work, leader, check_id, person_id)
    if found.version != version:
        raise Stale("check.refused.judged_already")
    put = [
        await work.rows.outbox.put(
            _message(found.check, group.chat_id, _key(found.check, person_id, version, group.chat_id), found.text)
        )
        for group in found.groups
    ]
    if not any(put):
        return found, False
    await work.note(
        "check.named",
        found.check.subject,
        leader,
        person=person_id,
        version=version,
        groups=[group.chat_id for group in found.groups],
    )
    return found, True


async def take_back(work: Work, check: CheckRow, one: One, before: int) -> int:
    """The verdict `before` was replaced by one that is not against him: wherever he was named, it is said there."""
    told = 0
    for group in await _groups(work, check, one):
        post = _key(check, one.person.id, before, group.chat_id)
        if await work.rows.outbox.state_of(post) is None:
            continue
        text = work.words.text("check.naming.taken_back", "zh", **await _facts(work, check, one))
        message = _message(check, group.chat_id, f"{post}:back", text, answers=post)
        told += await work.rows.outbox.put(message)
    if told:
        await work.note("check.naming_taken_back", check.subject, None, person=one.person.id)
    return told


def _key(check: CheckRow, person_id: int, version: int, chat_id: int) -> str:
    return f"{check.subject}:named:{person_id}:v{version}:{chat_id}"


def _message(check: CheckRow, chat_id: int, key: str, text: Html, answers: str | None = None) -> Outgoing:
    return Outgoing(
        key=key,
        chat_id=chat_id,
        text=text,
        subject=f"{check.subject}:named",
        lane=Lane.DIGEST,
        policy=Policy.AT_MOST_ONCE,
        silent=True,
        target=answers,
        reply=answers is not None,
    )


async def _facts(work: Work, check: CheckRow, one: One) -> dict[str, object]:
    return {
        "name": one.person.name,
        "role": work.words.label(f"role.name.{one.asked.role.value}"),
        "place": (await work.tree()).path(one.asked.place),
        "number": check.number,
        "day": work.local(check.issued_at),
    }


async def _groups(work: Work, check: CheckRow, one: One) -> tuple[Group, ...]:
    """The group of the body that checked, in which his colleagues are and no villager is."""
    tree = await work.tree()
    place = tree.get(check.place)
    body: PlaceCode | None = check.place
    if place is None or place.level not in {Level.COUNTY, Level.TOWNSHIP}:
        township = tree.township_of(one.asked.place)
        body = None if township is None else township.code
    found = await work.rows.groups.bound_to([body]) if body is not None else []
    return tuple(group for group in found if group.can_send and not group.department)
