# SPDX-License-Identifier: GPL-3.0-or-later
"""The cost of many links on one machine: memory, time, context switches.

Two hosts, and many links between them, each with a cable of its own at 115200
baud. It measures idle links, and links with one TCP flow each from A to B, as
fast as possible. The time is exact (schedstat: nanoseconds on a processor), and
includes the kernel's immediate work for each write to the interface and to the
pty. Shared memory is mostly the C library: PSS counts a part of it, RSS all.
"""

import os
import statistics
import subprocess
import time
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path

import machine
import world
from rig import eventually
from world import CABLE, READY_S, Failed, Host, Traffic, spawn, wait_for

BAUD = 115200
PORT = 5000
SECONDS = 20
SETTLE_S = 3
# By then TCP has recovered from the losses of its start.
START_S = 15
# A packet of 1500 bytes has 1448 of data, and between two ENDs it is 1502.
GOODPUT_MAX = BAUD / 10 * 1448 / 1502


@dataclass(frozen=True)
class Use:
    """Of one program: the counts are since its start, until subtracted."""

    rss_kib: float
    pss_kib: float
    switches: float
    cpu_s: float

    @classmethod
    def of(cls, pid: int) -> "Use":
        place = Path("/proc", str(pid))
        memory = rows(place / "smaps_rollup")
        status = rows(place / "status")
        switches = ("voluntary_ctxt_switches", "nonvoluntary_ctxt_switches")
        return cls(
            rss_kib=memory["Rss"],
            pss_kib=memory["Pss"],
            switches=sum(status[name] for name in switches),
            cpu_s=int((place / "schedstat").read_text().split()[0]) / 1e9,
        )

    def since(self, before: "Use", seconds: float) -> "Use":
        return Use(
            rss_kib=self.rss_kib,
            pss_kib=self.pss_kib,
            switches=(self.switches - before.switches) / seconds,
            cpu_s=(self.cpu_s - before.cpu_s) / seconds,
        )


def rows(path: Path) -> dict[str, int]:
    """The numbers of a file with a name and a number in each row."""
    found = {}
    for row in path.read_text().splitlines():
        name, _, rest = row.partition(":")
        number = rest.split()[:1]
        if number and number[0].isdecimal():
            found[name] = int(number[0])
    return found


class Links:
    """All of them, up."""

    def __init__(self, stack: ExitStack, number: int) -> None:
        self.stack = stack
        self.number = number
        self.hosts = [Host(stack), Host(stack)]
        self.programs: list[list[subprocess.Popen[str]]] = [[], []]
        for link in range(number):
            self.start_link(link)
        for link in range(number):
            if not eventually(lambda: self.answers(link), READY_S):
                raise Failed(f"link {link} does not come up")

    def start_link(self, link: int) -> None:
        ports = [world.scratch(f"tty{side}{link}") for side in "AB"]
        with open(world.scratch("cable.log"), "a") as log:
            command = [str(CABLE), "--baud", str(BAUD), *map(str, ports)]
            spawn(self.stack, command, stdout=log, stderr=log)
        wait_for(ports[1].is_symlink, READY_S, "the cable does not start")
        for side, host in enumerate(self.hosts):
            command = ["serialtun", "-qi", f"tun{link}", "--baud", str(BAUD)]
            command += ["--addr", f"{address(link, side)}/24", "--port", str(ports[side])]
            self.programs[side].append(host.start(command, **world.SILENT))

    def answers(self, link: int) -> bool:
        return "1 received" in self.hosts[0].run("ping", "-nc1", "-W0.5", address(link, 1))

    def use(self) -> list[list[Use]]:
        return [[Use.of(program.pid) for program in side] for side in self.programs]

    def measure(self, seconds: float) -> list[list[Use]]:
        before = self.use()
        begin = time.monotonic()
        time.sleep(seconds)
        after = self.use()
        elapsed = time.monotonic() - begin
        return [
            [now.since(then, elapsed) for now, then in zip(*side)] for side in zip(after, before)
        ]

    def start_traffic(self) -> list[Traffic]:
        """Return: the sinks, which count the received bytes."""
        sinks = []
        for link in range(self.number):
            to = address(link, 1)
            sinks.append(Traffic(self.hosts[1], "tcp-sink", to, PORT, START_S, SECONDS))
            source = Traffic(self.hosts[0], "tcp-source", to, PORT)
            source.go()
        return sinks


def address(link: int, side: int) -> str:
    return f"10.10.{link}.{side + 1}"


def median(uses: list[Use]) -> Use:
    return Use(
        *(statistics.median(getattr(use, field.name) for use in uses) for field in fields(Use))
    )


def print_row(what: str, uses: list[Use]) -> None:
    one = median(uses)
    share = sum(use.cpu_s for use in uses)
    print(
        f"    {what:16}{one.rss_kib:9.0f}{one.pss_kib:9.0f}{one.switches:13.1f}"
        f"{one.cpu_s * 100:12.3f}{share * 100:14.2f}",
        flush=True,
    )


def run(stack: ExitStack, number: int) -> int:
    links = Links(stack, number)
    print(f"{world.version()}, {time.strftime('%Y-%m-%d')}: {number} links at {BAUD} baud")
    print(f"{os.cpu_count()} x {machine.processor()}, Linux {os.uname().release}\n")
    print(f"    {'an end':16}{'RSS, KiB':>9}{'PSS, KiB':>9}{'switches/s':>13}", end="")
    print(f"{'CPU, %':>12}{'all, CPU %':>14}")
    time.sleep(SETTLE_S)
    idle = links.measure(SECONDS)
    print_row("idle", idle[0] + idle[1])
    sinks = links.start_traffic()
    time.sleep(START_S)
    busy = links.measure(SECONDS)
    print_row("busy, sender", busy[0])
    print_row("busy, receiver", busy[1])
    results = [sink.result(3 * SECONDS) for sink in sinks]
    rates = [result["bytes"] / result["seconds"] for result in results]
    print(f"\n    each busy link carried {statistics.median(rates) / 1000:.1f} kB/s of TCP")
    print(f"    (from {min(rates) / 1000:.1f} to {max(rates) / 1000:.1f}; ", end="")
    print(f"at most {GOODPUT_MAX / 1000:.1f} are possible, before escapes)")
    return 0
