# SPDX-License-Identifier: GPL-3.0-or-later
"""The world of the soak: two hosts, a serialtun on each, a cable between.

The hosts and the programs stay from beginning to end; cables come and go, always
under the same two names. An end can check whether its counters add up:

    the kernel's tx_packets  =  read from the interface
                             =  framed + dropped towards the line + queued
    the kernel's rx_packets  =  written to the interface

On a line without a speed a super-packet is one packet to the kernel and many on
the line; then the second sum can only be larger. The kernel counts a packet as
sent when a program reads it from the interface. It counts packets that it drops
before that (no carrier, no room in the ring) elsewhere.
"""

import json
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import world
from world import ADDRESSES, CABLE, PREFIX_LEN, READY_S, Failed, Host, spawn, wait_for

INTERFACE = "tun0"
KEEPALIVE_S = 1


class Plug:
    """A cable, which can be pulled out."""

    def __init__(self, stack: ExitStack, links: list[Path], options: list[str]) -> None:
        self.links = links
        with open(world.scratch("cable.log"), "a") as log:
            command = [str(CABLE), *options, *map(str, links)]
            self.process = spawn(stack, command, stdout=subprocess.DEVNULL, stderr=log)
        wait_for(links[1].exists, READY_S, "the cable does not start")

    def is_in(self) -> bool:
        return self.links[1].is_symlink()

    def toggle(self) -> None:
        self.process.send_signal(signal.SIGUSR1)

    def put_in(self) -> None:
        """Plug the cable in, unless it is in already."""
        # Of two signals at once, one may still be to be seen to.
        time.sleep(0.2)
        if not self.is_in():
            self.toggle()
            wait_for(self.is_in, READY_S, "the cable cannot be plugged in")

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(READY_S)


@dataclass(frozen=True)
class Counters:
    """Of one end, as the program and the kernel have them."""

    framed: int
    unframed: int  # dropped instead, or waiting
    written: int
    unwritten: int  # dropped instead
    read: int  # from the interface, as it counts
    passed: int  # to the interface, as it counts
    sessions: int  # with the other end, so far
    paced: bool  # no super-packets
    kernel_sent: int
    kernel_received: int

    def disagreement(self) -> str | None:
        sum_of_ours = self.framed + self.unframed
        if self.kernel_sent != self.read or self.kernel_received != self.passed:
            return (
                f"{self.read} packets read from the interface and {self.passed} written to "
                f"it, which knows of {self.kernel_sent} and {self.kernel_received}"
            )
        if self.read > sum_of_ours or (self.paced and self.read != sum_of_ours):
            return (
                f"{self.read} packets read from the interface, but "
                f"{self.framed} framed and {self.unframed} dropped or queued"
            )
        return None


