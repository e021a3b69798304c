"""Everything people can do, in the order in which free text is offered to the features."""

from handlers import checks, groups, hazards, leave, patrols, people, sources, warnings
from handlers.scene import Feature

FEATURES: tuple[Feature, ...] = (
    warnings.FEATURE,
    checks.FEATURE,
    patrols.FEATURE,
    people.FEATURE,
    groups.FEATURE,
    leave.FEATURE,
    hazards.FEATURE,
    sources.FEATURE,
)
