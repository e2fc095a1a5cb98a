# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that can be measured: how each is started on one end.

Most are on the ends of the cable. Those whose line is a network are on the two
ends of one that has no limit but the machine, and are measured at unlimited
speed only: what a line over a socket costs, ours and others'.

An adapter says whether its program is there, and makes a command that has the
link up, with its address, soon after its start, and ends it when it is ended.
What the program needs beside itself (an address by `ip`) belongs in the
command, as a person would type it. A program is looked for in PATH, where ours is
what has just been built; a script of that name that starts it will do.

The ends of the cable are ptys, which not all programs take: Serial-TUN finds its
port by a library that knows no ptys, and tunslip6 insists on modem lines. They
fail here unless a script gives them what they ask for (LD_PRELOAD). The kernel's
SLIP puts its interface into the first network namespace of all, from where it is
fetched: slattach can only be measured by who may enter that one.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from shlex import quote


# The descriptor of the network namespace that the benchmark was started in.
FIRST_NETNS = "SERIALTUN_BENCH_FIRST_NETNS"

# Where the lines over a network meet: simpletun's.
PORT = 55555


@dataclass(frozen=True)
class End:
    """The settings of an adapter."""

    port: str  # on a network: this end's address there
    other_port: str  # the same of the other end
    side: int  # 0 or 1
    address: str
    other: str
    prefix_len: int
    baud: int  # 0: unlimited
    mtu: int | None  # None: what the program takes by itself

    @property
    def network(self) -> str:
        return f"{self.address}/{self.prefix_len}"

    def speed(self, *known: int) -> int:
        """For programs that know some speeds only: to a pty they are all one."""
        return self.baud if self.baud in known else known[-1]

    def shell(self, command: str, interface: str) -> list[str]:
        """A program that makes the interface but does not set it up."""
        up = f"ip link set {interface} mtu {self.mtu or 1500} up"
        address = f"ip address add {self.network} dev {interface}"
        until_up = f"until {up} || ! kill -0 $!; do sleep 0.01; done"
        return ["sh", "-c", f"{command} & {until_up}; {address}; wait"]


@dataclass(frozen=True)
class Peer:
    """A program: what it needs, and its command for one end."""

    name: str
    needs: tuple[str, ...]
    command: Callable[[End], list[str]]
    ip_version: int = 4
    network: bool = False  # its line is a network, not a cable
    finds_speed: bool = False  # of the cable, whose baud is the highest clean one
    latency_ms: int = 0  # of the adapters at the ends of the cable

    def missing(self) -> str | None:
        """The missing requirements, if any."""
        for need in self.needs:
            if not (os.path.exists(need) if "/" in need else shutil.which(need)):
                return need
        return None


def serialtun(end: End) -> list[str]:
    command = ["serialtun", "--addr", end.network, "--port", end.port]
    command += ["--baud", str(end.baud)] if end.baud else []
    return command + (["--mtu", str(end.mtu)] if end.mtu else [])


def serialtun_finding(end: End, *options: str) -> list[str]:
    """A device needs no --baud auto, but a pty does. Changes are on stderr."""
    return [*serialtun(replace(end, baud=0)), "--baud", "auto", "-v", *options]


def serialtun_limited(end: End) -> list[str]:
    """The adapters can do no more than the cable."""
    return serialtun_finding(end, "--max-baud", str(end.baud))


def serialtun_plain(end: End) -> list[str]:
    return [*serialtun(end), "--pair=no"]


def serialtun_repeating(end: End) -> list[str]:
    """Frames of the length of their packets: none is compressed."""
    return [*serialtun(end), "--pair=check,repeat,interrupt"]


def pppd(end: End) -> list[str]:
    command = ["pppd", end.port, str(end.baud or 115200), f"{end.address}:{end.other}"]
    command += "nodetach noauth local nocrtscts nolock nodefaultroute noccp".split()
    return command + (["mtu", str(end.mtu), "mru", str(end.mtu)] if end.mtu else [])


