# SPDX-License-Identifier: GPL-3.0-or-later
"""The world that is measured in: two hosts, a cable, a program on each end.

    host A                                                    host B
    traffic <-> interface <-> program <-> cable <-> program <-> interface <-> traffic

Everything runs in a process namespace, at whose end every process in it ends,
and with it the hosts, which are network namespaces held by a process each. A
Link is one such pair of hosts with its cable and its programs. Each measurement
makes one of its own: what one leaves behind (TCP that still drains, a pty that
is full) would spoil the next.
"""

import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from line import Line
from peers import FIRST_NETNS, End, Peer

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / os.environ.get("BUILD", "build")
OWN_MOUNTS = ROOT / "tests/end_to_end/own_mounts"
CABLE = BUILD / "tests/cable/cable"
TRAFFIC = Path(__file__).with_name("traffic.py")
DIRECTORY = "SERIALTUN_BENCH_DIR"

ADDRESSES = {4: ("10.10.10.1", "10.10.10.2"), 6: ("fd00::1", "fd00::2")}
PREFIX_LEN = {4: 24, 6: 64}
NETWORK = ("192.0.2.1", "192.0.2.2")

# At 9600 baud a ping takes 0.2 s, and some programs need some time to start.
READY_S = 30.0
SILENT = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)


class Failed(Exception):
    """A measurement that has no result, and why."""


def inside() -> bool:
    return DIRECTORY in os.environ


def enter(program: Path, arguments: list[str]) -> int:
    """Run a program, ours, in a world of its own. Return: its exit status."""
    name = program.name
    world = ["setpriv", "--pdeathsig", "KILL"]
    world += ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    remedy = "in a container: --privileged"
    if os.geteuid() != 0:
        world += ["--user", "--map-root-user"]
        remedy = "run it with sudo"
    if subprocess.run(["mountpoint", "-q", "/"]).returncode:  # a plain chroot
        world += ["--propagation", "unchanged", str(OWN_MOUNTS)]
    tried = subprocess.run([*world, "true"], stderr=subprocess.PIPE, text=True)
    if tried.returncode:
        why = tried.stderr.strip().replace("\n", "; ")
        sys.exit(f"{name}: cannot make namespaces: {why} ({remedy})")
    if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        sys.exit(f"{name}: no access to /dev/net/tun (run it with sudo; is the tun module there?)")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    command = [*world, sys.executable, "-B", str(program), *arguments]
    first_netns = os.open("/proc/self/ns/net", os.O_RDONLY)
    with tempfile.TemporaryDirectory(prefix=f"serialtun-{name}.") as directory:
        environment = os.environ | {
            DIRECTORY: directory,
            FIRST_NETNS: str(first_netns),
            "LC_ALL": "C",
            "PATH": f"{BUILD}:{os.environ['PATH']}",
        }
        return subprocess.run(command, env=environment, pass_fds=[first_netns]).returncode


def version() -> str:
    return subprocess.run(["serialtun", "--version"], capture_output=True, text=True).stdout.strip()


def scratch(name: str) -> Path:
    return Path(os.environ[DIRECTORY], name)


