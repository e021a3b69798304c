"""Everything people can do, in the order in which free text is offered to the features."""

from handlers import (
    cards,
    checks,
    duty,
    groups,
    hazards,
    leave,
    ledger,
    letters,
    listings,
    patrols,
    people,
    points,
    rehearsal,
    responses,
    rewards,
    sources,
    supervision,
    warnings,
)
from handlers.scene import Feature

FEATURES: tuple[Feature, ...] = (
    warnings.FEATURE,
    checks.FEATURE,
    patrols.FEATURE,
    people.FEATURE,
    groups.FEATURE,
    leave.FEATURE,
    duty.FEATURE,
    cards.FEATURE,
    hazards.FEATURE,
    ledger.FEATURE,
    letters.FEATURE,
    points.FEATURE,
    listings.FEATURE,
    rewards.FEATURE,
    supervision.FEATURE,
    rehearsal.FEATURE,
    responses.FEATURE,
    sources.FEATURE,
)
