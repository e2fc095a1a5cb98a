#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Captures of both interfaces of a link, and whether they agree.

    pair_capture.py capture INTERFACE FILE

captures all packets of the interface until SIGTERM. It says "ready" when it has
begun, and "lost N" at the end: packets that it was too slow for.

    pair_capture.py compare SENDER RECEIVER DROPPED

compares what the sender's host gave to its interface with what the receiver's
host got from its own, flow by flow: every packet must be there once, in order,
byte for byte, but for DROPPED of them. It prints the counts, and what does not
agree. The queue may mark packets (ECN), so the ECN bits and the checksum of an
IPv4 header do not count. Nor do packets to a multicast address: the kernel sends
some when an interface comes up, maybe while only one capture runs.
"""
import collections
import signal
import socket
import struct
import sys

ETH_P_ALL = 3
OUTGOING = 4  # PACKET_OUTGOING, linux/if_packet.h
PACKET_STATISTICS = 6
SOL_PACKET = 263
SO_RCVBUFFORCE = 33
BUFFER = 64 << 20
HEAD = struct.Struct('=BI')

TCP, UDP, FRAGMENT, ICMP, ICMPV6 = 6, 17, 44, 1, 58


def capture(interface, path):
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
    tap.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
    tap.bind((interface, ETH_P_ALL))
    tap.settimeout(0.2)
    ends = []
    signal.signal(signal.SIGTERM, lambda *_: ends.append(True))
    print('ready', flush=True)
    with open(path, 'wb') as file:
        while True:
            try:
                packet, address = tap.recvfrom(65536)
            except TimeoutError:
                if ends:
                    break
                continue
            file.write(HEAD.pack(address[2] == OUTGOING, len(packet)) + packet)
    lost = struct.unpack('II', tap.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
    print('lost', lost[1])


def packets(path, wants_outgoing):
    with open(path, 'rb') as file:
        while head := file.read(HEAD.size):
            outgoing, length = HEAD.unpack(head)
            packet = file.read(length)
            if outgoing == wants_outgoing:
                yield packet


def flow(packet):
    """The flow of a packet. The fragments of a datagram are one of their own."""
    if packet[0] >> 4 == 4:
        ends, protocol, at = packet[12:20], packet[9], 4 * (packet[0] & 15)
        if packet[6] & 0x3F or packet[7]:
            return ends, protocol, packet[4:6]
    else:
        ends, protocol, at = packet[8:40], packet[6], 40
        if protocol == FRAGMENT:
            return ends, protocol, packet[44:48]
    if protocol in (TCP, UDP):
        return ends, protocol, packet[at:at + 4]
    if protocol in (ICMP, ICMPV6):
        return ends, protocol, packet[at:at + 2], packet[at + 4:at + 6]
    return ends, protocol


def is_multicast(packet):
    if packet[0] >> 4 == 4:
        return packet[16] >> 4 == 14
    return packet[24] == 255


def without_mark(packet):
    if packet[0] >> 4 == 4:
        return bytes((packet[0], packet[1] & ~3)) + packet[2:10] + \
            bytes(2) + packet[12:]
    return bytes((packet[0], packet[1] & ~0x30)) + packet[2:]


def flows(path, wants_outgoing):
    found = collections.defaultdict(list)
    for packet in packets(path, wants_outgoing):
        if not is_multicast(packet):
            found[flow(packet)].append(without_mark(packet))
    return found


def missing(sent, received):
    """How many of the sent packets have not been received.

    None: another packet was, or one twice, or not in order.
    """
    at = 0
    for packet in received:
        try:
            at = sent.index(packet, at) + 1
        except ValueError:
            return None
    return len(sent) - len(received)


def compare(sender, receiver, dropped):
    sent, received = flows(sender, True), flows(receiver, False)
    count = sum(map(len, sent.values()))
    lost = 0
    wrong = [name for name in received if name not in sent]
    for name, its_packets in sent.items():
        its_missing = missing(its_packets, received.get(name, []))
        if its_missing is None:
            wrong.append(name)
        else:
            lost += its_missing
    print(f'{count} packets in {len(sent)} flows, {lost} missing, '
          f'{dropped} dropped by the queue, {len(wrong)} flows wrong')
    for name in wrong:
        print('wrong:', *(part.hex() if isinstance(part, bytes) else part
                          for part in name))
    return bool(wrong) or lost != int(dropped)


def main(role, *arguments):
    return {'capture': capture, 'compare': compare}[role](*arguments)


sys.exit(main(*sys.argv[1:]))
