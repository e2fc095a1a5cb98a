# SPDX-License-Identifier: GPL-3.0-or-later
"""The options, and the order of things. To be started by scripts/bench."""

import argparse
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import cost
import machine
import plot
import report
import world
from line import Line
from measure import MEASUREMENTS, Measurement, Sample, Task, measure
from peers import OURS, PEERS, Peer

BAUDS = [9600, 115200, 921600, 3000000, 0]
TOOLS = ("ip", "make", "nsenter", "ping", "setpriv", "unshare")

DESCRIPTION = """\
Measure serialtun between two hosts (network namespaces) with an emulated
null-modem cable between them: round trips, TCP and UDP, each figure beside what
the line allows; the speed that two ends find; and at unlimited speed what it
costs the machine. Takes ten minutes, in which the machine should have nothing
else to do: a figure that was disturbed is marked, and below the table it says
by what.
"""

EPILOG = f"Peers: {', '.join(PEERS)}. One that is not there is skipped."


def number(kind: type, minimum: float, maximum: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        value: float = kind(text)
        if not minimum <= value <= maximum:
            raise argparse.ArgumentTypeError(f"'{text}' is not from {minimum} to {maximum}")
        return value

    parse.__name__ = "number"
    return parse


def list_of_speeds(text: str) -> list[int]:
    bauds = [0 if word == "unlimited" else int(word) for word in text.split(",")]
    for baud in bauds:
        if baud and not 1200 <= baud <= 12000000:
            raise argparse.ArgumentTypeError(f"'{baud}' is not from 1200 to 12000000, or 0")
    return bauds


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench", description=DESCRIPTION, epilog=EPILOG, allow_abbrev=False
    )
    add = parser.add_argument
    add("--baud", metavar="LIST", type=list_of_speeds, default=BAUDS,
        help=f"speeds, with commas; 0 is unlimited (default {','.join(map(str, BAUDS))})")
    add("--reps", metavar="N", type=number(int, 1, 1000), default=1,
        help="runs of each measurement; the median counts (default 1)")
    add("--seconds", metavar="S", type=number(float, 1, 3600), default=10,
        help="how long a measurement takes (default 10; slower lines up to three times that)")
    add("--mtu", metavar="N", type=number(int, 68, 65535),
        help="longest packet (default: the program's own)")
    add("--peer", metavar="NAME", action="append", choices=PEERS, default=[],
        help="measure this program, too; repeatable")
    add("--peers", choices=["all"], help="measure all others, too")
    add("--spin", action="store_true",
        help="keep the processors from halting, for steady short times on a virtual machine")
    add("--json", action="store_true", help="print a JSON document, with all runs, not a table")
    add("--plot", metavar="FILE.svg", type=Path, help="draw the results, too")
    options = parser.parse_args()
    if options.plot and not any(options.baud):
        parser.error("--plot: no line has a speed")
    return options


def prepare(options: argparse.Namespace) -> None:
    """Check for missing requirements before anything runs, and build."""
    tools = TOOLS + ("chrt",) * options.spin + ("gnuplot",) * bool(options.plot)
    for tool in tools:
        if not shutil.which(tool):
            sys.exit(f"bench: {tool}: no such program (sudo scripts/install-deps bench)")
    if options.plot:
        try:
            options.plot.touch()
        except OSError as error:
            sys.exit(f"bench: {options.plot}: {error.strerror}")
    make = subprocess.run(["make", "-s", "-C", str(world.ROOT), "all", "cable"], stdout=sys.stderr)
    if make.returncode:
        sys.exit("bench: cannot build serialtun and the cable")


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


class Bench:
    """Run the requested measurements in order, and name each one."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        wanted = list(PEERS) if options.peers else list(dict.fromkeys([OURS, *options.peer]))
        self.skipped = {name: need for name in wanted if (need := PEERS[name].missing())}
        self.peers = [PEERS[name] for name in wanted if name not in self.skipped]
        self.step = 0
        self.steps = sum(
            self.options.reps * len(self.measurements(peer, baud))
            for peer in self.peers
            for baud in options.baud
        )
        self.failed = False

    @staticmethod
    def measurements(peer: Peer, baud: int) -> list[Measurement]:
        return [measurement for measurement in MEASUREMENTS if measurement.suits(peer, baud)]

    def task(self, peer: Peer, baud: int, runs: report.Runs) -> Task:
        """A line that is slow to carry a packet is given up to three times as long."""
        packet_s = Line(baud, self.options.mtu or 1500).packet_s or 0
        stretch = min(max(1, math.ceil(2 * packet_s)), 3)
        return Task(
            peer=peer,
            baud=baud,
            mtu=self.options.mtu,
            seconds=self.options.seconds * stretch,
            tcp_bytes_per_s=report.median(runs["tcp"], "bytes_per_s"),
        )

    def run_one(self, measurement: Measurement, task: Task) -> Sample:
        self.step += 1
        where = f"{task.peer.name}, {report.name_baud(task.baud)}: {measurement.title}"
        say(f"bench: {self.step}/{self.steps} {where} ... ", end="")
        begin = time.monotonic()
        sample = measure(measurement, task)
        how = "failed: " + sample.failure if sample.failure else "; ".join(sample.disturbances)
        say(f"{time.monotonic() - begin:.0f} s" + (f" ({how})" if how else ""))
        self.failed |= bool(sample.failure)
        return sample

    def run_line(self, peer: Peer, baud: int) -> report.Runs:
        measurements = self.measurements(peer, baud)
        runs: report.Runs = {measurement.name: [] for measurement in MEASUREMENTS}
        for _ in range(self.options.reps):
            for measurement in measurements:
                sample = self.run_one(measurement, self.task(peer, baud, runs))
                runs[measurement.name].append(sample)
        return runs

    def run(self) -> dict[str, report.Lines]:
        for name, need in self.skipped.items():
            say(f"bench: {name} is skipped: {need} is not there")
        return {
            peer.name: {
                baud: self.run_line(peer, baud)
                for baud in self.options.baud
                if self.measurements(peer, baud)
            }
            for peer in self.peers
        }

    def about(self) -> dict[str, object]:
        return {
            "version": world.version(),
            "date": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
            "machine": machine.describe() | {"syscalls_counted_by": cost.syscall_counter()},
            "seconds": self.options.seconds,
            "reps": self.options.reps,
            "spin": self.options.spin,
            "skipped": self.skipped,
        }


def print_tables(bench: Bench, results: dict[str, report.Lines]) -> None:
    print(report.headline(bench.about()))
    for name, lines in results.items():
        print()
        print(report.table(name, lines))
    print()
    print(report.LEGEND)


def main() -> int:
    options = parse_options()
    if not world.inside():
        prepare(options)
        return world.enter(Path(__file__).parent, sys.argv[1:])
    bench = Bench(options)
    with ExitStack() as stack:
        if options.spin:
            machine.spin(stack)
        results = bench.run()
    if options.json:
        print(report.document(results, **bench.about()))
    else:
        print_tables(bench, results)
    if options.plot:
        plot.draw(results, options.plot)
    return int(bench.failed)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
