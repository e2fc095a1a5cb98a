# SPDX-License-Identifier: GPL-3.0-or-later
"""The speed that two ends find: how soon, and what a running ping pays for it.

The cable is clean up to a speed and damages bytes above it. The ends are ptys,
which can have any speed up to 4000000 baud, so some attempts fail; those of
ends that are limited to what the cable can do, as by their adapters, succeed.
"""

import re
import signal
import statistics
import time
from dataclasses import dataclass

from peers import Peer
from world import Link, wait_for

# The search takes some seconds, and one of the ends reports it 2.5 s later.
SEARCH_S = 30.0
SEARCHES = 3
PING_INTERVAL_S = 0.01
PING_TIMEOUT_S = 3


@dataclass
class Changes:
    """The changes of the speed of an end, as its messages tell."""

    link: Link
    side: int
    count: int = 0
    last_s: float = 0.0
    found: int | None = None

    def look(self) -> None:
        said = self.link.program_log(self.side).read_text()
        count = len(re.findall(r": \d+ baud$", said, re.MULTILINE))
        if count > self.count:
            self.count, self.last_s = count, time.monotonic()
        if settled := re.search(r": (\d+) baud now ", said):
            self.found = int(settled[1])


def await_speed(link: Link) -> list[Changes]:
    """Wait until both ends have reported the speed that they have found."""
    ends = [Changes(link, side) for side in (0, 1)]

    def settled() -> bool:
        link.check()
        for end in ends:
            end.look()
        return all(end.found for end in ends)

    wait_for(settled, SEARCH_S, "the ends found no higher speed")
    return ends


@dataclass(frozen=True)
class Search:
    """One search: the speed, the time to it, and the pings meanwhile."""

    baud: int
    seconds: float
    ping_max_s: float
    pings_sent: int
    pings_lost: int


def search(peer: Peer, baud: int, mtu: int | None) -> Search:
    with Link(peer, baud, mtu) as link:
        log = link.program_log(0).with_name("ping.log")
        command = f"ping -n -i {PING_INTERVAL_S} -W {PING_TIMEOUT_S} {link.addresses[1]}"
        with open(log, "w") as output:
            pinging = link.hosts[0].start(command.split(), stdout=output)
        ends = await_speed(link)
        pinging.send_signal(signal.SIGINT)
        pinging.wait(2 * PING_TIMEOUT_S)
        answers = re.findall(r"icmp_seq=(\d+) .*time=([\d.]+) ms$", log.read_text(), re.MULTILINE)
        # The last pings may still have been on their way.
        sent = max(int(number) for number, _ in answers)
        return Search(
            baud=min(end.found or 0 for end in ends),
            seconds=max(end.last_s for end in ends) - link.started_s,
            ping_max_s=max(float(ms) / 1000 for _, ms in answers),
            pings_sent=sent,
            pings_lost=sent - len(dict(answers)),
        )


def searches(peer: Peer, baud: int, mtu: int | None) -> dict[str, float]:
    """Several, since the ends draw who leads and how long each waits."""
    runs = [search(peer, baud, mtu) for _ in range(SEARCHES)]
    return {
        "baud": min(run.baud for run in runs),
        "median_s": statistics.median(run.seconds for run in runs),
        "max_s": max(run.seconds for run in runs),
        "ping_max_s": max(run.ping_max_s for run in runs),
        "pings_sent": sum(run.pings_sent for run in runs),
        "pings_lost": sum(run.pings_lost for run in runs),
    }
