"""Papers of supervision: a letter as a document, and registers as sheets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from domain.letters import IN_FORCE, Letter
from domain.outgoing import Kind, Lane, Outgoing
from domain.papers import stored_name
from domain.people import Action, Person
from services.ledgers import sheet_of
from services.letter_cards import letter_facts
from services.letters import register_of, visible_letter
from services.papers import Bench, Made, Paper, enclosed
from services.ports.papers import PaperJob
from services.register_papers import Register, Sheet
from services.work import Work

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PROBLEMS = "template-problems.txt"
"""what the press leaves beside a letter whose template it could not use"""
_MOST = 2000


class LetterPaper(Paper):
    """args: letter, and `copy` for one person's own copy; without it the addressee gets the document as well."""

    kind = "letter"

    async def allow(self, work: Work, person: Person, args: Mapping[str, Any]) -> None:
        await visible_letter(work, person, int(args["letter"]))

    async def make(self, bench: Bench, job: PaperJob) -> Made:
        facts, template = await bench.read(lambda work: _letter_facts(work, int(job.args["letter"])))
        out = bench.folder / "letter.docx"
        async with bench.printing("letter:write", out) as under_way:
            await under_way.put({"facts": facts, "template": template})
        beside = bench.folder / PROBLEMS
        wrong = beside.read_text("utf-8").splitlines() if beside.exists() else []
        return await bench.read(lambda work: _letter_made(work, job, out, facts, wrong))

    async def hand_over(self, work: Work, job: PaperJob, made: Made, sha256: str) -> None:
        await work.rows.outbox.put(enclosed(job, made, sha256))
        letter = await work.rows.supervision.letters.get(int(job.args["letter"]))
        if job.args.get("copy") or letter is None or letter.state not in IN_FORCE:
            return
        addressee = await work.rows.people.get(letter.addressee)
        if addressee is not None and addressee.id != job.person_id and addressee.reachable:
            await work.rows.outbox.put(await _to_addressee(work, letter, addressee, made, sha256))


async def _letter_facts(work: Work, letter_id: int) -> tuple[dict[str, Any], str]:
    letter = await work.rows.supervision.letters.get(letter_id)
    assert letter is not None  # allow() has found it
    facts = await letter_facts(work, letter, "zh")
    facts["date"] = "" if letter.signed_at is None else work.local(letter.signed_at).isoformat()
    facts["due"] = "" if letter.due_at is None else work.local(letter.due_at).isoformat()
    plain = {name: fact for name, fact in facts.items() if isinstance(fact, str | list)}
    return plain, work.policy.letters.template


async def _letter_made(work: Work, job: PaperJob, out: Path, facts: Mapping[str, Any], wrong: list[str]) -> Made:
    caption = work.words.text("letter.paper.caption", job.language, title=facts["title"], number=facts["number"])
    if wrong:
        said = [
            work.words.label(f"letter.paper.{key}", job.language, what=what)
            for key, _, what in (line.partition(" ") for line in wrong)
        ]
        caption = work.words.text("letter.paper.template", job.language, problems=said)
    return Made(out, f"{facts['number'] or facts['title']}.docx", DOCX, caption)


async def _to_addressee(work: Work, letter: Letter, addressee: Person, made: Made, sha256: str) -> Outgoing:
    title = work.words.label(f"letter.kind.{letter.kind.value}", addressee.language)
    caption = work.words.text("letter.paper.caption", addressee.language, title=title, number=letter.number)
    return Outgoing(
        key=f"{letter.subject}:file:{addressee.id}",
        chat_id=addressee.user_id or 0,
        person_id=addressee.id,
        kind=Kind.DOCUMENT,
        lane=Lane.DIGEST,
        text=caption,
        file=stored_name(sha256),
        file_name=made.name,
        subject=letter.subject,
    )


# -- registers --------------------------------------------------------------------------------------------------


class LetterRegister(Register, Paper):
    kind = "letter_register"
    right = Action.DRAFT_LETTER
    caption = "letter.paper.register"

    async def sheet(self, work: Work, person: Person, lang: str) -> Sheet:
        own, letters = sheet_of(work, "letters", lang), reversed(await register_of(work, person, _MOST))
        rows = [own.values(await letter_line(work, letter, lang)) for letter in letters]
        return Sheet(work.words.label("paper.title.letter_register", lang), list(own.heads), rows)


async def letter_line(work: Work, letter: Letter, lang: str) -> dict[str, Any]:
    """Every field of F16, as cells."""
    facts, label = await letter_facts(work, letter, lang), work.words.label
    facts["kind"] = facts["title"]
    facts["matter"] = next(iter(letter.paragraphs), "")
    facts["state"] = label(f"letter.state.{letter.state.value}", lang)
    facts["how"] = ""
    if letter.received_by is not None:
        facts["how"] = label(f"letter.how.{'paper' if facts['on_paper'] else 'tap'}", lang)
    return {name: cell(fact) for name, fact in facts.items()}


def cell(value: Any) -> Any:
    """Instants as the press takes them: ISO on the county's clock."""
    return value.isoformat() if hasattr(value, "isoformat") else value


LETTER_PAPER = LetterPaper()
LETTER_REGISTER = LetterRegister()
