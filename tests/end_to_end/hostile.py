#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cable with a hostile third party: two ptys, and a program between them.

    hostile.py PORT_A PORT_B KIND MEGABYTES REPORT

makes two ports, PORT_A and PORT_B, that are connected to each other at full
speed. From SIGUSR1 on it sends this many megabytes of hostile bytes to A, as
fast as A takes them, at places where they do not damage B's frames: behind an
END, and with an END behind them. Afterwards it writes REPORT, a JSON object:
the number of bytes, and the counts that A must have, by the names of
serialtun's own statistics.

KIND is "crafted" or "random". There are no expected counts for random bytes.
"""
import json
import os
import pty
import random
import select
import signal
import struct
import sys
import time
import tty

END, ESC, ESC_END, ESC_ESC = b'\xc0', b'\xdb', b'\xdb\xdc', b'\xdb\xdd'
LONGEST = 65535
# And what a pair puts around the longest packet.
CONTENTS_LONGEST = LONGEST + 8

HOP_BY_HOP, TCP, ROUTING, FRAGMENT, AH, ICMPV6, NONE, DEST = \
    0, 6, 43, 44, 51, 58, 59, 60
ROUTER_ADVERT = 134

dice = random.Random(5)


def frame(packet):
    return END + packet.replace(ESC, ESC_ESC).replace(END, ESC_END) + END


def random_bytes(least, most):
    return dice.randbytes(dice.randint(least, most))


def ipv4(payload, length=None, header_words=5, fragment=0, flip=0):
    """A packet from B to A, right except for the given faults."""
    length = 20 + len(payload) if length is None else length
    header = struct.pack('>BBHHHBBH4B4B', 0x40 | header_words, 0, length,
                         dice.getrandbits(16), fragment, 64, TCP, 0,
                         10, 0, 0, 2, 10, 0, 0, 1)
    total = sum(struct.unpack('>10H', header))
    total = (total & 0xFFFF) + (total >> 16)
    total = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF ^ flip
    return header[:10] + struct.pack('>H', total) + header[12:] + payload


def ipv6(protocol, payload, length=None):
    """A packet to a host that A is not: it has to be carried, no more."""
    length = len(payload) if length is None else length
    return struct.pack('>IHBB', 0x60000000, length, protocol, 255) + \
        bytes.fromhex('fe80000000000000 0000000000000002') + \
        bytes.fromhex('fd00000000000000 00000000000000aa') + payload


def chain(last, payload):
    """Extension headers, up to a packet of 1500 bytes full of them."""
    protocol = last
    for _ in range(dice.choice((1, 2, 5, 150))):
        kind = dice.choice((HOP_BY_HOP, ROUTING, DEST, AH))
        if kind == AH:
            header = bytes((protocol, 0)) + random_bytes(6, 6)
        else:
            header = bytes((protocol, 0, 1, 4, 0, 0, 0, 0))
        payload = header + payload
        protocol = kind
    return ipv6(protocol, payload)


def bad_version():
    packet = random_bytes(1, 2000)
    return bytes((dice.choice((0, 1, 2, 3, 5, 7, 15)) << 4,)) + packet


def bad_header():
    return dice.choice((
        lambda: ipv4(b'')[:dice.randint(1, 19)],
        lambda: ipv4(random_bytes(0, 1480), header_words=dice.randint(0, 4)),
        lambda: ipv4(random_bytes(0, 30), header_words=15),
        lambda: ipv6(TCP, b'')[:dice.randint(1, 39)],
    ))()


def bad_length():
    payload = random_bytes(1, 1400)
    jumbo = bytes((NONE, 0, 0xC2, 4)) + struct.pack('>I', 1 << 20)
    return dice.choice((
        lambda: ipv4(payload, length=20 + len(payload) + dice.choice((-1, 1))),
        lambda: ipv4(payload, length=dice.choice((0, 19, 65535))),
        lambda: ipv6(TCP, payload, length=len(payload) + dice.choice((-1, 1))),
        lambda: ipv6(TCP, payload, length=65535),
        lambda: ipv6(HOP_BY_HOP, jumbo + payload, length=0),
    ))()


def bad_checksum():
    return ipv4(random_bytes(0, 1480), flip=1 << dice.randrange(16))


def router_advert():
    return chain(ICMPV6, bytes((ROUTER_ADVERT,)) + random_bytes(15, 40))


def good():
    """A packet that serialtun passes on."""
    return dice.choice((
        lambda: ipv4(random_bytes(8, 1480), fragment=0x2000),
        lambda: ipv4(random_bytes(8, 1480), fragment=dice.randint(1, 0x1FFF)),
        lambda: ipv6(FRAGMENT, bytes((TCP, 0, 0, 1)) + random_bytes(4, 1000)),
        lambda: ipv6(FRAGMENT, bytes((ICMPV6, 0, 255, 248)) + random_bytes(4, 1000)),
        # A chain that leaves the packet, and one without an end.
        lambda: ipv6(DEST, bytes((ICMPV6, 255)) + random_bytes(6, 1000)),
        lambda: ipv6(ROUTING, bytes((DEST, 0)) + bytes(6)),
        lambda: ipv6(TCP, random_bytes(0, 1)),
        lambda: chain(NONE, b''),
    ))()


def bad_escape():
    plain = random_bytes(1, 1500).replace(END, b'').replace(ESC, b'')
    return END + plain + ESC + dice.choice((
        END,
        bytes((dice.choice((0, 0x11, 0xDE, 0xDF, 0xFF)),)) + plain + END,
        ESC * LONGEST + END,
    ))


def too_long():
    return END + dice.choice((b'\x45', ESC_END)) * (CONTENTS_LONGEST + 1) + END


FRAMES = {'bad_version': bad_version, 'bad_header': bad_header,
          'bad_length': bad_length, 'bad_checksum': bad_checksum,
          'router_advert': router_advert, 'good': good}
STREAMS = {'bad_escape': bad_escape, 'too_long': too_long}


def crafted_pool():
    """(name, bytes), the long ones seldom."""
    pool = [(name, frame(make())) for name, make in FRAMES.items()
            for _ in range(200)]
    pool += [('bad_escape', bad_escape()) for _ in range(30)]
    pool += [('too_long', too_long()) for _ in range(10)]
    return pool


def random_pool():
    return [(None, END + random_bytes(1, 65536) + END) for _ in range(64)]


class Cable:
    """The two ptys, and the bytes that the program between them adds."""

    def __init__(self, links, budget, report):
        self.masters = []
        for link in links:
            master, slave = pty.openpty()
            tty.setraw(slave)
            os.symlink(os.ttyname(slave), link)
            os.close(slave)
            self.masters.append(master)
        self.budget, self.report = budget, report
        self.injected = 0
        self.counts = {}
        self.hostile = False
        signal.signal(signal.SIGUSR1, self.begin)
        print('ready', flush=True)

    def begin(self, *_):
        self.hostile = True

    def send(self, master, data):
        while data:
            data = data[os.write(master, data):]

    def inject(self, side, item):
        """One hostile item to this side; the last one ends it all."""
        self.send(self.masters[side], item)
        self.injected += len(item)
        if self.injected >= self.budget:
            self.hostile = False
            with open(self.report + '.new', 'w') as file:
                json.dump({'bytes': self.injected, **self.counts}, file)
            os.rename(self.report + '.new', self.report)

    def arrived(self, wait):
        """The available bytes, as (side that they go to, bytes)."""
        ready, _, _ = select.select(self.masters, [], [], wait)
        chunks = []
        for master in ready:
            try:
                data = os.read(master, 4096)
            except OSError:  # nobody has the port open
                continue
            chunks.append((1 - self.masters.index(master), data))
        if ready and not chunks:
            time.sleep(0.01)
        return chunks


class Between(Cable):
    """Hostile bytes to A, between the frames of B."""

    def __init__(self, links, pool, budget, report):
        self.pool = pool
        self.damageable = False
        super().__init__(links, budget, report)
        self.counts = {name: 0 for name in (*FRAMES, *STREAMS)}

    def inject_one(self):
        name, item = dice.choice(self.pool)
        if name:
            self.counts[name] += 1
        self.inject(0, item)

    def to_a(self, data):
        """Bytes of B; hostile bytes may follow each frame."""
        while data:
            end = data.find(END) + 1 or len(data)
            self.send(self.masters[0], data[:end])
            self.damageable = data[end - 1:end] != END
            data = data[end:]
            if self.hostile and not self.damageable:
                self.inject_one()

    def run(self):
        while True:
            wait = 0 if self.hostile and not self.damageable else 0.1
            chunks = self.arrived(wait)
            for side, data in chunks:
                if side == 0:
                    self.to_a(data)
                else:
                    self.send(self.masters[1], data)
            if not chunks and self.hostile and not self.damageable:
                self.inject_one()


def main():
    port_a, port_b, kind, megabytes, report = sys.argv[1:]
    pool = {'crafted': crafted_pool, 'random': random_pool}[kind]()
    Between((port_a, port_b), pool, int(float(megabytes) * 1e6), report).run()


if __name__ == '__main__':
    main()
