"""复盘 of a response that has ended: one private message to the leaders of each body in its places, with the names
behind a figure on request, a document, the rows as sheets, and what they conclude from it. Every figure is
`domain.review.review` over the same rows.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain.checks import UNQUALIFIED
from domain.errors import Stale
from domain.outgoing import Lane, Policy
from domain.patrols import TaskState
from domain.people import RIGHTS, Action, Person, PersonId
from domain.places import PlaceCode, ancestors
from domain.response import Period
from domain.review import Advice, Review, ReviewRows, review
from domain.text import Button, ButtonStyle, Rows
from services.daily_digest import readers_in
from services.ports.reviews import Conclusion
from services.response_texts import shown
from services.work import Work

_NAMED = 60
_LISTED = 8
_SHOWN_DAYS = 60
BEHIND = ("called", "missed", "unqualified")
"""figures with names behind them"""


async def send_reviews(work: Work) -> int:
    """A duty of the clock: the first time that the county's hour comes after the end. One that ended long ago has none
    by itself, so that an upgrade posts nothing old; it can be asked for. Returns how many periods."""
    done, since = 0, work.now - timedelta(days=work.policy.response.review_within_days)
    for period in await work.rows.responses.to_review(since, work.now):
        if work.now < _hour_after(work, period) or not await work.rows.responses.reviewed(period.id, work.now):
            continue
        rows = await rows_of(work, period)
        for place in await bodies_of(work, period):
            await _send(work, period, place, rows)
        await work.note("response.reviewed", period.subject, None)
        done += 1
    return done


def _hour_after(work: Work, period: Period) -> datetime:
    assert period.ended_at is not None  # to_review() gives ended ones
    ended = work.local(period.ended_at)
    at = datetime.combine(ended.date(), work.policy.response.review_at, ended.tzinfo)
    return at if at > ended else at + timedelta(days=1)


async def bodies_of(work: Work, period: Period) -> list[PlaceCode]:
    """The county, and each township that it touched."""
    tree = await work.tree()
    return [work.county, *(one.code for one in tree.townships_within(work.county) if period.touches(one.code))]


async def rows_of(work: Work, period: Period) -> ReviewRows:
    """From the morning of its first day to its end: warnings come before responses. Rows of its places, and shifts of
    the bodies above them."""
    assert period.ended_at is not None
    begun = work.local(period.started_at).replace(hour=0, minute=0, second=0, microsecond=0)
    since = begun.astimezone(work.now.tzinfo)
    rows = await work.rows.reviews.rows_of(period.id, since, period.ended_at)
    above = {code for place in period.places for code in ancestors(place)}
    own = rows.within(period.places)
    return replace(
        own,
        manned=tuple(one for one in rows.manned if one in own.manned or one.place in above),
        deaf_seconds=await work.rows.heartbeats.deaf_between(since, period.ended_at),
    )


async def of_area(work: Work, period: Period, place: PlaceCode) -> ReviewRows:
    """The part that a body sees: the county all of it."""
    rows = await rows_of(work, period)
    return rows if place == work.county else rows.within([place])


async def seen(work: Work, person: Person | None, period_id: int, place: PlaceCode) -> Period:
    """The ended period, for whoever may see who was missing there. Raises NotAllowed, Stale."""
    await work.require(person, Action.SEE_MISSING, place)
    period = await work.rows.responses.get(period_id)
    if period is None or period.ended_at is None or place not in await bodies_of(work, period):
        raise Stale("refused.stale")
    return period


async def newest_ended(work: Work, person: Person) -> list[tuple[Period, PlaceCode]]:
    """Those of the last two months that were reviewed, with the body whose part the person sees; the newest first."""
    ended = await work.rows.responses.between(work.now - timedelta(days=_SHOWN_DAYS), work.now)
    found = []
    for period in sorted((one for one in ended if not one.active), key=lambda one: -one.id):
        places = [code for code in await bodies_of(work, period) if _sees(person, code)]
        found += [(period, places[0])] if places else []
    return found


def _sees(person: Person, place: PlaceCode) -> bool:
    return any(post.place == place and post.role in RIGHTS[Action.SEE_MISSING] for post in person.posts)


# -- the message --------------------------------------------------------------------------------------------------


async def _send(work: Work, period: Period, place: PlaceCode, rows: ReviewRows) -> None:
    part = rows if place == work.county else rows.within([place])
    for person in await readers_in(work, place):
        facts = await facts_of(work, period, place, part, person.language)
        await work.tell(
            person,
            f"review:{period.id}:{place}:{person.id}",
            work.words.card("review", person.language, **facts),
            subject=period.subject,
            buttons=buttons(work, period, place, part, person.language),
            lane=Lane.DIGEST,
            policy=Policy.AT_MOST_ONCE,
        )


async def facts_of(work: Work, period: Period, place: PlaceCode, rows: ReviewRows, lang: str) -> dict[str, Any]:
    """What the card, the document and the first sheet say."""
    figures = review(rows)
    assert period.ended_at is not None
    return {
        "period": await shown(work, period, lang),
        "place": (await work.tree()).path(place),
        "since": work.local(rows.since),
        "until": work.local(rows.until),
        "figures": figures,
        "results": [
            {"name": work.words.label(f"check.result.{one.value}", lang), "count": count}
            for one, count in figures.results.items()
        ],
        "advice": await _advice(work, figures, lang),
        "conclusion": await newest_conclusion(work, period, place),
    }


async def _advice(work: Work, figures: Review, lang: str) -> list[str]:
    tree = await work.tree()
    lines = []
    for what, about in figures.advice:
        places = what in {Advice.SILENT_VILLAGES, Advice.WRONG_NUMBERS, Advice.UNCONFIRMED}
        names = [tree.path(PlaceCode(one)) if places else one for one in about]
        more = max(0, len(names) - _LISTED)
        lines.append(
            work.words.label(f"review.advice.{what.value}", lang, names=names[:_LISTED], count=len(names), more=more)
        )
    return lines


def buttons(work: Work, period: Period, place: PlaceCode, rows: ReviewRows, lang: str) -> Rows:
    here, label = f"{period.id}:{place}", work.words.label
    names = [
        (Button(label(f"review.button.{what}", lang, count=len(found)), f"rvw:who:{what}:{here}"),)
        for what in BEHIND
        if (found := behind(rows, what))
    ]
    papers = (
        Button(label("review.button.document", lang), f"rvw:doc:{here}"),
        Button(label("review.button.sheets", lang), f"rvw:rows:{here}"),
    )
    write = Button(label("review.button.conclude", lang), f"rvw:write:{here}", style=ButtonStyle.PRIMARY)
    return (*names, papers, (write,))


def behind(rows: ReviewRows, what: str) -> tuple[PersonId, ...]:
    """Who is behind a figure, each once, in the order in which they were asked."""
    found: Sequence[PersonId]
    if what == "called":
        found = [one.person for one in rows.called if one.answered_at is None and not one.excused]
    elif what == "missed":
        found = [one.person for one in rows.walked if one.state is TaskState.MISSED]
    else:
        found = [one.person for one in rows.checked if one.result in UNQUALIFIED]
    return tuple(dict.fromkeys(found))


async def names_behind(
    work: Work, person: Person | None, what: str, period_id: int, place: PlaceCode
) -> tuple[list[Person], int]:
    """The persons, privately to whoever may see them; the first ones, and how many more. Raises NotAllowed, Stale."""
    period = await seen(work, person, period_id, place)
    found = behind(await of_area(work, period, place), what)
    people = await work.rows.people.many(found[:_NAMED])
    return [people[one] for one in found[:_NAMED] if one in people], max(0, len(found) - _NAMED)


# -- what is concluded --------------------------------------------------------------------------------------------


async def conclude(work: Work, person: Person | None, period_id: int, place: PlaceCode, words: str) -> Conclusion:
    """整改意见, by a leader of the body; an earlier one stays in the record. Raises NotAllowed, Stale."""
    period = await seen(work, person, period_id, place)
    assert person is not None
    done = await work.rows.reviews.conclude(period.id, place, words, person.id, work.now)
    await work.note("response.concluded", period.subject, person, place=place, version=done.version)
    return done


async def newest_conclusion(work: Work, period: Period, place: PlaceCode) -> dict[str, Any] | None:
    found = next((one for one in await work.rows.reviews.conclusions(period.id) if one.place == place), None)
    if found is None:
        return None
    by = await work.rows.people.get(found.by)
    return {"words": found.words, "by": "" if by is None else by.name, "at": work.local(found.at)}
