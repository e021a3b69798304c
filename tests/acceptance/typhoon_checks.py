"""The daily checks of the typhoon by Telegram's books: who was asked, when, and who ought to have been left alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.typhoon import Typhoon
from domain.places import PlaceCode
from tests.acceptance.burden import ZONE, is_night
from tests.acceptance.reckoning import Ledger
from tests.acceptance.roster import LargeCounty, Resident

_RAISED, _LOWERED, _ENDED = timedelta(hours=36, minutes=20), timedelta(hours=48), timedelta(hours=60, minutes=10)
"""Ⅱ from and until, and the end; from eight in the morning of the first day"""
_SHIFT_OVER, _REST = timedelta(hours=49), timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Asked:
    who: Resident
    at: datetime

    def __str__(self) -> str:
        return f"{self.who.user_id} {self.at.astimezone(ZONE):%d %H:%M}"


def reckon_checks(
    ledger: Ledger, checked: Iterable[tuple[int, datetime]], county: LargeCounty, script: Typhoon, now: datetime
) -> None:
    """`checked`: account and instant of every question."""
    people, began = {one.user_id: one for one in county.residents}, script.began
    asked = [Asked(people[user], at) for user, at in checked]
    ledger.figures["asked in checks"] = str(len(asked))
    for day in range(3):
        since = began + timedelta(days=day)
        if now < since + timedelta(hours=10):
            break
        here = [one for one in asked if since <= one.at < since + timedelta(hours=12)]
        ledger.hold(f"townships nobody of which was asked on day {day + 1}", _without(county, here))
        ledger.hold(f"asked three times on day {day + 1}", _often(here))
    silent = [one for one in asked if is_night(one.at) and not began + _RAISED <= one.at < began + _LOWERED]
    ledger.hold("asked at night below Ⅱ", silent)
    far = {one.code for one in script.cast.far.villages[:5]}
    lost = [one for one in asked if _cut_off(began, one) and any(post.place in far for post in one.who.posts)]
    ledger.hold("asked while cut off", lost)
    ledger.hold("asked after the end", [one for one in asked if one.at >= began + _ENDED])
    tired, over = {script.cast.near.in_charge, script.cast.near.duty, script.cast.near.station}, began + _SHIFT_OVER
    ledger.hold(
        "asked after a night on duty", [o for o in asked if o.who.user_id in tired and over <= o.at < over + _REST]
    )


def _without(county: LargeCounty, asked: Sequence[Asked]) -> Iterable[PlaceCode]:
    reached = {post.place[:9] for one in asked for post in one.who.posts}
    return [place for place in county.townships if place not in reached]


def _often(asked: Sequence[Asked]) -> Iterable[int]:
    people = [one.who.user_id for one in asked]
    return sorted({one for one in people if people.count(one) >= 3})


def _cut_off(began: datetime, one: Asked) -> bool:
    return began + timedelta(hours=40, minutes=30) <= one.at < began + timedelta(hours=51)
