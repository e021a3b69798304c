"""Seventy-two hours of a typhoon on the whole bot, held against what the field allows: who was disturbed how often,
that nights were silent, that no household got into a group, and that every row of the script could be played.

The limits are the field's own (defaults, not law): posts in the township's group over the three days, messages to an
ordinary grid member and to a village's emergency officer.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from demo.cast import Cast, cast_of
from demo.players import Players
from demo.typhoon import Typhoon
from domain.people import Role
from services.audit import audit
from tests.acceptance.burden import ZONE, Burden, Said
from tests.acceptance.crowd import Crowd
from tests.acceptance.points import dike_walkers, enter_dikes, enter_points
from tests.acceptance.reckoning import Ledger
from tests.acceptance.roster import LargeCounty, Size, make
from tests.acceptance.stage import Stage, stage_of
from tests.acceptance.typhoon_checks import reckon_checks

SMALL = Size(3, 15, 165)
START = datetime(2026, 6, 19, 23, 58, tzinfo=UTC)
"""two minutes before eight of the first day"""
HOURS = 76
QUICK, SLOW, QUICK_FOR = timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30)
RUN_UP = {39: timedelta(minutes=45)}
"""rows that need what the bot does on its own before them: a slow heart hands out a round over hours"""
MOST_POSTS, MOST_GRID, MOST_OFFICER = 14, 12, 22
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


async def typhoon(size: Size, folder: Path, title: str = "", hours: float = HOURS) -> Ledger:
    """`hours`: for so long the script is played; later rows are not asked for."""
    county = make(size)
    everything_on = folder / "county.toml"
    everything_on.write_text("", "utf-8")
    async with stage_of(county, folder, start=START, county_file=everything_on) as stage:
        await stage.bot.doors.run(partial(enter_points, county=county))
        await stage.bot.doors.run(partial(enter_dikes, county=county))
        crowd = Crowd(stage, goes_on=True)
        await stage.pass_time(minutes=2)
        script = Typhoon(Players(stage.world), stage, _cast(county), stage.deliver)
        began = stage.now()
        _set_the_pace(stage, script, began)
        script.begin(began)
        crowd.is_busy = script.is_busy
        crowd.is_cut_off = lambda one: one.posts[0].place in script.cut_off()
        await stage.until(began + timedelta(hours=hours))
        return await _reckon(stage, county, script, title, crowd.checked)


def _cast(county: LargeCounty) -> Cast:
    return cast_of(county.residents, county.places, {place: one.user_id for place, one in dike_walkers(county).items()})


def _set_the_pace(stage: Stage, script: Typhoon, began: datetime) -> None:
    """The heart beats quickly while a row plays and for a while after it, slowly in between."""
    quick: list[tuple[datetime, datetime]] = []
    for row in sorted(script.rows(), key=lambda row: row.at):
        since, until = began + row.at - RUN_UP.get(row.number, timedelta()), began + row.at + QUICK_FOR
        if quick and since <= quick[-1][1]:
            quick[-1] = quick[-1][0], until
        else:
            quick.append((since, until))

    async def pace(beat: timedelta) -> None:
        stage.beat_every = beat

    for since, until in quick:
        stage.at(since, partial(pace, QUICK))
        stage.at(until, partial(pace, SLOW))


async def _reckon(
    stage: Stage, county: LargeCounty, script: Typhoon, title: str, checked: Sequence[tuple[int, datetime]]
) -> Ledger:
    ledger, cast, began = Ledger(title), script.cast, script.began
    burden = Burden(stage.world, began, began + timedelta(hours=72))
    rows = [row for row in script.rows() if began + row.at < stage.now() - QUICK_FOR]
    ledger.hold("rows that could not be played", (f"{number} {why}" for number, why in sorted(script.failed.items())))
    ledger.hold("rows that never came to an end", {r.number for r in rows if r.play} - {*script.played, *script.failed})
    ledger.figures["rows played"] = f"{len(script.played)} of {len(rows)}"
    ledger.figures["rows without the feature"] = ", ".join(str(r.number) for r in rows if r.play is None)
    near = county.groups[cast.near.code]
    posts = burden.to(near)
    ledger.figures["posts in the township's group"] = f"{len(posts)} (at most {MOST_POSTS})"
    ledger.hold("posts in the township's group", [len(posts)] if len(posts) > MOST_POSTS else [])
    _private(ledger, burden, "grid member", _ordinary(county, Role.GRID_MEMBER), MOST_GRID)
    _private(ledger, burden, "emergency officer", _ordinary(county, Role.EMERGENCY_OFFICER), MOST_OFFICER)
    _nights(ledger, burden, county, began)
    reckon_checks(ledger, checked, county, script, stage.now())
    phones = [
        text for chat in county.groups.values() for text in (s.text for s in burden.to(chat)) if _MOBILE.search(text)
    ]
    ledger.hold("telephone numbers in groups", phones)
    ledger.hold("the books", await stage.read(audit))
    ledger.hold("requests refused by the second judge", stage.complaints)
    return ledger


_LEADING = {Role.VILLAGE_HEAD}
_WALKING = {Role.PATROLLER, Role.MONITOR}


def _ordinary(county: LargeCounty, role: Role) -> list[int]:
    """Those with the role in villages. Who also holds a leading post is not ordinary, nor who has a pond or a slope to
    walk, be it for a colleague on leave: rounds are as many as the level asks for."""
    busier = {one.number for one in county.residents if any(p.role in _LEADING | _WALKING for p in one.posts)}
    busier |= {one.stand_in for one in county.residents if one.number in busier and one.stand_in is not None}
    return [
        one.user_id
        for one in county.residents
        if one.enrolled and one.number not in busier and any(p.role is role for p in one.posts)
    ]


def _private(ledger: Ledger, burden: Burden, who: str, people: Iterable[int], most: int) -> None:
    counted = sorted(((len(burden.to(one)), one) for one in people), reverse=True)
    if not counted:
        return
    median, (highest, busiest) = counted[len(counted) // 2][0], counted[0]
    ledger.figures[f"messages to a {who}"] = f"median {median}, most {highest} (at most {most})"
    ledger.hold(f"messages to a {who}", [f"{one} got {count}" for count, one in counted if count > most])
    if highest > most:
        ledger.figures[f"what {busiest} got"] = "".join(_first_line(said) for said in burden.to(busiest))


def _first_line(said: Said) -> str:
    return f"\n{said.at.astimezone(ZONE):%d %H:%M} {' '.join(said.text.split())[:60]}"


def _nights(ledger: Ledger, burden: Burden, county: LargeCounty, began: datetime) -> None:
    """The first night is silent for everybody. The second is under Ⅱ and red."""
    first_night_over = began + timedelta(hours=22, minutes=30)
    people = [one.user_id for one in county.residents]
    loud = burden.at_night([*people, *county.groups.values()], lambda said: said.at >= first_night_over)
    ledger.hold("sounds in the first night", (f"{chat}: {said.text[:40]}" for chat, said in loud))
