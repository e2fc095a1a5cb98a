# SPDX-License-Identifier: GPL-3.0-or-later
"""The options, and the order of things. To be started by scripts/soak."""

import argparse
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import cost_of_links
import world
from phases import KINDS, SIGNALS, Phase, draw
from rig import KEEPALIVE_S, Counters, End, Flows, Plug, Rig, eventually

TOOLS = ("ip", "make", "nsenter", "ping", "setpriv", "unshare")

# The longest time for flows to end, and for a link to be back.
STOP_S = 240.0
BACK_S = 20.0
SETTLE_S = 20.0
# After so many phases every queue has been full, on every port.
WARM_PHASES = 2
# So many frames may be on their way when a session with the other end is given
# up, because an end was stopped: packets, and those of the pair itself.
SESSION_FRAMES = 16
# Pages that are first used late: buffers for the longest packets, the C library.
RSS_SLACK_KIB = 256

DESCRIPTION = """\
A week in an hour: TCP, UDP and pings of all sizes, both ways, over an emulated
null-modem cable that is pulled out and plugged in, with noise on it, while both
ends get signals. Afterwards every byte of TCP must have been right, all counters
must add up, and memory and descriptors must be what they were.
"""


class Verdict:
    """The results of the checks, and the complaints."""

    def __init__(self) -> None:
        self.passed = 0
        self.failed = 0

    def check(self, good: bool, complaint: str) -> None:
        if good:
            self.passed += 1
            return
        self.failed += 1
        print(f"    FAILED: {complaint}", flush=True)


@dataclass(frozen=True)
class Size:
    """The memory and descriptors of one end."""

    rss_kib: int
    fds: int

    @classmethod
    def of(cls, end: End) -> "Size":
        return cls(end.status("VmRSS"), end.open_fds())

    def __str__(self) -> str:
        return f"{self.rss_kib} KiB, {self.fds} descriptors"


class Soak:
    def __init__(self, stack: ExitStack, seed: int, seconds: float) -> None:
        self.seed = seed
        self.seconds = seconds
        self.verdict = Verdict()
        self.begin = time.monotonic()
        self.end = self.begin + seconds
        # Longer runs have longer phases, for faults that take time to show.
        self.phase_s = min(max(seconds / 16, 4), 20)
        self.rig = Rig(stack)
        self.sizes: list[Size] = []
        self.totals: Counter[str] = Counter()
        self.number = 0

    def run(self) -> int:
        try:
            self.run_phases()
        except world.Failed as failure:
            self.verdict.check(False, str(failure))
        self.finish()
        print(
            f"soak: {self.number} phases, {time.monotonic() - self.begin:.0f} s, "
            f"{describe(self.totals)}: {self.verdict.passed} passed, "
            f"{self.verdict.failed} failed"
        )
        return int(self.verdict.failed > 0)

    def run_phases(self) -> None:
        while self.number < len(KINDS) or time.monotonic() + self.phase_s < self.end:
            self.run_phase(draw(self.seed, self.number, self.phase_s))
            self.number += 1
            if self.number == WARM_PHASES:
                self.sizes = [Size.of(end) for end in self.rig.ends]

    def run_phase(self, phase: Phase) -> None:
        print(f"{time.monotonic() - self.begin:5.0f} s  {phase.title()}", end="", flush=True)
        plug = self.rig.change_cable(phase.cable())
        ready = eventually(self.rig.is_connected, BACK_S) or phase.kind.noise
        before = self.rig.settle(SETTLE_S)
        counts, complaints = self.run_flows(phase, plug)
        events = Counter(event.step for event in phase.events)
        print(
            f": {describe(counts)}; "
            + ", ".join(f"{number} {step}" for step, number in sorted(events.items())),
            flush=True,
        )
        self.totals.update(counts)
        self.verdict.check(bool(ready), "the link was not up at the begin")
        self.judge_ends()
        self.judge_flows(phase, counts, complaints)
        if phase.kind.lossless:
            self.judge_keepalive()
        self.judge_counters(phase, before, self.rig.settle(SETTLE_S))
        self.judge_sizes()

    def run_flows(self, phase: Phase, plug: Plug) -> tuple[Counter[str], list[str]]:
        """Return: the counts, and the complaints about them."""
        counts: Counter[str] = Counter()
        complaints: list[str] = []
        with ExitStack() as stack:
            flows = self.rig.start_flows(stack, phase.seed, phase.bytes_per_s())
            tell(flows, "go")
            if phase.number == 0:
                tell(flows, "flood")
            self.play(phase, plug)
            plug.put_in()
            begin = time.monotonic()
            tell(flows, "stop")
            for flow in flows:
                flow.listen(STOP_S)
            print(f", {phase.seconds:.0f}+{time.monotonic() - begin:.0f} s", end="")
            for flow in flows:
                report = flow.report()
                counts.update(report["counts"])
                complaints += report["complaints"]
        return counts, complaints

    def play(self, phase: Phase, plug: Plug) -> None:
        begin = time.monotonic()
        for event in phase.events:
            time.sleep(max(0, begin + event.at_s - time.monotonic()))
            if event.step == "toggle":
                plug.toggle()
            else:
                self.rig.ends[event.side].signal(SIGNALS[event.step])
        time.sleep(max(0, begin + phase.seconds - time.monotonic()))
        for end in self.rig.ends:
            end.signal(signal.SIGCONT)

    def judge_ends(self) -> None:
        check = self.verdict.check
        for end in self.rig.ends:
            if not end.is_alive():
                raise world.Failed(f"{end.name} has ended with {end.process.returncode}")
            check(eventually(end.has_carrier, BACK_S), f"{end.name} has no carrier")
            check(eventually(end.is_paired, BACK_S), f"{end.name} is not paired")
            for version in world.ADDRESSES:
                check(
                    eventually(lambda: end.reaches(version), BACK_S),
                    f"{end.name} does not reach the other end by IPv{version}",
                )

    def judge_keepalive(self) -> None:
        """One that falls silent while nothing else is said takes the carrier along."""
        for end, other in zip(self.rig.ends, reversed(self.rig.ends)):
            # First each has to be heard to keep alive, since whoever was stopped
            # last went on.
            time.sleep(4 * KEEPALIVE_S)
            other.signal(signal.SIGSTOP)
            lost = eventually(lambda: not end.has_carrier(), BACK_S)
            other.signal(signal.SIGCONT)
            self.verdict.check(lost, f"{end.name} does not notice that {other.name} is silent")
            back = eventually(lambda: end.has_carrier() and end.reaches(4), BACK_S)
            self.verdict.check(back, f"{end.name} does not notice that {other.name} is back")

    def judge_flows(self, phase: Phase, counts: Counter[str], complaints: list[str]) -> None:
        check = self.verdict.check
        check(counts["streams"] > 0, "no TCP connection came to its end")
        check(counts["datagrams_received"] > 0, "no datagram arrived")
        if phase.kind.keeps_content:
            check(not complaints, "; ".join(complaints))
        else:
            broken = [complaint for complaint in complaints if "wrong" not in complaint]
            check(not broken, "; ".join(broken))

    def judge_counters(
        self,
        phase: Phase,
        before: tuple[Counters, Counters],
        after: tuple[Counters, Counters],
    ) -> None:
        check = self.verdict.check
        for end, counters in zip(self.rig.ends, after):
            disagreement = counters.disagreement()
            check(not disagreement, f"{end.name}: {disagreement}")
        if not phase.kind.lossless:
            return
        for sender in (0, 1):
            sent = after[sender].framed - before[sender].framed
            there = after[1 - sender]
            then = before[1 - sender]
            written = there.written - then.written
            dropped = there.unwritten - then.unwritten
            sessions = sum(after[side].sessions - before[side].sessions for side in (0, 1))
            check(
                sent - dropped <= written <= sent,
                f"{'AB'[sender]} framed {sent} packets, of which {written} were written "
                f"and {dropped} dropped at the other end",
            )
            check(
                dropped <= sessions * SESSION_FRAMES,
                f"{dropped} frames of {'AB'[sender]} were dropped on a good line, "
                f"in which {sessions} sessions were begun",
            )

    def judge_sizes(self) -> None:
        check = self.verdict.check
        for end, warm in zip(self.rig.ends, self.sizes):
            now = Size.of(end)
            grown = now.rss_kib > warm.rss_kib + RSS_SLACK_KIB and not end.is_sanitized()
            check(now.fds == warm.fds, f"{end.name} has {now.fds} descriptors, was {warm.fds}")
            check(not grown, f"{end.name} holds {now.rss_kib} KiB, was {warm.rss_kib} KiB")

    def finish(self) -> None:
        """The last words of both ends."""
        for end in self.rig.ends:
            if not end.is_alive():
                continue
            warm = self.sizes[end.side] if self.sizes else "not reached"
            print(f"    {end.name}: {Size.of(end)}; when warm: {warm}")
            end.signal(signal.SIGTERM)
            self.verdict.check(end.process.wait(BACK_S) == 0, f"{end.name} ended with an error")
            for line in end.said()[-4:]:
                print(f"    {end.name}: {line}")
        if self.verdict.failed:
            print(f"    to have it once more: scripts/soak --seed {self.seed} {self.seconds:.0f}")
            for end in self.rig.ends:
                print(f"    --- {end.name}", *end.said()[-40:], sep="\n    ")