def slattach(end: End) -> list[str]:
    """Started where its interface appears, which then is fetched by its name."""
    speed = end.speed(9600, 19200, 38400, 57600, 115200)
    first = f"nsenter --net=/proc/{os.getpid()}/fd/{os.environ[FIRST_NETNS]} --"
    attach = f"{first} slattach -v -m -L -p slip -s {speed} {quote(end.port)}"
    name = "sed -n 's/.* interface \\(sl[0-9]*\\).*/\\1/p' $0"
    script = f"""{attach} >$0 2>&1 &
        until i=$({name}) && [ "$i" ] || ! kill -0 $!; do sleep 0.01; done
        {first} ip link set $i netns $$
        ip address add {end.address} peer {end.other} dev $i
        ip link set $i mtu {end.mtu or 1500} up; cat $0; rm $0; wait"""
    return ["sh", "-c", script, f"{end.port.replace('/', '.')}"]


def tncattach(end: End) -> list[str]:
    speed = end.speed(9600, 19200, 38400, 57600, 115200, 230400)
    command = ["tncattach", end.port, str(speed), "--noipv6", "--ipv4", end.network]
    return [*command, "--mtu", str(end.mtu or 1500)]


def tunslip6(end: End) -> list[str]:
    speed = end.speed(9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
    command = ["tunslip6", "-v0", "-B", str(speed), "-s", end.port]
    return [*command, *(["-M", str(end.mtu)] if end.mtu else []), end.network]


def serial_tun(end: End) -> list[str]:
    command = f"serial_tun -i tun0 -p {quote(end.port)} -b {end.baud or 115200}"
    return end.shell(command, "tun0")


def serialtun_tcp(end: End, *options: str) -> list[str]:
    port = f"tcp:{end.other_port}:{PORT}" if end.side else f"tcp-listen:{end.port}:{PORT}"
    return [*serialtun(replace(end, port=port)), "--wait", *options]


def serialtun_length(end: End) -> list[str]:
    return serialtun_tcp(end, "--framing", "length")


def serialtun_udp(end: End) -> list[str]:
    return serialtun(replace(end, port=f"udp:{end.other_port}:{PORT},{PORT}"))


def simpletun(end: End) -> list[str]:
    """Its interface is made beforehand, and it ends when there is no server yet."""
    where = f"-c {end.other_port}" if end.side else "-s"
    script = f"""ip tuntap add dev tun0 mode tun && ip address add {end.network} dev tun0
        ip link set tun0 mtu {end.mtu or 1500} up
        until simpletun -i tun0 {where}; do sleep 0.05; done"""
    return ["sh", "-c", script]


def socat_udp(end: End) -> list[str]:
    """The cost of carrying packets and nothing else."""
    interface = f"TUN:{end.network},tun-type=tun,iff-no-pi,iff-up"
    return ["socat", interface, f"UDP-DATAGRAM:{end.other_port}:{PORT},bind={end.port}:{PORT}"]


OURS = "serialtun"
FINDING = Peer("serialtun-finding", ("serialtun",), serialtun_finding, finds_speed=True)
LIMITED = Peer("serialtun-limited", ("serialtun",), serialtun_limited, finds_speed=True)
BEHIND_ADAPTERS = Peer("serialtun-adapters", ("serialtun",), serialtun_repeating, latency_ms=16)
PEERS = {
    peer.name: peer
    for peer in (
        Peer(OURS, ("serialtun",), serialtun),
        Peer("serialtun-plain", ("serialtun",), serialtun_plain),
        Peer("pppd", ("pppd", "/dev/ppp"), pppd),
        Peer("slattach", ("slattach", "/sys/module/slip"), slattach),
        Peer("tncattach", ("tncattach",), tncattach),
        Peer("tunslip6", ("tunslip6", "ifconfig"), tunslip6, ip_version=6),
        Peer("serial-tun", ("serial_tun",), serial_tun),
        Peer("serialtun-tcp", ("serialtun",), serialtun_tcp, network=True),
        Peer("serialtun-length", ("serialtun",), serialtun_length, network=True),
        Peer("serialtun-udp", ("serialtun",), serialtun_udp, network=True),
        Peer("simpletun", ("simpletun",), simpletun, network=True),
        Peer("socat-udp", ("socat",), socat_udp, network=True),
    )
}
