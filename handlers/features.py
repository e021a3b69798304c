"""Everything people can do, in the order in which free text is offered to the features."""

from handlers import groups, leave, people, warnings
from handlers.scene import Feature

FEATURES: tuple[Feature, ...] = (
    warnings.FEATURE,
    people.FEATURE,
    groups.FEATURE,
    leave.FEATURE,
)
