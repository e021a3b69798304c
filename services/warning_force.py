"""A warning in force, version by version: posted where it belongs, asked of whom it concerns, the one before it over.

Where it goes is in services/warning_posts.py, who is asked in services/warning_asking.py, how it ends in
services/warning_end.py.
"""

from domain.places import is_within
from domain.warnings import Relation, RelationKind
from services.channels import post_elsewhere
from services.ports import WarningRow
from services.warning_asking import ask, owing_people
from services.warning_end import close, tell_the_end
from services.warning_posts import groups_of, post
from services.work import Work

_REPLIES = frozenset({RelationKind.LOWERED, RelationKind.CORRECTION, RelationKind.REISSUED, RelationKind.CHANGED_AREA})
"""these follow as an answer to the post they change; a raised level is a post of its own"""


async def put_in_force(
    work: Work, row: WarningRow, found: Relation, before: WarningRow | None, *, check_area: bool = False
) -> None:
    """Post it where it belongs and ask everybody who owes an answer.

    The version before it is superseded: its open questions close, its unsent messages are withdrawn. Who answered it
    is not asked again, unless the level was raised or his place is newly covered.
    """
    await work.rows.warnings.set_state(row.id, ["held"], "active")
    spared = frozenset[int]() if before is None else await _supersede(work, before, found)
    tree = await work.tree()
    groups = await groups_of(work, tree, row.places)
    await post(work, row, groups, before if found.kind in _REPLIES else None, found, check_area=check_area)
    elsewhere = await post_elsewhere(work, row, found.kind.value, check_area=check_area)
    owing = await owing_people(work, tree, row, spared)
    await ask(work, row, owing)
    if before is not None and found.dropped:
        still = {g.chat_id for g in groups}
        await tell_the_end(work, before, "dropped", row.issuer, purpose=f"dropped{row.id}", but=still, still=elsewhere)
    await work.note(
        "warning.posted",
        row.subject,
        None,
        relation=found.kind.value,
        colour=row.colour.value,
        groups=len(groups),
        owing=len(owing),
    )


async def _supersede(work: Work, before: WarningRow, found: Relation) -> frozenset[int]:
    """Close the earlier version; returns the persons who need not be asked again."""
    answered = [o for o in await work.rows.obligations.of_subject(before.subject) if o.answered_at is not None]
    await work.rows.warnings.set_state(before.id, ["active", "expired", "lifted"], "superseded")
    await close(work, before)
    if found.kind not in _REPLIES:
        return frozenset()
    return frozenset(o.person_id for o in answered if not any(is_within(code, o.place) for code in found.added))
