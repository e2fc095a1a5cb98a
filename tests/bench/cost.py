# SPDX-License-Identifier: GPL-3.0-or-later
"""The cost of a link: time, context switches, system calls, memory.

All of it is the kernel's account of the programs on both ends, with whatever
they started. Time is exact (schedstat: nanoseconds on a processor), and it is
more than the program's own: what it writes to its interface, the kernel's TCP
takes on the spot, and answers, on the program's time. What the kernel does by
itself is nobody's, which flatters peers that live in it. Packets are those of
the interfaces, and each is counted on either end: a cost per packet is that of
one packet on one end.
"""

import functools
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from peers import Peer
from world import READY_S, SILENT, Cable, Failed, Link, make_end, scratch, spawn, wait_for

PERF_EVENT = "raw_syscalls:sys_enter"


def processes(link: Link) -> Iterator[Path]:
    """Those of the two programs: each has made a session of its own."""
    sessions = {str(program.pid) for program in link.programs}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if (path / "stat").read_text().rpartition(")")[2].split()[3] in sessions:
                yield path
        except (FileNotFoundError, ProcessLookupError):
            pass


def status(path: Path, name: str) -> int:
    rows = (path / "status").read_text().splitlines()
    return next((int(row.split()[1]) for row in rows if row.startswith(name + ":")), 0)


@dataclass(frozen=True)
class Cost:
    cpu_s: float
    switches: int

    @classmethod
    def read(cls, link: Link) -> "Cost":
        threads = [thread for path in processes(link) for thread in path.glob("task/*")]
        return cls(
            cpu_s=sum(int((t / "schedstat").read_text().split()[0]) for t in threads) / 1e9,
            switches=sum(status(t, "voluntary_ctxt_switches") for t in threads)
            + sum(status(t, "nonvoluntary_ctxt_switches") for t in threads),
        )

    def __sub__(self, before: "Cost") -> "Cost":
        return Cost(self.cpu_s - before.cpu_s, self.switches - before.switches)


def peak_rss_kib(link: Link) -> int:
    """Of the larger of the two ends."""
    sizes = {str(program.pid): 0 for program in link.programs}
    for path in processes(link):
        session = (path / "stat").read_text().rpartition(")")[2].split()[3]
        sizes[session] += status(path, "VmHWM")
    return max(sizes.values())


@functools.cache
def syscall_counter() -> str:
    """perf counts beside a program, where it may; strace stops it at each call.

    Then more is waiting for it when it goes on, and one that gathers gathers
    more: the two are not to be compared.
    """
    trial = ["perf", "stat", "-e", PERF_EVENT, "true"]
    if shutil.which("perf") and not subprocess.run(trial, capture_output=True).returncode:
        return "perf"
    return "strace"


class Syscalls:
    """Counts the system calls of both programs, from now on."""

    def __init__(self, link: Link) -> None:
        self.file = scratch("syscalls")
        pids = [path.name for path in processes(link)]
        if syscall_counter() == "perf":
            command = ["perf", "stat", "-x,", "-e", PERF_EVENT, "-p", ",".join(pids)]
        else:
            command = ["strace", "-c", "-f", *(f"-p{pid}" for pid in pids)]
        self.counter = link.start_tool([*command, "-o", str(self.file)])
        begun = self.perf_has_begun if command[0] == "perf" else lambda: are_traced(pids)
        wait_for(begun, READY_S, f"{command[0]} cannot watch the programs")

    def perf_has_begun(self) -> bool:
        for fd in Path(f"/proc/{self.counter.pid}/fd").iterdir():
            # It opens others, and closes them again.
            with suppress(FileNotFoundError):
                if "perf_event" in str(fd.readlink()):
                    break
        else:
            return False
        # It enables what it has opened a moment later, and does not say when.
        time.sleep(0.2)
        return True

    def stop(self) -> int:
        """Return: how many there were."""
        self.counter.send_signal(signal.SIGINT)
        self.counter.wait(READY_S)
        rows = self.file.read_text().splitlines()
        if syscall_counter() == "perf":
            return sum(int(row.split(",")[0]) for row in rows if PERF_EVENT in row)
        return sum(int(row.split()[3]) for row in rows if row.endswith(" total"))


def are_traced(pids: list[str]) -> bool:
    return all(status(Path("/proc", pid), "TracerPid") for pid in pids)


def has_route(peer: Peer) -> bool:
    """Whether there is an interface that is up and has an address."""
    if peer.ip_version == 4:
        return len(Path("/proc/net/route").read_text().splitlines()) > 1
    rows = Path("/proc/net/ipv6_route").read_text().splitlines()
    return any(row.startswith("fd00") for row in rows)


def start_up_s(peer: Peer, mtu: int | None) -> float:
    """From exec until there is an interface that is up and has its address.

    The kernel's routing table is looked at until it shows that. It is that of
    the world's own network namespace, so that no other program is between us
    and the one that is measured.
    """
    with ExitStack() as stack:
        cable = Cable(stack, 0, peer)
        command = peer.command(make_end(peer, cable.ports, 0, 0, mtu))
        program = spawn(stack, command, **SILENT)
        begin = time.monotonic()
        while not has_route(peer):
            if program.poll() is not None or time.monotonic() > begin + READY_S:
                raise Failed("it does not start")
        seconds = time.monotonic() - begin
    return seconds
