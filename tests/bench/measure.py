# SPDX-License-Identifier: GPL-3.0-or-later
"""The measurements. Each is given a link of its own and returns its figures.

Times are in seconds, rates in bytes of payload per second, shares are of the
line's limit (line.py) and None where the line has none.
"""

import math
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from cost import Cost, Syscalls, peak_rss_kib, start_up_s
from line import UDP_HEADER
from machine import Watch
from peers import BEHIND_ADAPTERS, FINDING, LIMITED, OURS, PEERS, Peer
from search import await_speed, searches
from world import Failed, Link, Traffic, end

Values = dict[str, float | None]

# Extra time for slow links, beyond the time of a measurement.
PATIENCE_S = 60.0
FOREVER_S = 1e6
UDP_SHARE = 0.9
START_UPS = 20
# TCP's start, in packet times and in seconds, which its figures leave out: what
# it sends too much then, or twice, is soon made good but slow to be forgotten.
START_PACKETS = 80
START_S = 1.0
# Fractions of a packet time that lie evenly, however many there are.
GOLDEN = (math.sqrt(5) - 1) / 2
PING_INTERVAL_MIN_S = 0.02
PING_TIMEOUT_S = 10
SMALL_PACKET = 60
# The speed that two ends have before they find a higher one.
BASE_BAUD = 115200


@dataclass
class Sample:
    """The results of one run of one measurement."""

    values: Values = field(default_factory=dict)
    failure: str | None = None
    disturbances: list[str] = field(default_factory=list)
    # The counts of the cable meanwhile: A to B, B to A.
    cable: list[dict[str, float]] = field(default_factory=list)


@dataclass(frozen=True)
class Task:
    """The measurements to make, and their duration."""

    peer: Peer
    baud: int
    mtu: int | None
    seconds: float
    # TCP's rate: UDP sends 90 % of it on a line without a speed.
    tcp_bytes_per_s: float | None = None


def share(value: float, limit: float | None) -> float | None:
    return value / limit if limit else None


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that at least so many of a hundred do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def ping(link: Link, seconds: float, interval: float) -> Values:
    """Round trips from A to B. One that is lost counts as longer than any other.

    Lost is what is not answered within twice the time of the slowest answer, or
    ten seconds if there is none.
    """
    count = max(10, round(seconds / interval))
    output = link.hosts[0].run(
        *["ping", "-n", "-s", "56", "-c", str(count), "-i", f"{interval:.4f}"],
        *["-W", str(PING_TIMEOUT_S), link.addresses[1]],
    )
    answers = dict(re.findall(r"icmp_seq=(\d+) .*time=([\d.]+) ms$", output, re.MULTILINE))
    times = [float(ms) / 1000 for ms in answers.values()]
    lost = count - len(times)
    return {
        "p50_s": percentile(times + lost * [math.inf], 50),
        "p95_s": percentile(times + lost * [math.inf], 95),
        "max_s": max(times, default=math.inf),
        "sent": count,
        "lost_share": lost / count,
    }


class Flow:
    """TCP from one host to the other, for as long as the link is there."""

    def __init__(self, link: Link, side: int, seconds: float) -> None:
        self.seconds = seconds
        self.skip = max(START_S, START_PACKETS * (link.line.packet_s or 0))
        address = link.addresses[1 - side]
        port = 5001 + side
        self.sink = Traffic(
            link.hosts[1 - side], "tcp-sink", address, port, self.skip, seconds
        )
        self.source = Traffic(link.hosts[side], "tcp-source", address, port)

    def go(self) -> None:
        self.source.go()

    def check(self) -> None:
        """Whether it still flows."""
        if self.sink.process.poll() is not None:
            raise Failed("the flow broke off")

    def result(self) -> dict[str, float]:
        """Return: the bytes that arrived, in how many seconds, and those before."""
        return self.sink.result(self.skip + self.seconds + PATIENCE_S)


def ends_and_packets(link: Link, result: dict[str, float]) -> float:
    """How many full packets of payload there were, at each of the two ends.

    By the bytes: an interface may count what it carries in larger pieces.
    """
    return 2 * (result["skipped"] + result["bytes"]) / link.line.tcp_payload


