"""Where a change of a response is announced: once in each group it concerns, changes as answers to the first post."""

from collections.abc import Collection

from domain.outgoing import Lane, Outgoing
from domain.places import PlaceTree
from domain.response import Period, PeriodChange
from domain.warning_reach import FROM_BELOW, quiet_until
from services.ports import Group, ResponsePost
from services.response_texts import post_facts
from services.warning_posts import reach
from services.work import Work


async def announce(work: Work, period: Period, change: PeriodChange, before: Period | None) -> int:
    """One post in each group; returns how many. What is still unsent of an earlier change is overtaken by this one."""
    first = {post.chat_id: post.key for post in reversed(await work.rows.responses.posts_of(period.id))}
    groups = await groups_of(work, period, first, before)
    await work.rows.outbox.supersede(subject=period.subject)
    gone = {key for key in first.values() if (await work.rows.outbox.state_of(key) or ("",))[0] == "superseded"}
    card = work.words.card("response_post", **await post_facts(work, period, change, before))
    mark = work.words.text("response.resent", number=period.number)
    messages, posts = [], []
    for group in groups:
        key = f"{period.subject}:v{period.version}:{group.chat_id}"
        target = first.get(group.chat_id)
        target = None if target in gone else target
        messages.append(
            Outgoing(
                key=key,
                chat_id=group.chat_id,
                text=card,
                subject=period.subject,
                lane=Lane.URGENT,
                target=target,
                reply=target is not None,
                silent=_silent(work, period),
                resend_mark=mark,
            )
        )
        posts.append(ResponsePost(period.id, period.version, group.chat_id, key, work.now))
    await work.rows.outbox.put_many(messages)
    await work.rows.responses.posted(posts)
    return len(groups)


async def groups_of(work: Work, period: Period, told: Collection[int], before: Period | None) -> list[Group]:
    """The county's and the townships', the villages' where the level goes down to them or a village itself is meant;
    and whoever was told of this period before. No department's: it stands for its trade and not for a place."""
    tree = await work.tree()
    places = set(period.places) | (set() if before is None else set(before.places))
    bound = await work.rows.groups.bound_to(reach(tree, work.county, places))
    return [
        group
        for group in bound
        if group.can_send
        and not group.department
        and (group.chat_id in told or _goes_to(work, tree, period, before, group))
    ]


def _goes_to(work: Work, tree: PlaceTree, period: Period, before: Period | None, group: Group) -> bool:
    place = None if group.place is None else tree.get(group.place)
    if place is None or place.level not in FROM_BELOW:
        return True
    gravest = period.level if before is None else max(period.level, before.level)
    if gravest >= work.policy.response.villages_from:
        return True
    village = tree.village_of(place.code)
    named = {found.code for code in period.places if (found := tree.village_of(code)) is not None}
    return village is not None and village.code in named


def _silent(work: Work, period: Period) -> bool:
    """At night a change below the levels that lift the quiet rings nobody awake."""
    ours = work.policy.warnings
    if work.policy.response.levels[period.level].lifts_quiet:
        return False
    return quiet_until(work.local(work.now), ours.quiet_from, ours.quiet_until) is not None
