"""What each source of warnings may do. How the sources are is in services/sources.py, what they said in
services/warnings.py.
"""

from datetime import timedelta

from domain.policy import CountyPolicy
from domain.sources import Source
from domain.warnings import SourcePolicy


def source_named(policy: CountyPolicy, name: str) -> Source | None:
    return next((source for source in policy.sources if source.name == name), None)


def policy_of(policy: CountyPolicy, name: str) -> SourcePolicy:
    """What this source may do. The watched folder, and whatever has no settings of its own, is held to the county's."""
    ours, source = policy.warnings, source_named(policy, name)
    if source is None:
        issuers, exercises, hours = ours.allowed_senders, ours.post_exercises, None
    else:
        issuers, exercises, hours = source.issuers, source.exercises, source.life_hours
    return SourcePolicy(
        senders=frozenset(issuers) if issuers else None,
        exercises=exercises,
        default_life=timedelta(hours=hours or ours.assumed_life_hours),
        max_villages=ours.max_villages,
    )
