"""Nothing in the register is older than a year: once a month, within working hours, a station is asked in one message
about the points that nobody has looked at for so long, some at a time, so that 都没变 is said of what was read.
"""

import zlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from domain.errors import Stale
from domain.outgoing import Lane, Policy
from domain.people import Action, Person
from domain.places import PlaceCode, is_within
from domain.points import RiskPoint
from domain.text import Button, ButtonStyle, Html, Rows
from services.desk import keepers
from services.points import confirm_point
from services.points_view import line_facts
from services.work import Work

AT_ONCE = 8
_ASKED = "points asked"


async def ask_stale(work: Work) -> int:
    """A duty of the clock. Returns how many stations were asked."""
    policy = work.policy.points
    if not policy.may_ask(work.local(work.now)):
        return 0
    last = await work.rows.heartbeats.last(_ASKED)
    if last is not None and work.now - last < timedelta(days=policy.ask_every_days):
        return 0
    await work.rows.heartbeats.heard(_ASKED, work.now)
    tree = await work.tree()
    by_township: dict[PlaceCode, list[RiskPoint]] = {}
    for point in await work.rows.points.stale(policy.stale_before(work.now)):
        township = tree.township_of(point.place)
        by_township.setdefault(work.county if township is None else township.code, []).append(point)
    asked = 0
    for place, points in by_township.items():
        for keeper in await keepers(work, Action.EDIT_POINTS, place):
            text, buttons = await stale_view(work, place, points, keeper.language)
            key = f"points:stale:{place}:{work.local(work.now):%Y%m%d}:{keeper.id}"
            asked += await work.tell(
                keeper, key, text, buttons=buttons, lane=Lane.DIGEST, policy=Policy.AT_MOST_ONCE, silent=True
            )
    return asked


def _sign(points: Sequence[RiskPoint]) -> int:
    """Of exactly these points as they stood: what was not shown is not confirmed."""
    return zlib.crc32(",".join(f"{one.id}:{one.version}" for one in points).encode())


async def stale_view(work: Work, place: PlaceCode, points: Sequence[RiskPoint], lang: str) -> tuple[Html, Rows]:
    """The first of them, with one tap for all that are shown and one for each."""
    if not points:
        return work.words.text("points.stale.done", lang), ()
    shown = points[:AT_ONCE]
    lines: list[dict[str, Any]] = []
    for one in shown:
        people = await work.rows.people.many(one.patrollers)
        confirmed = work.local(one.confirmed_at)
        names = [person.name for person in people.values()]
        lines.append({**await line_facts(work, one, lang), "year": confirmed.year, "patrollers": names})
    text = work.words.card("points_stale", lang, total=len(points), lines=lines)
    label = work.words.label("points.stale.same", lang, number=len(shown))
    same = Button(label, f"pt:same:{place}:{_sign(shown)}", style=ButtonStyle.SUCCESS)
    each = [Button(f"{one.number} {one.name}"[:40], f"pt:s:{one.id}") for one in shown]
    return text, ((same,), *((one,) for one in each))


async def stale_in(work: Work, place: PlaceCode) -> list[RiskPoint]:
    before = work.policy.points.stale_before(work.now)
    return [one for one in await work.rows.points.stale(before) if is_within(one.place, place)]


async def all_the_same(work: Work, person: Person, place: PlaceCode, sign: int) -> list[RiskPoint]:
    """都没变, of those that were shown. Returns what is still to be looked at. Raises NotAllowed, Stale."""
    points = await stale_in(work, place)
    shown = points[:AT_ONCE]
    if not shown or _sign(shown) != sign:
        raise Stale("points.stale.other")
    for one in shown:
        await confirm_point(work, person, one)
    return points[AT_ONCE:]
