# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine: what it is, and whether it was left in peace.

A figure is worth what the machine was doing besides. Three things are watched
while a measurement runs: the time that the cable's clock slipped, as it reports
it; the time that a hypervisor took away (steal); and the time that processes
other than ours had of all processors, which is what these did less what the
processes of our world did. Some of that difference is ours all the same, since
threads of the kernel carry what a pty has taken: 5 % of two processors at 3
Mbaud, 20 % at unlimited speed.
"""

import os
import platform
import time
from contextlib import ExitStack
from pathlib import Path

from world import Cable, Network, spawn

SLIPPED_MAX = 0.01
STOLEN_MAX = 0.01
FOREIGN_MAX = 0.15
FOREIGN_MAX_UNLIMITED = 0.3

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def describe() -> dict[str, object]:
    return {
        "kernel": platform.release(),
        "processor": processor(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
    }


def processor() -> str:
    for row in Path("/proc/cpuinfo").read_text().splitlines():
        if row.startswith("model name"):
            return row.split(":", 1)[1].strip()
    return platform.machine()


def spin(stack: ExitStack) -> None:
    """Keep each processor from halting, at a priority that any other beats.

    A virtual processor that halts is slow to wake.
    """
    for _ in range(os.cpu_count() or 1):
        spawn(stack, ["chrt", "--idle", "0", "sh", "-c", "while :; do :; done"])


def all_seconds() -> tuple[float, float]:
    """The busy time of all processors, and the time stolen from them."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _, _, irq, softirq, stolen = (int(field) for field in fields[:8])
    return (user + nice + system + irq + softirq) / TICKS_PER_S, stolen / TICKS_PER_S


def our_seconds() -> float:
    """The processor time of our world's processes, including ended ones."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICKS_PER_S


class Watch:
    """Looks at the machine during a measurement, with the cable that it uses."""

    def __init__(self, cable: Cable | Network, baud: int) -> None:
        self.cable = cable
        self.foreign_max = FOREIGN_MAX if baud else FOREIGN_MAX_UNLIMITED
        self.disturbances: list[str] = []
        self.carried: list[dict[str, float]] = []

    def __enter__(self) -> "Watch":
        self.begin = time.monotonic()
        self.cable_before = self.cable.read()
        self.all_before = all_seconds()
        self.our_before = our_seconds()
        return self

    def __exit__(self, *exception: object) -> None:
        elapsed = time.monotonic() - self.begin
        total = elapsed * (os.cpu_count() or 1)
        worked, stolen = (now - then for now, then in zip(all_seconds(), self.all_before))
        foreign = worked - (our_seconds() - self.our_before)
        self.note("others took {} of the processors", foreign / total, self.foreign_max)
        self.note("the hypervisor took {} of the processors", stolen / total, STOLEN_MAX)
        self.carried = [
            {name: after[name] - before[name] for name in after}
            for before, after in zip(self.cable_before, self.cable.read())
        ]
        slipped = max(way["slipped"] for way in self.carried)
        self.note("the cable slipped for {} of the time", slipped / elapsed, SLIPPED_MAX)

    def note(self, what: str, share: float, limit: float) -> None:
        if share > limit:
            self.disturbances.append(what.format(f"{share:.0%}"))
