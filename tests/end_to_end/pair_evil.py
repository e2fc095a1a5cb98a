#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer that pairs with serialtun, and then abuses interrupted frames.

    pair_evil.py PORT SECONDS

pairs on the port, and for some seconds sends urgent frames that are all early,
frames inside of frames inside of frames, inner frames and outer frames without
an end, and acknowledgements of what was never sent. It answers every probe, so
the session lasts. It prints how many probes it has answered.
"""
import os
import random
import re
import select
import struct
import sys
import time
import tty
import zlib

END, ESC = b'\xc0', b'\xdb'
INNER = b'\xdb\xe0'
OWN_ID = 0x1122334455667788

dice = random.Random(23)


def escape(frame):
    return frame.replace(ESC, b'\xdb\xdd').replace(END, b'\xdb\xdc') + END


def unescape(frame):
    return frame.replace(b'\xdb\xdc', END).replace(b'\xdb\xdd', ESC)


class Peer:
    def __init__(self, port):
        self.fd = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        self.their_id = None
        self.pending = b''
        self.answered = 0

    def write(self, data):
        while data:
            try:
                data = data[os.write(self.fd, data):]
            except BlockingIOError:
                self.listen(0.01)

    def checked(self, frame):
        ids = struct.pack('>QQ', OWN_ID, self.their_id)
        return frame + struct.pack(
            '<I', zlib.crc32(frame, zlib.crc32(ids)))

    def hello(self):
        text = b'#serialtun/1 id=%016x to=%016x kind=ip flow=none ' \
            b'can=check,repeat,interrupt' % (OWN_ID, self.their_id or 0)
        return escape(text + b' crc=%08x' % zlib.crc32(text))

    def hear(self, frame):
        frame = unescape(frame)
        hello = re.match(rb'#serialtun/1 id=([0-9a-f]{16}) .* can=(\S+)',
                         frame)
        if hello:
            assert b'interrupt' in hello[2].split(b','), frame
            self.their_id = int(hello[1], 16)
            self.write(END + self.hello())
        elif frame[:1] == b'\x2a' and self.their_id:
            self.answered += 1
            # The answer acknowledges nothing.
            self.write(END + END + escape(self.checked(
                b'\x2b' + frame[1:2] + bytes(12) + bytes(5))))

    def listen(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return
        *frames, self.pending = (
            self.pending + os.read(self.fd, 65536)).split(END)
        for frame in frames:
            if frame:
                self.hear(frame)

    def urgent(self, number, length):
        return escape(self.checked(
            bytes((0x11, number)) + dice.randbytes(length)))

    def probe(self):
        return escape(self.checked(bytes((0x2a, dice.randrange(1, 256)))))

    def ack(self):
        return escape(self.checked(
            bytes((0x28, dice.randrange(256), dice.randrange(1, 256), 12)) +
            b'\xff' * 12 + b'\x0c' + b'\xff' * 12))

    def evil(self):
        bulk = escape(self.checked(b'\x10\x05' + bytes(1000)))
        return dice.choice((
            lambda: b''.join(self.urgent(n, 1400) for n in range(1, 60)),
            lambda: INNER * 1000 + self.probe() + END,
            lambda: bulk[:500] + INNER + dice.randbytes(3000),
            lambda: bulk[:500] + (INNER + self.urgent(9, 200)) * 50,
            lambda: bulk[:500] + INNER + self.urgent(9, 200)[:90] + INNER +
            self.probe() + bulk[500:],
            lambda: INNER + INNER + END + INNER + ESC + END,
            self.ack,
        ))()


def main():
    peer = Peer(sys.argv[1])
    seconds = float(sys.argv[2])
    while not peer.their_id:
        peer.write(END + peer.hello())
        peer.listen(0.5)
    peer.write(END + peer.probe())
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        peer.write(peer.evil())
        peer.listen(0.001)
    # Out of all frames again.
    peer.write(END * 3)
    end = time.monotonic() + 2
    while time.monotonic() < end:
        peer.listen(0.1)
    print(f'answered={peer.answered}', flush=True)


main()