def idle(link: Link, task: Task) -> Values:
    interval = max(PING_INTERVAL_MIN_S, 1.5 * (link.line.ping_s or 0))
    return ping(link, task.seconds / 2, interval) | {
        "limit_s": link.line.ping_s,
        "mtu": link.line.mtu,
    }


def tcp(link: Link, task: Task) -> Values:
    flow = Flow(link, 0, task.seconds)
    before = Cost.read(link)
    flow.go()
    result = flow.result()
    cost = Cost.read(link) - before
    rate = result["bytes"] / result["seconds"]
    limit = link.line.tcp_bytes_per_s
    return {
        "bytes_per_s": rate,
        "limit_bytes_per_s": limit,
        "share": share(rate, limit),
        "limit_share": link.line.tcp_share if limit else None,
        "cpu_s_per_100mb": cost.cpu_s / (result["skipped"] + result["bytes"]) * 100e6,
        "switches_per_packet": cost.switches / ends_and_packets(link, result),
        "peak_rss_kib": peak_rss_kib(link),
    }


def found_tcp(link: Link, task: Task) -> Values:
    """TCP at the speed that is found, and the same with --baud 115200."""
    await_speed(link)
    found = Flow(link, 0, task.seconds)
    found.go()
    result = found.result()
    with Link(PEERS[OURS], BASE_BAUD, task.mtu) as base_link:
        base = Flow(base_link, 0, task.seconds)
        base.go()
        base_result = base.result()
    rate = result["bytes"] / result["seconds"]
    base_rate = base_result["bytes"] / base_result["seconds"]
    return {"bytes_per_s": rate, "base_bytes_per_s": base_rate, "times": rate / base_rate}


def search_limited(_: Link, task: Task) -> Values:
    return dict(searches(LIMITED, task.baud, task.mtu))


def search_finding(_: Link, task: Task) -> Values:
    return dict(searches(FINDING, task.baud, task.mtu))


def both_ways(link: Link, task: Task) -> Values:
    flows = [Flow(link, side, task.seconds) for side in (0, 1)]
    for flow in flows:
        flow.go()
    results = [flow.result() for flow in flows]
    a_to_b, b_to_a = (result["bytes"] / result["seconds"] for result in results)
    limit = link.line.tcp_bytes_per_s
    return {
        "a_to_b_bytes_per_s": a_to_b,
        "b_to_a_bytes_per_s": b_to_a,
        "a_to_b_share": share(a_to_b, limit),
        "b_to_a_share": share(b_to_a, limit),
        "limit_share": link.line.both_ways_share if limit else None,
    }


def loaded_ping(link: Link, task: Task) -> Values:
    packet_s = link.line.packet_s or 0
    flow = Flow(link, 0, FOREVER_S)
    flow.go()
    # Let the flow fill what queues there are, as far as it does so soon.
    time.sleep(min(max(1.0, 10 * packet_s), 5.0))
    begun, before = time.monotonic(), link.cable.read()[0]["carried"]
    values = ping(link, task.seconds, max(PING_INTERVAL_MIN_S, packet_s * GOLDEN))
    ended, after = time.monotonic(), link.cable.read()[0]["carried"]
    flow.check()
    return values | {
        "limit_s": link.line.loaded_ping_s,
        "line_share": share((after - before) / (ended - begun), link.line.bytes_per_s),
    }


def echo(link: Link, task: Task) -> Values:
    """Keystrokes and their echoes, over TCP, beside another TCP flow."""
    packet_s = link.line.packet_s or 0
    sink = Traffic(link.hosts[1], "echo-sink", link.addresses[1], 5003)
    source = Traffic(link.hosts[0], "echo-source", link.addresses[1], 5003, task.seconds)
    flow = Flow(link, 0, FOREVER_S)
    flow.go()
    time.sleep(min(max(1.0, 10 * packet_s), 5.0))
    source.go()
    values: Values = {**source.result(task.seconds + PATIENCE_S)}
    flow.check()
    end(sink.process)
    return values


