"""A wrong warning is taken back: one officer says so, another confirms, and everybody who got it is told at once.

The words are ready from the moment the warning goes out, so that two taps are all it takes.
"""

from dataclasses import dataclass

from domain.errors import NotAllowed, Stale
from domain.people import Person
from services.channels import end_elsewhere
from services.ports import WarningAct, WarningRow
from services.warning_end import close
from services.warning_ranks import settle_ranks
from services.warning_second import (
    Asked,
    Seconds,
    ask_seconds,
    correction_words,
    first_of,
    may_be_second,
    settle_request,
)
from services.warning_told import answer_people, answer_posts
from services.work import Work


@dataclass(frozen=True, slots=True)
class Corrected:
    """How far the correction reaches."""

    warning: WarningRow
    groups: int
    people: int


async def may_correct(work: Work, person: Person, row: WarningRow) -> bool:
    """Whoever composed it, and whoever may be the second person for it."""
    return row.composed_by == person.id or await may_be_second(work, person, row, Asked.CORRECTION)


async def _to_correct(work: Work, person: Person | None, warning_id: int) -> tuple[Person, WarningRow]:
    row = await work.rows.warnings.get(warning_id)
    if row is None:
        raise Stale("refused.stale")
    if person is None:
        raise NotAllowed("refused.not_enrolled")
    if not await may_correct(work, person, row):
        raise NotAllowed("refused.no_right")
    if row.corrected:
        raise Stale("second.corrected_before")
    if row.state not in {"active", "expired"}:
        raise Stale("warning.over")
    return person, row


async def call_wrong(work: Work, person: Person | None, warning_id: int) -> Seconds | Corrected:
    """The first tap: every other officer who may is asked to confirm. Where somebody else has said the same already,
    this is the second tap. Raises NotAllowed or Stale."""
    person, row = await _to_correct(work, person, warning_id)
    first = await first_of(work, row, Asked.CORRECTION)
    if first == person.id:
        raise Stale("second.waiting")
    if first is not None:
        return await _correct(work, person, row)
    await work.rows.warnings.add_act(WarningAct(row.id, "called_wrong", person.id, work.now))
    await work.note("warning.called_wrong", row.subject, person)
    return await ask_seconds(work, row, person, Asked.CORRECTION, work.policy.warnings.correction_ladder)


async def confirm_wrong(work: Work, person: Person | None, warning_id: int) -> Corrected:
    """The second tap, by another hand."""
    person, row = await _to_correct(work, person, warning_id)
    first = await first_of(work, row, Asked.CORRECTION)
    if first is None:
        raise Stale("refused.stale")
    if first == person.id:
        raise NotAllowed("second.own")
    return await _correct(work, person, row)


async def call_right(work: Work, person: Person | None, warning_id: int) -> WarningRow:
    """Nothing is wrong with it after all: the request ends, the warning stays."""
    person, row = await _to_correct(work, person, warning_id)
    first = await first_of(work, row, Asked.CORRECTION)
    if first is None:
        raise Stale("refused.stale")
    await work.rows.warnings.add_act(WarningAct(row.id, "called_right", person.id, work.now))
    await work.note("warning.called_right", row.subject, person)
    await settle_request(work, row, Asked.CORRECTION, person, "kept")
    author = await work.rows.people.get(first)
    if author is not None and author.id != person.id:
        text = work.words.text("second.kept", author.language, name=person.name, number=row.number)
        await work.tell(author, f"{row.subject}:kept:{person.id}:{int(work.now.timestamp())}", text)
    return row


async def _correct(work: Work, person: Person, row: WarningRow) -> Corrected:
    """All of it in one transaction: what is unsent is withdrawn, what is owed ends, and who got it is told, the
    groups first."""
    if not await work.rows.warnings.mark_corrected(row.id):
        raise Stale("second.corrected_before")
    await close(work, row)
    await settle_request(work, row, Asked.CORRECTION, person, "confirmed")
    standing = await _stands_again(work, row)
    said = {lang: await correction_words(work, row, lang, person, standing) for lang in ("zh", "en")}
    groups = await answer_posts(work, row, "corrected", said["zh"], silent=False)
    await end_elsewhere(work, row, "corrected", said["zh"])
    people = await answer_people(work, row, "corrected", lambda lang: said.get(lang, said["zh"]))
    await work.rows.warnings.add_act(WarningAct(row.id, "corrected", person.id, work.now))
    await settle_ranks(work)
    await work.note("warning.corrected", row.subject, person, groups=groups, people=people)
    return Corrected(row, groups, people)


async def _stands_again(work: Work, row: WarningRow) -> WarningRow | None:
    """The version that the wrong one had taken the place of, if it still has time to run: it is in force again."""
    before = [v for v in await work.rows.warnings.of_event(row.event) if v.id < row.id and v.state == "superseded"]
    if not before or before[-1].expires <= work.now or before[-1].corrected:
        return None
    again = before[-1]
    await work.rows.warnings.set_state(again.id, ["superseded"], "active")
    await work.rows.boards.mark_all(again.subject)
    await work.note("warning.stands_again", again.subject, None)
    return again
