#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cable between two that are paired, and a program in its midst.

    pair_hostile.py PORT_A PORT_B MEGABYTES REPORT

makes two ports, PORT_A and PORT_B, that are connected to each other at full
speed. From SIGUSR1 on it puts this many megabytes of hostile bytes into what
goes to A and to B, between the frames and into them. Then it writes REPORT, a
JSON object with the number of bytes, and is a cable again.

The bytes are the crafted frames of hostile.py, except those that a plain peer
might send; random bytes; hellos with a wrong checksum; frames that look like
checked ones; and frames that have gone the same way before, also shortened and
with a flipped bit. Neither hellos nor plain packets are repeated: an id that
comes back means three ends on one wire, and a plain packet may be another one.
"""
import random
import sys

import hostile
from hostile import END

# Of frames that have crossed, so many are known again.
KEPT = 256

dice = random.Random(17)


def flipped(data):
    at = dice.randrange(len(data))
    return data[:at] + bytes((data[at] ^ 1 << dice.randrange(8),)) + \
        data[at + 1:]


def false_hello():
    return b'#serialtun/1 id=%016x to=%016x kind=ip flow=none can=check ' \
        b'crc=%08x' % (dice.getrandbits(64), dice.getrandbits(64),
                       dice.getrandbits(32))


def false_checked():
    return bytes((dice.randrange(0x10, 0x30),)) + \
        hostile.random_bytes(0, dice.choice((8, 60, 1500)))


class Middle(hostile.Cable):
    def __init__(self, links, budget, report):
        self.pool = [item for name, item in hostile.crafted_pool()
                     if name not in ('good', 'router_advert')]
        self.seen = [[], []]
        self.pending = [b'', b'']
        super().__init__(links, budget, report)

    def note(self, side, data):
        """Remember the checked frames that go to this side."""
        seen = self.seen[side]
        *frames, self.pending[side] = (self.pending[side] + data).split(END)
        for frame in frames:
            if not frame or frame[0] >> 4 not in (1, 2) or \
                    frame.startswith(b'#'):
                continue
            if len(seen) == KEPT:
                seen.pop(dice.randrange(KEPT))
            seen.append(frame)

    def repeated(self, side):
        seen = self.seen[side]
        if not seen:
            return END
        frame = dice.choice(seen)
        return END + dice.choice((
            lambda: frame,
            lambda: flipped(frame),
            lambda: frame[:dice.randint(1, len(frame))],
            lambda: frame + dice.choice(seen),
        ))() + END

    def item(self, side):
        return dice.choice((
            lambda: dice.choice(self.pool),
            lambda: hostile.random_bytes(1, 4096),
            lambda: hostile.frame(false_hello()),
            lambda: hostile.frame(false_checked()),
            lambda: self.repeated(side),
        ))()

    def inject_one(self, side):
        self.inject(side, self.item(side))
        if not self.hostile:
            # The decoders are in the midst of something.
            for master in self.masters:
                self.send(master, END)

    def pass_on(self, side, data):
        """Bytes to this side; hostile ones may come anywhere in them."""
        cut = dice.randrange(len(data) + 1) if self.hostile else len(data)
        self.send(self.masters[side], data[:cut])
        if self.hostile:
            self.inject_one(side)
        self.send(self.masters[side], data[cut:])

    def run(self):
        while True:
            for side, data in self.arrived(0 if self.hostile else 0.1):
                self.note(side, data)
                self.pass_on(side, data)
            if self.hostile:
                self.inject_one(dice.randrange(2))


def main():
    port_a, port_b, megabytes, report = sys.argv[1:]
    Middle((port_a, port_b), int(float(megabytes) * 1e6), report).run()


main()
