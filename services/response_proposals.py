"""A change that waits for a human: prepared by a station, or suggested by the bot. One message to each who may decide;
the first one's tap counts, the others' messages say so."""

from dataclasses import replace

from domain.action_cards import Family
from domain.errors import DomainError, Stale
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.people import Action, Person, Role
from domain.places import PlaceCode
from domain.response import Move, ResponseLevel
from domain.text import Button, ButtonStyle, Html, Rows
from services.ports import ResponseProposal
from services.response_moves import Change, Moved, Wish, change, require_everywhere, start
from services.response_texts import area_facts, name_of
from services.warning_asking import carriers
from services.work import Work

_COUNTY = (Role.COUNTY_DUTY, Role.COUNTY_LEADER)
_TOWNSHIP = (Role.PRINCIPAL, Role.LEADER_IN_CHARGE)


def subject_of(proposal: ResponseProposal) -> str:
    return f"response_proposal:{proposal.id}"


async def deciders(work: Work, proposal: ResponseProposal) -> list[Person]:
    """Whoever may make the change, or stands in for one who may. What a station prepared goes to its own leaders, and
    to the county's where none of them can be reached; what the bot suggests goes to the county, and to the leaders of
    the township where all of it lies in one."""
    tree = await work.tree()
    townships = {here.code for code in proposal.places if (here := tree.township_of(code)) is not None}
    wide = any(tree.township_of(code) is None for code in proposal.places)
    found: list[Person] = []
    if len(townships) == 1 and not wide:
        found = await carriers(work, await work.rows.people.holding(_TOWNSHIP, townships))
    if proposal.made_by is None or not any(one.reachable for one in found):
        found += await carriers(work, await work.rows.people.holding(_COUNTY, [work.county]))
    return list({one.id: one for one in found if one.reachable and one.id != proposal.made_by}.values())


async def propose(work: Work, proposal: ResponseProposal) -> list[Person] | None:
    """Put it before whoever may decide; None where the same cause was proposed before."""
    made = await work.rows.responses.propose(proposal)
    if made is None:
        return None
    told = await deciders(work, made)
    for person in told:
        await work.tell(
            person,
            f"{subject_of(made)}:{person.id}",
            work.words.card("response_proposal", person.language, **await _facts(work, made, person.language)),
            subject=subject_of(made),
            buttons=_buttons(work, made, person.language),
            lane=Lane.URGENT,
        )
    await work.note(
        "response.proposed",
        subject_of(made),
        await _author(work, made),
        move=made.move.value,
        level=made.level.value,
        period=made.period_id,
        event=made.event,
        told=len(told),
    )
    return told


async def _author(work: Work, proposal: ResponseProposal) -> Person | None:
    return None if proposal.made_by is None else await work.rows.people.get(proposal.made_by)


async def _facts(work: Work, proposal: ResponseProposal, lang: str) -> dict[str, object]:
    period = None if proposal.period_id is None else await work.rows.responses.get(proposal.period_id)
    return {
        "move": proposal.move.value,
        "kind": work.words.label(f"response.kind.{proposal.hazard_kind.value}", lang),
        "level": proposal.level.sign,
        "was": "" if period is None else period.level.sign,
        "number": "" if period is None else period.number,
        "duty": work.words.label(f"response.duty.{proposal.level.value}", lang),
        "reason": proposal.reason,
        "by": await name_of(work, proposal.made_by),
        **await area_facts(work, proposal.places),
    }


def _buttons(work: Work, proposal: ResponseProposal, lang: str) -> Rows:
    label = work.words.label
    kind = "end" if proposal.move is Move.END else "start" if proposal.move is Move.START else "change"
    yes = label(f"response.button.take_{kind}", lang, level=proposal.level.sign)
    rows: Rows = ((Button(yes, f"rsp:take:{proposal.id}", style=ButtonStyle.PRIMARY),),)
    no = Button(label(f"response.button.refuse_{kind}", lang), f"rsp:refuse:{proposal.id}")
    edit = Button(label("response.button.edit", lang), f"rsp:edit:{proposal.id}")
    return (*rows, (edit, no) if proposal.move is Move.START else (no,))


async def waiting(work: Work, proposal_id: int) -> ResponseProposal:
    """The proposal, still open. Raises Stale, and DomainError saying who decided."""
    proposal = await work.rows.responses.proposal(proposal_id)
    if proposal is None:
        raise Stale("refused.gone")
    if proposal.state != "open":
        by = await name_of(work, proposal.decided_by)
        raise DomainError(f"response.refused.{proposal.state}", by=by)
    return proposal


async def take(work: Work, person: Person | None, proposal_id: int) -> Moved:
    """The tap of whoever may: the change is made in his name."""
    proposal = await waiting(work, proposal_id)
    person = await require_everywhere(work, person, Action.MOVE_RESPONSE, proposal.places)
    if not await work.rows.responses.decide(proposal.id, "taken", person.id, work.now):
        raise Stale("refused.stale")
    done = await _make(work, person, proposal)
    await settle(work, replace(proposal, state="taken", decided_by=person.id), person)
    return done