def udp(link: Link, task: Task) -> Values:
    """Full packets from A to B, at 90 % of the line."""
    size = link.line.udp_payload
    rate = link.line.udp_packets_per_s(UDP_SHARE)
    if rate is None:
        if task.tcp_bytes_per_s is None:
            raise Failed("no TCP figure to take 90 % of")
        rate = UDP_SHARE * task.tcp_bytes_per_s / size
    quiet = max(1.0, 3 / rate)
    sink = Traffic(link.hosts[1], "udp-sink", link.addresses[1], 5001, task.seconds, quiet)
    source = Traffic(
        link.hosts[0], "udp-source", link.addresses[1], 5001, size, rate, task.seconds
    )
    sink.go()
    source.go()
    sent = source.result(task.seconds + PATIENCE_S)["sent"]
    received = sink.result(PATIENCE_S)["received"]
    return {
        "share": received / sent,
        "sent": sent,
        "lost": sent - received,
        "offered_packets_per_s": rate,
    }


def small_frames(link: Link, task: Task) -> Values:
    """Short packets, as many as the line takes, behind adapters that wait.

    The peer acknowledges each, and its adapter is late to pass that on. The
    share is the packets' own, without what their frames add.
    """
    size = SMALL_PACKET - link.line.ip_header - UDP_HEADER
    rate = link.line.bytes_per_s / SMALL_PACKET
    sink = Traffic(link.hosts[1], "udp-sink", link.addresses[1], 5001, task.seconds, 1.0)
    source = Traffic(
        link.hosts[0], "udp-source", link.addresses[1], 5001, size, rate, task.seconds
    )
    sink.go()
    source.go()
    sent = source.result(task.seconds + PATIENCE_S)
    received = sink.result(PATIENCE_S)["received"]
    return {"share": received * SMALL_PACKET / sent["seconds"] / link.line.bytes_per_s}


def syscalls(link: Link, task: Task) -> Values:
    """In a run of its own: counting costs something, by strace a lot."""
    flow = Flow(link, 0, task.seconds / 2)
    counter = Syscalls(link)
    flow.go()
    result = flow.result()
    end(flow.source.process)
    count = counter.stop()
    return {"per_packet": count / ends_and_packets(link, result)}


def start_up(_: Link, task: Task) -> Values:
    times = [start_up_s(task.peer, task.mtu) for _ in range(START_UPS)]
    return {"median_s": statistics.median(times), "min_s": min(times), "max_s": max(times)}


@dataclass(frozen=True)
class Measurement:
    name: str
    title: str
    run: Callable[[Link, Task], Values]
    unlimited_only: bool = False
    cable_only: bool = False
    peer: Peer | None = None  # on its link, beside our own measurements

    def suits(self, peer: Peer, baud: int) -> bool:
        if self.peer:
            return peer.name == OURS and baud > BASE_BAUD
        if self.cable_only and peer.network:
            return False
        return not baud or not (self.unlimited_only or peer.network)


MEASUREMENTS = (
    Measurement("idle", "round trip on an idle line", idle),
    Measurement("tcp", "TCP one way", tcp),
    Measurement("both_ways", "TCP both ways", both_ways),
    Measurement("loaded_ping", "round trip beside TCP", loaded_ping),
    Measurement("echo", "keystrokes beside TCP", echo),
    Measurement("udp", "UDP at 90 %", udp),
    Measurement("found_tcp", "TCP at the speed that is found", found_tcp, peer=FINDING),
    Measurement("search_limited", "search without a failure", search_limited, peer=LIMITED),
    Measurement("search_finding", "search with failures", search_finding, peer=FINDING),
    Measurement("small_frames", "frames of 60 bytes", small_frames, peer=BEHIND_ADAPTERS),
    Measurement("syscalls", "system calls", syscalls, unlimited_only=True),
    Measurement("start_up", "start-up", start_up, unlimited_only=True, cable_only=True),
)


def measure(measurement: Measurement, task: Task) -> Sample:
    """One run, on a link that is made for it and watched meanwhile."""
    sample = Sample()
    try:
        with Link(measurement.peer or task.peer, task.baud, task.mtu) as link:
            watch = Watch(link.cable, task.baud)
            try:
                with watch:
                    sample.values = measurement.run(link, task)
            except (Failed, OSError):
                link.check()
                raise
            sample.disturbances, sample.cable = watch.disturbances, watch.carried
    except (Failed, OSError) as failure:
        sample.failure = str(failure)
    return sample
