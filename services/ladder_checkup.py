"""The ladders beside those of a warning's answers, for `check`: acting, first replies, duty, approval. A rung that
nobody stands on is told with its places, found by the very function that climbs it.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from domain.colours import Colour
from domain.obligations import TO_NOBODY_ELSE, Plan, Rung
from domain.people import PersonStatus, Role
from domain.places import PlaceCode, PlaceTree
from services.checkup import NOBODY, Exam, Finding, Mark, reaches
from services.first_reply import commander
from services.work import Work


async def beside(work: Work, lang: str) -> list[Finding]:
    """Stage two, first replies, duty and the second person."""
    tree, people = await work.tree(), await work.rows.people.all()
    if tree.get(work.county) is None or not any(one.status is PersonStatus.ACTIVE for one in people):
        return []
    found = [*await _acting(work, lang), *await _first_reply(work, lang)]
    found += [*await _duty(work, lang), *await _approval(work, lang)]
    return found or [Finding(Mark.FINE, "checkup.ladder.beside_whole")]


async def _acting(work: Work, lang: str) -> list[Finding]:
    """By colour: where somebody would owe an account of what he does."""
    policy, found = work.policy, []
    people = [one for one in await work.rows.people.all() if one.status is PersonStatus.ACTIVE]
    for colour, plan in policy.answers.acting.items():
        places = {
            post.place
            for one in people
            for post in one.posts
            if post.role in policy.warnings.answerers[colour]
            and policy.answers.owes_acting(colour, frozenset(each.role for each in one.posts))
        }
        found += await _holes(work, lang, "acting", plan, places, "acting", colour)
    return found


async def _first_reply(work: Work, lang: str) -> list[Finding]:
    tree = await work.tree()
    townships = [one.code for one in tree.townships_within(work.county)]
    without = [tree.path(place) for place in townships if await commander(work, place) is None]
    found = [Finding(Mark.WARN, "checkup.ladder.no_commander", {"places": without})] if without else []
    return [*found, *await _holes(work, lang, "first_reply", work.policy.answers.first_reply, townships, "reply")]


async def _duty(work: Work, lang: str) -> list[Finding]:
    """Only of bodies that plan shifts. The others of a shift are looked at where a shift is thin (`duty`)."""
    planned = await work.rows.duty.places_with_shifts(work.now)
    return await _holes(work, lang, "duty", work.policy.duty.confirm_ladder, planned, "duty")


async def _approval(work: Work, lang: str) -> list[Finding]:
    """The county's rung of this ladder is the leaders, and not the desk that wrote the warning."""
    warnings = work.policy.warnings
    plans = (warnings.approval_ladder, warnings.correction_ladder) if warnings.two_persons else ()
    if not any(step.rung is Rung.COUNTY for plan in plans for step in plan.steps):
        return []
    leaders = await work.rows.people.holding([Role.COUNTY_LEADER], [work.county])
    if any(one.reachable for one in leaders):
        return []
    return [_hole(work, lang, "approval", Rung.COUNTY, [(await work.tree()).path(work.county)])]


async def _holes(
    work: Work,
    lang: str,
    ladder: str,
    plan: Plan,
    places: Iterable[PlaceCode],
    kind: str,
    colour: Colour | None = None,
) -> list[Finding]:
    tree, found = await work.tree(), []
    for rung in dict.fromkeys(step.rung for step in plan.steps):
        if rung in TO_NOBODY_ELSE or rung is Rung.STAND_IN:
            continue
        units = {unit for place in places if (unit := _unit(work.county, tree, rung, place)) is not None}
        empty = [tree.path(one) for one in sorted(units) if not await reaches(work, rung, NOBODY, one, kind)]
        if empty:
            found.append(_hole(work, lang, ladder, rung, empty, colour))
    return found


def _unit(county: PlaceCode, tree: PlaceTree, rung: Rung, place: PlaceCode) -> PlaceCode | None:
    """Where the rung is looked for: once for each desk and not for each village below it. None: it does not apply."""
    if rung is Rung.COUNTY:
        return county
    if rung is Rung.CHECKER:
        return place
    found = tree.township_of(place) if rung is Rung.DESK else tree.village_of(place)
    return None if found is None else found.code


def _hole(
    work: Work, lang: str, ladder: str, rung: Rung, places: Sequence[str], colour: Colour | None = None
) -> Finding:
    facts: dict[str, object] = {
        "ladder": work.words.label(f"checkup.ladders.{ladder}", lang),
        "colour": None if colour is None else colour.value,
        "rung": work.words.label(f"checkup.rung.{rung.value}", lang),
        "places": list(places),
    }
    return Finding(Mark.WARN, "checkup.ladder.beside_hole", facts)


LADDER_EXAMS: Mapping[str, Exam] = MappingProxyType({"beside": beside})
