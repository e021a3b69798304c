"""What a run of crashes showed, and whether every promise was kept."""

from dataclasses import dataclass, field
from statistics import median


@dataclass(slots=True)
class Ledger:
    """All figures of one run. `violations` is empty when nothing was lost and nothing done twice."""

    seed: int = 0
    database: str = ""
    seconds: float = 0.0
    kills: int = 0
    by_place: dict[str, int] = field(default_factory=dict)
    """kills by the place where they struck"""
    stops: int = 0
    updates_offered: int = 0
    updates_lost: int = 0
    updates_aside: int = 0
    updates_dropped: int = 0
    """too old before the bot was back: dropped by Telegram, not by us"""
    acknowledgements: int = 0
    acknowledged_never: int = 0
    acknowledged_twice: int = 0
    submissions: int = 0
    submitted_never: int = 0
    submitted_twice: int = 0
    warnings_issued: int = 0
    warnings_missing: int = 0
    warnings_twice: int = 0
    messages_owed: int = 0
    lost_messages: list[str] = field(default_factory=list)
    """key, state and reason of each"""
    posts_missing: int = 0
    """warning and group without a post, by Telegram's own books"""
    talks_unanswered: int = 0
    duplicates: int = 0
    duplicates_most: int = 0
    """after one kill"""
    in_flight_then: int = 0
    """messages in flight at that kill"""
    duplicates_over: int = 0
    """duplicates beyond what was in flight at their kill"""
    duplicates_on_stop: int = 0
    cold_starts: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    broken_link: int | None = None
    errors_logged: int = 0
    odd_ends: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        """One line for each promise that was not kept."""
        promises = {
            "updates lost": self.updates_lost,
            "updates put aside": self.updates_aside,
            "acknowledgements without effect": self.acknowledged_never,
            "acknowledgements counted twice": self.acknowledged_twice,
            "dialogues submitted without effect": self.submitted_never,
            "dialogues submitted twice": self.submitted_twice,
            "warnings not taken in": self.warnings_missing,
            "warnings taken in twice": self.warnings_twice,
            "messages lost": len(self.lost_messages),
            "posts missing in groups": self.posts_missing,
            "private messages without a reply": self.talks_unanswered,
            "duplicates beyond what was in flight": self.duplicates_over,
            "duplicates after a graceful stop": self.duplicates_on_stop,
            "errors in the log": self.errors_logged,
            "processes that did not end as told": len(self.odd_ends),
        }
        broken = [f"{what}: {count}" for what, count in promises.items() if count]
        if self.broken_link is not None:
            broken.append(f"the timeline is broken at line {self.broken_link}")
        return broken

    def __str__(self) -> str:
        places = ", ".join(f"{name} {count}" for name, count in sorted(self.by_place.items()))
        lines = [
            ("run", f"seed {self.seed}, {self.database}, {self.seconds:.0f} s"),
            ("kills", f"{self.kills} ({places}); graceful stops {self.stops}"),
            ("updates", f"{self.updates_offered} offered, {self.updates_lost} lost, {self.updates_aside} put aside; "
                        f"{self.updates_dropped} dropped by Telegram itself"),
            ("acknowledgements", f"{self.acknowledgements}, without effect {self.acknowledged_never}, "
                                 f"twice {self.acknowledged_twice}"),
            ("dialogues", f"{self.submissions} submitted, without effect {self.submitted_never}, "
                          f"twice {self.submitted_twice}"),
            ("warnings", f"{self.warnings_issued} issued, not taken in {self.warnings_missing}, "
                         f"twice {self.warnings_twice}; posts missing in groups {self.posts_missing}"),
            ("messages", f"{self.messages_owed} owed, {len(self.lost_messages)} lost; private talk without a reply "
                         f"{self.talks_unanswered}"),
            ("duplicates", f"{self.duplicates} in all; most after one kill {self.duplicates_most} with "
                           f"{self.in_flight_then} in flight; beyond what was in flight {self.duplicates_over}; "
                           f"after a graceful stop {self.duplicates_on_stop}"),
            ("ready after", f"{_spread(self.cold_starts)} cold; {_spread(self.starts)} with the imports done"),
            ("timeline", "whole" if self.broken_link is None else f"broken at {self.broken_link}"),
            ("log", f"{self.errors_logged} errors"),
        ]  # fmt: skip
        lines += [("VIOLATION", violation) for violation in self.violations]
        lines += [("lost", what) for what in self.lost_messages[:20]]
        lines += [("verdict", "NOT KEPT" if self.violations else "every promise kept")]
        return "\n".join(f"{name:>18}  {text}" for name, text in lines)


def _spread(seconds: list[float]) -> str:
    if not seconds:
        return "none"
    return f"median {median(seconds):.2f} s, longest {max(seconds):.2f} s of {len(seconds)}"