def wait_for(what: Callable[[], object], seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise Failed(complaint)
        time.sleep(0.005)


def spawn(stack: ExitStack, command: list[str], **options: Any) -> subprocess.Popen[str]:
    """Start a process that ends with the stack, with all that it started."""
    process = subprocess.Popen(command, text=True, start_new_session=True, **options)
    stack.callback(end, process)
    return process


def end(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, number)
            process.wait(2)
    for pipe in (process.stdin, process.stdout):
        if pipe:
            with suppress(BrokenPipeError):
                pipe.close()


class Host:
    """A network namespace, and the process that holds it."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        hold = "ip link set lo up && echo ready && exec sleep infinity"
        self.holder = spawn(stack, ["unshare", "--net", "sh", "-c", hold], stdout=subprocess.PIPE)
        read_line(self.holder, READY_S)

    def enter(self, command: list[str]) -> list[str]:
        return ["nsenter", "--target", str(self.holder.pid), "--net", "--", *command]

    def start(self, command: list[str], **options: Any) -> subprocess.Popen[str]:
        """The id of the process is the command's own."""
        return spawn(self.stack, self.enter(command), **options)

    def run(self, *command: str) -> str:
        """Run a command to its end. Return: what it printed."""
        done = subprocess.run(self.enter([*command]), capture_output=True, text=True)
        return done.stdout


def read_line(process: subprocess.Popen[str], seconds: float) -> str:
    assert process.stdout
    if not select.select([process.stdout], [], [], seconds)[0]:
        raise Failed(f"no result after {seconds:.0f} s")
    line = process.stdout.readline()
    if not line:
        raise Failed("the traffic broke off")
    return line


class Traffic:
    """A source or a sink on a host, ready to go."""

    def __init__(self, host: Host, *arguments: object) -> None:
        command = [sys.executable, "-IBS", str(TRAFFIC), *map(str, arguments)]
        with open(scratch("traffic.log"), "a") as log:
            self.process = host.start(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        read_line(self.process, READY_S)

    def go(self) -> None:
        assert self.process.stdin
        print("go", file=self.process.stdin, flush=True)

    def result(self, seconds: float) -> dict[str, float]:
        result: dict[str, float] = json.loads(read_line(self.process, seconds))
        return result


class Cable:
    """The emulated cable, and its own count of what it carried."""

    def __init__(self, stack: ExitStack, baud: int, peer: Peer) -> None:
        """It has this speed, or follows the ends and damages bytes above it."""
        place = Path(tempfile.mkdtemp(prefix="cable.", dir=scratch("")))
        links = [place / "ttyA", place / "ttyB"]
        self.log = place / "log"
        speed = ["auto", "--max-baud", str(baud)] if peer.finds_speed else [str(baud)]
        command = [str(CABLE), "--baud", *speed, "--latency", str(peer.latency_ms)]
        # Hardware needs no processor to keep its pace.
        command += ["--realtime"] if baud else []
        with open(self.log, "w") as log:
            self.process = spawn(
                stack, [*command, *map(str, links)], stdout=subprocess.DEVNULL, stderr=log
            )
        wait_for(links[1].exists, READY_S, "the cable does not start")
        self.ports = [str(link.resolve()) for link in links]

    def read(self) -> list[dict[str, float]]:
        """The statistics: A to B, B to A."""
        before = self.rows()
        self.process.send_signal(signal.SIGUSR2)
        wait_for(lambda: len(self.rows()) >= len(before) + 2, READY_S, "the cable hangs")
        return [
            {name: float(value) for name, value in re.findall(r" ([a-z]+) +([0-9.]+) [Bs] ", row)}
            for row in self.rows()[-2:]
        ]

    def rows(self) -> list[str]:
        return [row + " " for row in self.log.read_text().split("\n")[:-1] if " -> " in row]


class Network:
    """A network of two hosts, which stands in for the cable, and its count."""

    def __init__(self, hosts: list["Host"]) -> None:
        self.hosts = hosts
        self.ports = list(NETWORK)
        other = str(hosts[1].holder.pid)
        hosts[0].run(*"ip link add line type veth peer name line netns".split(), other)
        for host, address in zip(hosts, NETWORK):
            host.run("ip", "address", "add", f"{address}/24", "dev", "line")
            host.run(*"ip link set line up".split())

    def read(self) -> list[dict[str, float]]:
        """The statistics: A to B, B to A."""
        return [{"carried": self.sent(host), "slipped": 0.0} for host in self.hosts]

    @staticmethod
    def sent(host: Host) -> float:
        shown = json.loads(host.run(*"ip -json -statistics link show line".split()))
        return float(shown[0]["stats64"]["tx"]["bytes"])


def make_end(peer: Peer, ports: list[str], side: int, baud: int, mtu: int | None) -> End:
    addresses = ADDRESSES[peer.ip_version]
    return End(
        port=ports[side],
        other_port=ports[1 - side],
        side=side,
        address=addresses[side],
        other=addresses[1 - side],
        prefix_len=PREFIX_LEN[peer.ip_version],
        baud=baud,
        mtu=mtu,
    )


class Link:
    """Two hosts, a cable, a program on each end: a link that has been tried."""

    def __init__(self, peer: Peer, baud: int, mtu: int | None) -> None:
        self.peer = peer
        self.baud = baud
        self.mtu = mtu

    def __enter__(self) -> "Link":
        self.stack = ExitStack()
        try:
            self.set_up()
        except BaseException:
            self.stack.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.stack.close()

    def set_up(self) -> None:
        self.hosts = [Host(self.stack), Host(self.stack)]
        self.cable: Cable | Network = (
            Network(self.hosts)
            if self.peer.network
            else Cable(self.stack, self.baud, self.peer)
        )
        self.addresses = ADDRESSES[self.peer.ip_version]
        self.programs = [self.start(0)]
        self.started_s = time.monotonic()
        self.programs.append(self.start(1))
        wait_for(self.answers, READY_S, "no ping crossed")
        self.line = Line(self.baud, self.read_mtu(), self.peer.ip_version)

    def start(self, side: int) -> subprocess.Popen[str]:
        end = make_end(self.peer, self.cable.ports, side, self.baud, self.mtu)
        command = self.peer.command(end)
        with open(self.program_log(side), "w") as log:
            return self.hosts[side].start(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def start_tool(self, command: list[str]) -> subprocess.Popen[str]:
        """A process beside the link that ends with it."""
        return spawn(self.stack, command, **SILENT)

    def program_log(self, side: int) -> Path:
        return scratch(f"program-{side}.log")

    def answers(self) -> bool:
        self.check()
        # Only a slow line takes long to answer: elsewhere, soon ask again.
        wait = f"-W{max(0.2, 3 * (Line(self.baud).ping_s or 0)):.2f}"
        return "1 received" in self.hosts[0].run("ping", "-nc1", wait, self.addresses[1])

    def check(self) -> None:
        """Whether both programs still run."""
        for side, program in enumerate(self.programs):
            if program.poll() is not None:
                said = self.program_log(side).read_text().strip().splitlines()
                raise Failed(f"the program ended: {said[-1] if said else 'without a word'}")

    def read_mtu(self) -> int:
        """The interface's real value, whatever the request was."""
        for interface in json.loads(self.hosts[0].run("ip", "-json", "address", "show")):
            if self.addresses[0] in (info.get("local") for info in interface["addr_info"]):
                return int(interface["mtu"])
        raise Failed("no interface has the address")
