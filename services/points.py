"""The register of risk points kept up: added to, changed, confirmed, retired, and what a village proposes decided.

Every change is a version with its author. A station, its leaders and the department that owns the kind change by
themselves; a village proposes, and one of them says yes with one tap.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.errors import DomainError, NotAllowed, Stale
from domain.hazards import Category
from domain.people import Action, Person
from domain.places import PlaceCode
from domain.points import PointAct, PointStatus, RiskPoint
from domain.text import Button, ButtonStyle
from services.desk import keepers
from services.points_import import new_number
from services.ports.points import PointProposal, ProposalState
from services.work import Work


class Outcome(StrEnum):
    DONE = "done"
    PROPOSED = "proposed"
    SAME = "same"
    """nothing would change"""


@dataclass(frozen=True, slots=True)
class Result:
    outcome: Outcome
    point: RiskPoint | None = None
    proposal: PointProposal | None = None


# -- rights -----------------------------------------------------------------------------------------------------------


async def may_edit(work: Work, person: Person, place: PlaceCode, category: Category, department: str = "") -> bool:
    return await _may(work, person, Action.EDIT_POINTS, place, category, department)


async def may_propose(work: Work, person: Person, place: PlaceCode) -> bool:
    return await _may(work, person, Action.PROPOSE_POINTS, place, Category.OTHER, "")


async def _may(
    work: Work, person: Person, action: Action, place: PlaceCode, category: Category, department: str
) -> bool:
    for owner in dict.fromkeys((department, *work.policy.hazards.owners_of(category))):
        try:
            await work.require(person, action, place, department=owner)
        except NotAllowed:
            continue
        return True
    return False


async def _edits(work: Work, person: Person, point: RiskPoint) -> bool:
    """True: changes by himself; False: proposes. Raises NotAllowed."""
    if await may_edit(work, person, point.place, point.category, point.department):
        return True
    if await may_propose(work, person, point.place):
        return False
    raise NotAllowed("refused.no_right")


# -- changes ----------------------------------------------------------------------------------------------------------


async def point_now(work: Work, point_id: int, version: int | None = None) -> RiskPoint:
    """The point, if it still stands as whoever pressed saw it. Raises Stale."""
    point = await work.rows.points.get(point_id)
    if point is None:
        raise Stale("refused.stale")
    if version is not None and point.version != version:
        raise Stale("points.moved_on", name=point.name)
    return point


async def add_point(work: Work, person: Person, values: Mapping[str, Any]) -> Result:
    """A new line: at once, or as a proposal of the village."""
    place, category = values["place"], values["category"]
    owners = work.policy.hazards.owners_of(category)
    whole = {"department": owners[0] if owners else "", **values}
    if await may_edit(work, person, place, category):
        return Result(Outcome.DONE, await _add(work, person, whole))
    if not await may_propose(work, person, place):
        raise NotAllowed("refused.no_right")
    return await _propose(work, person, None, PointAct.ADD, whole, "")


async def _add(work: Work, author: Person, values: Mapping[str, Any]) -> RiskPoint:
    point = RiskPoint(
        id=0,
        number=await new_number(work),
        version=1,
        updated_at=work.now,
        confirmed_at=work.now,
        updated_by=author.id,
        **values,
    )
    point = await work.rows.points.add(point)
    await work.note("point.added", point.subject, author, category=point.category.value)
    return point


async def change_point(
    work: Work,
    person: Person,
    point: RiskPoint,
    values: Mapping[str, Any],
    *,
    act: PointAct = PointAct.CHANGE,
    reason: str = "",
) -> Result:
    """Change, retire, restore or confirm. Raises NotAllowed, Stale."""
    if not point.active and act is not PointAct.RESTORE:
        raise Stale("points.retired_already", name=point.name)
    edits = await _edits(work, person, point)
    changed = {name: value for name, value in values.items() if getattr(point, name) != value}
    if not changed and act is not PointAct.CONFIRM:
        return Result(Outcome.SAME, point)
    if act is PointAct.CONFIRM or edits:
        return Result(Outcome.DONE, await _change(work, person, point, act, changed, reason))
    return await _propose(work, person, point, act, changed, reason)


async def retire_point(work: Work, person: Person, point: RiskPoint, reason: str) -> Result:
    return await change_point(work, person, point, {"status": PointStatus.RETIRED}, act=PointAct.RETIRE, reason=reason)


async def confirm_point(work: Work, person: Person, point: RiskPoint) -> Result:
    """都没变: whoever may propose may say so too, because it changes nothing."""
    return await change_point(work, person, point, {}, act=PointAct.CONFIRM)


async def _change(
    work: Work, author: Person, point: RiskPoint, act: PointAct, values: Mapping[str, Any], reason: str
) -> RiskPoint:
    after = await work.rows.points.change(point, author=author.id, at=work.now, act=act, reason=reason, **values)
    if after is None:
        raise Stale("points.moved_on", name=point.name)
    await work.note("point.changed", point.subject, author, act=act.value, fields=sorted(values), version=after.version)
    return after


# -- proposals --------------------------------------------------------------------------------------------------------


async def _propose(
    work: Work, by: Person, point: RiskPoint | None, act: PointAct, values: Mapping[str, Any], reason: str
) -> Result:
    place = values["place"] if point is None else point.place
    told = await keepers(work, Action.EDIT_POINTS, place, but=(by.id,))
    if not told:
        raise DomainError("points.nobody_decides")
    number, version = (None, 0) if point is None else (point.id, point.version)
    wanted = PointProposal(0, number, version, place, act, dict(values), reason, by.id, work.now)
    proposal = await work.rows.points.propose(wanted)
    for keeper in told:
        lang, label = keeper.language, work.words.label
        text = work.words.card("point_proposal", lang, **await proposal_facts(work, proposal, lang))
        yes = Button(label("points.button.accept", lang), f"pt:ok:{proposal.id}", style=ButtonStyle.SUCCESS)
        no = Button(label("points.button.refuse", lang), f"pt:no:{proposal.id}")
        key = f"{proposal.subject}:{keeper.id}"
        await work.tell(keeper, key, text, subject=proposal.subject, buttons=((yes, no),))
    await work.note("point.proposed", proposal.subject, by, act=act.value, fields=sorted(values))
    return Result(Outcome.PROPOSED, point, proposal)


async def proposal_facts(work: Work, proposal: PointProposal, lang: str) -> dict[str, Any]:
    by = await work.rows.people.get(proposal.by)
    point = None if proposal.point_id is None else await work.rows.points.get(proposal.point_id)
    return {
        "who": "" if by is None else by.name,
        "act": work.words.label(f"points.act.{proposal.act.value}", lang),
        "name": proposal.fields["name"] if point is None else point.name,
        "number": "" if point is None else point.number,
        "place": (await work.tree()).path(proposal.place),
        "reason": proposal.reason,
        "changes": [
            {
                "field": work.words.label(f"points.field.{name}", lang),
                "value": await field_words(work, name, value, lang),
            }
            for name, value in proposal.fields.items()
            if name not in {"place", "status", "warning_level"} and (point is not None or name != "name")
        ],
    }


async def field_words(work: Work, name: str, value: Any, lang: str) -> str:
    """One field of a point as people read it."""
    if value is None:
        return work.words.label("points.unknown", lang)
    if name == "category":
        return work.words.label(f"report_hazard.category.choice.{value.value}", lang)
    if name == "level":
        return work.words.label(f"points.level.{value.value}", lang)
    if name == "status":
        return work.words.label(f"points.status.{value.value}", lang)
    if name in {"patrollers", "warners", "evacuators"}:
        found = await work.rows.people.many(value)
        names = [found[one].name for one in value if one in found]
        return "、".join(names) if names else work.words.label("points.nobody", lang)
    if name == "place":
        return (await work.tree()).path(value)
    return str(value)


async def decide(
    work: Work, person: Person, proposal_id: int, *, accept: bool
) -> tuple[PointProposal, RiskPoint | None]:
    """The station's word on a proposal; whoever proposed it is told. Raises NotAllowed, Stale."""
    proposal = await work.rows.points.proposal(proposal_id)
    if proposal is None:
        raise Stale("refused.stale")
    point = None if proposal.point_id is None else await point_now(work, proposal.point_id)
    category = proposal.fields["category"] if point is None else point.category
    if not await may_edit(work, person, proposal.place, category, "" if point is None else point.department):
        raise NotAllowed("refused.no_right")
    overtaken = accept and point is not None and point.version != proposal.version
    refused = ProposalState.OVERTAKEN if overtaken else ProposalState.REFUSED
    state = ProposalState.ACCEPTED if accept and not overtaken else refused
    if not await work.rows.points.decide(proposal.id, state, person.id, work.now):
        raise Stale("points.decided_already")
    if state is ProposalState.ACCEPTED:
        point = await _carry_out(work, person, proposal, point)
    await work.note("point.decided", proposal.subject, person, state=state.value)
    await _tell_proposer(work, proposal, state, person)
    return (await work.rows.points.proposal(proposal.id)) or proposal, point


async def _carry_out(work: Work, person: Person, proposal: PointProposal, point: RiskPoint | None) -> RiskPoint:
    if point is None:
        return await _add(work, person, proposal.fields)
    by = await work.rows.people.get(proposal.by)
    proposed = work.words.label("points.proposed_by", person.language, name="" if by is None else by.name)
    reason = f"{proposal.reason} {proposed}".strip()
    return await _change(work, person, point, proposal.act, proposal.fields, reason)


async def _tell_proposer(work: Work, proposal: PointProposal, state: ProposalState, by: Person) -> None:
    proposer = await work.rows.people.get(proposal.by)
    if proposer is None or proposer.id == by.id:
        return
    facts = await proposal_facts(work, proposal, proposer.language)
    text = work.words.text(f"points.told.{state.value}", proposer.language, name=facts["name"], who=by.name)
    await work.tell(proposer, f"{proposal.subject}:told", text, subject=proposal.subject)