def tell(flows: list[Flows], word: str) -> None:
    for flow in flows:
        flow.say(word)


def describe(counts: Counter[str]) -> str:
    wrong = counts["streams_wrong"] + counts["datagrams_wrong"]
    return (
        f"{counts['streams']} connections with {counts['stream_bytes'] / 1e6:.1f} MB, "
        f"{counts['datagrams']} datagrams, {counts['pings_back']} of {counts['pings']} pings"
        + (f", {wrong} damaged" if wrong else "")
    )


def number(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is less than 1")
    return value


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="soak", description=DESCRIPTION, allow_abbrev=False)
    add = parser.add_argument
    add("seconds", metavar="SECONDS", nargs="?", type=number, default=120,
        help="how long; each kind of phase has its turn in any case (default 120)")
    add("--seed", metavar="N", type=int, default=random.randrange(1000000),
        help="draw the events from this, to have a run's once more (default: any)")
    add("--links", metavar="N", type=number,
        help="instead: how much memory and time each of so many links takes, idle and busy")
    return parser.parse_args()  # fmt: skip


def prepare() -> None:
    for tool in TOOLS:
        if not shutil.which(tool):
            sys.exit(f"soak: {tool}: no such program (sudo scripts/install-deps soak)")
    make = ["make", "-s", "-C", str(world.ROOT), "all", "cable"]
    if subprocess.run(make, stdout=sys.stderr).returncode:
        sys.exit("soak: cannot build serialtun and the cable")


def main() -> int:
    options = parse_options()
    if not world.inside():
        prepare()
        arguments = [str(options.seconds), "--seed", str(options.seed)]
        arguments += ["--links", str(options.links)] if options.links else []
        return world.enter(Path(__file__).parent, arguments)
    with ExitStack() as stack:
        if options.links:
            status = cost_of_links.run(stack, options.links)
        else:
            print(f"soak: {options.seconds} s, seed {options.seed}", flush=True)
            status = Soak(stack, options.seed, options.seconds).run()
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except world.Failed as failure:
        sys.exit(f"soak: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