class End:
    """A serialtun on its host."""

    def __init__(self, stack: ExitStack, side: int, link: Path, options: list[str]) -> None:
        self.side = side
        self.name = "AB"[side]
        self.paced = "--baud" in options
        self.host = Host(stack)
        self.json = world.scratch(f"{self.name}.json")
        self.log = world.scratch(f"{self.name}.log")
        command = ["serialtun", "--port", str(link), "--wait", "--keepalive", str(KEEPALIVE_S)]
        command += ["--stats-json", str(self.json), *options]
        for version, addresses in ADDRESSES.items():
            command += ["--addr", f"{addresses[side]}/{PREFIX_LEN[version]}"]
        with open(self.log, "w") as log:
            self.process = self.host.start(command, stdin=subprocess.DEVNULL, stderr=log)
        wait_for(lambda: " is up: " in self.log.read_text(), READY_S, f"{self.name} is not up")

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def said(self) -> list[str]:
        return self.log.read_text().splitlines()

    def status(self, name: str) -> int:
        rows = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(row.split()[1]) for row in rows if row.startswith(name + ":"))

    def open_fds(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def is_sanitized(self) -> bool:
        return "libasan" in Path(f"/proc/{self.process.pid}/maps").read_text()

    def statistics(self) -> dict[str, Any]:
        statistics: dict[str, Any] = json.loads(self.json.read_text())
        return statistics

    def has_carrier(self) -> bool:
        """As the kernel has it; the program's file is a second behind."""
        return "LOWER_UP" in self.host.run("ip", "link", "show", "dev", INTERFACE)

    def is_paired(self) -> bool:
        """As the program's file has it, a second behind."""
        return bool(self.statistics()["pair"]["state"] == "paired")

    def reaches(self, version: int) -> bool:
        said = self.host.run("ping", "-nc1", "-W1", ADDRESSES[version][1 - self.side])
        return "1 received" in said

    def counters(self) -> Counters:
        rows = Path(f"/proc/{self.host.holder.pid}/net/dev").read_text().splitlines()
        row = next(row for row in rows if row.strip().startswith(INTERFACE + ":"))
        kernel = row.partition(":")[2].split()
        ours = self.statistics()
        return Counters(
            framed=ours["to_line"]["packets"],
            unframed=ours["to_line"]["dropped"]["total"] + ours["queue"]["packets"],
            written=ours["from_line"]["packets"],
            unwritten=ours["from_line"]["dropped"]["total"],
            read=ours["to_line"]["interface_packets"],
            passed=ours["from_line"]["interface_packets"],
            sessions=ours["pair"]["sessions"],
            paced=self.paced,
            kernel_received=int(kernel[1]),
            kernel_sent=int(kernel[9]),
        )


class Rig:
    """Both ends, and whatever cable there is."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.links = [world.scratch("ttyA"), world.scratch("ttyB")]
        self.plug: Plug | None = None
        # One with a known speed, which is paced, and one without, which is not.
        options: list[list[str]] = [["--baud", "921600"], []]
        self.ends = [End(stack, side, self.links[side], options[side]) for side in (0, 1)]

    def change_cable(self, options: list[str]) -> Plug:
        if self.plug:
            self.plug.end()
        self.plug = Plug(self.stack, self.links, options)
        return self.plug

    def start_flows(self, stack: ExitStack, seed: str, bytes_per_s: int) -> list["Flows"]:
        return [Flows(stack, end, seed, bytes_per_s) for end in self.ends]

    def is_connected(self) -> bool:
        return all(end.has_carrier() and end.is_paired() for end in self.ends) and all(
            end.reaches(version) for end in self.ends for version in ADDRESSES
        )

    def settle(self, seconds: float) -> tuple[Counters, Counters]:
        """When nothing is on its way any more and the files are up to date.

        A quiet interface still speaks now and then (IPv6), and a file is up to
        a second behind: so it is looked until nothing changes for that long.
        Return: the counters, whether they agree or not.
        """
        deadline = time.monotonic() + seconds
        last = None
        while True:
            now = self.ends[0].counters(), self.ends[1].counters()
            quiet = now == last
            if quiet and not any(counters.disagreement() for counters in now):
                return now
            if time.monotonic() > deadline:
                return now
            last = now
            time.sleep(1.1)


class Flows:
    """The traffic that one host sends; see flows.py."""

    def __init__(self, stack: ExitStack, end: End, seed: str, bytes_per_s: int) -> None:
        program = str(Path(__file__).with_name("flows.py"))
        command = ["python3", "-B", program, str(end.side), f"{seed} {end.name}"]
        with open(world.scratch("flows.log"), "a") as log:
            self.process = spawn(
                stack,
                end.host.enter([*command, str(bytes_per_s)]),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.listen(READY_S)

    def listen(self, seconds: float) -> str:
        return world.read_line(self.process, seconds)

    def say(self, word: str) -> None:
        assert self.process.stdin
        print(word, file=self.process.stdin, flush=True)

    def report(self) -> dict[str, Any]:
        self.say("report")
        report: dict[str, Any] = json.loads(self.listen(READY_S))
        return report


def eventually(what: Callable[[], bool], seconds: float) -> bool:
    try:
        wait_for(what, seconds, "")
    except Failed:
        return False
    return True
