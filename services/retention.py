"""Personal data is kept as long as it is needed and not longer (个人信息保存期限应当为实现处理目的所必要的最短时间).

Once a day the positions of people and the words of old messages are taken away; that something was done, when and by
whom, stays on the timeline and in the ledgers; so do the counts of households, without which ones were left. How many
days is the county's figure. Dialogues nobody finished and updates long done are services/housekeeping.py's.
"""

from datetime import datetime, timedelta

from services.work import Work

_EVERY = timedelta(days=1)
_PAUSE = timedelta(minutes=10)
_AT_ONCE = timedelta(days=7)
"""of messages: a backlog is worked off in pieces, so that nobody waits for long"""
_LOOKED = "forgotten"
_WORDS_UNTIL = "forgotten_words"


async def forget(work: Work) -> int:
    """Once a day, more often while there is a backlog: what is older than the county keeps it. Returns how much."""
    last = await work.rows.heartbeats.last(_LOOKED)
    if last is not None and work.now - last < _PAUSE:
        return 0
    if last is not None and work.now - last < _EVERY and not await _words_are_behind(work):
        return 0
    await work.rows.heartbeats.heard(_LOOKED, work.now)
    keep = work.policy.retention
    positions = await work.rows.retention.forget_positions(work.now - timedelta(days=keep.position_days))
    words = await _forget_words(work)
    if positions or words:
        await work.note("retention.forgotten", "bot", None, positions=positions, words=words)
    return positions + words


async def _words_are_behind(work: Work) -> bool:
    until = await work.rows.heartbeats.last(_WORDS_UNTIL)
    return until is not None and _horizon(work) - until > 2 * _EVERY


def _horizon(work: Work) -> datetime:
    return work.now - timedelta(days=work.policy.retention.message_days)


async def _forget_words(work: Work) -> int:
    before = _horizon(work)
    since = await work.rows.heartbeats.last(_WORDS_UNTIL) or await work.rows.retention.oldest_words()
    if since is None or since >= before:
        return 0
    until = min(before, since + _AT_ONCE)
    await work.rows.heartbeats.heard(_WORDS_UNTIL, until)
    return await work.rows.retention.forget_words(since, until)
