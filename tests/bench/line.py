# SPDX-License-Identifier: GPL-3.0-or-later
"""The limits of a line, to stand beside each figure.

A byte takes ten bits (8N1). A packet is carried as a SLIP frame, which adds
an END on either side of it and an escape for each END or ESC in it: for random
payload one byte in 128. TCP is taken with timestamps, as Linux speaks it, and
with an ACK for every other segment. Rates are in bytes per second, times in
seconds; a line without a speed (baud 0) has no limits, and None stands for
them.
"""

from dataclasses import dataclass

ESCAPES = 1 + 2 / 256
ENDS = 2
TCP_HEADER = 32
ICMP_ECHO = 8 + 56
UDP_HEADER = 8


@dataclass(frozen=True)
class Line:
    """A line of this speed, for packets no longer than this, IPv4 or IPv6."""

    baud: int
    mtu: int = 1500
    ip_version: int = 4

    @property
    def ip_header(self) -> int:
        return 20 if self.ip_version == 4 else 40

    @property
    def bytes_per_s(self) -> float | None:
        return self.baud / 10 or None

    def seconds(self, packet: int) -> float | None:
        """How long a packet of this length takes, without escapes."""
        return (packet + ENDS) / self.bytes_per_s if self.bytes_per_s else None

    @property
    def packet_s(self) -> float | None:
        """The longest packet: what a small one may have to wait for."""
        return self.seconds(self.mtu)

    @property
    def ping_s(self) -> float | None:
        """The echo request, and its answer."""
        one_way = self.seconds(self.ip_header + ICMP_ECHO)
        return 2 * one_way if one_way else None

    @property
    def loaded_ping_s(self) -> float | None:
        """The same, if a packet of the load has just begun."""
        return self.ping_s + self.packet_s if self.ping_s and self.packet_s else None

    @property
    def tcp_payload(self) -> int:
        """Of a full packet."""
        return self.mtu - self.ip_header - TCP_HEADER

    @property
    def tcp_bytes_per_s(self) -> float | None:
        """TCP payload without escapes: the limit that shares are of."""
        return self.tcp_payload / self.packet_s if self.packet_s else None

    @property
    def tcp_share(self) -> float:
        """The share of it that random payload can have."""
        return 1 / ESCAPES

    @property
    def both_ways_share(self) -> float:
        """The same, if two data packets share the line with an ACK."""
        data = 2 * (self.mtu + ENDS) * ESCAPES
        return 2 * (self.mtu + ENDS) / (data + self.ip_header + TCP_HEADER + ENDS)

    @property
    def udp_payload(self) -> int:
        return self.mtu - self.ip_header - UDP_HEADER

    def udp_packets_per_s(self, share: float) -> float | None:
        """Full packets that take this share of the line, without escapes."""
        return share / self.packet_s if self.packet_s else None