async def _make(work: Work, person: Person, proposal: ResponseProposal) -> Moved:
    by = proposal.made_by
    if proposal.period_id is None:
        wish = Wish(proposal.hazard_kind, proposal.level, proposal.places, proposal.reason)
        return await start(work, person, wish, prepared_by=by)
    period = await work.rows.responses.get(proposal.period_id)
    if period is None:
        raise Stale("refused.gone")
    places = proposal.places if proposal.move in {Move.WIDEN, Move.NARROW} else ()
    wanted = Change(period.id, proposal.version, proposal.move, proposal.reason, proposal.level, places)
    return await change(work, person, wanted, prepared_by=by)


async def refuse(work: Work, person: Person | None, proposal_id: int) -> ResponseProposal:
    """Nothing happens, and that is on the record."""
    proposal = await waiting(work, proposal_id)
    person = await require_everywhere(work, person, Action.MOVE_RESPONSE, proposal.places)
    if not await work.rows.responses.decide(proposal.id, "refused", person.id, work.now):
        raise Stale("refused.stale")
    decided = replace(proposal, state="refused", decided_by=person.id, decided_at=work.now)
    await work.note("response.proposal_refused", subject_of(proposal), person, move=proposal.move.value)
    await settle(work, decided, person)
    return decided


async def overtake(work: Work, proposal: ResponseProposal) -> None:
    """Its reason is gone: nobody is asked any more."""
    if await work.rows.responses.decide(proposal.id, "overtaken", None, work.now):
        await work.note("response.proposal_overtaken", subject_of(proposal), None, move=proposal.move.value)
        await settle(work, replace(proposal, state="overtaken"), None)


async def settle(work: Work, proposal: ResponseProposal, by: Person | None) -> None:
    """Everybody's message says what became of it; whoever prepared it is told."""
    subject = subject_of(proposal)
    for person in await deciders(work, proposal):
        key = f"{subject}:{person.id}"
        if (by is not None and person.id == by.id) or not await work.rows.outbox.arrived([key]):
            continue
        await work.rows.outbox.put(
            Outgoing(
                key=f"{key}:decided",
                chat_id=person.user_id or 0,
                person_id=person.id,
                kind=Kind.EDIT,
                policy=Policy.IDEMPOTENT,
                text=_decided(work, proposal, by, person.language),
                target=key,
            )
        )
    await work.rows.outbox.supersede(subject=subject)
    author = await _author(work, proposal)
    if author is not None and by is not None:
        await work.tell(author, f"{subject}:told", _decided(work, proposal, by, author.language))


def _decided(work: Work, proposal: ResponseProposal, by: Person | None, lang: str) -> Html:
    what = work.words.label(f"response.move.{proposal.move.value}", lang)
    facts = {"what": what, "level": proposal.level.sign, "by": "" if by is None else by.name}
    return work.words.text(f"response.decided.{proposal.state}", lang, **facts)


async def prepare_start(work: Work, person: Person | None, wish: Wish) -> list[Person]:
    """A station drafts a start; its leaders confirm with one tap. Returns who is asked."""
    return await _prepare(work, person, _draft(work, Move.START, wish.kind, wish.level, wish.places, wish.reason))


async def prepare_change(work: Work, person: Person | None, wanted: Change) -> list[Person]:
    period = await work.rows.responses.get(wanted.period_id)
    if period is None:
        raise Stale("refused.gone")
    level, places = wanted.level or period.level, wanted.places or period.places
    draft = _draft(work, wanted.move, period.hazard_kind, level, places, wanted.reason)
    return await _prepare(work, person, replace(draft, period_id=period.id, version=wanted.version))


def _draft(
    work: Work, move: Move, kind: Family, level: ResponseLevel, places: tuple[PlaceCode, ...], reason: str
) -> ResponseProposal:
    return ResponseProposal(
        id=0,
        cause=f"prepared:{work.new_id()}",
        move=move,
        period_id=None,
        version=0,
        hazard_kind=kind,
        level=level,
        places=places,
        reason=reason,
        event=None,
        made_by=None,
        made_at=work.now,
    )


async def _prepare(work: Work, person: Person | None, draft: ResponseProposal) -> list[Person]:
    person = await require_everywhere(work, person, Action.PREPARE_RESPONSE, draft.places)
    told = await propose(work, replace(draft, made_by=person.id))
    if not told:
        raise DomainError("response.refused.nobody")
    return told


async def newest_for(work: Work, person: Person) -> ResponseProposal | None:
    """The open proposal that the person was asked about last."""
    for proposal in reversed(await work.rows.responses.open_proposals()):
        if person.id in {one.id for one in await deciders(work, proposal)}:
            return proposal
    return None
