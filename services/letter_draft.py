"""What a letter says, drafted from the ledger: from a hazard, a risk point, a warning. Its reader may be
anybody in the unit, so that nothing of a household stands in it but what the reporter himself wrote about the place.
"""

from datetime import datetime

from domain.letters import LetterKind
from domain.points import RiskPoint
from services.ports import HazardRow, WarningRow
from services.work import Work


async def about_hazard(work: Work, kind: LetterKind, row: HazardRow, due: datetime | None) -> tuple[str, ...]:
    """The document is Chinese whatever its readers read."""
    tree, label = await work.tree(), work.words.label
    said = [
        label(
            f"letter.body.{kind.value}",
            number=row.number,
            place=tree.path(row.place),
            category=label(f"report_hazard.category.choice.{row.category.value}"),
            reported=work.local(row.created_at),
        ),
        row.what or row.place_words,
    ]
    if row.due_at is not None and row.measure:
        said.append(label("letter.body.assigned", unit=row.unit, measure=row.measure, due=work.local(row.due_at)))
    if kind is LetterKind.ORDER:
        overdue = row.due_at is not None and row.due_at < work.now
        said.append(label("letter.body.fix_overdue" if overdue else "letter.body.fix"))
    else:
        said.append(label(f"letter.body.{kind.value}_please"))
    if row.interim:
        said.append(label("letter.body.interim", interim=row.interim))
    if due is not None:
        said.append(label("letter.body.by", due=work.local(due)))
    return tuple(one for one in said if one)


async def about_point(work: Work, kind: LetterKind, row: RiskPoint, due: datetime | None) -> tuple[str, ...]:
    """What the register says; of the households no more than how many they are."""
    tree, label = await work.tree(), work.words.label
    said = [
        label(
            "letter.body.point",
            number=row.number,
            name=row.name,
            place=tree.path(row.place),
            category=label(f"report_hazard.category.choice.{row.category.value}"),
            level=label(f"points.level.{row.level.value}"),
            households=row.households,
            people=row.people,
        )
    ]
    known = {"threshold": row.threshold, "route": row.route, "shelter": row.shelter}
    said += [label(f"letter.body.{name}", **{name: words}) for name, words in known.items() if words]
    said.append(label(f"letter.body.{'risk' if kind is LetterKind.ORDER else kind.value}_please"))
    if due is not None:
        said.append(label("letter.body.by", due=work.local(due)))
    return tuple(said)


async def about_warning(work: Work, kind: LetterKind, row: WarningRow, due: datetime | None) -> tuple[str, ...]:
    label = work.words.label
    said = [
        label(
            "letter.body.warning",
            issuer=row.issuer,
            headline=row.headline,
            number=row.number,
            expires=work.local(row.expires),
        ),
        row.instruction,
        label(f"letter.body.{'risk' if kind is LetterKind.ORDER else kind.value}_please"),
    ]
    if due is not None:
        said.append(label("letter.body.by", due=work.local(due)))
    return tuple(one for one in said if one)


def in_own_words(work: Work, words: str, due: datetime | None) -> tuple[str, ...]:
    """What somebody typed, each of his lines a paragraph."""
    lines = tuple(line.strip() for line in words.splitlines() if line.strip())
    return lines if due is None else (*lines, work.words.label("letter.body.by", due=work.local(due)))
