"""Where a warning is posted: one post in each of exactly its groups, with the tally that will be edited into it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from domain.colours import Colour
from domain.outgoing import Kind, Lane, Outgoing, Policy
from domain.places import Level, PlaceCode, PlaceTree
from domain.response import Period, ResponseLevel, level_of
from domain.response_policy import LevelPolicy
from domain.warning_areas import affected_villages
from domain.warning_reach import goes_by_itself, is_outranked, next_digest, quiet_until
from services.ports import Board, Group, GroupPost, WarningRow
from services.warning_texts import post_buttons, post_facts
from services.work import Work


def lane_of(colour: Colour) -> Lane:
    return Lane.RED if colour is Colour.RED else Lane.URGENT


def reach(tree: PlaceTree, county: PlaceCode, covered: Iterable[PlaceCode]) -> set[PlaceCode]:
    """The covered places, everything below them, and the villages, townships and county above them."""
    codes = {county}
    for code in covered:
        around = (tree.get(code), tree.village_of(code), tree.township_of(code), *tree.descendants(code))
        codes.update(place.code for place in around if place is not None)
    return codes


def villages_of(tree: PlaceTree, places: Iterable[PlaceCode]) -> frozenset[PlaceCode]:
    """What the places cover; a village stands for itself without a look at the rest of the county."""
    found, wider = set[PlaceCode](), []
    for code in places:
        village = tree.village_of(code)
        if village is not None:
            found.add(village.code)
        elif code in tree:
            wider.append(code)
    return frozenset(found) | affected_villages(wider, tree)


async def groups_of(work: Work, tree: PlaceTree, row: WarningRow) -> list[Group]:
    """The groups that get this warning by itself: the county's, the townships' and, where the colour goes straight
    down, the villages'. Not those that a graver one of the same kind covers, nor a department's: that group stands for
    its trade and not for a place."""
    villages = villages_of(tree, row.places)
    straight = work.policy.warnings.straight_down
    bound = await work.rows.groups.bound_to(reach(tree, work.county, row.places))
    return [
        group
        for group in bound
        if group.can_send
        and not group.department
        and goes_by_itself(_level(tree, group), row.colour, straight)
        and not is_outranked(tree, group.place or work.county, villages, row.outranked)
    ]


def _level(tree: PlaceTree, group: Group) -> Level | None:
    place = None if group.place is None else tree.get(group.place)
    return None if place is None else place.level


def is_quiet(work: Work, colour: Colour) -> datetime | None:
    """Until when a notice of this colour waits, were it to come now; never at orange and red."""
    ours = work.policy.warnings
    if colour >= Colour.ORANGE:
        return None
    begins = ours.quiet_from_blue if colour is Colour.BLUE else ours.quiet_from
    until = quiet_until(work.local(work.now), begins, ours.quiet_until)
    return None if until is None else until.astimezone(UTC)


def is_silent(work: Work, colour: Colour) -> bool:
    return colour is Colour.BLUE or is_quiet(work, colour) is not None


@dataclass(frozen=True, slots=True)
class Passing:
    """How a post comes about: what it is to the one before, which it answers; who passed it on with which remark."""

    relation: str
    answers: WarningRow | None = None
    remark: Mapping[str, str] | None = None
    night: "Quiet | None" = None


class Quiet(Protocol):
    """services.warning_night.Night."""

    def awake(self, place: PlaceCode) -> bool: ...
    def not_before(self, place: PlaceCode) -> datetime | None: ...


async def post(work: Work, row: WarningRow, groups: Sequence[Group], passing: Passing) -> None:
    """One post for each group, with the tally that will be edited into it. Orange and red are pinned. Where a group has
    had its day's posts, a new one of a lesser colour waits for the digest."""
    facts = {**await post_facts(work, row), "remark": passing.remark}
    card = work.words.card(
        "warning_post",
        relation=passing.relation,
        check_area=row.evidence.check_area,
        tally=None,
        over="",
        **facts,
    )
    mark = work.words.text("warning.resent", number=row.number)
    digest = None if passing.answers is not None else await _digest_for(work, row)
    tree = await work.tree()
    messages: list[Outgoing] = []
    boards: list[Board] = []
    posts: list[GroupPost] = []
    for group in groups:
        place = group.place or work.county
        key = f"{row.subject}:post:{group.chat_id}"
        if digest is not None and digest.full(group.chat_id, place):
            posts.append(GroupPost(group.chat_id, row.subject, place, key, work.now, digest.at))
            continue
        answers = passing.answers
        messages.append(
            Outgoing(
                key=key,
                chat_id=group.chat_id,
                text=card,
                subject=row.subject,
                lane=lane_of(row.colour),
                buttons=post_buttons(work, row, township=_level(tree, group) is Level.TOWNSHIP),
                expires_at=row.expires,
                target=None if answers is None else f"{answers.subject}:post:{group.chat_id}",
                reply=answers is not None,
                silent=is_silent(work, row.colour) and not _rings(row, passing.night, place),
                not_before=None if passing.night is None else passing.night.not_before(place),
                resend_mark=mark,
            )
        )
        if group.can_pin and row.colour >= Colour.ORANGE:
            messages.append(_pin(row, group.chat_id, key))
        boards.append(Board(row.subject, group.chat_id, place, key, work.now))
        posts.append(GroupPost(group.chat_id, row.subject, place, key, work.now))
    await work.rows.outbox.put_many(messages)
    await work.rows.boards.add(boards)
    await work.rows.warnings.add_posts(posts)


def _rings(row: WarningRow, night: Quiet | None, place: PlaceCode) -> bool:
    """In the night, where the response has everybody on post. Blue never does."""
    return night is not None and row.colour is not Colour.BLUE and night.awake(place)


@dataclass(frozen=True, slots=True)
class _Digest:
    """The cap of this colour, what each group has had today, and when the next digest leaves."""

    cap: int
    had: Mapping[int, int]
    at: datetime
    periods: Sequence[Period]
    levels: Mapping[ResponseLevel, LevelPolicy]

    def full(self, chat_id: int, place: PlaceCode) -> bool:
        """Under a response its level's cap takes the colour's place, and its announcements count too."""
        level = level_of(self.periods, place)
        cap = self.cap if level is None else self.levels[level].posts_per_day
        return self.had.get(chat_id, 0) >= cap


async def _digest_for(work: Work, row: WarningRow) -> _Digest | None:
    """None where this one is never put off: a colour without a cap, or an end that the digest would not reach."""
    ours = work.policy.warnings
    cap = ours.posts_per_day.get(row.colour)
    local = work.local(work.now)
    at = next_digest(local, ours.digest_hours).astimezone(UTC)
    if cap is None or row.expires <= at:
        return None
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight.astimezone(UTC)
    had = Counter(await work.rows.warnings.posted_since(since)) + Counter(await work.rows.responses.posts_since(since))
    return _Digest(cap, had, at, await work.rows.responses.active(), work.policy.response.levels)


def _pin(row: WarningRow, chat_id: int, post_key: str) -> Outgoing:
    return Outgoing(
        key=f"{post_key}:pin",
        chat_id=chat_id,
        kind=Kind.PIN,
        policy=Policy.IDEMPOTENT,
        lane=Lane.DIGEST,
        subject=row.subject,
        target=post_key,
        silent=row.colour is not Colour.RED,  # a loud pin wakes everybody: red only
        expires_at=row.expires,
    )
