"""The table of a benchmark run: ratios first, each with its aim and whether it was reached."""

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `aim` None: for information only. `at_most`: small is good."""

    what: str
    value: float
    unit: str = ""
    aim: float | None = None
    at_most: bool = False
    detail: str = ""

    @property
    def reached(self) -> bool | None:
        if self.aim is None:
            return None
        return self.value <= self.aim if self.at_most else self.value >= self.aim

    def __str__(self) -> str:
        aim = "" if self.aim is None else f"{'≤' if self.at_most else '≥'} {self.aim:g}"
        verdict = {None: "", True: "reached", False: "NOT REACHED"}[self.reached]
        return f"{self.what:<64} {self.value:>8.2f} {self.unit:<5} {aim:<8} {verdict:<12} {self.detail}".rstrip()


@dataclass(slots=True)
class Report:
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    load_before: float = field(default_factory=lambda: os.getloadavg()[0])

    def __str__(self) -> str:
        lines = [
            machine(),
            f"load average {self.load_before:.1f} before, {os.getloadavg()[0]:.1f} after; medians, rounds in turn",
            "",
            *(str(row) for row in self.rows),
            "",
            *self.notes,
        ]
        return "\n".join(lines).rstrip() + "\n"


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, {platform.system()} {platform.release()}, {python}"
